// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_ORCHESTRATOR_TABLE_HPP
#define SNAPPROTO_MACHINE_ORCHESTRATOR_TABLE_HPP

// The orchestrator's transition table and refusal table, and the Boost.MSM front end made of them.
//
// A row reads: in Source, on Event, if Guard, do Action and go to Target, because of Clause.
// `same` is an internal transition. Order has no meaning: guards on one cell exclude each other.

#include <snapproto/machine/orchestrator_actions.hpp>

namespace snapproto::machine::orchestrator {

/// An event as Boost.MSM sees it: its kind is a type, its content is borrowed.
template <orchestrator_event Kind>
struct event {
    static constexpr orchestrator_event id = Kind;
    const orchestrator_input& input;
};

/// A state as Boost.MSM sees it.
template <orchestrator_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr orchestrator_phase id = Phase;
};

namespace states {
using down = state<orchestrator_phase::down>;
using neg = state<orchestrator_phase::neg>;
using idle = state<orchestrator_phase::idle>;
using prep = state<orchestrator_phase::prep>;
using ready = state<orchestrator_phase::ready>;
using freeze = state<orchestrator_phase::freeze>;
using cutting = state<orchestrator_phase::cut>;
using thaw = state<orchestrator_phase::thaw>;
using completing = state<orchestrator_phase::complete>;
using aborting = state<orchestrator_phase::abort>;
} // namespace states

using all_states = mp11::mp_list<states::down, states::neg, states::idle, states::prep,
                                 states::ready, states::freeze, states::cutting, states::thaw,
                                 states::completing, states::aborting>;

/// The words of the table: every name stands for one event, action or guard.
namespace words {

using namespace states;

using channel_up = event<orchestrator_event::up>;
using start_order = event<orchestrator_event::start>;
using go_order = event<orchestrator_event::go>;
using cancel_order = event<orchestrator_event::cancel>;
using ack_ok = event<orchestrator_event::ack_ok>;
using ack_bad = event<orchestrator_event::ack_bad>;
using all_prepared = event<orchestrator_event::all_prepared>;
using all_frozen = event<orchestrator_event::all_frozen>;
using all_thawed = event<orchestrator_event::all_thawed>;
using all_done = event<orchestrator_event::all_done>;
using all_aborted = event<orchestrator_event::all_aborted>;
using any_error = event<orchestrator_event::any_error>;
using any_nak = event<orchestrator_event::any_nak>;
using cut_ok = event<orchestrator_event::cut_ok>;
using cut_failed = event<orchestrator_event::cut_failed>;
using reply_expired = event<orchestrator_event::reply_expired>;
using window_expired = event<orchestrator_event::window_expired>;
using agent_silent = event<orchestrator_event::liveness_expired>;
using any_lost = event<orchestrator_event::any_lost>;
using stale_msg = event<orchestrator_event::stale>;

using implicit_prepare = unless<explicit_prepare>;
using completion_agreed = completion;
using no_completion = unless<completion>;
using crash_copy_denied = unless<crash_copy_allowed>;
using go_not_noted = unless<go_noted>;
using no_resends_left = unless<resends_left>;

using freeze_at_once = freeze_all_at_once;
using begin_cut = cut;
using abort_bad = abort_all<fate::bad, culprit::nobody>;
using abort_lost = abort_all<fate::bad, culprit::lost>;
using abort_cancelled = abort_all<fate::failed, culprit::nobody>;
using spoil_cut = orchestrator::spoil_cut<culprit::nobody>;
using spoil_cut_lost = orchestrator::spoil_cut<culprit::lost>;
using ignore_late = orchestrator::ignore;
using warn_and_count = seq<warn, count_answered>;
using warn_and_drop = seq<warn, drop_agent>;
using warn_and_report = seq<warn, report>;

} // namespace words

