// SPDX-License-Identifier: BSL-1.0
#include <snapproto/codec/json_parser.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using codec::json_document;
using codec::json_kind;
using codec::json_parser;
using codec::json_value;
using codec::parse_status;

struct verdict {
    parse_status status = parse_status::more;
    error why{};
    std::size_t at = 0;
};

verdict parse(json_document& document, std::string_view text, const wire_limits& limits = {}) {
    json_parser parser{limits};
    document.text.assign(text.begin(), text.end());
    document.text.resize(text.size() + codec::padding);
    parser.start();
    const parse_status status = parser.parse(document, document.text.data(), text.size());
    return {status, status == parse_status::failed ? parser.why() : error{},
            status == parse_status::failed ? parser.wrong() : parser.at()};
}

struct bad_text {
    std::string_view text;
    error why;
    std::size_t at;
};

const bad_text bad_texts[] = {
    {"}", error::bad_syntax, 0},
    {"{,}", error::bad_syntax, 1},
    {"{\"a\"}", error::bad_syntax, 4},
    {"{\"a\":}", error::bad_syntax, 5},
    {"{\"a\":1,}", error::bad_syntax, 7},
    {"{\"a\" 1}", error::bad_syntax, 5},
    {"{a:1}", error::bad_syntax, 1},
    {"{'a':1}", error::bad_syntax, 1},
    {"{\"a\":'b'}", error::bad_syntax, 5},
    {"[1,]", error::bad_syntax, 3},
    {"[1 2]", error::bad_syntax, 3},
    {"[1}", error::bad_syntax, 2},
    {"{]", error::bad_syntax, 1},
    {"[nul]", error::bad_syntax, 1},
    {"[True]", error::bad_syntax, 1},
    {"[nullx]", error::bad_syntax, 1},
    {"[01]", error::bad_number, 2},
    {"[1.]", error::bad_number, 3},
    {"[.5]", error::bad_syntax, 1},
    {"[-]", error::bad_number, 2},
    {"[+1]", error::bad_syntax, 1},
    {"[1e]", error::bad_number, 3},
    {"[1e+]", error::bad_number, 4},
    {"[1.5.2]", error::bad_number, 4},
    {"[--1]", error::bad_number, 2},
    {"[\"\\x\"]", error::bad_syntax, 2},
    {"[\"\\'\"]", error::bad_syntax, 2},
    {"[\"\\u12g4\"]", error::bad_syntax, 2},
    {"[\"a\nb\"]", error::bad_text, 3},
    {"[\"\\ud83d\"]", error::bad_text, 2},
    {"[\"\\ud83dx\"]", error::bad_text, 2},
    {"[\"\\ud83d\\n\"]", error::bad_text, 2},
    {"[\"\\ud83d\\u0041\"]", error::bad_text, 2},
    {"[\"\\ude00\"]", error::bad_text, 2},
    {"[\"\xc3(\"]", error::bad_text, 2},
    {"[\"\xc0\x80\"]", error::bad_text, 2},
    {"[\"\xe0\x80\x80\"]", error::bad_text, 2},
    {"[\"\xed\xa0\x80\"]", error::bad_text, 2},
    {"[\"\xf0\x80\x80\x80\"]", error::bad_text, 2},
    {"[\"\xf4\x90\x80\x80\"]", error::bad_text, 2},
    {"[\"\xf5\x80\x80\x80\"]", error::bad_text, 2},
    {"[\"\x80\"]", error::bad_text, 2},
    {"{\"a\":1,\"a\":2}", error::duplicate_member, 7},
    {"{\"a\":1,\"\\u0061\":2}", error::duplicate_member, 7},
    {"{\"\\u0061\":1,\"a\":2}", error::duplicate_member, 12},
    {"{\"\\n\":1,\"\\u000a\":2}", error::duplicate_member, 8},
    {"[{\"x\":{\"b\":[],\"c\":[{}],\"b\":2}}]", error::duplicate_member, 23},
    {"{\"a\":1\xff", error::interrupted, 6},
    {"{\"a\":1\xfe", error::bad_syntax, 6},
    {"{\"a\xff", error::interrupted, 3},
    {"{\"\\\xff", error::interrupted, 3},
    {"{\"\\ud83d\xff", error::interrupted, 8},
    {"{\"\xc3\xff", error::interrupted, 3},
    {"[nul\xff", error::interrupted, 4},
    {"[-\xff", error::interrupted, 2},
};

} // namespace

BOOST_AUTO_TEST_SUITE(json_parser_)

