// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_TABLE_HPP
#define SNAPPROTO_MACHINE_AGENT_TABLE_HPP

// The agent's transition table and refusal table, and the Boost.MSM front end made of them.
//
// A row reads: in Source, on Event, if Guard, do Action and go to Target, because of Clause.
// `same` is an internal transition. Order has no meaning: guards on one cell exclude each other.

#include <snapproto/machine/agent_actions.hpp>
#include <snapproto/machine/agent_endings.hpp>

namespace snapproto::machine::agent {

/// An event as Boost.MSM sees it: its kind is a type, its content is borrowed.
template <agent_event Kind>
struct event {
    static constexpr agent_event id = Kind;
    const agent_input& input;
};

/// A state as Boost.MSM sees it. What holds in each is said at `agent_phase`.
template <agent_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr agent_phase id = Phase;
};

namespace states {
using off = state<agent_phase::off>;
using idle = state<agent_phase::idle>;
using prep = state<agent_phase::prep>;
using ready = state<agent_phase::ready>;
using quiesce = state<agent_phase::quiesce>;
using freeze = state<agent_phase::freeze>;
using frozen = state<agent_phase::frozen>;
using thaw = state<agent_phase::thaw>;
using resume = state<agent_phase::resume>;
using await = state<agent_phase::await>;
using stuck = state<agent_phase::stuck>;
} // namespace states

using all_states = mp11::mp_list<states::off, states::idle, states::prep, states::ready,
                                 states::quiesce, states::freeze, states::frozen, states::thaw,
                                 states::resume, states::await, states::stuck>;

