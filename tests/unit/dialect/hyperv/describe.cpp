// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/dialect/hyperv/describe.hpp>
#include <snapproto/dialect/hyperv/freebsd.hpp>

#include "tests/unit/dialect/hyperv/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
using hyperv::direction;
using hyperv::wire_form;
using hyperv_tests::hex;
using hyperv_tests::octets;
using hyperv_tests::with_byte;

std::string said(wire_form form, const failure& why, const octets& bytes) {
    std::string out;
    codec::container_sink sink{out};
    hyperv::describe(sink, form, why, bytes);
    return out;
}

std::string said_of_ic(const octets& packet) {
    const auto got = decode_ic(packet, direction::request);
    if (!got) {
        return said(wire_form::ic, got.error(), packet);
    }
    if (got->header.type == hyperv::ic_type::negotiate) {
        const auto offer = decode_offer(*got);
        return offer ? "" : said(wire_form::ic, offer.error(), packet);
    }
    const auto body = decode_vss(*got);
    return body ? "" : said(wire_form::ic, body.error(), packet);
}

std::string said_of_kernel(const octets& bytes) {
    const auto got = hyperv::decode_from_kernel(bytes);
    return got ? "" : said(wire_form::kernel, got.error(), bytes);
}

std::string said_of_freebsd(const octets& bytes) {
    const auto got = hyperv::freebsd::decode(bytes, direction::request);
    return got ? "" : said(wire_form::freebsd, got.error(), bytes);
}

const octets thaw = hyperv_tests::framed(hex("0600000000000000 00000000"));
const octets freeze = hyperv_tests::framed(hyperv_tests::resized(hex("05"), 6260));

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_describe)

BOOST_AUTO_TEST_CASE(a_refusal_says_which_field_where_what_was_there_and_what_is_allowed) {
    BOOST_TEST(said_of_ic(with_byte(thaw, 0, 9)) == "pipe flags at byte 0: 9; allowed: 1");
    BOOST_TEST(
        said_of_ic(with_byte(thaw, 18, 9)) ==
        "message size at byte 18: 9; allowed: the size of the body, 20 less than the pipe's");
    BOOST_TEST(said_of_ic(with_byte(thaw, 25, 7)) ==
               "flags at byte 25: 7; allowed: 3 in a request, 5 in a response");
    BOOST_TEST(said_of_ic(with_byte(thaw, 28, 129)) ==
               "operation at byte 28: 129; allowed: 0 to 8");
    BOOST_TEST(said_of_ic(with_byte(thaw, 31, 2)) == "reserved at byte 31: 2; allowed: 0");
    BOOST_TEST(said_of_ic(with_byte(thaw, 14, 4)) ==
               "message version at byte 14: 4; allowed: one that has the operation");
    BOOST_TEST(said_of_ic(with_byte(freeze, 46, 1)) ==
               "lun count at byte 44: 65536; allowed: 0 to 260");
    BOOST_TEST(said_of_ic(with_byte(with_byte(freeze, 44, 1), 49, 8)) ==
               "reserved byte of a lun at byte 49: 8; allowed: 0");
    BOOST_TEST(said_of_kernel(hex("05000001 00000000 00000000")) ==
               "reserved at byte 3: 1; allowed: 0");
    BOOST_TEST(said_of_kernel(hex("81000000 00000000 00000000")) ==
               "operation at byte 0: 129; allowed: 0 to 127");
    BOOST_TEST(said_of_freebsd(hyperv_tests::resized(hex("09"), 64)) ==
               "operation at byte 0: 9; allowed: 1 check, 2 freeze, 3 thaw");
}

BOOST_AUTO_TEST_CASE(a_wrong_length_says_which_lengths_are_allowed) {
    BOOST_TEST(said_of_ic(hyperv_tests::resized(thaw, 9)) ==
               "too short: 9 bytes; allowed: 28 to 13312");
    BOOST_TEST(said_of_ic(hyperv_tests::framed(hyperv_tests::resized(hex("05"), 100))) ==
               "too short: 128 bytes; allowed: 6288 or 12528");
    BOOST_TEST(said_of_ic(hyperv_tests::framed(hyperv_tests::resized(hex("06"), 13))) ==
               "too long: 41 bytes; allowed: 40");
    BOOST_TEST(said_of_ic(hyperv_tests::framed(hex("01000100 00000000"), direction::request,
                                               {.type = hyperv::ic_type::negotiate})) ==
               "too short: 36 bytes; allowed: 36 and 4 for each version in a request, 44 in a "
               "response");
    BOOST_TEST(said_of_kernel(octets(16)) == "too long: 16 bytes; allowed: 4 or 12");
    BOOST_TEST(said(wire_form::daemon, hyperv::decode_from_daemon(octets(5)).error(), octets(5)) ==
               "too short: 5 bytes; allowed: 12");
    BOOST_TEST(said_of_freebsd(octets(63)) == "too short: 63 bytes; allowed: 64");
}

RC_BOOST_PROP(any_refused_packet_gets_one_short_line,
              (const std::vector<std::uint8_t>& any, std::uint8_t op, std::uint8_t type)) {
    octets body;
    for (const std::uint8_t one : any) {
        body.push_back(static_cast<std::byte>(one));
    }
    octets packet = hyperv_tests::framed(body, direction::request,
                                         {.type = static_cast<hyperv::ic_type>(type % 9U)});
    if (!body.empty()) {
        packet[28] = static_cast<std::byte>(op);
    }
    const std::string line = said_of_ic(packet);
    RC_ASSERT(line.size() <= 200U);
    RC_ASSERT(line.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
