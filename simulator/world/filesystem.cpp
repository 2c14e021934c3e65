// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/filesystem.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::world {
namespace {

constexpr ticks call_time = 5 * kernel::microsecond;       // of a write into the cache
constexpr ticks throttled_time = 10 * kernel::millisecond; // the same while memory is short
constexpr ticks storm_period = 50 * kernel::millisecond;

event with(event what, freeze_answer answer) {
    what.number |= static_cast<std::uint64_t>(answer);
    return what;
}

} // namespace

filesystem::filesystem(environment& world, block_device& disk, const filesystem_options& options,
                       std::string_view name)
    : m_world(world),
      m_disk(disk),
      m_options(options),
      m_name(name),
      m_random(world.stream(name)),
      m_self(world.add(*this)),
      m_cache(disk.content().size()),
      m_failures_left(options.thaw_failures) {
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        m_files[i].meta.file = i;
    }
    m_disk.report_failures_to({m_self, write_failed, 0});
}

// ---- making and using files ---------------------------------------------------------------------

void filesystem::create(file which, std::uint64_t capacity, std::span<const block> content) {
    open_file& made = at(which);
    made.meta.first = m_next_block;
    made.meta.capacity = capacity;
    made.meta.size = content.size();
    for (std::size_t i = 0; i < content.size(); ++i) {
        m_cache[m_next_block + i].content = content[i];
        m_disk.format(m_next_block + static_cast<std::uint32_t>(i), content[i]);
    }
    m_next_block += static_cast<std::uint32_t>(capacity);
}

void filesystem::mount() {
    m_disk.format(layout::superblock, m_super.to_block());
    for (std::uint32_t i = 0; i < file_count; ++i) {
        m_disk.format(layout::inodes + i, m_files[i].meta.to_block());
    }
    m_world.after(milliseconds(m_options.writeback_ms), {m_self, write_back, 0});
}

void filesystem::write(file which, std::uint64_t offset, std::span<const block> content,
                       std::uint64_t size, const event& done) {
    if (m_freeze != freeze_state::thawed) {
        m_blocked.push_back({which, offset, {content.begin(), content.end()}, size, done});
        return;
    }
    apply(which, offset, content, size, done);
}

void filesystem::apply(file which, std::uint64_t offset, std::span<const block> content,
                       std::uint64_t size, const event& done) {
    open_file& to = at(which);
    for (std::size_t i = 0; i < content.size(); ++i) {
        cached& one = m_cache[static_cast<std::size_t>(to.meta.first + offset) + i];
        if (one.version == one.clean) {
            one.dirty_since = m_world.now();
        }
        one.content = content[i];
        ++one.version;
    }
    if (size != to.meta.size) {
        to.meta.size = size;
        ++to.version;
    }
    m_world.after(m_pressed ? throttled_time : call_time, done);
}

void filesystem::sync(file which, const event& done) {
    m_syncs.push_back({which, dirty_data(which), at(which).version, done});
    progress();
}

// ---- the cache ----------------------------------------------------------------------------------

std::vector<filesystem::wait> filesystem::dirty_data(file which) const {
    const inode& meta = m_files[static_cast<std::size_t>(which)].meta;
    std::vector<wait> found;
    for (std::uint64_t i = 0; i < meta.capacity; ++i) {
        const auto number = static_cast<std::uint32_t>(meta.first + i);
        if (dirty(number)) {
            found.push_back({number, m_cache[number].version});
        }
    }
    return found;
}

std::vector<std::uint32_t> filesystem::dirty_blocks() const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t number = layout::data; number < m_next_block; ++number) {
        if (dirty(number)) {
            found.push_back(number);
        }
    }
    return found;
}

void filesystem::write_out(std::uint32_t number) {
    cached& one = m_cache[number];
    if (one.under_way == 0 && dirty(number)) {
        one.under_way = one.version;
        m_disk.write(number, one.content, {m_self, block_written, number});
    }
}

/// Whether all of it is on the disk; what is not is sent there, in no particular order.
bool filesystem::arrived(std::vector<wait>& waits) {
    std::erase_if(waits, [&](const wait& w) { return m_cache[w.number].clean >= w.version; });
    kernel::shuffle(m_random, std::span<wait>{waits});
    for (const wait& w : waits) {
        write_out(w.number);
    }
    return waits.empty();
}

void filesystem::write_back_older_than(ticks age) {
    std::vector<std::uint32_t> old;
    for (std::uint32_t number = layout::data; number < m_next_block; ++number) {
        if (dirty(number) && m_world.now() - m_cache[number].dirty_since >= age) {
            old.push_back(number);
        }
    }
    kernel::shuffle(m_random, std::span<std::uint32_t>{old});
    for (const auto number : old) {
        write_out(number);
    }
    if (metadata_dirty() && m_freeze == freeze_state::thawed) {
        begin_commit();
    }
}

