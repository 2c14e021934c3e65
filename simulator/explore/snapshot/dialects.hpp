// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_DIALECTS_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_DIALECTS_HPP

// What the dialects carry, as data: one entry of traits for each. The machines are the same for
// all; the traits say which of their messages have words, what the environment can do to these,
// which adapter makes up for the rest, and which properties the dialect cannot keep.

#include "simulator/explore/snapshot/properties.hpp"

#include <snapproto/core/clause.hpp>
#include <snapproto/message/negotiate.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace snapproto::explore {

/// Which dialect's capabilities both sides have.
enum class profile : std::uint8_t {
    native,  ///< Explicit prepare, completion, transaction ids.
    qga,     ///< Freeze prepares, nobody completes, no ids: chapters 20 to 29.
    hyperv,  ///< One bit for an answer, no status, no resync: chapters 30 to 39.
    vmbackup ///< Commands and events of one operation at a time: chapters 40 to 49.
};
inline constexpr std::size_t profile_count = 4;

/// What stands between the orchestrator's machine and the channel.
enum class adapter : std::uint8_t {
    none,     ///< Nothing: the dialect carries the messages of chapters 1 to 18.
    commands, ///< One command after the other, each with one answer (link_side.cpp).
    operation ///< Commands begin and end an operation, events tell of it (operation_side.cpp).
};

/// A property that a dialect cannot keep, or that means nothing there.
struct lack {
    enum class kind : std::uint8_t {
        weakened, ///< It is kept but for what only a strict exploration holds against it.
        excused,  ///< It cannot be kept: judged only by a strict exploration.
        wordless, ///< Nothing of the dialect is what the property speaks of.
        elsewhere ///< It is kept, or not, by what is not of this model.
    };
    property number;
    kind what;
    clause governed_by; ///< The clause of the dialect by which it is so.
    std::string_view why;
};

/// What a message of the model is called in a dialect: numbers of `request` and `answer`.
struct wire_word {
    bool is_request;
    std::uint8_t kind;
    std::string_view word;
};

struct dialect_traits {
    std::string_view name;
    capability carried;
    adapter with;
    /// The channel tells when a message belongs to an older command: it can be brought back into
    /// order after a time-out.
    bool resynchronises;
    /// The orchestrator can ask whether something is held.
    bool asks_status;
    /// The end of a channel is the end of what was begun on it.
    bool loss_undoes;
    /// The channel outlives the agent: somebody else answers in its place (SP 35.3, 35.14).
    bool outlives_agent;
    /// A freeze while frozen is answered with success (SP 36.7).
    bool freezes_twice;
    /// The verdict of a thaw is how many filesystems it released (SP 25.1, 29.12).
    bool counts_releases;
    /// The agent's hold limit can be told to the orchestrator.
    bool tells_expiry;
    /// Applications are more than hooks: they can let go while they are held.
    bool applications_let_go;
    /// What carries messages may bring one twice, late or as garbage.
    bool repeats;
    bool keep_alive;
    std::span<const lack> lacks;
    std::span<const wire_word> words; ///< Where they are other ones than those of the model.

    [[nodiscard]] constexpr bool prepares() const noexcept {
        return has(carried, capability::explicit_prepare);
    }
    [[nodiscard]] constexpr bool completes() const noexcept {
        return has(carried, capability::completion);
    }
    /// Messages carry what they belong to; else their order says it.
    [[nodiscard]] constexpr bool correlates() const noexcept {
        return has(carried, capability::transactions);
    }
    /// Empty where the model's own word is used.
    [[nodiscard]] constexpr std::string_view word_for(bool is_request,
                                                      std::uint8_t kind) const noexcept {
        for (const auto& one : words) {
            if (one.is_request == is_request && one.kind == kind) {
                return one.word;
            }
        }
        return {};
    }
    [[nodiscard]] constexpr const lack* find(property number) const noexcept {
        for (const auto& one : lacks) {
            if (one.number == number) {
                return &one;
            }
        }
        return nullptr;
    }
};

/// Properties as a set of bits.
using property_set = std::uint64_t;
inline constexpr property_set every_property = ~property_set{0};
[[nodiscard]] constexpr property_set bit_of(property one) noexcept {
    return property_set{1} << static_cast<unsigned>(one);
}

[[nodiscard]] const dialect_traits& traits_of(profile which) noexcept;

[[nodiscard]] std::array<std::string_view, profile_count> dialect_names() noexcept;
[[nodiscard]] std::optional<profile> dialect_from(std::string_view name) noexcept;

/// Those that only a strict exploration judges.
[[nodiscard]] property_set excused_of(profile which) noexcept;

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_DIALECTS_HPP