/// The words of the table: every name stands for one event, action, guard or answer.
namespace words {

using namespace states;

using hello_msg = event<agent_event::hello>;
using query_msg = event<agent_event::query>;
using ping_msg = event<agent_event::ping>;
using prepare_msg = event<agent_event::prepare>;
using freeze_msg = event<agent_event::freeze>;
using thaw_msg = event<agent_event::thaw>;
using complete_msg = event<agent_event::complete>;
using abort_msg = event<agent_event::abort>;
using recover_msg = event<agent_event::recover>;
using bad_msg = event<agent_event::bad_message>;
using channel_lost = event<agent_event::lost>;
using step_done = event<agent_event::done>;
using step_failed = event<agent_event::failed>;
using let_go = event<agent_event::early>;
using phase_expired = event<agent_event::phase_expired>;
using hold_expired = event<agent_event::hold_expired>;
using seq_expired = event<agent_event::sequence_expired>;
using retry_due = event<agent_event::retry_due>;
using stop_order = event<agent_event::stop>;
using clone_notice = event<agent_event::generation_changed>;

using no_version = unless<version_agreed>;
using implicit_agreed = implicit_prepare_agreed;
using implicit_unknown = unless<implicit_prepare_agreed>;
using is_implicit = prepare_is_implicit;
using is_explicit = unless<prepare_is_implicit>;
using not_the_last = unless<names_the_last>;
using not_recovering = unless<recovering>;

using status = answer<effect::send_status>;
using pong = answer<effect::send_pong>;
using progress = answer<effect::send_progress>;
using prepared_again = answer<effect::send_prepared>;
using frozen_again = answer<effect::send_frozen>;
using thawed_again = replay_thawed;
using aborted_again = replay<effect::send_aborted>;
using completed_again = replay<effect::send_completed>;
using begin_prepare = agent::begin_prepare<false>;
using begin_implicit = agent::begin_prepare<true>;
using reseed_and_close = seq<reseed, close_session>;

// From PREP, READY and QUIESCE no filesystem is held: back out through RESUME.
using back_out_for_hello = undo_for_hello<effect::begin_resume>;
using back_out_for_thaw = undo_for_thaw<effect::begin_resume>;
using back_out_for_abort = undo_for_abort<effect::begin_resume>;
using back_out_lost = undo<verdict::lost, effect::begin_resume>;
using back_out_stopped = undo<verdict::stopped, effect::begin_resume>;
using back_out_clone = undo<verdict::clone, effect::begin_resume>;
using back_out_veto = undo<verdict::veto, effect::begin_resume>;
using back_out_early = undo<verdict::early, effect::begin_resume>;
using back_out_expired = undo<verdict::expired, effect::begin_resume>;

// From FREEZE and FROZEN filesystems are released first.
using undo_for_hello = agent::undo_for_hello<effect::begin_thaw>;
using undo_for_thaw = agent::undo_for_thaw<effect::begin_thaw>;
using undo_for_abort = agent::undo_for_abort<effect::begin_thaw>;
using undo_lost = undo<verdict::lost, effect::begin_thaw>;
using undo_stopped = undo<verdict::stopped, effect::begin_thaw>;
using undo_clone = undo<verdict::clone, effect::begin_thaw>;
using undo_veto = undo<verdict::veto, effect::begin_thaw>;
using undo_early = undo<verdict::early, effect::begin_thaw>;
using undo_expired = undo<verdict::expired, effect::begin_thaw>;

using begin_thaw = release_filesystems;
using begin_resume = release_applications;
using thaw_again = release_again;
using owe_thawed = thawed_is_owed;
using owe_aborted = aborted_is_owed;
using then_off = off_afterwards;
using then_exit = exit_afterwards;
using taint_early = taint<verdict::early>;
using taint_expired = taint<verdict::expired>;
using owe_thawed_retry = seq<thawed_is_owed, release_again>;
using owe_aborted_retry = seq<aborted_is_owed, release_again>;
using then_exit_retry = seq<exit_afterwards, release_again>;
using clone_retry = seq<taint_clone, release_again>;

using finish_await = finish_in_await;
using finish_idle = finish_in_idle;
using finish_off = finish_in_off;
using finish_exit = finish_in_exit;
using warn_finish_await = seq<warn, finish_in_await>;
using warn_finish_idle = seq<warn, finish_in_idle>;
using warn_finish_off = seq<warn, finish_in_off>;
using warn_finish_exit = seq<warn, finish_in_exit>;
// Nobody knows whether the one that was not heard of was still held: never clean.
using expire_finish_idle = seq<taint_expired, warn, cancel_step, finish_in_idle>;
using expire_finish_off = seq<taint_expired, warn, cancel_step, finish_in_off>;
using expire_finish_exit = seq<taint_expired, warn, cancel_step, finish_in_exit>;

using complete_it = complete_transaction;
using close_and_open = seq<agent::close_await<copy_result::unknown>, open_session>;
using close_and_refuse = seq<agent::close_await<copy_result::unknown>, refuse_version>;
using close_await = seq<agent::close_await<copy_result::unknown>, close_session>;
using close_and_exit = seq<agent::close_await<copy_result::unknown>, exit_now>;
using close_and_reseed = seq<agent::close_await<copy_result::unknown>, reseed, close_session>;
using recovery_failed = agent::recovery_failed<verdict::veto>;
using recovery_expired = agent::recovery_failed<verdict::expired>;

using nak_bad_state = say_no<nak_code::bad_state>;

} // namespace words

