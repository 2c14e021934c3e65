// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_VMBACKUP_HOST_HPP
#define SNAPPROTO_CONFORMANCE_VMBACKUP_HOST_HPP

// The host's end of a guest's two directions, as the checks hold it.

#include "conformance/attach/vmbackup_target.hpp"
#include "conformance/held.hpp"
#include "conformance/run_context.hpp"

#include "snapproto/dialect/vmbackup/report.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The answer to one command.
struct guest_answer {
    receive_status status = receive_status::nothing;
    std::string bytes;

    [[nodiscard]] bool accepts() const { return bytes.starts_with("OK "); }
    [[nodiscard]] bool refuses() const { return bytes.starts_with("ERROR "); }
    /// "'OK '", "nothing", "the end of the channel".
    [[nodiscard]] std::string words() const;
};

/// One message on the channel of the events.
struct seen_event {
    std::string bytes;
    std::optional<vmbackup::event> what; ///< Absent when it is no event.
    int code = 0;
    std::string text;
    instant at{};
    std::string held; ///< What was held when it came.
};

/// The played host of one check.
class vmbackup_host {
  public:
    static constexpr duration reply_wait = std::chrono::seconds(5);
    /// Real guests look once a second whether a step is done, and an end has several.
    static constexpr duration event_wait = std::chrono::seconds(10);
    /// After what was owed nothing more comes.
    static constexpr duration quiet = std::chrono::milliseconds(100);

    /// Opens both channels.
    /// @pre the context's agent is a vmbackup_target. @throws unreachable
    explicit vmbackup_host(run_context& context);

    [[nodiscard]] vmbackup_target& target() noexcept { return m_target; }
    /// The guest whose mounts are played. Skips the check where they are real.
    [[nodiscard]] played_guest& guest() {
        if (!m_target.plays_guest()) {
            skip_for_real_filesystems(m_context);
        }
        return m_target.guest();
    }
    [[nodiscard]] played_scripts& scripts() noexcept { return m_target.scripts(); }

    /// Events of this kind are answered with "0 ".
    void refuse(vmbackup::event what) { m_refused.insert(what); }

    [[nodiscard]] guest_answer command(std::string_view bytes, duration wait = reply_wait);
    [[nodiscard]] guest_answer start_with(const vmbackup::start_options& options);
    /// Ends the command channel.
    void hang_up();

    /// Answers events for so long.
    void wait(duration span);
    /// The same until this event has come. @return whether it has
    bool wait_for(vmbackup::event what, duration span = event_wait);

    [[nodiscard]] const std::vector<seen_event>& events() const noexcept { return m_events; }
    void forget_events() { m_events.clear(); }
    [[nodiscard]] std::size_t count(vmbackup::event what) const;
    [[nodiscard]] const seen_event* find(vmbackup::event what) const;
    /// True when an event has told of a failure.
    [[nodiscard]] bool told_of_failure() const;
    /// The events by name: "reset prov.snapshotCommit".
    [[nodiscard]] std::string event_words() const;

    // What many checks begin with or require.

    void must_accept(std::string_view bytes, std::string_view requirement);
    void must_refuse(std::string_view bytes, vmbackup::refusal why, std::string_view requirement);
    void must_see(vmbackup::event what, std::string_view requirement, duration span = event_wait);
    /// Begins an ordinary operation and waits for the commit.
    void freeze();
    /// Ends it: snapshotDone, and the event done.
    void finish();
    /// All that an operation holds, and what is held now, separated by blanks (held.hpp).
    [[nodiscard]] std::string everything() { return everything_in(m_context, played()); }
    [[nodiscard]] std::string held() { return held_in(m_context, played()); }
    /// Requires that exactly these filesystems are held, separated by blanks.
    void must_hold(std::string_view sources, std::string_view requirement);
    /// Requires the event done, and that nothing is held then.
    void must_end(std::string_view requirement, duration span = event_wait);

  private:
    [[nodiscard]] const played_guest* played() noexcept {
        return m_target.plays_guest() ? &m_target.guest() : nullptr;
    }
    void take_events();
    void note_calls();
    template <class Done>
    bool pump(duration span, Done&& done);

    run_context& m_context;
    vmbackup_target& m_target;
    std::unique_ptr<channel> m_commands;
    std::unique_ptr<channel> m_reports;
    std::set<vmbackup::event> m_refused;
    std::vector<seen_event> m_events;
    std::size_t m_noted = 0; ///< Calls on filesystems that are in the transcript.
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_VMBACKUP_HOST_HPP