namespace refusals {

using namespace words;
template <orchestrator_refusal How>
struct as {
    static constexpr orchestrator_refusal value = How;
};
using ignore = as<orchestrator_refusal::ignore>;
using drop = as<orchestrator_refusal::drop>;
using reject = as<orchestrator_refusal::reject>;

} // namespace refusals

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //  Source      Event           Target      Action              Guard               Clause
    on<down      , channel_up    , neg       , say_hello         , always            , sec<2, 1>>,
    on<down      , start_order   , same      , cut_unassisted    , crash_copy_allowed, sec<12, 3>>,
    on<down      , start_order   , same      , report_no_session , crash_copy_denied , sec<12, 3>>,

    on<neg       , ack_ok        , idle      , session_open      , always            , sec<2, 17>>,
    on<neg       , ack_bad       , down      , close_all         , always            , sec<2, 18>>,
    on<neg       , any_nak       , down      , close_all         , always            , sec<2, 18>>,
    on<neg       , reply_expired , down      , close_all         , always            , sec<2, 18>>,
    on<neg       , any_lost      , down      , close_all         , always            , sec<12, 31>>,

    on<idle      , start_order   , prep      , prepare_all       , explicit_prepare  , sec<12, 1>>,
    on<idle      , start_order   , freeze    , freeze_at_once    , implicit_prepare  , sec<12, 1>>,
    on<idle      , ack_bad       , down      , close_all         , always            , sec<2, 19>>,
    on<idle      , any_error     , same      , warn              , always            , sec<12, 17>>,
    on<idle      , any_nak       , same      , warn              , always            , sec<12, 17>>,
    on<idle      , agent_silent  , down      , close_all         , always            , sec<12, 23>>,
    on<idle      , any_lost      , down      , close_all         , always            , sec<12, 31>>,

    on<prep      , go_order      , same      , note_go           , always            , sec<12, 6>>,
    on<prep      , cancel_order  , aborting  , abort_cancelled   , always            , sec<12, 24>>,
    on<prep      , all_prepared  , freeze    , freeze_all        , go_noted          , sec<12, 4>>,
    on<prep      , all_prepared  , ready     , wait_for_go       , go_not_noted      , sec<12, 4>>,
    on<prep      , any_error     , aborting  , abort_bad         , always            , sec<12, 12>>,
    on<prep      , any_nak       , aborting  , abort_bad         , always            , sec<12, 12>>,
    on<prep      , reply_expired , aborting  , abort_bad         , always            , sec<12, 18>>,
    on<prep      , agent_silent  , aborting  , abort_bad         , always            , sec<12, 23>>,
    on<prep      , any_lost      , aborting  , abort_lost        , always            , sec<12, 12>>,

    on<ready     , go_order      , freeze    , freeze_all        , always            , sec<12, 5>>,
    on<ready     , cancel_order  , aborting  , abort_cancelled   , always            , sec<12, 24>>,
    on<ready     , any_error     , aborting  , abort_bad         , always            , sec<12, 12>>,
    on<ready     , any_nak       , aborting  , abort_bad         , always            , sec<12, 12>>,
    on<ready     , agent_silent  , aborting  , abort_bad         , always            , sec<12, 23>>,
    on<ready     , any_lost      , aborting  , abort_lost        , always            , sec<12, 12>>,

    on<freeze    , cancel_order  , aborting  , abort_cancelled   , always            , sec<12, 24>>,
    on<freeze    , all_frozen    , cutting   , begin_cut         , always            , sec<12, 8>>,
    on<freeze    , any_error     , aborting  , abort_bad         , always            , sec<12, 12>>,
    on<freeze    , any_nak       , aborting  , abort_bad         , always            , sec<12, 12>>,
    on<freeze    , reply_expired , aborting  , abort_bad         , always            , sec<12, 18>>,
    on<freeze    , window_expired, aborting  , abort_bad         , always            , sec<12, 22>>,
    on<freeze    , agent_silent  , aborting  , abort_bad         , always            , sec<12, 23>>,
    on<freeze    , any_lost      , aborting  , abort_lost        , always            , sec<12, 12>>,

    on<cutting   , cancel_order  , aborting  , cancel_cut        , always            , sec<12, 25>>,
    on<cutting   , any_error     , thaw      , spoil_cut         , always            , sec<12, 13>>,
    on<cutting   , any_nak       , thaw      , spoil_cut         , always            , sec<12, 13>>,
    on<cutting   , cut_ok        , thaw      , thaw_after_cut    , always            , sec<12, 9>>,
    on<cutting   , cut_failed    , thaw      , thaw_without_cut  , always            , sec<12, 10>>,
    on<cutting   , window_expired, thaw      , spoil_cut         , always            , sec<12, 22>>,
    on<cutting   , agent_silent  , thaw      , spoil_cut         , always            , sec<12, 23>>,
    on<cutting   , any_lost      , thaw      , spoil_cut_lost    , always            , sec<12, 13>>,

    on<thaw      , cancel_order  , same      , ignore_late       , always            , sec<12, 26>>,
    on<thaw      , all_thawed    , completing, judge_and_complete, completion_agreed , sec<12, 28>>,
    on<thaw      , all_thawed    , idle      , judge_and_report  , no_completion     , sec<12, 27>>,
    on<thaw      , any_error     , same      , worsen            , always            , sec<12, 14>>,
    on<thaw      , any_nak       , same      , count_unknown     , always            , sec<12, 14>>,
    on<thaw      , cut_ok        , same      , discard_copy      , always            , sec<12, 11>>,
    on<thaw      , reply_expired , aborting  , abort_bad         , always            , sec<12, 18>>,
    on<thaw      , agent_silent  , same      , worsen            , always            , sec<12, 23>>,
    on<thaw      , any_lost      , same      , lose_agent        , always            , sec<12, 14>>,

    on<completing, cancel_order  , same      , ignore_late       , always            , sec<12, 26>>,
    on<completing, all_done      , idle      , report            , always            , sec<12, 29>>,
    on<completing, any_error     , same      , warn              , always            , sec<12, 15>>,
    on<completing, any_nak       , same      , warn_and_count    , always            , sec<12, 15>>,
    on<completing, cut_ok        , same      , discard_copy      , always            , sec<12, 11>>,
    on<completing, reply_expired , idle      , warn_and_report   , always            , sec<12, 19>>,
    on<completing, agent_silent  , same      , warn              , always            , sec<12, 23>>,
    on<completing, any_lost      , same      , warn_and_drop     , always            , sec<12, 15>>,

    on<aborting  , all_aborted   , idle      , report            , always            , sec<12, 29>>,
    on<aborting  , any_error     , same      , alarm             , always            , sec<12, 16>>,
    on<aborting  , any_nak       , same      , count_answered    , always            , sec<12, 16>>,
    on<aborting  , cut_ok        , same      , discard_copy      , always            , sec<12, 11>>,
    on<aborting  , reply_expired , same      , resend_abort      , resends_left      , sec<12, 20>>,
    on<aborting  , reply_expired , down      , give_up           , no_resends_left   , sec<12, 20>>,
    on<aborting  , any_lost      , same      , lose_agent        , always            , sec<12, 16>>
