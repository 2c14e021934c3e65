// SPDX-License-Identifier: BSL-1.0
// SP 61: the fields of messages, which of them must be there, and what they may be.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;

constexpr std::uint64_t max_duration = std::numeric_limits<std::int64_t>::max();

/// Every request that is refused for its fields before it is looked at for its state.
std::vector<any_message> requests(native_host& host) {
    const txn_id txn = host.new_txn();
    thaw_request thaw;
    complete_request complete;
    prepare_request prepare;
    return {host.made(query{}),
            host.made(ping{}),
            host.in(txn, prepare),
            host.in(txn, freeze_request{}),
            host.in(txn, thaw),
            host.in(txn, complete),
            host.in(txn, abort_request{}),
            host.in(txn, recover_request{})};
}

/// A field with its value, and what is wrong about it.
struct wrong_field {
    any_message of;
    std::uint64_t key = 0;
    std::string bytes;
    std::string_view words;
};

void must_refuse_all(native_host& host, const std::vector<wrong_field>& all,
                     std::string_view requirement) {
    for (const wrong_field& one : all) {
        item_map map = map_of(one.of);
        map.set(one.key, one.bytes);
        host.must_be_malformed(
            map.bytes(),
            fmt::format("{} with {} in key {}", to_string(kind_of(one.of)), one.words, one.key),
            requirement);
    }
}

// catches: an agent that fills in what is missing
void missing(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const any_message& one : requests(host)) {
        const item_map whole = map_of(one);
        for (std::size_t i = 1; i < whole.entries.size(); ++i) {
            item_map map = whole;
            map.entries.erase(map.entries.begin() + static_cast<std::ptrdiff_t>(i));
            host.must_be_malformed(
                map.bytes(), fmt::format("{} without its entry {}", to_string(kind_of(one)), i),
                "a message without one of its fields is refused");
        }
    }
}

// catches: an agent that converts
void other_type(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const prepare_request prepare = host.in(host.new_txn(), prepare_request{});
    const std::string truth(1, '\xf5');
    const std::string nothing(1, '\xf6');
    must_refuse_all(host,
                    {{host.made(ping{}), 4, text("99"), "a text"},
                     {host.made(ping{}), 4, negative(0), "-1"},
                     {host.made(ping{}), 4, nothing, "null"},
                     {host.made(query{}), 1, text("7"), "a text"},
                     {host.made(query{}), 2, nothing, "null"},
                     {prepare, 4, text("/srv"), "a text"},
                     {prepare, 4, list({number(1)}), "a list of numbers"},
                     {prepare, 4, nothing, "null"},
                     {prepare, 7, number(1), "1"},
                     {prepare, 8, text("true"), "a text"},
                     {prepare, 10, nothing, "null"},
                     {host.made(abort_request{}), 4, truth, "true"},
                     {host.in(host.new_txn(), thaw_request{}), 4, text("ok"), "a text"}},
                    "a field has a value of its type");
}

// catches: an agent that does not know how to ignore
void ignored_keys(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::uint64_t key :
         {std::uint64_t{64}, std::uint64_t{65}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
        item_map map = map_of(host.made(ping{}));
        map.set(key, list({text("a"), negative(3), head(cbor_type::map, 0), "\xf4", "\xf6"}));
        const native_said got =
            host.must_be_read(map.bytes(), fmt::format("a Ping with key {}", key),
                              "an unknown key from 64 on is ignored with its value");
        run.require(got.as<pong>() != nullptr, "the message is taken as it is without it", "pong",
                    got.words());
    }
}

// catches: an agent that passes over what it must understand
void low_keys(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::uint64_t key : {std::uint64_t{5}, std::uint64_t{24}, std::uint64_t{63}}) {
        item_map map = map_of(host.made(ping{}));
        map.set(key, number(0));
        host.must_be_malformed(map.bytes(), fmt::format("a Ping with key {}", key),
                               "an unknown key below 64 is refused");
    }
}

// catches: an agent that takes unknown messages for its own reasons
void unknown_kind(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::uint64_t kind : {std::uint64_t{21}, std::uint64_t{255}, ~std::uint64_t{0}}) {
        item_map map = map_of(host.made(query{}));
        map.set(0, number(kind));
        host.must_be_malformed(map.bytes(), fmt::format("message {}", kind),
                               "an unknown message is refused");
    }
    item_map map = map_of(host.made(query{}));
    map.erase(0);
    host.must_be_malformed(map.bytes(), "a message without key 0", "key 0 says which message");
}

// catches: an agent that answers what only agents say
void wrong_direction(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const any_message& one :
         {any_message{host.made(pong{})}, any_message{host.made(status_report{})},
          any_message{host.made(prepared_report{})}, any_message{host.made(frozen_report{})},
          any_message{host.made(thawed_report{})}, any_message{host.made(completed_report{})},
          any_message{host.made(aborted_report{})}, any_message{host.made(recovered_report{})},
          any_message{host.made(progress_report{})}, any_message{host.made(error_report{})},
          any_message{host.made(nak{})}, any_message{host.made(hello_ack{})}}) {
        host.must_be_malformed(body(one), words_of(one),
                               "a message that only agents send is refused");
    }
}

