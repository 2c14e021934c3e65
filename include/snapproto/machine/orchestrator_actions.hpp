// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_ORCHESTRATOR_ACTIONS_HPP
#define SNAPPROTO_MACHINE_ORCHESTRATOR_ACTIONS_HPP

// The guards and actions of the orchestrator's table. Guards are pure; actions change the data
// and append effects.

#include <snapproto/machine/orchestrator_types.hpp>
#include <snapproto/machine/table.hpp>

namespace snapproto::machine {

/// The effects of one event. Bounds: 8; the longest row needs 4.
using orchestrator_outbox = effect_list<orchestrator_effect, 8>;

namespace orchestrator {

using in = const orchestrator_input&;
using data = orchestrator_data;
using out = orchestrator_outbox;
using effect = orchestrator_effect_kind;

// ---- guards ---------------------------------------------------------------------------------

/// Prepare is a message of its own.
struct explicit_prepare {
    static constexpr std::string_view name = "explicit prepare";
    static constexpr std::string_view opposite = "implicit prepare";
    static constexpr bool holds(in, const data& d) noexcept { return d.policy.explicit_prepare; }
};

/// Agents await Complete.
struct completion {
    static constexpr std::string_view name = "completion agreed";
    static constexpr std::string_view opposite = "no completion";
    static constexpr bool holds(in, const data& d) noexcept { return d.policy.completion; }
};

/// A copy without the guests' help is better than none.
struct crash_copy_allowed {
    static constexpr std::string_view name = "crash copy allowed";
    static constexpr std::string_view opposite = "crash copy not allowed";
    static constexpr bool holds(in, const data& d) noexcept { return d.policy.crash_copy_allowed; }
};

/// The barrier was opened beforehand.
struct go_noted {
    static constexpr std::string_view name = "go given";
    static constexpr std::string_view opposite = "go not given";
    static constexpr bool holds(in, const data& d) noexcept { return d.go_noted; }
};

/// An unanswered Abort may be sent once more.
struct resends_left {
    static constexpr std::string_view name = "resends left";
    static constexpr std::string_view opposite = "no resends left";
    static constexpr bool holds(in, const data& d) noexcept {
        return d.resends < d.policy.abort_resends_max;
    }
};

// ---- building blocks ------------------------------------------------------------------------

namespace detail {

constexpr void arm(out& o, orchestrator_timer timer) noexcept {
    o.push({.kind = effect::arm, .timer = timer});
}
constexpr void disarm(out& o, orchestrator_timer timer) noexcept {
    o.push({.kind = effect::disarm, .timer = timer});
}
constexpr void to_all(out& o, effect kind, const data& d) noexcept {
    o.push({.kind = kind, .to = d.live, .txn = d.txn});
}
constexpr agent_set bit(agent_index agent) noexcept {
    SNAPPROTO_ASSERT(agent < group_limits::agents_max);
    return agent_set{1} << agent;
}
constexpr void worsen(data& d, fate to) noexcept {
    if (d.outlook == fate::ok) {
        d.outlook = to;
    }
}
constexpr void enter_phase(data& d) noexcept {
    d.answered = 0;
}

/// An agent without a channel counts as answered, and nothing is known of it (SP 12.33).
constexpr void lose(in i, data& d) noexcept {
    d.live &= ~bit(i.agent);
    d.answered &= ~bit(i.agent);
    d.unknown |= bit(i.agent);
}

constexpr bool succeeded(const data& d) noexcept {
    return d.outlook == fate::ok && d.cut == cut_progress::ok && d.unknown == 0 && d.spoiled == 0;
}
constexpr bool copy_kept(const data& d) noexcept {
    return succeeded(d) ||
           (d.cut == cut_progress::ok && d.outlook != fate::failed && d.policy.keep_degraded);
}
constexpr session_outcome outcome_of(const data& d) noexcept {
    return succeeded(d)   ? session_outcome::success
           : copy_kept(d) ? session_outcome::degraded
                          : session_outcome::failed;
}

constexpr void report(data& d, out& o) noexcept {
    if (d.cut == cut_progress::ok && !copy_kept(d)) {
        o.push({.kind = effect::discard_copy, .txn = d.txn});
    }
    o.push({.kind = effect::report, .txn = d.txn, .reported = outcome_of(d)});
    const auto policy = d.policy;
    const auto live = d.live;
    d = {};
    d.policy = policy;
    d.live = live;
}

constexpr void abort_all(data& d, out& o) noexcept {
    enter_phase(d);
    d.resends = 0;
    disarm(o, orchestrator_timer::window);
    to_all(o, effect::send_abort, d);
    arm(o, orchestrator_timer::reply);
}

constexpr void thaw_all(data& d, out& o) noexcept {
    enter_phase(d);
    disarm(o, orchestrator_timer::window);
    const auto outcome =
        d.cut == cut_progress::ok && d.outlook == fate::ok ? cut_outcome::ok : cut_outcome::failed;
    o.push({.kind = effect::send_thaw, .to = d.live, .txn = d.txn, .outcome = outcome});
    arm(o, orchestrator_timer::reply);
}

constexpr void abandon(data& d, out& o) noexcept {
    d.cut = cut_progress::abandoned;
    o.push({.kind = effect::abandon_cut, .txn = d.txn});
}

constexpr void begin_freeze(data& d, out& o) noexcept {
    enter_phase(d);
    to_all(o, effect::send_freeze, d);
    arm(o, orchestrator_timer::reply);
}

constexpr void begin_transaction(in i, data& d) noexcept {
    const auto policy = d.policy;
    const auto live = d.live;
    d = {};
    d.policy = policy;
    d.live = live;
    d.txn = i.txn;
    d.go_noted = i.go_at_once;
    if (d.live == 0) {
        d.outlook = fate::bad; // nobody was asked, so nobody's consent is worth anything
    }
}

} // namespace detail

// ---- actions --------------------------------------------------------------------------------

struct ignore {
    static constexpr std::string_view name = "ignore";
    static constexpr void apply(in, data&, out&) noexcept {}
};
struct warn {
    static constexpr std::string_view name = "warn";
    static constexpr void apply(in, data&, out& o) noexcept { o.push({.kind = effect::warn}); }
};

/// Opens the session with every agent.
struct say_hello {
    static constexpr std::string_view name = "hello to all";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        d.live = i.agents;
        d.answered = 0;
        detail::to_all(o, effect::send_hello, d);
        detail::arm(o, orchestrator_timer::reply);
    }
};
struct session_open {
    static constexpr std::string_view name = "open session";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::enter_phase(d);
        detail::disarm(o, orchestrator_timer::reply);
    }
};
struct close_all {
    static constexpr std::string_view name = "close all";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, orchestrator_timer::reply);
        o.push({.kind = effect::close, .to = d.live});
        d.live = 0;
        d.answered = 0;
    }
};

