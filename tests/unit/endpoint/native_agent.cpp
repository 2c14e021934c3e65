// SPDX-License-Identifier: BSL-1.0
// The native agent by itself. With an orchestrator at the other end: native.cpp.
#include <snapproto/endpoint/native_agent.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace snapproto;
using namespace snapproto::endpoint;

BOOST_AUTO_TEST_SUITE(native_agent_endpoint)

// SP 63.2, 2.11: also while what the former one left is being released.
BOOST_AUTO_TEST_CASE(a_new_channel_has_no_session_before_its_hello) {
    native_agent agent;
    std::vector<any_message> said;
    const auto drain = [&] {
        native::decoder decoder{native::direction::reports};
        for (auto next = agent.poll(); next.index() != 0; next = agent.poll()) {
            if (const auto* frame = std::get_if<transmit_frame>(&next)) {
                for (byte_view left = as_bytes(frame->bytes); !left.empty();) {
                    left = left.subspan(decoder.feed(left));
                    if (const auto got = decoder.next(); got.has_value()) {
                        said.push_back(**got);
                    }
                }
            }
        }
    };
    const auto tell = [&](const any_message& message) {
        std::string bytes;
        codec::container_sink sink{bytes};
        native::encode(sink, message);
        agent.receive(as_bytes(bytes), {});
        drain();
    };
    const std::vector<participant_summary> mounts{{"/", participant_kind::filesystem}};
    agent.channel_up({});
    tell(hello{{{1}, {}, {1}}, {native::version}, native::capabilities});
    tell(freeze_request{{{1}, {1}, {2}}, std::nullopt, {}});
    agent.participants_found(mounts, {});
    drain();
    agent.participant_answered(0, machine::participant_event::prepared, {});
    drain();
    agent.participant_answered(0, machine::participant_event::held, {});
    drain();
    agent.channel_up({}); // the former one has ended
    drain();
    BOOST_TEST_REQUIRE((agent.session().phase() == agent_phase::thaw));
    said.clear();
    tell(thaw_request{{{1}, {1}, {3}}, cut_outcome::ok});
    BOOST_TEST_REQUIRE(said.size() == 1U);
    const auto* refused = std::get_if<nak>(&said[0]);
    BOOST_TEST_REQUIRE((refused != nullptr));
    BOOST_TEST((refused->code == nak_code::no_session));
    BOOST_TEST((refused->header.seq == sequence_number{3}));
    agent.participant_answered(0, machine::participant_event::released, {});
    drain();
    BOOST_TEST(said.size() == 1U); // and there is no second answer
    BOOST_TEST(agent.session().held_filesystems() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
