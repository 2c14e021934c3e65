// SPDX-License-Identifier: BSL-1.0
// SP 21.7 to 21.13, 21.17 to 21.19: which requests are refused, and with which class.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

/// Each is well-formed, without id, and gets one error of this class and no id.
void expect_each_error(run_context& run, std::span<const std::string_view> requests,
                       std::string_view error_class) {
    run.must_sync();
    for (const std::string_view request : requests) {
        expect_one_error(run, answers(run, request), error_class, request);
    }
}

// catches: an agent that gives every error the same class.
void unknown_command(run_context& run) {
    run.must_sync();
    const reply refusal = run.client().call("snapproto-no-such-command");
    run.require_error(refusal, "CommandNotFound", "a command that does not exist");
    require_usable(run, "an unknown command");
}

// catches: an agent that does nothing for an empty name, or that knows commands of QMP.
void unlikely_commands(run_context& run) {
    constexpr std::array<std::string_view, 7> requests{R"({"execute": ""})",
                                                       R"({"execute": "guest-"})",
                                                       R"({"execute": "ping"})",
                                                       R"({"execute": "qmp_capabilities"})",
                                                       R"({"execute": "query-status"})",
                                                       R"({"execute": "../guest-ping"})",
                                                       "{\"execute\": \"guest-ping\xC3\xA9\"}"};
    expect_each_error(run, requests, "CommandNotFound");
    const std::string name(65536, 'n');
    expect_one_error(run, answers(run, qga_client::request(name)), "CommandNotFound",
                     "a name of 64 KiB");
}

// catches: an agent that takes a request without a command for an empty or the last one.
void execute_missing(run_context& run) {
    constexpr std::array<std::string_view, 4> requests{
        "{}", R"({"arguments": {}})", R"({"id": 1})",
        R"({"id": 1, "arguments": {"execute": "guest-ping"}})"};
    expect_each_error(run, requests, "GenericError");
    const lines got = answers(run, R"({"id": ["x"]})");
    run.expect(got.size() == 1 && got.front().id == json::value(json::array{"x"}),
               "the id is returned though there is no command", R"(the id ["x"])", words_of(got));
}

// catches: an agent that converts what it finds to a string.
void execute_ill_typed(run_context& run) {
    constexpr std::array<std::string_view, 8> requests{R"({"execute": null})",
                                                       R"({"execute": true})",
                                                       R"({"execute": 1})",
                                                       R"({"execute": 1.5})",
                                                       R"({"execute": ["guest-ping"]})",
                                                       R"({"execute": {"guest-ping": {}}})",
                                                       R"({"execute": {"execute": "guest-ping"}})",
                                                       R"({"execute": []})"};
    expect_each_error(run, requests, "GenericError");
}

// catches: an agent that passes over members it does not know.
void unknown_members(run_context& run) {
    constexpr std::array<std::string_view, 7> requests{
        R"({"execute": "guest-ping", "extra": 1})",
        R"({"execute": "guest-ping", "extra": null})",
        R"({"execute": "guest-ping", "exec-oob": "guest-ping"})",
        R"({"execute": "guest-ping", "": {}})",
        R"({"execute": "guest-ping", "Arguments": {}})",
        R"({"extra": 1, "execute": "guest-ping"})",
        R"({"execute": "guest-ping", "return": {}})"};
    expect_each_error(run, requests, "GenericError");
}

// catches: an agent that executes out of band, or anything under another name than execute.
void exec_oob(run_context& run) {
    constexpr std::array<std::string_view, 3> requests{
        R"({"exec-oob": "guest-ping"})", R"({"exec-oob": "guest-ping", "arguments": {}})",
        R"({"Execute": "guest-ping"})"};
    expect_each_error(run, requests, "GenericError");
}

// catches: an agent that takes whatever is not an object for no arguments.
void arguments_ill_typed(run_context& run) {
    constexpr std::array<std::string_view, 8> requests{
        R"({"execute": "guest-ping", "arguments": null})",
        R"({"execute": "guest-ping", "arguments": []})",
        R"({"execute": "guest-ping", "arguments": [{}]})",
        R"({"execute": "guest-ping", "arguments": ""})",
        R"({"execute": "guest-ping", "arguments": 0})",
        R"({"execute": "guest-ping", "arguments": false})",
        R"({"execute": "guest-sync", "arguments": [1]})",
        R"({"execute": "guest-sync", "arguments": 1})"};
    expect_each_error(run, requests, "GenericError");
}

