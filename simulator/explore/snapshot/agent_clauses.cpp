// SPDX-License-Identifier: BSL-1.0
// What the clauses say of one step of an agent, whatever its table says: event, record before,
// record after, effects.
#include "simulator/explore/snapshot/stage.hpp"

#include <algorithm>
#include <optional>

namespace snapproto::explore {

using machine::agent_effect_kind;
using machine::agent_event;
using machine::agent_timer;

namespace {

using kind = agent_effect_kind;

[[nodiscard]] constexpr bool is_one_of(agent_phase phase,
                                       std::initializer_list<agent_phase> all) noexcept {
    return std::find(all.begin(), all.end(), phase) != all.end();
}

/// A transaction runs and nothing is being released yet.
[[nodiscard]] constexpr bool is_before_release(agent_phase phase) noexcept {
    return is_one_of(phase, {agent_phase::prep, agent_phase::ready, agent_phase::quiesce,
                             agent_phase::freeze, agent_phase::frozen});
}
[[nodiscard]] constexpr bool is_releasing(agent_phase phase) noexcept {
    return is_one_of(phase, {agent_phase::thaw, agent_phase::resume, agent_phase::stuck});
}

/// Why a transaction is spoiled by an event, if it is (SP 7.13): chapters 4 to 11 name a reason
/// for each.
[[nodiscard]] std::optional<verdict> reason_of(agent_event event, agent_phase phase) noexcept {
    const bool before = is_before_release(phase);
    const bool releasing = phase == agent_phase::thaw || phase == agent_phase::resume;
    switch (event) {
    case agent_event::hello:
    case agent_event::lost:
        return before ? std::optional{verdict::lost} : std::nullopt;
    case agent_event::failed:
        return phase == agent_phase::frozen ? std::optional{verdict::early}
               : phase == agent_phase::thaw ? std::optional{verdict::stuck}
               : before                     ? std::optional{verdict::veto}
                                            : std::nullopt;
    case agent_event::early:
        return before || releasing ? std::optional{verdict::early} : std::nullopt;
    case agent_event::phase_expired:
        return phase == agent_phase::thaw ? std::optional{verdict::stuck}
               : before || phase == agent_phase::resume // SP 7.11
                   ? std::optional{verdict::expired}
                   : std::nullopt;
    case agent_event::hold_expired:
        return before || phase == agent_phase::thaw ? std::optional{verdict::expired}
                                                    : std::nullopt;
    case agent_event::sequence_expired:
        return before ? std::optional{verdict::expired} : std::nullopt;
    case agent_event::abort:
        return before || releasing ? std::optional{verdict::aborted} : std::nullopt;
    case agent_event::thaw:
        return before && phase != agent_phase::frozen ? std::optional{verdict::aborted}
                                                      : std::nullopt;
    case agent_event::stop:
        return before ? std::optional{verdict::stopped} : std::nullopt;
    case agent_event::generation_changed:
        return before || releasing || phase == agent_phase::stuck ? std::optional{verdict::clone}
                                                                  : std::nullopt;
    default:
        return std::nullopt;
    }
}

/// The reason that stands after an event: the first (SP 7.13).
[[nodiscard]] verdict why_after(const machine::agent_state& before,
                                const machine::agent_input& input) noexcept {
    return before.data.why == verdict::clean
               ? reason_of(input.kind, before.phase).value_or(verdict::clean)
               : before.data.why;
}

/// The effects of a step, to be asked.
struct effects_seen {
    const agent_effects& all;

    [[nodiscard]] std::size_t count(kind which) const noexcept {
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [&](const auto& e) { return e.kind == which; }));
    }
    [[nodiscard]] bool only(kind which) const noexcept {
        return all.size == 1 && all.items[0].kind == which;
    }
    [[nodiscard]] const machine::agent_effect* find(kind which) const noexcept {
        const auto* at =
            std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.kind == which; });
        return at == all.end() ? nullptr : at;
    }
    [[nodiscard]] bool arms(agent_timer timer) const noexcept {
        return std::any_of(all.begin(), all.end(),
                           [&](const auto& e) { return e.kind == kind::arm && e.timer == timer; });
    }
    [[nodiscard]] std::size_t sends() const noexcept {
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [](const auto& e) { return e.kind <= kind::send_nak; }));
    }
};

} // namespace

