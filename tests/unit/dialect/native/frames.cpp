// SPDX-License-Identifier: BSL-1.0
// How a stream is cut into frames, whatever the pieces, and what brings it back to order.
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/frame_splitter.hpp>

#include "tests/unit/dialect/native/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::tests;
using outcome_list = std::vector<std::string>;

constexpr auto requests = native::direction::requests;

const std::string mark(native::mark_bytes, '\xff');

outcome_list read(std::string_view bytes, const std::vector<std::size_t>& pieces = {}) {
    return tests::read(requests, bytes, pieces);
}

/// Bytes in which frames, marks and nonsense alternate.
std::string some_stream() {
    std::string out;
    const int parts = *rc::gen::inRange(0, 8);
    for (int i = 0; i < parts; ++i) {
        switch (*rc::gen::inRange(0, 6)) {
        case 0:
            out += mark.substr(0, *rc::gen::inRange<std::size_t>(0, mark.size() + 1));
            break;
        case 1:
            out += mutated(encoded(arbitrary_message()));
            break;
        case 2:
            out += *rc::gen::container<std::string>(
                rc::gen::element('\0', '\0', '\x01', '\x05', '\xff', '\xa4', '\x18'));
            break;
        case 3: {
            const std::string whole = encoded(arbitrary_message());
            out += whole.substr(0, *rc::gen::inRange<std::size_t>(0, whole.size()));
            break;
        }
        default:
            out += encoded(arbitrary_message());
            break;
        }
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(native_frames)

// SP 60.3, 16.4
RC_BOOST_PROP(the_meaning_of_a_stream_does_not_depend_on_its_pieces, ()) {
    const std::string stream = some_stream();
    const auto pieces = *some_pieces();
    for (const auto reads : {native::direction::requests, native::direction::reports}) {
        const auto whole = tests::read(reads, stream);
        RC_ASSERT(tests::read(reads, stream, pieces) == whole);
        RC_ASSERT(tests::read(reads, stream, {1}) == whole);
    }
}

// SP 60.3, 60.4
BOOST_AUTO_TEST_CASE(three_messages_cut_in_two_anywhere_are_three_messages) {
    const outcome_list expected{encoded(hello{{{1}, {}, {1}}, {{1, 0}}, native::capabilities}),
                                encoded(ping{{{1}, {}, {2}}, ~0ULL}),
                                encoded(query{{{1}, {}, {3}}})};
    std::string stream;
    for (const std::string& one : expected) {
        stream += one;
    }
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        native::decoder decoder{requests};
        auto told = tests::read(decoder, std::string_view{stream}.substr(0, cut));
        for (const std::string& one : tests::read(decoder, std::string_view{stream}.substr(cut))) {
            told.push_back(one);
        }
        BOOST_TEST(told == expected, "cut at " << cut);
    }
}

// SP 60.10, 16.8
BOOST_AUTO_TEST_CASE(a_frame_that_is_not_all_there_is_neither_a_message_nor_an_error) {
    const std::string frame = encoded(ping{{{1}, {}, {2}}, 5});
    for (std::size_t size = 0; size < frame.size(); ++size) {
        native::decoder decoder{requests};
        BOOST_TEST(tests::read(decoder, std::string_view{frame}.substr(0, size)).empty());
        BOOST_TEST(decoder.pending() == (size != 0));
        decoder.reset();
        BOOST_TEST(!decoder.pending());
        BOOST_TEST(tests::read(decoder, frame) == outcome_list{frame});
    }
}

// SP 60.6, 60.7, 16.6
RC_BOOST_PROP(after_any_bytes_a_mark_and_a_message_are_read, ()) {
    std::string stream =
        *rc::gen::oneOf(rc::gen::exec(some_stream), rc::gen::arbitrary<std::string>());
    const std::string fresh = encoded(hello{{{9}, {}, {1}}, {{1, 0}}, native::capabilities});
    auto told = read(stream + fresh);
    RC_ASSERT(!told.empty());
    RC_ASSERT(told.back() == fresh);
}

// SP 60.6
RC_BOOST_PROP(no_message_holds_a_mark, ()) {
    const std::string frame = frame_of(arbitrary_message());
    RC_ASSERT(frame.find(mark) == std::string::npos);
}

// SP 60.6, 60.9
BOOST_AUTO_TEST_CASE(a_mark_drops_what_has_begun_and_says_so_once) {
    const std::string frame = encoded(ping{{{1}, {}, {2}}, ~0ULL}); // ends in eight bytes 0xFF
    BOOST_TEST(read(mark + frame) == outcome_list{frame});
    BOOST_TEST(read(mark + mark + mark + "\xff" + frame) == outcome_list{frame});
    BOOST_TEST(read(frame + mark + frame) == (outcome_list{frame, frame}));
    for (std::size_t size = 1; size < frame.size(); ++size) {
        // Cut inside of the run, the first bytes of the mark complete the frame; behind its very
        // first byte they complete a length that cannot be.
        const std::string expected = size == 1                  ? "too_long@0"
                                     : frame.size() - size <= 8 ? frame
                                                                : "interrupted@0";
        BOOST_TEST(read(frame.substr(0, size) + mark + frame) == (outcome_list{expected, frame}),
                   size);
    }
}

// SP 60.5, 62.1
BOOST_AUTO_TEST_CASE(an_empty_frame_is_refused_and_the_next_one_is_read) {
    const std::string frame = encoded(query{});
    BOOST_TEST(read(std::string(4, '\0') + frame) == (outcome_list{"bad_number@0", frame}));
}

// SP 60.5, 62.1, 16.3
BOOST_AUTO_TEST_CASE(a_frame_is_read_up_to_its_limit_and_passed_over_beyond_it) {
    const std::string next = encoded(query{});
    constexpr std::size_t max = native::default_limits.frame_bytes_max;
    const auto sized = [&](std::size_t size) { // padded by keys that may be ignored
        item body = item_of(query{});
        std::uint64_t key = 100;
        while (body.bytes().size() + 3 + 4096 + 3 < size) {
            body.entries.push_back(number_item(key++));
            body.entries.push_back(text_item(std::string(4000, 'x')));
        }
        body.entries.push_back(number_item(key));
        body.entries.push_back(text_item(""));
        std::string& padding = body.entries.back().text;
        for (std::size_t now = 0; (now = body.bytes().size()) != size;) {
            padding.resize(padding.size() + size - now); // at most twice: its length grows, too
        }
        return body.bytes();
    };
    for (const std::size_t size : {max - 1, max}) {
        BOOST_TEST_REQUIRE(sized(size).size() == size);
        BOOST_TEST(read(framed(sized(size)) + next) == (outcome_list{encoded(query{}), next}));
    }
    for (const std::vector<std::size_t>& pieces : {std::vector<std::size_t>{}, {1000}}) {
        BOOST_TEST(read(framed(sized(max + 1)) + next, pieces) ==
                   (outcome_list{"too_long@0", next}));
        const std::string huge = framed(std::string(0xffffff, 'x'));
        BOOST_TEST(read(huge + next, pieces) == (outcome_list{"too_long@0", next}));
        BOOST_TEST(read(huge.substr(0, 70'000) + mark + next, pieces) ==
                   (outcome_list{"too_long@0", next}));
    }
}

// SP 60.5
BOOST_AUTO_TEST_CASE(what_is_no_length_is_told_once_and_passed_over_to_a_mark) {
    const std::string frame = encoded(query{});
    for (const char first : {'\x01', '{', '\xfe'}) {
        BOOST_TEST(read(first + frame + frame + mark + frame) ==
                   (outcome_list{"bad_syntax@0", frame}));
    }
    for (std::size_t run = 1; run < native::mark_bytes; ++run) {
        BOOST_TEST(read(mark.substr(0, run) + frame + mark + frame) ==
                   (outcome_list{"bad_syntax@0", frame}));
    }
}

// SP 62.2, 16.3
BOOST_AUTO_TEST_CASE(memory_is_taken_as_bytes_arrive_and_not_as_they_are_announced) {
    native::frame_splitter splitter{native::default_limits.frame_bytes_max};
    const std::string begun{"\x00\x01\x00\x00 and little more", 20};
    std::size_t taken = 0;
    BOOST_TEST((splitter.feed(as_bytes(begun), taken) == native::frame_event::none));
    BOOST_TEST(splitter.capacity() <= 64U);
}

BOOST_AUTO_TEST_SUITE_END()
