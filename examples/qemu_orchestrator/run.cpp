// SPDX-License-Identifier: BSL-1.0
// Before and during the snapshot. What comes after it is in run_after.cpp, agents' sockets are in
// run_agents.cpp.
#include "run.hpp"

#include "run_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <random>
#include <utility>

namespace snaptake {

using namespace snapproto;

namespace {

std::uint64_t random_number() {
    std::random_device source;
    return (std::uint64_t{source()} << 32U) | source();
}

} // namespace

run::run(settings how)
    : m_how(std::move(how)),
      m_signals(m_io, SIGTERM, SIGINT, SIGHUP),
      m_timer(m_io),
      m_limit(m_io),
      m_again(m_io),
      m_endpoint(options()) {
    m_signals.add(SIGQUIT);
    for (agent_index i = 0; i < m_how.machines.size(); ++i) {
        machine made;
        made.storage = std::make_unique<provider>(m_io, m_how.machines[i], m_how);
        made.agent = std::make_unique<line>(
            m_io, m_how.machines[i].agent,
            line::handlers{.opened = [this, i] { agent_opened(i); },
                           .received =
                               [this, i](std::string_view bytes) {
                                   m_endpoint.receive(i, as_bytes(bytes), now());
                                   drain();
                               },
                           .lost = [this, i](std::string_view why) { agent_lost(i, why); }});
        m_machines.push_back(std::move(made));
    }
}

instant run::now() noexcept {
    return instant{std::chrono::steady_clock::now().time_since_epoch()};
}

endpoint::qga_orchestrator_options run::options() const {
    endpoint::qga_orchestrator_options made;
    made.agents = m_how.machines.size();
    made.timers.negotiate = m_how.reach_limit;
    made.command = m_how.reach_limit;
    // Freeze stands for prepare and quiesce too, and all of it must fit into the hold (SP 29.9,
    // 29.14); thaw stands for resume.
    made.timers.prepare = made.timers.quiesce = made.timers.resume = {};
    made.timers.freeze = made.timers.hold = made.timers.hold_max = m_how.hold_limit;
    made.total += m_how.hold_limit + m_how.thaw_limit;
    made.timers.cut = m_how.cut_limit;
    made.timers.thaw = m_how.thaw_limit;
    // A socket loses nothing, and the endpoint goes on thawing by itself.
    made.timers.abort_resends_max = 0;
    made.sync_seed = random_number();
    made.first_txn = {random_number() >> 1U};
    return made;
}

snapshot_result take_snapshot(const settings& how) {
    // Neither a reader that has gone nor Ctrl-Z may end or stop this while a guest is frozen.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGTSTP, SIG_IGN);
    return run(how).take();
}

snapshot_result run::take() {
    m_result.wanted = m_how.wanted;
    m_result.method = m_how.method;
    wait_for_signal();
    limit_stage(m_how.reach_limit);
    m_awaited = m_machines.size();
    for (std::size_t i = 0; i < m_machines.size(); ++i) {
        m_machines[i].storage->look([this, i](std::string_view why) { looked(i, why); });
    }
    m_io.run();
    // Whoever is late with a signal is told the result all the same.
    sigset_t late;
    ::sigemptyset(&late);
    for (const int one : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
        ::sigaddset(&late, one);
    }
    ::sigprocmask(SIG_BLOCK, &late, nullptr);
    return m_result;
}

// ---- before -------------------------------------------------------------------------------------

void run::looked(std::size_t number, std::string_view why) {
    if (m_stage != stage::looking) {
        return;
    }
    --m_awaited;
    if (!why.empty()) {
        m_machines[number].trouble = why;
        give_up(fmt::format("{}: {}", m_how.machines[number].name, why));
    } else if (m_awaited == 0) {
        say("the disks are known");
        reach();
    }
}

void run::reach() {
    m_stage = stage::reaching;
    limit_stage(m_how.reach_limit);
    connect_all();
}

/// Nothing was frozen. A copy without any guest may be better than none.
void run::give_up(std::string_view why) {
    m_result.reason = why;
    const bool preparing = m_stage == stage::preparing;
    if ((m_stage == stage::reaching || preparing) && m_how.crash_ok && !m_how.dry_run) {
        say("goes on without the guest");
        m_alone = true; // so that nobody is connected to again
        m_again.cancel();
        for (agent_index i = 0; i < count(); ++i) {
            m_machines[i].agent->close();
            if (std::exchange(m_machines[i].up, false)) {
                m_endpoint.channel_lost(i, now());
            }
        }
        if (!preparing) {
            prepare();
        }
        return;
    }
    m_result.unreachable = true;
    back_out();
}

/// The new files are made while the guests can be spoken with, and before anything is frozen.
void run::prepare() {
    if (m_how.dry_run) {
        m_result.outcome = session_outcome::success;
        end();
        return;
    }
    if (m_prepared) {
        start();
        return;
    }
    say("new files are made");
    m_stage = stage::preparing;
    limit_stage(m_how.cut_limit);
    m_awaited = m_machines.size();
    for (std::size_t i = 0; i < m_machines.size(); ++i) {
        m_machines[i].storage->prepare([this, i](std::string_view why) { prepared(i, why); });
    }
}

void run::prepared(std::size_t number, std::string_view why) {
    if (m_stage != stage::preparing) {
        return;
    }
    --m_awaited;
    if (!why.empty()) {
        m_machines[number].trouble = why;
        m_result.reason = fmt::format("{}: {}", m_how.machines[number].name, why);
        back_out();
    } else if (m_awaited == 0) {
        m_prepared = true;
        if (m_alone || m_endpoint.phase() == orchestrator_phase::idle) {
            start();
        } else {
            reach(); // somebody has gone meanwhile
        }
    }
}

void run::start() {
    m_limit.cancel();
    m_stage = stage::running;
    endpoint::snapshot_options wanted;
    wanted.wanted = m_how.wanted;
    wanted.hold_limit = m_how.hold_limit;
    wanted.crash_copy_allowed = m_how.crash_ok;
    wanted.keep_degraded = m_how.keep_degraded;
    for (const machine_settings& one : m_how.machines) {
        snapshot_scope scope;
        if (!one.mounts.empty()) {
            scope.mounts.emplace(one.mounts.begin(), one.mounts.end());
        }
        wanted.scopes.push_back(std::move(scope));
    }
    if (!m_endpoint.start(std::move(wanted), now())) {
        m_result.reason = "the snapshot could not be begun";
        back_out();
        return;
    }
    drain();
}

// ---- the endpoint -------------------------------------------------------------------------------

void run::drain() {
    for (auto next = m_endpoint.poll(); !std::holds_alternative<endpoint::deadline>(next);
         next = m_endpoint.poll()) {
        perform(next);
    }
    note_phase();
    if (m_stage == stage::reaching && m_endpoint.phase() == orchestrator_phase::idle) {
        prepare();
    }
    wait_for_deadline();
    end_if_at_rest();
}

void run::perform(const endpoint::qga_orchestrator_output& what) {
    if (const auto* sent = std::get_if<endpoint::transmit_bytes_to>(&what)) {
        m_machines[sent->agent].agent->send(sent->bytes);
    } else if (const auto* order = std::get_if<endpoint::provide>(&what)) {
        provide(*order);
    } else if (const auto* closed = std::get_if<endpoint::close_agent>(&what)) {
        agent_closed(closed->agent);
    } else if (const auto* stuck = std::get_if<endpoint::agent_stuck>(&what)) {
        m_machines[stuck->agent].trouble = "it could not be thawed for a while";
    } else if (const auto* outcome = std::get_if<endpoint::snapshot_outcome>(&what)) {
        settle(*outcome);
    } else if (const auto* said = std::get_if<endpoint::warning>(&what)) {
        say(said->what);
    }
}

void run::note_phase() {
    const auto phase = m_endpoint.phase();
    if (phase == m_phase) {
        return;
    }
    say(to_string(phase));
    const auto holds = [](orchestrator_phase one) {
        return one == orchestrator_phase::freeze || one == orchestrator_phase::cut;
    };
    if (holds(phase) && !holds(m_phase)) {
        m_freeze_at = now();
    } else if (holds(m_phase) && !holds(phase)) {
        m_result.held = now() - m_freeze_at;
    }
    m_phase = phase;
}

void run::wait_for_deadline() {
    const auto next = m_endpoint.poll();
    const auto due = std::get<endpoint::deadline>(next).at;
    if (due == never || m_stage == stage::over) {
        m_timer.cancel();
        return;
    }
    m_timer.expires_at(std::chrono::steady_clock::time_point{due.time_since_epoch()});
    m_timer.async_wait([this](const auto& error) {
        if (!error) {
            m_endpoint.handle_timeout(now());
            drain();
        }
    });
}

// ---- the provider -------------------------------------------------------------------------------

void run::provide(const endpoint::provide& what) {
    if (what.what == endpoint::provider_operation::cut) {
        cut(what.txn);
        return;
    }
    if (what.what == endpoint::provider_operation::discard) {
        for (machine& one : m_machines) {
            one.storage->discard();
        }
    }
    // The precommit was before the session: what takes long must not be in work when it freezes.
}

/// All machines are cut at once. The cut of a group has failed with the first that fails, and is
/// done with the last.
void run::cut(txn_id txn) {
    const instant begun = now();
    m_awaited = m_machines.size();
    for (machine& one : m_machines) {
        one.storage->cut([this, txn, begun, &one](std::string_view why) {
            if (!why.empty()) {
                one.trouble = why;
                m_endpoint.cut_finished(txn, false, now());
            } else if (--m_awaited == 0) {
                m_result.cut = now() - begun;
                m_endpoint.cut_finished(txn, true, now());
            }
            drain();
        });
    }
}

} // namespace snaptake