namespace refusals {

using namespace words;
template <agent_refusal How>
struct as {
    static constexpr agent_refusal value = How;
};
using ignore = as<agent_refusal::ignore>;
using drop = as<agent_refusal::drop>;
using nak_no_session = as<agent_refusal::nak_no_session>;
using nak_busy = as<agent_refusal::nak_busy>;
using nak_bad_state = as<agent_refusal::nak_bad_state>;
using nak_malformed = as<agent_refusal::nak_malformed>;
using nak_stuck = as<agent_refusal::nak_stuck>;

} // namespace refusals

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //  Source   Event          Target   Action               Guard             Clause
    on<off    , hello_msg    , idle   , open_session       , version_agreed  , sec<2, 2>>,
    on<off    , hello_msg    , same   , refuse_version     , no_version      , sec<2, 5>>,
    on<off    , stop_order   , same   , exit_now           , always          , sec<10, 5>>,
    on<off    , clone_notice , same   , reseed             , always          , sec<11, 1>>,

    on<idle   , hello_msg    , same   , open_session       , version_agreed  , sec<2, 3>>,
    on<idle   , hello_msg    , off    , refuse_version     , no_version      , sec<2, 5>>,
    on<idle   , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<idle   , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<idle   , prepare_msg  , prep   , begin_prepare      , always          , sec<4, 1>>,
    on<idle   , freeze_msg   , prep   , begin_implicit     , implicit_agreed , sec<4, 9>>,
    on<idle   , freeze_msg   , same   , nak_bad_state      , implicit_unknown, sec<4, 10>>,
    on<idle   , thaw_msg     , same   , thawed_again       , always          , sec<7, 9>>,
    on<idle   , complete_msg , same   , completed_again    , names_the_last  , sec<9, 2>>,
    on<idle   , complete_msg , same   , nak_bad_state      , not_the_last    , sec<9, 2>>,
    on<idle   , abort_msg    , same   , aborted_again      , always          , sec<8, 4>>,
    on<idle   , channel_lost , off    , close_session      , always          , sec<10, 1>>,
    on<idle   , stop_order   , off    , exit_now           , always          , sec<10, 5>>,
    on<idle   , clone_notice , off    , reseed_and_close   , always          , sec<11, 1>>,

    on<prep   , hello_msg    , resume , back_out_for_hello , always          , sec<2, 6>>,
    on<prep   , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<prep   , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<prep   , prepare_msg  , same   , progress           , always          , sec<4, 4>>,
    on<prep   , freeze_msg   , same   , progress           , is_implicit     , sec<4, 11>>,
    on<prep   , freeze_msg   , same   , nak_bad_state      , is_explicit     , sec<4, 11>>,
    on<prep   , thaw_msg     , resume , back_out_for_thaw  , always          , sec<7, 8>>,
    on<prep   , abort_msg    , resume , back_out_for_abort , always          , sec<8, 1>>,
    on<prep   , channel_lost , resume , back_out_lost      , always          , sec<10, 2>>,
    on<prep   , step_done    , quiesce, begin_quiesce      , is_implicit     , sec<4, 9>>,
    on<prep   , step_done    , ready  , report_prepared    , is_explicit     , sec<4, 2>>,
    on<prep   , step_failed  , resume , back_out_veto      , always          , sec<4, 7>>,
    on<prep   , phase_expired, resume , back_out_expired   , always          , sec<4, 8>>,
    on<prep   , stop_order   , resume , back_out_stopped   , always          , sec<10, 6>>,
    on<prep   , clone_notice , resume , back_out_clone     , always          , sec<11, 2>>,

    on<ready  , hello_msg    , resume , back_out_for_hello , always          , sec<2, 6>>,
    on<ready  , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<ready  , ping_msg     , same   , pong_and_wait_on   , always          , sec<2, 16>>,
    on<ready  , prepare_msg  , same   , prepared_again     , always          , sec<4, 5>>,
    on<ready  , freeze_msg   , quiesce, begin_quiesce      , always          , sec<5, 1>>,
    on<ready  , thaw_msg     , resume , back_out_for_thaw  , always          , sec<7, 8>>,
    on<ready  , abort_msg    , resume , back_out_for_abort , always          , sec<8, 1>>,
    on<ready  , channel_lost , resume , back_out_lost      , always          , sec<10, 2>>,
    on<ready  , step_failed  , resume , back_out_veto      , always          , sec<4, 7>>,
    on<ready  , seq_expired  , resume , back_out_expired   , always          , sec<4, 12>>,
    on<ready  , stop_order   , resume , back_out_stopped   , always          , sec<10, 6>>,
    on<ready  , clone_notice , resume , back_out_clone     , always          , sec<11, 2>>,

    on<quiesce, hello_msg    , resume , back_out_for_hello , always          , sec<2, 6>>,
    on<quiesce, query_msg    , same   , status             , always          , sec<2, 14>>,
    on<quiesce, ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<quiesce, prepare_msg  , same   , progress           , always          , sec<4, 4>>,
    on<quiesce, freeze_msg   , same   , progress           , always          , sec<5, 6>>,
    on<quiesce, thaw_msg     , resume , back_out_for_thaw  , always          , sec<7, 8>>,
    on<quiesce, abort_msg    , resume , back_out_for_abort , always          , sec<8, 1>>,
    on<quiesce, channel_lost , resume , back_out_lost      , always          , sec<10, 2>>,
    on<quiesce, step_done    , freeze , begin_freeze       , always          , sec<5, 2>>,
    on<quiesce, step_failed  , resume , back_out_veto      , always          , sec<5, 8>>,
    on<quiesce, let_go       , resume , back_out_early     , always          , sec<5, 10>>,
    on<quiesce, phase_expired, resume , back_out_expired   , always          , sec<5, 9>>,
    on<quiesce, stop_order   , resume , back_out_stopped   , always          , sec<10, 6>>,
    on<quiesce, clone_notice , resume , back_out_clone     , always          , sec<11, 2>>,

    on<freeze , hello_msg    , thaw   , undo_for_hello     , always          , sec<2, 6>>,
    on<freeze , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<freeze , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<freeze , freeze_msg   , same   , progress           , always          , sec<5, 6>>,
    on<freeze , thaw_msg     , thaw   , undo_for_thaw      , always          , sec<7, 8>>,
    on<freeze , abort_msg    , thaw   , undo_for_abort     , always          , sec<8, 1>>,
    on<freeze , channel_lost , thaw   , undo_lost          , always          , sec<10, 2>>,
    on<freeze , step_done    , frozen , report_frozen      , always          , sec<5, 4>>,
    on<freeze , step_failed  , thaw   , undo_veto          , always          , sec<5, 8>>,
    on<freeze , let_go       , thaw   , undo_early         , always          , sec<5, 10>>,
    on<freeze , phase_expired, thaw   , undo_expired       , always          , sec<5, 9>>,
    on<freeze , hold_expired , thaw   , undo_expired       , always          , sec<6, 2>>,
    on<freeze , stop_order   , thaw   , undo_stopped       , always          , sec<10, 6>>,
    on<freeze , clone_notice , thaw   , undo_clone         , always          , sec<11, 2>>,

    on<frozen , hello_msg    , thaw   , undo_for_hello     , always          , sec<2, 6>>,
    on<frozen , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<frozen , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<frozen , freeze_msg   , same   , frozen_again       , always          , sec<5, 7>>,
    on<frozen , thaw_msg     , thaw   , begin_thaw         , always          , sec<7, 1>>,
    on<frozen , abort_msg    , thaw   , undo_for_abort     , always          , sec<8, 1>>,
    on<frozen , channel_lost , thaw   , undo_lost          , always          , sec<10, 2>>,
    on<frozen , step_failed  , thaw   , undo_early         , always          , sec<6, 6>>,
    on<frozen , let_go       , thaw   , undo_early         , always          , sec<6, 6>>,
    on<frozen , hold_expired , thaw   , undo_expired       , always          , sec<6, 2>>,
    on<frozen , stop_order   , thaw   , undo_stopped       , always          , sec<10, 6>>,
    on<frozen , clone_notice , thaw   , undo_clone         , always          , sec<11, 2>>,

    on<thaw   , hello_msg    , same   , hello_waits        , always          , sec<2, 7>>,
    on<thaw   , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<thaw   , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<thaw   , thaw_msg     , same   , owe_thawed         , always          , sec<7, 7>>,
    on<thaw   , abort_msg    , same   , owe_aborted        , always          , sec<8, 2>>,
    on<thaw   , channel_lost , same   , then_off           , always          , sec<10, 3>>,
    on<thaw   , step_done    , resume , begin_resume       , always          , sec<7, 2>>,
    on<thaw   , step_failed  , stuck  , become_stuck       , always          , sec<7, 10>>,
    on<thaw   , let_go       , same   , taint_early        , always          , sec<6, 7>>,
    on<thaw   , phase_expired, stuck  , become_stuck       , always          , sec<7, 10>>,
    on<thaw   , hold_expired , same   , taint_expired      , always          , sec<6, 3>>,
    on<thaw   , stop_order   , same   , then_exit          , always          , sec<10, 7>>,
    on<thaw   , clone_notice , same   , taint_clone        , always          , sec<11, 3>>,

    on<resume , hello_msg    , same   , hello_waits        , always          , sec<2, 7>>,
    on<resume , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<resume , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<resume , thaw_msg     , same   , owe_thawed         , always          , sec<7, 7>>,
    on<resume , abort_msg    , same   , owe_aborted        , always          , sec<8, 2>>,
    on<resume , channel_lost , same   , then_off           , always          , sec<10, 3>>,
    on<resume , step_done    , await  , finish_await       , ends_in_await   , sec<7, 6>>,
    on<resume , step_done    , idle   , finish_idle        , ends_in_idle    , sec<8, 7>>,
    on<resume , step_done    , off    , finish_off         , ends_in_off     , sec<8, 8>>,
    on<resume , step_done    , off    , finish_exit        , ends_in_exit    , sec<8, 8>>,
    on<resume , step_failed  , await  , warn_finish_await  , ends_in_await   , sec<7, 11>>,
    on<resume , step_failed  , idle   , warn_finish_idle   , ends_in_idle    , sec<7, 11>>,
    on<resume , step_failed  , off    , warn_finish_off    , ends_in_off     , sec<7, 11>>,
    on<resume , step_failed  , off    , warn_finish_exit   , ends_in_exit    , sec<7, 11>>,
    on<resume , phase_expired, idle   , expire_finish_idle , ends_in_await   , sec<7, 11>>,
    on<resume , phase_expired, idle   , expire_finish_idle , ends_in_idle    , sec<7, 11>>,
    on<resume , phase_expired, off    , expire_finish_off  , ends_in_off     , sec<7, 11>>,
    on<resume , phase_expired, off    , expire_finish_exit , ends_in_exit    , sec<7, 11>>,
    on<resume , let_go       , same   , taint_early        , always          , sec<6, 7>>,
    on<resume , stop_order   , same   , then_exit          , always          , sec<10, 7>>,
    on<resume , clone_notice , same   , taint_clone        , always          , sec<11, 3>>,

    on<await  , hello_msg    , idle   , close_and_open     , version_agreed  , sec<2, 8>>,
    on<await  , hello_msg    , off    , close_and_refuse   , no_version      , sec<2, 5>>,
    on<await  , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<await  , ping_msg     , same   , pong_and_wait_on   , always          , sec<2, 16>>,
    on<await  , thaw_msg     , same   , thawed_again       , always          , sec<7, 9>>,
    on<await  , complete_msg , idle   , complete_it        , always          , sec<9, 1>>,
    on<await  , abort_msg    , idle   , abort_await        , always          , sec<8, 3>>,
    on<await  , recover_msg  , same   , begin_recover      , always          , sec<9, 5>>,
    on<await  , channel_lost , off    , close_await        , always          , sec<10, 4>>,
    on<await  , step_done    , same   , report_recovered   , recovering      , sec<9, 5>>,
    on<await  , step_done    , same   , ignore             , not_recovering  , sec<1, 6>>,
    on<await  , step_failed  , same   , recovery_failed    , recovering      , sec<9, 6>>,
    on<await  , step_failed  , same   , ignore             , not_recovering  , sec<1, 6>>,
    on<await  , phase_expired, same   , recovery_expired   , recovering      , sec<9, 6>>,
    on<await  , phase_expired, same   , ignore             , not_recovering  , sec<1, 6>>,
    on<await  , seq_expired  , idle   , expire_await       , always          , sec<9, 4>>,
    on<await  , stop_order   , off    , close_and_exit     , always          , sec<10, 8>>,
    on<await  , clone_notice , off    , close_and_reseed   , always          , sec<11, 4>>,

    on<stuck  , hello_msg    , same   , hello_waits        , always          , sec<2, 7>>,
    on<stuck  , query_msg    , same   , status             , always          , sec<2, 14>>,
    on<stuck  , ping_msg     , same   , pong               , always          , sec<2, 15>>,
    on<stuck  , thaw_msg     , thaw   , owe_thawed_retry   , always          , sec<7, 14>>,
    on<stuck  , abort_msg    , thaw   , owe_aborted_retry  , always          , sec<8, 5>>,
    on<stuck  , channel_lost , same   , then_off           , always          , sec<10, 3>>,
    on<stuck  , let_go       , thaw   , thaw_again         , always          , sec<10, 11>>,
    on<stuck  , retry_due    , thaw   , thaw_again         , always          , sec<10, 10>>,
    on<stuck  , stop_order   , thaw   , then_exit_retry    , always          , sec<10, 9>>,
    on<stuck  , clone_notice , thaw   , clone_retry        , always          , sec<11, 5>>
