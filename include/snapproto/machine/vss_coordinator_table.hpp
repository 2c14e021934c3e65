// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_COORDINATOR_TABLE_HPP
#define SNAPPROTO_MACHINE_VSS_COORDINATOR_TABLE_HPP

// The transition table and the refusal table of VSS's coordinator, SP chapter 52, and the Boost.MSM
// front end made of them.

#include <snapproto/machine/vss_coordinator_types.hpp>

namespace snapproto::machine {

namespace vss_coordinator {

/// An event as Boost.MSM sees it.
template <vss_coordinator_event Kind>
struct event {
    static constexpr vss_coordinator_event id = Kind;
    const vss_coordinator_input& input;
};

/// A state as Boost.MSM sees it.
template <vss_coordinator_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr vss_coordinator_phase id = Phase;
};

/// Asks for one thing.
template <vss_coordinator_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const vss_coordinator_input&, vss_coordinator_data&,
                                vss_coordinator_outbox& out) noexcept {
        out.push(Effect);
    }
};

/// The first level is next.
struct first_level {
    static constexpr std::string_view name = "first level";
    static constexpr void apply(const vss_coordinator_input&, vss_coordinator_data& data,
                                vss_coordinator_outbox&) noexcept {
        data.level = 0;
    }
};

/// The following level is next.
struct next_level {
    static constexpr std::string_view name = "next level";
    static constexpr void apply(const vss_coordinator_input&, vss_coordinator_data& data,
                                vss_coordinator_outbox&) noexcept {
        ++data.level;
    }
};

/// VSS has the context.
struct is_known {
    static constexpr std::string_view name = "known context";
    static constexpr std::string_view opposite = "unknown context";
    static constexpr bool holds(const vss_coordinator_input& input,
                                const vss_coordinator_data&) noexcept {
        return input.known_context;
    }
};

/// A level is left to be held.
struct levels_left {
    static constexpr std::string_view name = "levels left";
    static constexpr bool holds(const vss_coordinator_input&,
                                const vss_coordinator_data& data) noexcept {
        return data.level + 1 < vss_levels;
    }
};

/// The last level is held; the provider prepares the cut only then.
struct last_level {
    static constexpr std::string_view name = "last level";
    static constexpr bool holds(const vss_coordinator_input&,
                                const vss_coordinator_data& data) noexcept {
        return data.level + 1 == vss_levels;
    }
};

/// So is the provider prepared.
struct all_ready {
    static constexpr std::string_view name = "provider ready";
    static constexpr bool holds(const vss_coordinator_input&,
                                const vss_coordinator_data& data) noexcept {
        return data.level + 1 > vss_levels;
    }
};

