// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/qga/profile.hpp>

#include "tests/support/tree.hpp"
#include "tests/unit/dialect/qga/support.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace snapproto;
using tests::outcome_list;

std::string specification() {
    std::ifstream file{tests::source_path("docs/spec.md")};
    return {std::istreambuf_iterator<char>{file}, {}};
}

outcome_list read(std::string_view bytes) {
    qga::request_decoder decoder;
    return tests::read(decoder, bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(profile_)

// SP 1.8, 29.8
BOOST_AUTO_TEST_CASE(every_clause_of_the_profile_is_in_the_specification) {
    const std::string text = specification();
    BOOST_TEST_REQUIRE(!text.empty());
    const auto known = [&](clause which) {
        const std::string heading =
            "### SP " + std::to_string(which.chapter) + "." + std::to_string(which.number) + " ";
        return text.find(heading) != std::string::npos;
    };
    std::set<std::string_view> features;
    for (const qga::capability& entry : qga::capabilities) {
        BOOST_TEST(known(entry.governed_by), entry.feature);
        BOOST_TEST(features.insert(entry.feature).second, entry.feature);
        BOOST_TEST(qga::find_capability(entry.feature) == &entry);
    }
    BOOST_TEST(qga::find_capability("no such thing") == nullptr);
    for (const qga::deviation& entry : qga::deviations) {
        BOOST_TEST(known(entry.governed_by), entry.here);
        BOOST_TEST(!entry.reason.empty());
    }
}

// SP 16.3
BOOST_AUTO_TEST_CASE(the_default_limits_hold_to_the_bracket_and_the_byte) {
    const auto nested = [](std::size_t depth) { // one bracket is the request's own
        return R"({"execute":"guest-ping","id":)" + std::string(depth - 1, '[') +
               std::string(depth - 1, ']') + "}";
    };
    const auto count = [](std::string_view bytes) {
        qga::request_decoder decoder;
        static_cast<void>(decoder.feed(as_bytes(bytes)));
        return decoder.next().has_value();
    };
    constexpr std::size_t depth = qga::request_limits.nesting_max;
    BOOST_TEST(count(nested(32))); // SP 20.13
    BOOST_TEST(count(nested(depth - 1)));
    BOOST_TEST(count(nested(depth)));
    BOOST_TEST(!count(nested(depth + 1)));
    const auto sized = [](std::size_t size) {
        const std::string head = R"({"execute":"guest-ping","id":")";
        return head + std::string(size - head.size() - 2, 'i') + "\"}";
    };
    constexpr std::size_t bytes = qga::request_limits.frame_bytes_max;
    BOOST_TEST(count(sized(bytes - 1)));
    BOOST_TEST(count(sized(bytes)));
    BOOST_TEST(!count(sized(bytes + 1)));
}

BOOST_AUTO_TEST_CASE(the_deviations_are_what_the_decoder_does) {
    const std::string ping = R"({"execute":"guest-ping"})";
    BOOST_TEST(read("{'execute':'guest-ping'}").front() == "bad_syntax@1 SP 20.7");
    BOOST_TEST(read("\xff\xff").empty());
    BOOST_TEST(read("{\"a\" 1").size() == 1U); // though never closed
    BOOST_TEST(read("{\"a\" [1,, {}], \"b\": ]x}" + ping).size() == 2U);
    BOOST_TEST(read("{\n" + ping).back() == "guest-ping");
    qga::request_decoder decoder;
    tests::read(decoder, R"({"execute":"guest-fsfreeze-freeze")");
    decoder.reset();
    BOOST_TEST(tests::read(decoder, "}" + ping) ==
                   (outcome_list{"bad_syntax@0 SP 20.7", "guest-ping"}),
               boost::test_tools::per_element());
    const std::string huge = R"({"execute":"guest-ping","id":1e999})";
    BOOST_TEST(read(huge).front() == "guest-ping id 1e999");
}

BOOST_AUTO_TEST_SUITE_END()
