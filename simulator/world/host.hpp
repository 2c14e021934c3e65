// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_HOST_HPP
#define SNAPPROTO_SIMULATOR_WORLD_HOST_HPP

// The host's side: whoever asks for snapshots, and what came of each.

#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/provider.hpp"

#include <snapproto/message/vocabulary.hpp>
#include <snapproto/trace/record.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::world {

/// One snapshot of one guest that was asked for. A snapshot of a group is one for each guest.
struct attempt {
    std::size_t guest = 0; ///< From 0.
    ticks started = 0;
    std::optional<ticks> ended; ///< Nothing: no outcome was ever told.
    session_outcome outcome = session_outcome::failed;
    consistency label = consistency::none;
    consistency wanted = consistency::none;
    std::string reason;
    std::optional<std::uint64_t> cut; ///< The provider's number of a copy that was to be kept.
    std::optional<copy> kept;         ///< What there is of it at the end of the run.
};

/// A guest as its host has it.
struct hosted_guest {
    std::size_t number = 0; ///< From 0, of all in the world.
    channel* line = nullptr;
};

/// A host with the guests whose copies it takes together, and what came of its snapshots.
class host : public actor {
  public:
    /// @pre the order of the guests is that of the provider's disks.
    host(environment& world, std::vector<hosted_guest> guests, provider& copies,
         const host_options& options);

    /// It is faulty.
    void tamper(flaw& wrong) noexcept { m_flaw = &wrong; }

    /// Begins to live; the first snapshot comes in its time.
    void open();
    /// Its end of the channel to one of its guests.
    [[nodiscard]] channel_end& end_of(std::size_t guest) { return m_ends[guest]; }

    /// Its process, or its machine, dies; what the guests hold stays held.
    void die();
    void restart();
    /// Another process takes its place at once, knows nothing of what was under way, and soon
    /// begins with the snapshot that is due.
    void fail_over();

    /// What came of its snapshots, with what is left of their copies.
    [[nodiscard]] std::vector<attempt> attempts() const;
    [[nodiscard]] const std::vector<trace::record>& recording() const noexcept {
        return m_recording;
    }
    /// At the end: what its orchestrator recorded.
    [[nodiscard]] std::vector<trace::record> take_recording() noexcept {
        return std::move(m_recording);
    }

    void handle(const event& what) final;

  protected:
    enum task : std::uint32_t { start, take_over, cut_ended, copy_ready, first_own_task };

    /// Which of its snapshots, from 0.
    using snapshot_number = std::size_t;

    virtual void begin_life() = 0;
    virtual void end_life() = 0;
    [[nodiscard]] virtual bool alive() const noexcept = 0;
    [[nodiscard]] virtual bool can_begin() const noexcept = 0;
    virtual void begin_snapshot(snapshot_number which) = 0;
    virtual void on_cut(std::uint64_t number, bool succeeded) = 0;
    virtual void on_copy_ready(std::uint64_t) {}
    virtual void on_event(const event& what) = 0;

    virtual void channel_up(std::size_t guest) = 0;
    virtual void channel_lost(std::size_t guest) = 0;
    virtual void bytes_arrived(std::size_t guest, std::string_view bytes) = 0;

    void begin_cut(std::uint64_t number);
    [[nodiscard]] provider& copies() noexcept { return m_copies; }
    [[nodiscard]] channel& line(std::size_t guest) noexcept { return *m_guests[guest].line; }
    [[nodiscard]] std::size_t guest_count() const noexcept { return m_guests.size(); }

    [[nodiscard]] consistency wanted() const noexcept;

    /// Says what came of a snapshot.
    /// @param kept the number of the cut whose copies are kept.
    void end_attempt(snapshot_number which, session_outcome outcome, consistency label,
                     std::string reason, std::optional<std::uint64_t> kept);

    environment& m_world;
    host_options m_options;
    actor_id m_self;
    std::vector<trace::record> m_recording;
    flaw m_no_flaw;
    flaw* m_flaw = &m_no_flaw;

  private:
    struct line_end final : channel_end {
        line_end(host& of, std::size_t which) : owner(of), guest(which) {}
        void channel_up() override { owner.channel_up(guest); }
        void channel_lost() override { owner.channel_lost(guest); }
        void bytes_arrived(std::string_view bytes) override { owner.bytes_arrived(guest, bytes); }
        host& owner;
        std::size_t guest;
    };

    void on_start();
    void begin_attempt();

    std::vector<hosted_guest> m_guests;
    std::deque<line_end> m_ends; // by guest
    provider& m_copies;
    std::vector<attempt> m_attempts; // one for each guest, snapshot by snapshot
};

/// A host with the library's orchestrator.
/// @param dialect what it speaks with its guests.
[[nodiscard]] std::unique_ptr<host> make_orchestrator_host(environment& world,
                                                           std::vector<hosted_guest> guests,
                                                           provider& copies,
                                                           const host_options& options,
                                                           std::string_view dialect);

/// A host as scripts often are: it sends commands without ever synchronising, and takes the next
/// line that comes for the reply.
/// @pre there is one guest.
[[nodiscard]] std::unique_ptr<host> make_naive_host(environment& world,
                                                    std::vector<hosted_guest> guests,
                                                    provider& copies, const host_options& options);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_HOST_HPP