namespace words {
using idle = state<vss_coordinator_phase::idle>;
using context = state<vss_coordinator_phase::context>;
using gathering = state<vss_coordinator_phase::gathering>;
using gathered = state<vss_coordinator_phase::gathered>;
using started = state<vss_coordinator_phase::started>;
using added = state<vss_coordinator_phase::added>;
using preparing = state<vss_coordinator_phase::preparing>;
using prepared = state<vss_coordinator_phase::prepared>;
using readying = state<vss_coordinator_phase::readying>;
using freezing = state<vss_coordinator_phase::freezing>;
using flushing = state<vss_coordinator_phase::flushing>;
using committing = state<vss_coordinator_phase::committing>;
using thawing = state<vss_coordinator_phase::thawing>;
using finishing = state<vss_coordinator_phase::finishing>;
using created = state<vss_coordinator_phase::created>;
using completing = state<vss_coordinator_phase::completing>;

using set_context = event<vss_coordinator_event::set_context>;
using gather = event<vss_coordinator_event::gather_metadata>;
using start = event<vss_coordinator_event::start_set>;
using add = event<vss_coordinator_event::add_volume>;
using prepare = event<vss_coordinator_event::prepare_backup>;
using create = event<vss_coordinator_event::create_set>;
using complete = event<vss_coordinator_event::backup_complete>;
using abort = event<vss_coordinator_event::abort_backup>;
using gone = event<vss_coordinator_event::requester_gone>;
using answered = event<vss_coordinator_event::answered>;
using flushed = event<vss_coordinator_event::flushed>;
using committed = event<vss_coordinator_event::committed>;
using broke = event<vss_coordinator_event::provider_failed>;
using limit = event<vss_coordinator_event::limit_passed>;

using reply = ask<vss_coordinator_effect::answer_ok>;
using open = reply;
using unsupported = ask<vss_coordinator_effect::answer_unsupported>;
using identify = ask<vss_coordinator_effect::ask_identify>;
using add_first = seq<ask<vss_coordinator_effect::provider_add>, reply>;
using prepare_all = ask<vss_coordinator_effect::ask_prepare_backup>;
using ready_all = seq<ask<vss_coordinator_effect::ask_prepare_snapshot>,
                      ask<vss_coordinator_effect::provider_prepare>>;
using freeze = ask<vss_coordinator_effect::ask_freeze>;
using freeze_first = seq<first_level, freeze>;
using freeze_next = seq<next_level, freeze>;
using pre_commit = seq<next_level, ask<vss_coordinator_effect::provider_pre_commit>>;
using flush = ask<vss_coordinator_effect::hold_volumes>;
using commit = ask<vss_coordinator_effect::provider_commit>;
using release = ask<vss_coordinator_effect::release_volumes>;
using thaw_all = seq<release, ask<vss_coordinator_effect::ask_thaw>,
                     ask<vss_coordinator_effect::provider_post_commit>>;
using finish = seq<ask<vss_coordinator_effect::ask_post_snapshot>,
                   ask<vss_coordinator_effect::provider_finish>>;
using complete_all = ask<vss_coordinator_effect::ask_backup_complete>;
using tell_abort = ask<vss_coordinator_effect::tell_abort>;
using discard =
    seq<ask<vss_coordinator_effect::provider_abort>, ask<vss_coordinator_effect::forget_set>>;
using end = seq<tell_abort, reply>;
using undo = seq<discard, tell_abort, reply>;
using undo_held = seq<release, discard, tell_abort, reply>;
using leave = ask<vss_coordinator_effect::tell_shutdown>;
using drop = seq<discard, tell_abort, leave>;
using drop_held = seq<release, discard, tell_abort, leave>;
using error = ask<vss_coordinator_effect::answer_provider_error>;
using fail = seq<discard, tell_abort, error>;
using fail_held = seq<release, discard, tell_abort, error>;
using flush_late =
    seq<release, discard, tell_abort, ask<vss_coordinator_effect::answer_flush_expired>>;
using hold_late =
    seq<release, discard, tell_abort, ask<vss_coordinator_effect::answer_hold_expired>>;

using known = is_known;
using unknown = unless<is_known>;
using more = levels_left;
using last = last_level;
using all = all_ready;
} // namespace words

template <vss_coordinator_refusal How>
struct as {
    static constexpr vss_coordinator_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source      Event        Target      Action        Guard    Clause
    on<idle      , set_context, context   , open        , known  , sec<52,1> >,
    on<idle      , set_context, same      , unsupported , unknown, sec<52,2> >,

    on<context   , set_context, same      , open        , known  , sec<52,1> >,
    on<context   , set_context, same      , unsupported , unknown, sec<52,2> >,
    on<context   , gather     , gathering , identify    , always , sec<52,3> >,
    on<context   , abort      , idle      , end         , always , sec<52,17>>,
    on<context   , gone       , idle      , leave       , always , sec<52,18>>,

    on<gathering , abort      , idle      , end         , always , sec<52,17>>,
    on<gathering , gone       , idle      , leave       , always , sec<52,18>>,
    on<gathering , answered   , gathered  , reply       , always , sec<52,3> >,

    on<gathered  , start      , started   , reply       , always , sec<52,4> >,
    on<gathered  , abort      , idle      , end         , always , sec<52,17>>,
    on<gathered  , gone       , idle      , leave       , always , sec<52,18>>,

    on<started   , add        , added     , add_first   , always , sec<52,5> >,
    on<started   , abort      , idle      , undo        , always , sec<52,17>>,
    on<started   , gone       , idle      , drop        , always , sec<52,18>>,
    on<started   , broke      , idle      , fail        , always , sec<52,15>>,

