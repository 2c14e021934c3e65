// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_ACTIONS_HPP
#define SNAPPROTO_MACHINE_AGENT_ACTIONS_HPP

// The guards and actions of the agent's table.
//
// Guards are pure. Actions change the data and append effects, at most `effects_max` for one
// event; they know neither the transport nor the clock.

#include <snapproto/machine/agent_types.hpp>
#include <snapproto/machine/table.hpp>

namespace snapproto::machine {

/// The effects of one event. Bounds: 12; the longest row needs 6.
using agent_outbox = effect_list<agent_effect, 12>;

namespace agent {

using in = const agent_input&;
using data = agent_data;
using out = agent_outbox;
using effect = agent_effect_kind;

// ---- guards ---------------------------------------------------------------------------------

/// A version is common to both sides (SP 2.5).
struct version_agreed {
    static constexpr std::string_view name = "version agreed";
    static constexpr std::string_view opposite = "no common version";
    static constexpr bool holds(in i, const data&) noexcept { return i.version_agreed; }
};

/// Freeze may stand for prepare and freeze (SP 4.9).
struct implicit_prepare_agreed {
    static constexpr std::string_view name = "implicit prepare agreed";
    static constexpr std::string_view opposite = "implicit prepare not agreed";
    static constexpr bool holds(in, const data& d) noexcept {
        return has(d.granted, capability::implicit_prepare);
    }
};

/// The running prepare was begun by a Freeze.
struct prepare_is_implicit {
    static constexpr std::string_view name = "prepare is implicit";
    static constexpr std::string_view opposite = "prepare is explicit";
    static constexpr bool holds(in, const data& d) noexcept { return d.implicit; }
};

/// A recovery of the copy is in work.
struct recovering {
    static constexpr std::string_view name = "recovery in work";
    static constexpr std::string_view opposite = "no recovery in work";
    static constexpr bool holds(in, const data& d) noexcept { return d.recovering; }
};

/// The request names the transaction that ended last, in whatever way (SP 9.2).
struct names_the_last {
    static constexpr std::string_view name = "last transaction";
    static constexpr std::string_view opposite = "another transaction";
    static constexpr bool holds(in i, const data& d) noexcept {
        return d.last_txn && i.txn == d.last_txn;
    }
};

/// The four ways in which a release ends. They exclude each other and cover everything.
struct ends_in_await {
    static constexpr std::string_view name = "clean, completion agreed";
    static constexpr bool holds(in, const data& d) noexcept {
        return d.then == afterwards::idle && d.why == verdict::clean &&
               has(d.granted, capability::completion) && d.waiting == pending_hello::none;
    }
};
struct ends_in_idle {
    static constexpr std::string_view name = "session goes on";
    static constexpr bool holds(in i, const data& d) noexcept {
        return d.then == afterwards::idle && !ends_in_await::holds(i, d);
    }
};
struct ends_in_off {
    static constexpr std::string_view name = "session ends";
    static constexpr bool holds(in, const data& d) noexcept { return d.then == afterwards::off; }
};
struct ends_in_exit {
    static constexpr std::string_view name = "agent ends";
    static constexpr bool holds(in, const data& d) noexcept { return d.then == afterwards::exit; }
};

// ---- building blocks ------------------------------------------------------------------------

namespace detail {

constexpr void send(out& o, effect kind, const data& d) noexcept {
    o.push({.kind = kind, .txn = d.txn, .session = d.session});
}
constexpr void arm(out& o, agent_timer timer) noexcept {
    o.push({.kind = effect::arm, .timer = timer});
}
constexpr void disarm(out& o, agent_timer timer) noexcept {
    o.push({.kind = effect::disarm, .timer = timer});
}
constexpr void ack(out& o, session_id session, bool agreed) noexcept {
    o.push({.kind = effect::send_hello_ack, .session = session, .agreed = agreed});
}
constexpr void tell(out& o, const data& d, copy_result result) noexcept {
    o.push({.kind = effect::tell_result, .txn = d.txn, .result = result});
}

/// The first reason counts (SP 7.13).
constexpr void spoil(data& d, verdict why) noexcept {
    if (d.why == verdict::clean) {
        d.why = why;
    }
}

/// Remember how the transaction ended and forget it.
constexpr void close_transaction(data& d) noexcept {
    d.last_txn = d.txn;
    d.last_verdict = d.why;
    d.txn = {};
    d.why = verdict::clean;
    d.implicit = false;
    d.recovering = false;
    d.owes_thawed = false;
    d.owes_aborted = false;
    d.aborted_first = false;
}

constexpr void forget_session(data& d) noexcept {
    d.session = {};
    d.granted = capability::none;
    d.then = afterwards::idle;
    d.waiting = pending_hello::none;
    d.waiting_session = {};
    d.waiting_granted = capability::none;
}

constexpr void open(in i, data& d, out& o) noexcept {
    d.session = i.session;
    d.granted = i.granted;
    ack(o, i.session, true);
}

/// The waiting Hello is answered when nothing is held any more (SP 2.6, 2.7).
constexpr void answer_waiting_hello(data& d, out& o) noexcept {
    const auto waiting = d.waiting;
    const auto session = d.waiting_session;
    const auto granted = d.waiting_granted;
    forget_session(d);
    if (waiting == pending_hello::agreed) {
        d.session = session;
        d.granted = granted;
    }
    ack(o, session, waiting == pending_hello::agreed);
}

constexpr void owe_thawed(data& d) noexcept {
    d.owes_thawed = true;
}
constexpr void owe_aborted(data& d) noexcept {
    if (!d.owes_aborted && !d.owes_thawed) {
        d.aborted_first = true;
    }
    d.owes_aborted = true;
}

constexpr void wait_hello(in i, data& d) noexcept {
    d.waiting = i.version_agreed ? pending_hello::agreed : pending_hello::refused;
    d.waiting_session = i.session;
    d.waiting_granted = i.granted;
    // Whoever opens a new session does not wait for answers of the old one.
    d.owes_thawed = d.owes_aborted = d.aborted_first = false;
    if (d.then != afterwards::exit) {
        d.then = i.version_agreed ? afterwards::idle : afterwards::off;
    }
}

constexpr void go_off_afterwards(data& d) noexcept {
    d.waiting = pending_hello::none;
    d.waiting_session = {};
    d.waiting_granted = capability::none;
    d.owes_thawed = d.owes_aborted = d.aborted_first = false;
    if (d.then != afterwards::exit) {
        d.then = afterwards::off;
    }
}

constexpr void send_verdict(data& d, out& o) noexcept {
    o.push({.kind = effect::send_thawed, .txn = d.txn, .session = d.session, .outcome = d.why});
}

/// What is owed at the end of an undo (SP 8.7).
constexpr void pay(data& d, out& o) noexcept {
    if (d.waiting != pending_hello::none) {
        return;
    }
    if (d.owes_aborted && d.aborted_first) {
        send(o, effect::send_aborted, d);
    }
    if (d.owes_thawed) {
        send_verdict(d, o);
    }
    if (d.owes_aborted && !d.aborted_first) {
        send(o, effect::send_aborted, d);
    }
    if (!d.owes_aborted && !d.owes_thawed) {
        o.push({.kind = effect::send_error, .txn = d.txn, .session = d.session, .outcome = d.why});
    }
}

} // namespace detail

namespace detail {

// Parts of the names of actions; `w` in "undo(w)" and "taint(w)" is the verdict.
inline constexpr std::string_view answer_with = "answer ";
inline constexpr std::string_view nak_with = "nak(";
inline constexpr std::string_view undo_with = "undo(";
inline constexpr std::string_view taint_with = "taint(";
inline constexpr std::string_view then = "), ";
inline constexpr std::string_view waits_hello = "hello waits";
inline constexpr std::string_view owes_thawed = "owe thawed";
inline constexpr std::string_view owes_aborted = "owe aborted";

// The message that an answer is.
template <effect Kind>
inline constexpr std::string_view message_of = to_string(Kind).substr(sizeof("send_") - 1);

template <verdict Why, effect Step>
using undo_name = machine::detail::joined<undo_with, machine::detail::word_of<Why>, then,
                                          machine::detail::word_of<Step>>;

} // namespace detail

// ---- actions --------------------------------------------------------------------------------

/// Adopts the session and answers HelloAck.
struct open_session {
    static constexpr std::string_view name = "open session";
    static constexpr void apply(in i, data& d, out& o) noexcept { detail::open(i, d, o); }
};

/// Answers a HelloAck that selects nothing; there is no session then.
struct refuse_version {
    static constexpr std::string_view name = "refuse version";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        detail::forget_session(d);
        detail::ack(o, i.session, false);
    }
};

/// A plain answer that changes nothing, under the transaction that the request named.
template <effect Kind>
struct answer {
    static constexpr std::string_view name =
        machine::detail::joined<detail::answer_with, detail::message_of<Kind>>::text;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        o.push({.kind = Kind,
                .txn = i.txn,
                .session = d.session,
                .outcome = d.why,
                .cookie = i.cookie});
    }
};