// catches: an agent that takes a number without a word for the nearest word
void no_word(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const prepare_request prepare = host.in(txn, prepare_request{});
    must_refuse_all(host,
                    {{host.in(txn, thaw_request{}), 4, number(3), "outcome 3"},
                     {host.in(txn, complete_request{}), 4, number(3), "result 3"},
                     {prepare, 5, number(2), "level 2"},
                     {prepare, 6, number(4), "kind 4"},
                     {prepare, 6, number(256), "kind 256"}},
                    "a number without a word is refused");
}

// catches: an agent that grants what it does not know
void unknown_capabilities(run_context& run) {
    native_host host(run);
    hello with;
    with.versions = {native::version};
    with.wanted = static_cast<feature>(0xffff'ffffU);
    const hello_ack got = host.greet(with);
    const auto granted = static_cast<std::uint32_t>(got.granted);
    run.require((granted & ~static_cast<std::uint32_t>(native::capabilities)) == 0,
                "capabilities that version 1.0 does not know are not granted", "bits 0 to 6 only",
                fmt::format("0x{:x}", granted));
}

// catches: an agent that wraps numbers, or cuts them
void beyond_the_type(run_context& run) {
    native_host host(run);
    (void)host.begin();
    hello again;
    again.versions = {native::version};
    const hello first = host.made(again);
    const txn_id txn = host.new_txn();
    const std::string wide = number(65'536 + 1);
    must_refuse_all(
        host,
        {{first, 4, list({list({wide, number(0)})}), "version 65537.0"},
         {first, 4, list({list({number(1), wide})}), "version 1.65537"},
         {first, 5, number(std::uint64_t{1} << 32U), "bit 32 of capabilities"},
         {host.in(txn, freeze_request{}), 5, negative(0), "a limit of -1 ns"},
         {host.in(txn, freeze_request{}), 5, number(max_duration + 1), "a limit of 2^63 ns"},
         {host.in(txn, prepare_request{}), 9, number(~std::uint64_t{0}), "a limit of 2^64 - 1 ns"}},
        "a number beyond its type is refused");
}

// catches: an agent for which the largest duration is none
void the_largest_duration(run_context& run) {
    native_host host(run);
    const hello_ack ack = host.begin();
    host.require_granted(feature::explicit_prepare);
    prepare_request request = host.preparation();
    request.hold_limit = snapproto::duration{static_cast<std::int64_t>(max_duration)};
    const txn_id txn = host.new_txn();
    (void)host.must_answer<prepared_report>("the largest duration is read, and cut down", txn,
                                            request, native_host::step_wait);
    const frozen_report got = host.must_answer<frozen_report>(
        "the Freeze is answered", txn, freeze_request{}, native_host::step_wait);
    run.require(got.hold_deadline > got.held_since &&
                    got.hold_deadline - got.held_since <= ack.hold_max,
                "durations are from 0 on, and the deadline is within what was announced",
                "within hold_max", words_of(got));
    host.finish(txn);
}

// catches: an agent that leaves out, adds or confuses fields in any answer of an ordinary snapshot
void an_ordinary_snapshot(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.must_pong("a Ping is answered by Pong");
    const frozen_report frozen = host.freeze(txn);
    const status_report status = host.status();
    run.require(status.phase == agent_phase::frozen, "Status has the phase", "frozen",
                to_string(status.phase));
    run.require(frozen.held > 0, "Frozen has the count", "more than 0",
                std::to_string(frozen.held));
    host.finish(txn);
    const status_report after = host.status();
    run.require(after.last_txn == txn && after.last_verdict == verdict::clean,
                "Status has the last transaction and its verdict", "the one that is over, clean",
                words_of(after));
    host.must_be_quiet("nothing else is sent");
}

// catches: an agent that wants another version than this
void version_one(run_context& run) {
    native_host host(run);
    const hello_ack got = host.begin();
    run.require(got.selected == native::version, "version 1.0 is spoken", "1.0", words_of(got));
}

} // namespace

void native_61_fields(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .run = run});
    };
    add(sec<61, 5>::value, 1, "a message without one of its fields is refused", missing);
    add(sec<61, 5>::value, 2, "a field of another type is refused", other_type);
    add(sec<61, 6>::value, 1, "an unknown key from 64 on is ignored", ignored_keys);
    add(sec<61, 6>::value, 2, "an unknown key below 64 is refused", low_keys);
    add(sec<61, 7>::value, 1, "an unknown message is refused", unknown_kind);
    add(sec<61, 8>::value, 1, "what only agents send is refused", wrong_direction);
    add(sec<61, 9>::value, 1, "a number without a word is refused", no_word);
    add(sec<61, 9>::value, 2, "capabilities that are unknown are not granted",
        unknown_capabilities);
    add(sec<61, 10>::value, 1, "numbers beyond their type are refused", beyond_the_type);
    add(sec<61, 11>::value, 1, "the largest duration is read, and cut down", the_largest_duration,
        {capability::freeze_target});
    add(sec<61, 12>::value, 1, "the answers of an ordinary snapshot have their fields",
        an_ordinary_snapshot, {capability::freeze_target});
    add(sec<61, 13>::value, 1, "version 1.0 is spoken", version_one);
}

} // namespace snapproto::conformance::clauses
