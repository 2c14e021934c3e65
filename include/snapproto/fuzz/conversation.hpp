// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_CONVERSATION_HPP
#define SNAPPROTO_FUZZ_CONVERSATION_HPP

// A conversation: what is said and done to an agent, step by step, and its form as bytes, which is
// what fuzzing engines keep in files.

#include <snapproto/fuzz/agent.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// One step.
struct step {
    enum class kind : std::uint8_t { say, wait, act };

    kind what = kind::say;

    // say
    std::size_t client = 0;
    std::string bytes{};
    std::size_t piece = 0; ///< Given in pieces of so many bytes; 0: at once.
    std::size_t times = 1; ///< Said so often: one of `times_allowed`.
    bool hasty = false;    ///< The next step does not wait for the answers.

    // wait
    duration span{};

    // act
    action deed = action::leave;
    std::uint8_t value = 0;

    friend bool operator==(const step&, const step&) = default;
};

using conversation = std::vector<step>;

/// How often something can be said: a bound of a thousand is one of the clauses (SP 28.8).
inline constexpr std::array<std::size_t, 4> times_allowed{1, 2, 16, 1100};

/// The steps of a conversation, and the bytes of what is said in one; more is cut off.
inline constexpr std::size_t steps_max = 64;
inline constexpr std::size_t say_bytes_max = 0xffff;

/// Waits are counted in this, and are at most 65535 times as long.
inline constexpr duration wait_unit = std::chrono::milliseconds{10};

[[nodiscard]] inline step say(std::string bytes, std::size_t client = 0) {
    step made;
    made.bytes = std::move(bytes);
    made.client = client;
    return made;
}
[[nodiscard]] inline step wait(duration span) {
    step made;
    made.what = step::kind::wait;
    made.span = span;
    return made;
}
[[nodiscard]] inline step act(action deed, std::uint8_t value = 0) {
    step made;
    made.what = step::kind::act;
    made.deed = deed;
    made.value = value;
    return made;
}

// Each step begins with a byte: two bits for what it is, then for something said its client, haste
// and how often, two bits. Then something said has the size of pieces and its length, two bytes; a
// wait has its length in units, two bytes; a deed has itself and its value. The low byte comes
// first.

/// The conversation as bytes.
[[nodiscard]] inline std::string encode(const conversation& steps) {
    std::string out;
    const auto byte = [&](std::size_t value) { out += static_cast<char>(value & 0xffU); };
    const auto two = [&](std::size_t value) {
        byte(value);
        byte(value >> 8U);
    };
    for (const step& each : steps) {
        const auto tag = static_cast<std::size_t>(each.what);
        if (each.what == step::kind::say) {
            const auto* const times =
                std::find(times_allowed.begin(), times_allowed.end(), each.times);
            const auto often = static_cast<std::size_t>(times - times_allowed.begin());
            byte(tag | each.client << 2U | (each.hasty ? 8U : 0U) | often << 4U);
            byte(each.piece);
            two(each.bytes.size());
            out += each.bytes;
        } else if (each.what == step::kind::wait) {
            byte(tag);
            two(static_cast<std::size_t>(each.span / wait_unit));
        } else {
            byte(tag);
            byte(static_cast<std::size_t>(each.deed));
            byte(each.value);
        }
    }
    return out;
}

/// The conversation that bytes mean. All bytes mean one: what is missing counts as 0.
[[nodiscard]] inline conversation decode(std::string_view bytes) {
    const auto byte = [&]() -> std::size_t {
        if (bytes.empty()) {
            return 0;
        }
        const auto first = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        return first;
    };
    const auto two = [&] {
        const std::size_t low = byte();
        return low | byte() << 8U;
    };
    conversation steps;
    while (!bytes.empty() && steps.size() < steps_max) {
        const std::size_t tag = byte();
        step made;
        made.what = static_cast<step::kind>((tag & 3U) % 3U);
        if (made.what == step::kind::say) {
            made.client = (tag >> 2U & 1U) % clients_max;
            made.hasty = (tag & 8U) != 0;
            made.times = times_allowed[tag >> 4U & 3U];
            made.piece = byte();
            const std::size_t size = two();
            made.bytes = bytes.substr(0, size);
            bytes.remove_prefix(made.bytes.size());
        } else if (made.what == step::kind::wait) {
            made.span = wait_unit * static_cast<std::int64_t>(two());
        } else {
            made.deed = static_cast<action>(byte() % action_count);
            made.value = static_cast<std::uint8_t>(byte());
        }
        steps.push_back(std::move(made));
    }
    return steps;
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_CONVERSATION_HPP
