// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_WIRE_WORDS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_WIRE_WORDS_HPP

// What was sent, for people: dialects of text as they are, dialects of numbers in words.

#include "simulator/world/channel.hpp"
#include "simulator/world/dialect.hpp"

#include <snapproto/trace/record.hpp>

#include <string>
#include <string_view>

namespace snapproto::world {

/// What an end has sent, as the story tells it. What cannot be read is shown byte for byte.
[[nodiscard]] std::string in_words(const dialect& spoken, direction way, std::string_view bytes);

/// A message as its record keeps it: "thaw of transaction 3 (12): the cut is ok".
/// @pre it is the record of a message.
[[nodiscard]] std::string message_words(const trace::record& one);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_WIRE_WORDS_HPP
