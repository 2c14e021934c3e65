// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/qga_specification.hpp"

#include "snapproto/machine/agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>

namespace snapproto::conformance::suites {
namespace {

using machine::agent_effect_kind;
using machine::agent_event;

constexpr session_id session{1};

/// The table's machine behind the adapter of QGA.
class observed_agent {
  public:
    explicit observed_agent(const qga_choices& choices) : m_choices(choices) {}

    [[nodiscard]] std::string give(qga_input what) {
        switch (what) {
        case qga_input::freeze:
            return freeze(1);
        case qga_input::freeze_both:
            return freeze(2);
        case qga_input::freeze_none:
            return freeze(0);
        case qga_input::freeze_unknown:
            return m_choices.ignores_unknown || is_frozen() ? freeze(0) : "error";
        case qga_input::thaw:
            return thaw();
        case qga_input::thaw_args:
            return "error"; // refused before it is executed (SP 25.5)
        case qga_input::status:
            return is_frozen() ? "frozen" : "thawed";
        case qga_input::sync:
        case qga_input::garbage:
        case qga_input::reconnect: // the session belongs to the channel (SP 29.15)
        case qga_input::restart:   // what was held stays held and is told so (SP 27.9)
            return "in step";
        case qga_input::freeze_hook_fails: {
            const failing during{m_hook_fails};
            return freeze(1);
        }
        case qga_input::thaw_hook_fails: {
            const failing during{m_hook_fails};
            return thaw();
        }
        case qga_input::limit:
            pass_time();
            return "done";
        }
        return {};
    }

    [[nodiscard]] std::string name() const {
        return is_frozen() ? fmt::format("frozen, {} held", m_held) : "thawed";
    }

    /// Whether two are in the same state as far as QGA can tell: the adapter makes up a new
    /// transaction for each freeze, so the numbers of old ones are never named again.
    friend bool operator==(const observed_agent& a, const observed_agent& b) {
        const auto known = [](const observed_agent& of) {
            auto state = of.m_machine.save();
            state.data.last_txn = {};
            state.data.last_verdict = {};
            state.data.txn = {};
            return state;
        };
        return known(a) == known(b) && a.m_held == b.m_held;
    }

  private:
    class failing {
      public:
        explicit failing(bool& hook) : m_hook(hook) { m_hook = true; }
        ~failing() { m_hook = false; }
        failing(const failing&) = delete;
        failing& operator=(const failing&) = delete;

      private:
        bool& m_hook;
    };

    [[nodiscard]] bool is_frozen() const { return m_machine.phase() == agent_phase::frozen; }

    std::string freeze(std::size_t filesystems) {
        if (is_frozen()) {
            // Another transaction is refused, the same one is answered as before.
            const auto asked = m_choices.repeats_count ? m_machine.data().txn : next_transaction();
            return told(freeze_event(asked));
        }
        if (m_machine.phase() == agent_phase::off) {
            take({.kind = agent_event::hello,
                  .session = session,
                  .granted =
                      snapproto::capability::implicit_prepare | snapproto::capability::hold_limit});
        }
        m_wanted = filesystems;
        const auto answer = told(freeze_event(next_transaction()));
        if (is_frozen() && m_held == 0) {
            (void)thaw(); // nothing could be held (SP 24.3)
        }
        return answer;
    }

    std::string thaw() {
        const auto phase = m_machine.phase();
        if (phase == agent_phase::off || phase == agent_phase::idle) {
            return m_choices.thaws_in_vain && m_hook_fails ? "error" : "returns 0";
        }
        return told({.kind = agent_event::thaw, .txn = m_machine.data().txn, .session = session});
    }

    // The clock of the hold is the endpoint's: it runs whenever something is held (SP 6.2).
    void pass_time() {
        if (is_frozen()) {
            take({.kind = agent_event::hold_expired});
        }
    }

    [[nodiscard]] txn_id next_transaction() { return {++m_last_transaction}; }

    [[nodiscard]] static machine::agent_input freeze_event(txn_id txn) {
        return {.kind = agent_event::freeze, .txn = txn, .session = session};
    }

    // What QGA tells of what the machine answers to an event.
    std::string told(const machine::agent_input& event) {
        m_told.clear();
        m_resume_failed = false;
        take(event);
        return m_told;
    }

    // One event and all that follows from it at once.
    void take(machine::agent_input event) {
        for (std::optional<machine::agent_input> next = event; next;) {
            machine::agent_outbox out;
            m_machine.process(*next, out);
            next.reset();
            for (const auto& effect : out) {
                if (const auto result = perform(effect)) {
                    next = machine::agent_input{.kind = *result};
                }
            }
        }
    }

    // What the outside does for an effect; of a step in work, how it ends.
    std::optional<agent_event> perform(const machine::agent_effect& effect) {
        switch (effect.kind) {
        case agent_effect_kind::begin_prepare:
            return agent_event::done;
        case agent_effect_kind::begin_quiesce:
            return m_hook_fails ? agent_event::failed : agent_event::done;
        case agent_effect_kind::begin_freeze:
            m_held = m_wanted;
            return agent_event::done;
        case agent_effect_kind::begin_thaw:
            m_released = m_held;
            m_held = 0;
            return agent_event::done;
        case agent_effect_kind::begin_resume:
            m_resume_failed = m_hook_fails;
            return m_hook_fails ? agent_event::failed : agent_event::done;
        case agent_effect_kind::send_frozen:
            m_told = fmt::format("returns {}", m_held);
            break;
        case agent_effect_kind::send_thawed: // a hook that failed is told (SP 26.6)
            m_told = m_resume_failed ? "error" : fmt::format("returns {}", m_released);
            break;
        case agent_effect_kind::send_error:
        case agent_effect_kind::send_nak:
            m_told = "error";
            break;
        default:
            break;
        }
        return std::nullopt;
    }

    machine::agent_machine m_machine;
    qga_choices m_choices;
    std::uint64_t m_last_transaction = 0;
    std::size_t m_wanted = 0; ///< Filesystems that the freeze in work asks for.
    std::size_t m_held = 0;
    std::size_t m_released = 0; ///< By the release in work.
    bool m_hook_fails = false;
    bool m_resume_failed = false;
    std::string m_told;
};

} // namespace

std::string describe(const qga_choices& choices) {
    return fmt::format("a freeze while frozen {}; a freeze of an unknown mount point {}{}",
                       choices.repeats_count ? "returns the count again" : "is refused",
                       choices.ignores_unknown ? "freezes nothing" : "is refused",
                       choices.thaws_in_vain ? "; a thaw while thawed runs the hook" : "");
}

mealy_machine qga_specification(const std::vector<qga_input>& inputs, const qga_choices& choices) {
    constexpr std::size_t states_max = 1000; // far more than the table has behind QGA
    mealy_machine made{names_of(inputs)};
    std::vector<observed_agent> known{observed_agent{choices}};
    made.add_state(known.front().name());
    for (std::size_t from = 0; from < known.size(); ++from) {
        for (input_index on = 0; on < inputs.size(); ++on) {
            observed_agent next = known[from];
            const auto output = next.give(inputs[on]);
            const auto at = std::find(known.begin(), known.end(), next);
            const auto to = static_cast<state_index>(at - known.begin());
            if (at == known.end()) {
                if (known.size() == states_max) {
                    throw std::logic_error("the machine behind QGA does not come to an end");
                }
                made.add_state(next.name());
                known.push_back(next);
            }
            made.set(from, on, {to, output});
        }
    }
    return minimal(made);
}

} // namespace snapproto::conformance::suites