// SP 16.7
BOOST_AUTO_TEST_CASE(a_bad_text_is_refused_at_the_byte_that_is_wrong) {
    for (const bad_text& sample : bad_texts) {
        BOOST_TEST_CONTEXT(sample.text) {
            json_document document;
            const verdict got = parse(document, sample.text);
            BOOST_TEST((got.status == parse_status::failed));
            BOOST_TEST(to_string(got.why) == to_string(sample.why));
            BOOST_TEST(got.at == sample.at);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_value_can_be_walked) {
    json_document document;
    const std::string_view text = R"( { "n" : -7 , "list":[1,"\u00e9\n",true,null,{"deep":[[]]}],)"
                                  R"("big":9223372036854775808,"f":1.0,"":"" } tail)";
    const verdict got = parse(document, text);
    BOOST_TEST_REQUIRE((got.status == parse_status::complete));
    BOOST_TEST(text.substr(got.at) == " tail");
    const json_value root = document.root();
    BOOST_TEST(root.size() == 5U);
    BOOST_TEST(*root.find("n").as_int64() == -7);
    BOOST_TEST(!root.find("absent"));
    BOOST_TEST(!root.find("absent").is(json_kind::null));
    BOOST_TEST(root.find("").text().empty());
    BOOST_TEST(!root.find("big").as_int64());
    BOOST_TEST(root.find("big").is_integer());
    BOOST_TEST(!root.find("f").as_int64());
    BOOST_TEST(!root.find("f").is_integer());
    BOOST_TEST(root.find("f").raw() == "1.0");
    const json_value list = root.find("list");
    BOOST_TEST(list.size() == 5U);
    BOOST_TEST(list.raw() == R"([1,"\u00e9\n",true,null,{"deep":[[]]}])");
    std::vector<json_value> entries;
    list.for_each_entry([&](json_value entry) { entries.push_back(entry); });
    BOOST_TEST_REQUIRE(entries.size() == 5U);
    BOOST_TEST(entries[1].text() == "\xc3\xa9\n");
    BOOST_TEST(entries[1].raw() == R"("\u00e9\n")");
    BOOST_TEST(*entries[2].as_bool());
    BOOST_TEST(!entries[0].as_bool());
    BOOST_TEST(entries[3].is(json_kind::null));
    BOOST_TEST(entries[4].find("deep").size() == 1U);
    BOOST_TEST(!entries[4].as_text());
}

BOOST_AUTO_TEST_CASE(escapes_are_replaced) {
    json_document document;
    const auto text_of = [&](std::string_view text) {
        const verdict got = parse(document, text);
        BOOST_TEST_REQUIRE((got.status == parse_status::complete));
        return std::string{document.root().text()};
    };
    BOOST_TEST(text_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    BOOST_TEST(text_of(R"("\u0000x")") == (std::string{'\0', 'x'}));
    BOOST_TEST(text_of(R"("\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\uDBFF\uDFFF")") ==
               "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
    BOOST_TEST(text_of("\"plain text of more than eight bytes \\u00E9 and more\"") ==
               "plain text of more than eight bytes \xc3\xa9 and more");
}

BOOST_AUTO_TEST_CASE(a_scalar_ends_with_the_byte_behind_it) {
    json_document document;
    BOOST_TEST((parse(document, "42").status == parse_status::more));
    BOOST_TEST((parse(document, "42 ").status == parse_status::complete));
    BOOST_TEST((parse(document, "null").status == parse_status::more));
    BOOST_TEST((parse(document, "null{").status == parse_status::complete));
    BOOST_TEST((parse(document, "\"x\"").status == parse_status::complete));
}

// SP 16.3
BOOST_AUTO_TEST_CASE(nesting_is_limited_to_the_bracket) {
    json_document document;
    const wire_limits limits{.nesting_max = 5};
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    BOOST_TEST((parse(document, nested(4), limits).status == parse_status::complete));
    BOOST_TEST((parse(document, nested(5), limits).status == parse_status::complete));
    const verdict got = parse(document, nested(6), limits);
    BOOST_TEST(to_string(got.why) == "too_deep");
    BOOST_TEST(got.at == 5U);
}

// SP 16.3
BOOST_AUTO_TEST_CASE(members_of_one_object_are_limited) {
    json_document document;
    const wire_limits limits{.list_entries_max = 3};
    const auto object = [](int count) {
        std::string out = "{";
        for (int i = 0; i < count; ++i) {
            out += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{\"x\":[1,2,3,4,5]}";
        }
        return out + "}";
    };
    BOOST_TEST((parse(document, object(2), limits).status == parse_status::complete));
    BOOST_TEST((parse(document, object(3), limits).status == parse_status::complete));
    BOOST_TEST(to_string(parse(document, object(4), limits).why) == "too_many");
}

// Names are guessed from the object before; a guess must show nowhere.
RC_BOOST_PROP(an_object_in_a_list_is_judged_as_if_it_stood_alone, ()) {
    const auto object = [] {
        std::string out = "{";
        for (int i = *rc::gen::inRange(0, 5); i != 0; --i) {
            out += *rc::gen::element<std::string>(R"("a")", R"("ab")", R"("\u0061")", R"("name")",
                                                  R"("success-response")",
                                                  "\"a name of many bytes, 35\"");
            out += *rc::gen::element<std::string>(":", ": ", " :  ");
            out +=
                *rc::gen::element<std::string>("1", "true", "falsy", "\"x\"", "[]", R"({"a":1})");
            out += i == 1 ? "" : *rc::gen::element<std::string>(",", ", ", " , ");
        }
        return out + "}";
    };
    std::string list = "[";
    verdict expected{};
    json_document document;
    for (int i = *rc::gen::inRange(2, 5); i != 0; --i) {
        const std::string one = object();
        const verdict alone = parse(document, one);
        if (expected.status == parse_status::more && alone.status == parse_status::failed) {
            expected = {alone.status, alone.why, list.size() + alone.at};
        }
        list += one + (i == 1 ? "]" : ",");
    }
    if (expected.status == parse_status::more) {
        expected = {parse_status::complete, {}, list.size()};
    }
    const verdict got = parse(document, list);
    RC_ASSERT(got.status == expected.status);
    RC_ASSERT(got.at == expected.at);
    RC_ASSERT(got.why == expected.why);
    // What was guessed is what stands there.
    if (got.status == parse_status::complete) {
        document.root().for_each_entry([&](json_value entry) {
            json_document own;
            RC_ASSERT(parse(own, entry.raw()).status == parse_status::complete);
            std::string in_list;
            std::string alone;
            const auto put = [](std::string& out) {
                return [&out](json_value name, json_value value) {
                    out += std::string{name.text()} + "=" + std::string{value.raw()} + ";";
                };
            };
            entry.for_each_member(put(in_list));
            own.root().for_each_member(put(alone));
            RC_ASSERT(in_list == alone);
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