void stage::judge(std::size_t agent, const machine::agent_state& before,
                  const machine::agent_input& input, const agent_effects& out, bool taken) {
    const auto& after = w.agents[agent].machine;
    if (!taken) {
        return; // refusals are not rows: SP 1.5 is judged by the unit tests of the table
    }
    judge_steps(before, after, input, out);
    judge_questions(before, after, input, out);
    judge_repetition(before, after, input, out);
    judge_undo(before, after, input, out);
    judge_end(before, after, input, out);
    judge_session(before, after, input, out);
}

// Each phase in which something is done begins with what is to be done there (SP 4.1, 4.9, 5.1,
// 5.2, 7.1, 7.2), and a Freeze prepares only where that was agreed (SP 4.10).
void stage::judge_steps(const machine::agent_state& before, const machine::agent_state& after,
                        const machine::agent_input& input, const agent_effects& out) {
    const effects_seen seen{out};
    const auto begins = [&](agent_phase phase, kind step) {
        const bool enters = after.phase == phase && before.phase != phase;
        require(seen.count(step) == (enters ? 1U : 0U), property::steps_begin);
    };
    begins(agent_phase::prep, kind::begin_prepare);
    begins(agent_phase::quiesce, kind::begin_quiesce);
    begins(agent_phase::freeze, kind::begin_freeze);
    begins(agent_phase::thaw, kind::begin_thaw);
    begins(agent_phase::resume, kind::begin_resume);
    if (before.phase == agent_phase::idle) {
        const bool freezes = input.kind == agent_event::freeze;
        const bool accepts = input.kind == agent_event::prepare ||
                             (freezes && has(before.data.granted, capability::implicit_prepare));
        require((after.phase == agent_phase::prep) == accepts, property::steps_begin);
        require(!accepts || (after.data.txn == input.txn && after.data.implicit == freezes &&
                             after.data.why == verdict::clean),
                property::steps_begin);
    }
    if (input.kind == agent_event::done && is_before_release(before.phase)) {
        const auto next = before.phase == agent_phase::quiesce  ? agent_phase::freeze
                          : before.phase == agent_phase::freeze ? agent_phase::frozen
                          : before.data.implicit                ? agent_phase::quiesce
                                                                : agent_phase::ready;
        require(after.phase == next, property::steps_begin);
        // What is done is told, and nothing else (SP 4.2, 5.4).
        require(seen.count(kind::send_prepared) == (next == agent_phase::ready ? 1U : 0U) &&
                    seen.count(kind::send_frozen) == (next == agent_phase::frozen ? 1U : 0U) &&
                    seen.sends() == seen.count(kind::send_prepared) + seen.count(kind::send_frozen),
                property::steps_begin);
    }
    if (before.phase == agent_phase::ready && input.kind == agent_event::freeze) { // SP 5.1
        require(after.phase == agent_phase::quiesce, property::steps_begin);
    }
}

// Query and Ping are answered at once and change nothing but the sequence timer (SP 2.14 to 2.16).
void stage::judge_questions(const machine::agent_state& before, const machine::agent_state& after,
                            const machine::agent_input& input, const agent_effects& out) {
    const effects_seen seen{out};
    const bool is_query = input.kind == agent_event::query;
    const bool is_ping = input.kind == agent_event::ping;
    if (!is_query && !is_ping) {
        require(seen.count(kind::send_status) + seen.count(kind::send_pong) == 0,
                property::questions);
        return;
    }
    const auto* answered = seen.find(is_query ? kind::send_status : kind::send_pong);
    const bool waits_on =
        is_ping && (before.phase == agent_phase::ready || before.phase == agent_phase::await);
    require(after == before && answered != nullptr && answered->txn == input.txn &&
                answered->session == before.data.session &&
                seen.arms(agent_timer::sequence) == waits_on && out.size == (waits_on ? 2U : 1U),
            property::questions);
}

