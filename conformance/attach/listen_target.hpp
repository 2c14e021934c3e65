// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_LISTEN_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_LISTEN_TARGET_HPP

// Somebody else's orchestrator: it connects to where we listen, and a command makes it take a
// snapshot.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/attach/played_monitor.hpp"
#include "conformance/attach/process.hpp"
#include "conformance/attach/socket_hub.hpp"

#include <memory>
#include <optional>
#include <regex>
#include <string>

namespace snapproto::conformance {

struct listen_options {
    std::string dialect = "qga"; ///< For replay commands: bytes are bytes here.
    address listen;
    std::string trigger;           ///< For a shell. {socket}, {qmp} and {marker} are replaced.
    std::optional<address> second; ///< Where the second guest of a group is played.
    std::string group_trigger;     ///< For a group of two; {socket2} is replaced too.
    std::string before;            ///< Run before each snapshot; empty: nothing.
    std::optional<address> qmp;
    std::string cut_marker; ///< A file whose growth marks the cut; empty: there is none.
    std::string degraded;   ///< A regular expression for the output; empty: nothing is degraded.
    duration patience = std::chrono::seconds(60);
    duration hold_limit = std::chrono::seconds(10);
};

/// An orchestrator behind a socket, on the real clock.
///
/// The trigger's exit status 0 claims a consistent snapshot, unless its output matches `degraded`;
/// any other status is a failure. A line in the marker file "begin" begins a cut, "end" and "fail"
/// end it, any other line is a whole cut.
class listen_target final : public orchestrator_target {
  public:
    /// @throws unreachable, std::regex_error
    explicit listen_target(listen_options options);
    ~listen_target() override { stop(); }

    [[nodiscard]] instant now() const override { return real_now(); }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::string replay_flags() const override;
    [[nodiscard]] duration patience() const override { return m_options.patience; }
    [[nodiscard]] duration hold_limit() const override { return m_options.hold_limit; }
    [[nodiscard]] duration aftermath() const override { return std::chrono::seconds(2); }

    void begin(orchestrator_events& to, std::size_t guests, const cut_plan& cut) override;
    void proceed(instant until) override;
    void send(connection on, std::string_view bytes) override {
        hub_of(on.guest).send(on.number, bytes);
    }
    void close(connection on) override { hub_of(on.guest).close(on.number); }
    [[nodiscard]] std::optional<snapshot_end> ended() override;
    void stop() override;

  private:
    [[nodiscard]] std::vector<std::string> shell(std::string command) const;
    [[nodiscard]] socket_hub::handlers handlers_of(std::size_t guest);
    void run_before();
    void look_at_marker();
    void take_mark(const std::string& line);
    void take_cut(cut_sign what);
    socket_hub& hub_of(std::size_t guest) { return guest == 0 ? m_hub : *m_second; }

    listen_options m_options;
    std::optional<std::regex> m_degraded;
    orchestrator_events* m_events = nullptr;
    std::size_t m_guests = 1; ///< Of this snapshot.
    socket_hub m_hub;
    std::unique_ptr<socket_hub> m_second;
    std::unique_ptr<played_monitor> m_monitor;
    std::size_t m_cutting = 0; ///< Machines of a group whose cut is in work.
    bool m_cut_failed = false; ///< One of them.
    std::unique_ptr<process> m_trigger;
    std::streamoff m_marked = 0; ///< Bytes of the marker file that were looked at.
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_LISTEN_TARGET_HPP
