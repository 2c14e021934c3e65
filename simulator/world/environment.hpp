// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_ENVIRONMENT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_ENVIRONMENT_HPP

// What everything in the world shares: virtual time, events, randomness by name, and the place to
// tell what happens.

#include "simulator/kernel/distributions.hpp"
#include "simulator/kernel/simulation.hpp"

#include <snapproto/core/time.hpp>
#include <snapproto/trace/record.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::world {

using kernel::ticks;

/// Who an event is for.
using actor_id = std::uint32_t;

inline constexpr actor_id nobody = ~actor_id{0};

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

/// The world's time, events and story.
class environment {
  public:
    explicit environment(std::uint64_t seed) : m_seed(seed) {}

    [[nodiscard]] actor_id add(actor& who);

    [[nodiscard]] ticks now() const noexcept { return m_events.now(); }
    /// The same for the library, whose clock begins at 0 too.
    [[nodiscard]] instant clock() const noexcept { return instant{duration{now()}}; }

    void after(ticks delay, const event& what);
    [[nodiscard]] kernel::event_handle timer_at(ticks when, const event& what) {
        return m_events.timer_at(when, what);
    }
    void cancel(kernel::event_handle which) { (void)m_events.cancel(which); }

    /// Lets everything happen until then.
    void run(ticks end);

    /// A component's own randomness.
    [[nodiscard]] kernel::generator stream(std::string_view name, std::uint64_t number = 0) const {
        return kernel::stream(m_seed, name, number);
    }

    /// Adds a line to the story.
    void tell(std::string_view who, std::string_view what, std::string text);
    [[nodiscard]] const std::vector<note>& story() const noexcept { return m_story; }

    void watch(watcher* who) noexcept { m_watcher = who; }
    /// Tells the watcher of the records that have come since the last call.
    void notice(const std::vector<trace::record>& recording, std::size_t& seen);

    [[nodiscard]] std::uint64_t events_handled() const noexcept { return m_events.handled(); }

  private:
    std::uint64_t m_seed;
    kernel::simulation<event> m_events;
    std::vector<actor*> m_actors;
    std::vector<note> m_story;
    watcher* m_watcher = nullptr;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_ENVIRONMENT_HPP
