// SPDX-License-Identifier: BSL-1.0
#include <snapproto/dialect/qga/request_decoder.hpp>

#include "tests/unit/dialect/qga/support.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using tests::outcome_list;

void check(std::string_view bytes, const outcome_list& expected,
           const wire_limits& limits = qga::request_limits) {
    BOOST_TEST_CONTEXT(bytes) {
        qga::request_decoder whole{limits};
        qga::request_decoder single{limits};
        BOOST_TEST(tests::read(whole, bytes) == expected, boost::test_tools::per_element());
        BOOST_TEST(tests::read(single, bytes, {1}) == expected, boost::test_tools::per_element());
    }
}

std::string call(std::string_view name, std::string_view rest = "") {
    return R"({"execute":")" + std::string{name} + "\"" + std::string{rest} + "}";
}

std::string with(std::string_view name, std::string_view arguments) {
    return call(name, R"(,"arguments":)" + std::string{arguments});
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_decoder_)

BOOST_AUTO_TEST_CASE(every_command_without_arguments_is_known) {
    for (const qga::command_shape& command : qga::commands) {
        if (command.what != qga::verb::unknown && !command.argument_required) {
            const std::string name{command.name};
            check(call(name) + with(name, "{}"), {name, name});
        }
    }
    check(call("guest-exec") + call("GUEST-PING") + call("guest-ping ") + call(""),
          {"guest-exec?", "GUEST-PING?", "guest-ping ?", "?"});
}

BOOST_AUTO_TEST_CASE(requests_need_no_newline_and_may_share_a_write) {
    check(call("guest-ping") + "\n" + call("guest-info") + call("guest-ping"),
          {"guest-ping", "guest-info", "guest-ping"});
    check(" \t\r\n", {});
    check(" {\r\n\t\"id\" :1 ,\"arguments\":{ } , \"execute\" : \"guest-ping\" } ",
          {"guest-ping id 1"});
    check(R"({"\u0065xecute":"guest\u002dping"})", {"guest-ping"});
    check(R"({"execute":"guest-ping\u0000"})", {std::string{"guest-ping\0?", 12}});
}

BOOST_AUTO_TEST_CASE(an_id_of_any_type_is_kept_as_it_came) {
    for (const std::string_view id : {"1", "-0.5e3", "null", "true", R"("\u00e9")",
                                      R"({"a":[1,{}]})", "[]", "123456789012345678901234567890"}) {
        check(call("guest-ping", ",\"id\":" + std::string{id}),
              {"guest-ping id " + std::string{id}});
        check(R"({"x":1,"id":)" + std::string{id} + "}",
              {"unexpected_member@1 SP 21.9 x id " + std::string{id}});
    }
}

BOOST_AUTO_TEST_CASE(a_message_of_another_shape_is_refused_with_its_id) {
    check("[]", {"not_an_object@0 SP 20.9"});
    check("42 \"x\"null\n",
          {"not_an_object@0 SP 20.9", "not_an_object@0 SP 20.9", "not_an_object@0 SP 20.9"});
    check("{}", {"missing_member@0 SP 21.8 execute"});
    check(R"({"id":7})", {"missing_member@0 SP 21.8 execute id 7"});
    check(R"({"execute":null,"id":7})", {"wrong_type@11 SP 21.8 execute id 7"});
    check(R"({"exec-oob":"guest-ping"})", {"unexpected_member@1 SP 21.9 exec-oob"});
    check(call("guest-ping", R"(,"control":{})"), {"unexpected_member@24 SP 21.9 control"});
    check(with("guest-ping", "null"), {"wrong_type@36 SP 21.10 arguments"});
    check(with("guest-ping", "[]"), {"wrong_type@36 SP 21.10 arguments"});
    check(with("guest-ping", "{\"a\":1}"), {"unexpected_member@37 SP 21.11 a"});
    check(with("guest-nosuch", "{\"a\":1}"), {"guest-nosuch?"});
    check(with("guest-fsfreeze-thaw", "{\"mountpoints\":[]}"),
          {"unexpected_member@46 SP 21.11 mountpoints"});
}

