// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_HYPERV_KERNEL_HPP
#define SNAPPROTO_CONFORMANCE_HYPERV_KERNEL_HPP

// The kernel's end of a daemon's device, as the checks hold it.

#include "conformance/attach/hyperv_target.hpp"
#include "conformance/held.hpp"
#include "conformance/run_context.hpp"

#include "snapproto/dialect/hyperv/wire.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// What one read of the device gave.
struct daemon_said {
    receive_status status = receive_status::nothing;
    std::string bytes;

    [[nodiscard]] bool is_registration() const noexcept;
    /// Of a message of 12 bytes that is no registration.
    [[nodiscard]] std::optional<std::int32_t> error() const;
    [[nodiscard]] bool succeeded() const { return error() == 0; }
    [[nodiscard]] bool failed() const { return error().value_or(0) != 0; }
    /// "success", "failure 0x80004005", "a registration", "nothing", "5 bytes: 05 00 …".
    [[nodiscard]] std::string words() const;
};

/// Bytes as people read them: "81 00 00".
[[nodiscard]] std::string hex(std::string_view bytes);

/// The played kernel of one check.
class hyperv_kernel {
  public:
    static constexpr duration reply_wait = std::chrono::seconds(5);
    /// After what was owed nothing more comes.
    static constexpr duration quiet = std::chrono::milliseconds(60);

    /// @pre the context's agent is a hyperv_target.
    explicit hyperv_kernel(run_context& context);

    [[nodiscard]] hyperv_target& daemon() noexcept { return m_daemon; }
    /// The guest whose mounts are played. Skips the check where they are real.
    [[nodiscard]] played_guest& guest() {
        if (!m_daemon.plays_guest()) {
            skip_for_real_filesystems(m_context);
        }
        return m_daemon.guest();
    }

    /// Takes the next open of the device. @throws unreachable
    void open(duration wait = reply_wait);
    /// The same, with the registration and the version: the daemon is ready then.
    void begin();
    void close();
    /// Ends the daemon, starts it anew in the guest as new, and makes it ready.
    void begin_again();
    /// Ends the daemon, starts it on a device without boundaries and takes its registration.
    void begin_on_stream();

    void send(std::string_view bytes, std::string_view words);
    void send_version(std::uint32_t version = hyperv::op_register_versioned);
    void ask(std::uint8_t op, std::uint32_t flags = 0);
    void ask(hyperv::vss_op op) { ask(static_cast<std::uint8_t>(op)); }
    [[nodiscard]] daemon_said read(duration wait = reply_wait);
    /// Waits until the daemon has opened the device again, or has ended. @return whether it has
    /// opened it
    [[nodiscard]] bool comes_back();
    [[nodiscard]] daemon_said call(std::uint8_t op, std::uint32_t flags = 0);
    [[nodiscard]] daemon_said call(hyperv::vss_op op) {
        return call(static_cast<std::uint8_t>(op));
    }

    // What many checks begin with or require.

    void must_succeed(hyperv::vss_op op, std::string_view requirement);
    void must_fail(hyperv::vss_op op, std::string_view requirement);
    void freeze() { must_succeed(hyperv::vss_op::freeze, "an ordinary freeze succeeds"); }
    /// Requires that nothing more comes.
    void must_be_quiet(std::string_view requirement);
    /// All that a freeze holds, and what is held now, separated by blanks (held.hpp).
    [[nodiscard]] std::string everything() { return everything_in(m_context, played()); }
    [[nodiscard]] std::string held() { return held_in(m_context, played()); }
    /// Somebody else than the daemon freezes a filesystem, or thaws it: always the same one.
    /// @return it, in the words of held()
    std::string freeze_by_other();
    void thaw_by_other();
    /// Requires that exactly these filesystems are held, separated by blanks.
    void must_hold(std::string_view sources, std::string_view requirement);
    /// Waits until the daemon has thawed everything, ended, or come back; then requires that
    /// nothing is held. What came back stays open.
    void must_let_go(std::string_view requirement);
    /// Requires that it opens the device and registers. @return the registration
    daemon_said must_come_back(std::string_view requirement);

  private:
    [[nodiscard]] const played_guest* played() noexcept {
        return m_daemon.plays_guest() ? &m_daemon.guest() : nullptr;
    }
    void note_calls();
    void take_registration();
    void restart();
    template <class Function>
    bool comes_back_while(Function&& condition);

    run_context& m_context;
    hyperv_target& m_daemon;
    std::unique_ptr<channel> m_device;
    std::size_t m_noted = 0; ///< Calls that are in the transcript.
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_HYPERV_KERNEL_HPP
