// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_WORDS_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_WORDS_HPP

// Small helpers in which faults are written.

#include "conformance/builtin/fault.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace snapproto::conformance::builtin {

/// Replaces the first occurrence. @return whether there was one
inline bool replace_first(std::string& text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == std::string::npos) {
        return false;
    }
    text.replace(at, from.size(), to);
    return true;
}

/// `, "id": ...` of a request, or nothing.
inline std::string echo(const seen_request& of) {
    return of.request.id ? fmt::format(R"(, "id": {})", of.request.id.text) : std::string{};
}

/// A success line.
inline std::string returned(const seen_request& of, std::string_view value) {
    return fmt::format("{{\"return\": {}{}}}\n", value, echo(of));
}

/// An error line.
inline std::string refused(const seen_request& of, std::string_view kind, std::string_view desc) {
    return fmt::format(R"({{"error": {{"class": "{}", "desc": "{}"}}{}}})"
                       "\n",
                       kind, desc, echo(of));
}

inline bool is_freeze(qga::verb verb) noexcept {
    return verb == qga::verb::freeze || verb == qga::verb::freeze_list;
}

/// Thaws every filesystem behind everybody's back.
inline void thaw_everything(virtual_world& world) {
    for (const auto& one : world.filesystems) {
        (void)one->kernel_thaw();
    }
}

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_FAULT_WORDS_HPP
