// SPDX-License-Identifier: BSL-1.0
// The parser beside two others: all must agree on what is JSON, but for what is listed here.
#include <snapproto/codec/json_parser.hpp>

#include "tests/unit/codec/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck/boost_test.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace snapproto;

struct opinion {
    bool accepted = false;
    error why{};
};

opinion ours(codec::json_document& document, const std::string& text) {
    const std::string line = text + "\n"; // a scalar ends with the byte behind it
    document.text.assign(line.begin(), line.end());
    document.text.resize(line.size() + codec::padding);
    codec::json_parser parser{{.nesting_max = 64, .list_entries_max = 1 << 20}};
    parser.start();
    const codec::parse_status status = parser.parse(document, document.text.data(), line.size());
    const bool rest = status == codec::parse_status::complete &&
                      line.find_first_not_of(" \t\r\n", parser.at()) != std::string::npos;
    return {status == codec::parse_status::complete && !rest,
            status == codec::parse_status::failed ? parser.why() : error{}};
}

// Keeps the tree and the names that occur twice, which the library itself would merge.
opinion nlohmann_says(const std::string& text, nlohmann::json& tree) {
    bool repeated = false;
    std::vector<std::set<std::string>> names;
    const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        if (event == nlohmann::json::parse_event_t::object_start) {
            names.emplace_back();
        } else if (event == nlohmann::json::parse_event_t::object_end) {
            names.pop_back();
        } else if (event == nlohmann::json::parse_event_t::key) {
            repeated = !names.back().insert(value.get<std::string>()).second || repeated;
        }
        return true;
    };
    tree = nlohmann::json::parse(text, watch, false);
    return {!tree.is_discarded() && !repeated, {}};
}

// The same value, told by the other library's tree.
bool same(const codec::json_value& mine, const nlohmann::json& other) {
    switch (mine.kind()) {
    case codec::json_kind::null:
        return other.is_null();
    case codec::json_kind::boolean:
        return other.is_boolean() && *mine.as_bool() == other.get<bool>();
    case codec::json_kind::number:
        if (const auto number = mine.as_int64()) {
            return other.is_number_integer() && *number == other.get<std::int64_t>();
        }
        return other.is_number_float() || other.is_number_unsigned();
    case codec::json_kind::string:
        return other.is_string() && mine.text() == other.get_ref<const std::string&>();
    case codec::json_kind::array: {
        bool equal = other.is_array() && mine.size() == other.size();
        std::size_t index = 0;
        mine.for_each_entry(
            [&](codec::json_value entry) { equal = equal && same(entry, other[index++]); });
        return equal;
    }
    case codec::json_kind::object: {
        bool equal = other.is_object() && mine.size() == other.size();
        mine.for_each_member([&](codec::json_value name, codec::json_value value) {
            equal = equal && other.contains(name.text()) && same(value, other[name.text()]);
        });
        return equal;
    }
    }
    return false;
}

void compare(const std::string& text) {
    codec::json_document document;
    const opinion mine = ours(document, text);
    nlohmann::json tree;
    const opinion theirs = nlohmann_says(text, tree);
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::json::error_code failed;
    boost::json::parse(text, failed, {}, options);
    RC_TAG(mine.accepted ? "accepted" : "refused");
    if (text.starts_with("\xef\xbb\xbf")) {
        RC_ASSERT(!mine.accepted); // nlohmann/json skips a byte order mark
        return;
    }
    if (mine.why == error::too_deep) {
        RC_ASSERT(failed); // nlohmann/json has no limit
        return;
    }
    if (failed == boost::json::error::exponent_overflow) {
        return; // a number is a text here, whatever a double can hold
    }
    if (text.find('\0') != std::string::npos) {
        // nlohmann/json takes a NUL byte for the end.
        RC_ASSERT(mine.why == error::duplicate_member || mine.accepted == !failed);
        return;
    }
    if (mine.why == error::duplicate_member) {
        // Found at the second name, while something worse may follow: the others read on.
        RC_ASSERT(!theirs.accepted);
        return;
    }
    if (mine.accepted != theirs.accepted) {
        // nlohmann/json refuses a number that a double cannot hold.
        RC_ASSERT(mine.accepted && text.find_first_of("eE") != std::string::npos);
        return;
    }
    RC_ASSERT(mine.accepted == !failed);
    if (mine.accepted) {
        RC_ASSERT(same(document.root(), tree));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(differential)

RC_BOOST_PROP(valid_documents_are_accepted_by_all_and_mean_the_same, ()) {
    compare(tests::any_json(5));
}

RC_BOOST_PROP(mutated_documents_are_accepted_or_refused_by_all, ()) {
    compare(tests::mutated(tests::any_json(4)));
}

RC_BOOST_PROP(random_bytes_are_accepted_or_refused_by_all, ()) {
    compare(*tests::some_bytes());
}

BOOST_AUTO_TEST_SUITE_END()
