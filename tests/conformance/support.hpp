// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_CONFORMANCE_SUPPORT_HPP
#define SNAPPROTO_TESTS_CONFORMANCE_SUPPORT_HPP

// Peers for the tests of the suite itself: a scripted target on a virtual clock, and small servers
// on real unix sockets that may misbehave.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/target.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace snapproto::conformance::test {

/// A directory that is removed at the end.
class scratch {
  public:
    scratch();
    ~scratch();
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    [[nodiscard]] std::string file(std::string_view name) const;
    [[nodiscard]] const std::string& path() const noexcept { return m_path; }

  private:
    std::string m_path;
};

/// True when the words contain that part.
[[nodiscard]] inline bool says(std::string_view words, std::string_view part) {
    return words.find(part) != std::string_view::npos;
}

/// All bytes of a file; nothing where there is none.
[[nodiscard]] std::string read_all(const std::string& path);

/// What a scripted peer does with bytes: they are appended to `in`; it takes from there what it
/// likes and answers; nullopt closes the connection.
using script = std::function<std::optional<std::string>(std::string& in)>;

/// A target that answers from a script, on a virtual clock, in this thread.
class scripted_target : public target {
  public:
    explicit scripted_target(script peer) : m_peer(std::move(peer)) {}

    [[nodiscard]] std::string description() const override { return "scripted"; }
    [[nodiscard]] support can(capability) const override { return support::no("it is a script"); }
    [[nodiscard]] std::string replay_flags() const override { return "--builtin scripted"; }
    [[nodiscard]] instant now() const override { return m_now; }
    void sleep_for(duration span) override { m_now += span; }
    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    void start(const start_options&) override {}
    [[nodiscard]] bool alive() override { return true; }
    void terminate() override {}
    void kill() override {}
    [[nodiscard]] std::optional<exit_report> wait_exit(duration) override { return std::nullopt; }
    [[nodiscard]] played_hook* hook() noexcept override { return nullptr; }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override { return {}; }

    instant m_now{};
    script m_peer;
    int m_connections = 0;
};

/// A right agent, as far as these tests go: sync, ping, status, freeze-list, thaw, one line each.
class small_agent {
  public:
    [[nodiscard]] std::optional<std::string> operator()(std::string& in);
    bool frozen = false;
    std::vector<std::string> commands; ///< The names of the commands executed.

  private:
    std::string answer(std::string_view line);
};

/// A server on a unix socket; each connection is handed to a function in the server's thread.
class unix_server {
  public:
    using handler = std::function<void(int stream, const std::atomic<bool>& leave)>;

    unix_server(std::string path, handler serve);
    ~unix_server();
    [[nodiscard]] const std::string& path() const noexcept { return m_path; }

  private:
    std::string m_path;
    handler m_serve;
    descriptor m_listener;
    std::atomic<bool> m_leave{false};
    std::thread m_thread;
};

/// Serves a connection with a script until it closes.
[[nodiscard]] unix_server::handler serve_script(script peer);

struct program_result {
    int status = -1; ///< Exit status, or 128 and the signal.
    std::string out;
    std::string err;
};

/// Runs snapcheck with these words (given to a shell).
[[nodiscard]] program_result snapcheck(const scratch& place, const std::string& words);

} // namespace snapproto::conformance::test

#endif // SNAPPROTO_TESTS_CONFORMANCE_SUPPORT_HPP