/// Start without any session, as the policy says (SP 12.3).
struct cut_unassisted {
    static constexpr std::string_view name = "cut without guests";
    static constexpr void apply(in i, data&, out& o) noexcept {
        o.push({.kind = effect::cut_unassisted, .txn = i.txn});
    }
};
struct report_no_session {
    static constexpr std::string_view name = "report failed";
    static constexpr void apply(in i, data&, out& o) noexcept {
        o.push({.kind = effect::report, .txn = i.txn, .reported = session_outcome::failed});
    }
};

struct prepare_all {
    static constexpr std::string_view name = "begin, prepare to all";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        detail::begin_transaction(i, d);
        detail::to_all(o, effect::send_prepare, d);
        detail::arm(o, orchestrator_timer::reply);
    }
};
/// Start in a dialect without prepare.
struct freeze_all_at_once {
    static constexpr std::string_view name = "begin, freeze to all";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        detail::begin_transaction(i, d);
        detail::begin_freeze(d, o);
    }
};
struct freeze_all {
    static constexpr std::string_view name = "freeze to all";
    static constexpr void apply(in, data& d, out& o) noexcept { detail::begin_freeze(d, o); }
};
struct note_go {
    static constexpr std::string_view name = "note go";
    static constexpr void apply(in, data& d, out&) noexcept { d.go_noted = true; }
};
struct wait_for_go {
    static constexpr std::string_view name = "barrier";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::enter_phase(d);
        detail::disarm(o, orchestrator_timer::reply);
    }
};
struct cut {
    static constexpr std::string_view name = "cut";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::enter_phase(d);
        d.cut = cut_progress::asked;
        detail::disarm(o, orchestrator_timer::reply);
        o.push({.kind = effect::cut, .txn = d.txn});
    }
};

/// What happened to the agent that the event names.
enum class culprit : std::uint8_t { nobody, lost };

namespace detail {

inline constexpr std::string_view fate_is = "fate ";
inline constexpr std::string_view agent_is_lost = "agent lost, ";
inline constexpr std::string_view aborts_all = "abort to all";
inline constexpr std::string_view abandons_and_thaws = "abandon cut, thaw to all";

// "fate bad, agent lost, abort to all": what a failure does, in its order.
template <fate To, culprit Who, const std::string_view& Rest>
inline constexpr std::string_view failing_name =
    Who == culprit::lost
        ? machine::detail::joined<agent_is_lost, fate_is, machine::detail::word_of<To>,
                                  machine::detail::comma, Rest>::text
        : machine::detail::joined<fate_is, machine::detail::word_of<To>, machine::detail::comma,
                                  Rest>::text;

} // namespace detail

/// The group cannot succeed any more and nothing is cut: undo everywhere.
template <fate To, culprit Who>
struct abort_all {
    static constexpr std::string_view name = detail::failing_name<To, Who, detail::aborts_all>;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        if constexpr (Who == culprit::lost) {
            detail::lose(i, d);
        }
        detail::worsen(d, To);
        detail::abort_all(d, o);
    }
};

