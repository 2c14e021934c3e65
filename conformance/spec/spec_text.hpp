// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_SPEC_TEXT_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_SPEC_TEXT_HPP

// The text of docs/spec.md inside the program, so that a report can quote a clause wherever
// snapcheck runs. The build writes the definition anew whenever the document changes.

#include <string_view>

namespace snapproto::conformance {

/// The whole text of docs/spec.md as it was when this program was built.
///
/// @return UTF-8 text that lives as long as the program; empty when the document was absent.
[[nodiscard]] std::string_view spec_text() noexcept;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_SPEC_TEXT_HPP
