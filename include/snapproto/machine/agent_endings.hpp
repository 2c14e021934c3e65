// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_AGENT_ENDINGS_HPP
#define SNAPPROTO_MACHINE_AGENT_ENDINGS_HPP

// The actions of the agent's table with which a transaction or a session ends, and what an idle
// agent remembers of it (SP chapters 7 to 11).

#include <snapproto/machine/agent_actions.hpp>

namespace snapproto::machine::agent {

/// Adds a warning to the actions after it.
struct warn {
    static constexpr std::string_view name = "warn";
    static constexpr void apply(in, data&, out& o) noexcept { o.push({.kind = effect::warn}); }
};

/// Gives up what is left of the step in work.
struct cancel_step {
    static constexpr std::string_view name = "cancel step";
    static constexpr void apply(in, data&, out& o) noexcept {
        o.push({.kind = effect::cancel_step});
    }
};

/// The release has ended well, and the orchestrator has still to say what became of the copy.
struct finish_in_await {
    static constexpr std::string_view name = "thawed(clean)";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::phase);
        SNAPPROTO_ASSERT(!d.owes_aborted); // an abort would have tainted the verdict
        detail::send_verdict(d, o);
        d.owes_thawed = false;
        d.last_txn = d.txn;
        d.last_verdict = d.why;
        detail::arm(o, agent_timer::sequence);
    }
};

/// The transaction is over, the session is not.
struct finish_in_idle {
    static constexpr std::string_view name = "pay what is owed";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::phase);
        detail::tell(o, d, d.why == verdict::clean ? copy_result::unknown : copy_result::discarded);
        detail::pay(d, o);
        detail::close_transaction(d);
        if (d.waiting != pending_hello::none) {
            detail::answer_waiting_hello(d, o);
        }
    }
};

/// The transaction and the session are over.
struct finish_in_off {
    static constexpr std::string_view name = "close";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::disarm(o, agent_timer::phase);
        detail::tell(o, d, d.why == verdict::clean ? copy_result::unknown : copy_result::discarded);
        detail::close_transaction(d);
        if (d.waiting == pending_hello::refused) {
            detail::answer_waiting_hello(d, o);
        } else {
            detail::forget_session(d);
            o.push({.kind = effect::close_channel});
        }
    }
};

/// The agent ends, and holds nothing.
struct finish_in_exit {
    static constexpr std::string_view name = "close, exit";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        d.waiting = pending_hello::none;
        finish_in_off::apply(i, d, o);
        o.push({.kind = effect::exit_process});
    }
};

/// Closes the session of an agent that runs nothing.
struct close_session {
    static constexpr std::string_view name = "close";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::forget_session(d);
        o.push({.kind = effect::close_channel});
    }
};
struct exit_now {
    static constexpr std::string_view name = "exit";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::forget_session(d);
        o.push({.kind = effect::close_channel});
        o.push({.kind = effect::exit_process});
    }
};
struct reseed {
    static constexpr std::string_view name = "reseed";
    static constexpr void apply(in, data&, out& o) noexcept { o.push({.kind = effect::reseed}); }
};

namespace detail {

/// Leaves AWAIT: what is in work is given up, and the participants learn the result.
constexpr void end_await(data& d, out& o, copy_result result) noexcept {
    if (d.recovering) {
        o.push({.kind = effect::cancel_step});
        disarm(o, agent_timer::phase);
    }
    disarm(o, agent_timer::sequence);
    tell(o, d, result);
}

} // namespace detail

/// The transaction is over without an answer.
template <copy_result Result>
struct close_await {
    static constexpr std::string_view name = to_string(Result);
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::end_await(d, o, Result);
        detail::close_transaction(d);
    }
};

/// Complete: the participants learn what the orchestrator says.
struct complete_transaction {
    static constexpr std::string_view name = "tell result, completed";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        detail::end_await(d, o, i.result);
        detail::send(o, effect::send_completed, d);
        detail::close_transaction(d);
    }
};

/// An Abort after a clean thaw: the copy is not to be used.
struct abort_await {
    static constexpr std::string_view name = "tell discarded, aborted";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::end_await(d, o, copy_result::discarded);
        detail::send(o, effect::send_aborted, d);
        detail::close_transaction(d);
    }
};

/// Nobody completed the transaction.
struct expire_await {
    static constexpr std::string_view name = "tell unknown, error";
    static constexpr void apply(in, data& d, out& o) noexcept {
        detail::end_await(d, o, copy_result::unknown);
        o.push({.kind = effect::send_error,
                .txn = d.txn,
                .session = d.session,
                .outcome = verdict::expired});
        detail::close_transaction(d);
    }
};

/// Starts, or starts again, the recovery of the copy.
struct begin_recover {
    static constexpr std::string_view name = "begin recover";
    static constexpr void apply(in, data& d, out& o) noexcept {
        if (d.recovering) {
            detail::send(o, effect::send_progress, d);
            return;
        }
        d.recovering = true;
        detail::send(o, effect::begin_recover, d);
        detail::arm(o, agent_timer::phase);
    }
};
struct report_recovered {
    static constexpr std::string_view name = "recovered";
    static constexpr void apply(in, data& d, out& o) noexcept {
        d.recovering = false;
        detail::disarm(o, agent_timer::phase);
        detail::send(o, effect::send_recovered, d);
    }
};
template <verdict Why>
struct recovery_failed {
    static constexpr std::string_view name = "error";
    static constexpr void apply(in, data& d, out& o) noexcept {
        d.recovering = false;
        o.push({.kind = effect::cancel_step});
        detail::disarm(o, agent_timer::phase);
        o.push({.kind = effect::send_error, .txn = d.txn, .session = d.session, .outcome = Why});
    }
};

/// The answers that an idle agent remembers (SP 3.9, 7.9, 8.4, 9.2).
struct replay_thawed {
    static constexpr std::string_view name = "thawed again";
    static constexpr void apply(in i, data& d, out& o) noexcept {
        SNAPPROTO_ASSERT(i.txn && i.txn == d.last_txn); // others are refused before: SP 3.5
        o.push({.kind = effect::send_thawed,
                .txn = i.txn,
                .session = d.session,
                .outcome = d.last_verdict});
    }
};
template <effect Kind>
struct replay {
    static constexpr std::string_view name = to_string(Kind);
    static constexpr void apply(in i, data& d, out& o) noexcept {
        o.push({.kind = Kind, .txn = i.txn, .session = d.session});
    }
};

} // namespace snapproto::machine::agent

#endif // SNAPPROTO_MACHINE_AGENT_ENDINGS_HPP
