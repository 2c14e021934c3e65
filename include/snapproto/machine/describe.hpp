// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_DESCRIBE_HPP
#define SNAPPROTO_MACHINE_DESCRIBE_HPP

// A machine's whole state as text for people and as bytes for files, each with the way back.
//
// One list of fields for each machine serves both. This header knows nothing of Boost.MSM.

#include <snapproto/machine/agent_types.hpp>
#include <snapproto/machine/orchestrator_types.hpp>
#include <snapproto/machine/state.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace snapproto::machine {

namespace detail {

// The fields in the order of their bytes. A new field goes to the end and raises
// `state_image_version`.
template <class State, class Visitor>
    requires std::is_same_v<std::remove_const_t<State>, agent_state>
constexpr void for_each_field(State& s, Visitor&& visit) {
    visit("phase", s.phase);
    visit("session", s.data.session.value);
    visit("granted", s.data.granted);
    visit("txn", s.data.txn.value);
    visit("why", s.data.why);
    visit("then", s.data.then);
    visit("implicit", s.data.implicit);
    visit("recovering", s.data.recovering);
    visit("owes_thawed", s.data.owes_thawed);
    visit("owes_aborted", s.data.owes_aborted);
    visit("aborted_first", s.data.aborted_first);
    visit("waiting", s.data.waiting);
    visit("waiting_session", s.data.waiting_session.value);
    visit("waiting_granted", s.data.waiting_granted);
    visit("last_txn", s.data.last_txn.value);
    visit("last_verdict", s.data.last_verdict);
}

template <class State, class Visitor>
    requires std::is_same_v<std::remove_const_t<State>, orchestrator_state>
constexpr void for_each_field(State& s, Visitor&& visit) {
    visit("phase", s.phase);
    visit("txn", s.data.txn.value);
    visit("live", s.data.live);
    visit("answered", s.data.answered);
    visit("unknown", s.data.unknown);
    visit("spoiled", s.data.spoiled);
    visit("outlook", s.data.outlook);
    visit("cut", s.data.cut);
    visit("go_noted", s.data.go_noted);
    visit("resends", s.data.resends);
    visit("explicit_prepare", s.data.policy.explicit_prepare);
    visit("completion", s.data.policy.completion);
    visit("crash_copy_allowed", s.data.policy.crash_copy_allowed);
    visit("keep_degraded", s.data.policy.keep_degraded);
    visit("abort_resends_max", s.data.policy.abort_resends_max);
}

// The number that stands for a field: in bytes, and in text unless it has a word.
template <class Field>
constexpr std::uint64_t number_of(Field value) noexcept {
    return static_cast<std::uint64_t>(value);
}

// False when the number is no value of the field.
template <class Field>
constexpr bool assign(Field& field, std::uint64_t number) noexcept {
    if constexpr (vocabulary<Field>) {
        if (number >= value_count<Field>) {
            return false;
        }
    } else if constexpr (std::is_same_v<Field, bool>) {
        if (number > 1) {
            return false;
        }
    }
    field = static_cast<Field>(number);
    return number_of(field) == number;
}

template <class Field>
constexpr bool assign(Field& field, std::string_view word) noexcept {
    if constexpr (vocabulary<Field>) {
        const auto value = from_string<Field>(word);
        field = value.value_or(Field{});
        return value.has_value();
    } else if constexpr (std::is_same_v<Field, bool>) {
        field = word == "yes";
        return field || word == "no";
    } else {
        std::uint64_t number = 0;
        const auto* end = word.data() + word.size();
        const auto read = std::from_chars(word.data(), end, number);
        return read.ec == std::errc{} && read.ptr == end && assign(field, number);
    }
}

template <class State>
constexpr std::size_t image_size() noexcept {
    std::size_t size = 1;
    State state{};
    for_each_field(state, [&](const char*, auto& field) { size += sizeof(field); });
    return size;
}

} // namespace detail

/// The first byte of every saved state; another one is not restored.
inline constexpr std::byte state_image_version{1};

/// A state as bytes: the version, then each field, little end first; the same on every machine.
template <class State>
using state_image = std::array<std::byte, detail::image_size<State>()>;

/// The state as bytes.
template <class State>
[[nodiscard]] constexpr state_image<State> to_image(const State& state) noexcept {
    state_image<State> image{};
    image[0] = state_image_version;
    std::size_t at = 1;
    detail::for_each_field(state, [&](const char*, const auto& field) {
        const std::uint64_t number = detail::number_of(field);
        for (std::size_t i = 0; i < sizeof(field); ++i) {
            image[at++] = static_cast<std::byte>(number >> (8 * i) & 0xffU);
        }
    });
    return image;
}

/// The state that `to_image` wrote.
///
/// @return nothing for bytes of another size or version, and for a number that is no value of its
///         field. Whether the machine can come into the state is not judged.
template <class State>
[[nodiscard]] constexpr std::optional<State> from_image(std::span<const std::byte> image) noexcept {
    if (image.size() != state_image<State>{}.size() || image[0] != state_image_version) {
        return std::nullopt;
    }
    State state{};
    bool valid = true;
    std::size_t at = 1;
    detail::for_each_field(state, [&](const char*, auto& field) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof(field); ++i) {
            number |= std::to_integer<std::uint64_t>(image[at++]) << (8 * i);
        }
        valid = detail::assign(field, number) && valid;
    });
    return valid ? std::optional{state} : std::nullopt;
}

/// The state as one line of text: `phase=frozen session=7 granted=4 txn=1 why=clean ...`.
template <class State>
[[nodiscard]] std::string describe(const State& state) {
    std::string text;
    detail::for_each_field(state, [&](const char* name, const auto& field) {
        using field_type = std::remove_cvref_t<decltype(field)>;
        text += text.empty() ? "" : " ";
        text += name;
        text += '=';
        if constexpr (vocabulary<field_type>) {
            text += to_string(field);
        } else if constexpr (std::is_same_v<field_type, bool>) {
            text += field ? "yes" : "no";
        } else {
            text += std::to_string(detail::number_of(field));
        }
    });
    return text;
}

/// The state that `describe` wrote.
///
/// @return nothing when a field is missing, out of order, or says nothing that it could mean.
template <class State>
[[nodiscard]] std::optional<State> from_description(std::string_view text) {
    State state{};
    bool valid = true;
    bool first = true;
    detail::for_each_field(state, [&](std::string_view name, auto& field) {
        if (!first) {
            valid = valid && text.starts_with(' ');
            text.remove_prefix(text.empty() ? 0 : 1);
        }
        first = false;
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        valid = valid && word.size() > name.size() && word.starts_with(name) &&
                word[name.size()] == '=' && detail::assign(field, word.substr(name.size() + 1));
    });
    return valid && text.empty() ? std::optional{state} : std::nullopt;
}

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_DESCRIBE_HPP
