// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_OVERLAYS_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_OVERLAYS_HPP

// Overlays before the cut: QEMU makes their files while the guest still works, so that the cut has
// only to open them. It is QEMU that makes them, because it may run as another user than we do.

#include "disks.hpp"
#include "monitor.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {

/// Makes the files of overlays through a monitor. Afterwards nothing of it is left in QEMU.
class overlay_maker {
  public:
    /// Called with nothing, or with why it did not succeed.
    using done = std::function<void(std::string_view)>;

    overlay_maker(monitor& to, std::vector<disk_copy>& copies) : m_monitor(to), m_copies(copies) {}

    /// Makes one after the other. Answered once. What became of each is in its state.
    void make(done made);

    /// Begins nothing more. What is in work goes on.
    void stop() noexcept { m_stopped = true; }

    /// Something happened in QEMU: a job may be over.
    void happened(const qmp_event& event);

    /// Nothing more will happen.
    void lost(std::string_view why);

  private:
    enum class step { file, node, image, close };

    void go_on();
    void job_begun(const qmp_reply& reply);
    void ask_for_job();
    void look_at_job(const qmp_reply& reply);
    void step_over(const qmp_reply& reply);
    void end(std::string_view why);

    monitor& m_monitor;
    std::vector<disk_copy>& m_copies;
    std::size_t m_number = 0; ///< Of the one that is being made.
    step m_step = step::file;
    bool m_waits = false;     ///< For its job.
    bool m_concluded = false; ///< The job has said so: an answer can be older.
    bool m_stopped = false;
    done m_made;
};

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_OVERLAYS_HPP
