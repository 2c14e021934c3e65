// SPDX-License-Identifier: BSL-1.0
// What the endpoint asks to be done with filesystems and hook, and what they answer.
#include "conformance/builtin/embedded_agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace snapproto::conformance::builtin {

using namespace std::chrono_literals;
using machine::participant_event;

void embedded_agent::adopt() {
    std::vector<participant_summary> held;
    if (m_world.hook_configured) {
        held.push_back({"hook", participant_kind::hook});
    }
    const std::size_t hooks = held.size();
    for (const auto& one : m_world.filesystems) {
        if (one->frozen()) {
            held.push_back({one->mount(), participant_kind::filesystem});
        }
    }
    if (held.size() != hooks) {
        m_participants = held;
        m_agent.adopt(held, now());
        drain();
        arm_watchdog();
    }
}

void embedded_agent::notice_foreign_thaw() {
    if (!believes_frozen()) {
        return;
    }
    std::vector<participant_index> gone;
    for (std::size_t i = 0; i < m_participants.size(); ++i) {
        auto* const one = m_world.mounted_at(m_participants[i].name);
        if (m_participants[i].kind == participant_kind::filesystem && one != nullptr) {
            if (one->frozen()) {
                return;
            }
            gone.push_back(static_cast<participant_index>(i));
        }
    }
    if (m_fault != nullptr && m_fault->filesystem) {
        return; // what this agent believes has nothing to do with the kernel
    }
    for (const auto i : gone) {
        m_agent.participant_let_go(i, now());
        drain();
    }
}

void embedded_agent::find_participants(const snapshot_scope& scope) {
    std::vector<std::string> names;
    if (m_world.hook_configured) {
        names.emplace_back("hook");
    }
    // Filesystems in reverse order of mounting: what was mounted later may live on what was
    // mounted earlier (SP 5.3).
    for (auto at = m_world.filesystems.rbegin(); at != m_world.filesystems.rend(); ++at) {
        const bool wanted =
            !scope.mounts || std::any_of(scope.mounts->begin(), scope.mounts->end(),
                                         [&](const auto& path) { return (*at)->mounted_at(path); });
        if (wanted) {
            names.push_back((*at)->mount());
        }
    }
    if (scope.mounts && m_settings.refuses_unknown) {
        for (const auto& path : *scope.mounts) {
            if (m_world.mounted_at(path) == nullptr) {
                m_agent.participants_failed(fmt::format("no filesystem is mounted at {}", path),
                                            now());
                drain();
                return;
            }
        }
    }
    if (m_fault != nullptr && m_fault->participants) {
        m_fault->participants(*this, names);
    }
    m_participants.clear();
    for (auto& name : names) {
        const auto kind = name == "hook" ? participant_kind::hook : participant_kind::filesystem;
        m_participants.push_back({std::move(name), kind});
    }
    m_agent.participants_found(m_participants, now());
    drain();
}

void embedded_agent::operate(const endpoint::operate& what) {
    using endpoint::operation;
    const auto& who = m_participants[what.participant];
    if (what.what == operation::prepare) {
        return answer(what.participant, participant_event::prepared, {});
    }
    if (what.what == operation::finish) {
        return;
    }
    const bool hold = what.what == operation::hold;
    if (who.kind == participant_kind::hook) {
        hook(what.participant, hold);
    } else {
        schedule(m_settings.freeze_takes,
                 [this, i = what.participant, hold] { filesystem(i, hold); });
    }
}

void embedded_agent::hook(participant_index i, bool hold) {
    std::string argument = hold ? "freeze" : "thaw";
    const bool run = m_fault == nullptr || !m_fault->hook || m_fault->hook(*this, argument);
    const auto good = hold ? participant_event::held : participant_event::released;
    const auto bad = hold ? participant_event::vetoed : participant_event::release_failed;
    if (!run) {
        return answer(i, good, {});
    }
    const auto& script = m_world.hook.script();
    const auto& how = hold ? script.on_freeze : script.on_thaw;
    const duration extra = m_settings.waits_for_children && how.background_child > how.sleep
                               ? how.background_child - how.sleep
                               : duration{0};
    const std::size_t printed = std::min(how.print_bytes, m_settings.output_in_error_max);
    const std::string name = argument;
    const auto ended = [this, i, good, bad, extra, printed, name](virtual_hook::ending result) {
        m_hook_calls.erase(i);
        bool ok = result.ok;
        if (m_fault != nullptr && m_fault->hook_ended) {
            m_fault->hook_ended(*this, name, ok);
        }
        std::string why = result.why.empty() ? "the hook failed" : result.why;
        if (printed != 0) {
            why += ": " + std::string(printed, 'x');
        }
        schedule(extra, [this, i, ok, good, bad, why] { answer(i, ok ? good : bad, why); });
    };
    // Started as an event of its own, so that a call that ends at once finds its number.
    m_hook_calls[i] = m_world.hook.run(argument, guarded(ended));
}

void embedded_agent::filesystem(participant_index i, bool freeze) {
    auto* const one = m_world.mounted_at(m_participants[i].name);
    if (one == nullptr) {
        return answer(i, freeze ? participant_event::vetoed : participant_event::not_held,
                      "the filesystem is not mounted any more");
    }
    const auto step = freeze ? filesystem_step::freeze : filesystem_step::thaw;
    std::optional<kernel_answer> got;
    if (m_fault != nullptr && m_fault->filesystem) {
        got = m_fault->filesystem(*this, step, *one);
    }
    if (!m_alive) {
        return;
    }
    if (!got) {
        got = freeze ? one->kernel_freeze() : one->kernel_thaw();
    }
    if (freeze && *got == kernel_answer::ok && m_settings.watchdog) {
        arm_watchdog();
    }
    switch (*got) {
    case kernel_answer::ok:
        return answer(i, freeze ? participant_event::held : participant_event::released, {});
    case kernel_answer::busy: // somebody else's freeze, which is not ours to end
    case kernel_answer::unsupported:
    case kernel_answer::hidden: // nobody can open it, so nobody can write to it by a name either
        m_agent.participant_skipped(i, now());
        return drain();
    case kernel_answer::not_frozen:
        return answer(i, participant_event::not_held, {});
    case kernel_answer::failed:
        return answer(
            i, freeze ? participant_event::vetoed : participant_event::release_failed,
            fmt::format("{} {} failed", freeze ? "freezing" : "thawing", m_participants[i].name));
    }
}

void embedded_agent::answer(participant_index i, participant_event what, std::string_view why) {
    m_agent.participant_answered(i, what, now(), why);
    drain();
    pump();
}

void embedded_agent::arm_watchdog() {
    m_world.clock.in(m_settings.hold_limit + 1s,
                     [&world = m_world, round = ++m_world.watchdog_round,
                      token = std::weak_ptr<int>(m_alive_token)] {
                         if (token.expired() && world.watchdog_round == round) {
                             for (const auto& one : world.filesystems) {
                                 (void)one->kernel_thaw();
                             }
                         }
                     });
}

} // namespace snapproto::conformance::builtin
