// SPDX-License-Identifier: BSL-1.0
#include <snapproto/trace/jsonl.hpp>

#include "generators.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <string>
#include <string_view>
#include <vector>

using namespace snapproto;
using namespace snapproto::trace;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view least = R"({"at":0,"who":"agent","what":"sent"})";

/// Checks a RapidCheck property as a test of its own.
template <class Property>
void check(const std::string& sentence, Property&& property) {
    BOOST_TEST(rc::check(sentence, std::forward<Property>(property)), sentence);
}

record frozen_example() {
    record r;
    r.at = instant{5ms};
    r.who = role::agent;
    r.what = record_kind::sent;
    r.agent = 2;
    r.session.value = 7;
    r.txn.value = 40;
    r.seq.value = 3;
    r.message = message_kind::frozen;
    r.count = 2;
    r.deadline = instant{10s};
    r.governed_by = {5, 4};
    r.note = "report frozen";
    return r;
}

/// What the reader says to one line, and where.
struct complaint {
    std::string line;
    error code;
    std::size_t column;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_record_is_one_line_with_its_members_in_a_fixed_order) {
    BOOST_TEST(to_jsonl(frozen_example()) ==
               "{\"at\":5000000,\"who\":\"agent\",\"what\":\"sent\",\"agent\":2,\"session\":7,"
               "\"txn\":40,\"seq\":3,\"message\":\"frozen\",\"count\":2,"
               "\"deadline\":10000000000,\"clause\":\"5.4\",\"note\":\"report frozen\"}\n");
    BOOST_TEST(to_jsonl(record{}) == "{\"at\":0,\"who\":\"orchestrator\",\"what\":\"sent\"}\n");
}

BOOST_AUTO_TEST_CASE(the_least_line_is_a_record_with_defaults) {
    const auto read = parse_record(least);
    BOOST_REQUIRE(bool(read));
    record expected;
    expected.who = role::agent;
    BOOST_TEST((*read == expected));
}

BOOST_AUTO_TEST_CASE(blanks_between_tokens_and_all_escapes_are_read) {
    const auto read =
        parse_record("\t { \"at\" : -1 , \"who\":\"agent\",\"what\":\"sent\" , "
                     "\"note\" : \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fc\\uD83D\\ude00\" } ");
    BOOST_REQUIRE(bool(read));
    BOOST_TEST(read->note == "\"\\/\b\f\n\r\t\u00fc\U0001F600");
    BOOST_TEST((read->at == instant{-1ns}));
}