    on<added     , add        , same      , add_first   , always , sec<52,5> >,
    on<added     , prepare    , preparing , prepare_all , always , sec<52,6> >,
    on<added     , abort      , idle      , undo        , always , sec<52,17>>,
    on<added     , gone       , idle      , drop        , always , sec<52,18>>,
    on<added     , broke      , idle      , fail        , always , sec<52,15>>,

    on<preparing , abort      , idle      , undo        , always , sec<52,17>>,
    on<preparing , gone       , idle      , drop        , always , sec<52,18>>,
    on<preparing , answered   , prepared  , reply       , always , sec<52,6> >,
    on<preparing , broke      , idle      , fail        , always , sec<52,15>>,

    on<prepared  , create     , readying  , ready_all   , always , sec<52,7> >,
    on<prepared  , abort      , idle      , undo        , always , sec<52,17>>,
    on<prepared  , gone       , idle      , drop        , always , sec<52,18>>,
    on<prepared  , broke      , idle      , fail        , always , sec<52,15>>,

    on<readying  , abort      , idle      , undo        , always , sec<52,17>>,
    on<readying  , gone       , idle      , drop        , always , sec<52,18>>,
    on<readying  , answered   , freezing  , freeze_first, always , sec<52,8> >,
    on<readying  , broke      , idle      , fail        , always , sec<52,15>>,

    on<freezing  , abort      , idle      , undo        , always , sec<52,17>>,
    on<freezing  , gone       , idle      , drop        , always , sec<52,18>>,
    on<freezing  , answered   , same      , freeze_next , more   , sec<52,8> >,
    on<freezing  , answered   , same      , pre_commit  , last   , sec<52,9> >,
    on<freezing  , answered   , flushing  , flush       , all    , sec<52,9> >,
    on<freezing  , broke      , idle      , fail        , always , sec<52,15>>,

    on<flushing  , abort      , idle      , undo_held   , always , sec<52,17>>,
    on<flushing  , gone       , idle      , drop_held   , always , sec<52,18>>,
    on<flushing  , flushed    , committing, commit      , always , sec<52,10>>,
    on<flushing  , broke      , idle      , fail_held   , always , sec<52,15>>,
    on<flushing  , limit      , idle      , flush_late  , always , sec<52,13>>,

    on<committing, abort      , idle      , undo_held   , always , sec<52,17>>,
    on<committing, gone       , idle      , drop_held   , always , sec<52,18>>,
    on<committing, committed  , thawing   , thaw_all    , always , sec<52,11>>,
    on<committing, broke      , idle      , fail_held   , always , sec<52,15>>,
    on<committing, limit      , idle      , hold_late   , always , sec<52,14>>,

    on<thawing   , abort      , idle      , undo        , always , sec<52,17>>,
    on<thawing   , gone       , idle      , drop        , always , sec<52,18>>,
    on<thawing   , answered   , finishing , finish      , always , sec<52,12>>,
    on<thawing   , broke      , idle      , fail        , always , sec<52,15>>,

    on<finishing , abort      , idle      , undo        , always , sec<52,17>>,
    on<finishing , gone       , idle      , drop        , always , sec<52,18>>,
    on<finishing , answered   , created   , reply       , always , sec<52,12>>,
    on<finishing , broke      , idle      , fail        , always , sec<52,15>>,

    on<created   , complete   , completing, complete_all, always , sec<52,16>>,
    on<created   , abort      , idle      , undo        , always , sec<52,17>>,
    on<created   , gone       , idle      , leave       , always , sec<52,18>>,

    on<completing, abort      , idle      , undo        , always , sec<52,17>>,
    on<completing, gone       , idle      , leave       , always , sec<52,18>>,
    on<completing, answered   , idle      , reply       , always , sec<52,16>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<vss_coordinator_refusal::ignore>;
using bad_state = as<vss_coordinator_refusal::bad_state>;
using in_progress = as<vss_coordinator_refusal::in_progress>;
using cells = mp11::mp_list<
  //       State       Event        Answer       Clause
    refuse<idle      , gather     , bad_state  , sec<52,19>>,
    refuse<idle      , start      , bad_state  , sec<52,19>>,
    refuse<idle      , add        , bad_state  , sec<52,19>>,
    refuse<idle      , prepare    , bad_state  , sec<52,19>>,
    refuse<idle      , create     , bad_state  , sec<52,19>>,
    refuse<idle      , complete   , bad_state  , sec<52,19>>,
    refuse<idle      , abort      , bad_state  , sec<52,19>>,
    refuse<idle      , gone       , ignore     , sec<1,6>  >,
    refuse<idle      , answered   , ignore     , sec<1,6>  >,
    refuse<idle      , flushed    , ignore     , sec<1,6>  >,
    refuse<idle      , committed  , ignore     , sec<1,6>  >,
    refuse<idle      , broke      , ignore     , sec<1,6>  >,
    refuse<idle      , limit      , ignore     , sec<1,6>  >,