>;
} // namespace words

namespace refusals {
using cells = mp11::mp_list<
  //      State    Event          Answer          Clause
    refuse<off    , query_msg    , nak_no_session, sec<2, 11>>,
    refuse<off    , ping_msg     , nak_no_session, sec<2, 11>>,
    refuse<off    , prepare_msg  , nak_no_session, sec<2, 11>>,
    refuse<off    , freeze_msg   , nak_no_session, sec<2, 11>>,
    refuse<off    , thaw_msg     , nak_no_session, sec<2, 11>>,
    refuse<off    , complete_msg , nak_no_session, sec<2, 11>>,
    refuse<off    , abort_msg    , nak_no_session, sec<2, 11>>,
    refuse<off    , recover_msg  , nak_no_session, sec<2, 11>>,
    refuse<off    , bad_msg      , drop          , sec<2, 12>>,
    refuse<off    , channel_lost , ignore        , sec<1, 6>>,
    refuse<off    , step_done    , ignore        , sec<1, 6>>,
    refuse<off    , step_failed  , ignore        , sec<1, 6>>,
    refuse<off    , let_go       , ignore        , sec<1, 6>>,
    refuse<off    , phase_expired, ignore        , sec<1, 6>>,
    refuse<off    , hold_expired , ignore        , sec<1, 6>>,
    refuse<off    , seq_expired  , ignore        , sec<1, 6>>,
    refuse<off    , retry_due    , ignore        , sec<1, 6>>,

