// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_JUDGE_MOUNTED_COPY_HPP
#define SNAPPROTO_SIMULATOR_JUDGE_MOUNTED_COPY_HPP

// A copy of a disk, booted: the filesystem replays its journal, as it would after a power cut.

#include "simulator/world/disk_format.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace snapproto::judge {

/// The files of a copy.
class mounted_copy {
  public:
    explicit mounted_copy(const world::image& copy);

    /// The filesystem was frozen when the copy was made: there is nothing to recover.
    [[nodiscard]] bool clean() const noexcept { return m_clean; }
    /// How many inodes the journal has brought up to date.
    [[nodiscard]] std::uint64_t replayed() const noexcept { return m_replayed; }
    /// What is wrong with it even after that; empty when nothing is.
    [[nodiscard]] const std::string& broken() const noexcept { return m_broken; }

    [[nodiscard]] const std::vector<world::block>& content(world::file which) const noexcept {
        return m_files[static_cast<std::size_t>(which)];
    }

  private:
    void replay(world::image& disk, std::uint64_t sequence);

    bool m_clean = false;
    std::uint64_t m_replayed = 0;
    std::string m_broken;
    std::array<std::vector<world::block>, world::file_count> m_files;
};

} // namespace snapproto::judge

#endif // SNAPPROTO_SIMULATOR_JUDGE_MOUNTED_COPY_HPP