// A request that is repeated gets Progress while its step is in work, the remembered answer
// afterwards, and has no other effect (SP 3.9, 3.10).
void stage::judge_repetition(const machine::agent_state& before, const machine::agent_state& after,
                             const machine::agent_input& input, const agent_effects& out) {
    const effects_seen seen{out};
    const auto answered_by = [&](kind which) {
        require(after == before && seen.only(which), property::repetition);
    };
    const auto phase = before.phase;
    const bool in_work =
        is_one_of(phase, {agent_phase::prep, agent_phase::quiesce, agent_phase::freeze});
    switch (input.kind) {
    case agent_event::prepare:
        if (in_work || phase == agent_phase::ready) {
            answered_by(in_work ? kind::send_progress : kind::send_prepared);
        }
        break;
    case agent_event::freeze:
        if (in_work || phase == agent_phase::frozen) {
            // SP 4.11: a preparation that no Freeze began is not hurried by one.
            answered_by(phase == agent_phase::frozen                         ? kind::send_frozen
                        : phase != agent_phase::prep || before.data.implicit ? kind::send_progress
                                                                             : kind::send_nak);
        }
        break;
    case agent_event::thaw:
        if (phase == agent_phase::idle || phase == agent_phase::await) {
            answered_by(kind::send_thawed);
            const auto* sent = seen.find(kind::send_thawed);
            require(sent == nullptr || sent->outcome == before.data.last_verdict,
                    property::repetition);
        }
        break;
    case agent_event::abort:
        if (phase == agent_phase::idle) {
            answered_by(kind::send_aborted);
        }
        break;
    case agent_event::complete:
        if (phase == agent_phase::idle) { // SP 9.2
            const bool last = before.data.last_txn && input.txn == before.data.last_txn;
            answered_by(last ? kind::send_completed : kind::send_nak);
        }
        break;
    case agent_event::recover:
        if (phase == agent_phase::await && before.data.recovering) {
            answered_by(kind::send_progress);
        }
        break;
    default:
        break;
    }
    const auto* nak = seen.find(kind::send_nak);
    require(nak == nullptr || (nak->code == nak_code::bad_state && after == before),
            property::nak_codes);
    // One step answers no request twice (SP 3.8).
    require(seen.count(kind::send_nak) <= 1 && seen.count(kind::send_error) <= 1,
            property::one_answer);
}

// What spoils a transaction leads back, by the way that passes everything that may be held
// (SP 8.6), and the first reason is the one that is reported (SP 7.13).
void stage::judge_undo(const machine::agent_state& before, const machine::agent_state& after,
                       const machine::agent_input& input, const agent_effects& out) {
    const effects_seen seen{out};
    const auto phase = before.phase;
    const auto reason = reason_of(input.kind, phase);
    if (is_before_release(phase) && (reason || input.kind == agent_event::thaw)) {
        const bool filesystems = phase == agent_phase::freeze || phase == agent_phase::frozen;
        require(after.phase == (filesystems ? agent_phase::thaw : agent_phase::resume),
                property::way_back);
        require(!reason || seen.count(kind::cancel_step) == 1, property::way_back);
    }
    const bool ends = before.data.txn && !after.data.txn;
    if (before.data.txn && !ends && phase != agent_phase::idle) {
        require(after.data.why == why_after(before, input), property::first_reason);
    }
    for (const auto& effect : out) {
        const bool tells = effect.kind == kind::send_error || effect.kind == kind::send_thawed;
        require(!tells || phase != agent_phase::resume ||
                    effect.outcome == why_after(before, input),
                property::first_reason);
    }
    if (phase == agent_phase::thaw &&
        (input.kind == agent_event::failed || input.kind == agent_event::phase_expired)) {
        // SP 7.10
        const bool owes = before.data.owes_thawed || before.data.owes_aborted;
        const bool told = before.data.then == machine::afterwards::idle &&
                          before.data.waiting == machine::pending_hello::none && !owes;
        const auto* error = seen.find(kind::send_error);
        require(after.phase == agent_phase::stuck && (error != nullptr) == told &&
                    (error == nullptr || error->outcome == verdict::stuck) &&
                    seen.count(kind::cancel_step) == 1,
                property::stuck_is_told);
    }
    if (phase == agent_phase::stuck) {
        // SP 7.14, 8.5, 10.9 to 10.11, 11.5: each of these tries the release again.
        const bool tries =
            input.kind == agent_event::thaw || input.kind == agent_event::abort ||
            input.kind == agent_event::early || input.kind == agent_event::retry_due ||
            input.kind == agent_event::stop || input.kind == agent_event::generation_changed;
        require(after.phase == (tries ? agent_phase::thaw : agent_phase::stuck),
                property::stuck_is_told);
    }
    // SP 7.11
    const bool warns = phase == agent_phase::resume && (input.kind == agent_event::failed ||
                                                        input.kind == agent_event::phase_expired);
    require(seen.count(kind::warn) == (warns ? 1U : 0U), property::warnings);
}

