// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_BENCH_SWITCH_AGENT_HPP
#define SNAPPROTO_BENCH_SWITCH_AGENT_HPP

// The agent's table written out as somebody would write it by hand: a switch over the state with a
// switch over the event in each case, calling the guards and actions of the table. What dispatch
// by Boost.MSM costs is the distance to this.

#include <snapproto/machine/agent.hpp>

#include <cstdint>

namespace snapproto::bench {

namespace agent = machine::agent;
namespace act = machine::agent::words;

/// An agent that does what `machine::agent_machine` does.
class switch_agent {
  public:
    using result = machine::agent_machine::result;

    [[nodiscard]] agent_phase phase() const noexcept { return m_phase; }
    [[nodiscard]] const machine::agent_data& data() const noexcept { return m_data; }

    result process(const machine::agent_input& i, machine::agent_outbox& o) noexcept {
        result step;
        if (const auto refused = machine::refuse_by_transaction(m_phase, m_data, i)) {
            step = {-1, refused->first, refused->second};
        } else {
            step = look_up(i, o);
        }
        if (!step && step.refusal != machine::agent_refusal::ignore &&
            step.refusal != machine::agent_refusal::drop) {
            o.push({.kind = machine::agent_effect_kind::send_nak,
                    .txn = i.txn,
                    .session = m_data.session,
                    .code = machine::code_of(step.refusal)});
        }
        return step;
    }

  private:
    using event = machine::agent_event;
    using refusal = machine::agent_refusal;
    using in = const machine::agent_input&;
    using out = machine::agent_outbox&;

    static result refuse(refusal how, clause why) noexcept { return {-1, how, why}; }

    template <class Action>
    result stay(in i, out o, std::int16_t row, clause why) noexcept {
        Action::apply(i, m_data, o);
        return {row, {}, why};
    }
    template <class Action>
    result go(in i, out o, agent_phase to, std::int16_t row, clause why) noexcept {
        m_phase = to;
        return stay<Action>(i, o, row, why);
    }

    result look_up(in i, out o) noexcept {
        switch (m_phase) {
        case agent_phase::off:
            return in_off(i, o);
        case agent_phase::idle:
            return in_idle(i, o);
        case agent_phase::prep:
            return in_prep(i, o);
        case agent_phase::ready:
            return in_ready(i, o);
        case agent_phase::quiesce:
            return in_quiesce(i, o);
        case agent_phase::freeze:
            return in_freeze(i, o);
        case agent_phase::frozen:
            return in_frozen(i, o);
        case agent_phase::thaw:
            return in_thaw(i, o);
        case agent_phase::resume:
            return in_resume(i, o);
        case agent_phase::await:
            return in_await(i, o);
        case agent_phase::stuck:
            return in_stuck(i, o);
        }
        return refuse(refusal::ignore, {});
    }

    result in_off(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            if (agent::version_agreed::holds(i, m_data)) {
                return go<agent::open_session>(i, o, agent_phase::idle, 0, {2, 2});
            }
            return stay<agent::refuse_version>(i, o, 1, {2, 5});
        case event::query:
        case event::ping:
        case event::prepare:
        case event::freeze:
        case event::thaw:
        case event::complete:
        case event::abort:
        case event::recover:
            return refuse(refusal::nak_no_session, {2, 11});
        case event::bad_message:
            return refuse(refusal::drop, {2, 12});
        case event::lost:
        case event::done:
        case event::failed:
        case event::early:
        case event::phase_expired:
        case event::hold_expired:
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::stop:
            return stay<agent::exit_now>(i, o, 2, {10, 5});
        case event::generation_changed:
            return stay<agent::reseed>(i, o, 3, {11, 1});
        }
        return refuse(refusal::ignore, {});
    }

