// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_HPP

// The agent of a guest as a process: the library's agent of a dialect, with the channel on one side
// and applications and the filesystem on the other.

#include "simulator/world/application.hpp"
#include "simulator/world/channel.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/filesystem.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/tokens.hpp"
#include "simulator/world/windows.hpp"

#include <snapproto/core/ids.hpp>
#include <snapproto/message/freeze.hpp>
#include <snapproto/trace/record.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::machine {
enum class participant_event : std::uint8_t; // the machines are for the source alone
} // namespace snapproto::machine

namespace snapproto::world {

class agent_process final : public actor, public channel_end, public requester {
  public:
    agent_process(environment& world, channel& line, const agent_process_options& options,
                  const dialect& spoken);
    ~agent_process() override;

    /// It is faulty.
    void tamper(flaw& wrong) noexcept { m_flaw = &wrong; }

    /// Applications are held in the order in which they are added, filesystems after them, the one
    /// that was added first last of all.
    void add(std::string name, application& what);
    void add(std::string name, filesystem& what);

    void open();

    /// Ends the process as SIGKILL does. Its watchdog, a process of its own, releases what it held
    /// when the hold limit has passed.
    void kill();
    /// Starts it again; if it remembers, it takes over what its predecessor has left frozen.
    void restart();
    /// Replaces it by a newer one: it is told to stop, and the other begins when it has.
    void upgrade();
    /// What draws from randomness that no other machine may have.
    void renews(token_service& what) noexcept { m_tokens = &what; }
    /// The guest is another one now: a copy of it was restored.
    void generation_changed(generation_id now);
    /// The guest's wall clock was set.
    void clock_was_set();

    [[nodiscard]] const std::vector<trace::record>& recording() const noexcept {
        return m_recording;
    }
    /// At the end: what it recorded.
    [[nodiscard]] std::vector<trace::record> take_recording() noexcept {
        return std::move(m_recording);
    }

    void channel_up() override;
    void channel_lost() override;
    void bytes_arrived(std::string_view bytes) override;

    void handle(const event& what) override;

    void answered_by_windows(std::size_t place, machine::participant_event how) override;
    void gone_by_windows(std::size_t place) override;

  private:
    struct process;
    struct participant {
        std::string name;
        application* program = nullptr;        ///< Or null,
        filesystem* files = nullptr;           ///< then this.
        bool held = false;                     ///< As the participant itself sees it.
        std::optional<std::uint64_t> asked_by; ///< To stop, and it has not answered.
        bool releasing = false;                ///< It was asked to go on, and has not answered.
        std::uint64_t life = 0;                ///< Of the process that held it.
    };

    enum task : std::uint32_t {
        timeout,
        find,
        answered,
        frozen_or_not,
        windows_answered,
        windows_let_go,
        watchdog,
        start_again,
        reconnect
    };

    [[nodiscard]] event answer_event(std::uint32_t what, std::size_t index,
                                     std::uint64_t answer) const noexcept;
    [[nodiscard]] instant clock() const noexcept;
    [[nodiscard]] std::vector<std::size_t> hold_order() const;
    [[nodiscard]] participant_summary summary_of(std::size_t index) const;
    void adopt();
    void end_process(trace::record_kind how);
    void close_channel();
    void feed();
    void drain();
    void drain_after_channel();
    void wait_until(instant at);
    void collect();
    void found();
    void carry_out(const endpoint::operate& asked);
    void operate(std::size_t index, bool hold);
    void on_windows(const event& what);
    void leave_windows();
    void on_answer(const event& what);
    void on_filesystem(const event& what);
    static void note_held(participant& who, bool held, std::uint64_t life) noexcept;
    void answer(const event& what, machine::participant_event told, std::string_view why);
    void on_watchdog(std::uint64_t life);
    bool let_go(std::size_t index);
    void look_after(std::uint64_t life);
    [[nodiscard]] bool asks_for_another_life() const;
    void note_life(trace::record_kind what);
    void note_unheard(std::size_t index, trace::record_kind what);
    [[nodiscard]] std::size_t place_of(std::size_t index) const;

    environment& m_world;
    channel& m_line;
    agent_process_options m_options;
    const dialect& m_dialect;
    actor_id m_self;
    std::vector<participant> m_participants;
    std::vector<std::size_t> m_order; // of the session: places in the list above
    token_service* m_tokens = nullptr;
    generation_id m_generation{};
    std::unique_ptr<process> m_process; // null while it does not run
    std::string m_input;                // bytes that the agent did not take yet
    bool m_starts_later = false;        // when its predecessor has gone
    std::uint64_t m_life = 0;
    kernel::event_handle m_timer;
    std::vector<trace::record> m_recording;
    std::size_t m_noticed = 0;
    std::unique_ptr<windows> m_windows; // null in other guests
    flaw m_no_flaw;
    flaw* m_flaw = &m_no_flaw;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_HPP