/// The same while the provider cuts: give the cut up first.
struct cancel_cut {
    static constexpr std::string_view name = "fate failed, abandon cut, abort to all";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::worsen(d, fate::failed);
        detail::abandon(d, o);
        detail::abort_all(d, o);
    }
};
template <culprit Who>
struct spoil_cut {
    static constexpr std::string_view name =
        detail::failing_name<fate::bad, Who, detail::abandons_and_thaws>;
    static constexpr void apply(in i, data& d, out& o) noexcept {
        if constexpr (Who == culprit::lost) {
            detail::lose(i, d);
        }
        detail::worsen(d, fate::bad);
        detail::abandon(d, o);
        detail::thaw_all(d, o);
    }
};
struct thaw_after_cut {
    static constexpr std::string_view name = "thaw to all";
    static constexpr void apply(in, data& d, out& o) noexcept {
        d.cut = cut_progress::ok;
        detail::thaw_all(d, o);
    }
};
struct thaw_without_cut {
    static constexpr std::string_view name = "fate bad, thaw to all";
    static constexpr void apply(in, data& d, out& o) noexcept {
        d.cut = cut_progress::failed;
        detail::worsen(d, fate::bad);
        detail::thaw_all(d, o);
    }
};

/// A copy that nobody waits for any more (SP 12.11).
struct discard_copy {
    static constexpr std::string_view name = "discard copy";
    static constexpr void apply(in, data& d, out& o) noexcept {
        if (d.cut == cut_progress::ok) {
            return; // reported once already: a duplicate must not discard the good copy
        }
        o.push({.kind = effect::discard_copy, .txn = d.txn});
    }
};

struct worsen {
    static constexpr std::string_view name = "fate bad";
    static constexpr void apply(in, data& d, out&) noexcept { detail::worsen(d, fate::bad); }
};
/// The agent answered, but its verdict will never be known.
struct count_unknown {
    static constexpr std::string_view name = "fate bad, agent unknown";
    static constexpr void apply(in i, data& d, out&) noexcept {
        detail::worsen(d, fate::bad);
        d.answered |= detail::bit(i.agent) & d.live;
        d.unknown |= detail::bit(i.agent);
    }
};
struct lose_agent {
    static constexpr std::string_view name = "fate bad, agent lost";
    static constexpr void apply(in i, data& d, out&) noexcept {
        detail::worsen(d, fate::bad);
        detail::lose(i, d);
    }
};
/// After the verdicts are in, a lost agent changes the outcome no more.
struct drop_agent {
    static constexpr std::string_view name = "agent done";
    static constexpr void apply(in i, data& d, out&) noexcept {
        d.live &= ~detail::bit(i.agent);
        d.answered &= ~detail::bit(i.agent);
    }
};
struct count_answered {
    static constexpr std::string_view name = "agent counts as answered";
    static constexpr void apply(in i, data& d, out&) noexcept {
        d.answered |= detail::bit(i.agent) & d.live;
    }
};
struct alarm {
    static constexpr std::string_view name = "alarm";
    static constexpr void apply(in i, data&, out& o) noexcept {
        o.push({.kind = effect::alarm, .to = detail::bit(i.agent)});
    }
};

/// All verdicts are in: tell the agents what becomes of the copy (SP 12.28).
struct judge_and_complete {
    static constexpr std::string_view name = "judge, complete to all";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::enter_phase(d);
        o.push({.kind = effect::send_complete,
                .to = d.live,
                .txn = d.txn,
                .result = detail::copy_kept(d) ? copy_result::kept : copy_result::discarded});
        detail::arm(o, orchestrator_timer::reply);
    }
};
struct judge_and_report {
    static constexpr std::string_view name = "judge, report";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, orchestrator_timer::reply);
        detail::report(d, o);
    }
};
struct report {
    static constexpr std::string_view name = "report";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, orchestrator_timer::reply);
        detail::report(d, o);
    }
};

struct resend_abort {
    static constexpr std::string_view name = "abort again";
    static constexpr void apply(in, data& d, out& o) noexcept {
        ++d.resends;
        o.push({.kind = effect::send_abort, .to = d.live & ~d.answered, .txn = d.txn});
        detail::arm(o, orchestrator_timer::reply);
    }
};
/// Closing is what makes a silent agent release (SP 12.20).
struct give_up {
    static constexpr std::string_view name = "close all, report";
    static constexpr void apply(in, data& d, out& o) noexcept {
        o.push({.kind = effect::close, .to = d.live});
        d.unknown |= d.live & ~d.answered;
        d.live = 0;
        detail::report(d, o);
    }
};

} // namespace orchestrator
} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_ORCHESTRATOR_ACTIONS_HPP
