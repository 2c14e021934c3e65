// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_CLIENTS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_CLIENTS_HPP

// Who uses the database: each client thinks, transfers, waits for the answer, thinks again.

#include "simulator/world/database.hpp"
#include "simulator/world/environment.hpp"

#include <vector>

namespace snapproto::world {

class clients final : public actor {
  public:
    clients(environment& world, database& rows, const clients_options& options,
            std::uint64_t accounts, witness& seen);

    void open();

    /// How long the client that has waited longest waits now.
    [[nodiscard]] ticks waiting() const noexcept;

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { ask, answered };

    void think(std::uint64_t who);

    environment& m_world;
    database& m_rows;
    clients_options m_options;
    std::uint64_t m_accounts;
    witness& m_witness;
    kernel::generator m_random;
    actor_id m_self;
    std::vector<ticks> m_asked; // when; the end of time while it thinks
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_CLIENTS_HPP
