// SPDX-License-Identifier: BSL-1.0
// SP 63: the life of a channel.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;
using namespace std::chrono_literals;

// catches: an agent that stays frozen for a host that is gone
void the_end_of_a_channel(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.freeze(host.new_txn());
    host.must_be_frozen("a Freeze freezes");
    host.hang_up();
    const duration took = host.wait_for_thaw(5s);
    host.must_be_thawed("when the channel ends everything is released");
    run.require(took < run.limit(5s), "at once, and not by the hold limit", "less than 5 s",
                fmt::format("{:.0f} ms", milliseconds(took)));
}

// catches: an agent that puts the pieces of two channels together
void a_new_channel(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::string bytes = framed(host.made(ping{}));
    host.send_bytes(bytes.substr(0, bytes.size() / 2), "half a Ping");
    host.hang_up();
    host.open();
    host.send_bytes(bytes.substr(bytes.size() / 2), "the other half, on a new channel");
    host.must_be_quiet("what had begun on the old channel is dropped");
    (void)host.begin();
    (void)host.must_pong("a mark and a Hello begin anew");
}

// catches: an agent whose session outlives its channel
void the_old_session(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.hang_up();
    host.open();
    host.send(host.made(ping{}));
    const native_said got = host.answer();
    run.require(got.refuses(nak_code::no_session), "a new channel has no session yet",
                "nak no_session", got.words());
}

// catches: an agent that makes the new orchestrator wait for the old one
void a_second_channel(run_context& run) {
    native_host old(run);
    (void)old.begin();
    (void)old.freeze(old.new_txn());
    native_host second(run);
    const hello_ack got = second.begin();
    run.require(!got.stuck, "the new channel is served", "an ordinary session", words_of(got));
    second.must_be_thawed("the former channel counts as lost");
    (void)second.must_pong("the new channel is served");
    old.must_close("a new channel ends the former");
}

// catches: an agent that talks without being asked
void idle_is_silent(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.must_be_quiet("an agent that is idle sends nothing by itself", 12s);
    (void)host.must_pong("and answers Ping");
}

// catches: an agent that relies on its transport
void silence(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const frozen_report frozen =
        host.freeze(host.new_txn(), 2s); // where no limit can be asked for the agent's own holds
    const auto limit =
        std::chrono::duration_cast<duration>(frozen.hold_deadline - frozen.held_since);
    const duration took = host.wait_for_thaw(limit + 3s);
    host.must_be_thawed("the hold limit ends a hold in which nobody says anything");
    run.require(took < run.limit(limit + 2s), "within the tolerance", "the limit and 1 s",
                fmt::format("{:.0f} ms", milliseconds(took)));
}

} // namespace

void native_63_channel(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs, duration bound = 30s) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = bound,
                    .run = run});
    };
    add(sec<63, 1>::value, 1, "when the channel ends everything is released", the_end_of_a_channel,
        {capability::freeze_target, capability::kernel_truth, capability::connection_oriented});
    add(sec<63, 2>::value, 1, "what had begun on the old channel is dropped", a_new_channel,
        {capability::reconnect, capability::connection_oriented});
    add(sec<63, 2>::value, 2, "a new channel has no session yet", the_old_session,
        {capability::reconnect, capability::connection_oriented});
    add(sec<63, 3>::value, 1, "a new channel ends the former", a_second_channel,
        {capability::freeze_target, capability::second_client});
    add(sec<63, 4>::value, 1, "an agent that is idle sends nothing by itself", idle_is_silent, {});
    add(sec<63, 5>::value, 1, "the hold limit ends a hold in silence", silence,
        {capability::freeze_target, capability::kernel_truth}, 90s);
}

} // namespace snapproto::conformance::clauses
