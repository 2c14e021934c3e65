// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_JUDGE_HPP
#define SNAPPROTO_MONITOR_JUDGE_HPP

// What all monitors share: the clock of the recording, the list of violations, bounded memory.
//
// A monitor is fed with `observe(record)` in the order of the recording and closed with
// `finish(end)`. What it has found it never takes back, and a deadline counts as passed only when
// the recording is beyond it: so every violation of a beginning is one of the whole.

#include <snapproto/core/limits.hpp>
#include <snapproto/monitor/rules.hpp>
#include <snapproto/monitor/violation.hpp>
#include <snapproto/trace/record.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::monitor {

/// The most violations that one monitor keeps; more are counted.
inline constexpr std::size_t violations_max = 100;

/// The most transactions that one monitor follows at a time; the oldest is forgotten.
inline constexpr std::size_t transactions_max = 16;

/// The base of all monitors.
class judge {
  public:
    explicit judge(const rules& measures) : m_rules(measures) {}

    /// What was found, in the order in which it became certain.
    [[nodiscard]] std::span<const violation> violations() const noexcept { return m_violations; }

    /// How many violations were found beyond those that are kept.
    [[nodiscard]] std::size_t dropped() const noexcept { return m_dropped; }

    /// True when the recording went beyond a bound of the monitor: silence is no acquittal then.
    [[nodiscard]] bool overflowed() const noexcept { return m_overflowed; }

  protected:
    /// Notes a violation. `exact` is the clause that says more than the property itself.
    void flag(std::uint8_t property, clause exact, instant at, agent_index agent, txn_id txn,
              std::string sentence) {
        if (m_violations.size() == violations_max) {
            ++m_dropped;
            return;
        }
        m_violations.push_back({property, exact, at, m_index, agent, txn, std::move(sentence)});
    }

    /// The same at a record.
    void flag(std::uint8_t property, clause exact, const trace::record& r, std::string sentence) {
        flag(property, exact, r.at, r.agent, r.txn, std::move(sentence));
    }

    void count_record() noexcept { ++m_index; }
    void overflow() noexcept { m_overflowed = true; }

    [[nodiscard]] const rules& measures() const noexcept { return m_rules; }

  private:
    rules m_rules;
    std::vector<violation> m_violations;
    std::size_t m_index = 0;
    std::size_t m_dropped = 0;
    bool m_overflowed = false;
};

namespace detail {

/// Values by agent, made when first needed. Bounds: `group_limits::agents_max` agents.
template <class Value>
class by_agent {
  public:
    /// The agent's value, or null when there is no such agent or too many.
    [[nodiscard]] Value* get(agent_index agent) {
        if (agent >= group_limits::agents_max) {
            return nullptr;
        }
        if (agent >= m_values.size()) {
            m_values.resize(std::size_t{agent} + 1);
        }
        return &m_values[agent];
    }
    [[nodiscard]] auto begin() noexcept { return m_values.begin(); }
    [[nodiscard]] auto end() noexcept { return m_values.end(); }

  private:
    std::vector<Value> m_values;
};

/// A few values with a key each, oldest first. Bounds: `Max` values.
template <class Value, std::size_t Max>
class few {
  public:
    template <class Matches>
    [[nodiscard]] Value* find(Matches&& matches) {
        for (auto& value : m_values) {
            if (matches(value)) {
                return &value;
            }
        }
        return nullptr;
    }
    /// A new value at the end, or null when all places are taken.
    [[nodiscard]] Value* add(Value value) {
        if (m_values.size() == Max) {
            return nullptr;
        }
        m_values.push_back(std::move(value));
        return &m_values.back();
    }
    /// A new value at the end; the oldest makes room.
    Value& push(Value value) {
        if (m_values.size() == Max) {
            m_values.erase(m_values.begin());
        }
        m_values.push_back(std::move(value));
        return m_values.back();
    }
    template <class Matches>
    void remove(Matches&& matches) {
        std::erase_if(m_values, matches);
    }
    void clear() noexcept { m_values.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return m_values.size(); }
    [[nodiscard]] bool empty() const noexcept { return m_values.empty(); }
    [[nodiscard]] auto begin() noexcept { return m_values.begin(); }
    [[nodiscard]] auto end() noexcept { return m_values.end(); }
    [[nodiscard]] auto begin() const noexcept { return m_values.begin(); }
    [[nodiscard]] auto end() const noexcept { return m_values.end(); }

  private:
    std::vector<Value> m_values;
};

/// The parts of a sentence, put together.
template <class... Parts>
[[nodiscard]] std::string sentence(const Parts&... parts) {
    std::string text;
    const auto put = [&text](const auto& part) {
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(part)>>) {
            text += std::to_string(part);
        } else {
            text += std::string_view(part);
        }
    };
    (put(parts), ...);
    return text;
}

/// "agent 3".
[[nodiscard]] inline std::string name_of(agent_index agent) {
    return sentence("agent ", unsigned{agent});
}

/// "filesystem 2 of agent 3".
[[nodiscard]] inline std::string name_of(participant_kind kind, participant_index item,
                                         agent_index agent) {
    return sentence(to_string(kind), " ", unsigned{item}, " of agent ", unsigned{agent});
}

/// "9.850 s".
[[nodiscard]] inline std::string seconds(duration span) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
    const std::string thousandths = std::to_string(1000 + (ms < 0 ? -(ms % 1000) : ms % 1000));
    return std::to_string(ms / 1000) + '.' + thousandths.substr(1) + " s";
}

} // namespace detail

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_JUDGE_HPP
