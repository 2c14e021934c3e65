// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SEEDS_SEEDS_HPP
#define SNAPPROTO_FUZZ_SEEDS_SEEDS_HPP

// The first inputs of each target and its dictionary, made from the model: a source for each
// dialect, one for what is recorded and two for the endpoints.

#include <map>
#include <string>
#include <string_view>

namespace snapproto::fuzz {

/// What is written: each file, by its path below fuzz/, and its content.
using tree = std::map<std::string, std::string>;

void add_qga(tree& to);
void add_hyperv(tree& to);
void add_vmbackup(tree& to);
void add_native(tree& to);
void add_recordings(tree& to);
void add_sessions(tree& to);
void add_dialect_sessions(tree& to);

// ---- what they are made with ----

inline constexpr std::string_view licence = "# SPDX-License-Identifier: BSL-1.0\n";

/// The name of a file that is made: "model-NAME-007".
[[nodiscard]] std::string numbered(std::string_view name, std::size_t number);

/// A line of a dictionary: quotes and what is not ASCII escaped.
[[nodiscard]] std::string entry(std::string_view word);

/// The dictionary of JSON, which those of dialects and records in it begin with.
[[nodiscard]] std::string json_words();

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SEEDS_SEEDS_HPP
