// SPDX-License-Identifier: BSL-1.0
// SP 16: input that is none, at any time and in any pieces.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;
using namespace std::chrono_literals;

/// Frames that are no messages, each for another reason.
std::vector<std::string> malformed(native_host& host) {
    const std::string right = body(host.made(ping{}));
    return {"nonsense",
            right + right,
            right.substr(0, right.size() - 1),
            list({number(1)}),
            map_of(host.made(ping{})).set(0, number(99)).bytes(),
            map_of(host.made(ping{})).set(4, text("99")).bytes(),
            std::string(5000, '\x81')};
}

// catches: an agent that a malformed message makes deaf, or changes
void while_idle(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::string& one : malformed(host)) {
        host.must_be_malformed(one, "a frame that holds no message",
                               "malformed input is answered with Nak Malformed");
    }
    host.must_be_in(agent_phase::idle, "and changes nothing");
}

// catches: an agent that thaws, or forgets that it should, because of nonsense
void while_frozen(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn);
    for (const std::string& one : malformed(host)) {
        host.must_be_malformed(one, "a frame that holds no message",
                               "malformed input is answered with Nak Malformed");
    }
    const status_report got = host.status();
    run.require(got.phase == agent_phase::frozen && got.hold_deadline == frozen.hold_deadline,
                "no input makes an agent forget a hold", "frozen, the same deadline",
                words_of(got));
    host.must_be_frozen("no input makes an agent thaw");
    host.finish(txn);
}

// catches: an agent for which it matters how its input was cut
void any_pieces(run_context& run) {
    native_host host(run);
    const auto answers_to = [&](std::uint64_t most) {
        (void)host.begin();
        std::string bytes;
        for (int i = 0; i < 3; ++i) {
            ping with;
            with.cookie = 1000 + static_cast<std::uint64_t>(i);
            bytes += framed(host.made(with)) + length(0) + frame("x");
        }
        while (!bytes.empty()) {
            const std::string piece = bytes.substr(0, 1 + run.below(most));
            host.send_bytes(piece, "");
            bytes.erase(0, piece.size());
        }
        std::string words;
        for (int i = 0; i < 9; ++i) {
            const native_said got = host.answer();
            words +=
                got.message ? fmt::format("{} ", to_string(kind_of(*got.message))) : got.words();
        }
        host.must_be_quiet("each message and each error has one answer");
        return words;
    };
    const std::string whole = answers_to(100'000);
    for (const std::uint64_t most : {1U, 3U, 7U, 20U}) {
        const std::string cut = answers_to(most);
        run.require(cut == whole, "the meaning of a stream does not depend on how it is cut", whole,
                    cut);
    }
}

// catches: an agent that some input keeps from its next session
void then_a_hello(run_context& run) {
    native_host host(run);
    (void)host.begin();
    (void)host.freeze(host.new_txn());
    std::string bytes;
    for (int i = 0; i < 20'000; ++i) {
        bytes += static_cast<char>(run.random()());
    }
    host.send_bytes(bytes, "twenty thousand bytes of noise");
    while (host.read(native_host::quiet).status == receive_status::data) {
    }
    (void)host.begin();
    host.must_be_thawed("after any input a fresh Hello succeeds");
    (void)host.must_pong("and the session is an ordinary one");
}

} // namespace

void native_16_safety(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = 60s,
                    .run = run});
    };
    using enum capability;
    add(sec<16, 1>::value, 1, "malformed input is refused, and changes nothing", while_idle);
    add(sec<16, 2>::value, 1, "malformed input does not touch a hold", while_frozen,
        {freeze_target});
    add(sec<16, 4>::value, 1, "a stream means the same in any pieces", any_pieces);
    add(sec<16, 6>::value, 1, "after any input a fresh Hello succeeds", then_a_hello,
        {freeze_target});
}

} // namespace snapproto::conformance::clauses
