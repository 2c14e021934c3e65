// SPDX-License-Identifier: BSL-1.0
#include "fuzz/seeds/seeds.hpp"

#include <snapproto/dialect/native/encode.hpp>

#include <array>
#include <string>
#include <vector>

namespace snapproto::fuzz {
namespace {

using namespace std::string_view_literals;

/// A message of each kind, and what brings a stream out of order.
void add_inputs(tree& to) {
    constexpr message_header head{{7}, {300}, {2}};
    const std::vector<std::string> mounts{"/", "/var/lib/\xc3\xa9"};
    const std::vector<any_message> messages{
        hello{head, {{1, 0}, {2, 300}}, native::capabilities},
        hello_ack{head,
                  native::version,
                  capability::completion,
                  std::chrono::seconds{60},
                  256,
                  true,
                  {70'000}},
        query{head},
        status_report{head, agent_phase::frozen, 3, instant{duration{-1}}, {4}, verdict::clean},
        ping{head, ~0ULL},
        pong{head, 99, agent_phase::idle},
        prepare_request{head,
                        {mounts},
                        quiesce_level::application,
                        backup_kind::copy,
                        true,
                        false,
                        std::chrono::seconds{10},
                        "nightly"},
        prepared_report{head, {{"postgres", participant_kind::writer}}},
        freeze_request{head, std::chrono::seconds{3}, {mounts}},
        frozen_report{head, 2, instant{}, instant{std::chrono::seconds{9}}},
        thaw_request{head, cut_outcome::failed},
        thawed_report{head, verdict::expired, std::chrono::milliseconds{900}, 2, {"one", "two"}},
        complete_request{head, copy_result::discarded},
        completed_report{head},
        abort_request{head, "no room"},
        aborted_report{head},
        recover_request{head, "pool/disk@7"},
        recovered_report{head},
        progress_report{head, agent_phase::freeze, 7},
        error_report{head, agent_phase::quiesce, verdict::veto, participant_index{2}, true},
        nak{head, nak_code::stale, agent_phase::idle}};
    std::array<std::string, 2> all{std::string("\0\7", 2), std::string("\1\7", 2)};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        std::string bytes;
        codec::container_sink sink{bytes};
        native::encode(sink, messages[i]);
        const std::size_t direction = is_request(kind_of(messages[i])) ? 0 : 1;
        to["corpus/native_codec/" + numbered(to_string(kind_of(messages[i])), i)] =
            std::string{static_cast<char>(direction), '\5'} + bytes;
        all[direction] += bytes;
    }
    const std::string mark(native::mark_bytes, '\xff');
    const std::string disorder =
        std::string(4, '\0') + std::string("\0\1\0\1 nonsense", 13) + mark + "{" + mark;
    for (std::size_t i = 0; i < all.size(); ++i) {
        to["corpus/native_codec/" + numbered("all", messages.size() + i)] =
            all[i] + disorder + all[i].substr(2);
    }
    // A message with keys that may be ignored, numbers and texts as keys in one of them.
    to["corpus/native_codec/" + numbered("extended", messages.size() + 2)] =
        std::string("\0\3\0\0\0\x1a\xa6\0\2\1\7\2\0\3\2\x18\x40\xf5\x19\3\xe8"
                    "\xa2\1\x82\x20\xf6\x61x\x63\xe2\x82\xac",
                    32);
}

void add_dictionary(tree& to) {
    std::string words{licence};
    for (const std::string_view bytes : {"\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv,
                                         "\0\0\0\x10"sv,
                                         "\0\1\0\0"sv,
                                         "\xa4\0\2\1\7\2\0\3\2"sv,
                                         "\x18\x40"sv,
                                         "\x19\1\0"sv,
                                         "\x1a\0\1\0\0"sv,
                                         "\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"sv,
                                         "\x20"sv,
                                         "\x61x"sv,
                                         "\x78\x18"sv,
                                         "\x80"sv,
                                         "\x82\1\0"sv,
                                         "\xa0"sv,
                                         "\xf4"sv,
                                         "\xf5"sv,
                                         "\xf6"sv,
                                         "\x9f"sv,
                                         "\x41x"sv,
                                         "\xc1"sv,
                                         "\xf9\x3c\0"sv}) {
        words += entry(bytes);
    }
    to["dictionaries/native_codec.dict"] = words;
}

} // namespace

void add_native(tree& to) {
    add_inputs(to);
    add_dictionary(to);
}

} // namespace snapproto::fuzz
