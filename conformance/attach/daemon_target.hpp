// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_DAEMON_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_DAEMON_TARGET_HPP

// A real Hyper-V daemon, started by the suite under peers/hyperv_preload: no rights are needed.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/hyperv_target.hpp"
#include "conformance/attach/preloaded_process.hpp"

#include <memory>
#include <optional>
#include <string>

namespace snapproto::conformance {

/// A daemon process. It must stay in the foreground (hv_vss_daemon -n).
class daemon_target final : public hyperv_target {
  public:
    /// Starts the daemon. @throws unreachable when it does not open its device within 10 s
    /// (scaled), or the preloaded library is not there.
    daemon_target(const std::string& command, const std::string& work_parent, double timeout_scale);

    [[nodiscard]] instant now() const override { return real_now(); }
    void sleep_for(duration span) override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::string replay_flags() const override;
    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    void start(const start_options& options) override;
    [[nodiscard]] bool alive() override { return m_daemon.alive(); }
    void terminate() override { m_daemon.terminate(); }
    void kill() override { m_daemon.kill(); }
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override {
        return m_daemon.wait_exit(bound);
    }
    [[nodiscard]] std::string agent_output() const override { return m_daemon.output(); }
    [[nodiscard]] observed<resource_use> resources() override;
    void allow_open(bool allowed) override;

  private:
    preloaded_process m_daemon;
    double m_timeout_scale;
    descriptor m_device; ///< Where opens arrive; none while the device cannot be opened.
    descriptor m_first;  ///< The open that showed the daemon to be up.
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_DAEMON_TARGET_HPP