// SP 16.5
BOOST_AUTO_TEST_CASE(a_synchronisation_takes_a_64_bit_integer) {
    check(with("guest-sync", "{\"id\":-1}"), {"guest-sync -1"});
    check(with("guest-sync", "{\"id\":0}"), {"guest-sync 0"});
    check(with("guest-sync-delimited", "{\"id\":9223372036854775807}"),
          {"guest-sync-delimited 9223372036854775807"});
    check(with("guest-sync", "{\"id\":-9223372036854775808}"), {"guest-sync -9223372036854775808"});
    check(with("guest-sync", "{\"id\":9223372036854775808}"), {"wrong_type@42 SP 21.12 id"});
    check(with("guest-sync", "{\"id\":-9223372036854775809}"), {"wrong_type@42 SP 21.12 id"});
    check(with("guest-sync", "{\"id\":1.0}"), {"wrong_type@42 SP 21.13 id"});
    check(with("guest-sync", "{\"id\":1e2}"), {"wrong_type@42 SP 21.13 id"});
    check(with("guest-sync", "{\"id\":\"1\"}"), {"wrong_type@42 SP 22.7 id"});
    check(with("guest-sync", "{\"id\":null}"), {"wrong_type@42 SP 22.7 id"});
    check(with("guest-sync", "{}"), {"missing_member@36 SP 21.11 id"});
    check(call("guest-sync", ",\"id\":5"), {"missing_member@0 SP 21.11 id id 5"});
    check(with("guest-sync", "{\"id\":1,\"x\":2}"), {"unexpected_member@44 SP 21.11 x"});
}

BOOST_AUTO_TEST_CASE(mount_points_are_absent_or_a_list_of_strings) {
    const std::string name = "guest-fsfreeze-freeze-list";
    check(call(name), {name});
    check(with(name, "{}"), {name});
    check(with(name, R"({"mountpoints":[]})"), {name + " []"});
    check(with(name, R"({"mountpoints":["/","/a b","/\u00e9\\"]})"),
          {name + " [/;/a b;/\xc3\xa9\\;]"});
    check(with(name, R"({"mountpoints":"/"})"), {"wrong_type@67 SP 21.11 mountpoints"});
    check(with(name, R"({"mountpoints":null})"), {"wrong_type@67 SP 21.11 mountpoints"});
    check(with(name, R"({"mountpoints":["/",1]})"), {"wrong_type@72 SP 21.11 mountpoints"});
    check(with(name, R"({"mountpoint":[]})"), {"unexpected_member@53 SP 21.11 mountpoint"});
    check(with("guest-set-time", R"({"time":-5})"), {"guest-set-time time -5"});
    check(with("guest-set-time", R"({"time":"5"})"), {"wrong_type@48 SP 21.11 time"});
}