>;
} // namespace words

namespace refusals {
using cells = mp11::mp_list<
  //      State       Event           Answer  Clause
    refuse<down      , go_order      , reject, sec<12, 7>>,
    refuse<down      , cancel_order  , ignore, sec<12, 26>>,
    refuse<down      , ack_ok        , ignore, sec<1, 6>>,
    refuse<down      , ack_bad       , ignore, sec<1, 6>>,
    refuse<down      , all_prepared  , ignore, sec<1, 6>>,
    refuse<down      , all_frozen    , ignore, sec<1, 6>>,
    refuse<down      , all_thawed    , ignore, sec<1, 6>>,
    refuse<down      , all_done      , ignore, sec<1, 6>>,
    refuse<down      , all_aborted   , ignore, sec<1, 6>>,
    refuse<down      , any_error     , ignore, sec<1, 6>>,
    refuse<down      , any_nak       , ignore, sec<1, 6>>,
    refuse<down      , cut_ok        , ignore, sec<1, 6>>,
    refuse<down      , cut_failed    , ignore, sec<1, 6>>,
    refuse<down      , reply_expired , ignore, sec<1, 6>>,
    refuse<down      , window_expired, ignore, sec<1, 6>>,
    refuse<down      , agent_silent  , ignore, sec<1, 6>>,
    refuse<down      , any_lost      , ignore, sec<1, 6>>,
    refuse<down      , stale_msg     , drop  , sec<3, 13>>,

    refuse<neg       , channel_up    , ignore, sec<1, 6>>,
    refuse<neg       , start_order   , reject, sec<12, 2>>,
    refuse<neg       , go_order      , reject, sec<12, 7>>,
    refuse<neg       , cancel_order  , ignore, sec<12, 26>>,
    refuse<neg       , all_prepared  , ignore, sec<1, 6>>,
    refuse<neg       , all_frozen    , ignore, sec<1, 6>>,
    refuse<neg       , all_thawed    , ignore, sec<1, 6>>,
    refuse<neg       , all_done      , ignore, sec<1, 6>>,
    refuse<neg       , all_aborted   , ignore, sec<1, 6>>,
    refuse<neg       , any_error     , ignore, sec<1, 6>>,
    refuse<neg       , cut_ok        , ignore, sec<1, 6>>,
    refuse<neg       , cut_failed    , ignore, sec<1, 6>>,
    refuse<neg       , window_expired, ignore, sec<1, 6>>,
    refuse<neg       , agent_silent  , ignore, sec<1, 6>>,
    refuse<neg       , stale_msg     , drop  , sec<3, 13>>,

