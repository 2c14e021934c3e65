// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_SETTINGS_SETTINGS_HPP
#define SNAPPROTO_SIMULATOR_SETTINGS_SETTINGS_HPP

// Options as text: a JSON object that people edit, and KEY=VALUE of a command line. What options
// there are, and between which bounds, is the matter of whoever lists the fields.

#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::settings {

/// A text that says what cannot be: where and why.
struct error : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// One option: its name, as "array.slots", and where it is kept.
struct field {
    std::string name;
    std::variant<std::uint64_t*, bool*, std::string*> where;
    std::uint64_t least = 0;             ///< Of a number.
    std::uint64_t most = 0;              ///< Of a number.
    std::vector<std::string_view> words; ///< What a text may be; empty: anything.
};

/// A member that is an array of objects: each begins, is read into the fields that it has, and
/// ends.
struct list {
    std::string name;
    std::function<std::vector<field>()> begin;
    std::function<void()> end; ///< Errors: error, when the entry cannot be.
};

/// Reads a JSON object; the members of an object in it have its name and a point in front of
/// theirs.
/// Errors: error: "line 12: ..."
void read(std::string_view text, std::span<const field> fields, std::span<const list> lists = {});

/// Changes one option: "array.slots=64".
/// Errors: error.
void assign(std::string_view assignment, std::span<const field> fields);

/// The value of an option as `assign` takes it.
[[nodiscard]] std::string value_of(const field& which);

/// The text of one member of the object, if it has one; nothing else is looked at.
[[nodiscard]] std::string text_of(std::string_view text, std::string_view name);

} // namespace snapproto::settings

#endif // SNAPPROTO_SIMULATOR_SETTINGS_SETTINGS_HPP
