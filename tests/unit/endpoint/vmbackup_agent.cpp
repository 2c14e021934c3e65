// SPDX-License-Identifier: BSL-1.0
#include <snapproto/endpoint/vmbackup_agent.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::endpoint {
namespace {

using namespace std::chrono_literals;
using machine::guest_phase;
using machine::participant_event;

/// A guest with a hook and two filesystems, and all that it says as words.
struct guest {
    explicit guest(vmbackup_agent_options options = {}) : agent(std::move(options)) {
        agent.channel_opened(now);
        run();
    }

    /// Sends a command.
    void ask(std::string_view text) {
        asks_done = text.starts_with("vmbackup.snapshotDone");
        agent.receive(as_bytes(text), now);
        run();
    }

    /// Freezes and forgets what was said about it.
    void freeze() {
        ask("vmbackup.start 1");
        BOOST_TEST((agent.phase() == guest_phase::frozen));
        take();
    }

    void wait(duration span) {
        now += span;
        agent.handle_timeout(now);
        run();
    }

    void stop() {
        agent.stop(now);
        run();
    }

    void hang_up() {
        agent.channel_ended(now);
        run();
    }

    /// Everything that was said since the last call.
    std::string take() { return std::exchange(said, {}); }

    void run() {
        for (;;) {
            const vmbackup_agent_output next = agent.poll();
            if (const auto* at = std::get_if<deadline>(&next)) {
                until = at->at;
                return;
            }
            if (const auto* reply = std::get_if<send_reply>(&next)) {
                const auto got = vmbackup::decode_guest_reply(as_bytes(reply->bytes));
                BOOST_REQUIRE(got);
                if (got->ok && asks_done) {
                    history.snapshot_done_taken(now);
                }
                said += got->ok ? "[ok" + std::string{got->text.empty() ? "" : " "} +
                                      std::string{got->text} + "] "
                                : refusal_word(got->text);
            } else if (const auto* event = std::get_if<send_event>(&next)) {
                const auto got = vmbackup::decode_event(as_bytes(event->bytes));
                BOOST_REQUIRE(got);
                history.take(*got, now);
                said += std::string{to_string(got->what)} +
                        (got->code == vmbackup::event_code::success
                             ? ""
                             : std::to_string(static_cast<int>(got->code))) +
                        " ";
                if (deaf) {
                    agent.event_lost(now);
                } else {
                    const bool taken = got->what != refused_event;
                    agent.event_answered(as_bytes(taken ? "1 " : "0 no"), now);
                }
            } else if (std::holds_alternative<find_participants>(next)) {
                agent.participants_found(participants, now);
            } else if (const auto* what = std::get_if<operate>(&next)) {
                answer(*what);
            } else if (std::holds_alternative<exit_process>(next)) {
                said += "exit ";
            }
        }
    }

    static std::string refusal_word(std::string_view text) {
        const auto why = vmbackup::find_refusal(text);
        BOOST_REQUIRE_MESSAGE(why.has_value(), text);
        return "[" + std::string{to_string(*why)} + "] ";
    }

    void answer(const operate& what) {
        const std::string name = participants[what.participant].name;
        const auto tell = [&](std::string_view verb, participant_event how) {
            said += std::string(verb) + name + " ";
            agent.participant_answered(what.participant, how, now);
        };
        if (what.what == operation::prepare) {
            agent.participant_answered(what.participant, participant_event::prepared, now);
        } else if (what.what == operation::hold && name != slow) {
            tell("+", name == refuses ? participant_event::vetoed : participant_event::held);
        } else if (what.what == operation::release) {
            tell("-", name == sticks   ? participant_event::release_failed
                      : name == let_go ? participant_event::not_held
                                       : participant_event::released);
        } else if (what.what == operation::finish) {
            finished += name + " ";
        }
    }

