// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_PROVIDER_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_PROVIDER_HPP

// What takes the copy of one machine: QEMU's block layer, told by its monitor (SP chapter 13).

#include "disks.hpp"
#include "monitor.hpp"
#include "overlays.hpp"
#include "settings.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {

/// The provider of one machine. What it made is known of each file until the end.
class provider {
  public:
    /// Called with nothing, or with why it did not succeed.
    using done = std::function<void(std::string_view)>;

    provider(boost::asio::io_context& io, const machine_settings& machine, const settings& how);

    /// Connects, looks at the disks and names the files. Nothing is made.
    void look(done looked);

    /// Makes the new files, which takes long and needs no quiet guest. Answered once.
    void prepare(done made);

    /// Fixes the snapshot point of all disks at once. Answered once.
    void cut(done over);

    /// The copy is not wanted, or not any more.
    void discard();

    /// Sees to it that all is at rest: a copy that is wanted is whole, one that is not wanted is
    /// gone. Answered once, in bounded time if it is discarded.
    void settle(done settled);

    [[nodiscard]] const std::vector<disk_copy>& copies() const noexcept { return m_copies; }
    [[nodiscard]] const std::vector<std::string>& remarks() const noexcept { return m_remarks; }

  private:
    enum class step { none, in_work, done, failed, unknown };

    void find(const qmp_reply& reply, const done& looked);
    void add_target(std::size_t number);
    void prepared(std::string_view why);
    void send_cut();
    void cut_over(step how, std::string_view why);
    void happened(const qmp_event& event);
    void job_over(disk_copy& one);
    void monitor_lost(std::string_view why);

    void go_on();
    void find_out();
    void clean();
    void spare_overlays(const qmp_reply& reply);
    void clean_file(std::size_t number);
    void close_file(std::size_t number);
    void file_closed(std::size_t number, const qmp_reply& reply);
    void have_patience();
    void end();

    boost::asio::io_context& m_io;
    const settings& m_how;
    machine_settings m_machine;
    monitor m_monitor;
    boost::asio::steady_timer m_patience;
    std::vector<disk_copy> m_copies;
    overlay_maker m_overlays;
    std::vector<std::string> m_remarks;

    step m_prepared = step::none;
    step m_cut = step::none;
    std::size_t m_jobs = 0; ///< Backups that go on.
    bool m_discarded = false;
    bool m_asked_again = false; ///< What became of something without an answer.
    bool m_asks_again = false;
    bool m_cleaning = false;
    bool m_impatient = false; ///< Nobody answers any more.
    done m_on_prepared;
    done m_on_cut;
    done m_on_settled;
};

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_PROVIDER_HPP
