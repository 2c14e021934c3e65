// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_DISK_FORMAT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_DISK_FORMAT_HPP

// What is on a disk: the formats of filesystem and database, which those who write them share with
// those who judge a copy, and nothing else.
//
// A block stands for 4 KiB and is what a disk writes whole or not at all. It has 16 cells of 64
// bits, enough to tell everything apart that matters.

#include <snapproto/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace snapproto::world {

inline constexpr std::size_t cells_per_block = 16;
using block = std::array<std::uint64_t, cells_per_block>;

/// A disk, or a copy of one, by number of block.
using image = std::vector<block>;

/// A sum over some cells, which no accident repeats.
[[nodiscard]] inline std::uint64_t sum_of(const std::uint64_t* cells, std::size_t count,
                                          std::uint64_t start = fnv1a_basis) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        start = (start ^ cells[i]) * 0x9e3779b97f4a7c15ULL;
        start ^= start >> 29;
    }
    return start;
}

// ---- the filesystem -----------------------------------------------------------------------------
//
// Block 0 is the superblock. A journal with room for one transaction comes next: a descriptor, a
// copy of each inode block that changes, and a commit block, which counts only when its sum is
// right. Then inodes, one block each, and data. Data is written in place; the journal keeps only
// inodes whole, and data is written before the inode that makes it visible ("ordered").

namespace layout {

inline constexpr std::uint32_t superblock = 0;
inline constexpr std::uint32_t journal = 1; ///< The descriptor; copies and commit block follow.
inline constexpr std::uint32_t files_max = 8;
inline constexpr std::uint32_t journal_blocks = files_max + 2;
inline constexpr std::uint32_t inodes = journal + journal_blocks;
inline constexpr std::uint32_t data = inodes + files_max;

} // namespace layout

enum class magic : std::uint64_t {
    superblock = 0x5355'5045'5242'4c4b,
    descriptor = 0x4a44'4553'4352'4950,
    commit = 0x4a43'4f4d'4d49'5421,
    inode = 0x494e'4f44'4521'2121,
    control = 0x434f'4e54'524f'4c21,
    page = 0x5041'4745'2121'2121,
    article = 0x4152'5449'434c'4521,
    queue = 0x5155'4555'4521'2121
};

struct superblock {
    std::uint64_t sequence = 1; ///< The transaction that the journal may hold.
    bool clean = false;         ///< The journal is empty: nothing needs to be recovered.

    [[nodiscard]] block to_block() const noexcept;
    [[nodiscard]] static bool read(const block& from, superblock& to) noexcept;
};

struct inode {
    std::uint64_t file = 0;
    std::uint64_t size = 0;     ///< Blocks that are part of the file.
    std::uint64_t first = 0;    ///< Where its room begins.
    std::uint64_t capacity = 0; ///< How many blocks it has room for.

    [[nodiscard]] block to_block() const noexcept;
    [[nodiscard]] static bool read(const block& from, inode& to) noexcept;
};

/// The files of a guest; their numbers are known to all.
enum class file : std::uint32_t { database, log, control, article, picture, index, queue };
inline constexpr std::uint32_t file_count = 7;

// ---- the database -------------------------------------------------------------------------------
//
// A page is two blocks, so a disk may hold one half of it from before a change and the other from
// after it. An account is two cells: the number of the last transaction that changed it, and its
// balance. The log is a sequence of cells in a ring of blocks; each block says which one it is.

inline constexpr std::uint64_t accounts_per_half = 7;
inline constexpr std::uint64_t accounts_per_page = 2 * accounts_per_half;

struct account {
    std::uint64_t version = 0; ///< The last transaction.
    std::uint64_t balance = 0;

    friend bool operator==(const account&, const account&) = default;
};

struct page {
    std::uint64_t number = 0;
    std::uint64_t lsn = 0; ///< The end of the last record that is in it. In the first half only.
    std::array<account, accounts_per_page> accounts{};

    [[nodiscard]] std::array<block, 2> to_blocks() const noexcept;
    /// @return false when the first half is no page of that number.
    [[nodiscard]] static bool read(const block& first, const block& second, std::uint64_t number,
                                   page& to) noexcept;
};

inline constexpr std::size_t log_cells_per_block = cells_per_block - 2;

/// Block number `number` of the log, counted from its beginning, with these cells.
[[nodiscard]] block log_block(std::uint64_t number, const std::uint64_t* cells,
                              std::size_t count) noexcept;
/// @return false when it is not that block, or not whole.
[[nodiscard]] bool is_log_block(const block& from, std::uint64_t number) noexcept;

/// Records of the log: a first cell with the kind, then the rest.
enum class log_record : std::uint64_t {
    none = 0,     ///< The end.
    transfer = 1, ///< transaction, account, balance, account, balance
    page = 2      ///< number of the page, its two blocks
};
inline constexpr std::size_t transfer_cells = 6;
inline constexpr std::size_t page_cells = 2 + 2 * cells_per_block;

struct control {
    std::uint64_t redo = 0; ///< Where recovery begins in the log.

    [[nodiscard]] block to_block() const noexcept;
    [[nodiscard]] static bool read(const block& from, control& to) noexcept;
};

inline constexpr std::uint64_t first_balance = 1000;

/// The accounts of the publisher: each publication moves one unit from the first to the second.
inline constexpr std::uint64_t press_account = 0;
inline constexpr std::uint64_t archive_account = 1;
inline constexpr std::uint64_t press_balance = std::uint64_t{1} << 40;

[[nodiscard]] constexpr std::uint64_t opening_balance(std::uint64_t account) noexcept {
    return account == press_account     ? press_balance
           : account == archive_account ? 0
                                        : first_balance;
}

// ---- a queue between guests ---------------------------------------------------------------------

/// What one guest has of the queues that it takes part in. Messages are numbered from 1.
struct queue_state {
    std::uint64_t queued = 0;  ///< The last one that is to be sent to the next guest.
    std::uint64_t removed = 0; ///< The last one that the next guest has stored for good.
    std::uint64_t stored = 0;  ///< The last one that came from the guest before.

    [[nodiscard]] block to_block() const noexcept;
    [[nodiscard]] static bool read(const block& from, queue_state& to) noexcept;
};

// ---- a file of a publication --------------------------------------------------------------------

/// Block `place` of `length` of a file as edition `edition` has it.
[[nodiscard]] block article_block(file which, std::uint64_t edition, std::uint64_t place,
                                  std::uint64_t length) noexcept;
/// @return false when it is no such block.
[[nodiscard]] bool read_article(const block& from, file which, std::uint64_t place,
                                std::uint64_t& edition, std::uint64_t& length) noexcept;

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_DISK_FORMAT_HPP
