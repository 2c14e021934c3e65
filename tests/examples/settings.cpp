// SPDX-License-Identifier: BSL-1.0
#include "examples/qemu_orchestrator/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {
namespace {

using namespace std::chrono_literals;

/// What a refusal says; empty if there is none.
std::string refusal(const std::function<void()>& what) {
    try {
        what();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string refused_machine(std::string_view text) {
    return refusal([&] { (void)parse_machine(text); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_of_snaptake)

BOOST_AUTO_TEST_CASE(a_span_has_a_unit) {
    BOOST_TEST((parse_span("500ms") == 500ms));
    BOOST_TEST((parse_span("10s") == 10s));
    BOOST_TEST((parse_span("1.5s") == 1500ms));
    BOOST_TEST((parse_span("2m") == 120s));
    BOOST_TEST((parse_span("24h") == 24h));
    for (const char* const wrong : {"", "10", "s", "10 s", "10sec", "0s", "-1s", "25h", "nans"}) {
        const std::string words = refusal([&] { (void)parse_span(wrong); });
        BOOST_TEST((says(words, "unit") || says(words, "is allowed")), wrong << ": " << words);
    }
}

BOOST_AUTO_TEST_CASE(a_span_in_words_can_be_parsed_again) {
    for (const char* const one : {"500ms", "10s", "1.5s", "60s", "1ms"}) {
        BOOST_TEST(span_words(parse_span(one)) == one);
    }
}

BOOST_AUTO_TEST_CASE(a_machine_in_one_word) {
    const machine_settings one =
        parse_machine("name=db,agent=/run/a,qmp=/run/q,disk=vda,disk=vdb,mount=/srv");
    BOOST_TEST(one.name == "db");
    BOOST_TEST(one.agent == "/run/a");
    BOOST_TEST(one.qmp == "/run/q");
    BOOST_TEST((one.disks == std::vector<std::string>{"vda", "vdb"}));
    BOOST_TEST((one.mounts == std::vector<std::string>{"/srv"}));
    BOOST_TEST(parse_machine("agent=/a,,b=c,qmp=/q").agent == "/a,b=c");
}

BOOST_AUTO_TEST_CASE(a_machine_that_is_none_is_refused_with_the_reason) {
    BOOST_TEST(says(refused_machine("agent"), "'agent' in 'agent': KEY=VALUE is wanted"));
    BOOST_TEST(says(refused_machine("agent=/a,"), "KEY=VALUE"));
    BOOST_TEST(says(refused_machine(""), "KEY=VALUE"));
    BOOST_TEST(says(refused_machine("agent=/a,socket=/b"), "no key is named 'socket'"));
    BOOST_TEST(says(refused_machine("agent=/a,agent=/b"), "agent is given twice"));
}

BOOST_AUTO_TEST_CASE(machines_are_completed_and_checked) {
    std::vector<machine_settings> two{parse_machine("agent=/a,qmp=/q"),
                                      parse_machine("agent=/b,qmp=/r")};
    check_machines(two);
    BOOST_TEST(two[0].name == "machine1");
    BOOST_TEST(two[1].name == "machine2");

    const auto refused = [](std::vector<machine_settings> all) {
        return refusal([&] { check_machines(all); });
    };
    BOOST_TEST(says(refused({}), "no machine is given"));
    BOOST_TEST(says(refused({parse_machine("agent=/a")}), "monitor's socket is missing"));
    BOOST_TEST(says(refused({parse_machine("qmp=/a")}), "agent's socket is missing"));
    BOOST_TEST(says(
        refused({parse_machine("name=x,agent=/a,qmp=/q"), parse_machine("name=x,agent=/b,qmp=/r")}),
        "two machines are named x"));
    BOOST_TEST(says(refused({parse_machine("agent=/a,qmp=/q"), parse_machine("agent=/a,qmp=/r")}),
                    "two machines have the agent /a"));
    BOOST_TEST(says(refused({parse_machine("name=a/b,agent=/a,qmp=/q")}), "slash"));
    std::vector<machine_settings> many;
    for (int i = 0; i < 65; ++i) {
        many.push_back(parse_machine("agent=/a" + std::to_string(i) + ",qmp=/q"));
    }
    BOOST_TEST(says(refused(many), "at most 64"));
    many.pop_back();
    BOOST_TEST(refused(many).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snaptake
