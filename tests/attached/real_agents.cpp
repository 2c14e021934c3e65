// SPDX-License-Identifier: BSL-1.0
// The program at a real agent: what it finds, what it refuses, and how it ends.
#include "tests/conformance/support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <snapproto/fuzz/conversation.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace snapproto::conformance {
namespace {

using test::says;

/// Answers each object at once: synchronisations well, and a list to all else. Of what is no object
/// it complains at a 0xFF, so that nobody has to wait for it.
class wrong_agent {
  public:
    std::optional<std::string> operator()(std::string& in) {
        std::string out;
        for (const char c : in) {
            if (c == '\xff') {
                out += m_object.find_first_not_of(" \r\n") == std::string::npos ? "" : error;
                m_object.clear();
                m_depth = 0;
                continue;
            }
            m_object += c;
            m_depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == '}' && m_depth <= 0) {
                out += answer();
                m_object.clear();
                m_depth = 0;
            }
        }
        in.clear();
        return out;
    }

    std::vector<std::string> heard{};
    std::mutex mutex{};

  private:
    static constexpr const char* error =
        "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no object\"}}\n";

    std::string answer() {
        const std::lock_guard lock(mutex);
        heard.push_back(m_object);
        const auto at = m_object.find_first_of("0123456789");
        if (says(m_object, "guest-sync-delimited") && at != std::string::npos) {
            return "\xff{\"return\": " + m_object.substr(at, m_object.find('}') - at) + "}\n";
        }
        return says(m_object, "\"thaw\"") ? "{\"return\": 0, \"id\": \"thaw\"}\n"
                                          : "{\"return\": []}\n";
    }

    std::string m_object{};
    int m_depth = 0;
};

struct wrong_server {
    explicit wrong_server(const test::scratch& place)
        : server(place.file("s"), [this](int stream, const std::atomic<bool>& leave) {
              test::serve_script([this](std::string& in) { return agent(in); })(stream, leave);
          }) {}

    wrong_agent agent{};
    test::unix_server server;
};

/// A folder with one conversation, a ping.
std::string pinging(const test::scratch& place) {
    const std::string folder = place.file("corpus");
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/ping", std::ios::binary)
        << fuzz::encode({fuzz::say("{\"execute\": \"guest-ping\"}\n")});
    return folder;
}

pid_t start(const std::vector<std::string>& words, const std::string& out) {
    std::vector<std::string> all{tests::program_path("fuzz_attached")};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> raw;
    for (std::string& each : all) {
        raw.push_back(each.data());
    }
    raw.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, STDOUT_FILENO);
        ::dup2(file, STDERR_FILENO);
        ::execv(raw[0], raw.data());
        ::_exit(99);
    }
    return child;
}

int status_of(pid_t child) {
    int state = 0;
    ::waitpid(child, &state, 0);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

} // namespace

BOOST_AUTO_TEST_SUITE(real_agents)

BOOST_AUTO_TEST_CASE(a_wrong_agent_behind_a_socket_is_found_and_found_again) {
    const test::scratch place;
    wrong_server served(place);
    const std::vector<std::string> attach{"--connect", "unix:" + served.server.path(),
                                          "--harmless"};
    auto words = attach;
    words.insert(words.end(), {"--as-is", "--runs", "1", "--corpus", pinging(place), "--out",
                               place.file("finding")});
    BOOST_TEST(status_of(start(words, place.file("out"))) == 1);
    const std::string out = test::read_all(place.file("out"));
    BOOST_TEST(says(out, "is broken: "), out);
    BOOST_TEST(says(out, "1 finding"), out);
    BOOST_TEST(!says(out, "\r"), "no progress outside a terminal");
    words = attach;
    words.insert(words.end(), {"--replay", place.file("finding")});
    BOOST_TEST(status_of(start(words, place.file("again"))) == 1);
    BOOST_TEST(says(test::read_all(place.file("again")), "is broken: "));
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_hunt_in_order_and_leaves_the_agent_thawed) {
    for (const int number : {SIGINT, SIGTERM}) {
        const test::scratch place;
        wrong_server served(place);
        const pid_t child = start({"--connect", "unix:" + served.server.path(), "--harmless",
                                   "--go-on", "--seconds", "600", "--corpus", pinging(place)},
                                  place.file("out"));
        for (bool begun = false; !begun;) {
            const std::lock_guard lock(served.agent.mutex);
            begun = served.agent.heard.size() > 4 || ::waitpid(child, nullptr, WNOHANG) != 0;
        }
        ::kill(child, number);
        const int status = status_of(child);
        BOOST_TEST((status == 1 || status == 130), status);
        const std::string out = test::read_all(place.file("out"));
        BOOST_TEST(says(out, "stopped; "), out);
        BOOST_TEST(says(out, " conversations in "), out);
        const std::lock_guard lock(served.agent.mutex);
        BOOST_TEST(says(served.agent.heard.back(), "guest-fsfreeze-thaw"));
    }
}

BOOST_AUTO_TEST_CASE(what_could_freeze_this_machine_is_refused) {
    const test::scratch place;
    const auto status = [&](const std::vector<std::string>& words) {
        return status_of(start(words, place.file("out")));
    };
    BOOST_TEST(status({"--connect", "unix:/nowhere"}) == 2);
    BOOST_TEST(says(test::read_all(place.file("out")), "--remote"));
    BOOST_TEST(status({"--connect", "unix:/nowhere", "--remote"}) == 3);
    BOOST_TEST(status({"--connect", "nowhere", "--remote"}) == 2);
    BOOST_TEST(status({"--spawn", "true"}) == 2);
    BOOST_TEST(status({"--spawn", "true {socket}"}) == 3);
    BOOST_TEST(status({"--daemon", "true"}) == 3);
    BOOST_TEST(status({"--daemon", "true", "--shim", "true"}) == 2);
    BOOST_TEST(status({"--catalogue", "--daemon", "true"}) == 2);
    BOOST_TEST(status({"--dialect", "smtp"}) == 2);
    BOOST_TEST(status({"--passing", "1.999"}) == 2);
    BOOST_TEST(status({"--builtin", "no-such-agent"}) == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
