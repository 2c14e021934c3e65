// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_PROCESS_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_PROCESS_HPP

// A child process in a session of its own, its output kept in part, and gone when we go.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/time.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace snapproto::conformance {

/// What a process leads. Who leads a session gets the first terminal that it opens for its own, and
/// SIGHUP when that ends.
enum class leads { session, group };

/// One run of a program.
///
/// It leads a session, or only a process group, of its own; the group is killed when the object
/// goes, and the program dies with this process. Standard output and error are kept, the last 16
/// KiB.
class process {
  public:
    /// Starts the program; the first word is looked for in PATH.
    ///
    /// @param conversation becomes its standard input and output, where it is given; it stays the
    ///        caller's. Only standard error is kept then.
    /// @throws unreachable when it cannot be executed, with the system's reason.
    explicit process(const std::vector<std::string>& words, int conversation = -1,
                     leads what = leads::session);
    ~process();
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    [[nodiscard]] pid_t id() const noexcept { return m_id; }
    [[nodiscard]] bool alive() { return !wait_exit(duration{0}); }
    /// Sends a signal to the process itself; nothing happens when it has ended.
    void signal(int number);
    /// Sends SIGKILL to the whole group and waits for the end, 2 s at the most.
    void kill_group();
    /// Waits for the end of the process itself, `bound` at the most.
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound);
    /// The last of what it has written until now.
    [[nodiscard]] std::string output();

    static constexpr std::size_t output_bytes_max = std::size_t{16} << 10;

  private:
    void collect();
    bool read_what_is_there(); ///< @return false when nothing will come any more.

    pid_t m_id = -1;
    std::optional<exit_report> m_end;
    descriptor m_output;
    std::atomic<bool> m_leave{false};
    std::mutex m_mutex; ///< Guards m_text.
    std::string m_text;
    std::thread m_collector;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_PROCESS_HPP