    refuse<idle      , channel_up    , ignore, sec<1, 6>>,
    refuse<idle      , go_order      , reject, sec<12, 7>>,
    refuse<idle      , cancel_order  , ignore, sec<12, 26>>,
    refuse<idle      , ack_ok        , ignore, sec<1, 6>>,
    refuse<idle      , all_prepared  , ignore, sec<1, 6>>,
    refuse<idle      , all_frozen    , ignore, sec<1, 6>>,
    refuse<idle      , all_thawed    , ignore, sec<1, 6>>,
    refuse<idle      , all_done      , ignore, sec<1, 6>>,
    refuse<idle      , all_aborted   , ignore, sec<1, 6>>,
    refuse<idle      , cut_ok        , ignore, sec<1, 6>>,
    refuse<idle      , cut_failed    , ignore, sec<1, 6>>,
    refuse<idle      , reply_expired , ignore, sec<1, 6>>,
    refuse<idle      , window_expired, ignore, sec<1, 6>>,
    refuse<idle      , stale_msg     , drop  , sec<3, 13>>,

    refuse<prep      , channel_up    , ignore, sec<1, 6>>,
    refuse<prep      , start_order   , reject, sec<12, 2>>,
    refuse<prep      , ack_ok        , ignore, sec<1, 6>>,
    refuse<prep      , ack_bad       , ignore, sec<1, 6>>,
    refuse<prep      , all_frozen    , ignore, sec<1, 6>>,
    refuse<prep      , all_thawed    , ignore, sec<1, 6>>,
    refuse<prep      , all_done      , ignore, sec<1, 6>>,
    refuse<prep      , all_aborted   , ignore, sec<1, 6>>,
    refuse<prep      , cut_ok        , ignore, sec<1, 6>>,
    refuse<prep      , cut_failed    , ignore, sec<1, 6>>,
    refuse<prep      , window_expired, ignore, sec<1, 6>>,
    refuse<prep      , stale_msg     , drop  , sec<3, 13>>,

    refuse<ready     , channel_up    , ignore, sec<1, 6>>,
    refuse<ready     , start_order   , reject, sec<12, 2>>,
    refuse<ready     , ack_ok        , ignore, sec<1, 6>>,
    refuse<ready     , ack_bad       , ignore, sec<1, 6>>,
    refuse<ready     , all_prepared  , ignore, sec<1, 6>>,
    refuse<ready     , all_frozen    , ignore, sec<1, 6>>,
    refuse<ready     , all_thawed    , ignore, sec<1, 6>>,
    refuse<ready     , all_done      , ignore, sec<1, 6>>,
    refuse<ready     , all_aborted   , ignore, sec<1, 6>>,
    refuse<ready     , cut_ok        , ignore, sec<1, 6>>,
    refuse<ready     , cut_failed    , ignore, sec<1, 6>>,
    refuse<ready     , reply_expired , ignore, sec<1, 6>>,
    refuse<ready     , window_expired, ignore, sec<1, 6>>,
    refuse<ready     , stale_msg     , drop  , sec<3, 13>>,

    refuse<freeze    , channel_up    , ignore, sec<1, 6>>,
    refuse<freeze    , start_order   , reject, sec<12, 2>>,
    refuse<freeze    , go_order      , ignore, sec<12, 7>>,
    refuse<freeze    , ack_ok        , ignore, sec<1, 6>>,
    refuse<freeze    , ack_bad       , ignore, sec<1, 6>>,
    refuse<freeze    , all_prepared  , ignore, sec<1, 6>>,
    refuse<freeze    , all_thawed    , ignore, sec<1, 6>>,
    refuse<freeze    , all_done      , ignore, sec<1, 6>>,
    refuse<freeze    , all_aborted   , ignore, sec<1, 6>>,
    refuse<freeze    , cut_ok        , ignore, sec<1, 6>>,
    refuse<freeze    , cut_failed    , ignore, sec<1, 6>>,
    refuse<freeze    , stale_msg     , drop  , sec<3, 13>>,

