// SPDX-License-Identifier: BSL-1.0
// Ctrl-C while a real filesystem is frozen. The agent of these tests freezes for real, so they run
// only beside a sandbox (conformance/peers/sandbox.sh runs this program there).
#include "conformance/effects/mounted_filesystem.hpp"
#include "support.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

std::string first_mount() {
    const char* const text = std::getenv("SNAPPROTO_SANDBOX_MOUNTS");
    std::istringstream words(text != nullptr ? text : "");
    std::string first;
    words >> first;
    return first;
}

boost::test_tools::assertion_result in_a_sandbox(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(!first_mount().empty());
    answer.message() << "skipped: needs root and loop devices (run by sandbox.sh)";
    return answer;
}

/// Freezes and thaws one filesystem for real. From the first freeze on it says nothing more, or
/// answers only what a client needs that wants to thaw.
class freezing_agent {
  public:
    freezing_agent(const std::string& mount, bool mute) : m_filesystem(mount), m_mute(mute) {}
    ~freezing_agent() { (void)m_filesystem.foreign_thaw(); }

    std::optional<std::string> operator()(std::string& in) {
        const std::lock_guard lock(m_mutex);
        const bool asks_status = in.find("guest-fsfreeze-status") != std::string::npos;
        if (freezes != 0 && (m_mute || asks_status)) {
            in.clear();
            return "";
        }
        auto out = m_agent(in);
        if (m_agent.frozen != m_frozen) {
            m_frozen = m_agent.frozen;
            if (m_frozen) {
                freezes += *m_filesystem.foreign_freeze() ? 1 : 0;
            } else {
                thaws += *m_filesystem.foreign_thaw() ? 1 : 0;
            }
        }
        return out;
    }

    std::atomic<int> freezes{0};
    std::atomic<int> thaws{0};

  private:
    test::small_agent m_agent;
    effects::mounted_filesystem m_filesystem;
    bool m_mute;
    bool m_frozen = false;
    std::mutex m_mutex;
};

/// Starts snapcheck with a check that has a writer blocked while it waits for a status.
pid_t start_snapcheck(const std::string& address, const std::string& mount) {
    const std::string program = tests::program_path("snapcheck");
    const pid_t child = ::fork();
    if (child == 0) {
        const int null = ::open("/dev/null", O_WRONLY);
        ::dup2(null, STDOUT_FILENO);
        ::dup2(null, STDERR_FILENO);
        ::execl(program.c_str(), "snapcheck", "agent", "--connect", address.c_str(),
                "--freeze-target", mount.c_str(), "--only", "29.1/1", static_cast<char*>(nullptr));
        ::_exit(99);
    }
    return child;
}

void interrupt_with(int number, bool mute) {
    const std::string mount = first_mount();
    const test::scratch place;
    freezing_agent agent(mount, mute);
    const test::unix_server server(
        place.file("s"), [&](int stream, const std::atomic<bool>& leave) {
            test::serve_script([&](std::string& in) { return agent(in); })(stream, leave);
        });
    effects::mounted_filesystem truth(mount);
    const pid_t child = start_snapcheck("unix:" + server.path(), mount);
    BOOST_REQUIRE(child > 0);
    for (int i = 0; i < 1000 && agent.freezes == 0; ++i) {
        real_sleep(10ms);
    }
    BOOST_TEST(agent.freezes == 1);
    real_sleep(200ms); // until the writer waits in the kernel
    BOOST_TEST(*truth.is_frozen());
    const instant before = real_now();
    ::kill(child, number);
    while (*truth.is_frozen() && real_now() - before < 30s) {
        real_sleep(10ms);
    }
    const duration thawed_after = real_now() - before;
    int state = 0;
    BOOST_REQUIRE(::waitpid(child, &state, 0) == child);
    BOOST_TEST(WIFEXITED(state));
    BOOST_TEST(WEXITSTATUS(state) == 130);
    BOOST_TEST(!*truth.is_frozen());
    BOOST_TEST(agent.thaws == (mute ? 0 : 1), "the agent thawed " << agent.thaws << " times");
    // Long before the sandbox's watchdog would do it, which is after 20 s.
    BOOST_TEST(milliseconds(thawed_after) < 15'000.0);
    BOOST_TEST(milliseconds(real_now() - before) < 18'000.0);
    BOOST_TEST_MESSAGE("thawed after " << milliseconds(thawed_after) << " ms, ended after "
                                       << milliseconds(real_now() - before) << " ms");
}

} // namespace

BOOST_AUTO_TEST_SUITE(interrupt_sandbox, *boost::unit_test::precondition(in_a_sandbox))

BOOST_AUTO_TEST_CASE(an_interrupt_thaws_through_the_agent) {
    interrupt_with(SIGINT, false);
}

BOOST_AUTO_TEST_CASE(an_interrupt_thaws_past_an_agent_that_does_not_answer) {
    interrupt_with(SIGTERM, true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
