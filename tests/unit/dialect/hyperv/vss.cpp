// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/hyperv/vss.hpp>

#include "tests/unit/dialect/hyperv/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <array>
#include <optional>

namespace {

using namespace snapproto;
using hyperv::direction;
using hyperv::lun;
using hyperv::vss_body;
using hyperv::vss_op;
using hyperv_tests::octets;
using hyperv_tests::told;
using hyperv_tests::with_byte;

constexpr hyperv::ic_header newest{.message = {7, 0}};

constexpr hyperv::guid sample_guid(std::uint8_t first) {
    hyperv::guid out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(first + i);
    }
    return out;
}

/// Disks and the bytes they are kept in.
struct disks {
    explicit disks(std::size_t count, std::uint8_t first = 1) : bytes(hyperv::lun_list_bytes) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto number = static_cast<std::uint8_t>(first + i);
            all.push_back({number, sample_guid(number), 1, 2, number});
        }
        const auto written = hyperv::write_luns(bytes, all);
        BOOST_REQUIRE(written);
        list = *written;
    }

    std::vector<lun> all;
    octets bytes;
    hyperv::lun_list list;
};

octets statuses(std::size_t count) {
    octets out(count * 4);
    for (std::size_t i = 0; i < count; ++i) {
        codec::store_little(out, 4 * i, static_cast<std::uint32_t>(1000 + i));
    }
    return out;
}

result<octets> encoded(const vss_body& body, hyperv::ic_header header = newest,
                       direction way = direction::request) {
    octets buffer(13312, std::byte{0xcc});
    const auto size = encode_vss(buffer, way, header, body);
    if (!size) {
        return size.error();
    }
    buffer.resize(*size);
    return buffer;
}

result<vss_body> read(const octets& packet, direction way = direction::request) {
    const auto got = decode_ic(packet, way);
    BOOST_REQUIRE_MESSAGE(got, told(got));
    return decode_vss(*got);
}

/// One message of each form that there is. Borrows what is handed in.
std::vector<vss_body> all_forms(const disks& some, const disks& others, const octets& words) {
    using hyperv::disks_body;
    const hyperv::lun_status_list status{words};
    return {hyperv::set_body{vss_op::create, sample_guid(9), std::nullopt},
            hyperv::set_body{vss_op::create, sample_guid(9), 3},
            hyperv::set_body{vss_op::remove, sample_guid(9), std::nullopt},
            hyperv::flags_body{vss_op::hot_backup, hyperv::hot_backup_flags},
            hyperv::flags_body{vss_op::get_dm_info, 1},
            hyperv::flags_body{vss_op::backup_complete, 2},
            hyperv::flags_body{vss_op::thaw, 0x80000000},
            disks_body{vss_op::freeze, 1, 2, some.list, std::nullopt},
            disks_body{vss_op::freeze, 1, 2, some.list, others.list},
            disks_body{vss_op::auto_recover, 1, 2, some.list, std::nullopt},
            disks_body{vss_op::auto_recover, 1, 2, some.list, others.list},
            hyperv::cluster_body{sample_guid(7), 77, some.list, status, std::nullopt},
            hyperv::cluster_body{sample_guid(7), 77, some.list, status, 0x0102030405060708}};
}

bool same(const hyperv::lun_list& a, const hyperv::lun_list& b) {
    return std::equal(a.records().begin(), a.records().end(), b.records().begin(),
                      b.records().end());
}

bool same(const vss_body& a, const vss_body& b) {
    if (a.index() != b.index() || op_of(a) != op_of(b)) {
        return false;
    }
    if (const auto* set = std::get_if<hyperv::set_body>(&a)) {
        const auto& other = std::get<hyperv::set_body>(b);
        return set->set == other.set && set->backup_type == other.backup_type;
    }
    if (const auto* flags = std::get_if<hyperv::flags_body>(&a)) {
        return flags->flags == std::get<hyperv::flags_body>(b).flags;
    }
    if (const auto* disk = std::get_if<hyperv::disks_body>(&a)) {
        const auto& other = std::get<hyperv::disks_body>(b);
        return disk->backup_type == other.backup_type && disk->flags == other.flags &&
               same(disk->luns, other.luns) &&
               disk->shadows.has_value() == other.shadows.has_value() &&
               (!disk->shadows || same(*disk->shadows, *other.shadows));
    }
    const auto& cluster = std::get<hyperv::cluster_body>(a);
    const auto& other = std::get<hyperv::cluster_body>(b);
    return cluster.cluster == other.cluster && cluster.size == other.size &&
           same(cluster.luns, other.luns) && cluster.last_move == other.last_move &&
           std::equal(cluster.statuses.words().begin(), cluster.statuses.words().end(),
                      other.statuses.words().begin(), other.statuses.words().end());
}

