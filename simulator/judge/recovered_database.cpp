// SPDX-License-Identifier: BSL-1.0
#include "simulator/judge/recovered_database.hpp"

#include <algorithm>

namespace snapproto::judge {

using namespace world;

recovered_database::recovered_database(const mounted_copy& files) {
    control start;
    const auto& control_file = files.content(file::control);
    if (control_file.empty() || !control::read(control_file.front(), start)) {
        m_broken = "the control file is none";
        return;
    }
    read_pages(files.content(file::database));
    if (!m_broken.empty()) {
        return;
    }
    replay(cells_behind(files.content(file::log), start.redo), start.redo);
    for (const page& one : m_pages) {
        m_accounts.insert(m_accounts.end(), one.accounts.begin(), one.accounts.end());
    }
}

void recovered_database::read_pages(const std::vector<block>& blocks) {
    m_pages.resize(blocks.size() / 2);
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        if (!page::read(blocks[2 * i], blocks[2 * i + 1], i, m_pages[i])) {
            m_broken = "page " + std::to_string(i) + " is none";
            return;
        }
    }
}

/// The log from there to its end: the first block that is not the next one.
std::vector<std::uint64_t> recovered_database::cells_behind(const std::vector<block>& ring,
                                                            std::uint64_t redo) {
    std::vector<std::uint64_t> cells;
    const std::uint64_t first = redo / log_cells_per_block;
    for (std::uint64_t number = first; number < first + ring.size(); ++number) {
        const block& next = ring[static_cast<std::size_t>(number % ring.size())];
        if (!is_log_block(next, number)) {
            break;
        }
        cells.insert(cells.end(), next.begin() + 2, next.end());
    }
    const auto skipped =
        std::min<std::size_t>(cells.size(), static_cast<std::size_t>(redo % log_cells_per_block));
    cells.erase(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(skipped));
    return cells;
}

void recovered_database::replay(const std::vector<std::uint64_t>& cells, std::uint64_t redo_from) {
    std::size_t at = 0;
    const auto whole = [&](std::size_t length) { return at + length <= cells.size(); };
    for (;;) {
        const auto kind = at < cells.size() ? static_cast<log_record>(cells[at]) : log_record::none;
        if (kind == log_record::transfer && whole(transfer_cells)) {
            const std::uint64_t* const c = cells.data() + at;
            at += transfer_cells;
            redo(c[2], {c[1], c[3]}, redo_from + at);
            redo(c[4], {c[1], c[5]}, redo_from + at);
            // Both are in it now, whichever page it changed.
            for (const auto account : {c[2], c[4]}) {
                page& changed = m_pages[static_cast<std::size_t>(account / accounts_per_page)];
                changed.lsn = std::max(changed.lsn, redo_from + at);
            }
            ++m_replayed;
        } else if (kind == log_record::page && whole(page_cells)) {
            const std::uint64_t number = cells[at + 1];
            std::array<block, 2> halves;
            std::copy_n(cells.data() + at + 2, cells_per_block, halves[0].begin());
            std::copy_n(cells.data() + at + 2 + cells_per_block, cells_per_block,
                        halves[1].begin());
            (void)page::read(halves[0], halves[1], number,
                             m_pages[static_cast<std::size_t>(number)]);
            ++m_restored_pages;
            at += page_cells;
        } else {
            return;
        }
    }
}

/// A page that says it has the record already is left alone: that is what a torn page lies about.
void recovered_database::redo(std::uint64_t account, const world::account& after,
                              std::uint64_t lsn) {
    page& changed = m_pages[static_cast<std::size_t>(account / accounts_per_page)];
    if (changed.lsn < lsn) {
        changed.accounts[account % accounts_per_page] = after;
    }
}

} // namespace snapproto::judge
