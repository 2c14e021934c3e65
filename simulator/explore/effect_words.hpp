// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_EFFECT_WORDS_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_EFFECT_WORDS_HPP

// Effects of the machines as numbers and words, so that mutations can name them.

#include "simulator/explore/mutation.hpp"

#include <snapproto/machine/agent_types.hpp>
#include <snapproto/machine/orchestrator_types.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::explore {

/// The high byte is the detail and 1, or 0 where there is none.
template <class Kind>
[[nodiscard]] constexpr effect_word word_from(Kind kind,
                                              std::optional<unsigned> detail = {}) noexcept {
    return static_cast<effect_word>(static_cast<unsigned>(kind) | (detail ? *detail + 1 : 0) << 8U);
}
template <class Kind>
[[nodiscard]] constexpr Kind kind_of(effect_word word) noexcept {
    return static_cast<Kind>(word & 255U);
}
[[nodiscard]] constexpr std::optional<unsigned> detail_of(effect_word word) noexcept {
    return word >> 8U == 0 ? std::nullopt : std::optional{(word >> 8U) - 1U};
}

/// Messages to the other side, and what the caller is told.
[[nodiscard]] constexpr bool is_message(machine::agent_effect_kind kind) noexcept {
    return kind <= machine::agent_effect_kind::send_nak;
}
[[nodiscard]] constexpr bool is_message(machine::orchestrator_effect_kind kind) noexcept {
    return kind <= machine::orchestrator_effect_kind::send_abort ||
           kind == machine::orchestrator_effect_kind::report;
}

/// The kind of an effect; of timers, which.
[[nodiscard]] effect_word word_of(const machine::agent_effect& effect) noexcept;
[[nodiscard]] effect_word word_of(const machine::orchestrator_effect& effect) noexcept;

/// The kind of a message with its argument, where it has one.
[[nodiscard]] effect_word message_of(const machine::agent_effect& effect) noexcept;
[[nodiscard]] effect_word message_of(const machine::orchestrator_effect& effect) noexcept;

/// Makes another message of a message.
void become(machine::agent_effect& effect, effect_word message) noexcept;
void become(machine::orchestrator_effect& effect, effect_word message) noexcept;

/// `send_thawed(clean)`, `arm(phase)`.
[[nodiscard]] std::string effect_name(table_kind table, effect_word word);
/// The effect that a name names, if it names one.
[[nodiscard]] std::optional<effect_word> effect_from(table_kind table, std::string_view name);

/// What a table's messages can be: each kind with each argument that it can have.
[[nodiscard]] std::vector<effect_word> all_messages(table_kind table);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_EFFECT_WORDS_HPP
