// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_TERMINAL_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_TERMINAL_TARGET_HPP

// A real Hyper-V daemon that freezes real filesystems: it runs in a root directory of its own, as
// of peers/sandbox.sh, where its device is a terminal of the suite. Nothing is preloaded into it.

#include "conformance/attach/hyperv_target.hpp"
#include "conformance/attach/process.hpp"
#include "conformance/attach/real_target.hpp"
#include "conformance/attach/terminal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance {

/// A daemon process. It must stay in the foreground (hv_vss_daemon -n), and the command must take
/// it to where nothing but the freeze targets can be frozen.
///
/// A terminal keeps no boundaries, so the next message is sent when the daemon has read the last
/// one. Each open of the device leads to another terminal: the name is a link that is set anew.
class terminal_target final : public hyperv_target {
  public:
    /// What is known of the daemon's surroundings.
    struct settings {
        std::string command; ///< Words, separated as a shell does.
        std::string root;    ///< The daemon's root directory, seen from here.
        double timeout_scale = 1.0;
    };

    /// Starts the daemon. @throws unreachable when it does not register within 10 s (scaled), or a
    /// freeze would reach more than these filesystems; std::invalid_argument for no command
    terminal_target(settings how, freeze_target_list filesystems);
    ~terminal_target() override;

    [[nodiscard]] bool plays_guest() const noexcept override { return false; }
    [[nodiscard]] instant now() const override { return real_now(); }
    void sleep_for(duration span) override { real_sleep(span); }
    [[nodiscard]] std::string description() const override { return "spawned: " + m_how.command; }
    [[nodiscard]] std::string replay_flags() const override;
    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    void start(const start_options& options) override;
    [[nodiscard]] bool alive() override { return m_process && m_process->alive(); }
    void terminate() override;
    void kill() override;
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override;
    [[nodiscard]] std::string agent_output() const override;
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override {
        return pointers_to(m_filesystems);
    }
    void allow_open(bool allowed) override;

  private:
    [[nodiscard]] std::string device() const { return m_how.root + "/dev/vmbus/hv_vss"; }
    void stop();
    /// Waits until the daemon has written to the next terminal. @return whether it has
    [[nodiscard]] bool registers_within(duration wait);
    void require_tight();

    settings m_how;
    std::vector<std::string> m_words;
    freeze_target_list m_filesystems;
    std::unique_ptr<terminal> m_next; ///< What the next open leads to; none: there is no device.
    std::unique_ptr<process> m_process;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_TERMINAL_TARGET_HPP