// Every participant learns the result once (SP 9.8), a true one, and before anybody else does.
void stage::judge_end(const machine::agent_state& before, const machine::agent_state& after,
                      const machine::agent_input& input, const agent_effects& out) {
    const effects_seen seen{out};
    const auto phase = before.phase;
    const bool ends = phase != agent_phase::idle && phase != agent_phase::off && before.data.txn &&
                      !after.data.txn;
    require(seen.count(kind::tell_result) == (ends ? 1U : 0U), property::result_is_told);
    const auto* told = seen.find(kind::tell_result);
    if (told != nullptr) {
        const bool clean = why_after(before, input) == verdict::clean;
        auto expected = clean ? copy_result::unknown : copy_result::discarded;
        if (phase == agent_phase::await) {
            expected = input.kind == agent_event::complete ? input.result
                       : input.kind == agent_event::abort  ? copy_result::discarded
                                                           : copy_result::unknown;
        }
        const bool first = std::none_of(out.begin(), told, [](const auto& e) {
            return e.kind <= kind::send_nak || e.kind == kind::close_channel;
        });
        require(told->result == expected && first, property::result_is_told);
    }
    if (ends) { // SP 3.11
        require(after.data.last_txn == before.data.txn &&
                    after.data.last_verdict == why_after(before, input),
                property::repetition);
    }
    if (phase == agent_phase::await) {
        const bool recovers = before.data.recovering;
        const bool done = input.kind == agent_event::done;
        const bool fails =
            input.kind == agent_event::failed || input.kind == agent_event::phase_expired;
        require(seen.count(kind::begin_recover) ==
                    (input.kind == agent_event::recover && !recovers ? 1U : 0U),
                property::recovery);
        require(seen.count(kind::send_recovered) == (done && recovers ? 1U : 0U),
                property::recovery);
        const auto* error = seen.find(kind::send_error);
        const bool expires = input.kind == agent_event::sequence_expired;
        require((error != nullptr) == (expires || (fails && recovers)), property::recovery);
        require(error == nullptr ||
                    error->outcome ==
                        (input.kind == agent_event::failed ? verdict::veto : verdict::expired),
                property::recovery);
        require(!(recovers && (ends || fails)) || seen.count(kind::cancel_step) == 1,
                property::recovery);
        require(ends || after.data.recovering ==
                            (input.kind == agent_event::recover || (recovers && !done && !fails)),
                property::recovery);
        const bool leaves =
            input.kind == agent_event::complete || input.kind == agent_event::abort || expires ||
            input.kind == agent_event::hello || input.kind == agent_event::lost ||
            input.kind == agent_event::stop || input.kind == agent_event::generation_changed;
        require(leaves == ends, property::result_is_told);
        // The session goes on when the transaction ends by itself (SP 8.3, 9.1, 9.4, 9.6).
        const bool stays =
            input.kind == agent_event::complete || input.kind == agent_event::abort || expires;
        require(after.phase == (stays  ? agent_phase::idle
                                : ends ? after.phase
                                       : agent_phase::await),
                property::result_is_told);
    }
}

