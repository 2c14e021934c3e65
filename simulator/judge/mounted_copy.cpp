// SPDX-License-Identifier: BSL-1.0
#include "simulator/judge/mounted_copy.hpp"

namespace snapproto::judge {

using namespace world;

/// The transaction counts only if its commit block is there and the sum over its copies is right.
void mounted_copy::replay(image& disk, std::uint64_t sequence) {
    const block& descriptor = disk[layout::journal];
    const std::uint64_t count = descriptor[2];
    if (descriptor[0] != static_cast<std::uint64_t>(magic::descriptor) ||
        descriptor[1] != sequence || count > layout::files_max) {
        return;
    }
    std::uint64_t sum = sequence;
    for (std::uint32_t i = 0; i < count; ++i) {
        const block& copy = disk[layout::journal + 1 + i];
        sum = sum_of(copy.data(), copy.size(), sum);
    }
    const block& commit = disk[layout::journal + 1 + count];
    if (commit[0] != static_cast<std::uint64_t>(magic::commit) || commit[1] != sequence ||
        commit[2] != sum) {
        return;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        disk[static_cast<std::size_t>(descriptor[3 + i])] = disk[layout::journal + 1 + i];
        ++m_replayed;
    }
}

mounted_copy::mounted_copy(const image& copy) {
    image disk = copy;
    superblock super;
    if (!superblock::read(disk[layout::superblock], super)) {
        m_broken = "the superblock is none";
        return;
    }
    m_clean = super.clean;
    if (!m_clean) {
        replay(disk, super.sequence);
    }
    for (std::uint32_t i = 0; i < file_count; ++i) {
        inode meta;
        if (!inode::read(disk[layout::inodes + i], meta) || meta.file != i ||
            meta.first + meta.size > disk.size()) {
            m_broken = "inode " + std::to_string(i) + " is none";
            return;
        }
        const auto begin = disk.begin() + static_cast<std::ptrdiff_t>(meta.first);
        m_files[i].assign(begin, begin + static_cast<std::ptrdiff_t>(meta.size));
    }
}

} // namespace snapproto::judge
