// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/effect_words.hpp"

#include <snapproto/message/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::explore {
namespace {

using machine::agent_effect;
using machine::agent_effect_kind;
using machine::orchestrator_effect;
using machine::orchestrator_effect_kind;

constexpr auto agreements = std::to_array<std::string_view>({"refused", "agreed"});
// What a provider asks for has no details.
constexpr auto provider_words = std::to_array<std::string_view>(
    {"begin_cut", "report_cut", "report_failed", "report_ready", "throw_away"});

// What the detail of a kind is called, for each value that it can have; empty when it has none.
template <class Enum>
std::vector<std::string_view> words_of() {
    std::vector<std::string_view> made;
    for (std::size_t i = 0; i < value_count<Enum>; ++i) {
        made.push_back(to_string(static_cast<Enum>(i)));
    }
    return made;
}

std::vector<std::string_view> details_of(agent_effect_kind kind) {
    switch (kind) {
    case agent_effect_kind::send_thawed:
    case agent_effect_kind::send_error:
        return words_of<verdict>();
    case agent_effect_kind::send_nak:
        return words_of<nak_code>();
    case agent_effect_kind::send_hello_ack:
        return {agreements.begin(), agreements.end()};
    case agent_effect_kind::arm:
    case agent_effect_kind::disarm:
        return words_of<machine::agent_timer>();
    default:
        return {};
    }
}

std::vector<std::string_view> details_of(orchestrator_effect_kind kind) {
    switch (kind) {
    case orchestrator_effect_kind::send_thaw:
        return words_of<cut_outcome>();
    case orchestrator_effect_kind::send_complete:
        return words_of<copy_result>();
    case orchestrator_effect_kind::report:
        return words_of<session_outcome>();
    case orchestrator_effect_kind::arm:
    case orchestrator_effect_kind::disarm:
        return words_of<machine::orchestrator_timer>();
    default:
        return {};
    }
}

template <class Kind>
std::vector<effect_word> messages() {
    std::vector<effect_word> made;
    for (std::size_t i = 0; i < value_count<Kind>; ++i) {
        const auto kind = static_cast<Kind>(i);
        if (!is_message(kind)) {
            continue;
        }
        const auto details = details_of(kind);
        for (unsigned detail = 0; detail < details.size(); ++detail) {
            made.push_back(word_from(kind, detail));
        }
        if (details.empty()) {
            made.push_back(word_from(kind));
        }
    }
    return made;
}

template <class Kind>
std::string name_of_kind(effect_word word) {
    const auto kind = kind_of<Kind>(word);
    const auto detail = detail_of(word);
    return detail ? fmt::format("{}({})", to_string(kind), details_of(kind).at(*detail))
                  : std::string{to_string(kind)};
}

} // namespace

effect_word word_of(const agent_effect& effect) noexcept {
    const bool timer =
        effect.kind == agent_effect_kind::arm || effect.kind == agent_effect_kind::disarm;
    return timer ? word_from(effect.kind, static_cast<unsigned>(effect.timer))
                 : word_from(effect.kind);
}

effect_word word_of(const orchestrator_effect& effect) noexcept {
    const bool timer = effect.kind == orchestrator_effect_kind::arm ||
                       effect.kind == orchestrator_effect_kind::disarm;
    return timer ? word_from(effect.kind, static_cast<unsigned>(effect.timer))
                 : word_from(effect.kind);
}

effect_word message_of(const agent_effect& effect) noexcept {
    switch (effect.kind) {
    case agent_effect_kind::send_thawed:
    case agent_effect_kind::send_error:
        return word_from(effect.kind, static_cast<unsigned>(effect.outcome));
    case agent_effect_kind::send_nak:
        return word_from(effect.kind, static_cast<unsigned>(effect.code));
    case agent_effect_kind::send_hello_ack:
        return word_from(effect.kind, effect.agreed ? 1U : 0U);
    default:
        return word_from(effect.kind);
    }
}

effect_word message_of(const orchestrator_effect& effect) noexcept {
    switch (effect.kind) {
    case orchestrator_effect_kind::send_thaw:
        return word_from(effect.kind, static_cast<unsigned>(effect.outcome));
    case orchestrator_effect_kind::send_complete:
        return word_from(effect.kind, static_cast<unsigned>(effect.result));
    case orchestrator_effect_kind::report:
        return word_from(effect.kind, static_cast<unsigned>(effect.reported));
    default:
        return word_from(effect.kind);
    }
}

void become(agent_effect& effect, effect_word message) noexcept {
    effect.kind = kind_of<agent_effect_kind>(message);
    const auto detail = detail_of(message).value_or(0);
    switch (effect.kind) {
    case agent_effect_kind::send_thawed:
    case agent_effect_kind::send_error:
        effect.outcome = static_cast<verdict>(detail);
        break;
    case agent_effect_kind::send_nak:
        effect.code = static_cast<nak_code>(detail);
        break;
    case agent_effect_kind::send_hello_ack:
        effect.agreed = detail != 0;
        break;
    default:
        break;
    }
}

void become(orchestrator_effect& effect, effect_word message) noexcept {
    effect.kind = kind_of<orchestrator_effect_kind>(message);
    const auto detail = detail_of(message).value_or(0);
    switch (effect.kind) {
    case orchestrator_effect_kind::send_thaw:
        effect.outcome = static_cast<cut_outcome>(detail);
        break;
    case orchestrator_effect_kind::send_complete:
        effect.result = static_cast<copy_result>(detail);
        break;
    case orchestrator_effect_kind::report:
        effect.reported = static_cast<session_outcome>(detail);
        break;
    default:
        break;
    }
}

std::string effect_name(table_kind table, effect_word word) {
    switch (table) {
    case table_kind::agent:
        return name_of_kind<agent_effect_kind>(word);
    case table_kind::orchestrator:
        return name_of_kind<orchestrator_effect_kind>(word);
    default:
        return std::string{provider_words.at(word)};
    }
}

std::optional<effect_word> effect_from(table_kind table, std::string_view name) {
    const auto among = [&](std::size_t kinds, const auto& details) -> std::optional<effect_word> {
        for (std::size_t kind = 0; kind < kinds; ++kind) {
            const auto most = details(kind);
            for (unsigned detail = 0; detail <= most; ++detail) { // 0 is none
                const auto word = static_cast<effect_word>(kind | detail << 8U);
                if (effect_name(table, word) == name) {
                    return word;
                }
            }
        }
        return std::nullopt;
    };
    switch (table) {
    case table_kind::agent:
        return among(value_count<agent_effect_kind>, [](std::size_t kind) {
            return details_of(static_cast<agent_effect_kind>(kind)).size();
        });
    case table_kind::orchestrator:
        return among(value_count<orchestrator_effect_kind>, [](std::size_t kind) {
            return details_of(static_cast<orchestrator_effect_kind>(kind)).size();
        });
    default:
        return among(provider_words.size(), [](std::size_t) { return std::size_t{0}; });
    }
}

std::vector<effect_word> all_messages(table_kind table) {
    switch (table) {
    case table_kind::agent:
        return messages<agent_effect_kind>();
    case table_kind::orchestrator:
        return messages<orchestrator_effect_kind>();
    default:
        return {};
    }
}

} // namespace snapproto::explore
