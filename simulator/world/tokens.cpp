// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/tokens.hpp"

namespace snapproto::world {

token_service::token_service(environment& world, const tokens_options& options, witness& seen)
    : m_world(world),
      m_options(options),
      m_witness(seen),
      m_times(world.stream("tokens' times")),
      m_secrets(world.stream("tokens")),
      m_self(world.add(*this)) {}

void token_service::pause() {
    m_world.after(kernel::exponential(m_times, milliseconds(m_options.pause_ms)), {m_self, 0, 0});
}

void token_service::handle(const event&) {
    if (!m_quiesced) {
        m_witness.tokens.push_back({m_world.now(), m_secrets()});
    }
    pause();
}

void token_service::renew(std::uint64_t seed) {
    m_secrets = kernel::generator{seed};
    m_world.tell("tokens", "renewed", "draws from a new source");
}

void token_service::quiesce(const event& done, const event&) {
    m_quiesced = true;
    m_world.after(0, done);
}

void token_service::resume(const event& done, const event&) {
    m_quiesced = false;
    m_world.tell("tokens", "resumed", "goes on");
    m_world.after(0, done);
}

} // namespace snapproto::world