    refuse<context   , start      , bad_state  , sec<52,19>>,
    refuse<context   , add        , bad_state  , sec<52,19>>,
    refuse<context   , prepare    , bad_state  , sec<52,19>>,
    refuse<context   , create     , bad_state  , sec<52,19>>,
    refuse<context   , complete   , bad_state  , sec<52,19>>,
    refuse<context   , answered   , ignore     , sec<1,6>  >,
    refuse<context   , flushed    , ignore     , sec<1,6>  >,
    refuse<context   , committed  , ignore     , sec<1,6>  >,
    refuse<context   , broke      , ignore     , sec<1,6>  >,
    refuse<context   , limit      , ignore     , sec<1,6>  >,

    refuse<gathering , set_context, bad_state  , sec<52,19>>,
    refuse<gathering , gather     , bad_state  , sec<52,19>>,
    refuse<gathering , start      , bad_state  , sec<52,19>>,
    refuse<gathering , add        , bad_state  , sec<52,19>>,
    refuse<gathering , prepare    , bad_state  , sec<52,19>>,
    refuse<gathering , create     , bad_state  , sec<52,19>>,
    refuse<gathering , complete   , bad_state  , sec<52,19>>,
    refuse<gathering , flushed    , ignore     , sec<1,6>  >,
    refuse<gathering , committed  , ignore     , sec<1,6>  >,
    refuse<gathering , broke      , ignore     , sec<1,6>  >,
    refuse<gathering , limit      , ignore     , sec<1,6>  >,

    refuse<gathered  , set_context, bad_state  , sec<52,19>>,
    refuse<gathered  , gather     , bad_state  , sec<52,19>>,
    refuse<gathered  , add        , bad_state  , sec<52,19>>,
    refuse<gathered  , prepare    , bad_state  , sec<52,19>>,
    refuse<gathered  , create     , bad_state  , sec<52,19>>,
    refuse<gathered  , complete   , bad_state  , sec<52,19>>,
    refuse<gathered  , answered   , ignore     , sec<1,6>  >,
    refuse<gathered  , flushed    , ignore     , sec<1,6>  >,
    refuse<gathered  , committed  , ignore     , sec<1,6>  >,
    refuse<gathered  , broke      , ignore     , sec<1,6>  >,
    refuse<gathered  , limit      , ignore     , sec<1,6>  >,

    refuse<started   , set_context, bad_state  , sec<52,19>>,
    refuse<started   , gather     , bad_state  , sec<52,19>>,
    refuse<started   , start      , in_progress, sec<52,4> >,
    refuse<started   , prepare    , bad_state  , sec<52,19>>,
    refuse<started   , create     , bad_state  , sec<52,19>>,
    refuse<started   , complete   , bad_state  , sec<52,19>>,
    refuse<started   , answered   , ignore     , sec<1,6>  >,
    refuse<started   , flushed    , ignore     , sec<1,6>  >,
    refuse<started   , committed  , ignore     , sec<1,6>  >,
    refuse<started   , limit      , ignore     , sec<1,6>  >,

    refuse<added     , set_context, bad_state  , sec<52,19>>,
    refuse<added     , gather     , bad_state  , sec<52,19>>,
    refuse<added     , start      , in_progress, sec<52,4> >,
    refuse<added     , create     , bad_state  , sec<52,19>>,
    refuse<added     , complete   , bad_state  , sec<52,19>>,
    refuse<added     , answered   , ignore     , sec<1,6>  >,
    refuse<added     , flushed    , ignore     , sec<1,6>  >,
    refuse<added     , committed  , ignore     , sec<1,6>  >,
    refuse<added     , limit      , ignore     , sec<1,6>  >,

