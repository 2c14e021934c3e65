// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_WORDS_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_WORDS_HPP

// Words in which the faults of the embedded orchestrator are written.

#include "conformance/builtin/orchestrator_fault.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance::builtin {

[[nodiscard]] inline bool is_sync(qga::verb verb) {
    return verb == qga::verb::sync || verb == qga::verb::sync_delimited;
}

[[nodiscard]] inline bool is_freeze(qga::verb verb) {
    return verb == qga::verb::freeze || verb == qga::verb::freeze_list;
}

[[nodiscard]] inline bool has(std::string_view line, std::string_view part) {
    return line.find(part) != std::string_view::npos;
}

/// A reply to a request with that id.
[[nodiscard]] inline std::string returning(std::string_view value, std::string_view id) {
    return fmt::format("{{\"return\": {}{}{}}}\n", value, id.empty() ? "" : ", \"id\": ", id);
}

/// What a line returns, if it is an integer.
[[nodiscard]] inline std::optional<std::int64_t> integer_in(std::string_view line) {
    constexpr std::string_view key = "\"return\": ";
    const auto at = line.find(key);
    std::int64_t value = 0;
    if (at == std::string_view::npos ||
        std::from_chars(line.data() + at + key.size(), line.data() + line.size(), value).ec !=
            std::errc{}) {
        return std::nullopt;
    }
    return value;
}

/// Puts one text in the place of another.
inline void replace(std::string& line, std::string_view old, std::string_view fresh) {
    if (const auto at = line.find(old); at != std::string::npos) {
        line.replace(at, old.size(), fresh);
    }
}

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_WORDS_HPP
