// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_FREEZER_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_FREEZER_HPP

// The kernel's freeze and thaw, and how somebody notices a thaw that is not his own.

#include "descriptor.hpp"

#include <chrono>

namespace snapagent {

/// What the kernel says to a freeze or thaw.
enum class kernel_answer {
    done,
    not_so,    ///< A freeze: somebody else has frozen it. A thaw: it is not frozen.
    incapable, ///< This filesystem cannot be frozen.
    failed     ///< See `error`.
};

struct kernel_result {
    kernel_answer answer = kernel_answer::done;
    int error = 0; ///< An errno.
};

/// Freezes what a handle is open on. It waits until everything is written, which may last, so it
/// does not belong into the thread that serves clients.
[[nodiscard]] kernel_result freeze(int handle) noexcept;

/// Undoes one freeze. It waits for a freeze of the same filesystem that is still in work.
[[nodiscard]] kernel_result thaw(int handle) noexcept;

/// A process that sleeps in a frozen filesystem: the kernel wakes it by the thaw, whoever makes it.
/// There is no other way to ask Linux whether a filesystem is frozen without changing anything.
class sentinel {
  public:
    /// What its line says when the filesystem is not frozen any more.
    static constexpr char over = 'o';

    /// Starts the process, and waits until that one waits for `begin`. Before the freeze: to start
    /// one takes longer than a freeze should.
    /// @param handle  on a directory of the filesystem
    /// Errors: none; without a process its line is -1 and it is never asleep.
    explicit sentinel(int handle);
    sentinel(const sentinel&) = delete;
    sentinel& operator=(const sentinel&) = delete;
    ~sentinel();

    /// Sends it into the filesystem.
    void begin() noexcept;

    /// From now on it is the last to run: with the thaw those wake whom the freeze kept waiting.
    void give_way() noexcept;

    /// Says `over` at the thaw.
    [[nodiscard]] int line() const noexcept { return m_line.get(); }

    /// Whether it sleeps in the kernel now.
    [[nodiscard]] bool asleep() noexcept;

    /// Whether it has been seen asleep and is not any more. Sure at once after a thaw, while its
    /// word takes its time.
    [[nodiscard]] bool woken() noexcept;

    /// Waits until it sleeps, and has slept for a while. @return false if it does not get there
    [[nodiscard]] bool falls_asleep(std::chrono::milliseconds within,
                                    std::chrono::milliseconds for_a_while) noexcept;

  private:
    descriptor m_line;
    int m_process = -1;
    bool m_slept = false;
};

/// What a sentinel's process does, as "snapagent --sentinel".
/// @return its exit status
[[nodiscard]] int stand_sentinel(int handle, int line) noexcept;

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_FREEZER_HPP