BOOST_AUTO_TEST_CASE(each_wrong_line_is_refused_at_its_first_wrong_byte) {
    const std::string head(least.substr(0, least.size() - 1)); // 35 bytes, without the brace
    const std::string longest(note_bytes_max + 1, 'x');
    const std::vector<complaint> cases = {
        {"", error::bad_syntax, 1},
        {"   ", error::bad_syntax, 4},
        {"[]", error::not_an_object, 1},
        {"42", error::not_an_object, 1},
        {"{", error::bad_syntax, 2},
        {"{}", error::missing_member, 2},
        {R"({"at":1,"who":"agent"})", error::missing_member, 22},
        {head, error::bad_syntax, 36},
        {head + ",}", error::bad_syntax, 37},
        {head + "} x", error::bad_syntax, 38},
        {head + "}{", error::bad_syntax, 37},
        {head + R"( "item":1})", error::bad_syntax, 37},
        {head + R"(,item:1})", error::bad_syntax, 37},
        {head + R"(,"item" 1})", error::bad_syntax, 44},
        {head + R"(,"at":1})", error::duplicate_member, 37},
        {head + R"(,"label":"crash","label":"crash"})", error::duplicate_member, 53},
        {head + R"(,"novel":1})", error::unexpected_member, 37},
        {head + R"(,"item":"1"})", error::wrong_type, 44},
        {head + R"(,"item":null})", error::wrong_type, 44},
        {head + R"(,"item":[1]})", error::wrong_type, 44},
        {head + R"(,"item":-1})", error::bad_number, 44},
        {head + R"(,"item":65536})", error::bad_number, 44},
        {head + R"(,"item":01})", error::bad_number, 44},
        {head + R"(,"item":-0})", error::bad_number, 44},
        {head + R"(,"item":-})", error::bad_number, 44},
        {head + R"(,"item":1.0})", error::bad_number, 44},
        {head + R"(,"item":1e3})", error::bad_number, 44},
        {head + R"(,"deadline":9223372036854775808})", error::bad_number, 48},
        {head + R"(,"message":"thawing"})", error::wrong_type, 47},
        {head + R"(,"message":7})", error::wrong_type, 47},
        {head + R"(,"clause":"5"})", error::wrong_type, 46},
        {head + R"(,"clause":"5.x"})", error::wrong_type, 46},
        {head + R"(,"clause":"0.4"})", error::wrong_type, 46},
        {head + R"(,"clause":"5.4.1"})", error::wrong_type, 46},
        {head + R"(,"note":"abc)", error::bad_syntax, 48},
        {head + "," + R"("note":"a)" + "\x01" + R"("})", error::bad_text, 46},
        {head + "," + R"("note":"a)" + "\xC0\x80" + R"("})", error::bad_text, 46},
        {head + "," + R"("note":"a)" + "\xED\xA0\x80" + R"("})", error::bad_text, 46},
        {head + "," + R"("note":"a)" + "\xF4\x90\x80\x80" + R"("})", error::bad_text, 46},
        {head + "," + R"("note":"a)" + "\xE2\x82" + R"("})", error::bad_text, 46},
        {head + R"(,"note":"\x"})", error::bad_text, 45},
        {head + R"(,"note":"\u12g4"})", error::bad_text, 45},
        {head + R"(,"note":"\uD800"})", error::bad_text, 45},
        {head + R"(,"note":"\uDC00"})", error::bad_text, 45},
        {head + R"(,"note":"\uD800\u0041"})", error::bad_text, 45},
        {head + R"(,"note":")" + longest + R"("})", error::too_long, 44},
        {std::string(line_bytes_max + 1, ' '), error::too_long, line_bytes_max + 1},
    };
    for (const auto& wrong : cases) {
        const auto read = parse_record(wrong.line);
        BOOST_TEST_CONTEXT(wrong.line.substr(0, 120)) {
            BOOST_TEST(!read);
            if (!read) {
                BOOST_TEST(to_string(read.error().code) == to_string(wrong.code));
                BOOST_TEST(jsonl_reader::column(read.error()) == wrong.column);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(notes_and_lines_are_accepted_up_to_their_bounds) {
    record r;
    r.note = std::string(note_bytes_max, '\x01');
    const std::string line = to_jsonl(r);
    BOOST_TEST(line.size() <= line_bytes_max);
    const auto read = parse_record(line.substr(0, line.size() - 1));
    BOOST_REQUIRE(bool(read));
    BOOST_TEST((*read == r));

    std::string padded(least);
    padded.append(line_bytes_max - padded.size(), ' ');
    BOOST_TEST(bool(parse_record(padded)));
    BOOST_TEST(!parse_record(padded + ' '));
}

BOOST_AUTO_TEST_CASE(a_note_that_does_not_fit_is_cut_between_characters_and_made_valid) {
    record r;
    r.note = std::string(note_bytes_max - 1, 'x') + "\u20ac";
    auto read = parse_record(to_jsonl(r).substr(0, to_jsonl(r).size() - 1));
    BOOST_REQUIRE(bool(read));
    BOOST_TEST(read->note == std::string(note_bytes_max - 1, 'x'));

    r.note = "a\xFFz";
    read = parse_record(to_jsonl(r).substr(0, to_jsonl(r).size() - 1));
    BOOST_REQUIRE(bool(read));
    BOOST_TEST(read->note == "a\uFFFDz");
}

BOOST_AUTO_TEST_CASE(every_record_reads_back_as_it_was_written) {
    check("parse(write(r)) == r", [] {
        const record r = trace::testing::any_record();
        const std::string line = to_jsonl(r);
        RC_ASSERT(line.size() <= line_bytes_max + 1);
        RC_ASSERT(line.find('\n') == line.size() - 1);
        const auto read = parse_record(std::string_view(line).substr(0, line.size() - 1));
        RC_ASSERT(bool(read));
        RC_ASSERT(*read == r);
    });
}

BOOST_AUTO_TEST_CASE(a_recording_means_the_same_in_whatever_pieces_it_comes) {
    check("pieces do not matter", [] {
        std::string text;
        std::vector<std::string> expected;
        const int lines = *rc::gen::inRange(0, 6);
        for (int i = 0; i < lines; ++i) {
            if (*rc::gen::inRange(0, 4) == 0) {
                text += "{\"at\":}\n";
                expected.emplace_back("wrong_type 7");
            } else {
                const std::string line = to_jsonl(trace::testing::any_record());
                text += line;
                expected.push_back(line);
            }
        }
        jsonl_reader reader;
        std::vector<std::string> got;
        const auto drain = [&] {
            for (auto out = reader.next(); !out.needs_more(); out = reader.next()) {
                got.push_back(out ? to_jsonl(*out)
                                  : std::string(to_string(out.error().code)) + " " +
                                        std::to_string(jsonl_reader::column(out.error())));
                RC_ASSERT(reader.line() == got.size());
            }
        };
        std::string_view rest = text;
        while (!rest.empty()) {
            const auto size = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
            reader.feed(rest.substr(0, size));
            rest.remove_prefix(size);
            drain();
        }
        RC_ASSERT(reader.finish().needs_more());
        RC_ASSERT(got == expected);
    });
}

BOOST_AUTO_TEST_CASE(no_bytes_make_the_reader_fail_in_any_other_way_than_by_a_failure) {
    check("any bytes", [] {
        std::string line = to_jsonl(trace::testing::any_record());
        line.pop_back();
        const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
        line[at] = static_cast<char>(*rc::gen::inRange(0, 256));
        const auto read = parse_record(line);
        if (read) {
            const auto again = to_jsonl(*read);
            RC_ASSERT(*parse_record(std::string_view(again).substr(0, again.size() - 1)) == *read);
        } else {
            RC_ASSERT(read.error().offset <= line.size());
        }
    });
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_is_refused_once_and_skipped_in_bounded_memory) {
    jsonl_reader reader;
    std::size_t failures = 0;
    const std::string piece(1000, 'x');
    for (int i = 0; i < 100; ++i) {
        reader.feed(piece);
        const auto out = reader.next();
        if (out.has_failure()) {
            ++failures;
            BOOST_TEST(to_string(out.error().code) == "too_long");
            BOOST_TEST(describe(reader, out.error()) ==
                       "line 1, column 8193: a message or a string is longer than the limit");
        } else {
            BOOST_TEST(out.needs_more());
        }
    }
    BOOST_TEST(failures == 1U);
    reader.feed("\n" + std::string(least) + "\n");
    const auto out = reader.next();
    BOOST_TEST(out.has_value());
    BOOST_TEST(reader.line() == 2U);
    BOOST_TEST(reader.next().needs_more());
}

BOOST_AUTO_TEST_CASE(a_last_line_without_line_feed_is_read_by_finish) {
    jsonl_reader reader;
    reader.feed(least);
    BOOST_TEST(reader.next().needs_more());
    const auto out = reader.finish();
    BOOST_TEST(out.has_value());
    BOOST_TEST(reader.line() == 1U);
    BOOST_TEST(reader.finish().needs_more());

    jsonl_reader broken;
    broken.feed(std::string(least) + "\n{\"at\":1");
    BOOST_TEST(broken.next().has_value());
    BOOST_TEST(broken.next().needs_more());
    const auto cut = broken.finish();
    BOOST_REQUIRE(cut.has_failure());
    BOOST_TEST(describe(broken, cut.error()) ==
               "line 2, column 8: the bytes do not follow the grammar of the wire format");
}