/// Pong, and the orchestrator counts as heard (SP 2.16).
struct pong_and_wait_on {
    static constexpr std::string_view name = "answer pong, restart sequence timer";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        answer<effect::send_pong>::apply(i, d, o);
        detail::arm(o, agent_timer::sequence);
    }
};

/// A refusal that a guard decided on.
template <nak_code Code>
struct say_no {
    static constexpr std::string_view name =
        machine::detail::joined<detail::nak_with, machine::detail::word_of<Code>,
                                machine::detail::closing>::text;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        o.push({.kind = effect::send_nak, .txn = i.txn, .session = d.session, .code = Code});
    }
};

/// A stale internal event in a cell that a guard divides.
struct ignore {
    static constexpr std::string_view name = "ignore";
    static constexpr void apply(in, data&, out&) noexcept {}
};

/// Starts the transaction; `Implicit` when a Freeze did it.
template <bool Implicit>
struct begin_prepare {
    static constexpr std::string_view name = Implicit ? "begin implicit prepare" : "begin prepare";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        d.txn = i.txn;
        d.why = verdict::clean;
        d.then = afterwards::idle;
        d.implicit = Implicit;
        d.recovering = false;
        detail::send(o, effect::begin_prepare, d);
        detail::arm(o, agent_timer::phase);
    }
};

