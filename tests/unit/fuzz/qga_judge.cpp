// SPDX-License-Identifier: BSL-1.0
#include <snapproto/fuzz/qga_judge.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace snapproto;
using namespace snapproto::fuzz;
using namespace std::chrono_literals;

namespace {

/// One client, and an agent that is written by hand.
class talk {
  public:
    explicit talk(world given = {.mounts = {"/a", "/b"}, .hold_limit = 10s})
        : m_world(std::move(given)) {}
    talk(const talk&) = delete;
    talk& operator=(const talk&) = delete;

    talk& say(std::string_view bytes, std::size_t client = 0) {
        m_judge.said(client, bytes, m_now);
        return *this;
    }
    talk& ask(std::string_view command, std::string_view rest = "") {
        return say("{\"execute\": \"" + std::string{command} + "\"" + std::string{rest} + "}\n");
    }
    talk& hear(std::string_view bytes, std::size_t client = 0) {
        m_judge.heard(client, bytes, m_now);
        return *this;
    }
    talk& see(bool a, bool b) {
        observation seen;
        seen.mounts = {{a, 1, false}, {b, 1, false}};
        m_judge.saw(seen, m_now);
        return *this;
    }
    talk& see(const observation& seen) {
        m_judge.saw(seen, m_now);
        return *this;
    }
    talk& freeze() { return ask("guest-fsfreeze-freeze").hear("{\"return\": 2}\n"); }
    talk& after(duration span) {
        m_now += span;
        return *this;
    }
    talk& act(action deed, std::uint8_t value = 0) {
        m_judge.acted(deed, value, m_now);
        return *this;
    }
    /// "24.2", or "" when nothing is wrong.
    std::string end() {
        m_judge.settled(m_now);
        const auto& found = m_judge.found();
        return found ? std::to_string(found->governed_by.chapter) + "." +
                           std::to_string(found->governed_by.number)
                     : "";
    }

  private:
    world m_world;
    coverage m_covered{};
    qga_judge m_judge{m_world, m_covered};
    instant m_now{100s};
};

constexpr std::string_view no = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n";
constexpr std::string_view unknown =
    "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no\"}}\n";

} // namespace

BOOST_AUTO_TEST_CASE(a_good_round_is_good) {
    talk t;
    t.ask("guest-ping").hear("{\"return\": {}}\n").freeze().see(true, true);
    t.ask("guest-fsfreeze-status").hear("{\"return\": \"frozen\"}\n");
    t.ask("guest-fsfreeze-freeze").hear(unknown);
    t.ask("guest-fsfreeze-thaw").hear("{\"return\": 2}\n").see(false, false);
    t.ask("guest-fsfreeze-thaw").hear("{\"return\": 0}\n");
    BOOST_TEST(t.end() == "");
}

BOOST_AUTO_TEST_CASE(every_request_has_its_one_reply) {
    BOOST_TEST(talk{}.ask("guest-ping").end() == "21.14");
    BOOST_TEST(talk{}.hear("{\"return\": {}}\n").end() == "21.16");
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": {}}").end() == "21.14");
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": {}}\n{").end() == "20.5");
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": {}}\r\n").end() == "20.5");
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": \"\xe9\"}\n").end() == "20.6");
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": null}\n").end() == "21.1");
}

BOOST_AUTO_TEST_CASE(ids_come_back) {
    const auto with = [](std::string_view id, std::string_view back) {
        return talk{}
            .ask("guest-ping", ", \"id\": " + std::string{id})
            .hear("{\"return\": {}" + std::string{back} + "}\n")
            .end();
    };
    BOOST_TEST(with("[1, {}]", ", \"id\": [1,{ }]") == "");
    BOOST_TEST(with("1", ", \"id\": \"1\"") == "21.3");
    BOOST_TEST(with("1", "") == "21.3");
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": {}, \"id\": 1}\n").end() == "21.5");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_request_are_answered_by_errors) {
    BOOST_TEST(talk{}.say("{]}\n").hear(no).end() == "");
    BOOST_TEST(talk{}.say("{]}\n").end() == ""); // not before a 0xFF
    BOOST_TEST(talk{}.say("{]}\n\xff").end() == "20.7");
    BOOST_TEST(talk{}.say("{]}\n\xff").hear(no).hear(no).end() == "");
    BOOST_TEST(talk{}.say("\xff").end() == "");
    BOOST_TEST(talk{}.say("\xff").hear(no).end() == "");
    BOOST_TEST(talk{}.say("\xff[]\n").hear(no).hear(no).end() == "");
    BOOST_TEST(talk{}.say("[]\n").hear(unknown).end() == "21.8");
}

BOOST_AUTO_TEST_CASE(synchronisations_return_what_they_were_given) {
    const std::string_view id = ", \"arguments\": {\"id\": 9007199254740993}";
    const auto sync = [&](std::string_view reply) {
        return talk{}.ask("guest-sync", id).hear(reply).end();
    };
    const auto delimited = [&](std::string_view reply) {
        return talk{}.ask("guest-sync-delimited", id).hear(reply).end();
    };
    BOOST_TEST(sync("{\"return\": 9007199254740993}\n") == "");
    BOOST_TEST(sync("{\"return\": 9007199254740992}\n") == "22.1");
    BOOST_TEST(sync("\xff{\"return\": 9007199254740993}\n") == "22.3");
    BOOST_TEST(delimited("\xff{\"return\": 9007199254740993}\n") == "");
    BOOST_TEST(delimited("{\"return\": 9007199254740993}\n") == "22.2");
}