    refuse<preparing , set_context, bad_state  , sec<52,19>>,
    refuse<preparing , gather     , bad_state  , sec<52,19>>,
    refuse<preparing , start      , in_progress, sec<52,4> >,
    refuse<preparing , add        , bad_state  , sec<52,19>>,
    refuse<preparing , prepare    , bad_state  , sec<52,19>>,
    refuse<preparing , create     , bad_state  , sec<52,19>>,
    refuse<preparing , complete   , bad_state  , sec<52,19>>,
    refuse<preparing , flushed    , ignore     , sec<1,6>  >,
    refuse<preparing , committed  , ignore     , sec<1,6>  >,
    refuse<preparing , limit      , ignore     , sec<1,6>  >,

    refuse<prepared  , set_context, bad_state  , sec<52,19>>,
    refuse<prepared  , gather     , bad_state  , sec<52,19>>,
    refuse<prepared  , start      , in_progress, sec<52,4> >,
    refuse<prepared  , add        , bad_state  , sec<52,19>>,
    refuse<prepared  , prepare    , bad_state  , sec<52,19>>,
    refuse<prepared  , complete   , bad_state  , sec<52,19>>,
    refuse<prepared  , answered   , ignore     , sec<1,6>  >,
    refuse<prepared  , flushed    , ignore     , sec<1,6>  >,
    refuse<prepared  , committed  , ignore     , sec<1,6>  >,
    refuse<prepared  , limit      , ignore     , sec<1,6>  >,

    refuse<readying  , set_context, bad_state  , sec<52,19>>,
    refuse<readying  , gather     , bad_state  , sec<52,19>>,
    refuse<readying  , start      , in_progress, sec<52,4> >,
    refuse<readying  , add        , bad_state  , sec<52,19>>,
    refuse<readying  , prepare    , bad_state  , sec<52,19>>,
    refuse<readying  , create     , bad_state  , sec<52,19>>,
    refuse<readying  , complete   , bad_state  , sec<52,19>>,
    refuse<readying  , flushed    , ignore     , sec<1,6>  >,
    refuse<readying  , committed  , ignore     , sec<1,6>  >,
    refuse<readying  , limit      , ignore     , sec<1,6>  >,

    refuse<freezing  , set_context, bad_state  , sec<52,19>>,
    refuse<freezing  , gather     , bad_state  , sec<52,19>>,
    refuse<freezing  , start      , in_progress, sec<52,4> >,
    refuse<freezing  , add        , bad_state  , sec<52,19>>,
    refuse<freezing  , prepare    , bad_state  , sec<52,19>>,
    refuse<freezing  , create     , bad_state  , sec<52,19>>,
    refuse<freezing  , complete   , bad_state  , sec<52,19>>,
    refuse<freezing  , flushed    , ignore     , sec<1,6>  >,
    refuse<freezing  , committed  , ignore     , sec<1,6>  >,
    refuse<freezing  , limit      , ignore     , sec<1,6>  >,

    refuse<flushing  , set_context, bad_state  , sec<52,19>>,
    refuse<flushing  , gather     , bad_state  , sec<52,19>>,
    refuse<flushing  , start      , in_progress, sec<52,4> >,
    refuse<flushing  , add        , bad_state  , sec<52,19>>,
    refuse<flushing  , prepare    , bad_state  , sec<52,19>>,
    refuse<flushing  , create     , bad_state  , sec<52,19>>,
    refuse<flushing  , complete   , bad_state  , sec<52,19>>,
    refuse<flushing  , answered   , ignore     , sec<1,6>  >,
    refuse<flushing  , committed  , ignore     , sec<1,6>  >,

    refuse<committing, set_context, bad_state  , sec<52,19>>,
    refuse<committing, gather     , bad_state  , sec<52,19>>,
    refuse<committing, start      , in_progress, sec<52,4> >,
    refuse<committing, add        , bad_state  , sec<52,19>>,
    refuse<committing, prepare    , bad_state  , sec<52,19>>,
    refuse<committing, create     , bad_state  , sec<52,19>>,
    refuse<committing, complete   , bad_state  , sec<52,19>>,
    refuse<committing, answered   , ignore     , sec<1,6>  >,
    refuse<committing, flushed    , ignore     , sec<1,6>  >,

