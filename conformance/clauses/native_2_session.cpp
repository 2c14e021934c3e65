// SPDX-License-Identifier: BSL-1.0
// SP 2: a session begins, goes on beside another, and is asked about.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: an agent that begins a session and answers otherwise than it should
void a_hello(run_context& run) {
    native_host host(run);
    const hello_ack got = host.begin();
    run.require(got.granted != feature::none, "a HelloAck names what both sides have",
                "at least one capability", words_of(got));
    host.must_be_in(agent_phase::idle, "after a HelloAck the agent is idle");
}

// catches: an agent that grants what nobody asked for
void nothing_wanted(run_context& run) {
    native_host host(run);
    for (const feature wanted : {feature::none, feature::explicit_prepare | feature::transactions,
                                 feature::keep_alive | feature::implicit_prepare}) {
        const hello_ack got = host.begin(wanted);
        run.require((got.granted & wanted) == got.granted,
                    "only capabilities that both sides have are granted",
                    fmt::format("nothing beside 0x{:02x}", static_cast<std::uint32_t>(wanted)),
                    fmt::format("0x{:02x}", static_cast<std::uint32_t>(got.granted)));
    }
}

// catches: an agent that stays with the session it had
void a_further_hello(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const session_id former = host.session();
    (void)host.begin();
    ping with;
    with.header = {former, {}, {1}};
    host.send(with);
    host.must_be_quiet("the new session replaces the old one");
    (void)host.must_pong("the new session is open");
}

// catches: an agent that selects by place, or what it does not speak
void highest_version(run_context& run) {
    native_host host(run);
    const std::vector<std::vector<protocol_version>> offers{
        {{9, 0}, {1, 0}}, {{1, 0}, {9, 0}}, {{0, 9}, {1, 0}, {65'535, 65'535}}, {{1, 0}, {1, 0}}};
    for (const auto& offer : offers) {
        hello with;
        with.versions = offer;
        const hello_ack got = host.greet(with);
        run.require(got.selected == native::version,
                    "the highest version that both sides have is selected, wherever it stands",
                    "1.0", words_of(got));
    }
}

// catches: an agent that goes on without an agreement
void no_common_version(run_context& run) {
    native_host host(run);
    for (const std::vector<protocol_version>& offer :
         {std::vector<protocol_version>{{999, 0}}, std::vector<protocol_version>{}}) {
        (void)host.begin();
        hello with;
        with.versions = offer;
        const hello_ack got = host.greet(with);
        run.require(!got.selected, "without a common version none is selected", "none",
                    words_of(got));
        host.must_refuse(nak_code::no_session, "and there is no session", txn_id{}, ping{});
    }
}

// catches: an agent that answers a new orchestrator while the old one's guest is frozen
void hello_while_frozen(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.begin();
    host.must_be_thawed("a HelloAck promises that nothing is held");
    const status_report got = host.status();
    run.require(got.phase == agent_phase::idle && got.last_txn == txn &&
                    got.last_verdict == verdict::lost,
                "the transaction was undone as lost", "idle, last verdict lost", words_of(got));
    host.must_be_quiet("nothing that was owed to the former session is sent");
}

// catches: an agent that overlooks a Hello while it releases
void hello_while_thawing(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    run.sleep_for(500ms);
    (void)host.begin();
    run.require(host.participants().held() == "nothing",
                "a Hello waits until the release has ended", "held: nothing",
                "held: " + host.participants().held());
    const status_report got = host.status();
    run.require(got.last_verdict == verdict::clean, "the Hello does not change the verdict",
                "clean", to_string(got.last_verdict));
}

// catches: an agent that answers an orchestrator which has given up
void the_latest_hello(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").release_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.ask(txn, thaw_request{});
    hello with;
    with.versions = {native::version};
    with.wanted = native::capabilities;
    for (std::uint64_t i = 0; i < 3; ++i) {
        with.header = {{host.session().value + 2 * i + 2}, {}, {i + 1}};
        host.send(with);
    }
    const native_said got = host.answer();
    run.require(got.as<hello_ack>() != nullptr &&
                    got.as<hello_ack>()->header.session == with.header.session,
                "only the latest Hello is answered", "a HelloAck with its session", got.words());
    host.must_be_quiet("a Hello that was replaced is not answered");
}

