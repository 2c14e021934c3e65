// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_FSRVP_SERVER_HPP
#define SNAPPROTO_MACHINE_FSRVP_SERVER_HPP

// The sequence that a file server of MS-FSRVP keeps with its one Message Sequence Timer: SP chapter
// 57 as one table.
//
// It knows neither bytes nor time: the timer is something it asks for. An operation that waits for
// the provider is told here when it has ended; only Commit has a state of its own for the wait.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/machine/fsrvp_types.hpp>

namespace snapproto::machine {
namespace fsrvp_server {

/// An event as Boost.MSM sees it.
template <fsrvp_event Kind>
struct event {
    static constexpr fsrvp_event id = Kind;
    const fsrvp_input& input;
};

/// A state as Boost.MSM sees it.
template <fsrvp_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr fsrvp_phase id = Phase;
};

/// Asks for one thing.
template <fsrvp_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const fsrvp_input&, fsrvp_data&, fsrvp_outbox& out) noexcept {
        out.push(Effect);
    }
};

/// Notes whose context it is.
struct note_client {
    static constexpr std::string_view name = "note client";
    static constexpr void apply(const fsrvp_input& input, fsrvp_data& data,
                                fsrvp_outbox&) noexcept {
        data.client = input.client;
        data.retries = 0;
    }
};

/// Counts that it was set anew.
struct count_retry {
    static constexpr std::string_view name = "count retry";
    static constexpr void apply(const fsrvp_input&, fsrvp_data& data, fsrvp_outbox&) noexcept {
        ++data.retries;
    }
};

/// The server has the context.
struct is_usable {
    static constexpr std::string_view name = "usable context";
    static constexpr std::string_view opposite = "unusable context";
    static constexpr bool holds(const fsrvp_input& input, const fsrvp_data&) noexcept {
        return input.usable_context;
    }
};

/// The client whose context it is may set it once more.
struct may_retry {
    static constexpr std::string_view name = "own, retries left";
    static constexpr bool holds(const fsrvp_input& input, const fsrvp_data& data) noexcept {
        return input.usable_context && input.client == data.client &&
               data.retries < data.retries_max;
    }
};

/// Another client calls, or the same one too often.
struct may_not_retry {
    static constexpr std::string_view name = "foreign, or no retries left";
    static constexpr bool holds(const fsrvp_input& input, const fsrvp_data& data) noexcept {
        return input.usable_context && !may_retry::holds(input, data);
    }
};

/// The set has the volume.
struct has_volume {
    static constexpr std::string_view name = "has volume";
    static constexpr std::string_view opposite = "new volume";
    static constexpr bool holds(const fsrvp_input& input, const fsrvp_data&) noexcept {
        return input.has_volume;
    }
};

/// What the provider has made of it. Where waiting cannot fail, that counts as a failure.
template <fsrvp_outcome Outcome>
struct provider_said {
    static constexpr std::string_view name = detail::joined<detail::word_of<Outcome>>::text;
    static constexpr bool holds(const fsrvp_input& input, const fsrvp_data&) noexcept {
        return input.outcome == Outcome ||
               (Outcome == fsrvp_outcome::failed && input.kind != fsrvp_event::commit_ended &&
                input.outcome == fsrvp_outcome::wait_failed);
    }
};

/// The set has other mappings.
struct has_others {
    static constexpr std::string_view name = "mappings left";
    static constexpr std::string_view opposite = "last mapping";
    static constexpr bool holds(const fsrvp_input& input, const fsrvp_data&) noexcept {
        return input.mappings_left;
    }
};