    refuse<idle   , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<idle   , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<idle   , step_done    , ignore        , sec<1, 6>>,
    refuse<idle   , step_failed  , ignore        , sec<1, 6>>,
    refuse<idle   , let_go       , ignore        , sec<1, 6>>,
    refuse<idle   , phase_expired, ignore        , sec<1, 6>>,
    refuse<idle   , hold_expired , ignore        , sec<1, 6>>,
    refuse<idle   , seq_expired  , ignore        , sec<1, 6>>,
    refuse<idle   , retry_due    , ignore        , sec<1, 6>>,

    refuse<prep   , complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<prep   , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<prep   , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<prep   , let_go       , ignore        , sec<1, 6>>,
    refuse<prep   , hold_expired , ignore        , sec<1, 6>>,
    refuse<prep   , seq_expired  , ignore        , sec<1, 6>>,
    refuse<prep   , retry_due    , ignore        , sec<1, 6>>,

    refuse<ready  , complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<ready  , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<ready  , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<ready  , step_done    , ignore        , sec<1, 6>>,
    refuse<ready  , let_go       , ignore        , sec<1, 6>>,
    refuse<ready  , phase_expired, ignore        , sec<1, 6>>,
    refuse<ready  , hold_expired , ignore        , sec<1, 6>>,
    refuse<ready  , retry_due    , ignore        , sec<1, 6>>,

