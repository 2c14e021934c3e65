// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_VSS_GUEST_HPP
#define SNAPPROTO_ENDPOINT_VSS_GUEST_HPP

// A Windows guest behind an agent (SP chapter 55): what an agent's endpoint asks of its
// participants goes in, and what VSS's writers and volumes do comes out, with the two limits of
// Windows. Applications and volumes are the owner's: it does what `poll` asks for and says what has
// become of it.
//
// The agent may be any that yields `operate` and `cancel` (`agent_endpoint`, `qga_agent`,
// `hyperv_agent`, `vmbackup_agent`): it takes the place of the requester and the coordinator.

#include <snapproto/dialect/vss/limits.hpp>
#include <snapproto/endpoint/io.hpp>
#include <snapproto/endpoint/vss_words.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/machine/vss_writer.hpp>
#include <snapproto/message/freeze.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// A writer of the guest.
struct vss_writer_info {
    std::string name;
    /// 0: a front-end application, 1: what such ones live on, 2: the system. Lower ones are held
    /// first.
    std::uint8_t level = 0;
    /// From Freeze to Thaw; 0: VSS's own limit.
    duration freeze_to_thaw{};
};

struct vss_guest_options {
    /// @pre no more than `vss::limits::writers_max`; they are put into the order of their levels.
    std::vector<vss_writer_info> writers;
    /// @pre no more than `vss::limits::volumes_max`.
    std::vector<std::string> volumes;
    vss::limits limits{};
};

/// Pass an event to a writer's application. All but Abort are answered with
/// `vss_guest::application_answered`, in order, also when an Abort has followed.
struct ask_application {
    std::size_t writer = 0; ///< In the order of `vss_guest::participants`.
    machine::vss_writer_event event = machine::vss_writer_event::abort;

    friend constexpr bool operator==(const ask_application&,
                                     const ask_application&) noexcept = default;
};

/// Flush a volume and hold writes to it; answer with `vss_guest::volume_answered`.
struct hold_volume {
    std::size_t volume = 0;

    friend constexpr bool operator==(const hold_volume&, const hold_volume&) noexcept = default;
};

/// Let writes to a volume go on, or do not begin to hold them. Not answered: Windows always does
/// it.
struct release_volume {
    std::size_t volume = 0;

    friend constexpr bool operator==(const release_volume&,
                                     const release_volume&) noexcept = default;
};

/// Hand this to the agent's `participant_answered`.
struct participant_answer {
    participant_index participant = 0;
    machine::participant_event answer = machine::participant_event::reset;

    friend constexpr bool operator==(const participant_answer&,
                                     const participant_answer&) noexcept = default;
};

/// Hand this to the agent's `participant_let_go`.
struct participant_gone {
    participant_index participant = 0;

    friend constexpr bool operator==(const participant_gone&,
                                     const participant_gone&) noexcept = default;
};

/// What a Windows guest yields.
using vss_guest_output = std::variant<deadline, ask_application, hold_volume, release_volume,
                                      participant_answer, participant_gone>;

/// The writers and volumes of a guest.
class vss_guest {
  public:
    explicit vss_guest(vss_guest_options options);

    /// Who takes part: the answer to `find_participants`. Writers first, by their levels, then
    /// volumes.
    [[nodiscard]] const std::vector<participant_summary>& participants() const noexcept {
        return m_participants;
    }

    // ---- input: call one, then drain poll() ----

    /// Does what the agent asks for.
    void handle(const operate& asked, instant now);
    void handle(const cancel& asked, instant now);

    /// A writer's application has dealt with the first event that it has not answered.
    /// @param failure none: it consents.
    void application_answered(std::size_t writer, machine::vss_writer_failure failure, instant now);

    /// A volume is flushed and held, or cannot be.
    void volume_answered(std::size_t volume, bool held, instant now);

    /// Fires the limits that are due.
    void handle_timeout(instant now);

    // ---- output ----

    [[nodiscard]] vss_guest_output poll();

    // ---- state ----

    /// What VSS's list of writers shows.
    [[nodiscard]] vss::writer_state writer_state(std::size_t writer) const noexcept {
        return writer_state_of(m_writers[writer].machine.save());
    }
    [[nodiscard]] vss::status writer_status(std::size_t writer) const noexcept {
        return status_of(m_writers[writer].machine.data().failure);
    }
    /// Volumes to which writes are held, or may be.
    [[nodiscard]] std::size_t held_volumes() const noexcept;
    /// Writers that hold their applications, or may.
    [[nodiscard]] std::size_t held_writers() const noexcept;

  private:
    struct writer_slot {
        machine::vss_writer_machine machine;
        duration limit{};
        instant limit_at = never;
        std::optional<operation> in_work;
        /// What the application was asked and has not answered.
        std::optional<machine::vss_writer_event> asked;
        unsigned given_up = 0; ///< Answers to come that an Abort has overtaken.
        bool holds = false;    ///< The agent believes so.
    };

    enum class volume_phase : std::uint8_t { free, holding, held };

    struct volume_slot {
        volume_phase phase = volume_phase::free;
    };

    void notice_overdue(instant now);
    void prepare(std::size_t i);
    void hold(std::size_t i, instant now);
    void release(std::size_t i);
    void finish(std::size_t i, copy_result result);
    void ask(std::size_t i, machine::vss_writer_event event);
    bool abort(std::size_t i);
    void tell_abort(std::size_t i);
    void take(std::size_t i, const machine::vss_writer_input& input, instant now);
    void give_up(std::size_t i);
    void operate_volume(std::size_t i, operation what, instant now);
    void let_everything_go();
    void answer(std::size_t participant, machine::participant_event how);
    void end(std::size_t writer, machine::participant_event how);
    void begin_input() noexcept;

    vss_guest_options m_options;
    std::vector<participant_summary> m_participants;
    std::vector<writer_slot> m_writers;
    std::vector<volume_slot> m_volumes;
    instant m_hold_until = never;
    std::vector<vss_guest_output> m_outputs;
    std::size_t m_next_output = 0;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/vss_guest.hpp>

#endif // SNAPPROTO_ENDPOINT_VSS_GUEST_HPP