    instant now{1h};
    instant until = never;
    vmbackup_agent agent;
    vmbackup::operation_history history;
    std::vector<participant_summary> participants{{"hook", participant_kind::hook}, {"a"}, {"b"}};
    std::string refuses;
    std::string sticks;
    std::string let_go;
    std::string slow;
    vmbackup::event refused_event = vmbackup::event::prepare;
    bool asks_done = false;
    bool deaf = false; ///< No event arrives.
    std::string said;
    std::string finished; ///< Who was told the result.
};

vmbackup_agent_options with_manifest() {
    vmbackup_agent_options options;
    options.manifest_path = "/etc/manifest.xml";
    return options;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vmbackup_agent_endpoint)

// SP 45.1, 45.4, 45.5, 45.12, 46.1, 46.3, 46.5, 46.11
BOOST_AUTO_TEST_CASE(an_operation_holds_reports_and_releases_in_the_reverse_order) {
    guest one{with_manifest()};
    BOOST_TEST(one.take() == "");
    for (int i = 0; i < 2; ++i) {
        one.ask("vmbackup.start 1");
        BOOST_TEST(one.take() == "reset [ok] +hook +a +b commit ");
        BOOST_TEST(one.history.may_cut());
        one.ask("vmbackup.snapshotDone");
        BOOST_TEST(one.take() == "[ok] -b -a generic_manifest -hook done ");
        BOOST_TEST((one.agent.phase() == guest_phase::idle));
    }
    one.ask("vmbackup.start 0");
    one.take();
    one.ask("vmbackup.snapshotDone x y");
    BOOST_TEST(one.take() == "[ok] -b -a -hook done ");
}

// SP 47.1: the host's rule agrees, event by event.
BOOST_AUTO_TEST_CASE(the_history_of_a_good_operation_is_a_success) {
    guest one;
    one.freeze();
    BOOST_TEST((one.history.state() == vmbackup::operation_state::frozen));
    one.ask("vmbackup.snapshotDone");
    BOOST_TEST((one.history.state() == vmbackup::operation_state::succeeded));
}

// SP 40.6, 40.7, 41.6
BOOST_AUTO_TEST_CASE(what_is_not_about_an_operation_is_answered_in_every_state) {
    guest one;
    for (int i = 0; i < 2; ++i) {
        one.ask("ping");
        one.ask("reset");
        one.ask("Capabilities_Register");
        one.ask("Set_Option a b");
        one.ask("vmbackup.stop");
        one.ask("");
        BOOST_TEST(one.take() == "[ok] [ok ATR toolbox] [ok] [ok] [unknown_command] "
                                 "[unknown_command] ");
        one.freeze();
    }
    one.ask("vmbackup.abort now");
    BOOST_TEST(one.take().starts_with("aborted4 [ok] "));
}

// SP 45.2, 45.3, 45.6, 45.7, 45.13
BOOST_AUTO_TEST_CASE(a_command_at_the_wrong_time_is_refused_with_its_words) {
    guest one;
    one.ask("vmbackup.snapshotDone");
    one.ask("vmbackup.abort");
    one.ask("vmbackup.snapshotCompleted");
    one.ask("vmbackup.start x");
    one.ask("vmbackup.startWithOpts x");
    BOOST_TEST(one.take() == "[idle] [idle] [nothing_to_complete] [cannot_begin] [cannot_begin] ");
    one.freeze();
    one.ask("vmbackup.start 1");
    one.ask("vmbackup.start x");
    one.ask("vmbackup.snapshotCompleted");
    BOOST_TEST(one.take() == "[busy] [busy] [nothing_to_complete] ");
    BOOST_TEST((one.agent.phase() == guest_phase::frozen));
}

// SP 45.13, 45.14
BOOST_AUTO_TEST_CASE(a_guest_that_waits_for_the_host_is_done_when_it_is_told) {
    vmbackup_agent_options options;
    options.completes = true;
    guest one{options};
    one.freeze();
    one.ask("vmbackup.snapshotCompleted");
    BOOST_TEST(one.take() == "[not_completing] ");
    one.ask("vmbackup.snapshotDone");
    BOOST_TEST(one.take() == "[ok] -b -a -hook ");
    BOOST_TEST((one.agent.phase() == guest_phase::completing));
    one.ask("vmbackup.start 1");
    one.ask("vmbackup.snapshotCompleted");
    BOOST_TEST(one.take() == "[busy] [ok] done ");
    one.freeze();
    one.ask("vmbackup.snapshotDone");
    one.take();
    one.ask("vmbackup.abort");
    BOOST_TEST(one.take() == "aborted4 [ok] done ");
}

// SP 45.7
BOOST_AUTO_TEST_CASE(an_abort_releases_and_a_second_one_has_no_effect) {
    guest one;
    one.freeze();
    one.sticks = "a";
    one.ask("vmbackup.abort");
    BOOST_TEST(one.take() == "aborted4 [ok] -b -a ");
    one.ask("vmbackup.abort");
    BOOST_TEST(one.take().starts_with("[ok] "));
    one.sticks.clear();
    one.wait(2s);
    const std::string rest = one.take();
    BOOST_TEST(rest.ends_with("-hook done "));
    BOOST_TEST((one.history.state() == vmbackup::operation_state::failed));
}

// SP 45.11, 46.4, 46.6
BOOST_AUTO_TEST_CASE(a_hook_that_refuses_ends_the_operation_before_a_filesystem_is_held) {
    guest one;
    one.refuses = "hook";
    one.ask("vmbackup.start 1");
    const std::string said = one.take();
    BOOST_TEST(said.starts_with("reset [ok] +hook error2 "));
    BOOST_TEST(said.ends_with("done "));
    BOOST_TEST(said.find("+a") == said.npos);
    BOOST_TEST(said.find("commit") == said.npos);
    BOOST_TEST(one.finished.find("hook") != said.npos);
    one.refuses.clear();
    one.freeze(); // SP 46.11
}

// SP 45.11, 46.5
BOOST_AUTO_TEST_CASE(a_filesystem_that_refuses_undoes_what_was_held) {
    guest one;
    one.refuses = "b";
    one.ask("vmbackup.start 1");
    BOOST_TEST(one.take() == "reset [ok] +hook +a +b error3 -a -hook done ");
}

// SP 46.2
BOOST_AUTO_TEST_CASE(an_operation_that_holds_no_filesystem_fails_unless_none_was_asked_for) {
    guest one;
    one.participants = {{"hook", participant_kind::hook}};
    one.ask("vmbackup.start 1");
    BOOST_TEST(one.take() == "reset [ok] +hook error3 -hook done ");
    std::string bytes;
    codec::container_sink sink{bytes};
    vmbackup::encode(sink, vmbackup::host_command{vmbackup::start_with_options_command{
                               {.filesystems = false, .script_argument = "arg"}}});
    one.ask(bytes);
    BOOST_TEST(one.take() == "reset [ok] +hook commit ");
    BOOST_TEST(one.agent.hook_argument() == "arg");
    BOOST_TEST(one.history.may_cut());
}

// SP 45.11: what was let go before it was asked for shows in the release at the latest.
BOOST_AUTO_TEST_CASE(a_hold_that_did_not_last_is_no_success) {
    guest one;
    one.freeze();
    one.let_go = "a";
    one.ask("vmbackup.snapshotDone");
    BOOST_TEST(one.take() == "[ok] -b -a -hook error3 done ");
    one.let_go.clear();
    one.freeze();
    one.agent.participant_let_go(1, one.now);
    one.run();
    const std::string said = one.take();
    BOOST_TEST(said.starts_with("error3 "));
    BOOST_TEST(said.ends_with("done "));
    BOOST_TEST((one.history.state() == vmbackup::operation_state::failed));
}

// SP 45.8
BOOST_AUTO_TEST_CASE(a_commit_that_the_host_refuses_is_undone_at_once) {
    guest one;
    one.refused_event = vmbackup::event::commit;
    one.ask("vmbackup.start 1");
    BOOST_TEST(one.take() == "reset [ok] +hook +a +b commit aborted4 -b -a -hook done ");
    BOOST_TEST((one.history.state() == vmbackup::operation_state::failed));
    one.refused_event = vmbackup::event::done;
    one.ask("vmbackup.start 1");
    one.ask("vmbackup.snapshotDone");
    BOOST_TEST(one.take().ends_with("-hook done "));
    one.freeze(); // what was refused belonged to the last one
}

// SP 45.8: neither does an event that is lost, and what comes without having been asked is nothing.
BOOST_AUTO_TEST_CASE(a_host_that_does_not_answer_events_gets_no_frozen_guest) {
    guest one;
    one.agent.event_lost(one.now);
    one.agent.event_answered(as_bytes("0 no"), one.now);
    one.run();
    BOOST_TEST(one.take() == "");
    one.deaf = true;
    one.ask("vmbackup.start 1");
    const std::string said = one.take();
    BOOST_TEST(said.starts_with("reset "));
    BOOST_TEST(said.ends_with("done "));
    BOOST_TEST(said.find("commit") == said.npos);
    BOOST_TEST((one.agent.phase() == guest_phase::idle));
}

// SP 45.9, 45.10
BOOST_AUTO_TEST_CASE(the_limit_of_the_operation_undoes_it_with_a_code_of_its_own) {
    guest one{{.timers = {.hold = 20min, .hold_max = 20min}}};
    one.freeze();
    one.wait(900s - 1ms);
    BOOST_TEST(one.take() == "keep_alive ");
    one.wait(1ms);
    BOOST_TEST(one.take() == "aborted5 -b -a -hook done ");
    std::string bytes;
    codec::container_sink sink{bytes};
    vmbackup::encode(
        sink, vmbackup::host_command{vmbackup::start_with_options_command{{.timeout_s = 3}}});
    one.ask(bytes);
    one.take();
    // Overdue when a command comes: the command finds what the limit has left.
    one.now += 3s;
    one.ask("vmbackup.snapshotDone");
    BOOST_TEST(one.take() == "aborted5 -b [not_frozen] -a -hook done ");
}

// SP 6.2 by the adapter: the dialect itself has no limit of the hold.
BOOST_AUTO_TEST_CASE(the_limit_of_the_hold_undoes_too) {
    guest one;
    one.freeze();
    one.wait(60s);
    const std::string said = one.take();
    BOOST_TEST(said == "error3 -b -a -hook done ");
    BOOST_TEST((one.until == never));
}

// SP 45.17, 46.7
BOOST_AUTO_TEST_CASE(a_sign_of_life_comes_after_two_and_a_half_seconds_without_an_event) {
    guest one;
    one.slow = "a";
    one.ask("vmbackup.start 1");
    BOOST_TEST(one.take() == "reset [ok] +hook ");
    BOOST_TEST((one.until == one.now + 2500ms));
    one.wait(2499ms);
    BOOST_TEST(one.take() == "");
    one.wait(1ms);
    BOOST_TEST(one.take() == "keep_alive ");
    one.wait(2s);
    one.agent.participant_answered(1, participant_event::held, one.now);
    one.run();
    BOOST_TEST(one.take() == "+b commit ");
    BOOST_TEST(!one.history.suspicious(one.now));
    one.wait(2499ms);
    BOOST_TEST(one.take() == "");
    one.wait(1ms);
    BOOST_TEST(one.take() == "keep_alive ");
}

// SP 45.15, 46.8
BOOST_AUTO_TEST_CASE(the_end_of_the_command_channel_releases_and_is_reported_by_the_other) {
    guest one;
    one.freeze();
    one.hang_up();
    BOOST_TEST(one.take() == "aborted4 -b -a -hook done ");
    one.ask("vmbackup.start 1");
    BOOST_TEST(one.take() == "");
    one.agent.channel_opened(one.now);
    one.run();
    one.freeze();
}

// SP 45.16, 46.9
BOOST_AUTO_TEST_CASE(a_guest_that_is_told_to_end_releases_first) {
    guest one;
    one.freeze();
    one.stop();
    BOOST_TEST(one.take() == "aborted4 -b -a -hook done exit ");
    guest idle;
    idle.stop();
    BOOST_TEST(idle.take() == "exit ");
}

// SP 46.10
BOOST_AUTO_TEST_CASE(a_filesystem_that_sticks_hinders_no_other_and_is_tried_again) {
    guest one;
    one.freeze();
    one.sticks = "b";
    one.ask("vmbackup.snapshotDone");
    BOOST_TEST(one.take() == "[ok] -b -a error3 ");
    BOOST_TEST((one.agent.session().phase() == agent_phase::stuck));
    one.sticks.clear();
    one.wait(1s);
    BOOST_TEST(one.take() == "-b -hook done ");
    BOOST_TEST((one.history.state() == vmbackup::operation_state::failed));
    one.freeze();
}

// SP 42.6
BOOST_AUTO_TEST_CASE(options_of_version_2_need_a_guest_that_knows_them) {
    std::string bytes;
    codec::container_sink sink{bytes};
    vmbackup::encode(sink, vmbackup::host_command{vmbackup::start_with_options_command{
                               {.vss = vmbackup::vss_options{}}}});
    guest linux_guest;
    linux_guest.ask(bytes);
    BOOST_TEST(linux_guest.take() == "[version] ");
    bytes[std::string_view{"vmbackup.startWithOpts "}.size() + 3] = '\3';
    linux_guest.ask(bytes);
    BOOST_TEST(linux_guest.take() == "[version] ");
    bytes[std::string_view{"vmbackup.startWithOpts "}.size() + 3] = '\2';
    vmbackup_agent_options options;
    options.version_2 = true;
    guest other{options};
    other.ask(bytes);
    BOOST_TEST(other.take() == "reset [ok] +hook +a +b commit ");
}

// SP 45.12, 46.11, 47.1: whatever is done to a guest, in any order, each operation begins with
// reset and ends with one done, a success is one that was held to the end, and nothing stays held.
RC_BOOST_PROP(any_order_of_commands_time_and_faults_ends_with_nothing_held,
              (const std::vector<std::uint8_t>& bytes)) {
    guest one{{.timers = {.hold = 20min, .hold_max = 20min}}};
    const std::vector<std::string> names{"", "hook", "a", "b"};
    for (const std::uint8_t byte : bytes) {
        const std::string name = names[byte / 16U % names.size()];
        switch (byte % 12U) {
        case 0:
        case 1:
            one.ask("vmbackup.start 1");
            break;
        case 2:
        case 3:
            one.ask("vmbackup.snapshotDone");
            if (one.said.find("[ok] ") != std::string::npos) {
            }
            break;
        case 4:
            one.ask("vmbackup.abort");
            break;
        case 5:
            one.wait(std::chrono::seconds{byte});
            break;
        case 6:
            one.refuses = name;
            break;
        case 7:
            one.sticks = name;
            break;
        case 8:
            one.let_go = name;
            break;
        case 9:
            one.refused_event = static_cast<vmbackup::event>(byte / 16U % 11U);
            break;
        case 10:
            one.hang_up();
            one.agent.channel_opened(one.now);
            one.run();
            break;
        default:
            one.ask("nonsense");
            break;
        }
        const std::string said = one.take();
        RC_ASSERT(one.agent.phase() == guest_phase::idle || one.until != never);
        RC_ASSERT((one.agent.phase() == guest_phase::frozen) ==
                  (one.agent.session().phase() == agent_phase::frozen));
    }
    one.sticks.clear();
    one.let_go.clear();
    one.hang_up();
    for (int i = 0; i < 10; ++i) {
        one.wait(60s);
    }
    RC_ASSERT(one.agent.phase() == guest_phase::idle);
    RC_ASSERT(one.agent.session().held_filesystems() == 0U);
    RC_ASSERT(!one.history.running());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::endpoint