constexpr std::array<std::size_t, 13> sizes{24,   28,    24,   12,    12,   12,  12,
                                            6260, 12500, 6260, 12500, 7312, 7320};

} // namespace

BOOST_AUTO_TEST_SUITE(hyperv_vss)

// SP 32.1, SP 32.2
BOOST_AUTO_TEST_CASE(every_form_comes_back_as_it_was_both_ways_with_the_size_it_has) {
    const disks some{3};
    const disks others{3, 100};
    const octets words = statuses(3);
    const auto forms = all_forms(some, others, words);
    BOOST_REQUIRE(forms.size() == sizes.size());
    for (std::size_t i = 0; i < forms.size(); ++i) {
        for (const auto way : {direction::request, direction::response}) {
            const auto packet = encoded(forms[i], newest, way);
            BOOST_REQUIRE(packet);
            BOOST_TEST(packet->size() == 28 + sizes[i]);
            const auto got = read(*packet, way);
            BOOST_REQUIRE_MESSAGE(got, i << ": " << told(got));
            BOOST_TEST(same(*got, forms[i]), i);
        }
    }
}

// SP 32.2
BOOST_AUTO_TEST_CASE(a_body_of_any_other_size_is_refused) {
    const disks some{2};
    const octets words = statuses(2);
    for (const vss_body& form : all_forms(some, some, words)) {
        const auto allowed = hyperv::sizes_of(op_of(form));
        const auto packet = encoded(form);
        BOOST_REQUIRE(packet);
        const octets body{packet->begin() + 28, packet->end()};
        // Every size of the small bodies; of the large ones those near the edges and some between.
        const std::size_t stride = body.size() > 100 ? 13 : 1;
        for (std::size_t size = 0; size < allowed.second + 3; size += stride) {
            if (allowed.allow(size) || size > 12600) {
                continue;
            }
            const auto got = read(hyperv_tests::framed(hyperv_tests::resized(body, size),
                                                       direction::request, newest));
            const bool long_one = size > allowed.second;
            BOOST_TEST(told(got) == (long_one ? "too_long at " + std::to_string(28 + allowed.second)
                                              : "interrupted at " + std::to_string(28 + size)) +
                                        (size < 8 ? ", SP 32.1" : ", SP 32.2"));
        }
        for (const std::size_t edge : {allowed.first, allowed.second}) {
            for (const std::size_t size : {edge - 1, edge + 1}) {
                BOOST_TEST(told(read(hyperv_tests::framed(hyperv_tests::resized(body, size),
                                                          direction::request, newest))) != "fine");
            }
        }
    }
}

