// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_DAEMON_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_DAEMON_TARGET_HPP

// A real Hyper-V daemon, started by the suite under peers/hyperv_preload: no rights are needed.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/hyperv_target.hpp"
#include "conformance/attach/process.hpp"
#include "conformance/attach/spawn_target.hpp"

#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance {

/// A daemon process. It must stay in the foreground (hv_vss_daemon -n).
class daemon_target final : public hyperv_target {
  public:
    /// Starts the daemon. @throws unreachable when it does not open its device within 10 s
    /// (scaled), or the preloaded library is not there.
    daemon_target(std::string command, const std::string& work_parent, double timeout_scale);
    ~daemon_target() override;

    [[nodiscard]] instant now() const override { return real_now(); }
    void sleep_for(duration span) override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::string replay_flags() const override;
    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    void start(const start_options& options) override;
    [[nodiscard]] bool alive() override;
    void terminate() override;
    void kill() override;
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override;
    [[nodiscard]] std::string agent_output() const override;
    void allow_open(bool allowed) override;

    /// Answers what the daemon asks of the guest, until `fd` can be read (-1: none) or the wait is
    /// over. @return whether it can
    bool serve_until_readable(int fd, duration wait);

    /// The mount table of the guest becomes what the daemon reads next.
    void publish_mounts();

  private:
    [[nodiscard]] std::string file(const char* name) const { return m_work.path() + '/' + name; }
    [[nodiscard]] std::vector<std::string> words() const;
    void stop();
    bool answer(int control);

    std::string m_text;
    std::vector<std::string> m_command;
    std::string m_preload;
    double m_timeout_scale;
    std::string m_work_parent;
    work_directory m_work;
    descriptor m_device;   ///< Where opens arrive; none while the device cannot be opened.
    descriptor m_listener; ///< Where the daemon asks.
    std::vector<descriptor> m_controls;
    descriptor m_first; ///< The open that showed the daemon to be up.
    std::string m_published;
    std::unique_ptr<process> m_process;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_DAEMON_TARGET_HPP
