// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_DATABASE_HPP
#define SNAPPROTO_SIMULATOR_WORLD_DATABASE_HPP

// A database of accounts with a write-ahead log: transfers change pages in memory and are logged;
// commits are gathered; checkpoints bring changed pages to the file, two blocks each.

#include "simulator/world/application.hpp"
#include "simulator/world/disk_format.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/filesystem.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/witness.hpp"

#include <deque>
#include <vector>

namespace snapproto::world {

/// What a client asks for.
struct transfer_request {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t amount = 0;
    event done;
};

class database final : public actor, public application {
  public:
    database(environment& world, filesystem& files, const database_options& options, witness& seen);

    /// How many blocks its files need.
    [[nodiscard]] static std::uint64_t room(const database_options& options) noexcept;

    /// Makes the files and begins to work.
    void open();

    void submit(const transfer_request& asked);

    void quiesce(const event& done, const event& refused) override;
    void resume(const event& done, const event& not_held) override;

    // ---- what can be wrong with it ----

    void veto(bool on) noexcept { m_vetoes = on; }
    /// Asked to stop, it does nothing before `hang(false)`.
    void hang(bool on);
    /// Asked to stop, it begins that much later.
    void hesitate(ticks span) noexcept { m_hesitates = span; }

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t {
        group_commit,
        log_written,
        log_synced,
        checkpoint_due,
        page_written,
        pages_synced,
        control_written,
        control_synced,
        stop
    };
    enum class checkpoint_stage : std::uint8_t { none, pages, sync, control };
    enum class mode : std::uint8_t { open, asked, quiescing, quiesced };

    struct buffered_page {
        page content;
        bool dirty = false;
        bool imaged = false; ///< Its image is in the log since the last checkpoint began.
    };
    struct waiting {
        std::uint64_t lsn = 0;
        std::uint64_t number = 0; ///< Of the transfer.
        event done;
    };

    [[nodiscard]] bool is_working() const noexcept { return m_mode <= mode::asked; }
    void execute(const transfer_request& asked);
    void log(std::initializer_list<std::uint64_t> cells) { m_log.insert(m_log.end(), cells); }
    void log_image(buffered_page& what);
    void acknowledge(std::uint64_t number, const event& done);
    [[nodiscard]] bool log_is_full() const noexcept;

    void want_flush();
    void flush();
    void flushed();

    void begin_checkpoint();
    void next_page();
    void end_checkpoint();
    void write_control();
    void begin_to_stop();
    void settle();

    environment& m_world;
    filesystem& m_files;
    database_options m_options;
    witness& m_witness;
    actor_id m_self;

    std::vector<buffered_page> m_pages;
    std::deque<transfer_request> m_queue; // while it does not work on any

    std::vector<std::uint64_t> m_log; // all cells since the beginning
    std::uint64_t m_flushed = 0;
    std::uint64_t m_flushing = 0; // how far the flush under way goes; 0: none is
    bool m_flush_wanted = false;
    std::deque<waiting> m_waiting;

    checkpoint_stage m_checkpoint = checkpoint_stage::none;
    std::uint64_t m_redo = 0;
    std::uint64_t m_redo_next = 0;
    std::size_t m_next_page = 0;
    bool m_page_waits = false; // for the log to be flushed
    std::uint64_t m_pages_written = 0;

    mode m_mode = mode::open;
    bool m_last_checkpoint = false; // the one that shuts down
    event m_quiesced;
    bool m_vetoes = false;
    bool m_hangs = false;
    ticks m_hesitates = 0;
    std::uint64_t m_asked = 0; // numbers the requests to stop
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_DATABASE_HPP