// catches: an agent that serves whoever has not introduced himself
void without_a_session(run_context& run) {
    native_host host(run);
    host.use_session({run.random()()});
    const txn_id txn = host.new_txn();
    host.must_refuse(nak_code::no_session, "Query needs a session", txn, query{});
    host.must_refuse(nak_code::no_session, "Ping needs a session", txn, ping{});
    host.must_refuse(nak_code::no_session, "Prepare needs a session", txn, prepare_request{});
    host.must_refuse(nak_code::no_session, "Freeze needs a session", txn, freeze_request{});
    host.must_refuse(nak_code::no_session, "Thaw needs a session", txn, thaw_request{});
    host.must_refuse(nak_code::no_session, "Complete needs a session", txn, complete_request{});
    host.must_refuse(nak_code::no_session, "Abort needs a session", txn, abort_request{});
    host.must_refuse(nak_code::no_session, "Recover needs a session", txn, recover_request{});
    host.must_be_thawed("a refusal has no effect");
}

// catches: an agent that answers noise
void malformed_without_a_session(run_context& run) {
    native_host host(run);
    host.send_frame("", "an empty frame");
    host.send_frame("nonsense", "a frame that holds no message");
    host.send_bytes("hello\n", "what begins no length");
    host.must_be_quiet("without a session malformed input is dropped", 1s);
    (void)host.begin();
}

// catches: an agent that does what was not agreed on
void not_agreed(run_context& run) {
    native_host host(run);
    (void)host.begin(feature::explicit_prepare | feature::completion | feature::transactions |
                     feature::hold_limit);
    host.require_granted(feature::completion);
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    (void)host.thaw(txn);
    recover_request request;
    request.copy = "pool/disk@7";
    host.must_refuse(nak_code::unsupported, "a recovery that was not agreed on is refused", txn,
                     request);
    host.must_be_in(agent_phase::await, "and has no effect");
}

// catches: an agent whose Status is of another instant, or waits for the step in work
void status_is_true(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.must_be_in(agent_phase::idle, "Status says idle");
    const txn_id txn = host.new_txn();
    if (host.granted(feature::explicit_prepare)) {
        (void)host.prepare(txn);
        const status_report ready = host.status();
        run.require(ready.phase == agent_phase::ready && ready.held == 0 && !ready.hold_deadline,
                    "Status says ready, and that nothing is held", "ready, held 0",
                    words_of(ready));
    }
    const frozen_report frozen = host.must_answer<frozen_report>(
        "a Freeze is answered", txn,
        freeze_request{.header = {},
                       .hold_limit = {},
                       .scope = host.granted(feature::explicit_prepare) ? snapshot_scope{}
                                                                        : host.scope()},
        native_host::step_wait);
    const status_report held = host.status();
    run.require(held.phase == agent_phase::frozen && held.held == frozen.held,
                "Status says frozen, with the count of Frozen",
                fmt::format("frozen, held {}", frozen.held), words_of(held));
    run.require(held.hold_deadline == frozen.hold_deadline,
                "Status states the deadline that Frozen stated", "the same instant",
                held.hold_deadline ? "another" : "none");
    (void)host.thaw(txn);
    const status_report after = host.status();
    run.require(after.held == 0 && after.last_txn == txn && after.last_verdict == verdict::clean,
                "Status says that nothing is held any more", "held 0, clean", words_of(after));
}

// catches: an agent that answers when it has time
void status_in_the_middle(run_context& run) {
    native_host host(run);
    host.participants().get("/srv").hold_takes = 2s;
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    host.ask(txn, freeze_request{});
    run.sleep_for(500ms);
    const instant before = run.now();
    const status_report got = host.status();
    run.require(got.phase == agent_phase::freeze, "Status is of the instant at which it is made",
                "freeze", words_of(got));
    run.require(run.now() - before < 1s, "also while a step is in work", "at once", "later");
    (void)host.must_get<frozen_report>("the Freeze goes on");
}