/// All are prepared: say so, and wait for the orchestrator.
struct report_prepared {
    static constexpr std::string_view name = "report prepared";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::phase);
        detail::send(o, effect::send_prepared, d);
        detail::arm(o, agent_timer::sequence);
    }
};

/// Starts to hold the applications.
struct begin_quiesce {
    static constexpr std::string_view name = "begin quiesce";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::sequence);
        detail::send(o, effect::begin_quiesce, d);
        detail::arm(o, agent_timer::phase);
    }
};

/// Starts to hold the filesystems.
struct begin_freeze {
    static constexpr std::string_view name = "begin freeze";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::send(o, effect::begin_freeze, d);
        detail::arm(o, agent_timer::phase);
    }
};

/// Everything in scope is held.
struct report_frozen {
    static constexpr std::string_view name = "report frozen";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::phase);
        detail::send(o, effect::send_frozen, d);
    }
};

/// Spoils the transaction and releases: `Step` is `begin_thaw` from states in which filesystems
/// are held, `begin_resume` otherwise.
template <verdict Why, effect Step>
struct undo {
    static constexpr std::string_view name = detail::undo_name<Why, Step>::text;
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::spoil(d, Why);
        if constexpr (Why == verdict::lost) {
            detail::go_off_afterwards(d);
        }
        if constexpr (Why == verdict::clone) {
            detail::go_off_afterwards(d);
            o.push({.kind = effect::reseed});
        }
        if constexpr (Why == verdict::stopped) {
            d.then = afterwards::exit;
        }
        o.push({.kind = effect::cancel_step});
        detail::disarm(o, agent_timer::sequence);
        detail::send(o, Step, d);
        detail::arm(o, agent_timer::phase);
    }
};

