// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_PARTICIPANT_HPP
#define SNAPPROTO_MACHINE_PARTICIPANT_HPP

// A participant's machine, as the agent keeps it for each hook, writer and filesystem: SP
// chapter 14 as one table. It records what is held; the agent decides what to ask for.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// What can happen to a participant.
enum class participant_event : std::uint8_t {
    prepared,       ///< It is prepared.
    vetoed,         ///< It refuses to prepare, or to be held.
    held,           ///< It is held.
    let_go,         ///< It has let go without being asked.
    released,       ///< A release was asked for and was a real one.
    not_held,       ///< A release was asked for and found nothing held.
    release_failed, ///< A release was asked for and failed.
    finished,       ///< It knows the result.
    reset           ///< A new transaction begins.
};

/// One event of a participant. There is nothing to it but its kind.
struct participant_input {
    participant_event kind = participant_event::reset;
};

/// A participant's state is all there is to it.
struct participant_data {
    friend constexpr bool operator==(const participant_data&,
                                     const participant_data&) noexcept = default;
};

/// How a cell refuses an event.
enum class participant_refusal : std::uint8_t {
    ignore, ///< A report of its own that says nothing new.
    illegal ///< The answer to an operation that this state does not allow (SP 14.12).
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::participant_event> {
    static constexpr auto names =
        std::to_array<std::string_view>({"prepared", "vetoed", "held", "let_go", "released",
                                         "not_held", "release_failed", "finished", "reset"});
};
template <>
struct spelling<machine::participant_refusal> {
    static constexpr auto names = std::to_array<std::string_view>({"ignore", "illegal"});
};
} // namespace snapproto::detail

namespace snapproto::machine {
namespace participant {

/// A participant asks nobody for anything.
struct no_effect {};
using effects = effect_list<no_effect, 1>;

/// An event as Boost.MSM sees it.
template <participant_event Kind>
struct event {
    static constexpr participant_event id = Kind;
    const participant_input& input;
};

/// A state as Boost.MSM sees it.
template <participant_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr participant_phase id = Phase;
};

namespace words {
using idle = state<participant_phase::idle>;
using prepared = state<participant_phase::prepared>;
using held = state<participant_phase::held>;
using released = state<participant_phase::released>;
using finished = state<participant_phase::finished>;
using vetoed = state<participant_phase::vetoed>;
using early = state<participant_phase::early>;
using broken = state<participant_phase::broken>;

using was_prepared = event<participant_event::prepared>;
using has_vetoed = event<participant_event::vetoed>;
using was_held = event<participant_event::held>;
using has_let_go = event<participant_event::let_go>;
using was_released = event<participant_event::released>;
using was_not_held = event<participant_event::not_held>;
using release_failed = event<participant_event::release_failed>;
using was_told = event<participant_event::finished>;
using new_txn = event<participant_event::reset>;
} // namespace words

template <participant_refusal How>
struct as {
    static constexpr participant_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source    Event           Target    Action   Guard   Clause
    on<idle    , was_prepared  , prepared, nothing, always, sec<14,1> >,
    on<idle    , has_vetoed    , vetoed  , nothing, always, sec<14,2> >,
    on<idle    , was_told      , finished, nothing, always, sec<14,11>>,
    on<idle    , new_txn       , same    , nothing, always, sec<14,1> >,

    on<prepared, was_held      , held    , nothing, always, sec<14,3> >,
    on<prepared, has_vetoed    , vetoed  , nothing, always, sec<14,2> >,
    on<prepared, was_told      , finished, nothing, always, sec<14,11>>,

    on<held    , has_let_go    , early   , nothing, always, sec<14,5> >,
    on<held    , was_released  , released, nothing, always, sec<14,4> >,
    on<held    , was_not_held  , released, nothing, always, sec<14,6> >,
    on<held    , release_failed, broken  , nothing, always, sec<14,7> >,

    on<released, was_told      , finished, nothing, always, sec<14,9> >,

    on<finished, new_txn       , idle    , nothing, always, sec<14,1> >,

    on<vetoed  , was_released  , released, nothing, always, sec<14,10>>,
    on<vetoed  , was_not_held  , released, nothing, always, sec<14,10>>,
    on<vetoed  , release_failed, released, nothing, always, sec<14,10>>,
    on<vetoed  , was_told      , finished, nothing, always, sec<14,9> >,

    on<early   , was_released  , released, nothing, always, sec<14,6> >,
    on<early   , was_not_held  , released, nothing, always, sec<14,6> >,
    on<early   , release_failed, broken  , nothing, always, sec<14,7> >,
    on<early   , was_told      , finished, nothing, always, sec<14,9> >,

