// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_TOKENS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_TOKENS_HPP

// A service that gives out tokens which nobody must be able to guess: session keys, say. What it
// draws them from is in its memory only.

#include "simulator/world/application.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/witness.hpp"

#include <cstdint>

namespace snapproto::world {

class token_service final : public actor, public application {
  public:
    token_service(environment& world, const tokens_options& options, witness& seen);

    void open() { pause(); }

    /// Forgets what it drew from, and begins anew with something that no other machine has.
    void renew(std::uint64_t seed);

    void quiesce(const event& done, const event& refused) override;
    void resume(const event& done, const event& not_held) override;

    void handle(const event& what) override;

  private:
    void pause();

    environment& m_world;
    tokens_options m_options;
    witness& m_witness;
    kernel::generator m_times;
    kernel::generator m_secrets;
    actor_id m_self;
    bool m_quiesced = false;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_TOKENS_HPP
