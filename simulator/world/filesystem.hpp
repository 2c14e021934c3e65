// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_FILESYSTEM_HPP
#define SNAPPROTO_SIMULATOR_WORLD_FILESYSTEM_HPP

// The guest's filesystem: a page cache that writes back when it likes, and a journal.
//
// A write is done when it is in the cache. It reaches the disk when somebody synchronises the file,
// when it has grown old, or when the filesystem is frozen; until then a copy of the disk does not
// have it. A file's size goes through the journal, after the data that it makes visible.

#include "simulator/world/block_device.hpp"
#include "simulator/world/disk_format.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// What a freeze or thaw came to. It stands in the low bits of the event that tells of it.
enum class freeze_answer : std::uint8_t { frozen, thawed, not_frozen, failed };

/// A filesystem with a fixed set of files.
class filesystem : public actor {
  public:
    /// @param name what the story calls it.
    filesystem(environment& world, block_device& disk, const filesystem_options& options,
               std::string_view name = "filesystem");

    /// Makes a file with room for so many blocks, before the guest is switched on.
    void create(file which, std::uint64_t capacity, std::span<const block> content);
    /// Ends the making: everything that exists is on the disk.
    void mount();

    /// Writes blocks and makes the file that long. Blocks while the filesystem is frozen.
    void write(file which, std::uint64_t offset, std::span<const block> content, std::uint64_t size,
               const event& done);
    /// Brings everything that was written to the file to the disk.
    void sync(file which, const event& done);

    /// Stops all writers and brings everything to the disk. `done.number` gets the answer added.
    void freeze(const event& done);
    void thaw(const event& done);

    // ---- what can be wrong with it ----

    /// A freeze does not come to its end before `hang(false)`.
    void hang_freezes(bool on);
    void fail_freezes(bool on) noexcept { m_freezes_fail = on; }
    void fail_thaws(bool on) noexcept { m_thaws_fail = on; }
    /// Memory is short: everything is written back at once, and writers are held up.
    void press(bool on);
    /// Somebody else, an administrator perhaps, freezes it, and thaws it with `false`.
    void freeze_by_another(bool on);
    /// Somebody else thaws it. @return false when it was not frozen.
    bool thaw_by_another();

    [[nodiscard]] bool frozen() const noexcept { return m_freeze == freeze_state::frozen; }
    /// Writers are stopped already, and it is not frozen yet.
    [[nodiscard]] bool freezing() const noexcept {
        return m_freeze == freeze_state::freezing || m_freeze == freeze_state::closing;
    }
    /// The blocks that are otherwise in the cache than on the disk, in order.
    [[nodiscard]] std::vector<std::uint32_t> dirty_blocks() const;
    /// Where a file is, and how long.
    [[nodiscard]] const inode& room_of(file which) const noexcept {
        return m_files[static_cast<std::size_t>(which)].meta;
    }
    [[nodiscard]] std::size_t blocked_writers() const noexcept { return m_blocked.size(); }

    /// How many blocks a disk needs for files with so much room in all.
    [[nodiscard]] static std::size_t disk_blocks(std::uint64_t room) noexcept {
        return layout::data + static_cast<std::size_t>(room);
    }

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t {
        block_written,
        journal_written,
        write_back,
        freeze_now,
        write_failed,
        storm,
        own_limit
    };
    enum class freeze_state : std::uint8_t { thawed, freezing, closing, frozen };
    enum class journal_state : std::uint8_t { idle, data, log, commit, home, tail };

    struct cached {
        block content{};
        std::uint64_t version = 0; ///< How often it was changed.
        std::uint64_t clean = 0;   ///< The version on the disk.
        std::uint64_t under_way = 0;
        ticks dirty_since = 0;
    };
    struct wait {
        std::uint32_t number = 0;
        std::uint64_t version = 0;
    };
    struct open_file {
        inode meta;
        std::uint64_t version = 0; ///< Of the inode.
        std::uint64_t committed = 0;
    };
    /// Somebody who waits for the disk.
    struct sync_request {
        file which{};
        std::vector<wait> data;
        std::uint64_t version = 0; ///< Of the inode.
        event done;
    };
    struct blocked_write {
        file which{};
        std::uint64_t offset = 0;
        std::vector<block> content;
        std::uint64_t size = 0;
        event done;
    };

    [[nodiscard]] open_file& at(file which) noexcept {
        return m_files[static_cast<std::size_t>(which)];
    }
    void apply(file which, std::uint64_t offset, std::span<const block> content, std::uint64_t size,
               const event& done);
    [[nodiscard]] bool dirty(std::uint32_t number) const noexcept {
        return m_cache[number].version != m_cache[number].clean;
    }
    [[nodiscard]] std::vector<wait> dirty_data(file which) const;
    [[nodiscard]] bool arrived(std::vector<wait>& waits);
    void write_out(std::uint32_t number);
    void write_back_older_than(ticks age);
    void write_back_in_storm();

    void progress();
    void progress_sync();
    void progress_journal();
    void progress_freeze();
    void begin_freeze();
    void give_up_freeze();
    void release_writers();
    void let_go();
    void write_journal(std::uint32_t number, const block& content);
    void begin_commit();
    [[nodiscard]] bool metadata_dirty() const noexcept;

    environment& m_world;
    block_device& m_disk;
    filesystem_options m_options;
    std::string m_name;
    kernel::generator m_random;
    actor_id m_self;
    std::array<open_file, file_count> m_files{};
    std::vector<cached> m_cache; // by block of the disk
    std::uint32_t m_next_block = layout::data;
    std::vector<sync_request> m_syncs;
    std::vector<blocked_write> m_blocked;

    journal_state m_journal = journal_state::idle;
    superblock m_super;
    std::vector<file> m_committing;
    std::vector<std::uint64_t> m_committing_versions;
    std::vector<block> m_copies;
    std::vector<wait> m_commit_data;
    std::size_t m_journal_writes = 0; // not yet on the disk

    freeze_state m_freeze = freeze_state::thawed;
    event m_freeze_done;
    std::uint64_t m_failures_left = 0;
    std::uint64_t m_freezes = 0; // counts them
    bool m_foreign = false;      // the freeze is somebody else's
    bool m_foreign_ends = false; // as soon as it has come
    bool m_freezes_hang = false;
    bool m_freezes_fail = false;
    bool m_thaws_fail = false;
    bool m_pressed = false;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_FILESYSTEM_HPP
