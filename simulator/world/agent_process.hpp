// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_HPP

// The agent of a guest as a process: the library's QGA agent, with the channel on one side and
// applications and the filesystem on the other. The one source that includes the agent's machine.

#include "simulator/world/application.hpp"
#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/filesystem.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/options.hpp"

#include <snapproto/trace/record.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::world {

class agent_process final : public actor, public channel_end {
  public:
    agent_process(environment& world, channel& line, const agent_process_options& options);
    ~agent_process() override;

    /// It is faulty.
    void tamper(flaw& wrong) noexcept { m_flaw = &wrong; }

    /// Applications are held in the order in which they are added, the filesystem after them.
    void add(std::string name, application& what);
    void add(std::string name, filesystem& what);

    void open();

    /// Ends the process as SIGKILL does. Its watchdog, a process of its own, releases what it held
    /// when the hold limit has passed.
    void kill();
    /// Starts it again; it takes over what its predecessor has left frozen.
    void restart();

    [[nodiscard]] const std::vector<trace::record>& recording() const noexcept {
        return m_recording;
    }

    void channel_up() override;
    void channel_lost() override;
    void bytes_arrived(std::string_view bytes) override;

    void handle(const event& what) override;

  private:
    struct process;
    struct participant {
        std::string name;
        application* program = nullptr; ///< Or null,
        filesystem* files = nullptr;    ///< then this.
        bool held = false;              ///< As the participant itself sees it.
    };

    enum task : std::uint32_t { timeout, find, answered, frozen_or_not, watchdog, ignored };

    [[nodiscard]] event answer_event(std::uint32_t what, std::size_t index,
                                     std::uint64_t answer) const noexcept;
    void feed();
    void drain();
    void collect();
    void found();
    void operate(std::size_t index, bool hold);
    void on_answer(const event& what);
    void on_filesystem(const event& what);
    void on_watchdog();
    void note_life(trace::record_kind what);

    environment& m_world;
    channel& m_line;
    agent_process_options m_options;
    actor_id m_self;
    std::vector<participant> m_participants;
    std::unique_ptr<process> m_process; // null while it does not run
    std::string m_input;                // bytes that the agent did not take yet
    std::uint64_t m_life = 0;
    kernel::event_handle m_timer;
    std::vector<trace::record> m_recording;
    std::size_t m_noticed = 0;
    flaw m_no_flaw;
    flaw* m_flaw = &m_no_flaw;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_AGENT_PROCESS_HPP
