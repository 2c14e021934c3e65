// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/machine_faults.hpp"

#include "conformance/builtin/fault_words.hpp"
#include "conformance/builtin/made_agent.hpp"
#include "conformance/suites/qga_specification.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <string_view>
#include <utility>

namespace snapproto::conformance::suites {
namespace {

using namespace std::chrono_literals;
using builtin::fault;
using builtin::faulty_agent;
using builtin::seen_request;
using qga::verb;

constexpr std::string_view no_reply = "no reply";
constexpr duration limit_span = 2h; // of qga_input::limit

std::string state_name(std::size_t held) {
    return held == 0 ? "thawed" : fmt::format("frozen-{}", held);
}

bool is_synchronisation(qga_input on) {
    return on == qga_input::sync || on == qga_input::garbage || on == qga_input::reconnect ||
           on == qga_input::restart;
}

std::vector<qga_input> every_input() {
    std::vector<qga_input> all;
    for (const auto& one : qga_inputs()) {
        all.push_back(one.which);
    }
    return all;
}

/// An answer as a line; nothing where there is none. `tail` is the id and the end.
std::string line_of(const std::string& answer, const std::string& tail) {
    constexpr std::string_view returns = "returns ";
    if (answer == no_reply) {
        return {};
    }
    if (answer == "error") {
        return R"({"error": {"class": "GenericError", "desc": "no"})" + tail;
    }
    return answer.starts_with(returns)
               ? fmt::format(R"({{"return": {}{})", answer.substr(returns.size()), tail)
               : fmt::format(R"({{"return": "{}"{})", answer, tail);
}

/// The end of a reply, from its id on.
std::string tail_of(const std::string& line) {
    const auto at = line.rfind(R"(, "id": )");
    return at == std::string::npos ? "}\n" : line.substr(at);
}

/// Follows one run of the agent from input to input, and has it go wrong at one of them.
class goes_wrong {
  public:
    explicit goes_wrong(machine_fault at) : m_at(std::move(at)) {}

    void started(faulty_agent& agent) {
        m_asked.clear();
        m_held_back.reset();
        m_is_led = false;
        m_thaw_has_arguments = false;
        m_muted_until = {};
        m_settled = state_of(agent);
        // What is frozen at the start was left by a predecessor.
        m_next_sync = m_settled != 0 ? qga_input::restart : qga_input::sync;
        if (is_it(qga_input::restart, m_settled)) {
            lead_astray(agent);
        }
        if (awaits_idleness()) {
            m_idle_at = agent.world().clock.now() + limit_span - 5s;
            await_idleness(agent, ++m_awaited);
        } else {
            await_the_limit(agent, true);
        }
    }

    void client_gone(faulty_agent& agent) {
        m_asked.clear();
        m_next_sync = qga_input::reconnect;
        if (is_it(qga_input::reconnect, state_of(agent))) {
            lead_astray(agent);
        }
    }

    void input(const std::string& bytes) {
        m_thaw_has_arguments = m_thaw_has_arguments ||
                               bytes.find(R"("guest-fsfreeze-thaw", "arguments")") != bytes.npos ||
                               bytes.find(R"("guest-fsfreeze-thaw","arguments")") != bytes.npos;
    }

    void request(faulty_agent& agent, const qga::request& asked) {
        if (asked.verb == verb::unknown) {
            return; // its reply is told by what it says
        }
        // While another request is in work its outcome is not known yet.
        const bool is_first = m_asked.empty();
        m_asked.push_back({asked.verb, input_of(agent, asked),
                           is_first ? std::optional{state_of(agent)} : std::nullopt});
    }

