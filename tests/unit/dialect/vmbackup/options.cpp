// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/vmbackup/options.hpp>

#include "tests/unit/dialect/vmbackup/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

namespace {

using namespace snapproto;
using vmbackup::decode_options;
using vmbackup::start_options;
using vmbackup_tests::bytes_of;
using vmbackup_tests::hex;
using vmbackup_tests::octets;
using vmbackup_tests::told;
using vmbackup_tests::with_byte;

/// Version 1, with each field at its place: 4 presence, 8 to 24 the flags, 28 the argument of five
/// bytes and its padding, 40 the limit, 44 the disks of four bytes.
const octets version_1 = hex("00000001 00000001 00000001 00000000 00000001 00000000 00000001"
                             "00000005 6162636465000000 00000384 00000004 64697363");

const octets version_2 = [] {
    octets bytes = with_byte(version_1, 3, 2);
    const octets more = hex("0000000a 00000005 00000001 00000000");
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
}();

octets cut(octets bytes, std::size_t size) {
    bytes.resize(size);
    return bytes;
}

/// Options with texts of these sizes.
octets with_texts(std::size_t argument, std::size_t disks) {
    const std::string a(argument, 'a');
    const std::string d(disks, 'd');
    start_options options;
    options.script_argument = a;
    options.disks = d;
    return bytes_of(options);
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_options)

// SP 42.1, 42.2
BOOST_AUTO_TEST_CASE(each_field_is_at_its_place) {
    const auto got = decode_options(version_1);
    BOOST_REQUIRE_MESSAGE(got, told(got));
    const start_options wanted{true, false, true, false, true, "abcde", 900, "disc", {}};
    BOOST_TEST((*got == wanted));
    BOOST_TEST((bytes_of(wanted) == version_1));
    const auto second = decode_options(version_2);
    BOOST_REQUIRE_MESSAGE(second, told(second));
    BOOST_TEST((second->vss == vmbackup::vss_options{10, 5, true, false}));
    BOOST_TEST((bytes_of(*second) == version_2));
}

// SP 42.1
BOOST_AUTO_TEST_CASE(there_are_two_versions) {
    for (const unsigned version : {0U, 3U, 255U}) {
        BOOST_TEST(told(decode_options(with_byte(version_1, 3, version))) ==
                   "unsupported_version at 0, SP 42.1");
    }
    BOOST_TEST(told(decode_options(with_byte(version_1, 0, 1))) ==
               "unsupported_version at 0, SP 42.1");
    // The fields of the first version are not all of the second.
    BOOST_TEST(told(decode_options(with_byte(version_1, 3, 2))) == "interrupted at 52, SP 42.2");
    BOOST_TEST(told(decode_options(with_byte(version_2, 3, 1))) == "too_long at 52, SP 42.5");
}

// SP 42.2, 42.4
BOOST_AUTO_TEST_CASE(options_that_are_cut_short_end_where_they_end) {
    for (const octets& whole : {version_1, version_2}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto got = decode_options(cut(whole, size));
            BOOST_REQUIRE(!got);
            BOOST_TEST((got.error().code == error::interrupted), size);
            BOOST_TEST(got.error().offset == size);
        }
    }
    BOOST_TEST(told(decode_options(with_byte(version_1, 7, 0))) == "missing_member at 4, SP 42.2");
}

// SP 42.3
BOOST_AUTO_TEST_CASE(a_truth_value_is_0_or_1) {
    for (const std::size_t at : {4U, 8U, 12U, 16U, 20U, 24U}) {
        BOOST_TEST(told(decode_options(with_byte(version_1, at + 3, 2))) ==
                   "bad_number at " + std::to_string(at) + ", SP 42.3");
        BOOST_TEST(told(decode_options(with_byte(version_1, at, 1))) ==
                   "bad_number at " + std::to_string(at) + ", SP 42.3");
    }
    for (const std::size_t at : {60U, 64U}) {
        BOOST_TEST(told(decode_options(with_byte(version_2, at + 3, 2))) ==
                   "bad_number at " + std::to_string(at) + ", SP 42.3");
    }
}

// SP 42.4
BOOST_AUTO_TEST_CASE(a_text_has_its_bound_no_nul_and_zeros_behind_it) {
    BOOST_TEST(told(decode_options(with_texts(255, 3199))) == "fine");
    BOOST_TEST(told(decode_options(with_texts(256, 3200))) == "fine");
    BOOST_TEST(told(decode_options(with_texts(257, 0))) == "too_long at 28, SP 42.4");
    BOOST_TEST(told(decode_options(with_texts(0, 3201))) == "too_long at 36, SP 42.4");
    BOOST_TEST(told(decode_options(with_byte(version_1, 34, 0))) == "bad_text at 34, SP 42.4");
    BOOST_TEST(told(decode_options(with_byte(version_1, 38, 1))) == "bad_number at 38, SP 42.4");
    BOOST_TEST(told(decode_options(with_byte(version_1, 28, 0xff))) == "too_long at 28, SP 42.4");
}

// SP 42.4
BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_not_sent) {
    const std::string long_argument(257, 'a');
    const std::string long_disks(3201, 'd');
    BOOST_TEST(!vmbackup::wrong_with(start_options{}));
    start_options options;
    options.script_argument = std::string_view{long_argument}.substr(1);
    options.disks = std::string_view{long_disks}.substr(1);
    BOOST_TEST(!vmbackup::wrong_with(options));
    options.script_argument = long_argument;
    BOOST_TEST(told(vmbackup::wrong_with(options).value()) == "too_long at 0, SP 42.4");
    options.script_argument = {};
    options.disks = long_disks;
    BOOST_TEST(told(vmbackup::wrong_with(options).value()) == "too_long at 0, SP 42.4");
    options.disks = std::string_view{"a\0b", 3};
    BOOST_TEST(told(vmbackup::wrong_with(options).value()) == "bad_text at 0, SP 42.4");
}

RC_BOOST_PROP(options_come_back_as_they_were_behind_any_bytes,
              (bool manifest, bool writable, bool scripts, std::uint32_t timeout, bool second,
               std::uint32_t context)) {
    const std::string argument = *vmbackup_tests::any_text();
    const std::string disks = *vmbackup_tests::any_text();
    start_options options{manifest, !manifest, scripts, writable, scripts,
                          argument, timeout,   disks,   {}};
    if (second) {
        options.vss = vmbackup::vss_options{context, timeout, writable, manifest};
    }
    RC_ASSERT(!vmbackup::wrong_with(options));
    octets bytes(7, std::byte{'x'});
    const octets own = bytes_of(options);
    bytes.insert(bytes.end(), own.begin(), own.end());
    const auto got = decode_options(bytes, 7);
    RC_ASSERT(bool(got));
    RC_ASSERT(*got == options);
}

BOOST_AUTO_TEST_SUITE_END()
