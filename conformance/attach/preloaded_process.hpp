// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_PRELOADED_PROCESS_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_PRELOADED_PROCESS_HPP

// A real agent of which something is replaced by a preloaded library: its host, or what is mounted.
// Under peers/hyperv_preload it finds a played guest, which is asked for here, and in which it
// freezes; then no rights are needed, and nothing is frozen.

#include "conformance/attach/channel.hpp"
#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/played_guest.hpp"
#include "conformance/attach/process.hpp"
#include "conformance/attach/spawn_target.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance {

/// Binds and listens, without blocking. What was at the path is removed. @throws unreachable
[[nodiscard]] descriptor listen_at(const std::string& path, int type);

/// The process, its work directory, and its questions about the guest.
class preloaded_process {
  public:
    /// Starts nothing yet.
    /// @param command words, separated as a shell does. @throws std::invalid_argument when there
    ///        are none
    /// @param libraries what is preloaded, in this order: "hyperv_preload.so".
    ///        @throws unreachable when one is not there
    /// @param guest what is asked for; it outlives this object.
    preloaded_process(const std::string& command, std::string work_parent,
                      std::vector<std::string> libraries, played_guest& guest);
    ~preloaded_process();
    preloaded_process(const preloaded_process&) = delete;
    preloaded_process& operator=(const preloaded_process&) = delete;

    [[nodiscard]] const std::string& text() const noexcept { return m_text; }
    [[nodiscard]] const std::vector<std::string>& command() const noexcept { return m_command; }
    /// " --spawn '...'", and --work-dir where it was given.
    [[nodiscard]] std::string replay_flags() const;
    /// A path in the work directory.
    [[nodiscard]] std::string file(const char* name) const { return m_work.path() + '/' + name; }

    /// Starts it with these variables ("NAME=VALUE") in its environment, and waits until something
    /// connects to `up`.
    /// @return that connection. @throws unreachable when it ends before, or `wait` is over
    [[nodiscard]] descriptor start(const std::vector<std::string>& variables, const descriptor& up,
                                   duration wait);
    void stop();

    /// Answers what the process asks of the guest, until `fd` can be read (-1: none) or the wait is
    /// over. @return whether it can
    bool serve_until_readable(int fd, duration wait);

    /// The mount table of the guest becomes what the process reads next.
    void publish_mounts();

    [[nodiscard]] bool alive();
    /// -1: it does not run.
    [[nodiscard]] pid_t id() const noexcept { return m_process ? m_process->id() : -1; }
    void terminate();
    void kill();
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound);
    [[nodiscard]] std::string output() const;

  private:
    bool answer(int control);

    std::string m_text;
    std::vector<std::string> m_command;
    std::string m_preload;
    std::string m_work_parent;
    work_directory m_work;
    played_guest& m_guest;
    descriptor m_listener; ///< Where the process asks.
    std::vector<descriptor> m_controls;
    std::string m_published;
    std::unique_ptr<process> m_process;
};

/// What the process has connected, with its boundaries where the socket has them. Its questions
/// are answered while it is waited for.
[[nodiscard]] std::unique_ptr<channel> make_channel(preloaded_process& agent, descriptor stream);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_PRELOADED_PROCESS_HPP