/// The session was opened anew under a running transaction: undo it, answer afterwards.
template <effect Step>
struct undo_for_hello {
    static constexpr std::string_view name =
        machine::detail::joined<undo<verdict::lost, Step>::name, machine::detail::comma,
                                detail::waits_hello>::text;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        undo<verdict::lost, Step>::apply(i, d, o);
        detail::wait_hello(i, d);
    }
};

/// A Thaw before everything is frozen.
template <effect Step>
struct undo_for_thaw {
    static constexpr std::string_view name =
        machine::detail::joined<detail::owes_thawed, machine::detail::comma,
                                undo<verdict::aborted, Step>::name>::text;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        detail::owe_thawed(d);
        undo<verdict::aborted, Step>::apply(i, d, o);
    }
};

template <effect Step>
struct undo_for_abort {
    static constexpr std::string_view name =
        machine::detail::joined<detail::owes_aborted, machine::detail::comma,
                                undo<verdict::aborted, Step>::name>::text;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        detail::owe_aborted(d);
        undo<verdict::aborted, Step>::apply(i, d, o);
    }
};

/// The Thaw that everybody hopes for.
struct release_filesystems {
    static constexpr std::string_view name = "owe thawed, begin thaw";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::owe_thawed(d);
        detail::send(o, effect::begin_thaw, d);
        detail::arm(o, agent_timer::phase);
    }
};

/// The last filesystem is released.
struct release_applications {
    static constexpr std::string_view name = "begin resume";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::hold);
        detail::send(o, effect::begin_resume, d);
        detail::arm(o, agent_timer::phase);
    }
};

struct hello_waits {
    static constexpr std::string_view name = detail::waits_hello;
    static constexpr void apply(in i, data& d, out&) noexcept { detail::wait_hello(i, d); }
};
struct thawed_is_owed {
    static constexpr std::string_view name = detail::owes_thawed;
    static constexpr void apply(in, data& d, out&) noexcept { detail::owe_thawed(d); }
};
struct aborted_is_owed {
    static constexpr std::string_view name = "owe aborted, taint(aborted)";
    static constexpr void apply(in, data& d, out&) noexcept {
        detail::owe_aborted(d);
        detail::spoil(d, verdict::aborted);
    }
};
struct off_afterwards {
    static constexpr std::string_view name = "then off";
    static constexpr void apply(in, data& d, out&) noexcept { detail::go_off_afterwards(d); }
};
struct exit_afterwards {
    static constexpr std::string_view name = "then exit";
    static constexpr void apply(in, data& d, out&) noexcept { d.then = afterwards::exit; }
};
template <verdict Why>
struct taint {
    static constexpr std::string_view name =
        machine::detail::joined<detail::taint_with, machine::detail::word_of<Why>,
                                machine::detail::closing>::text;
    static constexpr void apply(in, data& d, out&) noexcept { detail::spoil(d, Why); }
};
struct taint_clone {
    static constexpr std::string_view name = "taint(clone), then off, reseed";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::spoil(d, verdict::clone);
        detail::go_off_afterwards(d);
        o.push({.kind = effect::reseed});
    }
};

/// A filesystem refuses to be released: say so unless an answer is owed, and try again later.
struct become_stuck {
    static constexpr std::string_view name = "become stuck, retry later";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::spoil(d, verdict::stuck);
        o.push({.kind = effect::cancel_step});
        detail::disarm(o, agent_timer::phase);
        if (!d.owes_thawed && !d.owes_aborted && d.then == afterwards::idle &&
            d.waiting == pending_hello::none) {
            o.push({.kind = effect::send_error,
                    .txn = d.txn,
                    .session = d.session,
                    .outcome = verdict::stuck});
        }
        detail::arm(o, agent_timer::retry);
    }
};

/// Tries the release again.
struct release_again {
    static constexpr std::string_view name = "begin thaw again";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::retry);
        detail::send(o, effect::begin_thaw, d);
        detail::arm(o, agent_timer::phase);
    }
};

} // namespace agent
} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_AGENT_ACTIONS_HPP