    void reply(faulty_agent& agent, verb what, std::string& line) {
        std::optional<qga_input> on;
        std::size_t from = state_of(agent);
        if (what == verb::unknown) {
            on = refused(line);
        } else {
            while (!m_asked.empty() && m_asked.front().what != what) {
                m_asked.pop_front(); // of a client that has gone
            }
            if (!m_asked.empty()) {
                on = m_asked.front().on;
                from = m_asked.front().from.value_or(m_settled);
                m_asked.pop_front();
            }
        }
        if (what == verb::sync_delimited) {
            on = std::exchange(m_next_sync, qga_input::sync);
            if (agent.world().clock.now() < m_muted_until) {
                line.clear();
            }
        }
        if (m_held_back) {
            *m_held_back += std::exchange(line, {});
            return;
        }
        const bool is_wrong = on && is_it(*on, from);
        const auto before = m_settled;
        m_settled = state_of(agent);
        if (is_wrong && m_at.answer) {
            answer_wrongly(agent, line);
        } else if (is_wrong && m_at.held_then && *on != qga_input::reconnect &&
                   *on != qga_input::restart) {
            m_held_back = std::exchange(line, {});
            lead_astray(agent);
        }
        await_the_limit(agent, m_settled != before);
    }

    /// Hooks do not see what leads it astray.
    [[nodiscard]] bool may_run_hook() const { return !m_is_led; }

  private:
    struct expected {
        verb what;
        std::optional<qga_input> on;
        std::optional<std::size_t> from;
    };

    /// Filesystems held; more than there are states for what has nothing to do with the machine.
    static std::size_t state_of(faulty_agent& agent) {
        constexpr std::size_t none_of_them = 99;
        if (!agent.believes_frozen()) {
            return 0;
        }
        std::size_t held = 0;
        for (const auto& one : agent.world().filesystems) {
            held += one->frozen() ? 1U : 0U;
        }
        return held == 0 ? none_of_them : held;
    }

    static std::vector<std::string> targets(faulty_agent& agent) {
        std::vector<std::string> mounts;
        for (const auto& one : agent.world().filesystems) {
            if (one->is_target()) {
                mounts.push_back(one->mount());
            }
        }
        return mounts;
    }

    static std::optional<qga_input> input_of(faulty_agent& agent, const qga::request& asked) {
        const auto& hook = agent.world().hook.script();
        const bool has_hook = agent.world().hook_configured;
        switch (asked.verb) {
        case verb::freeze_list:
            break;
        case verb::thaw:
            return has_hook && hook.on_thaw.exit_status != 0 ? qga_input::thaw_hook_fails
                                                             : qga_input::thaw;
        case verb::freeze_status:
            return qga_input::status;
        default:
            return std::nullopt;
        }
        if (!asked.mountpoints) {
            return std::nullopt;
        }
        const std::vector<std::string> names{asked.mountpoints->begin(), asked.mountpoints->end()};
        const auto known = targets(agent);
        if (names.empty()) {
            return qga_input::freeze_none;
        }
        if (names == known) {
            return qga_input::freeze_both;
        }
        if (names.size() == 1 && names.front() == known.front()) {
            return has_hook && hook.on_freeze.exit_status != 0 ? qga_input::freeze_hook_fails
                                                               : qga_input::freeze;
        }
        return names.size() == 1 && agent.world().mounted_at(names.front()) == nullptr
                   ? std::optional{qga_input::freeze_unknown}
                   : std::nullopt;
    }

    /// What a refusal of something that is no request, or a request with wrong arguments, answers.
    std::optional<qga_input> refused(const std::string& line) {
        if (line.find("not a request") != std::string::npos) {
            m_next_sync = m_next_sync == qga_input::sync ? qga_input::garbage : m_next_sync;
            return std::nullopt;
        }
        return std::exchange(m_thaw_has_arguments, false) ? std::optional{qga_input::thaw_args}
                                                          : std::nullopt;
    }

    [[nodiscard]] bool is_it(qga_input on, std::size_t held) const {
        return on == m_at.on && held == m_at.held;
    }

    /// Has it thaw, and freeze what it is to hold, as if nobody had asked for it. Replies are
    /// held back until that is done.
    void lead_astray(faulty_agent& agent) {
        if (!m_at.held_then) {
            return;
        }
        constexpr duration a_step = 20ms; // longer than two filesystems take
        m_is_led = true;
        m_settled = *m_at.held_then;
        m_held_back = m_held_back.value_or(std::string{});
        agent.later(duration{0}, [&agent] { command(agent, "guest-fsfreeze-thaw", ""); });
        if (m_settled != 0) {
            agent.later(a_step, [&agent, count = m_settled] {
                auto names = targets(agent);
                names.resize(count);
                command(agent, "guest-fsfreeze-freeze-list",
                        fmt::format(R"(, "arguments": {{"mountpoints": ["{}"]}})",
                                    fmt::join(names, R"(", ")")));
            });
        }
        agent.later(2 * a_step, [this, &agent] {
            m_is_led = false;
            if (m_held_back) {
                agent.send_to_all(*std::exchange(m_held_back, std::nullopt));
            }
        });
    }