    refuse<quiesce, complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<quiesce, recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<quiesce, bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<quiesce, hold_expired , ignore        , sec<1, 6>>,
    refuse<quiesce, seq_expired  , ignore        , sec<1, 6>>,
    refuse<quiesce, retry_due    , ignore        , sec<1, 6>>,

    refuse<freeze , prepare_msg  , nak_bad_state , sec<4, 6>>,
    refuse<freeze , complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<freeze , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<freeze , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<freeze , seq_expired  , ignore        , sec<1, 6>>,
    refuse<freeze , retry_due    , ignore        , sec<1, 6>>,

    refuse<frozen , prepare_msg  , nak_bad_state , sec<4, 6>>,
    refuse<frozen , complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<frozen , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<frozen , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<frozen , step_done    , ignore        , sec<1, 6>>,
    refuse<frozen , phase_expired, ignore        , sec<1, 6>>,
    refuse<frozen , seq_expired  , ignore        , sec<1, 6>>,
    refuse<frozen , retry_due    , ignore        , sec<1, 6>>,

    refuse<thaw   , prepare_msg  , nak_busy      , sec<3, 15>>,
    refuse<thaw   , freeze_msg   , nak_busy      , sec<3, 15>>,
    refuse<thaw   , complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<thaw   , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<thaw   , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<thaw   , seq_expired  , ignore        , sec<1, 6>>,
    refuse<thaw   , retry_due    , ignore        , sec<1, 6>>,