namespace words {
using none = state<fsrvp_phase::none>;
using context = state<fsrvp_phase::context>;
using started = state<fsrvp_phase::started>;
using added = state<fsrvp_phase::added>;
using creating = state<fsrvp_phase::creating>;
using committed = state<fsrvp_phase::committed>;
using exposed = state<fsrvp_phase::exposed>;
using recovered = state<fsrvp_phase::recovered>;

using set_context = event<fsrvp_event::set_context>;
using start = event<fsrvp_event::start_set>;
using add = event<fsrvp_event::add_volume>;
using prepare = event<fsrvp_event::prepare>;
using commit = event<fsrvp_event::commit>;
using ended = event<fsrvp_event::commit_ended>;
using expose = event<fsrvp_event::expose>;
using map = event<fsrvp_event::get_mapping>;
using recover = event<fsrvp_event::recovery_complete>;
using abort = event<fsrvp_event::abort>;
using unmap = event<fsrvp_event::delete_mapping>;
using query = event<fsrvp_event::query>;
using expired = event<fsrvp_event::sequence_expired>;

using ok = ask<fsrvp_effect::answer_ok>;
using to_short = ask<fsrvp_effect::arm_short>;
using to_long = ask<fsrvp_effect::arm_long>;
using off = ask<fsrvp_effect::disarm>;
using drop_set = ask<fsrvp_effect::drop_set>;
using forget = ask<fsrvp_effect::clear_context>;
using ok_short = seq<ok, to_short>;
using ok_long = seq<ok, to_long>;
using unsupported = ask<fsrvp_effect::answer_unsupported>;
using occupied = ask<fsrvp_effect::answer_in_progress>;
using twice = seq<ask<fsrvp_effect::answer_exists>, to_short>;
using fail_short = seq<ask<fsrvp_effect::answer_failed>, to_short>;
using late_short = seq<ask<fsrvp_effect::answer_wait_timeout>, to_short>;
using commit_late = seq<ask<fsrvp_effect::answer_commit_timeout>, to_short>;
using wait_failed = seq<ask<fsrvp_effect::answer_wait_failed>, to_short>;
using open = seq<note_client, ok_short>;
using reopen = seq<count_retry, ok_short>;
using drop_reopen = seq<drop_set, reopen>;
using begin_commit = seq<off, ask<fsrvp_effect::begin_commit>>;
using seal = seq<ask<fsrvp_effect::seal_copy>, forget, off, ok>;
using drop = seq<drop_set, forget, off, ok>;
using forget_set = seq<drop_set, forget>;
using unmap_one = seq<ask<fsrvp_effect::drop_mapping>, ok>;
using unmap_last = seq<ask<fsrvp_effect::drop_mapping>, drop>;

using usable = is_usable;
using unusable = unless<is_usable>;
using own = may_retry;
using foreign = may_not_retry;
using again = has_volume;
using fresh = unless<has_volume>;
using good = provider_said<fsrvp_outcome::good>;
using bad = provider_said<fsrvp_outcome::failed>;
using late = provider_said<fsrvp_outcome::timed_out>;
using unwaited = provider_said<fsrvp_outcome::wait_failed>;
using some_left = has_others;
using none_left = unless<has_others>;
} // namespace words

template <fsrvp_refusal How>
struct as {
    static constexpr fsrvp_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source     Event        Target     Action        Guard      Clause
    on<none     , set_context, context  , open        , usable   , sec<57,1> >,
    on<none     , set_context, same     , unsupported , unusable , sec<57,2> >,

    on<context  , set_context, same     , reopen      , own      , sec<57,3> >,
    on<context  , set_context, same     , occupied    , foreign  , sec<57,4> >,
    on<context  , set_context, same     , unsupported , unusable , sec<57,2> >,
    on<context  , start      , started  , ok_short    , always   , sec<57,5> >,
    on<context  , expired    , none     , forget      , always   , sec<57,20>>,

    on<started  , set_context, context  , drop_reopen , own      , sec<57,3> >,
    on<started  , set_context, same     , occupied    , foreign  , sec<57,4> >,
    on<started  , set_context, same     , unsupported , unusable , sec<57,2> >,
    on<started  , add        , added    , ok_long     , always   , sec<57,6> >,
    on<started  , abort      , none     , drop        , always   , sec<57,18>>,
    on<started  , expired    , none     , forget_set  , always   , sec<57,20>>,

    on<added    , set_context, context  , drop_reopen , own      , sec<57,3> >,
    on<added    , set_context, same     , occupied    , foreign  , sec<57,4> >,
    on<added    , set_context, same     , unsupported , unusable , sec<57,2> >,
    on<added    , add        , same     , ok_long     , fresh    , sec<57,6> >,
    on<added    , add        , same     , twice       , again    , sec<57,7> >,
    on<added    , prepare    , same     , ok_long     , good     , sec<57,8> >,
    on<added    , prepare    , same     , fail_short  , bad      , sec<57,8> >,
    on<added    , prepare    , same     , late_short  , late     , sec<57,9> >,
    on<added    , commit     , creating , begin_commit, always   , sec<57,10>>,
    on<added    , abort      , none     , drop        , always   , sec<57,18>>,
    on<added    , expired    , none     , forget_set  , always   , sec<57,20>>,

    on<creating , set_context, context  , drop_reopen , own      , sec<57,3> >,
    on<creating , set_context, same     , occupied    , foreign  , sec<57,4> >,
    on<creating , set_context, same     , unsupported , unusable , sec<57,2> >,
    on<creating , commit     , creating , begin_commit, always   , sec<57,10>>,
    on<creating , ended      , committed, ok_short    , good     , sec<57,11>>,
    on<creating , ended      , same     , fail_short  , bad      , sec<57,12>>,
    on<creating , ended      , same     , commit_late , late     , sec<57,13>>,
    on<creating , ended      , added    , wait_failed , unwaited , sec<57,14>>,
    on<creating , abort      , none     , drop        , always   , sec<57,18>>,
    on<creating , expired    , none     , forget_set  , always   , sec<57,20>>,