// SP 16.3
BOOST_AUTO_TEST_CASE(mount_points_are_limited_in_number_and_length) {
    const std::string name = "guest-fsfreeze-freeze-list";
    const wire_limits limits{.list_entries_max = 4, .string_bytes_max = 10};
    const auto list = [&](std::size_t count, std::size_t size) {
        std::string out = "{\"mountpoints\":[";
        for (std::size_t i = 0; i < count; ++i) {
            out += (i == 0 ? "\"" : ",\"") + std::string(size, 'm') + "\"";
        }
        return with(name, out + "]}");
    };
    const auto expected = [&](std::size_t count, std::size_t size) {
        std::string out = name + " [";
        for (std::size_t i = 0; i < count; ++i) {
            out += std::string(size, 'm') + ";";
        }
        return outcome_list{out + "]"};
    };
    check(list(3, 9), expected(3, 9), limits);
    check(list(4, 10), expected(4, 10), limits);
    check(list(5, 10), {"too_many@67 SP 28.4 mountpoints"}, limits);
    check(list(4, 11), {"too_long@68 SP 28.4 mountpoints"}, limits);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused_without_id_and_by_its_clause) {
    check("{\"id\":1,}", {"bad_syntax@8 SP 20.7"});
    check("{\"id\":1,\"id\":1}", {"duplicate_member@8 SP 20.20"});
    check("{\"id\":1,\"execute\":\"a\x01\"}", {"bad_text@20 SP 20.17"});
    check("{\"id\":1,\"execute\":\"a\xc3\"}", {"bad_text@20 SP 20.16"});
    check("{\"id\":1,\"execute\":\"\\udc00\"}", {"bad_text@19 SP 20.19"});
    check("{\"id\":01}", {"bad_number@7 SP 20.7"});
    check("{\"id\":1\xff", {"interrupted@7 SP 20.10"});
    check("{\"id\":[[]]}", {"too_deep@7 SP 20.12"}, {.nesting_max = 2});
    check("{\"id\":[[]]}", {"too_long@8 SP 20.14"}, {.frame_bytes_max = 8});
    check("{'execute':'guest-ping'}", {"bad_syntax@1 SP 20.7"});
}

BOOST_AUTO_TEST_CASE(an_id_of_64_kib_is_within_the_limits) {
    const std::string id = "\"" + std::string(65536, 'i') + "\"";
    qga::request_decoder decoder;
    BOOST_TEST(tests::read(decoder, call("guest-ping", ",\"id\":" + id)) ==
                   outcome_list{"guest-ping id " + id},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rejection_tells_which_command_was_meant) {
    qga::request_decoder decoder;
    tests::read(decoder, with("guest-fsfreeze-freeze", "{\"x\":1}"));
    BOOST_TEST((decoder.rejected().verb == qga::verb::freeze));
    BOOST_TEST(decoder.rejected().name == "guest-fsfreeze-freeze");
    tests::read(decoder, "{");
    BOOST_TEST(decoder.pending());
    decoder.reset();
    BOOST_TEST(!decoder.pending());
}

// SP 16.4
RC_BOOST_PROP(any_cut_gives_the_same_requests, ()) {
    std::string bytes;
    for (int i = *rc::gen::inRange(1, 4); i != 0; --i) {
        const std::string message = *rc::gen::element(
            call("guest-ping"), with("guest-sync", "{\"id\":12}"),
            with("guest-fsfreeze-freeze-list", R"({"mountpoints":["/","\u00e9"]})"),
            call("guest-info", R"(,"id":{"a":[null,"\ud83d\ude00"]})"));
        bytes += *rc::gen::arbitrary<bool>() ? tests::mutated(message) : message;
        bytes += *rc::gen::element<std::string>("", "\n", "\xff");
    }
    qga::request_decoder whole;
    qga::request_decoder cut;
    qga::request_decoder single;
    const outcome_list all = tests::read(whole, bytes);
    RC_ASSERT(tests::read(cut, bytes, *tests::some_pieces()) == all);
    RC_ASSERT(tests::read(single, bytes, {1}) == all);
}

RC_BOOST_PROP(after_any_bytes_a_sentinel_and_a_request_are_heard_in_bounded_memory, ()) {
    const wire_limits limits{.frame_bytes_max = 64, .list_entries_max = 4};
    qga::request_decoder decoder{limits};
    for (int i = 0; i < 4; ++i) {
        tests::read(decoder, *tests::some_bytes(), *tests::some_pieces());
    }
    RC_ASSERT(decoder.capacity() <= 64U * 40U);
    const outcome_list got = tests::read(decoder, "\xff" + with("guest-sync", "{\"id\":12}"));
    RC_ASSERT(!got.empty() && got.back() == "guest-sync 12");
    RC_ASSERT(got.size() <= 2U);
}

BOOST_AUTO_TEST_SUITE_END()
