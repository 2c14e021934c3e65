// SPDX-License-Identifier: BSL-1.0
// What the clauses say of one step of the orchestrator, whatever its table says.
#include "simulator/explore/snapshot/stage.hpp"

#include <algorithm>

namespace snapproto::explore {

using machine::cut_progress;
using machine::fate;
using machine::orchestrator_effect_kind;
using machine::orchestrator_event;

namespace {

using kind = orchestrator_effect_kind;
using phase_kind = orchestrator_phase;

[[nodiscard]] std::size_t count_of(const orchestrator_effects& out, kind which) noexcept {
    return static_cast<std::size_t>(
        std::count_if(out.begin(), out.end(), [&](const auto& e) { return e.kind == which; }));
}
[[nodiscard]] const machine::orchestrator_effect* find(const orchestrator_effects& out,
                                                       kind which) noexcept {
    const auto* at =
        std::find_if(out.begin(), out.end(), [&](const auto& e) { return e.kind == which; });
    return at == out.end() ? nullptr : at;
}

[[nodiscard]] bool is_before_cut(phase_kind phase) noexcept {
    return phase == phase_kind::prep || phase == phase_kind::ready || phase == phase_kind::freeze;
}

/// Errors, Naks, losses, limits and silence: what cannot happen to a snapshot that succeeds.
[[nodiscard]] bool spoils(orchestrator_event event, phase_kind phase) noexcept {
    switch (event) {
    case orchestrator_event::any_error:
    case orchestrator_event::any_nak:
    case orchestrator_event::any_lost:
    case orchestrator_event::liveness_expired:
    case orchestrator_event::reply_expired:
    case orchestrator_event::window_expired:
        return is_before_cut(phase) || phase == phase_kind::cut || phase == phase_kind::thaw;
    case orchestrator_event::cut_failed:
        return phase == phase_kind::cut;
    case orchestrator_event::cancel:
        return is_before_cut(phase) || phase == phase_kind::cut;
    default:
        return false;
    }
}

[[nodiscard]] bool succeeds(const machine::orchestrator_data& d) noexcept {
    return d.outlook == fate::ok && d.cut == cut_progress::ok && d.unknown == 0 && d.spoiled == 0;
}

} // namespace

void stage::judge(const machine::orchestrator_state& before,
                  const machine::orchestrator_input& input, const orchestrator_effects& out,
                  bool taken) {
    if (!taken) {
        return;
    }
    judge_failure(before, input, out);
    judge_orders(before, input, out);
    judge_report(before, input, out);
    judge_warnings(before, input, out);
}

// What spoils the snapshot makes its fate bad, and the whole group is released (SP 12.10, 12.12 to
// 12.14, 12.18, 12.22 to 12.25).
void stage::judge_failure(const machine::orchestrator_state& before,
                          const machine::orchestrator_input& input,
                          const orchestrator_effects& out) {
    const auto& after = w.host;
    const auto from = before.phase;
    const auto event = input.kind;
    if (spoils(event, from)) {
        require(!after.data.txn ||
                    after.data.outlook == (before.data.outlook != fate::ok ? before.data.outlook
                                           : event == orchestrator_event::cancel ? fate::failed
                                                                                 : fate::bad),
                property::group_is_undone);
        const bool aborts =
            is_before_cut(from) || event == orchestrator_event::cancel ||
            (from == phase_kind::thaw && event == orchestrator_event::reply_expired);
        require(after.phase == (aborts ? phase_kind::abort : phase_kind::thaw),
                property::group_is_undone);
        const bool abandons = from == phase_kind::cut && event != orchestrator_event::cut_failed;
        require(count_of(out, kind::abandon_cut) == (abandons ? 1U : 0U) &&
                    (!abandons || after.data.cut == cut_progress::abandoned),
                property::group_is_undone);
    } else if (after.data.txn && before.data.txn == after.data.txn) {
        require(after.data.outlook == before.data.outlook || event == orchestrator_event::any_lost,
                property::group_is_undone); // SP 12.32
    }
    const auto bit = machine::agent_set{1} << input.agent;
    if (event == orchestrator_event::any_lost && after.phase != phase_kind::down) { // SP 12.33
        require((after.data.live & bit) == 0 && (after.data.answered & bit) == 0,
                property::group_is_undone);
        require(before.phase == phase_kind::complete || (after.data.unknown & bit) != 0,
                property::group_is_undone);
    }
    const bool last =
        from == phase_kind::thaw || from == phase_kind::complete || from == phase_kind::abort;
    if (event == orchestrator_event::any_nak && last) { // SP 12.14 to 12.16
        require((after.data.answered & bit) == (after.data.live & bit), property::group_is_undone);
        require(from != phase_kind::thaw || (after.data.unknown & bit) != 0,
                property::group_is_undone);
    }
    if (event == orchestrator_event::cut_ok) {
        const bool late = last && before.data.cut != cut_progress::ok;
        require(from == phase_kind::cut ? after.data.cut == cut_progress::ok
                                        : count_of(out, kind::discard_copy) == (late ? 1U : 0U),
                property::late_copy); // SP 12.11
    }
    if (event == orchestrator_event::cut_failed && from == phase_kind::cut) {
        require(after.data.cut == cut_progress::failed, property::late_copy);
    }
}

// Every order goes to every live agent, in the phase that it opens (SP 12.1, 12.4, 12.5, 12.9,
// 12.12, 12.28), and at the barrier nobody is sent anything before Go.
void stage::judge_orders(const machine::orchestrator_state& before,
                         const machine::orchestrator_input& input,
                         const orchestrator_effects& out) {
    const auto& after = w.host;
    const auto opened_by = [](phase_kind phase) {
        switch (phase) {
        case phase_kind::neg:
            return kind::send_hello;
        case phase_kind::prep:
            return kind::send_prepare;
        case phase_kind::freeze:
            return kind::send_freeze;
        case phase_kind::thaw:
            return kind::send_thaw;
        case phase_kind::complete:
            return kind::send_complete;
        case phase_kind::abort:
            return kind::send_abort;
        default:
            return kind::warn;
        }
    };
    const bool enters = after.phase != before.phase && opened_by(after.phase) != kind::warn;
    const bool again = before.phase == phase_kind::abort && after.phase == phase_kind::abort &&
                       input.kind == orchestrator_event::reply_expired;
    std::size_t orders = 0;
    for (const auto& effect : out) {
        if (effect.kind > kind::send_abort) {
            continue;
        }
        ++orders;
        require(effect.kind == opened_by(after.phase) && effect.txn == after.data.txn,
                property::orders);
        require(effect.to == (again ? after.data.live & ~after.data.answered : after.data.live),
                property::orders);
    }
    require(orders == (enters || again ? 1U : 0U), property::orders);
    require(!enters || after.data.answered == 0, property::orders);
    if (const auto* thaw = find(out, kind::send_thaw)) { // SP 12.9, 12.34
        const bool good = after.data.cut == cut_progress::ok && after.data.outlook == fate::ok;
        require(thaw->outcome == (good ? cut_outcome::ok : cut_outcome::failed), property::orders);
    }
    if (const auto* complete = find(out, kind::send_complete)) { // SP 12.28
        require(complete->result ==
                    (succeeds(before.data) ? copy_result::kept : copy_result::discarded),
                property::orders);
    }
    // SP 12.20
    const bool spent = before.data.resends >= before.data.policy.abort_resends_max;
    require(!again || (!spent && after.data.resends == before.data.resends + 1), property::orders);
    if (input.kind == orchestrator_event::start && before.phase == phase_kind::idle) {
        require(after.data.txn == input.txn && after.data.go_noted == input.go_at_once &&
                    after.data.outlook == (after.data.live == 0 ? fate::bad : fate::ok),
                property::orders);
        require(after.phase ==
                    (before.data.policy.explicit_prepare ? phase_kind::prep : phase_kind::freeze),
                property::orders); // SP 12.1
    }
    if (input.kind == orchestrator_event::start && before.phase == phase_kind::down) { // SP 12.3
        require(after.phase == phase_kind::down || before.data.policy.crash_copy_allowed,
                property::orders);
    }
    if (input.kind == orchestrator_event::all_thawed && before.phase == phase_kind::thaw) {
        require(after.phase ==
                    (before.data.policy.completion ? phase_kind::complete : phase_kind::idle),
                property::orders); // SP 12.28
    }
    if (input.kind == orchestrator_event::all_prepared) { // SP 12.4
        require(after.phase == (before.data.go_noted ? phase_kind::freeze : phase_kind::ready),
                property::orders);
    }
    require((count_of(out, kind::cut) == 1) ==
                (after.phase == phase_kind::cut && before.phase != phase_kind::cut),
            property::orders);
}

// The one outcome is what the record says (SP 12.27, 12.29), and a copy that is not kept is thrown
// away.
void stage::judge_report(const machine::orchestrator_state& before,
                         const machine::orchestrator_input& input,
                         const orchestrator_effects& out) {
    const auto& after = w.host;
    const auto* reported = find(out, kind::report);
    const bool ends = before.data.txn && !after.data.txn;
    const bool refused =
        input.kind == orchestrator_event::start && before.phase == phase_kind::down;
    require(count_of(out, kind::report) == (ends || refused ? 1U : 0U), property::true_outcome);
    if (reported != nullptr) {
        // It says what became of the copy and of the channels, so it comes last.
        require(reported + 1 == out.end(), property::true_outcome);
        const bool good = ends && succeeds(before.data);
        require(reported->reported == (good ? session_outcome::success : session_outcome::failed),
                property::true_outcome);
        const bool kept = good || before.data.cut != cut_progress::ok;
        require(!ends || count_of(out, kind::discard_copy) == (kept ? 0U : 1U),
                property::true_outcome);
        require(refused || after.phase == phase_kind::idle || after.phase == phase_kind::down,
                property::true_outcome);
    }
    // A channel is closed in DOWN, and DOWN is where all of them are closed (SP 2.18, 2.19, 12.20,
    // 12.23, 12.31).
    const bool goes_down = after.phase == phase_kind::down && before.phase != phase_kind::down;
    const auto* closed = find(out, kind::close);
    require((closed != nullptr) == goes_down, property::channels_close);
    require(closed == nullptr || (closed->to == before.data.live && after.data.live == 0),
            property::channels_close);
    const auto event = input.kind;
    const bool fails =
        (before.phase == phase_kind::neg &&
         (event == orchestrator_event::ack_bad || event == orchestrator_event::any_nak ||
          event == orchestrator_event::reply_expired || event == orchestrator_event::any_lost)) ||
        (before.phase == phase_kind::idle &&
         (event == orchestrator_event::ack_bad || event == orchestrator_event::liveness_expired ||
          event == orchestrator_event::any_lost));
    const bool gives_up = before.phase == phase_kind::abort &&
                          event == orchestrator_event::reply_expired &&
                          before.data.resends >= before.data.policy.abort_resends_max;
    require(goes_down == (fails || gives_up), property::channels_close);
}

// What changes no outcome is a warning, and a stuck agent raises an alarm (SP 12.15 to 12.17,
// 12.19, 12.23).
void stage::judge_warnings(const machine::orchestrator_state& before,
                           const machine::orchestrator_input& input,
                           const orchestrator_effects& out) {
    const auto event = input.kind;
    const bool trouble =
        event == orchestrator_event::any_error || event == orchestrator_event::any_nak;
    const bool warns =
        (before.phase == phase_kind::idle && trouble) ||
        (before.phase == phase_kind::complete &&
         (trouble || event == orchestrator_event::reply_expired ||
          event == orchestrator_event::liveness_expired || event == orchestrator_event::any_lost));
    require(count_of(out, kind::warn) == (warns ? 1U : 0U), property::warnings);
    const bool alarms = before.phase == phase_kind::abort && event == orchestrator_event::any_error;
    require(count_of(out, kind::alarm) == (alarms ? 1U : 0U), property::warnings);
}

// ---- provider ---------------------------------------------------------------------------------

// Each event leads to the state that it names, but what comes after the discard is thrown away
// (SP chapter 13); reports are made of what happened, once.
void stage::judge_provider(provider_phase before, provider_input input, const provider_step& step) {
    if (!step.taken) {
        return;
    }
    const bool given_up = before == provider_phase::discarded;
    const auto leads_to = [&] {
        switch (input) {
        case provider_input::precommit:
            return provider_phase::prepared;
        case provider_input::cut:
            return provider_phase::cutting;
        case provider_input::cut_done:
            return given_up ? provider_phase::discarded : provider_phase::cut;
        case provider_input::copy_ready:
            return given_up ? provider_phase::discarded : provider_phase::ready;
        case provider_input::reset:
            return provider_phase::idle;
        default:
            return provider_phase::discarded;
        }
    };
    require(w.provider == leads_to(), property::provider);
    const auto asks = [&](provider_order what, bool expected) {
        require(step.asks(what) == expected, property::provider);
    };
    const bool arrives = !given_up && w.provider != before;
    const bool exists = before == provider_phase::cutting || before == provider_phase::cut ||
                        before == provider_phase::ready;
    asks(provider_order::begin_cut, arrives && w.provider == provider_phase::cutting);
    asks(provider_order::report_cut, arrives && w.provider == provider_phase::cut);
    asks(provider_order::report_ready, arrives && w.provider == provider_phase::ready);
    asks(provider_order::report_failed,
         input == provider_input::cut_failed || input == provider_input::cut_expired);
    asks(provider_order::throw_away,
         (w.provider == provider_phase::discarded && exists) ||
             (given_up && (input == provider_input::cut_done ||
                           input == provider_input::copy_ready))); // SP 13.9
}

} // namespace snapproto::explore
