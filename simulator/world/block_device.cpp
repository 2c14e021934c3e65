// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/block_device.hpp"

namespace snapproto::world {

block_device::block_device(environment& world, const disk_options& options, std::size_t blocks)
    : m_world(world),
      m_options(options),
      m_random(world.stream("disk")),
      m_self(world.add(*this)),
      m_content(blocks),
      m_served(options.depth) {}

void block_device::write(std::uint32_t number, const block& content, const event& done) {
    m_waiting.push_back({number, content, done});
    serve();
}

void block_device::serve() {
    for (std::size_t i = 0; i < m_served.size() && !m_waiting.empty(); ++i) {
        if (!m_served[i]) {
            m_served[i] = m_waiting.front();
            m_waiting.pop_front();
            const auto mean = static_cast<ticks>(m_options.write_us) * kernel::microsecond;
            // Half of the time is always needed, the rest depends on where the heads are.
            m_world.after(mean / 2 + kernel::exponential(m_random, mean / 2), {m_self, 0, i});
        }
    }
}

void block_device::handle(const event& what) {
    auto& place = m_served[static_cast<std::size_t>(what.number)];
    const request ended = *place;
    place.reset();
    m_content[ended.number] = ended.content;
    ++m_writes;
    m_world.after(0, ended.done);
    serve();
}

} // namespace snapproto::world
