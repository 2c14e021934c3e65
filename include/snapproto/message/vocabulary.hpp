// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_VOCABULARY_HPP
#define SNAPPROTO_MESSAGE_VOCABULARY_HPP

// The enumerations that messages share, with the spelling used in traces and output.
//
// Their numbers are the project's own and stable: saved states and the native dialect use them.

#include <snapproto/core/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace snapproto {

/// How a transaction ended in the guest (SP 7.3). Only `clean` supports a label above crash.
enum class verdict : std::uint8_t {
    none,    ///< The agent knows of no such transaction.
    clean,   ///< Everything was held until it was released on request.
    early,   ///< A participant let go before it was asked to.
    expired, ///< The hold limit or another timer of the agent passed.
    lost,    ///< The channel was lost.
    veto,    ///< A participant refused.
    aborted, ///< The orchestrator aborted, or thawed before everything was frozen.
    stuck,   ///< A filesystem could not be released.
    clone,   ///< The virtual machine's generation changed.
    stopped  ///< The agent was told to stop.
};

/// What a finished snapshot may claim (SP 17.1). Ordered: a greater one claims more.
enum class consistency : std::uint8_t { none, crash, filesystem, application };

/// Whether the cut lies in the hold, as the orchestrator says when it thaws (SP 7.1).
enum class cut_outcome : std::uint8_t { ok, failed, unknown };

/// What became of the copy, as the orchestrator says at completion (SP 9.1).
enum class copy_result : std::uint8_t { kept, discarded, unknown };

/// How far a prepare asks the agent to go (SP 4.2).
enum class quiesce_level : std::uint8_t { filesystem, application };

/// What the copy is for; applications truncate logs only after a full backup (SP 4.2).
enum class backup_kind : std::uint8_t { full, copy, incremental, log };

/// Why a request is refused without any change of state (SP 3.4).
enum class nak_code : std::uint8_t {
    no_session,
    busy,
    bad_state,
    unknown_txn,
    stale,
    malformed,
    stuck,
    unsupported
};

/// The state of an agent, as reports name it. The machine's states are these.
enum class agent_phase : std::uint8_t {
    off,     ///< No session.
    idle,    ///< A session, no transaction.
    prep,    ///< Participants prepare.
    ready,   ///< All prepared; nothing is held.
    quiesce, ///< Applications are being held.
    freeze,  ///< Filesystems are being held.
    frozen,  ///< The window is open: everything in scope is held.
    thaw,    ///< Filesystems are being released.
    resume,  ///< Applications are being released.
    await,   ///< All released; the orchestrator has still to say what became of the copy.
    stuck    ///< A filesystem refuses to be released.
};

/// The state of an orchestrator. The machine's states are these.
enum class orchestrator_phase : std::uint8_t {
    down,     ///< No channel.
    neg,      ///< Negotiating.
    idle,     ///< A session, no transaction.
    prep,     ///< Agents prepare.
    ready,    ///< All prepared: the barrier of a group.
    freeze,   ///< Agents freeze.
    cut,      ///< The provider cuts inside the window.
    thaw,     ///< Agents thaw.
    complete, ///< Agents are told what became of the copy.
    abort     ///< Agents undo.
};

/// The state of a participant.
enum class participant_phase : std::uint8_t {
    idle,
    prepared,
    held,
    released,
    finished,
    vetoed, ///< Refused to prepare or to hold.
    early,  ///< Let go without being asked.
    broken  ///< Could not be released.
};

/// The state of a provider.
enum class provider_phase : std::uint8_t { idle, prepared, cutting, cut, ready, discarded };

/// What a participant is: decides its place in the order (SP 14.1).
enum class participant_kind : std::uint8_t { hook, writer, filesystem };

/// What an orchestrator reports in the end (SP 12.9).
enum class session_outcome : std::uint8_t {
    success,  ///< The copy is kept and may claim what was asked for.
    degraded, ///< The copy is kept with a lower label and a reason.
    failed    ///< There is no copy, or it was discarded.
};

namespace detail {

/// Spellings of an enumeration whose values count up from zero.
template <class Enum>
struct spelling;

#define SNAPPROTO_SPELLING(ENUM, ...)                                                              \
    template <>                                                                                    \
    struct spelling<ENUM> {                                                                        \
        static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__});              \
    };

SNAPPROTO_SPELLING(verdict, "none", "clean", "early", "expired", "lost", "veto", "aborted", "stuck",
                   "clone", "stopped")
SNAPPROTO_SPELLING(consistency, "none", "crash", "filesystem", "application")
SNAPPROTO_SPELLING(cut_outcome, "ok", "failed", "unknown")
SNAPPROTO_SPELLING(copy_result, "kept", "discarded", "unknown")
SNAPPROTO_SPELLING(quiesce_level, "filesystem", "application")
SNAPPROTO_SPELLING(backup_kind, "full", "copy", "incremental", "log")
SNAPPROTO_SPELLING(nak_code, "no_session", "busy", "bad_state", "unknown_txn", "stale", "malformed",
                   "stuck", "unsupported")
SNAPPROTO_SPELLING(agent_phase, "off", "idle", "prep", "ready", "quiesce", "freeze", "frozen",
                   "thaw", "resume", "await", "stuck")
SNAPPROTO_SPELLING(orchestrator_phase, "down", "neg", "idle", "prep", "ready", "freeze", "cut",
                   "thaw", "complete", "abort")
SNAPPROTO_SPELLING(participant_phase, "idle", "prepared", "held", "released", "finished", "vetoed",
                   "early", "broken")
SNAPPROTO_SPELLING(provider_phase, "idle", "prepared", "cutting", "cut", "ready", "discarded")
SNAPPROTO_SPELLING(participant_kind, "hook", "writer", "filesystem")
SNAPPROTO_SPELLING(session_outcome, "success", "degraded", "failed")

#undef SNAPPROTO_SPELLING

} // namespace detail

/// An enumeration of the protocol's vocabulary.
template <class Enum>
concept vocabulary = requires {
    detail::spelling<Enum>::names.size();
};

/// How many values the enumeration has; they count up from zero.
template <vocabulary Enum>
inline constexpr std::size_t value_count = detail::spelling<Enum>::names.size();

/// The word for a value, as traces and reports spell it.
/// @return an empty text for a number that is no value.
template <vocabulary Enum>
[[nodiscard]] constexpr std::string_view to_string(Enum value) noexcept {
    const auto index = static_cast<std::size_t>(value);
    return index < value_count<Enum> ? detail::spelling<Enum>::names[index] : std::string_view{};
}

/// The value that a word names, if it names one.
template <vocabulary Enum>
[[nodiscard]] constexpr std::optional<Enum> from_string(std::string_view word) noexcept {
    for (std::size_t i = 0; i < value_count<Enum>; ++i) {
        if (detail::spelling<Enum>::names[i] == word) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_VOCABULARY_HPP
