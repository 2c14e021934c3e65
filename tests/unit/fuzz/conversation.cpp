// SPDX-License-Identifier: BSL-1.0
#include <snapproto/fuzz/conversation.hpp>

#include <snapproto/fuzz/mutator.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <string>

using namespace snapproto;
using namespace snapproto::fuzz;

BOOST_AUTO_TEST_CASE(a_conversation_survives_its_form_as_bytes) {
    step spoken = say("{\"execute\": \"guest-ping\"}\n", 1);
    spoken.piece = 7;
    spoken.times = 1100;
    spoken.hasty = true;
    const conversation steps{spoken, wait(std::chrono::seconds{9}), act(action::hook, 3),
                             say(std::string(say_bytes_max, 'x')), say("")};
    BOOST_TEST((decode(encode(steps)) == steps));
}

BOOST_AUTO_TEST_CASE(what_is_missing_at_the_end_counts_as_0) {
    BOOST_TEST((decode("\x01") == conversation{wait({})}));
    BOOST_TEST((decode(std::string("\0\0\x05\0ab", 6)) == conversation{say("ab")}));
    BOOST_TEST(decode("").empty());
}

BOOST_AUTO_TEST_CASE(there_are_no_more_steps_than_the_bound) {
    const auto waits = [](std::size_t count) {
        return decode(encode(conversation(count, wait(wait_unit)))).size();
    };
    BOOST_TEST(waits(steps_max - 1) == steps_max - 1);
    BOOST_TEST(waits(steps_max) == steps_max);
    BOOST_TEST(waits(steps_max + 1) == steps_max);
}

RC_BOOST_PROP(any_bytes_are_a_conversation, (const std::string& bytes)) {
    const conversation steps = decode(bytes);
    RC_ASSERT(decode(encode(steps)) == steps);
}

RC_BOOST_PROP(what_a_mutator_makes_survives_too, (std::uint64_t seed)) {
    const world given{.mounts = {"/a", "/b"}};
    mutator changes{given, seed};
    conversation steps = changes.fresh();
    const conversation other = changes.fresh();
    for (int i = 0; i < 20; ++i) {
        changes.mutate(steps);
        steps = changes.cross(steps, other);
        RC_ASSERT(steps.size() <= steps_max);
        RC_ASSERT(decode(encode(steps)) == steps);
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_makes_the_same) {
    const world given{.mounts = {"/a"}};
    BOOST_TEST((mutator{given, 7}.fresh() == mutator{given, 7}.fresh()));
    BOOST_TEST((mutator{given, 7}.fresh() != mutator{given, 8}.fresh()));
}
