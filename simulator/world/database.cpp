// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/database.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace snapproto::world {
namespace {

constexpr ticks execution_time = 50 * kernel::microsecond;

std::uint64_t page_count(const database_options& options) {
    return (options.accounts + accounts_per_page - 1) / accounts_per_page;
}

} // namespace

database::database(environment& world, filesystem& files, const database_options& options,
                   witness& seen)
    : m_world(world),
      m_files(files),
      m_options(options),
      m_witness(seen),
      m_self(world.add(*this)),
      m_pages(static_cast<std::size_t>(page_count(options))) {}

std::uint64_t database::room(const database_options& options) noexcept {
    return 2 * page_count(options) + options.log_blocks + 1;
}

void database::open() {
    std::vector<block> content;
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        page& one = m_pages[i].content;
        one.number = i;
        for (std::size_t a = 0; a < accounts_per_page; ++a) {
            one.accounts[a].balance = opening_balance(i * accounts_per_page + a);
        }
        const auto blocks = one.to_blocks();
        content.insert(content.end(), blocks.begin(), blocks.end());
    }
    m_files.create(file::database, content.size(), content);
    const std::vector<block> empty(static_cast<std::size_t>(m_options.log_blocks));
    m_files.create(file::log, m_options.log_blocks, empty);
    const std::array<block, 1> first{control{}.to_block()};
    m_files.create(file::control, 1, first);
    m_world.after(milliseconds(m_options.checkpoint_ms), {m_self, checkpoint_due, 0});
}

// ---- transfers ----------------------------------------------------------------------------------

void database::submit(const transfer_request& asked) {
    if (!is_working() || log_is_full()) {
        m_queue.push_back(asked);
    } else {
        execute(asked);
    }
}

/// The ring must not overwrite what recovery would need; a little is left for the last records.
bool database::log_is_full() const noexcept {
    const std::uint64_t used = (m_log.size() - m_redo) / log_cells_per_block;
    return used + 16 >= m_options.log_blocks;
}

void database::log_image(buffered_page& what) {
    if (!m_options.full_page_writes || what.imaged) {
        return;
    }
    what.imaged = true;
    log({static_cast<std::uint64_t>(log_record::page), what.content.number});
    for (const block& half : what.content.to_blocks()) {
        m_log.insert(m_log.end(), half.begin(), half.end());
    }
}

void database::execute(const transfer_request& asked) {
    const std::uint64_t number = m_witness.transfers.size() + 1;
    m_witness.transfers.push_back({number, asked.from, asked.to, asked.amount, {}});
    auto& from_page = m_pages[static_cast<std::size_t>(asked.from / accounts_per_page)];
    auto& to_page = m_pages[static_cast<std::size_t>(asked.to / accounts_per_page)];
    log_image(from_page);
    log_image(to_page);
    account& from = from_page.content.accounts[asked.from % accounts_per_page];
    account& to = to_page.content.accounts[asked.to % accounts_per_page];
    from = {number, from.balance - asked.amount};
    to = {number, to.balance + asked.amount};
    log({static_cast<std::uint64_t>(log_record::transfer), number, asked.from, from.balance,
         asked.to, to.balance});
    from_page.content.lsn = to_page.content.lsn = m_log.size();
    from_page.dirty = to_page.dirty = true;
    if (m_options.acknowledge == "buffered") {
        acknowledge(number, asked.done);
    } else {
        m_waiting.push_back({m_log.size(), number, asked.done});
    }
    want_flush();
}

void database::acknowledge(std::uint64_t number, const event& done) {
    m_witness.transfers[static_cast<std::size_t>(number - 1)].acknowledged = m_world.now();
    ++m_witness.completed;
    m_world.after(execution_time, done);
}

// ---- the log ------------------------------------------------------------------------------------

void database::want_flush() {
    if (m_flushing == 0 && !std::exchange(m_flush_wanted, true)) {
        m_world.after(static_cast<ticks>(m_options.group_commit_us) * kernel::microsecond,
                      {m_self, group_commit, 0});
    }
}

/// Writes from the block in which the last flush ended, which gets more cells, to the end.
void database::flush() {
    m_flush_wanted = false;
    if (m_flushing != 0 || m_flushed == m_log.size()) {
        return;
    }
    m_flushing = m_log.size();
    std::vector<block> blocks;
    const std::uint64_t first = m_flushed / log_cells_per_block;
    const std::uint64_t last = (m_flushing - 1) / log_cells_per_block;
    for (std::uint64_t number = first; number <= last; ++number) {
        const std::uint64_t begin = number * log_cells_per_block;
        const std::uint64_t count =
            std::min<std::uint64_t>(log_cells_per_block, m_flushing - begin);
        blocks.push_back(log_block(number, m_log.data() + begin, static_cast<std::size_t>(count)));
    }
    const std::uint64_t place = first % m_options.log_blocks;
    const auto until_end = static_cast<std::size_t>(
        std::min<std::uint64_t>(blocks.size(), m_options.log_blocks - place));
    const std::span<const block> all{blocks};
    const bool wraps = until_end < blocks.size();
    if (wraps) {
        m_files.write(file::log, 0, all.subspan(until_end), m_options.log_blocks, {});
    }
    m_files.write(file::log, place, all.first(until_end), m_options.log_blocks,
                  {m_self, log_written, 0});
}