// SP 32.1
BOOST_AUTO_TEST_CASE(each_field_is_at_its_place) {
    const disks some{1};
    const disks others{1, 50};
    const auto packet =
        encoded(hyperv::disks_body{vss_op::freeze, 0x0a0b0c0d, 5, some.list, others.list});
    BOOST_REQUIRE(packet);
    const auto byte = [&](std::size_t at) { return std::to_integer<int>((*packet)[28 + at]); };
    BOOST_TEST(byte(0) == 5);
    BOOST_TEST(byte(8) == 0x0d);
    BOOST_TEST(byte(11) == 0x0a);
    BOOST_TEST(byte(12) == 5);
    BOOST_TEST(byte(16) == 1);
    BOOST_TEST(byte(20) == 1);    // bus type
    BOOST_TEST(byte(24) == 1);    // controller
    BOOST_TEST(byte(39) == 16);   // its last byte
    BOOST_TEST(byte(40) == 1);    // port
    BOOST_TEST(byte(41) == 2);    // target
    BOOST_TEST(byte(42) == 1);    // lun
    BOOST_TEST(byte(44) == 0);    // the second record is not used
    BOOST_TEST(byte(6260) == 50); // the first shadow
    const auto got = read(*packet);
    BOOST_REQUIRE(got);
    const auto& body = std::get<hyperv::disks_body>(*got);
    BOOST_TEST((body.luns[0] == some.all[0]));
    BOOST_TEST(((*body.shadows)[0] == others.all[0]));

    const octets words = statuses(1);
    const auto cluster = encoded(hyperv::cluster_body{sample_guid(1), 0x11, some.list,
                                                      hyperv::lun_status_list{words}, 0x99});
    BOOST_REQUIRE(cluster);
    const auto at = [&](std::size_t i) { return std::to_integer<int>((*cluster)[28 + i]); };
    BOOST_TEST(at(8) == 1);
    BOOST_TEST(at(24) == 0x11);
    BOOST_TEST(at(28) == 1);
    BOOST_TEST(at(32) == 1);
    BOOST_TEST(at(32 + 6240) == 1000 % 256);
    BOOST_TEST(at(7312) == 0x99);
    const auto read_cluster = read(*cluster);
    BOOST_REQUIRE(read_cluster);
    BOOST_TEST(std::get<hyperv::cluster_body>(*read_cluster).statuses[0] == 1000U);
}

// SP 32.3
BOOST_AUTO_TEST_CASE(an_operation_needs_the_version_that_has_it) {
    const disks some{1};
    const octets words = statuses(1);
    constexpr std::array<hyperv::version, 4> versions{{{1, 0}, {4, 0}, {5, 0}, {6, 0}}};
    constexpr std::array<std::size_t, 9> first{0, 0, 0, 0, 1, 2, 2, 2, 3};
    for (const vss_body& form : all_forms(some, some, words)) {
        const auto packet = encoded(form);
        BOOST_REQUIRE(packet);
        for (std::size_t i = 0; i < versions.size(); ++i) {
            const hyperv::ic_header header{.message = versions[i]};
            const bool has = i >= first[static_cast<std::size_t>(op_of(form))];
            const std::string expected = has ? "fine" : "unsupported_version at 14, SP 32.3";
            BOOST_TEST(told(encoded(form, header)) == expected);
            BOOST_TEST(told(read(with_byte(*packet, 14, versions[i].major))) == expected);
        }
    }
}

// SP 32.4: one below, at and above the limit.
BOOST_AUTO_TEST_CASE(more_than_260_disks_are_refused) {
    for (const std::size_t count : {0U, 259U, 260U}) {
        const disks many{count};
        const octets words = statuses(count);
        for (const vss_body& form : all_forms(many, many, words)) {
            const auto packet = encoded(form);
            BOOST_REQUIRE_MESSAGE(packet, told(packet));
            const auto got = read(*packet);
            BOOST_REQUIRE_MESSAGE(got, told(got));
            BOOST_TEST(same(*got, form));
        }
    }
    const disks full{260};
    const octets words = statuses(260);
    for (const vss_body& form : all_forms(full, full, words)) {
        if (form.index() < 2) {
            continue;
        }
        const std::size_t at = form.index() == 2 ? 28 + 16 : 28 + 28;
        auto packet = encoded(form);
        BOOST_REQUIRE(packet);
        BOOST_TEST(told(read(with_byte(*packet, at, 5))) == // 0x0105 is 261
                   "too_many at " + std::to_string(at) + ", SP 32.4");
        BOOST_TEST(told(read(with_byte(*packet, at + 3, 0xff))) ==
                   "too_many at " + std::to_string(at) + ", SP 32.4");
    }
    octets room(261 * hyperv::lun_bytes);
    BOOST_TEST(told(hyperv::write_luns(room, std::vector<lun>(261))) == "too_many at 0, SP 32.4");
    const octets records(261 * hyperv::lun_bytes);
    const hyperv::lun_list beyond{records};
    BOOST_TEST(told(encoded(hyperv::disks_body{vss_op::freeze, 0, 0, beyond, std::nullopt})) ==
               "too_many at 44, SP 32.4");
    octets small(23);
    BOOST_TEST(told(hyperv::write_luns(small, std::vector<lun>(1))).starts_with("too_long at 24"));
}

