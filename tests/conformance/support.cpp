// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/qga_client.hpp"
#include "tests/support/tree.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace snapproto::conformance::test {
namespace json = boost::json;
namespace {

class scripted_channel final : public channel {
  public:
    explicit scripted_channel(scripted_target& peer) : m_peer(peer) {}

    send_result send(std::string_view bytes, duration) override {
        if (m_closed) {
            return {send_status::closed, 0};
        }
        m_in += bytes;
        if (auto answer = m_peer.m_peer(m_in)) {
            m_out += *answer;
        } else {
            m_closed = true;
        }
        return {send_status::complete, bytes.size()};
    }

    receive_result receive(duration wait) override {
        if (!m_out.empty()) {
            return {receive_status::data, std::exchange(m_out, {})};
        }
        if (m_closed) {
            return {receive_status::closed, {}};
        }
        m_peer.sleep_for(wait);
        return {};
    }

    bool half_close() override { return false; }
    void close() override { m_closed = true; }

  private:
    scripted_target& m_peer;
    std::string m_in;
    std::string m_out;
    bool m_closed = false;
};

} // namespace

std::string read_all(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

scratch::scratch() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/snaptest-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("no scratch directory");
    }
    m_path = pattern;
}

scratch::~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::string scratch::file(std::string_view name) const {
    return m_path + '/' + std::string(name);
}

std::unique_ptr<channel> scripted_target::connect(duration) {
    ++m_connections;
    return std::make_unique<scripted_channel>(*this);
}

std::optional<std::string> small_agent::operator()(std::string& in) {
    std::string out;
    for (auto end = in.find('\n'); end != std::string::npos; end = in.find('\n')) {
        std::string line = in.substr(0, end);
        in.erase(0, end + 1);
        const auto sentinel = line.rfind('\xFF');
        out += answer(sentinel == std::string::npos ? line : line.substr(sentinel + 1));
    }
    return out;
}

std::string small_agent::answer(std::string_view line) {
    json::error_code failure;
    const json::value parsed = json::parse(line, failure);
    const json::object* request = failure ? nullptr : parsed.if_object();
    if (request == nullptr || !request->contains("execute")) {
        return "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no request\"}}\n";
    }
    const std::string command(request->at("execute").as_string());
    commands.push_back(command);
    json::object out;
    if (command == "guest-sync" || command == "guest-sync-delimited") {
        out["return"] = request->at("arguments").at("id");
    } else if (command == "guest-ping") {
        out["return"] = json::object{};
    } else if (command == "guest-fsfreeze-status") {
        out["return"] = frozen ? "frozen" : "thawed";
    } else if (command == "guest-fsfreeze-freeze-list") {
        frozen = true;
        out["return"] = 1;
    } else if (command == "guest-fsfreeze-thaw") {
        out["return"] = frozen ? 1 : 0;
        frozen = false;
    } else {
        out["error"] = json::object{{"class", "CommandNotFound"}, {"desc", "no such command"}};
    }
    if (const auto* id = request->if_contains("id")) {
        out["id"] = *id;
    }
    return (command == "guest-sync-delimited" ? "\xFF" : "") + json::serialize(out) + '\n';
}

unix_server::unix_server(std::string path, handler serve)
    : m_path(std::move(path)),
      m_serve(std::move(serve)),
      m_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, m_path.c_str(), sizeof name.sun_path - 1);
    if (::bind(m_listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
        ::listen(m_listener.get(), 8) != 0) {
        throw std::runtime_error("cannot listen on " + m_path);
    }
    m_thread = std::thread([this] {
        while (!m_leave) {
            if (wait_for(m_listener.get(), POLLIN, std::chrono::milliseconds(20)) == 0) {
                continue;
            }
            const descriptor stream(::accept(m_listener.get(), nullptr, nullptr));
            if (stream) {
                m_serve(stream.get(), m_leave);
            }
        }
    });
}

unix_server::~unix_server() {
    m_leave = true;
    m_thread.join();
}

unix_server::handler serve_script(script peer) {
    return [peer = std::move(peer)](int stream, const std::atomic<bool>& leave) {
        std::string in;
        while (!leave) {
            if (wait_for(stream, POLLIN, std::chrono::milliseconds(20)) == 0) {
                continue;
            }
            std::array<char, 4096> buffer; // NOLINT: filled by read
            const ssize_t got = ::read(stream, buffer.data(), buffer.size());
            if (got <= 0) {
                return;
            }
            in.append(buffer.data(), static_cast<std::size_t>(got));
            const auto out = peer(in);
            if (!out || ::send(stream, out->data(), out->size(), MSG_NOSIGNAL) !=
                            static_cast<ssize_t>(out->size())) {
                return;
            }
        }
    };
}

program_result snapcheck(const scratch& place, const std::string& words) {
    const std::string out = place.file("stdout");
    const std::string err = place.file("stderr");
    const std::string command = shell_quoted(snapproto::tests::program_path("snapcheck")) + ' ' +
                                words + " > " + shell_quoted(out) + " 2> " + shell_quoted(err);
    const int state = std::system(command.c_str());
    program_result result;
    result.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    result.out = read_all(out);
    result.err = read_all(err);
    return result;
}

} // namespace snapproto::conformance::test
