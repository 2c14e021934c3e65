// SPDX-License-Identifier: BSL-1.0
// Nothing is allocated for a message once one as large of its kind was seen.
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include "tests/support/allocations.hpp"
#include "tests/unit/dialect/native/support.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace snapproto;

const std::string long_name(100, 'n'); // longer than any text that needs no memory

std::size_t feed(native::decoder& decoder, std::string_view stream, std::size_t piece) {
    std::size_t told = 0;
    for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
        byte_view bytes = as_bytes(stream.substr(0, piece));
        while (!bytes.empty()) {
            bytes = bytes.subspan(decoder.feed(bytes));
            told += decoder.next().needs_more() ? 0U : 1U;
        }
    }
    return told;
}

} // namespace

BOOST_AUTO_TEST_SUITE(native_allocation)

BOOST_AUTO_TEST_CASE(reading_allocates_nothing_also_when_lists_grow_and_shrink) {
    const auto scope = [](std::size_t mounts) {
        return snapshot_scope{std::vector<std::string>(mounts, long_name)};
    };
    const auto manifest = [](std::size_t entries) {
        return prepared_report{
            {}, std::vector<participant_summary>(entries, {long_name, participant_kind::writer})};
    };
    std::string stream;
    for (const any_message& message : std::vector<any_message>{
             freeze_request{{}, std::nullopt, scope(7)}, freeze_request{{}, std::nullopt, scope(1)},
             freeze_request{{}, duration{5}, {}}, freeze_request{{}, std::nullopt, scope(6)},
             hello{{}, {{1, 0}, {1, 1}}, {}}, abort_request{{}, long_name}, ping{{}, 7}}) {
        stream += tests::encoded(message);
    }
    stream += std::string(4, '\0') + tests::framed("\x80") + "nonsense" + std::string(9, '\xff');
    native::decoder requests{native::direction::requests};
    native::decoder reports{native::direction::reports};
    std::string answers = tests::encoded(manifest(9)) + tests::encoded(manifest(2)) +
                          tests::encoded(manifest(8)) +
                          tests::encoded(thawed_report{{}, verdict::clean, {}, 1, {long_name}}) +
                          tests::encoded(thawed_report{});
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
        // Twice: what shrinks in the first round is used in the second one only.
        for (int i = 0; i < 2; ++i) {
            feed(requests, stream, piece);
            feed(reports, answers, piece);
        }
        const tests::allocation_count count;
        const std::size_t told = feed(requests, stream, piece);
        const std::size_t answered = feed(reports, answers, piece);
        const std::size_t taken = count.allocations();
        BOOST_TEST(told == 10U);
        BOOST_TEST(answered == 5U);
        BOOST_TEST(taken == 0U);
    }
}

BOOST_AUTO_TEST_CASE(writing_allocates_nothing_but_what_the_container_needs_once) {
    const any_message message = prepare_request{
        {}, {std::vector<std::string>(9, long_name)}, {}, {}, false, true, duration{5}, long_name};
    std::string out;
    const auto write = [&] {
        out.clear();
        codec::container_sink sink{out};
        native::encode(sink, message);
        return !native::unsendable(message);
    };
    BOOST_TEST(write());
    const std::size_t size = out.size();
    const tests::allocation_count count;
    const bool good = write();
    const std::size_t taken = count.allocations();
    BOOST_TEST(good);
    BOOST_TEST(taken == 0U);
    BOOST_TEST(out.size() == size);
}

BOOST_AUTO_TEST_SUITE_END()
