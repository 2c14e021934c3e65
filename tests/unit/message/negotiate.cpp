// SPDX-License-Identifier: BSL-1.0
#include <snapproto/message/negotiate.hpp>

#include <boost/test/unit_test.hpp>

using namespace snapproto;

namespace {
constexpr capability all_bits[] = {
    capability::explicit_prepare, capability::implicit_prepare, capability::completion,
    capability::recovery,         capability::hold_limit,       capability::keep_alive,
    capability::transactions,
};
} // namespace

BOOST_AUTO_TEST_CASE(each_capability_is_one_bit_of_its_own) {
    capability all = capability::none;
    for (const capability one : all_bits) {
        BOOST_TEST(!has(all, one));
        all = all | one;
        BOOST_TEST(has(all, one));
        BOOST_TEST(((all & one) == one));
    }
    BOOST_TEST(static_cast<unsigned>(all) == 0x7fU);
}

BOOST_AUTO_TEST_CASE(to_have_several_capabilities_is_to_have_each) {
    constexpr auto both = capability::completion | capability::recovery;
    static_assert(has(both, capability::completion));
    static_assert(has(both, both));
    static_assert(!has(capability::completion, both));
    static_assert(has(capability::none, capability::none));
    static_assert((both & capability::hold_limit) == capability::none);
    BOOST_TEST(has(both, capability::none));
}

BOOST_AUTO_TEST_CASE(versions_are_ordered_by_major_then_minor) {
    static_assert(protocol_version{1, 9} < protocol_version{2, 0});
    static_assert(protocol_version{2, 0} < protocol_version{2, 1});
    BOOST_TEST((protocol_version{3, 1} == protocol_version{3, 1}));
}

BOOST_AUTO_TEST_CASE(messages_of_the_session_start_out_saying_nothing) {
    BOOST_TEST((!hello_ack{}.selected && hello_ack{}.granted == capability::none));
    BOOST_TEST((status_report{}.last_verdict == verdict::none));
    BOOST_TEST((status_report{}.phase == agent_phase::off));
    BOOST_TEST((pong{.header = {}, .cookie = 3} != pong{.header = {}, .cookie = 4}));
    hello older;
    older.versions = {{1, 0}};
    hello newer;
    newer.versions = {{1, 1}};
    BOOST_TEST((older != newer));
    BOOST_TEST((query{.header = {.session = {4}}} == query{.header = {.session = {4}}}));
}