// catches: an agent that answers signs of life when it is idle only
void ping_anywhere(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const auto ping_in = [&](agent_phase phase) {
        const pong got = host.must_pong("a Ping is answered in every state");
        run.require(got.phase == phase, "Pong has the state", to_string(phase),
                    to_string(got.phase));
    };
    ping_in(agent_phase::idle);
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    ping_in(agent_phase::frozen);
    (void)host.thaw(txn);
    ping_in(host.granted(feature::completion) ? agent_phase::await : agent_phase::idle);
}

// catches: an agent that gives up an orchestrator which shows that it is there
void a_ping_is_patience(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.prepare(txn);
    for (int i = 0; i < 5; ++i) {
        run.sleep_for(100s);
        (void)host.must_pong("a Ping is answered");
    }
    host.must_be_in(agent_phase::ready, "a Ping restarts the sequence timer");
    host.must_be_quiet("the sequence timer has not fired");
}

// catches: an agent that tells nobody what it can bear
void announced_limits(run_context& run) {
    native_host host(run);
    const hello_ack got = host.begin();
    run.require(got.participants_max > 0, "a HelloAck states how many participants there can be",
                "more than 0", std::to_string(got.participants_max));
    run.require(got.hold_max > snapproto::duration{0},
                "a HelloAck states the longest hold that is granted", "more than 0",
                fmt::format("{} ns", got.hold_max.count()));
}

// catches: an agent that hides that it runs in a copy
void generation(run_context& run) {
    native_host host(run);
    played_surroundings& guest = host.guest();
    const hello_ack first = host.begin();
    run.require(!first.stuck, "an agent that holds nothing is not stuck", "not stuck",
                words_of(first));
    guest.change_generation();
    host.hang_up();
    host.open();
    const hello_ack second = host.begin();
    run.require(first.generation != second.generation,
                "a HelloAck tells in which generation the agent runs", "another one",
                std::to_string(second.generation.value));
}

} // namespace

void native_2_session(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}, duration bound = 30s) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = bound,
                    .run = run});
    };
    using enum capability;
    add(sec<2, 2>::value, 1, "a Hello is answered, and the agent is idle", a_hello);
    add(sec<2, 2>::value, 2, "only what both sides have is granted", nothing_wanted);
    add(sec<2, 3>::value, 1, "a further Hello replaces the session", a_further_hello);
    add(sec<2, 4>::value, 1, "the highest common version is selected", highest_version);
    add(sec<2, 5>::value, 1, "without a common version there is no session", no_common_version);
    add(sec<2, 6>::value, 1, "a Hello while frozen undoes the transaction first",
        hello_while_frozen, {freeze_target});
    add(sec<2, 7>::value, 1, "a Hello during the release waits for its end", hello_while_thawing);
    add(sec<2, 9>::value, 1, "of several Hellos that wait the latest is answered",
        the_latest_hello);
    add(sec<2, 11>::value, 1, "without a session requests are refused", without_a_session);
    add(sec<2, 12>::value, 1, "without a session malformed input is dropped",
        malformed_without_a_session);
    add(sec<2, 13>::value, 1, "what was not agreed on is refused", not_agreed, {freeze_target});
    add(sec<2, 14>::value, 1, "Status is true in every phase", status_is_true, {freeze_target});
    add(sec<2, 14>::value, 2, "Status is true while a step is in work", status_in_the_middle);
    add(sec<2, 15>::value, 1, "a Ping is answered with its cookie and the phase", ping_anywhere,
        {freeze_target});
    add(sec<2, 16>::value, 1, "a Ping restarts the sequence timer", a_ping_is_patience,
        {freeze_target, virtual_time}, 900s);
    add(sec<2, 20>::value, 1, "a HelloAck states limits", announced_limits);
    add(sec<2, 21>::value, 1, "a HelloAck tells the generation", generation);
}

} // namespace snapproto::conformance::clauses
