// SPDX-License-Identifier: BSL-1.0
// After the snapshot, or when somebody wants it to end: thaw, tidy up, tell.
#include "run_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace snaptake {

using namespace snapproto;

void run::settle(const endpoint::snapshot_outcome& outcome) {
    m_result.outcome = outcome.outcome;
    m_result.label = outcome.label;
    if (!outcome.reason.empty() && m_result.reason.empty()) {
        m_result.reason = with_name(outcome.reason);
    }
    m_result.machines.resize(m_machines.size());
    for (std::size_t i = 0; i < outcome.agents.size(); ++i) {
        m_result.machines[i].verdict = outcome.agents[i].outcome;
        m_result.machines[i].frozen = outcome.agents[i].held;
    }
    // Told to end after the cut: the endpoint has a success, and nobody waits for the copying.
    const bool given_up = m_result.interrupted && m_how.method == cut_method::backup;
    settle_storage(given_up || outcome.copy == copy_result::discarded);
    if (any_may_be_frozen()) {
        connect_later();
    }
}

/// Ends before anything was frozen. Files may have been made.
void run::back_out() {
    m_again.cancel();
    settle_storage(true);
}

void run::settle_storage(bool discards) {
    m_stage = stage::settling;
    limit_stage(m_how.settle_limit);
    for (machine& one : m_machines) {
        if (discards) {
            one.storage->discard();
        }
        one.storage->settle([this, &one](std::string_view) {
            one.settled = true;
            end_if_at_rest();
        });
    }
}

/// The endpoint numbers agents; people know names.
std::string run::with_name(const std::string& reason) const {
    for (std::size_t i = 0; i < m_how.machines.size(); ++i) {
        const std::string number = fmt::format("agent {} ", i);
        if (reason.starts_with(number)) {
            return fmt::format("{} {}", m_how.machines[i].name, reason.substr(number.size()));
        }
    }
    return reason;
}

bool run::any_may_be_frozen() const {
    for (agent_index i = 0; i < count(); ++i) {
        if (m_endpoint.possibly_frozen(i)) {
            return true;
        }
    }
    return false;
}

void run::end_if_at_rest() {
    const bool settled = std::all_of(m_machines.begin(), m_machines.end(),
                                     [](const machine& one) { return one.settled; });
    if (m_stage == stage::settling && settled && (m_impatient || !any_may_be_frozen())) {
        end();
    }
}

void run::end() {
    m_stage = stage::over;
    m_result.machines.resize(m_machines.size());
    bool held = false;
    bool whole = true;
    for (agent_index i = 0; i < count(); ++i) {
        machine_result& one = m_result.machines[i];
        one.name = m_how.machines[i].name;
        one.may_be_frozen = m_endpoint.possibly_frozen(i);
        one.trouble = m_machines[i].trouble;
        one.copies = m_machines[i].storage->copies();
        one.left_out = m_machines[i].storage->remarks();
        held = held || one.frozen != 0;
        whole = whole && std::all_of(one.copies.begin(), one.copies.end(), [](const auto& copy) {
                    return copy.state == file_state::made;
                });
    }
    if (!held) {
        m_result.held = {};
    }
    if (m_result.kept() && !whole && !m_how.dry_run) {
        m_result.outcome = session_outcome::failed;
        m_result.label = consistency::none;
        m_result.reason = m_result.interrupted ? "it was interrupted while it was being copied"
                                               : "not every disk has a whole copy";
    }
    m_io.stop();
}

void run::limit_stage(duration span) {
    m_limit.expires_after(span);
    m_limit.async_wait([this](const auto& error) {
        if (!error) {
            limit_passed();
        }
    });
}

void run::limit_passed() {
    if (m_stage == stage::looking) {
        give_up(
            fmt::format("not every monitor has answered within {}", span_words(m_how.reach_limit)));
    } else if (m_stage == stage::reaching) {
        give_up(
            fmt::format("not every agent has answered within {}", span_words(m_how.reach_limit)));
    } else if (m_stage == stage::preparing) {
        m_result.reason =
            fmt::format("the new files were not made within {}", span_words(m_how.cut_limit));
        back_out();
    } else {
        m_impatient = true;
        end_if_at_rest();
    }
}

// ---- signals ------------------------------------------------------------------------------------

void run::wait_for_signal() {
    m_signals.async_wait([this](const auto& error, int) {
        if (!error) {
            interrupt();
            wait_for_signal();
        }
    });
}

/// Thaws first, and then ends: whoever asks twice waits as long (SP 12.24 to 12.26).
void run::interrupt() {
    m_result.interrupted = true;
    say("is told to end");
    switch (m_stage) {
    case stage::looking:
    case stage::reaching:
    case stage::preparing:
        m_result.reason = "it was interrupted before anything was frozen";
        back_out();
        break;
    case stage::running:
        m_endpoint.cancel(now());
        drain();
        break;
    case stage::settling:
        for (machine& one : m_machines) {
            if (!one.settled) {
                one.storage->discard(); // a copy that is still being written
            }
        }
        break;
    case stage::over:
        break;
    }
}

void run::say(std::string_view words) const {
    if (m_how.verbose) { // without an exception when nobody reads it
        const auto since = std::chrono::duration<double>(now() - m_begun).count();
        std::fputs(fmt::format("{:8.3f} s  {}\n", since, words).c_str(), stderr);
    }
}

} // namespace snaptake