// SP 32.5
BOOST_AUTO_TEST_CASE(a_host_sends_the_operations_0_to_8_only) {
    const auto packet = encoded(hyperv::flags_body{vss_op::thaw, 0});
    BOOST_REQUIRE(packet);
    for (unsigned op = 9; op < 256; ++op) {
        BOOST_TEST(told(read(with_byte(*packet, 28, op))) == "unknown_message at 28, SP 32.5");
    }
    BOOST_TEST(told(read(with_byte(*packet, 12, 2))) == "unknown_message at 12, SP 30.8");
}

// SP 30.4, SP 32.1
BOOST_AUTO_TEST_CASE(reserved_bytes_are_zero) {
    const disks some{2};
    const octets words = statuses(2);
    for (const vss_body& form : all_forms(some, some, words)) {
        const auto packet = encoded(form);
        BOOST_REQUIRE(packet);
        for (std::size_t at = 29; at < 36; ++at) {
            BOOST_TEST(told(read(with_byte(*packet, at, 1))) ==
                       "bad_number at " + std::to_string(at) + ", SP 32.1");
        }
        if (form.index() < 2) {
            continue;
        }
        const std::size_t luns = 28 + (form.index() == 2 ? 20 : 32);
        for (const std::size_t at : {1U, 2U, 3U, 23U, 25U, 47U}) {
            BOOST_TEST(told(read(with_byte(*packet, luns + at, 1))) ==
                       "bad_number at " + std::to_string(luns + at) + ", SP 30.4");
        }
        // What lies behind the used records is the sender's rest.
        BOOST_TEST(told(read(with_byte(*packet, luns + 49, 1))) == "fine");
    }
    const auto extended =
        encoded(hyperv::disks_body{vss_op::auto_recover, 0, 0, some.list, some.list});
    BOOST_REQUIRE(extended);
    BOOST_TEST(told(read(with_byte(*extended, 28 + 6260 + 23, 1))) ==
               "bad_number at 6311, SP 30.4");
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_go_with_its_operation_is_the_callers_mistake) {
    const disks some{2};
    const disks fewer{1};
    const octets words = statuses(1);
    const std::array<vss_body, 6> wrong{
        hyperv::set_body{vss_op::remove, {}, 1},
        hyperv::set_body{vss_op::thaw, {}, std::nullopt},
        hyperv::flags_body{vss_op::freeze, 0},
        hyperv::disks_body{vss_op::thaw, 0, 0, some.list, std::nullopt},
        hyperv::disks_body{vss_op::freeze, 0, 0, some.list, fewer.list},
        hyperv::cluster_body{{}, 0, some.list, hyperv::lun_status_list{words}, std::nullopt}};
    for (const vss_body& body : wrong) {
        BOOST_TEST(told(encoded(body)).starts_with("bad_argument at 28"));
    }
    octets small(28 + 11);
    BOOST_TEST(
        told(encode_vss(small, direction::request, newest, hyperv::flags_body{vss_op::thaw, 0}))
            .starts_with("too_long at 40"));
}

RC_BOOST_PROP(any_body_is_refused_at_one_of_its_bytes_or_encoded_to_the_same,
              (const std::vector<std::uint8_t>& any)) {
    octets body;
    for (const std::uint8_t one : any) {
        body.push_back(static_cast<std::byte>(one));
    }
    if (!body.empty()) {
        body[0] = static_cast<std::byte>(std::to_integer<unsigned>(body[0]) % 10U);
        body.resize(*rc::gen::element<std::size_t>(body.size(), 12, 24, 28, 6260, 7312));
        for (std::size_t at = 1; at < std::min<std::size_t>(body.size(), 8); ++at) {
            body[at] = std::byte{0};
        }
    }
    const octets packet = hyperv_tests::framed(body, direction::request, newest);
    const auto frame = decode_ic(packet, direction::request);
    RC_ASSERT(bool(frame));
    const auto got = decode_vss(*frame);
    if (!got) {
        RC_ASSERT(got.error().offset <= packet.size());
        return;
    }
    const auto again = encoded(*got);
    RC_ASSERT(bool(again));
    RC_ASSERT(again->size() == packet.size());
    RC_ASSERT(same(*got, *read(*again)));
}

BOOST_AUTO_TEST_SUITE_END()
