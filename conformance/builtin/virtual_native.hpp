// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_NATIVE_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_NATIVE_HPP

// An agent made of the library's native endpoint, in a played guest on a virtual clock. What is
// virtual here is where a fault takes hold.

#include "conformance/attach/played_filesystem.hpp"
#include "conformance/builtin/native_builtin.hpp"

#include <snapproto/endpoint/native_agent.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::builtin {

/// Does what a right agent does.
class virtual_native : public native_builtin {
  public:
    explicit virtual_native(std::string name);
    ~virtual_native() override;

    // ---- target ----

    [[nodiscard]] conformance::instant now() const final { return m_now; }
    [[nodiscard]] std::string description() const final {
        return "embedded agent '" + m_name + "'";
    }
    [[nodiscard]] std::string replay_flags() const final {
        return "--dialect native --builtin " + m_name;
    }
    [[nodiscard]] support can(capability what) const final;
    void sleep_for(conformance::duration span) final;
    [[nodiscard]] std::unique_ptr<channel> connect(conformance::duration wait) final;
    void start(const start_options& options) final;
    [[nodiscard]] bool alive() final { return !m_end; }
    void terminate() final;
    void kill() final { end({true, 9}); }
    [[nodiscard]] std::optional<exit_report> wait_exit(conformance::duration bound) final;
    [[nodiscard]] played_hook* hook() noexcept final;
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept final;

    // ---- played_surroundings ----

    void let_go(std::string_view name, bool tells) final;
    void change_generation() override;

    // ---- one channel of it ----

    /// What an open channel holds. One that was ended by the agent is closed.
    struct line {
        std::string to_host;
        bool closed = false;
    };
    void take(const std::shared_ptr<line>& from, std::string_view bytes);
    void hang_up(const std::shared_ptr<line>& from);
    [[nodiscard]] receive_result give(const std::shared_ptr<line>& to, conformance::duration wait);

  protected:
    // Where a fault takes hold. Each does what is right unless overridden.

    [[nodiscard]] virtual endpoint::agent_options options() const;
    [[nodiscard]] virtual native::limits wire_limits() const { return native::default_limits; }
    virtual void on_bytes(std::string bytes) { feed(bytes); }
    virtual void on_message(const any_message& message) { write(message); }
    virtual void on_loss() {
        m_agent->channel_lost(time());
        settle();
    }
    /// Whether a second channel ends the first.
    [[nodiscard]] virtual bool takes_another() const { return true; }
    virtual void on_stop() {
        m_agent->stop(time());
        settle();
    }
    /// Whether participants learn the result.
    [[nodiscard]] virtual bool tells_results() const { return true; }
    /// Whether timers fire now.
    [[nodiscard]] virtual bool keeps_time() const { return true; }
    [[nodiscard]] virtual std::vector<participant_summary> found(
        const endpoint::find_participants& wanted, bool& known);
    /// Does what is asked of one participant. @return how the agent hears of it
    virtual machine::participant_event perform(played_participant& who, endpoint::operation what);

    // What a fault can do.

    [[nodiscard]] endpoint::native_agent& agent() noexcept { return *m_agent; }
    [[nodiscard]] const endpoint::native_agent& agent() const noexcept { return *m_agent; }
    [[nodiscard]] snapproto::instant time() const {
        return snapproto::instant{} + m_now.time_since_epoch();
    }
    /// Gives bytes to the agent.
    void feed(std::string_view bytes);
    /// Gives one message to the agent.
    void feed(const any_message& message);
    /// Puts a message, or bytes, on the channel.
    void write(const any_message& message);
    void write_bytes(std::string_view bytes);
    /// Leaves away the mark that the next message would have.
    void forget_mark() noexcept { m_owes_mark = false; }
    /// Begins anew, as a process that has forgotten everything, on the channel that is open.
    void forget();
    void end(exit_report how);
    void close_line();
    /// Does what the agent asks for, until it asks for nothing.
    void settle();
    void note(const std::string& who, std::string_view what, std::string_view result);

  private:
    struct task {
        conformance::instant due;
        endpoint::operate what;
    };
    struct said {
        any_message message;
        bool behind_mark = false;
    };
    class stream;
    class script;

    /// Lets the next thing happen. @return false when there is none until `end`
    bool step(conformance::instant end);
    void act(const endpoint::native_agent_output& what);
    /// Takes over what a predecessor left held.
    void adopt(const std::vector<participant_summary>& left);
    void operate(const endpoint::operate& what);
    void answer(const endpoint::operate& what);

    std::string m_name;
    conformance::instant m_now{};
    std::unique_ptr<endpoint::native_agent> m_agent;
    snapproto::instant m_deadline = never;
    native::decoder m_own{native::direction::reports};
    std::shared_ptr<line> m_line; ///< The open channel.
    std::optional<exit_report> m_end;
    std::deque<endpoint::native_agent_output> m_todo; ///< A deadline stands for one of m_said.
    std::deque<said> m_said;
    bool m_owes_mark = false; ///< The message that is written next stands behind a mark.
    bool m_settling = false;
    std::vector<task> m_works;
    std::vector<std::string> m_taking_part; ///< Names, by the numbers that the agent has for them.
    std::uint64_t m_generation = 1;
    std::unique_ptr<script> m_script;
    std::vector<std::unique_ptr<played_filesystem>> m_filesystems;
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_NATIVE_HPP