void database::flushed() {
    m_flushed = std::exchange(m_flushing, 0);
    while (!m_waiting.empty() && m_waiting.front().lsn <= m_flushed) {
        acknowledge(m_waiting.front().number, m_waiting.front().done);
        m_waiting.pop_front();
    }
    if (m_flushed != m_log.size()) {
        want_flush();
    }
    if (std::exchange(m_page_waits, false)) {
        next_page();
    }
    settle();
}

// ---- checkpoints --------------------------------------------------------------------------------

void database::begin_checkpoint() {
    if (m_checkpoint != checkpoint_stage::none) {
        return;
    }
    m_checkpoint = checkpoint_stage::pages;
    m_redo_next = m_log.size();
    m_next_page = 0;
    m_pages_written = 0;
    for (auto& one : m_pages) {
        one.imaged = false;
    }
    m_world.tell("database", "checkpoint_begins", "a checkpoint begins");
    next_page();
}

/// The log comes first: a page must not be on the disk before the record that changed it.
void database::next_page() {
    while (m_next_page < m_pages.size() && !m_pages[m_next_page].dirty) {
        ++m_next_page;
    }
    if (m_next_page == m_pages.size()) {
        m_checkpoint = checkpoint_stage::sync;
        m_files.sync(file::database, {m_self, pages_synced, 0});
        return;
    }
    buffered_page& one = m_pages[m_next_page];
    if (one.content.lsn > m_flushed) {
        m_page_waits = true;
        flush();
        return;
    }
    one.dirty = false;
    ++m_pages_written;
    const auto blocks = one.content.to_blocks();
    m_files.write(file::database, 2 * m_next_page, blocks, 2 * m_pages.size(),
                  {m_self, page_written, 0});
    ++m_next_page;
}

void database::write_control() {
    m_checkpoint = checkpoint_stage::control;
    const std::array<block, 1> content{control{m_redo_next}.to_block()};
    m_files.write(file::control, 0, content, 1, {m_self, control_written, 0});
}

void database::end_checkpoint() {
    m_redo = m_redo_next;
    m_checkpoint = checkpoint_stage::none;
    m_world.tell("database", "checkpoint_ends",
                 std::to_string(m_pages_written) + " pages are on the disk");
    if (std::exchange(m_last_checkpoint, false)) {
        m_mode = mode::quiesced;
        m_world.tell("database", "quiesced",
                     "quiesced after transaction " + std::to_string(m_witness.transfers.size()));
        m_world.after(0, m_quiesced);
    }
    while (is_working() && !m_queue.empty() && !log_is_full()) {
        execute(m_queue.front());
        m_queue.pop_front();
    }
    settle();
}

// ---- quiescing ----------------------------------------------------------------------------------

void database::quiesce(const event& done, const event& refused) {
    if (m_options.vetoes || m_vetoes) {
        m_world.tell("database", "vetoes", "refuses to be quiesced");
        m_world.after(execution_time, refused);
        return;
    }
    m_mode = mode::asked;
    m_quiesced = done;
    ++m_asked;
    if (m_hesitates != 0) {
        m_world.after(m_hesitates, {m_self, stop, m_asked});
    } else {
        begin_to_stop();
    }
}

void database::begin_to_stop() {
    if (m_mode == mode::asked && !m_hangs) {
        m_mode = mode::quiescing;
        settle();
    }
}

void database::hang(bool on) {
    m_hangs = on;
    begin_to_stop();
}

/// Goes on with the quiescing when nothing is under way any more.
void database::settle() {
    if (m_mode != mode::quiescing || m_last_checkpoint || m_checkpoint != checkpoint_stage::none) {
        return;
    }
    if (m_flushed != m_log.size()) {
        flush();
        return;
    }
    m_last_checkpoint = true;
    begin_checkpoint();
}

void database::resume(const event& done, const event&) {
    m_mode = mode::open;
    m_last_checkpoint = false;
    m_world.tell("database", "resumed",
                 "resumed, " + std::to_string(m_queue.size()) + " transfers were waiting");
    for (auto& one : std::exchange(m_queue, {})) {
        submit(one);
    }
    m_world.after(0, done);
}

void database::handle(const event& what) {
    switch (what.what) {
    case group_commit:
        flush();
        break;
    case log_written:
        m_files.sync(file::log, {m_self, log_synced, 0});
        break;
    case log_synced:
        flushed();
        break;
    case checkpoint_due:
        if (is_working()) {
            begin_checkpoint();
        }
        m_world.after(milliseconds(m_options.checkpoint_ms), {m_self, checkpoint_due, 0});
        break;
    case page_written:
        next_page();
        break;
    case pages_synced:
        write_control();
        break;
    case control_written:
        m_files.sync(file::control, {m_self, control_synced, 0});
        break;
    case control_synced:
        end_checkpoint();
        break;
    case stop:
        if (what.number == m_asked) {
            begin_to_stop();
        }
        break;
    default:
        break;
    }
}

} // namespace snapproto::world
