// SPDX-License-Identifier: BSL-1.0
// The JSON parser beside Boost.JSON: both accept or both refuse, and the value is the same; and a
// stream of values gives the same however it is cut.
#include "fuzz/support/target.hpp"

#include <snapproto/codec/json_parser.hpp>
#include <snapproto/codec/json_stream.hpp>

#include <boost/json.hpp>

#include <vector>

namespace {

using namespace snapproto;
using fuzz::require;

constexpr wire_limits limits{.nesting_max = 32, .list_entries_max = 4096};

struct opinion {
    bool accepted = false;
    error why{};
};

opinion ours(codec::json_document& document, std::string_view text) {
    document.text.assign(text.begin(), text.end());
    document.text.push_back('\n'); // a scalar ends with the byte behind it
    const std::size_t size = document.text.size();
    document.text.resize(size + codec::padding);
    codec::json_parser parser{limits};
    parser.start();
    const auto status = parser.parse(document, document.text.data(), size);
    if (status == codec::parse_status::failed) {
        return {false, parser.why()};
    }
    const std::string_view line{document.text.data(), size};
    return {status == codec::parse_status::complete &&
                line.find_first_not_of(" \t\r\n", parser.at()) == std::string_view::npos,
            {}};
}

bool same(const codec::json_value& mine, const boost::json::value& other);

bool same_object(const codec::json_value& mine, const boost::json::object& other) {
    bool equal = mine.size() == other.size();
    mine.for_each_member([&](codec::json_value name, codec::json_value value) {
        const auto* const member = other.if_contains(name.text());
        equal = equal && member != nullptr && same(value, *member);
    });
    return equal;
}

bool same_array(const codec::json_value& mine, const boost::json::array& other) {
    bool equal = mine.size() == other.size();
    std::size_t index = 0;
    mine.for_each_entry(
        [&](codec::json_value entry) { equal = equal && same(entry, other[index++]); });
    return equal;
}

bool same(const codec::json_value& mine, const boost::json::value& other) {
    switch (mine.kind()) {
    case codec::json_kind::null:
        return other.is_null();
    case codec::json_kind::boolean:
        return other.is_bool() && *mine.as_bool() == other.get_bool();
    case codec::json_kind::number:
        if (const auto number = mine.as_int64()) {
            return other.is_int64() && *number == other.get_int64();
        }
        return other.is_double() || other.is_uint64();
    case codec::json_kind::string:
        return other.is_string() && mine.text() == std::string_view{other.get_string()};
    case codec::json_kind::array:
        return other.is_array() && same_array(mine, other.get_array());
    case codec::json_kind::object:
        return other.is_object() && same_object(mine, other.get_object());
    }
    return false;
}

void compare(std::string_view text) {
    codec::json_document document;
    const opinion mine = ours(document, text);
    boost::json::parse_options options;
    options.max_depth = limits.nesting_max;
    boost::json::error_code failed;
    const auto theirs = boost::json::parse(text, failed, {}, options);
    if (failed == boost::json::error::exponent_overflow) {
        return; // a number is a text here, whatever a double can hold
    }
    if (mine.why == error::duplicate_member || mine.why == error::too_many) {
        return; // Boost.JSON merges names, and has no limit for them
    }
    require(mine.accepted == !failed, "the parser and Boost.JSON accept the same texts",
            mine.accepted ? failed.message() : std::string{to_string(mine.why)});
    require(!mine.accepted || same(document.root(), theirs),
            "the parser and Boost.JSON read the same value");
}

std::vector<std::string> outcomes(std::string_view bytes, fuzz::cuts pieces) {
    codec::json_stream stream{limits};
    std::vector<std::string> told;
    while (!bytes.empty()) {
        byte_view piece = as_bytes(bytes.substr(0, pieces.next(bytes.size())));
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            const std::size_t taken = stream.feed(piece);
            const auto outcome = stream.next();
            require(taken <= piece.size(), "no more is taken than was given");
            require(taken != 0 || !outcome.needs_more(), "each call makes headway");
            piece = piece.subspan(taken);
            if (outcome.has_value()) {
                told.emplace_back(outcome->raw());
            } else if (outcome.has_failure()) {
                told.push_back(std::string{to_string(outcome.error().code)} + "@" +
                               std::to_string(outcome.error().offset));
            }
        }
    }
    told.emplace_back(stream.pending() ? "pending" : "between");
    return told;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::decisions input{fuzz::text_of(data, size)};
    const std::uint8_t seed = input.byte();
    const std::string_view text = input.rest();
    compare(text);
    require(outcomes(text, fuzz::cuts{0}) == outcomes(text, fuzz::cuts{seed}),
            "a stream means the same however it is cut");
    return 0;
}
