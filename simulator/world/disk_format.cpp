// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/disk_format.hpp"

#include <algorithm>

namespace snapproto::world {
namespace {

constexpr std::uint64_t cell(magic what) {
    return static_cast<std::uint64_t>(what);
}

/// Seals a block: its last cell is the sum of the others.
block sealed(block what) {
    what.back() = sum_of(what.data(), cells_per_block - 1);
    return what;
}

bool is_sealed(const block& what, magic kind) {
    return what[0] == cell(kind) && what.back() == sum_of(what.data(), cells_per_block - 1);
}

} // namespace

block superblock::to_block() const noexcept {
    return sealed({cell(magic::superblock), sequence, clean ? 1U : 0U});
}

bool superblock::read(const block& from, superblock& to) noexcept {
    to = {from[1], from[2] != 0};
    return is_sealed(from, magic::superblock);
}

block inode::to_block() const noexcept {
    return sealed({cell(magic::inode), file, size, first, capacity});
}

bool inode::read(const block& from, inode& to) noexcept {
    to = {from[1], from[2], from[3], from[4]};
    return is_sealed(from, magic::inode) && to.size <= to.capacity;
}

std::array<block, 2> page::to_blocks() const noexcept {
    std::array<block, 2> made{};
    made[0][0] = cell(magic::page) ^ number;
    made[0][1] = lsn;
    for (std::size_t i = 0; i < accounts_per_page; ++i) {
        block& half = made[i / accounts_per_half];
        const std::size_t at = 2 + 2 * (i % accounts_per_half);
        half[at] = accounts[i].version;
        half[at + 1] = accounts[i].balance;
    }
    return made;
}

bool page::read(const block& first, const block& second, std::uint64_t number, page& to) noexcept {
    to.number = number;
    to.lsn = first[1];
    for (std::size_t i = 0; i < accounts_per_page; ++i) {
        const block& half = i < accounts_per_half ? first : second;
        const std::size_t at = 2 + 2 * (i % accounts_per_half);
        to.accounts[i] = {half[at], half[at + 1]};
    }
    return first[0] == (cell(magic::page) ^ number);
}

block log_block(std::uint64_t number, const std::uint64_t* cells, std::size_t count) noexcept {
    block made{};
    made[0] = number + 1;
    std::copy_n(cells, count, made.begin() + 2);
    made[1] = sum_of(made.data() + 2, log_cells_per_block, number + 1);
    return made;
}

bool is_log_block(const block& from, std::uint64_t number) noexcept {
    return from[0] == number + 1 &&
           from[1] == sum_of(from.data() + 2, log_cells_per_block, number + 1);
}

block control::to_block() const noexcept {
    return sealed({cell(magic::control), redo});
}

bool control::read(const block& from, control& to) noexcept {
    to = {from[1]};
    return is_sealed(from, magic::control);
}

block queue_state::to_block() const noexcept {
    return sealed({cell(magic::queue), queued, removed, stored});
}

bool queue_state::read(const block& from, queue_state& to) noexcept {
    to = {from[1], from[2], from[3]};
    return is_sealed(from, magic::queue);
}

block article_block(file which, std::uint64_t edition, std::uint64_t place,
                    std::uint64_t length) noexcept {
    return sealed(
        {cell(magic::article), static_cast<std::uint64_t>(which), edition, place, length});
}

bool read_article(const block& from, file which, std::uint64_t place, std::uint64_t& edition,
                  std::uint64_t& length) noexcept {
    edition = from[2];
    length = from[4];
    return is_sealed(from, magic::article) && from[1] == static_cast<std::uint64_t>(which) &&
           from[3] == place;
}

} // namespace snapproto::world