    on<broken  , was_released  , released, nothing, always, sec<14,8> >,
    on<broken  , was_not_held  , released, nothing, always, sec<14,6> >,
    on<broken  , release_failed, same    , nothing, always, sec<14,7> >,
    on<broken  , has_let_go    , early   , nothing, always, sec<14,5> >,
    on<broken  , was_told      , finished, nothing, always, sec<14,9> >
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore  = as<participant_refusal::ignore>;
using illegal = as<participant_refusal::illegal>;
using cells = mp11::mp_list<
  //       State     Event           Answer   Clause
    refuse<idle    , was_held      , illegal, sec<14,12>>,
    refuse<idle    , has_let_go    , ignore , sec<1,6>  >,
    refuse<idle    , was_released  , illegal, sec<14,12>>,
    refuse<idle    , was_not_held  , illegal, sec<14,12>>,
    refuse<idle    , release_failed, illegal, sec<14,12>>,

    refuse<prepared, was_prepared  , illegal, sec<14,12>>,
    refuse<prepared, has_let_go    , ignore , sec<1,6>  >,
    refuse<prepared, was_released  , illegal, sec<14,12>>,
    refuse<prepared, was_not_held  , illegal, sec<14,12>>,
    refuse<prepared, release_failed, illegal, sec<14,12>>,
    refuse<prepared, new_txn       , illegal, sec<14,12>>,

    refuse<held    , was_prepared  , illegal, sec<14,12>>,
    refuse<held    , has_vetoed    , ignore , sec<1,6>  >,
    refuse<held    , was_held      , illegal, sec<14,12>>,
    refuse<held    , was_told      , illegal, sec<14,12>>,
    refuse<held    , new_txn       , illegal, sec<14,12>>,

    refuse<released, was_prepared  , illegal, sec<14,12>>,
    refuse<released, has_vetoed    , ignore , sec<1,6>  >,
    refuse<released, was_held      , illegal, sec<14,12>>,
    refuse<released, has_let_go    , ignore , sec<1,6>  >,
    refuse<released, was_released  , illegal, sec<14,12>>,
    refuse<released, was_not_held  , illegal, sec<14,12>>,
    refuse<released, release_failed, illegal, sec<14,12>>,
    refuse<released, new_txn       , illegal, sec<14,12>>,

    refuse<finished, was_prepared  , illegal, sec<14,12>>,
    refuse<finished, has_vetoed    , ignore , sec<1,6>  >,
    refuse<finished, was_held      , illegal, sec<14,12>>,
    refuse<finished, has_let_go    , ignore , sec<1,6>  >,
    refuse<finished, was_released  , illegal, sec<14,12>>,
    refuse<finished, was_not_held  , illegal, sec<14,12>>,
    refuse<finished, release_failed, illegal, sec<14,12>>,
    refuse<finished, was_told      , illegal, sec<14,12>>,

    refuse<vetoed  , was_prepared  , illegal, sec<14,12>>,
    refuse<vetoed  , has_vetoed    , ignore , sec<1,6>  >,
    refuse<vetoed  , was_held      , illegal, sec<14,12>>,
    refuse<vetoed  , has_let_go    , ignore , sec<1,6>  >,
    refuse<vetoed  , new_txn       , illegal, sec<14,12>>,

    refuse<early   , was_prepared  , illegal, sec<14,12>>,
    refuse<early   , has_vetoed    , ignore , sec<1,6>  >,
    refuse<early   , was_held      , illegal, sec<14,12>>,
    refuse<early   , has_let_go    , ignore , sec<1,6>  >,
    refuse<early   , new_txn       , illegal, sec<14,12>>,

    refuse<broken  , was_prepared  , illegal, sec<14,12>>,
    refuse<broken  , has_vetoed    , ignore , sec<1,6>  >,
    refuse<broken  , was_held      , illegal, sec<14,12>>,
    refuse<broken  , new_txn       , illegal, sec<14,12>>
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end : flat_front_end<front_end, table, words::idle, participant_data, effects> {};

/// The parts of a participant's machine.
struct spec {
    using phase = participant_phase;
    using event_kind = participant_event;
    using input = participant_input;
    using data = participant_data;
    using outbox = participant::effects;
    using refusal = participant_refusal;
    using front_end = participant::front_end;
    using all_states = mp11::mp_list<words::idle, words::prepared, words::held, words::released,
                                     words::finished, words::vetoed, words::early, words::broken>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <participant_event Kind>
    using event = participant::event<Kind>;
};

} // namespace participant

/// The whole state of a participant's machine.
using participant_state = machine_state<participant_phase, participant_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<participant::spec>;
#endif

/// A participant's machine.
class participant_machine : public flat_machine<participant::spec> {
  public:
    using flat_machine::flat_machine;

    /// Takes one event.
    result process(participant_event kind) noexcept {
        participant::effects none;
        return flat_machine::process(participant_input{kind}, none);
    }

    /// True while the participant keeps something from going on, as far as is known: also when it
    /// could not be released.
    [[nodiscard]] bool holds() const noexcept {
        return phase() == participant_phase::held || phase() == participant_phase::broken;
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_PARTICIPANT_HPP
