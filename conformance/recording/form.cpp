// SPDX-License-Identifier: BSL-1.0
#include "conformance/recording/capture.hpp"
#include "conformance/recording/piece.hpp"

namespace snapproto::conformance::recording {

form form_of(std::string_view text) noexcept {
    if (is_capture(text)) {
        return form::capture;
    }
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with("> ") || line.starts_with("< ")) {
        return form::socat_dump;
    }
    return line.find("\"from\"") != std::string_view::npos &&
                   line.find("\"who\"") == std::string_view::npos
               ? form::byte_lines
               : form::records;
}

} // namespace snapproto::conformance::recording