void filesystem::write_back_in_storm() {
    if (m_pressed) {
        write_back_older_than(0);
        m_world.after(storm_period, {m_self, storm, 0});
    }
}

void filesystem::press(bool on) {
    if (std::exchange(m_pressed, on) != on && on) {
        m_world.after(0, {m_self, storm, 0});
    }
}

void filesystem::handle(const event& what) {
    switch (what.what) {
    case block_written: {
        cached& one = m_cache[static_cast<std::size_t>(what.number)];
        one.clean = std::exchange(one.under_way, 0);
        one.dirty_since = m_world.now();
        break;
    }
    case journal_written:
        --m_journal_writes;
        break;
    case write_back:
        write_back_older_than(milliseconds(m_options.dirty_ms));
        m_world.after(milliseconds(m_options.writeback_ms), {m_self, write_back, 0});
        break;
    case storm:
        write_back_in_storm();
        break;
    case own_limit:
        if (m_freeze == freeze_state::frozen && what.number == m_freezes) {
            m_world.tell(m_name, "lets_go", "has been frozen for as long as it can be");
            let_go();
        }
        break;
    case write_failed:
        give_up_freeze();
        break;
    default:
        begin_freeze();
        break;
    }
    progress();
}

// ---- what waits for the disk --------------------------------------------------------------------

void filesystem::progress() {
    progress_sync();
    progress_journal();
    progress_freeze();
}

void filesystem::progress_sync() {
    for (std::size_t i = 0; i < m_syncs.size();) {
        sync_request& one = m_syncs[i];
        const bool data_there = arrived(one.data);
        const bool size_there = at(one.which).committed >= one.version;
        if (data_there && !size_there) {
            begin_commit();
        }
        if (data_there && size_there) {
            m_world.after(0, one.done);
            m_syncs.erase(m_syncs.begin() + static_cast<std::ptrdiff_t>(i));
        } else {
            ++i;
        }
    }
}

bool filesystem::metadata_dirty() const noexcept {
    return std::any_of(m_files.begin(), m_files.end(),
                       [](const open_file& f) { return f.version != f.committed; });
}

void filesystem::begin_commit() {
    if (m_journal != journal_state::idle) {
        return; // the next one begins when this one is over
    }
    m_committing.clear();
    m_committing_versions.clear();
    m_copies.clear();
    m_commit_data.clear();
    for (std::uint32_t i = 0; i < file_count; ++i) {
        if (m_files[i].version != m_files[i].committed) {
            m_committing.push_back(static_cast<file>(i));
            m_committing_versions.push_back(m_files[i].version);
            m_copies.push_back(m_files[i].meta.to_block());
            const auto data = dirty_data(static_cast<file>(i));
            m_commit_data.insert(m_commit_data.end(), data.begin(), data.end());
        }
    }
    m_journal = journal_state::data;
}

void filesystem::write_journal(std::uint32_t number, const block& content) {
    ++m_journal_writes;
    m_disk.write(number, content, {m_self, journal_written, 0});
}

/// Each stage begins when all of the one before it is on the disk.
void filesystem::progress_journal() {
    if (m_journal_writes != 0) {
        return;
    }
    switch (m_journal) {
    case journal_state::data: {
        if (!arrived(m_commit_data)) {
            return;
        }
        block descriptor{static_cast<std::uint64_t>(magic::descriptor), m_super.sequence,
                         m_committing.size()};
        for (std::uint32_t i = 0; i < m_copies.size(); ++i) {
            descriptor[3 + i] = layout::inodes + static_cast<std::uint32_t>(m_committing[i]);
            write_journal(layout::journal + 1 + i, m_copies[i]);
        }
        write_journal(layout::journal, descriptor);
        m_journal = journal_state::log;
        break;
    }
    case journal_state::log: {
        std::uint64_t sum = m_super.sequence;
        for (const block& copy : m_copies) {
            sum = sum_of(copy.data(), copy.size(), sum);
        }
        write_journal(layout::journal + 1 + static_cast<std::uint32_t>(m_copies.size()),
                      {static_cast<std::uint64_t>(magic::commit), m_super.sequence, sum});
        m_journal = journal_state::commit;
        break;
    }
    case journal_state::commit:
        for (std::size_t i = 0; i < m_committing.size(); ++i) {
            at(m_committing[i]).committed = m_committing_versions[i];
            write_journal(layout::inodes + static_cast<std::uint32_t>(m_committing[i]),
                          m_copies[i]);
        }
        m_journal = journal_state::home;
        progress_sync();
        break;
    case journal_state::home:
        ++m_super.sequence;
        write_journal(layout::superblock, m_super.to_block());
        m_journal = journal_state::tail;
        break;
    case journal_state::tail:
        m_journal = journal_state::idle;
        progress_sync(); // somebody may wait for the next commit
        if (m_journal != journal_state::idle) {
            progress_journal();
        }
        break;
    case journal_state::idle:
        break;
    }
}

