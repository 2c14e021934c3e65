// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/negotiate.hpp>

#include "tests/unit/dialect/hyperv/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <array>

namespace {

using namespace snapproto;
using hyperv::direction;
using hyperv::ic_header;
using hyperv::ic_type;
using hyperv::version;
using hyperv_tests::hex;
using hyperv_tests::octets;
using hyperv_tests::told;
using hyperv_tests::with_byte;

constexpr ic_header header{.type = ic_type::negotiate};

octets offer(const std::vector<version>& framework, const std::vector<version>& message) {
    octets buffer(13312);
    const auto size = hyperv::encode_offer(buffer, header, framework, message);
    BOOST_REQUIRE(size);
    buffer.resize(*size);
    return buffer;
}

result<hyperv::version_offer> read_offer(const octets& packet,
                                         const hyperv::ic_limits& limits = {}) {
    const auto got = decode_ic(packet, direction::request);
    BOOST_REQUIRE_MESSAGE(got, told(got));
    return decode_offer(*got, limits);
}

result<std::optional<hyperv::version_choice>> read_choice(const octets& packet) {
    const auto got = decode_ic(packet, direction::response);
    BOOST_REQUIRE_MESSAGE(got, told(got));
    return decode_choice(*got);
}

const std::vector<version> hosts_own{{4, 0}, {5, 0}, {6, 0}, {7, 0}};

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_negotiate)

// SP 31.1
BOOST_AUTO_TEST_CASE(an_offer_has_counts_then_the_framework_then_the_messages) {
    const octets packet = offer({{1, 0}, {3, 0}}, {{5, 0}});
    BOOST_TEST((packet == hyperv_tests::framed(hex("0200 0100 00000000 01000000 03000000 05000000"),
                                               direction::request, header)));
    const auto got = read_offer(packet);
    BOOST_REQUIRE(got);
    BOOST_TEST(got->framework.size() == 2U);
    BOOST_TEST((got->framework[1] == version{3, 0}));
    BOOST_TEST(got->message.size() == 1U);
    BOOST_TEST(got->message.contains({5, 0}));
    BOOST_TEST(!got->message.contains({3, 0}));
}

// SP 31.1
BOOST_AUTO_TEST_CASE(every_other_length_than_the_counts_say_is_refused) {
    const octets body = hex("0100 0100 00000000 03000000 05000000");
    for (std::size_t size = 0; size < body.size(); ++size) {
        BOOST_TEST(told(read_offer(hyperv_tests::framed(hyperv_tests::resized(body, size),
                                                        direction::request, header))) ==
                   "interrupted at " + std::to_string(28 + size) + ", SP 31.1");
    }
    BOOST_TEST(told(read_offer(hyperv_tests::framed(hyperv_tests::resized(body, 17),
                                                    direction::request, header))) ==
               "too_long at 44, SP 31.1");
    BOOST_TEST(told(read_offer(hyperv_tests::framed(body))) == "unknown_message at 12, SP 31.1");
}

// SP 30.4
BOOST_AUTO_TEST_CASE(the_reserved_word_is_zero) {
    const octets packet = offer({{3, 0}}, {{5, 0}});
    for (std::size_t at = 32; at < 36; ++at) {
        BOOST_TEST(told(read_offer(with_byte(packet, at, 1))) ==
                   "bad_number at " + std::to_string(at) + ", SP 30.4");
    }
}

// SP 31.2: one below, at and above the limit.
BOOST_AUTO_TEST_CASE(more_versions_than_the_limit_are_refused) {
    const auto many = [](std::size_t count) { return std::vector<version>(count, version{1, 1}); };
    for (const std::size_t count : {99U, 100U}) {
        const auto got = read_offer(offer(many(count), many(count)));
        BOOST_REQUIRE(got);
        BOOST_TEST(got->message.size() == count);
    }
    octets buffer(13312);
    BOOST_TEST(told(hyperv::encode_offer(buffer, header, many(101), {})) ==
               "too_many at 28, SP 31.2");
    const hyperv::ic_limits wide{.versions_max = 200};
    for (const bool of_messages : {false, true}) {
        const auto size = hyperv::encode_offer(buffer, header, of_messages ? many(0) : many(101),
                                               of_messages ? many(101) : many(0), wide);
        BOOST_REQUIRE(size);
        const octets packet{buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*size)};
        BOOST_TEST(told(read_offer(packet)) ==
                   (of_messages ? "too_many at 30, SP 31.2" : "too_many at 28, SP 31.2"));
        BOOST_TEST(told(read_offer(packet, wide)) == "fine");
    }
    std::array<std::byte, 43> small{};
    BOOST_TEST(
        told(hyperv::encode_offer(small, header, many(1), many(1))).starts_with("too_long at 44"));
}