    static void command(faulty_agent& agent, std::string_view name, std::string_view arguments) {
        agent.inject(fmt::format("{{\"execute\": \"{}\"{}}}\n", name, arguments));
    }

    void answer_wrongly(faulty_agent& agent, std::string& line) {
        if (!is_synchronisation(m_at.on)) {
            line = line_of(*m_at.answer, tail_of(line));
            return;
        }
        constexpr duration for_every_attempt = 5s; // of three that a client makes in 6 s
        line.clear();
        m_muted_until = agent.world().clock.now() + for_every_attempt;
    }

    /// The input `limit` ends every hold, and lasts long enough for many of them. So what it leads
    /// to has to be there at its end; only an agent that stays as it was can do so all the time.
    void await_the_limit(faulty_agent& agent, bool state_has_changed) {
        if (awaits_idleness()) {
            m_idle_at = agent.world().clock.now() + limit_span - 5s;
        } else if (m_at.on == qga_input::limit && m_at.held_then && state_has_changed) {
            await_release(agent, ++m_awaited);
        }
    }

    [[nodiscard]] bool awaits_idleness() const {
        return m_at.on == qga_input::limit && m_at.held_then && m_at.held_then != m_at.held;
    }

    /// One timer for all replies: one for each would be memory that the agent's checks see.
    void await_idleness(faulty_agent& agent, std::size_t awaited) {
        agent.later(m_idle_at - agent.world().clock.now(), [this, &agent, awaited] {
            if (awaited != m_awaited) {
                return; // of a run that has ended
            }
            if (agent.world().clock.now() >= m_idle_at) {
                if (m_settled == m_at.held) {
                    lead_astray(agent);
                } else {
                    m_settled = 0; // the hold has ended since
                }
                m_idle_at = agent.world().clock.now() + limit_span;
            }
            await_idleness(agent, awaited);
        });
    }

    void await_release(faulty_agent& agent, std::size_t awaited) {
        constexpr duration beyond_every_hold = 11s;
        agent.later(beyond_every_hold, [this, &agent, awaited] {
            if (awaited == m_awaited && is_it(qga_input::limit, m_settled) &&
                state_of(agent) == 0) {
                lead_astray(agent);
                await_release(agent, awaited);
            }
        });
    }