    refuse<thawing   , set_context, bad_state  , sec<52,19>>,
    refuse<thawing   , gather     , bad_state  , sec<52,19>>,
    refuse<thawing   , start      , in_progress, sec<52,4> >,
    refuse<thawing   , add        , bad_state  , sec<52,19>>,
    refuse<thawing   , prepare    , bad_state  , sec<52,19>>,
    refuse<thawing   , create     , bad_state  , sec<52,19>>,
    refuse<thawing   , complete   , bad_state  , sec<52,19>>,
    refuse<thawing   , flushed    , ignore     , sec<1,6>  >,
    refuse<thawing   , committed  , ignore     , sec<1,6>  >,
    refuse<thawing   , limit      , ignore     , sec<1,6>  >,

    refuse<finishing , set_context, bad_state  , sec<52,19>>,
    refuse<finishing , gather     , bad_state  , sec<52,19>>,
    refuse<finishing , start      , in_progress, sec<52,4> >,
    refuse<finishing , add        , bad_state  , sec<52,19>>,
    refuse<finishing , prepare    , bad_state  , sec<52,19>>,
    refuse<finishing , create     , bad_state  , sec<52,19>>,
    refuse<finishing , complete   , bad_state  , sec<52,19>>,
    refuse<finishing , flushed    , ignore     , sec<1,6>  >,
    refuse<finishing , committed  , ignore     , sec<1,6>  >,
    refuse<finishing , limit      , ignore     , sec<1,6>  >,

    refuse<created   , set_context, bad_state  , sec<52,19>>,
    refuse<created   , gather     , bad_state  , sec<52,19>>,
    refuse<created   , start      , bad_state  , sec<52,19>>,
    refuse<created   , add        , bad_state  , sec<52,19>>,
    refuse<created   , prepare    , bad_state  , sec<52,19>>,
    refuse<created   , create     , bad_state  , sec<52,19>>,
    refuse<created   , answered   , ignore     , sec<1,6>  >,
    refuse<created   , flushed    , ignore     , sec<1,6>  >,
    refuse<created   , committed  , ignore     , sec<1,6>  >,
    refuse<created   , broke      , ignore     , sec<1,6>  >,
    refuse<created   , limit      , ignore     , sec<1,6>  >,

    refuse<completing, set_context, bad_state  , sec<52,19>>,
    refuse<completing, gather     , bad_state  , sec<52,19>>,
    refuse<completing, start      , bad_state  , sec<52,19>>,
    refuse<completing, add        , bad_state  , sec<52,19>>,
    refuse<completing, prepare    , bad_state  , sec<52,19>>,
    refuse<completing, create     , bad_state  , sec<52,19>>,
    refuse<completing, complete   , bad_state  , sec<52,19>>,
    refuse<completing, flushed    , ignore     , sec<1,6>  >,
    refuse<completing, committed  , ignore     , sec<1,6>  >,
    refuse<completing, broke      , ignore     , sec<1,6>  >,
    refuse<completing, limit      , ignore     , sec<1,6>  >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end
    : flat_front_end<front_end, table, words::idle, vss_coordinator_data, vss_coordinator_outbox> {
};

/// The parts of the machine.
struct spec {
    using phase = vss_coordinator_phase;
    using event_kind = vss_coordinator_event;
    using input = vss_coordinator_input;
    using data = vss_coordinator_data;
    using outbox = vss_coordinator_outbox;
    using refusal = vss_coordinator_refusal;
    using front_end = vss_coordinator::front_end;
    using all_states =
        mp11::mp_list<words::idle, words::context, words::gathering, words::gathered,
                      words::started, words::added, words::preparing, words::prepared,
                      words::readying, words::freezing, words::flushing, words::committing,
                      words::thawing, words::finishing, words::created, words::completing>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <vss_coordinator_event Kind>
    using event = vss_coordinator::event<Kind>;
};

} // namespace vss_coordinator
} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_COORDINATOR_TABLE_HPP
