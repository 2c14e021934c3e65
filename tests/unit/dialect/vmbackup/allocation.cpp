// SPDX-License-Identifier: BSL-1.0
// Reading allocates nothing once a packet as large was seen, and writing nothing once its buffer is
// large enough.
#include <snapproto/dialect/vmbackup/packet.hpp>

#include "tests/support/allocations.hpp"
#include "tests/unit/dialect/vmbackup/support.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace snapproto;
using namespace snapproto::vmbackup;

BOOST_AUTO_TEST_SUITE(vmbackup_allocation)

BOOST_AUTO_TEST_CASE(a_steady_state_allocates_nothing) {
    const std::string names(100, 'n');
    std::string message;
    std::string frame;
    packet_splitter splitter;
    std::size_t good = 0;
    const auto go_round = [&] {
        const auto travel = [&](const auto& what, auto&& decode) {
            message.clear();
            codec::container_sink sink{message};
            encode(sink, what);
            frame.clear();
            codec::container_sink packed{frame};
            encode(packed, packet{packet_type::data, as_bytes(message), false});
            byte_view bytes = as_bytes(frame);
            const auto fields = splitter.feed(bytes);
            if (fields.has_value()) {
                const auto got = decode_packet(*fields);
                good += got && decode(got->payload) ? 1U : 0U;
            }
        };
        const auto read_command = [](byte_view bytes) { return bool(decode_command(bytes)); };
        travel(host_command{snapshot_done_command{names}}, read_command);
        travel(host_command{start_with_options_command{{.script_argument = names}}}, read_command);
        travel(host_command{start_command{1, names}}, read_command);
        travel(event_report{event::error, event_code::sync_error, names},
               [](byte_view bytes) { return bool(decode_event(bytes)); });
        travel(refuse(refusal::busy),
               [](byte_view bytes) { return bool(decode_guest_reply(bytes)); });
    };
    go_round();
    const tests::allocation_count count;
    go_round();
    const std::size_t taken = count.allocations();
    BOOST_TEST(taken == 0U);
    BOOST_TEST(good == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