    refuse<cutting   , channel_up    , ignore, sec<1, 6>>,
    refuse<cutting   , start_order   , reject, sec<12, 2>>,
    refuse<cutting   , go_order      , ignore, sec<12, 7>>,
    refuse<cutting   , ack_ok        , ignore, sec<1, 6>>,
    refuse<cutting   , ack_bad       , ignore, sec<1, 6>>,
    refuse<cutting   , all_prepared  , ignore, sec<1, 6>>,
    refuse<cutting   , all_frozen    , ignore, sec<1, 6>>,
    refuse<cutting   , all_thawed    , ignore, sec<1, 6>>,
    refuse<cutting   , all_done      , ignore, sec<1, 6>>,
    refuse<cutting   , all_aborted   , ignore, sec<1, 6>>,
    refuse<cutting   , reply_expired , ignore, sec<1, 6>>,
    refuse<cutting   , stale_msg     , drop  , sec<3, 13>>,

    refuse<thaw      , channel_up    , ignore, sec<1, 6>>,
    refuse<thaw      , start_order   , reject, sec<12, 2>>,
    refuse<thaw      , go_order      , ignore, sec<12, 7>>,
    refuse<thaw      , ack_ok        , ignore, sec<1, 6>>,
    refuse<thaw      , ack_bad       , ignore, sec<1, 6>>,
    refuse<thaw      , all_prepared  , ignore, sec<1, 6>>,
    refuse<thaw      , all_frozen    , ignore, sec<1, 6>>,
    refuse<thaw      , all_done      , ignore, sec<1, 6>>,
    refuse<thaw      , all_aborted   , ignore, sec<1, 6>>,
    refuse<thaw      , cut_failed    , ignore, sec<1, 6>>,
    refuse<thaw      , window_expired, ignore, sec<1, 6>>,
    refuse<thaw      , stale_msg     , drop  , sec<3, 13>>,

    refuse<completing, channel_up    , ignore, sec<1, 6>>,
    refuse<completing, start_order   , reject, sec<12, 2>>,
    refuse<completing, go_order      , reject, sec<12, 7>>,
    refuse<completing, ack_ok        , ignore, sec<1, 6>>,
    refuse<completing, ack_bad       , ignore, sec<1, 6>>,
    refuse<completing, all_prepared  , ignore, sec<1, 6>>,
    refuse<completing, all_frozen    , ignore, sec<1, 6>>,
    refuse<completing, all_thawed    , ignore, sec<1, 6>>,
    refuse<completing, all_aborted   , ignore, sec<1, 6>>,
    refuse<completing, cut_failed    , ignore, sec<1, 6>>,
    refuse<completing, window_expired, ignore, sec<1, 6>>,
    refuse<completing, stale_msg     , drop  , sec<3, 13>>,

    refuse<aborting  , channel_up    , ignore, sec<1, 6>>,
    refuse<aborting  , start_order   , reject, sec<12, 2>>,
    refuse<aborting  , go_order      , reject, sec<12, 7>>,
    refuse<aborting  , cancel_order  , ignore, sec<12, 26>>,
    refuse<aborting  , ack_ok        , ignore, sec<1, 6>>,
    refuse<aborting  , ack_bad       , ignore, sec<1, 6>>,
    refuse<aborting  , all_prepared  , ignore, sec<1, 6>>,
    refuse<aborting  , all_frozen    , ignore, sec<1, 6>>,
    refuse<aborting  , all_thawed    , ignore, sec<1, 6>>,
    refuse<aborting  , all_done      , ignore, sec<1, 6>>,
    refuse<aborting  , cut_failed    , ignore, sec<1, 6>>,
    refuse<aborting  , window_expired, ignore, sec<1, 6>>,
    refuse<aborting  , agent_silent  , ignore, sec<1, 6>>,
    refuse<aborting  , stale_msg     , drop  , sec<3, 13>>
>;
} // namespace refusals
// clang-format on

using transition_table = words::rows;
using refusal_table = refusals::cells;

/// The rows under a short name.
struct table {
    using rows = orchestrator::transition_table;
};

/// What Boost.MSM runs.
struct front_end
    : flat_front_end<front_end, table, states::down, orchestrator_data, orchestrator_outbox> {};

} // namespace snapproto::machine::orchestrator

#endif // SNAPPROTO_MACHINE_ORCHESTRATOR_TABLE_HPP