// catches: an agent that looks at the arguments it knows and at no other.
void unknown_arguments(run_context& run) {
    constexpr std::array<std::string_view, 8> requests{
        R"({"execute": "guest-ping", "arguments": {"extra": 1}})",
        R"({"execute": "guest-ping", "arguments": {"": null}})",
        R"({"execute": "guest-info", "arguments": {"extra": 1}})",
        R"({"execute": "guest-sync", "arguments": {"id": 1, "extra": 1}})",
        R"({"execute": "guest-sync-delimited", "arguments": {"id": 1, "extra": 1}})",
        R"({"execute": "guest-sync", "arguments": {"ID": 1}})",
        R"({"execute": "guest-fsfreeze-status", "arguments": {"extra": 1}})",
        R"({"execute": "guest-fsfreeze-thaw", "arguments": {"extra": 1}})"};
    expect_each_error(run, requests, "GenericError");
    require_still_thawed(run, "requests with unknown arguments");
}

// catches: an agent that takes a default for what is missing, or converts what is ill-typed.
void required_arguments(run_context& run) {
    constexpr std::array<std::string_view, 9> requests{
        R"({"execute": "guest-sync"})",
        R"({"execute": "guest-sync", "arguments": {}})",
        R"({"execute": "guest-sync", "arguments": {"id": "1"}})",
        R"({"execute": "guest-sync", "arguments": {"id": null}})",
        R"({"execute": "guest-sync", "arguments": {"id": true}})",
        R"({"execute": "guest-sync", "arguments": {"id": [1]}})",
        R"({"execute": "guest-sync", "arguments": {"id": {}}})",
        R"({"execute": "guest-sync", "arguments": {"id": ""}})",
        R"({"execute": "guest-sync", "id": 1})"};
    expect_each_error(run, requests, "GenericError");
}

// catches: an agent that takes an ill-typed list for no list and freezes everything.
void freeze_list_ill_typed(run_context& run) {
    (void)run.filesystem();
    constexpr std::array<std::string_view, 6> arguments{
        R"({"mountpoints": "/"})",     R"({"mountpoints": {}})",
        R"({"mountpoints": [1]})",     R"({"mountpoints": [null]})",
        R"({"mountpoints": [["/"]]})", R"({"mountpoints": [], "extra": 1})"};
    run.must_sync();
    for (const std::string_view one : arguments) {
        const std::string request =
            fmt::format(R"({{"execute": "guest-fsfreeze-freeze-list", "arguments": {}}})", one);
        expect_one_error(run, answers(run, request), "GenericError", request);
        require_still_thawed(run, request);
    }
}

// catches: an agent that keeps numbers as floating point or in 32 bits.
void exact_integers(run_context& run) {
    run.must_sync();
    constexpr std::array<std::string_view, 17> numbers{"0",
                                                       "1",
                                                       "-1",
                                                       "2147483647",
                                                       "2147483648",
                                                       "-2147483648",
                                                       "-2147483649",
                                                       "4294967295",
                                                       "4294967296",
                                                       "9007199254740991",
                                                       "9007199254740993",
                                                       "-9007199254740993",
                                                       "1000000000000000001",
                                                       "9223372036854775806",
                                                       "9223372036854775807",
                                                       "-9223372036854775807",
                                                       "-9223372036854775808"};
    for (const std::string_view text : numbers) {
        std::int64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        const lines got = answers(
            run, fmt::format(R"({{"execute": "guest-sync", "arguments": {{"id": {}}}}})", text));
        run.expect(got.size() == 1 && got.front().returns(number), "integers of 64 bits are exact",
                   fmt::format("return is {}", text), words_of(got));
    }
}

void expect_no_integer(run_context& run, std::span<const std::string_view> numbers) {
    run.must_sync();
    for (const std::string_view text : numbers) {
        const std::string request =
            fmt::format(R"({{"execute": "guest-sync", "arguments": {{"id": {}}}}})", text);
        expect_one_error(run, answers(run, request), "GenericError", request);
    }
}

// catches: an agent that wraps, cuts or saturates numbers.
void integers_out_of_range(run_context& run) {
    constexpr std::array<std::string_view, 8> numbers{"9223372036854775808",
                                                      "-9223372036854775809",
                                                      "18446744073709551615",
                                                      "18446744073709551616",
                                                      "18446744073709551617",
                                                      "-18446744073709551615",
                                                      "340282366920938463463374607431768211456",
                                                      "100000000000000000000000000000000000000000"};
    expect_no_integer(run, numbers);
}