    machine_fault m_at;
    std::deque<expected> m_asked;
    std::size_t m_settled = 0; ///< The state after the last reply.
    qga_input m_next_sync = qga_input::sync;
    std::optional<std::string> m_held_back; ///< Replies, while it is led.
    bool m_is_led = false;
    bool m_thaw_has_arguments = false;
    instant m_muted_until{};
    std::size_t m_awaited = 0;
    instant m_idle_at{}; ///< Idle for long enough, unless there is another reply before.
};

} // namespace

std::string machine_fault::name() const {
    const auto& input = qga_inputs()[static_cast<std::size_t>(on)].name;
    return answer ? fmt::format("{} in {} says '{}'", input, state_name(held), *answer)
                  : fmt::format("{} in {} leads to {}", input, state_name(held),
                                state_name(*held_then));
}

std::string_view machine_fault::left_free() const {
    if (on == qga_input::freeze_unknown && held == 0 && answer == "returns 0") {
        return "SP 24.5 only recommends to refuse an unknown mount point";
    }
    if (on == qga_input::thaw_hook_fails && held == 0 && answer == "error") {
        return "SP 26.14 only recommends to run no hook with a thaw while thawed";
    }
    return {};
}

std::string_view machine_fault::unseen_by_checks() const {
    constexpr std::string_view other_number =
        "the named checks ask this with another number of filesystems held";
    constexpr std::string_view short_silence =
        "it is silent for five seconds, and the named checks give a new client longer than that";
    if (!left_free().empty()) {
        return {};
    }
    switch (on) {
    case qga_input::freeze:
    case qga_input::freeze_both:
    case qga_input::freeze_none:
    case qga_input::freeze_unknown:
        // 24.11/1 demands that a plain freeze with one filesystem held is refused.
        return held != 0 && answer == fmt::format("returns {}", held) &&
                       !(on == qga_input::freeze && held == 1)
                   ? "SP 24.10 allows this answer; that others are refused is no contradiction"
                   : "";
    case qga_input::freeze_hook_fails:
        return held != 0 ? "a freeze while frozen runs no hook (SP 26.13), so that none fails in "
                           "the named checks"
                         : "";
    case qga_input::thaw_hook_fails:
        if (held == 0) {
            return "a thaw while thawed should run no hook (SP 26.14), so that none fails in the "
                   "named checks";
        }
        return held == 1 ? other_number : "";
    case qga_input::limit:
        return held == 1 && held_then == 1U
                   ? ""
                   : "the named checks wait for the limit of one filesystem, and look for that one";
    case qga_input::thaw_args:
    case qga_input::sync:
        return held == 2 ? other_number : "";
    case qga_input::garbage:
        return held != 0 ? "the named checks send no garbage while frozen" : "";
    case qga_input::reconnect:
        if (held == 1) {
            return answer ? short_silence : "";
        }
        return held == 2 ? other_number : "";
    case qga_input::restart:
        return answer ? short_silence : "";
    default:
        return {};
    }
}

std::string_view machine_fault::unseen_by_sessions() const {
    return on == qga_input::restart && held == 2 && held_then == 1U
               ? "it takes two filesystems held, a restart and a count in a row, which no session "
                 "has"
               : left_free();
}

std::string_view machine_fault::unseen_by_complete() const {
    return extra_states() != 0 ? "it has one state more than this suite is for; the one for one "
                                 "more finds it"
                               : left_free();
}

std::size_t machine_fault::extra_states() const {
    return on == qga_input::reconnect && held == 0 ? 1 : 0;
}

std::vector<machine_fault> single_machine_faults() {
    const auto inputs = every_input();
    const auto spec = qga_specification(inputs);
    std::set<std::string> given{std::string{no_reply}};
    for (state_index from = 0; from < spec.states(); ++from) {
        for (input_index on = 0; on < inputs.size(); ++on) {
            if (!is_synchronisation(inputs[on]) && inputs[on] != qga_input::limit) {
                given.insert(spec.at(from, on).output);
            }
        }
    }
    std::vector<machine_fault> made;
    for (state_index from = 0; from < spec.states(); ++from) {
        for (input_index on = 0; on < inputs.size(); ++on) {
            // States are in the order in which one filesystem more is held.
            const auto& right = spec.at(from, on);
            const machine_fault at{inputs[on], from, right.output, {}, {}};
            if (inputs[on] == qga_input::restart && from == 0) {
                continue;
            }
            for (const auto& answer : given) {
                const bool can_be = is_synchronisation(inputs[on]) ? answer == no_reply
                                                                   : inputs[on] != qga_input::limit;
                if (can_be && answer != right.output) {
                    made.push_back(at);
                    made.back().answer = answer;
                }
            }
            for (state_index to = 0; to < spec.states(); ++to) {
                if (to != right.to) {
                    made.push_back(at);
                    made.back().held_then = to;
                }
            }
        }
    }
    return made;
}

std::unique_ptr<target> make_faulty(const machine_fault& with) {
    const auto wrong = std::make_shared<goes_wrong>(with);
    fault made;
    made.started = [wrong](faulty_agent& agent) { wrong->started(agent); };
    made.input = [wrong](faulty_agent&, std::string& bytes) { wrong->input(bytes); };
    made.answer = [wrong](faulty_agent& agent,
                          const seen_request& of) -> std::optional<std::string> {
        wrong->request(agent, of.request);
        return std::nullopt;
    };
    made.reply = [wrong](faulty_agent& agent, verb what, std::string& line) {
        wrong->reply(agent, what, line);
    };
    made.hook = [wrong](faulty_agent&, std::string&) { return wrong->may_run_hook(); };
    made.client_gone = [wrong](faulty_agent& agent) { wrong->client_gone(agent); };
    return builtin::make_embedded(std::move(made), with.name());
}

} // namespace snapproto::conformance::suites