    on<committed, set_context, context  , drop_reopen , own      , sec<57,3> >,
    on<committed, set_context, same     , occupied    , foreign  , sec<57,4> >,
    on<committed, set_context, same     , unsupported , unusable , sec<57,2> >,
    on<committed, expose     , exposed  , ok_short    , good     , sec<57,15>>,
    on<committed, expose     , same     , fail_short  , bad      , sec<57,15>>,
    on<committed, expose     , same     , late_short  , late     , sec<57,9> >,
    on<committed, abort      , none     , drop        , always   , sec<57,18>>,
    on<committed, expired    , none     , forget_set  , always   , sec<57,20>>,

    on<exposed  , set_context, context  , drop_reopen , own      , sec<57,3> >,
    on<exposed  , set_context, same     , occupied    , foreign  , sec<57,4> >,
    on<exposed  , set_context, same     , unsupported , unusable , sec<57,2> >,
    on<exposed  , map        , same     , ok_long     , always   , sec<57,16>>,
    on<exposed  , recover    , recovered, seal        , always   , sec<57,17>>,
    on<exposed  , abort      , none     , drop        , always   , sec<57,18>>,
    on<exposed  , unmap      , same     , unmap_one   , some_left, sec<57,19>>,
    on<exposed  , unmap      , none     , unmap_last  , none_left, sec<57,19>>,
    on<exposed  , expired    , none     , forget_set  , always   , sec<57,20>>,

    on<recovered, set_context, context  , open        , usable   , sec<57,1> >,
    on<recovered, set_context, same     , unsupported , unusable , sec<57,2> >,
    on<recovered, unmap      , same     , unmap_one   , some_left, sec<57,19>>,
    on<recovered, unmap      , none     , unmap_last  , none_left, sec<57,19>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<fsrvp_refusal::ignore>;
using no_effect = as<fsrvp_refusal::no_effect>;
using bad_state = as<fsrvp_refusal::bad_state>;
using in_progress = as<fsrvp_refusal::in_progress>;
using id_mismatch = as<fsrvp_refusal::id_mismatch>;
using not_found = as<fsrvp_refusal::not_found>;
using cells = mp11::mp_list<
  //       State      Event    Answer       Clause
    refuse<none     , start  , bad_state  , sec<57,21>>,
    refuse<none     , add    , id_mismatch, sec<57,22>>,
    refuse<none     , prepare, id_mismatch, sec<57,22>>,
    refuse<none     , commit , id_mismatch, sec<57,22>>,
    refuse<none     , ended  , ignore     , sec<1,6>  >,
    refuse<none     , expose , id_mismatch, sec<57,22>>,
    refuse<none     , map    , id_mismatch, sec<57,22>>,
    refuse<none     , recover, id_mismatch, sec<57,22>>,
    refuse<none     , abort  , id_mismatch, sec<57,22>>,
    refuse<none     , unmap  , not_found  , sec<57,19>>,
    refuse<none     , query  , no_effect  , sec<57,24>>,
    refuse<none     , expired, ignore     , sec<1,6>  >,

    refuse<context  , add    , id_mismatch, sec<57,22>>,
    refuse<context  , prepare, id_mismatch, sec<57,22>>,
    refuse<context  , commit , id_mismatch, sec<57,22>>,
    refuse<context  , ended  , ignore     , sec<1,6>  >,
    refuse<context  , expose , id_mismatch, sec<57,22>>,
    refuse<context  , map    , id_mismatch, sec<57,22>>,
    refuse<context  , recover, id_mismatch, sec<57,22>>,
    refuse<context  , abort  , id_mismatch, sec<57,22>>,
    refuse<context  , unmap  , not_found  , sec<57,19>>,
    refuse<context  , query  , no_effect  , sec<57,24>>,

    refuse<started  , start  , in_progress, sec<57,21>>,
    refuse<started  , prepare, bad_state  , sec<57,21>>,
    refuse<started  , commit , bad_state  , sec<57,21>>,
    refuse<started  , ended  , ignore     , sec<1,6>  >,
    refuse<started  , expose , bad_state  , sec<57,21>>,
    refuse<started  , map    , bad_state  , sec<57,21>>,
    refuse<started  , recover, bad_state  , sec<57,21>>,
    refuse<started  , unmap  , bad_state  , sec<57,21>>,
    refuse<started  , query  , no_effect  , sec<57,24>>,