// catches: an agent that rounds.
void fractions_and_exponents(run_context& run) {
    constexpr std::array<std::string_view, 9> numbers{"1.0", "1e0",  "1E2",   "0.0",  "-0.0",
                                                      "1.5", "1e-1", "1e400", "1.0e1"};
    expect_no_integer(run, numbers);
}

// catches: an agent that compares beginnings, without case, or after trimming.
void names_compared_whole(run_context& run) {
    constexpr std::array<std::string_view, 10> requests{
        R"({"execute": "Guest-Ping"})",  R"({"execute": "GUEST-PING"})",
        R"({"execute": "guest-pin"})",   R"({"execute": "guest-pingg"})",
        R"({"execute": "guest-ping "})", R"({"execute": " guest-ping"})",
        R"({"execute": "guest_ping"})",  R"({"execute": "guest-ping\n"})",
        R"({"execute": "guest-sync-"})", R"({"execute": "guest-fsfreeze-status\t"})"};
    expect_each_error(run, requests, "CommandNotFound");
}

// catches: an agent that reads members in the order it writes them.
void order_of_members(run_context& run) {
    run.must_sync();
    const std::array<std::string_view, 3> members{R"("execute": "guest-sync")",
                                                  R"("arguments": {"id": 61})", R"("id": "order")"};
    std::array<std::size_t, 3> order{0, 1, 2};
    do {
        const lines got = answers(run, fmt::format("{{{}, {}, {}}}", members[order[0]],
                                                   members[order[1]], members[order[2]]));
        run.expect(got.size() == 1 && got.front().returns(61) && has_text_id(got.front(), "order"),
                   "the order of a request's members is insignificant",
                   R"(return is 61, with the id "order")", words_of(got));
    } while (std::next_permutation(order.begin(), order.end()));
}

// catches: an agent that takes empty arguments for an error where it wants none.
void empty_arguments(run_context& run) {
    run.must_sync();
    for (const std::string_view command :
         {"guest-ping", "guest-info", "guest-fsfreeze-status", "guest-fsfreeze-thaw"}) {
        const reply without = run.client().call(command);
        const reply with = run.client().call(command, json::object{});
        run.expect(without.is_value() && with.is_value() && without.returned == with.returned,
                   fmt::format("empty arguments are the same as none: {}", command),
                   without.words(), with.words());
    }
}

} // namespace

void qga_21_refusals(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = body});
    };
    add(sec<21, 7>::value, 1, "an unknown command is refused with class CommandNotFound",
        unknown_command);
    add(sec<21, 7>::value, 2, "unlikely names of commands are unknown commands", unlikely_commands);
    add(sec<21, 8>::value, 1, "a request without execute is refused", execute_missing);
    add(sec<21, 8>::value, 2, "a request whose execute is no string is refused", execute_ill_typed);
    add(sec<21, 9>::value, 1, "a request with an unknown member is refused", unknown_members);
    add(sec<21, 9>::value, 2, "exec-oob is not executed", exec_oob);
    add(sec<21, 10>::value, 1, "arguments that are no object are refused", arguments_ill_typed);
    add(sec<21, 11>::value, 1, "unknown arguments are refused by every snapshot command",
        unknown_arguments);
    add(sec<21, 11>::value, 2, "missing and ill-typed arguments are refused", required_arguments);
    checks.add({.about = sec<21, 11>::value,
                .index = 3,
                .title = "a freeze-list with ill-typed arguments is refused and freezes nothing",
                .needs = {capability::freeze_target},
                .run = freeze_list_ill_typed});
    add(sec<21, 12>::value, 1, "integers of 64 bits are exact", exact_integers);
    add(sec<21, 12>::value, 2, "integers beyond 64 bits are refused", integers_out_of_range);
    add(sec<21, 13>::value, 1, "numbers with a fraction or an exponent are no integers",
        fractions_and_exponents);
    add(sec<21, 17>::value, 1, "names of commands are compared whole and with case",
        names_compared_whole);
    add(sec<21, 18>::value, 1, "the members of a request may come in any order", order_of_members);
    add(sec<21, 19>::value, 1, "empty arguments are the same as none", empty_arguments);
}

} // namespace snapproto::conformance::clauses
