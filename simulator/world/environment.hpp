// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_ENVIRONMENT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_ENVIRONMENT_HPP

// What everything in the world shares: virtual time, events, randomness by name, and the place to
// tell what happens. A guest is a place of its own in it, which can stand still.

#include "simulator/kernel/distributions.hpp"
#include "simulator/kernel/simulation.hpp"
#include "simulator/world/clock.hpp"

#include <snapproto/core/time.hpp>
#include <snapproto/trace/record.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// Who an event is for.
using actor_id = std::uint32_t;

inline constexpr actor_id nobody = ~actor_id{0};

[[nodiscard]] constexpr ticks milliseconds(std::uint64_t count) noexcept {
    return static_cast<ticks>(count) * kernel::millisecond;
}

/// An event: what it means is the matter of the actor that gets it. Whoever asks an actor for
/// something hands over the event that is to tell him of its end.
struct event {
    actor_id to = nobody;
    std::uint32_t what = 0;
    std::uint64_t number = 0;
};

/// Anything that events happen to.
class actor {
  public:
    actor() = default;
    actor(const actor&) = delete;
    actor& operator=(const actor&) = delete;
    virtual ~actor() = default;

    virtual void handle(const event& what) = 0;
};

/// One line of the story.
struct note {
    ticks at = 0;
    std::string who;
    std::string what; ///< One word, for those who wait for it.
    std::string text; ///< For people.
};

/// Gets to know everything that happens, as "database.checkpoint_begins".
class watcher {
  public:
    virtual void noticed(std::string_view what) = 0;

  protected:
    ~watcher() = default;
};

/// A place in the world: the world itself, or a guest in it. Places share time, events and story;
/// each has its own clocks, and randomness that no other has.
class environment {
  public:
    /// The whole world, which nothing stops.
    explicit environment(std::uint64_t seed);
    /// A place in it that belongs to one guest.
    /// @param guest from 0. Those after the first have their number behind their names in the
    ///              story: "database-2".
    /// @param suffix what stands behind the names in the story instead.
    environment(environment& whole, std::uint32_t guest, std::string_view suffix = {});
    ~environment();
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;

    [[nodiscard]] actor_id add(actor& who);

    /// The time of the world.
    [[nodiscard]] ticks now() const noexcept;
    /// What the steady clock of this place says.
    [[nodiscard]] instant clock() const noexcept { return instant{duration{m_clock.at(now())}}; }
    /// What the time of day is here, counted from the same beginning. It can be set.
    [[nodiscard]] instant wall_clock() const noexcept { return clock() + duration{m_wall_ahead}; }

    /// @pre delay >= 0.
    void after(ticks delay, const event& what);
    /// An event that can be cancelled, at an instant of this place's steady clock.
    [[nodiscard]] kernel::event_handle timer_at(instant when, const event& what);
    void cancel(kernel::event_handle which);

    /// Lets everything happen until then.
    /// @param after_each what is called after each event; it must not change anything here.
    void run(ticks end, const std::function<void()>& after_each = {});

    /// A component's own randomness.
    [[nodiscard]] kernel::generator stream(std::string_view name) const;

    /// Adds a line to the story.
    void tell(std::string_view who, std::string_view what, std::string text);
    [[nodiscard]] const std::vector<note>& story() const noexcept;
    /// At the end: all of it.
    [[nodiscard]] std::vector<note> take_story() noexcept;

    /// Nothing that happens here is told.
    void mute(bool on) noexcept { m_mute = on; }

    void watch(watcher* who) noexcept;
    /// Tells the watcher of the records that have come since the last call.
    void notice(const std::vector<trace::record>& recording, std::size_t& seen);

    [[nodiscard]] std::uint64_t events_handled() const noexcept;

    // ---- this place and its clocks ----

    /// Nothing happens here until `go_on`.
    /// @param clock_too what is due later is then due that much later, and nobody here can tell.
    void stand_still(bool clock_too);
    void go_on();
    [[nodiscard]] bool stands_still() const noexcept { return m_still; }

    /// The steady clock runs slow: so many millionths are missing.
    /// @pre ppm < 1'000'000.
    void run_slow(std::uint64_t ppm);
    void step_wall_clock(ticks by) noexcept { m_wall_ahead += by; }

  private:
    struct universe;
    struct scheduled {
        event what;
        ticks lost = 0; ///< What the place had lost when it was made.
    };
    struct put_off {
        ticks due = 0;
        scheduled what;
    };

    [[nodiscard]] bool waits(const scheduled& one);

    std::unique_ptr<universe> m_owned; // of the world itself
    universe* m_all;
    std::uint32_t m_guest = 0;
    std::string m_suffix;
    steady_clock m_clock;
    std::uint64_t m_pace = steady_clock::usual_rate; // of the clock while it runs
    ticks m_wall_ahead = 0;
    bool m_mute = false;
    bool m_still = false;
    bool m_clock_too = false;
    ticks m_since = 0; // of the standstill
    ticks m_lost = 0;  // by all that are over
    std::vector<put_off> m_waiting;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_ENVIRONMENT_HPP