BOOST_AUTO_TEST_CASE(counts_tell_the_truth) {
    const auto list = [](std::string_view mounts, std::string_view reply) {
        return talk{}
            .ask("guest-fsfreeze-freeze-list",
                 ", \"arguments\": {\"mountpoints\": " + std::string{mounts} + "}")
            .hear(reply)
            .end();
    };
    BOOST_TEST(list("[\"/a\"]", "{\"return\": 1}\n") == "");
    BOOST_TEST(list("[\"/a\"]", "{\"return\": 0}\n") == "24.1");
    BOOST_TEST(list("[\"/a\", \"/a\"]", "{\"return\": 2}\n") == "24.6");
    BOOST_TEST(list("[]", "{\"return\": 1}\n") == "24.3");
    BOOST_TEST(list("[\"/no/such\"]", "{\"return\": 1}\n") == "24.4");
    BOOST_TEST(list("[\"/no/such\"]", no) == "");
    BOOST_TEST(list("[1]", "{\"return\": 0}\n") == "21.11");
    BOOST_TEST(talk{}.ask("guest-fsfreeze-freeze").hear("{\"return\": 3}\n").end() == "24.2");
    BOOST_TEST(talk{}.freeze().ask("guest-fsfreeze-thaw").hear("{\"return\": 1}\n").end() ==
               "25.1");
    BOOST_TEST(talk{}.ask("guest-fsfreeze-thaw").hear(no).end() == "25.3");
}

BOOST_AUTO_TEST_CASE(what_is_said_is_what_is_seen) {
    BOOST_TEST(talk{}.freeze().see(true, false).end() == "29.2");
    BOOST_TEST(talk{}.see(true, false).end() == "29.7");
    talk thawed;
    thawed.freeze().see(true, true).ask("guest-fsfreeze-thaw").hear("{\"return\": 2}\n");
    BOOST_TEST(thawed.see(false, true).end() == "25.2");
    observation changed;
    changed.mounts = {{true, 2, false}, {true, 1, false}};
    BOOST_TEST(talk{}.freeze().see(true, true).see(changed).end() == "29.1");
    observation torn;
    torn.mounts = {{true, 1, true}, {true, 1, false}};
    BOOST_TEST(talk{}.freeze().see(torn).end() == "29.4");
    observation gone;
    gone.alive = false;
    BOOST_TEST(talk{}.see(gone).end() == "16.2");
}

BOOST_AUTO_TEST_CASE(a_hold_ends_by_its_limit) {
    const auto held_for = [](duration span, bool frozen) {
        return talk{}.freeze().after(span).see(frozen, frozen).end();
    };
    BOOST_TEST(held_for(4s, true) == "");
    BOOST_TEST(held_for(4s, false) == "29.2");
    BOOST_TEST(held_for(8s, false) == ""); // a shorter limit is none of our business
    BOOST_TEST(held_for(11s, true) == "");
    BOOST_TEST(held_for(11s + 1ms, true) == "28.2");
}

BOOST_AUTO_TEST_CASE(a_reply_that_comes_late_is_late) {
    const auto status_after = [](duration span) {
        talk t;
        t.freeze().ask("guest-fsfreeze-status").after(span);
        return t.hear("{\"return\": \"frozen\"}\n").end();
    };
    BOOST_TEST(status_after(1s) == "");
    BOOST_TEST(status_after(1s + 1ms) == "28.1");
}

BOOST_AUTO_TEST_CASE(hooks_run_once_and_in_their_time) {
    const auto with = [](std::vector<seen_call> calls) {
        observation seen;
        seen.calls = std::move(calls);
        return talk{}.freeze().see(seen).end();
    };
    BOOST_TEST(with({{"freeze", false}}) == "");
    BOOST_TEST(with({}) == "26.3");
    BOOST_TEST(with({{"freeze", false}, {"freeze", false}}) == "26.3");
    BOOST_TEST(with({{"freeze", true}}) == "26.1");
    BOOST_TEST(with({{"pre", false}}) == "26.1");
    observation seen;
    seen.calls = {{"thaw", false}};
    BOOST_TEST(talk{}.ask("guest-ping").hear("{\"return\": {}}\n").see(seen).end() == "26.16");
    BOOST_TEST(talk{}.act(action::hook, hook_fails_to_freeze).freeze().end() == "26.4");
}

BOOST_AUTO_TEST_CASE(a_client_that_left_is_owed_nothing) {
    BOOST_TEST(talk{}.ask("guest-ping").act(action::leave, 0).end() == "");
    talk t;
    t.ask("guest-fsfreeze-freeze").act(action::leave, 0);
    BOOST_TEST(t.ask("guest-fsfreeze-status").hear("{\"return\": \"frozen\"}\n").end() == "");
    // Its freeze can come after the status that it was told.
    talk late;
    late.ask("guest-fsfreeze-status").ask("guest-fsfreeze-freeze");
    late.hear("{\"return\": \"thawed\"}\n").act(action::leave, 0);
    BOOST_TEST(late.see(true, true).end() == "");
}
