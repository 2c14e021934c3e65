// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_FAULTS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_FAULTS_HPP

// What goes wrong, at the moment that a scenario names.

#include "simulator/world/environment.hpp"
#include "simulator/world/guest.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/provider.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// What a fault can be.
enum class fault_kind : std::uint8_t {
    // the host
    host_dies,
    host_fails_over,
    // the channel
    channel_lost,
    to_guest_stalls,
    to_host_stalls,
    to_guest_lost,
    to_host_lost,
    channel_loses,
    channel_duplicates,
    channel_reorders,
    channel_corrupts,
    channel_truncates,
    // the provider
    provider_slow,
    provider_fails,
    provider_cuts_late,
    copy_lost,
    // the guest
    guest_pauses,
    processor_stalls,
    clock_jumps_ahead,
    clock_jumps_back,
    clock_runs_slow,
    memory_pressure,
    disk_slow,
    disk_stalls,
    disk_write_fails,
    disk_plugged,
    // what is in it
    agent_dies,
    agent_upgraded,
    freeze_hangs,
    freeze_fails,
    thaw_fails,
    frozen_by_another,
    thawed_by_another,
    participant_vetoes,
    participant_hangs,
    participant_slow,
    participant_crashes
};

/// Which number says how bad a fault is, beside its duration.
enum class fault_amount : std::uint8_t { none, by_ms, ppm, times };

struct fault_word {
    std::string_view word;
    bool lasts = false; ///< It ends after `for_ms`; otherwise it is a matter of one moment.
    fault_amount amount = fault_amount::none;
    std::string_view meaning;
};

/// By kind: how scenarios spell it, and what it does.
inline constexpr std::array fault_words = std::to_array<fault_word>({
    {"host_dies", true, fault_amount::none, "the host's process is gone, then a new one begins"},
    {"host_fails_over", false, fault_amount::none,
     "another process takes the host's place and knows nothing of what was under way"},

    {"channel_lost", true, fault_amount::none,
     "the channel is closed at both ends, then opened again"},
    {"to_guest_stalls", true, fault_amount::none, "what the host sends waits"},
    {"to_host_stalls", true, fault_amount::none, "what the guest sends waits"},
    {"to_guest_lost", true, fault_amount::none, "what the host sends is lost"},
    {"to_host_lost", true, fault_amount::none, "what the guest sends is lost"},
    {"channel_loses", true, fault_amount::ppm, "so many pieces are lost, both ways"},
    {"channel_duplicates", true, fault_amount::ppm, "so many pieces arrive twice"},
    {"channel_reorders", true, fault_amount::ppm, "so many pieces are overtaken"},
    {"channel_corrupts", true, fault_amount::ppm, "so many pieces arrive with a bit changed"},
    {"channel_truncates", true, fault_amount::ppm, "so many pieces lose their end"},

    {"provider_slow", true, fault_amount::by_ms, "cuts take so much longer"},
    {"provider_fails", true, fault_amount::none, "cuts fail"},
    {"provider_cuts_late", true, fault_amount::by_ms,
     "a cut is said to be done so much before its snapshot point comes"},
    {"copy_lost", true, fault_amount::none, "copies are lost between their cut and being readable"},

    {"guest_pauses", true, fault_amount::none, "the guest stands still, and its clocks with it"},
    {"processor_stalls", true, fault_amount::none, "the guest stands still, its clocks go on"},
    {"clock_jumps_ahead", true, fault_amount::by_ms, "the guest's wall clock is set ahead"},
    {"clock_jumps_back", true, fault_amount::by_ms, "the guest's wall clock is set back"},
    {"clock_runs_slow", true, fault_amount::ppm, "the guest's steady clock runs slow"},
    {"memory_pressure", true, fault_amount::none,
     "memory is short: everything is written back at once, and writers are held up"},
    {"disk_slow", true, fault_amount::times, "writes take so many times as long"},
    {"disk_stalls", true, fault_amount::none, "no write comes to its end"},
    {"disk_write_fails", true, fault_amount::none,
     "writes fail and are tried again; a freeze that meets one fails"},
    {"disk_plugged", false, fault_amount::none, "a second disk appears, and a filesystem on it"},

    {"agent_dies", true, fault_amount::none, "the agent is killed, then started again"},
    {"agent_upgraded", false, fault_amount::none,
     "the agent is told to stop, and a new one begins when it has"},
    {"freeze_hangs", true, fault_amount::none, "the kernel's freeze does not return"},
    {"freeze_fails", true, fault_amount::none, "the kernel refuses to freeze"},
    {"thaw_fails", true, fault_amount::none, "the kernel refuses to thaw"},
    {"frozen_by_another", true, fault_amount::none,
     "somebody else freezes the filesystem, and thaws it in the end"},
    {"thawed_by_another", false, fault_amount::none, "somebody else thaws the filesystem"},
    {"participant_vetoes", true, fault_amount::none, "the database refuses to be quiesced"},
    {"participant_hangs", true, fault_amount::none, "the database does not answer the hook"},
    {"participant_slow", true, fault_amount::by_ms, "the database begins to stop so much later"},
    {"participant_crashes", false, fault_amount::none,
     "the publisher dies, and is started again without knowing of the snapshot"},
});

[[nodiscard]] constexpr const fault_word& word_of(fault_kind kind) noexcept {
    return fault_words[static_cast<std::size_t>(kind)];
}

/// Waits for the moments of a scenario's faults, and brings them about.
class fault_injector final : public actor, public watcher {
  public:
    /// What faults of one guest happen to. A group has its host and provider in common.
    struct target {
        guest* inside = nullptr;
        host* outside = nullptr;
        provider* copies = nullptr;
    };

    /// @pre every fault's `what` is one of `fault_words`, and its `guest` at most as many as there
    ///      are targets.
    fault_injector(environment& world, const scenario& plan, std::vector<target> targets);

    void open();
    void noticed(std::string_view what) override;
    void handle(const event& what) override;

    /// By fault of the plan: whether it has begun.
    [[nodiscard]] std::vector<bool> begun() const;

  private:
    enum task : std::uint32_t { begins, ends, heals };
    struct planned {
        fault what;
        fault_kind kind = fault_kind::host_dies;
        std::uint64_t seen = 0; ///< How often its moment has come.
        bool begun = false;
        bool in_force = false;
    };

    void begin(planned& one, std::uint64_t number);
    void end(planned& one);
    void heal();
    void change(const planned& one, bool is_begin);

    environment& m_world;
    std::vector<target> m_targets;
    actor_id m_self;
    std::vector<planned> m_plan;
    ticks m_heal_at; // 0: never
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_FAULTS_HPP
