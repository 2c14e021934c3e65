// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/block_device.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::world {
namespace {

constexpr ticks retry_after = 30 * kernel::millisecond;

} // namespace

block_device::block_device(environment& world, const disk_options& options, std::size_t blocks,
                           std::string_view name)
    : m_world(world),
      m_options(options),
      m_random(world.stream(name)),
      m_self(world.add(*this)),
      m_content(blocks),
      m_served(options.depth) {}

void block_device::write(std::uint32_t number, const block& content, const event& done) {
    m_waiting.push_back({number, content, done});
    serve();
}

std::size_t block_device::under_way() const noexcept {
    return m_waiting.size() +
           static_cast<std::size_t>(std::count_if(m_served.begin(), m_served.end(),
                                                  [](const auto& one) { return one.has_value(); }));
}

void block_device::serve() {
    for (std::size_t i = 0; i < m_served.size() && !m_waiting.empty(); ++i) {
        if (!m_served[i]) {
            m_served[i] = m_waiting.front();
            m_waiting.pop_front();
            const auto mean =
                static_cast<ticks>(m_options.write_us * m_times) * kernel::microsecond;
            // Half of the time is always needed, the rest depends on where the heads are.
            m_world.after(mean / 2 + kernel::exponential(m_random, mean / 2), {m_self, served, i});
        }
    }
}

void block_device::stall(bool on) {
    m_stalls = on;
    if (!on) {
        for (const auto place : std::exchange(m_held, {})) {
            end(place);
        }
    }
}

void block_device::handle(const event& what) {
    const auto place = static_cast<std::size_t>(what.number);
    if (m_stalls) {
        m_held.push_back(place);
    } else {
        end(place);
    }
}

void block_device::end(std::size_t place) {
    if (m_fails) {
        m_world.after(0, m_failed);
        m_world.after(retry_after, {m_self, try_again, place});
        return;
    }
    const request ended = *m_served[place];
    m_served[place].reset();
    m_content[ended.number] = ended.content;
    ++m_writes;
    m_world.after(0, ended.done);
    serve();
}

} // namespace snapproto::world