    refuse<added    , start  , in_progress, sec<57,21>>,
    refuse<added    , ended  , ignore     , sec<1,6>  >,
    refuse<added    , expose , bad_state  , sec<57,21>>,
    refuse<added    , map    , bad_state  , sec<57,21>>,
    refuse<added    , recover, bad_state  , sec<57,21>>,
    refuse<added    , unmap  , bad_state  , sec<57,21>>,
    refuse<added    , query  , no_effect  , sec<57,24>>,

    refuse<creating , start  , in_progress, sec<57,21>>,
    refuse<creating , add    , bad_state  , sec<57,21>>,
    refuse<creating , prepare, bad_state  , sec<57,21>>,
    refuse<creating , expose , bad_state  , sec<57,21>>,
    refuse<creating , map    , bad_state  , sec<57,21>>,
    refuse<creating , recover, bad_state  , sec<57,21>>,
    refuse<creating , unmap  , bad_state  , sec<57,21>>,
    refuse<creating , query  , no_effect  , sec<57,24>>,

    refuse<committed, start  , in_progress, sec<57,21>>,
    refuse<committed, add    , bad_state  , sec<57,21>>,
    refuse<committed, prepare, bad_state  , sec<57,21>>,
    refuse<committed, commit , bad_state  , sec<57,21>>,
    refuse<committed, ended  , ignore     , sec<1,6>  >,
    refuse<committed, map    , bad_state  , sec<57,21>>,
    refuse<committed, recover, bad_state  , sec<57,21>>,
    refuse<committed, unmap  , bad_state  , sec<57,21>>,
    refuse<committed, query  , no_effect  , sec<57,24>>,

    refuse<exposed  , start  , in_progress, sec<57,21>>,
    refuse<exposed  , add    , bad_state  , sec<57,21>>,
    refuse<exposed  , prepare, bad_state  , sec<57,21>>,
    refuse<exposed  , commit , bad_state  , sec<57,21>>,
    refuse<exposed  , ended  , ignore     , sec<1,6>  >,
    refuse<exposed  , expose , bad_state  , sec<57,21>>,
    refuse<exposed  , query  , no_effect  , sec<57,24>>,

    refuse<recovered, start  , bad_state  , sec<57,21>>,
    refuse<recovered, add    , bad_state  , sec<57,21>>,
    refuse<recovered, prepare, bad_state  , sec<57,21>>,
    refuse<recovered, commit , bad_state  , sec<57,21>>,
    refuse<recovered, ended  , ignore     , sec<1,6>  >,
    refuse<recovered, expose , bad_state  , sec<57,21>>,
    refuse<recovered, map    , bad_state  , sec<57,21>>,
    refuse<recovered, recover, bad_state  , sec<57,21>>,
    refuse<recovered, abort  , bad_state  , sec<57,23>>,
    refuse<recovered, query  , no_effect  , sec<57,24>>,
    refuse<recovered, expired, ignore     , sec<1,6>  >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end : flat_front_end<front_end, table, words::none, fsrvp_data, fsrvp_outbox> {};

/// The parts of the machine.
struct spec {
    using phase = fsrvp_phase;
    using event_kind = fsrvp_event;
    using input = fsrvp_input;
    using data = fsrvp_data;
    using outbox = fsrvp_outbox;
    using refusal = fsrvp_refusal;
    using front_end = fsrvp_server::front_end;
    using all_states =
        mp11::mp_list<words::none, words::context, words::started, words::added, words::creating,
                      words::committed, words::exposed, words::recovered>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <fsrvp_event Kind>
    using event = fsrvp_server::event<Kind>;
};

} // namespace fsrvp_server

/// The whole state of the server's machine.
using fsrvp_state = machine_state<fsrvp_phase, fsrvp_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<fsrvp_server::spec>;
#endif

/// The machine of a file server's sequence.
class fsrvp_server_machine : public flat_machine<fsrvp_server::spec> {
  public:
    using flat_machine::flat_machine;
    using flat_machine::process;

    /// @param retries_max how often a client may set its context anew.
    explicit fsrvp_server_machine(std::uint8_t retries_max) noexcept
        : flat_machine(fsrvp_state{fsrvp_phase::none, {.retries_max = retries_max}}) {}

    /// Takes one event that needs nothing but its kind and appends what it asks for to `out`.
    result process(fsrvp_event kind, fsrvp_outbox& out) noexcept {
        return flat_machine::process(fsrvp_input{.kind = kind}, out);
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_FSRVP_SERVER_HPP
