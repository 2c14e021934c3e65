// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_FAULTS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_FAULTS_HPP

// What goes wrong, at the moment that a scenario names.

#include "simulator/world/agent_process.hpp"
#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/options.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// What a fault can be.
enum class fault_kind : std::uint8_t {
    host_dies,
    agent_dies,
    channel_lost,
    to_guest_stalls,
    to_host_stalls,
    to_guest_lost,
    to_host_lost
};

struct fault_word {
    std::string_view word;
    std::string_view meaning;
};

/// By kind: how scenarios spell it, and what it does.
inline constexpr std::array<fault_word, 7> fault_words{{
    {"host_dies", "the host's process is gone; after for_ms a new one begins"},
    {"agent_dies", "the agent's process is killed; after for_ms it is started again"},
    {"channel_lost", "the channel is closed at both ends, and opened again after for_ms"},
    {"to_guest_stalls", "what the host sends waits for for_ms"},
    {"to_host_stalls", "what the guest sends waits for for_ms"},
    {"to_guest_lost", "what the host sends is lost for for_ms"},
    {"to_host_lost", "what the guest sends is lost for for_ms"},
}};

/// Waits for the moments of a scenario's faults, and brings them about.
class fault_injector final : public actor, public watcher {
  public:
    /// @pre every fault's `what` is one of `fault_words`.
    fault_injector(environment& world, const scenario& plan, channel& line, host& outside,
                   agent_process& inside);

    void open();
    void noticed(std::string_view what) override;
    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { begins, ends, heals };
    struct planned {
        fault what;
        fault_kind kind = fault_kind::host_dies;
        std::uint64_t seen = 0; ///< How often its moment has come.
        bool in_force = false;
    };

    void begin(planned& one);
    void end(planned& one);
    void heal();

    environment& m_world;
    channel& m_line;
    host& m_host;
    agent_process& m_agent;
    actor_id m_self;
    std::vector<planned> m_plan;
    ticks m_heal_at; // 0: never
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_FAULTS_HPP
