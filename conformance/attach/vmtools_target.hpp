// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_VMTOOLS_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_VMTOOLS_TARGET_HPP

// The real guest of vmbackup, vmtoolsd, started by the suite under peers/vmtools_preload: its host
// and hooks are played. So are its mounts where there are no freeze targets, and then nothing is
// frozen, and no rights are needed.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/preloaded_process.hpp"
#include "conformance/attach/real_target.hpp"
#include "conformance/attach/vmbackup_target.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// A daemon process. It must stay in the foreground, and its command names the folder with the one
/// plugin it is to load: vmtoolsd -n vmsvc --plugin-path DIR.
///
/// Its timers run `speed` times as fast, and so does this target's time.
class vmtools_target final : public vmbackup_target {
  public:
    static constexpr int speed = 4;

    /// Starts the daemon.
    /// @param filesystems what it may freeze; none: its mounts are played. The command must take it
    ///        to where nothing else can be frozen; the preloaded library lets nothing else through.
    /// @throws unreachable when it does not open its channels within 10 s (scaled), a preloaded
    ///         library is not there, or a freeze would reach more than these filesystems;
    ///         std::invalid_argument when the command leaves it all its plugins, of which some
    ///         change the machine.
    vmtools_target(const std::string& command, const std::string& work_parent, double timeout_scale,
                   freeze_target_list filesystems = {});

    [[nodiscard]] bool plays_guest() const noexcept override { return m_filesystems.empty(); }
    [[nodiscard]] instant now() const override {
        return instant{} + (real_now() - instant{}) * speed;
    }
    void sleep_for(duration span) override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::string replay_flags() const override;
    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    [[nodiscard]] std::unique_ptr<channel> reports(duration wait) override;
    void start(const start_options& options) override;
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override {
        return pointers_to(m_filesystems);
    }
    [[nodiscard]] bool alive() override { return m_daemon.alive(); }
    void terminate() override { m_daemon.terminate(); }
    void kill() override { m_daemon.kill(); }
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override {
        return m_daemon.wait_exit(bound / speed);
    }
    [[nodiscard]] std::string agent_output() const override { return m_daemon.output(); }

    /// The hooks of the guest become what the daemon finds next.
    void publish_scripts();
    /// What its hooks have written becomes the calls of the guest.
    void collect_calls();

  private:
    void make_scripts();
    [[nodiscard]] std::unique_ptr<channel> take(descriptor& opened, std::string_view what);

    void require_tight();

    freeze_target_list m_filesystems; ///< None: they are played.
    preloaded_process m_daemon;
    double m_timeout_scale;
    descriptor m_commands; ///< What the daemon has opened for its commands, until it is taken.
    descriptor m_events;   ///< The same for its events, which it opens before that.
    std::size_t m_collected = 0; ///< Bytes of the hooks' record that are in the calls.
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_VMTOOLS_TARGET_HPP