// SP 31.3
BOOST_AUTO_TEST_CASE(the_guest_takes_the_first_of_its_own_that_the_host_has_too) {
    const octets packet = offer({{1, 0}, {3, 0}}, hosts_own);
    const auto got = read_offer(packet);
    BOOST_REQUIRE(got);
    const std::array framework{version{3, 0}, version{1, 0}};
    const std::array message{version{9, 0}, version{6, 0}, version{7, 0}};
    BOOST_TEST((choose(*got, framework, message) == hyperv::version_choice{{3, 0}, {6, 0}}));
    const std::array<version, 1> other{version{5, 1}};
    BOOST_TEST((choose(*got, framework, other) == std::nullopt));
    BOOST_TEST((choose(*got, other, message) == std::nullopt));
}

// SP 30.6, SP 31.4, SP 31.5
BOOST_AUTO_TEST_CASE(the_answer_takes_the_place_of_the_offer_and_says_sixteen_bytes) {
    octets packet = offer({{1, 0}, {3, 0}}, hosts_own);
    const std::size_t before = packet.size();
    const hyperv::version_choice chosen{{3, 0}, {5, 0}};
    BOOST_TEST(*hyperv::answer_offer_in_place(packet, chosen) == before);
    BOOST_TEST(packet.size() == before);
    BOOST_TEST(std::to_integer<int>(packet[18]) == 16);
    BOOST_TEST((*read_choice(packet) == chosen));

    BOOST_TEST(*hyperv::answer_offer_in_place(packet, std::nullopt) == before);
    const auto none = read_choice(packet);
    BOOST_REQUIRE(none);
    BOOST_TEST(!none->has_value());

    octets small = offer({{3, 0}}, {});
    BOOST_TEST(told(hyperv::answer_offer_in_place(small, chosen)) == "interrupted at 40, SP 31.5");
}

// SP 31.4, SP 31.5
BOOST_AUTO_TEST_CASE(counts_other_than_one_and_one_or_none_are_refused) {
    const auto answer = [](std::string_view counts) {
        return hyperv_tests::framed(hex(std::string{counts} + "00000000 03000000 05000000"),
                                    direction::response, header);
    };
    BOOST_TEST(told(read_choice(answer("01000100"))) == "fine");
    BOOST_TEST(told(read_choice(answer("02000200"))) == "bad_number at 28, SP 31.4");
    BOOST_TEST(told(read_choice(answer("01000000"))) == "bad_number at 30, SP 31.4");
    BOOST_TEST(told(read_choice(answer("00000100"))) == "bad_number at 30, SP 31.4");
    BOOST_TEST(told(read_choice(hyperv_tests::framed(hex("01000100 00000000 03000000"),
                                                     direction::response, header))) ==
               "interrupted at 40, SP 31.5");
    BOOST_TEST(told(read_choice(hyperv_tests::framed(hex("01000100 00000000 03000000 05000000 00"),
                                                     direction::response, header))) ==
               "too_long at 44, SP 31.5");
}

RC_BOOST_PROP(an_offer_that_is_written_is_read_again,
              (const std::vector<std::pair<std::uint16_t, std::uint16_t>>& pairs)) {
    std::vector<version> all;
    for (std::size_t i = 0; i < pairs.size() && i < 100; ++i) {
        all.push_back({pairs[i].first, pairs[i].second});
    }
    const octets packet = offer(all, all);
    const auto got = read_offer(packet);
    RC_ASSERT(bool(got));
    RC_ASSERT(got->framework.size() == all.size());
    RC_ASSERT(got->message.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        RC_ASSERT((got->framework[i] == all[i] && got->message[i] == all[i]));
    }
}

BOOST_AUTO_TEST_SUITE_END()