    refuse<resume , prepare_msg  , nak_busy      , sec<3, 15>>,
    refuse<resume , freeze_msg   , nak_busy      , sec<3, 15>>,
    refuse<resume , complete_msg , nak_bad_state , sec<9, 3>>,
    refuse<resume , recover_msg  , nak_bad_state , sec<9, 7>>,
    refuse<resume , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<resume , hold_expired , ignore        , sec<1, 6>>,
    refuse<resume , seq_expired  , ignore        , sec<1, 6>>,
    refuse<resume , retry_due    , ignore        , sec<1, 6>>,

    refuse<await  , prepare_msg  , nak_busy      , sec<3, 15>>,
    refuse<await  , freeze_msg   , nak_busy      , sec<3, 15>>,
    refuse<await  , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<await  , let_go       , ignore        , sec<1, 6>>,
    refuse<await  , hold_expired , ignore        , sec<1, 6>>,
    refuse<await  , retry_due    , ignore        , sec<1, 6>>,

    refuse<stuck  , prepare_msg  , nak_stuck     , sec<3, 16>>,
    refuse<stuck  , freeze_msg   , nak_stuck     , sec<3, 16>>,
    refuse<stuck  , complete_msg , nak_stuck     , sec<3, 16>>,
    refuse<stuck  , recover_msg  , nak_stuck     , sec<3, 16>>,
    refuse<stuck  , bad_msg      , nak_malformed , sec<16, 1>>,
    refuse<stuck  , step_done    , ignore        , sec<1, 6>>,
    refuse<stuck  , step_failed  , ignore        , sec<1, 6>>,
    refuse<stuck  , phase_expired, ignore        , sec<1, 6>>,
    refuse<stuck  , hold_expired , ignore        , sec<1, 6>>,
    refuse<stuck  , seq_expired  , ignore        , sec<1, 6>>
>;
} // namespace refusals
// clang-format on

using transition_table = words::rows;
using refusal_table = refusals::cells;

/// The rows under a short name.
struct table {
    using rows = agent::transition_table;
};

/// What Boost.MSM runs.
struct front_end : flat_front_end<front_end, table, states::off, agent_data, agent_outbox> {};

} // namespace snapproto::machine::agent

#endif // SNAPPROTO_MACHINE_AGENT_TABLE_HPP
