// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_WITNESS_FILE_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_WITNESS_FILE_HPP

// A file that has been written and not flushed, and a look whether a copy of the device has it.

#include "conformance/attach/freeze_target.hpp"

#include <memory>
#include <string>

namespace snapproto::conformance::effects {

/// Writes the file; nothing of it is flushed by us.
///
/// @param mount of the filesystem that it is written to
/// @param bytes the file or device under it, which copies are taken of
/// @return absent, with the reason, if it could not be written within 2 s (a frozen filesystem)
[[nodiscard]] observed<std::shared_ptr<witness>> write_witness(const std::string& mount,
                                                               const std::string& bytes);

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_WITNESS_FILE_HPP
