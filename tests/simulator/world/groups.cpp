// SPDX-License-Identifier: BSL-1.0
// Several guests, queues between them, and copies that belong together.
#include "simulator/world/message_queue.hpp"

#include "simulator/judge/contents.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/history.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace snapproto;
using judge::worth;

world::scenario machines(std::uint64_t count, bool group) {
    world::scenario made;
    made.title = "t";
    made.teaches = "x.";
    made.run_ms = 6000;
    made.guests = count;
    made.queue.enabled = true;
    made.host.start_ms = 3000;
    made.host.group = group;
    return made;
}

// A copy of a disk on which nothing but the file of the queue means anything.
world::copy with_queue(const world::queue_state& state) {
    world::environment whole{1};
    world::block_device disk{whole, {}, world::filesystem::disk_blocks(1)};
    world::filesystem files{whole, disk, {}};
    const std::array<world::block, 1> content{state.to_block()};
    files.create(world::file::queue, 1, content);
    files.mount();
    return {0, disk.content()};
}

judge::contents queue_between(const world::queue_state& sender,
                              const world::queue_state& receiver) {
    judge::contents found;
    found.is = worth::whole;
    judge::examine_queue(found, with_queue(sender), with_queue(receiver));
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_groups)

// From both copies: what was sent (queued) and taken off again (removed), and what was stored.
BOOST_AUTO_TEST_CASE(a_queue_is_whole_when_each_message_is_on_one_of_its_sides) {
    const auto worth_of = [](std::uint64_t queued, std::uint64_t removed, std::uint64_t stored) {
        return queue_between({queued, removed, 0}, {0, 0, stored}).is;
    };
    BOOST_TEST((worth_of(9, 5, 5) == worth::whole)); // four are still with the sender
    BOOST_TEST((worth_of(9, 5, 7) == worth::whole)); // two are on both sides
    BOOST_TEST((worth_of(9, 5, 9) == worth::whole));
    BOOST_TEST((worth_of(9, 5, 4) == worth::lost));
    BOOST_TEST((worth_of(9, 5, 10) == worth::torn));
    const auto lost = queue_between({9, 8, 0}, {0, 0, 5});
    BOOST_TEST(lost.evidence.at(0).starts_with("messages 6 to 8 are lost"));
    const auto twice = queue_between({9, 8, 0}, {0, 0, 12});
    BOOST_TEST(twice.evidence.at(0).starts_with("messages 10 to 12 will come twice"));
}

BOOST_AUTO_TEST_CASE(messages_arrive_once_and_in_order_even_when_a_guest_stands_still) {
    world::environment whole{1};
    world::environment places[2]{{whole, 0}, {whole, 1}};
    world::queue_options options;
    options.enabled = true;
    struct half {
        half(world::environment& where, const world::queue_options& options)
            : disk(where, {}, world::filesystem::disk_blocks(1)),
              files(where, disk, {}),
              queue(where, files, options) {}
        world::block_device disk;
        world::filesystem files;
        world::message_queue queue;
    };
    half sender{places[0], options};
    half receiver{places[1], options};
    sender.queue.send_to(receiver.queue);
    sender.queue.open();
    receiver.queue.open();
    for (int turn = 0; turn < 10; ++turn) {
        whole.run(whole.now() + kernel::second);
        if (turn == 3) {
            places[1].stand_still(true);
        } else if (turn == 5) {
            places[1].go_on();
        }
        const auto& from = sender.queue.state();
        const auto& to = receiver.queue.state();
        BOOST_TEST(from.removed <= to.stored);
        BOOST_TEST(to.stored <= from.queued);
    }
    BOOST_TEST(receiver.queue.state().stored > 300U);
    BOOST_TEST(receiver.queue.state().stored + 5 > sender.queue.state().queued);
}

BOOST_AUTO_TEST_CASE(copies_made_one_after_the_other_lose_messages_and_repeat_them) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        auto what = machines(2, false);
        what.seed = seed;
        const auto verdict = judge::judge(world::play(what));
        BOOST_TEST_REQUIRE(verdict.attempts.size() == 2U);
        BOOST_TEST((verdict.attempts[0].found.is == worth::lost)); // the first stored them later
        BOOST_TEST((verdict.attempts[1].found.is == worth::torn));
        BOOST_TEST(verdict.conversation.empty());
        BOOST_TEST(verdict.claims_are_true()); // each label is about one guest
    }
}

BOOST_AUTO_TEST_CASE(copies_of_a_group_belong_together_with_and_without_hooks) {
    for (const std::uint64_t count : {2U, 4U}) {
        for (const bool hook : {true, false}) {
            for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                auto what = machines(count, true);
                what.seed = seed;
                what.queue.quiesce = hook;
                const auto run = world::play(what);
                const auto verdict = judge::judge(run);
                BOOST_TEST(verdict.attempts.size() == count);
                BOOST_TEST((verdict.worst() == worth::whole));
                BOOST_TEST(verdict.held());
                const auto point = run.attempts.front().kept->at;
                BOOST_TEST(std::all_of(run.attempts.begin(), run.attempts.end(),
                                       [&](const auto& one) { return one.kept->at == point; }));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_diagram_has_a_lane_for_each_guest) {
    const auto text = report::mermaid(world::play(machines(2, false)));
    BOOST_TEST(text.find("    host-2->>guest-2: ") != std::string::npos);
    BOOST_TEST(text.find("    guest-2->>host-2: ") != std::string::npos);
    BOOST_TEST(text.find("    Note over guest-2: ") != std::string::npos);
    BOOST_TEST(text.find("    host->>guest: ") != std::string::npos);
}

// SP 12.13, 17.6: one guest that lets go spoils the group.
BOOST_AUTO_TEST_CASE(one_guest_that_fails_fails_the_group) {
    auto what = machines(3, true);
    world::fault veto;
    veto.when = "start";
    veto.what = "participant_vetoes";
    veto.guest = 2;
    what.faults.push_back(veto);
    what.run_ms = 20'000;
    const auto run = world::play(what);
    for (const auto& one : run.attempts) {
        BOOST_TEST((one.outcome == session_outcome::failed));
        BOOST_TEST(!one.kept);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(!run.of_guest(i).still_frozen);
    }
    BOOST_TEST(judge::judge(run).held());
}

BOOST_AUTO_TEST_SUITE_END()