// Sessions begin with a HelloAck that agrees, and end when nobody is left to speak with.
void stage::judge_session(const machine::agent_state& before, const machine::agent_state& after,
                          const machine::agent_input& input, const agent_effects& out) {
    const effects_seen seen{out};
    const auto phase = before.phase;
    const bool at_once =
        input.kind == agent_event::hello &&
        (phase == agent_phase::off || phase == agent_phase::idle || phase == agent_phase::await);
    for (const auto& effect : out) {
        if (effect.kind == kind::send_hello_ack) { // SP 2.5, 2.9
            require(effect.agreed ==
                            (at_once ? input.version_agreed
                                     : before.data.waiting == machine::pending_hello::agreed) &&
                        effect.session == (at_once ? input.session : before.data.waiting_session) &&
                        (after.phase == agent_phase::off) != effect.agreed,
                    property::versions);
        } else if (effect.kind < kind::send_nak) { // SP 2.10, 3.1
            require(effect.session == before.data.session &&
                        (effect.txn == before.data.txn || effect.txn == input.txn),
                    property::correlation);
        }
    }
    if (at_once) { // SP 2.2, 2.3, 2.5
        const bool agreed = input.version_agreed;
        require(seen.count(kind::send_hello_ack) == 1 &&
                    after.data.session == (agreed ? input.session : session_none) &&
                    (!agreed || after.data.granted == input.granted),
                property::versions);
    }
    // A process that has ended does nothing more (SP 10.5).
    require(seen.count(kind::exit_process) == 0 ||
                out.items[out.size - 1].kind == kind::exit_process,
            property::session_ends);
    if (input.kind == agent_event::hello && is_releasing(after.phase)) { // SP 2.6, 2.7, 2.9
        require(after.data.waiting != machine::pending_hello::none &&
                    after.data.waiting_session == input.session && !after.data.owes_thawed &&
                    !after.data.owes_aborted,
                property::versions);
    }
    const bool reseeds = input.kind == agent_event::generation_changed;
    require(seen.count(kind::reseed) == (reseeds ? 1U : 0U), property::clone_safety);
    // Whoever is told to end, lost its channel or became another guest ends its session when the
    // release has ended (SP 8.8, 10.1 to 10.8, 11.1 to 11.5).
    using machine::afterwards;
    const bool stops = input.kind == agent_event::stop;
    const bool leaves = stops || reseeds || input.kind == agent_event::lost;
    if (leaves && is_releasing(after.phase)) {
        require(after.data.then == (stops                                  ? afterwards::exit
                                    : before.data.then == afterwards::exit ? afterwards::exit
                                                                           : afterwards::off),
                property::session_ends);
        require(stops || after.data.waiting == machine::pending_hello::none,
                property::session_ends);
    } else if (leaves && phase != agent_phase::off) {
        require(after.phase == agent_phase::off && seen.count(kind::close_channel) == 1 &&
                    !after.data.session,
                property::session_ends);
    }
    const bool ends_resume = phase == agent_phase::resume && !is_releasing(after.phase);
    if (ends_resume) {
        const auto then = before.data.then;
        require((after.phase == agent_phase::off) == (then != afterwards::idle),
                property::session_ends);
        require(seen.count(kind::exit_process) == (then == afterwards::exit ? 1U : 0U),
                property::session_ends);
        const bool refused =
            then == afterwards::off && before.data.waiting == machine::pending_hello::refused;
        require(seen.count(kind::close_channel) == (then != afterwards::idle && !refused ? 1U : 0U),
                property::session_ends);
        // SP 8.7, 8.8: nothing is sent to a session that ends, but a HelloAck to who waits.
        require(then == afterwards::idle || seen.sends() == seen.count(kind::send_hello_ack),
                property::session_ends);
        const bool awaits = then == afterwards::idle &&
                            why_after(before, input) == verdict::clean &&
                            has(before.data.granted, capability::completion) &&
                            before.data.waiting == machine::pending_hello::none;
        require((after.phase == agent_phase::await) == awaits, property::session_ends);
    } else if (stops && !is_releasing(after.phase)) {
        require(seen.count(kind::exit_process) == 1, property::session_ends);
    }
}

} // namespace snapproto::explore
