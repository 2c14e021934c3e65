// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/states.hpp"

#include "simulator/explore/snapshot/model.hpp"

#include <ostream>

namespace snapproto::explore {
namespace {

class line_writer {
  public:
    template <class... Values>
    void add(const Values&... values) {
        (append(values), ...);
    }
    [[nodiscard]] std::string take() && { return std::move(m_text); }

  private:
    template <class Value>
    void append(const Value& value) {
        m_text += ' ';
        if constexpr (requires { value.value; }) {
            m_text += std::to_string(value.value);
        } else {
            m_text += std::to_string(static_cast<unsigned>(value));
        }
    }

    std::string m_text = "S";
};

/// One number for a message, 0 for an empty place.
void add_queue(line_writer& line, const packet_queue& queue) {
    for (std::size_t i = 0; i < queue_max; ++i) {
        const packet& one = queue.items[i];
        line.add(i < queue.size ? static_cast<unsigned>(one.kind) + 1U +
                                      (static_cast<unsigned>(one.txn) << 4U) +
                                      (static_cast<unsigned>(one.old) << 6U) +
                                      (static_cast<unsigned>(one.arg) << 7U)
                                : 0U);
    }
}

void add_agent(line_writer& line, const config& what, const agent_world& a) {
    const auto& d = a.machine.data;
    const auto& g = a.ghost;
    line.add(a.machine.phase, d.session, d.txn, d.why == verdict::clean ? verdict::none : d.why,
             d.then, d.implicit, d.recovering, d.owes_thawed, d.owes_aborted, d.aborted_first,
             d.waiting, d.waiting_session, d.last_txn, d.last_verdict);
    line.add(a.alive, a.step, a.step_failed, a.hold_clock, a.timers, a.up, !a.agent_knows,
             !a.host_knows);
    line.add(g.in_window, g.dirty, g.clean, g.told, g.open.bits, g.freeze_asked, g.reseed_due,
             g.void_session, g.stop_asked);
    if (what.traits().with != adapter::none) {
        const link_state& l = a.link;
        line.add(a.released, a.gone.bits, l.about, l.waiting, l.synchronised, l.owes_thaw,
                 l.frozen_count, l.thaw_owed, l.abort_owed, l.look, l.was_lost, l.found);
    }
    for (std::size_t i = 0; i < what.participants; ++i) {
        const participant_state& p = a.participants[i];
        line.add(p.phase, p.releases, p.asked, p.settled, p.doing, p.held);
    }
    add_queue(line, a.to_agent);
    add_queue(line, a.to_host);
}

} // namespace

std::string state_line(const config& what, const world& w) {
    line_writer line;
    const auto& d = w.host.data;
    line.add(w.host.phase, d.txn, d.live, d.answered, d.unknown, d.spoiled, d.outlook, d.cut,
             d.go_noted, d.resends, w.reply_timer, w.window_timer, w.provider, w.cut_notice,
             w.cut_running, w.started, what.fault_budget - w.budget, w.report_due, w.cut_done);
    for (std::size_t i = 0; i < what.agents; ++i) {
        add_agent(line, what, w.agents[i]);
    }
    return std::move(line).take();
}

ending write_states(const config& what, const options& how, std::ostream& to) {
    const snapshot_model model{what};
    options whole = how;
    whole.compact = false; // which keeps no states
    explorer<snapshot_model> run{model, whole};
    const auto found = run.run();
    to << state_line(what, model.unpack(model.initial())) << '\n';
    for (const auto& [begin, end] : run.ranges()) {
        for (state_index at = begin; at != end; ++at) {
            if (run.at(at) != model.initial()) {
                to << state_line(what, model.unpack(run.at(at))) << '\n';
            }
        }
    }
    return found.end;
}

} // namespace snapproto::explore