    result in_idle(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            if (agent::version_agreed::holds(i, m_data)) {
                return stay<agent::open_session>(i, o, 4, {2, 3});
            }
            return go<agent::refuse_version>(i, o, agent_phase::off, 5, {2, 5});
        case event::query:
            return stay<act::status>(i, o, 6, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 7, {2, 15});
        case event::prepare:
            return go<act::begin_prepare>(i, o, agent_phase::prep, 8, {4, 1});
        case event::freeze:
            if (act::implicit_agreed::holds(i, m_data)) {
                return go<act::begin_implicit>(i, o, agent_phase::prep, 9, {4, 9});
            }
            return stay<act::nak_bad_state>(i, o, 10, {4, 10});
        case event::thaw:
            return stay<act::thawed_again>(i, o, 11, {7, 9});
        case event::complete:
            if (agent::names_the_last::holds(i, m_data)) {
                return stay<act::completed_again>(i, o, 12, {9, 2});
            }
            return stay<act::nak_bad_state>(i, o, 13, {9, 2});
        case event::abort:
            return stay<act::aborted_again>(i, o, 14, {8, 4});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<agent::close_session>(i, o, agent_phase::off, 15, {10, 1});
        case event::done:
        case event::failed:
        case event::early:
        case event::phase_expired:
        case event::hold_expired:
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::stop:
            return go<agent::exit_now>(i, o, agent_phase::off, 16, {10, 5});
        case event::generation_changed:
            return go<act::reseed_and_close>(i, o, agent_phase::off, 17, {11, 1});
        }
        return refuse(refusal::ignore, {});
    }

    result in_prep(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return go<act::back_out_for_hello>(i, o, agent_phase::resume, 18, {2, 6});
        case event::query:
            return stay<act::status>(i, o, 19, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 20, {2, 15});
        case event::prepare:
            return stay<act::progress>(i, o, 21, {4, 4});
        case event::freeze:
            if (act::is_implicit::holds(i, m_data)) {
                return stay<act::progress>(i, o, 22, {4, 11});
            }
            return stay<act::nak_bad_state>(i, o, 23, {4, 11});
        case event::thaw:
            return go<act::back_out_for_thaw>(i, o, agent_phase::resume, 24, {7, 8});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return go<act::back_out_for_abort>(i, o, agent_phase::resume, 25, {8, 1});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<act::back_out_lost>(i, o, agent_phase::resume, 26, {10, 2});
        case event::done:
            if (act::is_implicit::holds(i, m_data)) {
                return go<agent::begin_quiesce>(i, o, agent_phase::quiesce, 27, {4, 9});
            }
            return go<agent::report_prepared>(i, o, agent_phase::ready, 28, {4, 2});
        case event::failed:
            return go<act::back_out_veto>(i, o, agent_phase::resume, 29, {4, 7});
        case event::early:
        case event::hold_expired:
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::phase_expired:
            return go<act::back_out_expired>(i, o, agent_phase::resume, 30, {4, 8});
        case event::stop:
            return go<act::back_out_stopped>(i, o, agent_phase::resume, 31, {10, 6});
        case event::generation_changed:
            return go<act::back_out_clone>(i, o, agent_phase::resume, 32, {11, 2});
        }
        return refuse(refusal::ignore, {});
    }

    result in_ready(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return go<act::back_out_for_hello>(i, o, agent_phase::resume, 33, {2, 6});
        case event::query:
            return stay<act::status>(i, o, 34, {2, 14});
        case event::ping:
            return stay<agent::pong_and_wait_on>(i, o, 35, {2, 16});
        case event::prepare:
            return stay<act::prepared_again>(i, o, 36, {4, 5});
        case event::freeze:
            return go<agent::begin_quiesce>(i, o, agent_phase::quiesce, 37, {5, 1});
        case event::thaw:
            return go<act::back_out_for_thaw>(i, o, agent_phase::resume, 38, {7, 8});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return go<act::back_out_for_abort>(i, o, agent_phase::resume, 39, {8, 1});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<act::back_out_lost>(i, o, agent_phase::resume, 40, {10, 2});
        case event::done:
        case event::early:
        case event::phase_expired:
        case event::hold_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::failed:
            return go<act::back_out_veto>(i, o, agent_phase::resume, 41, {4, 7});
        case event::sequence_expired:
            return go<act::back_out_expired>(i, o, agent_phase::resume, 42, {4, 12});
        case event::stop:
            return go<act::back_out_stopped>(i, o, agent_phase::resume, 43, {10, 6});
        case event::generation_changed:
            return go<act::back_out_clone>(i, o, agent_phase::resume, 44, {11, 2});
        }
        return refuse(refusal::ignore, {});
    }

    result in_quiesce(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return go<act::back_out_for_hello>(i, o, agent_phase::resume, 45, {2, 6});
        case event::query:
            return stay<act::status>(i, o, 46, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 47, {2, 15});
        case event::prepare:
            return stay<act::progress>(i, o, 48, {4, 4});
        case event::freeze:
            return stay<act::progress>(i, o, 49, {5, 6});
        case event::thaw:
            return go<act::back_out_for_thaw>(i, o, agent_phase::resume, 50, {7, 8});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return go<act::back_out_for_abort>(i, o, agent_phase::resume, 51, {8, 1});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<act::back_out_lost>(i, o, agent_phase::resume, 52, {10, 2});
        case event::done:
            return go<agent::begin_freeze>(i, o, agent_phase::freeze, 53, {5, 2});
        case event::failed:
            return go<act::back_out_veto>(i, o, agent_phase::resume, 54, {5, 8});
        case event::early:
            return go<act::back_out_early>(i, o, agent_phase::resume, 55, {5, 10});
        case event::phase_expired:
            return go<act::back_out_expired>(i, o, agent_phase::resume, 56, {5, 9});
        case event::hold_expired:
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::stop:
            return go<act::back_out_stopped>(i, o, agent_phase::resume, 57, {10, 6});
        case event::generation_changed:
            return go<act::back_out_clone>(i, o, agent_phase::resume, 58, {11, 2});
        }
        return refuse(refusal::ignore, {});
    }

    result in_freeze(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return go<act::undo_for_hello>(i, o, agent_phase::thaw, 59, {2, 6});
        case event::query:
            return stay<act::status>(i, o, 60, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 61, {2, 15});
        case event::prepare:
            return refuse(refusal::nak_bad_state, {4, 6});
        case event::freeze:
            return stay<act::progress>(i, o, 62, {5, 6});
        case event::thaw:
            return go<act::undo_for_thaw>(i, o, agent_phase::thaw, 63, {7, 8});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return go<act::undo_for_abort>(i, o, agent_phase::thaw, 64, {8, 1});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<act::undo_lost>(i, o, agent_phase::thaw, 65, {10, 2});
        case event::done:
            return go<agent::report_frozen>(i, o, agent_phase::frozen, 66, {5, 4});
        case event::failed:
            return go<act::undo_veto>(i, o, agent_phase::thaw, 67, {5, 8});
        case event::early:
            return go<act::undo_early>(i, o, agent_phase::thaw, 68, {5, 10});
        case event::phase_expired:
            return go<act::undo_expired>(i, o, agent_phase::thaw, 69, {5, 9});
        case event::hold_expired:
            return go<act::undo_expired>(i, o, agent_phase::thaw, 70, {6, 2});
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::stop:
            return go<act::undo_stopped>(i, o, agent_phase::thaw, 71, {10, 6});
        case event::generation_changed:
            return go<act::undo_clone>(i, o, agent_phase::thaw, 72, {11, 2});
        }
        return refuse(refusal::ignore, {});
    }

    result in_frozen(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return go<act::undo_for_hello>(i, o, agent_phase::thaw, 73, {2, 6});
        case event::query:
            return stay<act::status>(i, o, 74, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 75, {2, 15});
        case event::prepare:
            return refuse(refusal::nak_bad_state, {4, 6});
        case event::freeze:
            return stay<act::frozen_again>(i, o, 76, {5, 7});
        case event::thaw:
            return go<act::begin_thaw>(i, o, agent_phase::thaw, 77, {7, 1});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return go<act::undo_for_abort>(i, o, agent_phase::thaw, 78, {8, 1});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<act::undo_lost>(i, o, agent_phase::thaw, 79, {10, 2});
        case event::done:
        case event::phase_expired:
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::failed:
            return go<act::undo_early>(i, o, agent_phase::thaw, 80, {6, 6});
        case event::early:
            return go<act::undo_early>(i, o, agent_phase::thaw, 81, {6, 6});
        case event::hold_expired:
            return go<act::undo_expired>(i, o, agent_phase::thaw, 82, {6, 2});
        case event::stop:
            return go<act::undo_stopped>(i, o, agent_phase::thaw, 83, {10, 6});
        case event::generation_changed:
            return go<act::undo_clone>(i, o, agent_phase::thaw, 84, {11, 2});
        }
        return refuse(refusal::ignore, {});
    }

    result in_thaw(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return stay<agent::hello_waits>(i, o, 85, {2, 7});
        case event::query:
            return stay<act::status>(i, o, 86, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 87, {2, 15});
        case event::prepare:
        case event::freeze:
            return refuse(refusal::nak_busy, {3, 15});
        case event::thaw:
            return stay<act::owe_thawed>(i, o, 88, {7, 7});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return stay<act::owe_aborted>(i, o, 89, {8, 2});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return stay<act::then_off>(i, o, 90, {10, 3});
        case event::done:
            return go<act::begin_resume>(i, o, agent_phase::resume, 91, {7, 2});
        case event::failed:
            return go<agent::become_stuck>(i, o, agent_phase::stuck, 92, {7, 10});
        case event::early:
            return stay<act::taint_early>(i, o, 93, {6, 7});
        case event::phase_expired:
            return go<agent::become_stuck>(i, o, agent_phase::stuck, 94, {7, 10});
        case event::hold_expired:
            return stay<act::taint_expired>(i, o, 95, {6, 3});
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::stop:
            return stay<act::then_exit>(i, o, 96, {10, 7});
        case event::generation_changed:
            return stay<agent::taint_clone>(i, o, 97, {11, 3});
        }
        return refuse(refusal::ignore, {});
    }

    result in_resume(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return stay<agent::hello_waits>(i, o, 98, {2, 7});
        case event::query:
            return stay<act::status>(i, o, 99, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 100, {2, 15});
        case event::prepare:
        case event::freeze:
            return refuse(refusal::nak_busy, {3, 15});
        case event::thaw:
            return stay<act::owe_thawed>(i, o, 101, {7, 7});
        case event::complete:
            return refuse(refusal::nak_bad_state, {9, 3});
        case event::abort:
            return stay<act::owe_aborted>(i, o, 102, {8, 2});
        case event::recover:
            return refuse(refusal::nak_bad_state, {9, 7});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return stay<act::then_off>(i, o, 103, {10, 3});
        case event::done:
            if (agent::ends_in_await::holds(i, m_data)) {
                return go<act::finish_await>(i, o, agent_phase::await, 104, {7, 6});
            }
            if (agent::ends_in_idle::holds(i, m_data)) {
                return go<act::finish_idle>(i, o, agent_phase::idle, 105, {8, 7});
            }
            if (agent::ends_in_off::holds(i, m_data)) {
                return go<act::finish_off>(i, o, agent_phase::off, 106, {8, 8});
            }
            return go<act::finish_exit>(i, o, agent_phase::off, 107, {8, 8});
        case event::failed:
            if (agent::ends_in_await::holds(i, m_data)) {
                return go<act::warn_finish_await>(i, o, agent_phase::await, 108, {7, 11});
            }
            if (agent::ends_in_idle::holds(i, m_data)) {
                return go<act::warn_finish_idle>(i, o, agent_phase::idle, 109, {7, 11});
            }
            if (agent::ends_in_off::holds(i, m_data)) {
                return go<act::warn_finish_off>(i, o, agent_phase::off, 110, {7, 11});
            }
            return go<act::warn_finish_exit>(i, o, agent_phase::off, 111, {7, 11});
        case event::early:
            return stay<act::taint_early>(i, o, 116, {6, 7});
        case event::hold_expired:
        case event::sequence_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::phase_expired:
            if (agent::ends_in_await::holds(i, m_data)) {
                return go<act::expire_finish_idle>(i, o, agent_phase::idle, 112, {7, 11});
            }
            if (agent::ends_in_idle::holds(i, m_data)) {
                return go<act::expire_finish_idle>(i, o, agent_phase::idle, 113, {7, 11});
            }
            if (agent::ends_in_off::holds(i, m_data)) {
                return go<act::expire_finish_off>(i, o, agent_phase::off, 114, {7, 11});
            }
            return go<act::expire_finish_exit>(i, o, agent_phase::off, 115, {7, 11});
        case event::stop:
            return stay<act::then_exit>(i, o, 117, {10, 7});
        case event::generation_changed:
            return stay<agent::taint_clone>(i, o, 118, {11, 3});
        }
        return refuse(refusal::ignore, {});
    }

    result in_await(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            if (agent::version_agreed::holds(i, m_data)) {
                return go<act::close_and_open>(i, o, agent_phase::idle, 119, {2, 8});
            }
            return go<act::close_and_refuse>(i, o, agent_phase::off, 120, {2, 5});
        case event::query:
            return stay<act::status>(i, o, 121, {2, 14});
        case event::ping:
            return stay<agent::pong_and_wait_on>(i, o, 122, {2, 16});
        case event::prepare:
        case event::freeze:
            return refuse(refusal::nak_busy, {3, 15});
        case event::thaw:
            return stay<act::thawed_again>(i, o, 123, {7, 9});
        case event::complete:
            return go<act::complete_it>(i, o, agent_phase::idle, 124, {9, 1});
        case event::abort:
            return go<agent::abort_await>(i, o, agent_phase::idle, 125, {8, 3});
        case event::recover:
            return stay<agent::begin_recover>(i, o, 126, {9, 5});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return go<act::close_await>(i, o, agent_phase::off, 127, {10, 4});
        case event::done:
            if (agent::recovering::holds(i, m_data)) {
                return stay<agent::report_recovered>(i, o, 128, {9, 5});
            }
            return stay<agent::ignore>(i, o, 129, {1, 6});
        case event::failed:
            if (agent::recovering::holds(i, m_data)) {
                return stay<act::recovery_failed>(i, o, 130, {9, 6});
            }
            return stay<agent::ignore>(i, o, 131, {1, 6});
        case event::early:
        case event::hold_expired:
        case event::retry_due:
            return refuse(refusal::ignore, {1, 6});
        case event::phase_expired:
            if (agent::recovering::holds(i, m_data)) {
                return stay<act::recovery_expired>(i, o, 132, {9, 6});
            }
            return stay<agent::ignore>(i, o, 133, {1, 6});
        case event::sequence_expired:
            return go<agent::expire_await>(i, o, agent_phase::idle, 134, {9, 4});
        case event::stop:
            return go<act::close_and_exit>(i, o, agent_phase::off, 135, {10, 8});
        case event::generation_changed:
            return go<act::close_and_reseed>(i, o, agent_phase::off, 136, {11, 4});
        }
        return refuse(refusal::ignore, {});
    }

    result in_stuck(in i, out o) noexcept {
        switch (i.kind) {
        case event::hello:
            return stay<agent::hello_waits>(i, o, 137, {2, 7});
        case event::query:
            return stay<act::status>(i, o, 138, {2, 14});
        case event::ping:
            return stay<act::pong>(i, o, 139, {2, 15});
        case event::prepare:
        case event::freeze:
        case event::complete:
        case event::recover:
            return refuse(refusal::nak_stuck, {3, 16});
        case event::thaw:
            return go<act::owe_thawed_retry>(i, o, agent_phase::thaw, 140, {7, 14});
        case event::abort:
            return go<act::owe_aborted_retry>(i, o, agent_phase::thaw, 141, {8, 5});
        case event::bad_message:
            return refuse(refusal::nak_malformed, {16, 1});
        case event::lost:
            return stay<act::then_off>(i, o, 142, {10, 3});
        case event::done:
        case event::failed:
        case event::phase_expired:
        case event::hold_expired:
        case event::sequence_expired:
            return refuse(refusal::ignore, {1, 6});
        case event::early:
            return go<act::thaw_again>(i, o, agent_phase::thaw, 143, {10, 11});
        case event::retry_due:
            return go<act::thaw_again>(i, o, agent_phase::thaw, 144, {10, 10});
        case event::stop:
            return go<act::then_exit_retry>(i, o, agent_phase::thaw, 145, {10, 9});
        case event::generation_changed:
            return go<act::clone_retry>(i, o, agent_phase::thaw, 146, {11, 5});
        }
        return refuse(refusal::ignore, {});
    }

    agent_phase m_phase = agent_phase::off;
    machine::agent_data m_data;
};

} // namespace snapproto::bench

#endif // SNAPPROTO_BENCH_SWITCH_AGENT_HPP
