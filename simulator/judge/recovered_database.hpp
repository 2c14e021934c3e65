// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_JUDGE_RECOVERED_DATABASE_HPP
#define SNAPPROTO_SIMULATOR_JUDGE_RECOVERED_DATABASE_HPP

// The database of a copy, started: it recovers from its log, as it would after a crash.

#include "simulator/judge/mounted_copy.hpp"
#include "simulator/world/disk_format.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace snapproto::judge {

class recovered_database {
  public:
    explicit recovered_database(const mounted_copy& files);

    /// Why it cannot be started; empty when it can.
    [[nodiscard]] const std::string& broken() const noexcept { return m_broken; }
    /// Transactions of the log that were carried out again; 0 after it had been stopped in order.
    [[nodiscard]] std::uint64_t replayed() const noexcept { return m_replayed; }
    /// Pages that were taken from their image in the log.
    [[nodiscard]] std::uint64_t restored_pages() const noexcept { return m_restored_pages; }

    [[nodiscard]] std::span<const world::account> accounts() const noexcept { return m_accounts; }

  private:
    void read_pages(const std::vector<world::block>& blocks);
    [[nodiscard]] static std::vector<std::uint64_t> cells_behind(
        const std::vector<world::block>& ring, std::uint64_t redo);
    void replay(const std::vector<std::uint64_t>& cells, std::uint64_t redo);
    void redo(std::uint64_t account, const world::account& after, std::uint64_t lsn);

    std::string m_broken;
    std::uint64_t m_replayed = 0;
    std::uint64_t m_restored_pages = 0;
    std::vector<world::page> m_pages;
    std::vector<world::account> m_accounts;
};

} // namespace snapproto::judge

#endif // SNAPPROTO_SIMULATOR_JUDGE_RECOVERED_DATABASE_HPP
