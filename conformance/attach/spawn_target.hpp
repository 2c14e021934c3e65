// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_SPAWN_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_SPAWN_TARGET_HPP

// An agent that the suite starts itself, afresh as often as a check needs (--spawn).

#include "conformance/attach/command_line.hpp"
#include "conformance/attach/process.hpp"
#include "conformance/attach/real_target.hpp"
#include "conformance/attach/script_hook.hpp"

#include <memory>
#include <string>

namespace snapproto::conformance {

/// A directory of its own, removed with all that is in it.
class work_directory {
  public:
    /// @param parent where to make it; empty: $TMPDIR or /tmp. @throws unreachable
    explicit work_directory(const std::string& parent);
    ~work_directory();
    work_directory(const work_directory&) = delete;
    work_directory& operator=(const work_directory&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return m_path; }

  private:
    std::string m_path;
};

/// An agent process under the suite's control, listening on a unix socket.
///
/// The process leads its own session and must stay in the foreground. Its files (socket, state,
/// hook, pid file, log) are in one work directory, which it must see under the same path.
class spawn_target final : public real_target {
  public:
    /// Starts the agent. @throws unreachable when it does not come up within 10 s (scaled), with
    /// what it wrote.
    /// @param dialect what the agent speaks; replay commands name it.
    spawn_target(spawn_command command, freeze_target_list filesystems,
                 const std::string& work_parent, double timeout_scale, std::string dialect = "qga");
    ~spawn_target() override;

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
    [[nodiscard]] observed<resource_use> resources() override;
    [[nodiscard]] played_hook* hook() noexcept override { return m_hook.get(); }

    /// -1: it does not run.
    [[nodiscard]] pid_t process_id() const noexcept { return m_process ? m_process->id() : -1; }

  private:
    [[nodiscard]] std::string file(const char* name) const;
    [[nodiscard]] std::string directory_on_target() const;
    void stop();
    void wait_until_up();

    spawn_command m_command;
    std::string m_dialect;
    double m_timeout_scale;
    std::string m_work_parent;
    work_directory m_work;
    std::unique_ptr<script_hook> m_hook; ///< Null when the command takes none.
    std::unique_ptr<process> m_process;
    /// The connection that showed the agent to be up; the next connect() returns it, since an
    /// agent with one client at a time should not see one come and go.
    std::unique_ptr<channel> m_first;
    std::string m_log_path;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_SPAWN_TARGET_HPP