// ---- freezing -----------------------------------------------------------------------------------

void filesystem::freeze(const event& done) {
    if (m_freeze != freeze_state::thawed) {
        m_world.after(call_time, with(done, freeze_answer::failed));
        return;
    }
    // Writers wait from here on; what was written before is brought to the disk.
    m_freeze_done = done;
    m_freeze = freeze_state::closing;
    m_world.after(milliseconds(m_options.freeze_hangs_ms), {m_self, freeze_now, 0});
}

void filesystem::begin_freeze() {
    if (m_freeze != freeze_state::closing || m_freezes_hang) {
        return; // `hang_freezes(false)` comes back to it
    }
    m_freeze = freeze_state::freezing;
    if (m_freezes_fail) {
        give_up_freeze();
    }
}

void filesystem::hang_freezes(bool on) {
    m_freezes_hang = on;
    if (!on && m_freeze == freeze_state::closing) {
        m_world.after(0, {m_self, freeze_now, 0});
    }
}

/// What cannot be brought to the disk cannot be frozen. Too late once the superblock is on its way:
/// the disk tries again until it has it.
void filesystem::give_up_freeze() {
    if (m_freeze != freeze_state::freezing || m_super.clean) {
        return;
    }
    m_freeze = freeze_state::thawed;
    m_foreign = m_foreign_ends = false;
    m_world.tell(m_name, "freeze_failed", "the freeze fails");
    m_world.after(call_time, with(m_freeze_done, freeze_answer::failed));
    release_writers();
}

void filesystem::release_writers() {
    for (auto& one : std::exchange(m_blocked, {})) {
        apply(one.which, one.offset, one.content, one.size, one.done);
    }
}

void filesystem::progress_freeze() {
    if (m_freeze != freeze_state::freezing) {
        return;
    }
    if (m_super.clean) { // the superblock is on its way, or there
        if (m_journal_writes == 0) {
            m_freeze = freeze_state::frozen;
            m_world.tell(m_name, "frozen", "everything written is on the disk");
            m_world.after(0, with(m_freeze_done, freeze_answer::frozen));
            ++m_freezes;
            if (std::exchange(m_foreign_ends, false)) {
                let_go();
                return;
            }
            if (m_options.hold_limit_ms != 0) {
                m_world.after(milliseconds(m_options.hold_limit_ms),
                              {m_self, own_limit, m_freezes});
            }
        }
        return;
    }
    bool all_there = m_journal_writes == 0;
    for (std::uint32_t number = layout::data; number < m_next_block; ++number) {
        if (dirty(number)) {
            write_out(number);
            all_there = false;
        }
    }
    if (!all_there || m_journal != journal_state::idle) {
        return;
    }
    if (metadata_dirty()) {
        begin_commit();
        progress_journal();
        return;
    }
    m_super.clean = true;
    write_journal(layout::superblock, m_super.to_block());
}

void filesystem::thaw(const event& done) {
    if (m_freeze != freeze_state::frozen) {
        m_world.after(call_time, with(done, freeze_answer::not_frozen));
        return;
    }
    if (m_thaws_fail || m_failures_left != 0) {
        m_failures_left -= m_thaws_fail ? 0 : 1;
        m_world.tell(m_name, "thaw_failed", "the thaw fails");
        m_world.after(call_time, with(done, freeze_answer::failed));
        return;
    }
    let_go();
    m_world.after(call_time, with(done, freeze_answer::thawed));
}

void filesystem::let_go() {
    m_freeze = freeze_state::thawed;
    m_super.clean = false;
    write_journal(layout::superblock, m_super.to_block());
    m_world.tell(m_name, "thawed",
                 std::to_string(m_blocked.size()) + " writers that were blocked go on");
    release_writers();
}

void filesystem::freeze_by_another(bool on) {
    if (on && m_freeze == freeze_state::thawed) {
        m_foreign = true;
        freeze({});
    } else if (!on && std::exchange(m_foreign, false)) {
        m_foreign_ends = !thaw_by_another() && m_freeze != freeze_state::thawed;
    }
}

bool filesystem::thaw_by_another() {
    if (m_freeze != freeze_state::frozen) {
        return false;
    }
    let_go();
    return true;
}

} // namespace snapproto::world
