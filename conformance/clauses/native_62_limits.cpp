// SPDX-License-Identifier: BSL-1.0
// SP 62: each limit one below, at, and one above; and that nothing beyond them is sent.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;

constexpr native::limits most{};
constexpr std::uint64_t ignored = native::optional_key_min;

/// A Ping of exactly so many bytes, filled up by texts that are ignored.
std::string ping_of(native_host& host, std::size_t bytes) {
    item_map map = map_of(host.made(ping{}));
    std::vector<std::string> texts;
    const auto size = [&] {
        map.set(ignored, list(texts));
        return map.bytes().size();
    };
    constexpr std::size_t text_bytes = 4000;
    constexpr std::size_t head_bytes = 3; // of a text of more than 255 bytes
    while (size() + 2 * text_bytes < bytes) {
        texts.push_back(text(std::string(text_bytes, 'x')));
    }
    texts.push_back(text(std::string(text_bytes / 2, 'x')));
    texts.push_back(text(std::string(bytes - size() - head_bytes, 'x')));
    (void)size();
    return map.bytes();
}

void must_pong_to(native_host& host, const std::string& body, std::string_view words,
                  std::string_view requirement) {
    const native_said got = host.must_be_read(body, words, requirement);
    host.context().require(got.as<pong>() != nullptr, requirement, "pong", got.words());
}

// catches: an agent whose frames are limited otherwise
void bytes_of_a_frame(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::size_t bytes : {most.frame_bytes_max - 1, most.frame_bytes_max}) {
        const std::string body = ping_of(host, bytes);
        run.require(body.size() == bytes, "the frame has the size that is tried",
                    std::to_string(bytes), std::to_string(body.size()));
        must_pong_to(host, body, fmt::format("a frame of {} bytes", bytes),
                     "a frame up to the limit is read");
    }
    host.must_be_malformed(ping_of(host, most.frame_bytes_max + 1), "a frame of one byte more",
                           "a frame beyond the limit is refused");
}

// catches: an agent that can be driven deep, or that counts from another level
void depth(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::size_t lists : {most.nesting_max - 2, most.nesting_max - 1}) {
        item_map map = map_of(host.made(ping{}));
        map.set(ignored, nested(lists)); // the message itself is one more
        must_pong_to(host, map.bytes(),
                     fmt::format("lists in each other, {} with the message", lists + 1),
                     "what is nested up to the limit is read");
    }
    for (const std::size_t lists : {most.nesting_max, std::size_t{1000}, std::size_t{60'000}}) {
        item_map map = map_of(host.made(ping{}));
        map.set(ignored, nested(lists));
        host.must_be_malformed(map.bytes(),
                               fmt::format("lists in each other, {} with the message", lists + 1),
                               "what is nested deeper is refused");
    }
}

// catches: an agent that reserves room for as many entries as are announced
void entries(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const auto with = [&](const std::string& value) {
        item_map map = map_of(host.made(ping{}));
        map.set(ignored, value);
        return map.bytes();
    };
    for (const std::size_t count : {most.participants_max - 1, most.participants_max}) {
        must_pong_to(host, with(list(std::vector<std::string>(count, number(0)))),
                     fmt::format("a list of {}", count), "a list up to the limit is read");
    }
    host.must_be_malformed(
        with(list(std::vector<std::string>(most.participants_max + 1, number(0)))),
        "a list of one more", "a list beyond the limit is refused");
    host.must_be_malformed(with(head(cbor_type::array, ~std::uint64_t{0})),
                           "a list that announces 2^64 - 1 entries",
                           "what is announced is refused before it is stored");
    host.must_be_malformed(with(head(cbor_type::map, ~std::uint64_t{0})),
                           "a map that announces 2^64 - 1 entries",
                           "what is announced is refused before it is stored");
}

// catches: an agent that reads any number of versions, or fewer than it has to
void versions(run_context& run) {
    native_host host(run);
    for (const std::size_t count : {most.versions_max - 1, most.versions_max}) {
        hello with;
        for (std::size_t i = 1; i < count; ++i) {
            with.versions.push_back({static_cast<std::uint16_t>(1000 + i), 0});
        }
        with.versions.push_back(native::version);
        const hello_ack got = host.greet(with);
        run.require(got.selected == native::version, "versions up to the limit are read", "1.0",
                    words_of(got));
    }
    hello more = host.made(hello{});
    more.versions.assign(most.versions_max + 1, native::version);
    host.must_be_malformed(body(more), "a Hello of one version more",
                           "versions beyond the limit are refused");
}

// catches: an agent whose texts are limited otherwise
void texts(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::size_t bytes : {most.text_bytes_max - 1, most.text_bytes_max}) {
        abort_request give_up;
        give_up.reason.assign(bytes, 'x');
        (void)host.must_answer<aborted_report>("a text up to the limit is read", txn_id{}, give_up);
    }
    item_map map = map_of(host.made(abort_request{}));
    map.set(4, text(std::string(most.text_bytes_max + 1, 'x')));
    host.must_be_malformed(map.bytes(), "a reason of one byte more",
                           "a text beyond the limit is refused");
}

