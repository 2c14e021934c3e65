// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/clients.hpp"

#include <algorithm>

namespace snapproto::world {
namespace {

constexpr std::uint64_t amount_max = 20;
constexpr std::uint64_t reserved_accounts = 2; // the publisher's

} // namespace

clients::clients(environment& world, database& rows, const clients_options& options,
                 std::uint64_t accounts, witness& seen)
    : m_world(world),
      m_rows(rows),
      m_options(options),
      m_accounts(accounts),
      m_witness(seen),
      m_random(world.stream("clients")),
      m_self(world.add(*this)),
      m_asked(static_cast<std::size_t>(options.count), kernel::end_of_time) {}

void clients::open() {
    for (std::uint64_t who = 0; who < m_options.count; ++who) {
        think(who);
    }
}

void clients::think(std::uint64_t who) {
    const auto mean = milliseconds(m_options.think_ms);
    m_world.after(kernel::exponential(m_random, mean), {m_self, ask, who});
}

ticks clients::waiting() const noexcept {
    const ticks first = *std::min_element(m_asked.begin(), m_asked.end());
    return std::max<ticks>(0, m_world.now() - first);
}

void clients::handle(const event& what) {
    ticks& asked = m_asked[static_cast<std::size_t>(what.number)];
    if (what.what == answered) {
        m_witness.longest_wait = std::max(m_witness.longest_wait, m_world.now() - asked);
        asked = kernel::end_of_time;
        think(what.number);
        return;
    }
    asked = m_world.now();
    const std::uint64_t choice = m_accounts - reserved_accounts;
    const std::uint64_t from = reserved_accounts + kernel::below(m_random, choice);
    std::uint64_t to = reserved_accounts + kernel::below(m_random, choice - 1);
    to += to >= from ? 1 : 0; // another one
    m_rows.submit(
        {from, to, 1 + kernel::below(m_random, amount_max), {m_self, answered, what.number}});
}

} // namespace snapproto::world
