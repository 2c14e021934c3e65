// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/instant_agent.hpp"

#include <fmt/format.h>

namespace snapproto::conformance::suites {
namespace {

using machine::agent_effect_kind;
using machine::agent_event;

constexpr session_id session{1};

} // namespace

std::string instant_agent::name() const {
    if (m_held == 0) {
        return "thawed";
    }
    return fmt::format("{}, {} held", to_string(phase()), m_held);
}

bool operator==(const instant_agent& a, const instant_agent& b) {
    const auto known = [](const instant_agent& of) {
        auto state = of.m_machine.save();
        state.data.last_txn = {};
        state.data.last_verdict = {};
        state.data.txn = {};
        return state;
    };
    return known(a) == known(b) && a.m_held == b.m_held;
}

instant_agent::told instant_agent::freeze(std::size_t filesystems, bool repeated) {
    if (phase() == agent_phase::off) {
        take({.kind = agent_event::hello,
              .session = session,
              .granted =
                  snapproto::capability::implicit_prepare | snapproto::capability::hold_limit});
    }
    if (phase() != agent_phase::frozen) {
        m_wanted = filesystems;
    }
    const txn_id asked = repeated ? m_machine.data().txn : txn_id{++m_last_transaction};
    const told made = take({.kind = agent_event::freeze, .txn = asked, .session = session});
    if (phase() == agent_phase::frozen && m_held == 0) {
        (void)thaw(); // nothing could be held
    }
    return made;
}

instant_agent::told instant_agent::thaw() {
    return take({.kind = agent_event::thaw, .txn = m_machine.data().txn, .session = session});
}

instant_agent::told instant_agent::take(agent_event event) {
    return take(machine::agent_input{.kind = event});
}

// One event and all that follows from it at once.
instant_agent::told instant_agent::take(machine::agent_input event) {
    told made;
    for (std::optional<machine::agent_input> next = event; next;) {
        machine::agent_outbox out;
        m_machine.process(*next, out);
        next.reset();
        for (const auto& effect : out) {
            if (const auto result = perform(effect, made)) {
                next = machine::agent_input{.kind = *result};
            }
        }
    }
    return made;
}

// What the outside does for an effect; of a step in work, how it ends.
std::optional<agent_event> instant_agent::perform(const machine::agent_effect& effect, told& to) {
    const auto ended = [](bool failed) { return failed ? agent_event::failed : agent_event::done; };
    switch (effect.kind) {
    case agent_effect_kind::begin_prepare:
        return agent_event::done;
    case agent_effect_kind::begin_quiesce:
        return ended(wrong.quiesce);
    case agent_effect_kind::begin_freeze:
        m_held = wrong.freeze && m_wanted != 0 ? m_wanted - 1 : m_wanted;
        return ended(wrong.freeze);
    case agent_effect_kind::begin_thaw: {
        const std::size_t left = wrong.thaw && m_held != 0 ? 1 : 0;
        m_released = m_held - left;
        m_held = left;
        return ended(left != 0);
    }
    case agent_effect_kind::begin_resume:
        return ended(wrong.resume);
    case agent_effect_kind::send_frozen:
        to.frozen = true;
        break;
    case agent_effect_kind::send_thawed:
        to.thawed = true;
        break;
    case agent_effect_kind::send_error:
    case agent_effect_kind::send_nak:
        to.refused = true;
        break;
    default:
        break;
    }
    return std::nullopt;
}

} // namespace snapproto::conformance::suites