// catches: an agent that cannot read the largest scope
void mounts(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::explicit_prepare);
    const auto scope_of = [&](std::size_t count) {
        prepare_request request = host.in(host.new_txn(), prepare_request{});
        request.scope.mounts.emplace();
        for (std::size_t i = 0; i < count; ++i) {
            request.scope.mounts->push_back(fmt::format("/no/such/mount/{}", i));
        }
        return request;
    };
    for (const std::size_t count : {most.participants_max - 1, most.participants_max}) {
        const prepare_request request = scope_of(count);
        const native_said got =
            host.must_be_read(body(request), fmt::format("a scope of {} mounts", count),
                              "mounts up to the limit are read", native_host::step_wait);
        if (got.as<prepared_report>() != nullptr) {
            (void)host.must_answer<aborted_report>("an Abort ends it", request.header.txn,
                                                   abort_request{}, native_host::step_wait);
        }
    }
    host.must_be_malformed(body(scope_of(most.participants_max + 1)), "a scope of one mount more",
                           "mounts beyond the limit are refused");
}

// catches: an agent that sends what nobody may read, or fails because it cannot
void long_names(run_context& run) {
    native_host host(run);
    auto& all = host.participants().list;
    const std::string unit = "d\xc3\xa9p\xc3\xb4t/"; // two bytes to some characters
    while (all.size() < most.participants_max) {
        std::string name;
        while (name.size() < 500 + all.size() % 7) {
            name += unit;
        }
        all.insert(all.begin(),
                   {.name = name + std::to_string(all.size()), .kind = participant_kind::writer});
    }
    (void)host.begin();
    const prepared_report got = host.prepare(host.new_txn()); // read with the limits
    run.require(got.participants.size() == most.participants_max,
                "as many participants as there are fit into an answer",
                std::to_string(most.participants_max), std::to_string(got.participants.size()));
    run.require(got.participants.front().name.starts_with(unit),
                "a name that is cut still begins as it did", unit,
                printable(got.participants.front().name, 40));
}

// catches: an agent that cannot answer because of a name
void bad_names(run_context& run) {
    native_host host(run);
    host.participants().list.insert(
        host.participants().list.begin(),
        {.name = "caf\xe9", .kind = participant_kind::writer}); // Latin-1
    (void)host.begin();
    const prepared_report got = host.prepare(host.new_txn());
    run.require(got.participants.front().name == "caf?",
                "bytes that are no UTF-8 are replaced by question marks", "caf?",
                printable(got.participants.front().name));
}

} // namespace

void native_62_limits(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .run = run});
    };
    add(sec<62, 1>::value, 1, "frames are read up to 65536 bytes", bytes_of_a_frame);
    add(sec<62, 1>::value, 2, "lists in each other are read up to 8", depth);
    add(sec<62, 1>::value, 3, "entries of a list are read up to 256", entries);
    add(sec<62, 1>::value, 4, "versions of a Hello are read up to 16", versions);
    add(sec<62, 1>::value, 5, "texts are read up to 4096 bytes", texts);
    add(sec<62, 1>::value, 6, "mounts of a scope are read up to 256", mounts);
    add(sec<62, 3>::value, 1, "the longest answer is within the limits", long_names);
    add(sec<62, 4>::value, 1, "a name that is no UTF-8 makes no answer fail", bad_names);
}

} // namespace snapproto::conformance::clauses
