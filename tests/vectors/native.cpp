// SPDX-License-Identifier: BSL-1.0
// Writes docs/vectors/native.json: bytes of the native dialect and what they mean, for implementers
// in other languages. With --check it says whether the file is what it would write.
//
// What a bad vector is refused for is stated here by hand; a decoder that says something else ends
// the program.
#include <snapproto/codec/json_writer.hpp>
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using namespace std::string_literals;
using native::direction;

// ---- bytes --------------------------------------------------------------------------------------

std::string hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += {digits[byte >> 4U], digits[byte & 15U]};
    }
    return out;
}

std::string bytes_of(std::string_view hex_digits) {
    const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    std::optional<int> high;
    for (const char c : hex_digits) {
        if (c == ' ') {
            continue;
        }
        if (high) {
            out += static_cast<char>(*high * 16 + value(c));
            high.reset();
        } else {
            high = value(c);
        }
    }
    return out;
}

std::string encoded(const any_message& message) {
    std::string out;
    codec::container_sink sink{out};
    native::encode(sink, message);
    return out;
}

std::string framed(std::string_view body) {
    std::string out;
    for (unsigned shift = 32; shift != 0;) {
        shift -= 8;
        out += static_cast<char>(body.size() >> shift & 0xffU);
    }
    return out.append(body);
}

// ---- a message as JSON --------------------------------------------------------------------------

std::string quoted(std::string_view text) {
    std::string out;
    codec::container_sink sink{out};
    codec::put_string(sink, text);
    return out;
}

/// Numbers that may be beyond what JSON readers keep exactly are texts.
struct json_value {
    static std::string of(bool value) { return value ? "true" : "false"; }
    static std::string of(std::uint16_t value) { return std::to_string(value); }
    static std::string of(std::uint32_t value) { return std::to_string(value); }
    static std::string of(std::uint64_t value) { return quoted(std::to_string(value)); }
    template <class Tag, class Rep>
    static std::string of(const strong_id<Tag, Rep>& value) {
        return of(value.value);
    }
    template <vocabulary Enum>
    static std::string of(Enum value) {
        return quoted(to_string(value));
    }
    static std::string of(capability value) { return of(static_cast<std::uint32_t>(value)); }
    static std::string of(duration value) { return quoted(std::to_string(value.count())); }
    static std::string of(instant value) { return of(value.time_since_epoch()); }
    static std::string of(const std::string& value) { return quoted(value); }
    static std::string of(const protocol_version& value) {
        return "[" + of(value.major) + ", " + of(value.minor) + "]";
    }
    static std::string of(const participant_summary& value) {
        return "[" + of(value.name) + ", " + of(value.kind) + "]";
    }
    template <class T>
    static std::string of(const std::vector<T>& list) {
        std::string out = "[";
        for (const T& entry : list) {
            out += (out.size() == 1 ? "" : ", ") + of(entry);
        }
        return out + "]";
    }
};

std::string json_of(const any_message& message) {
    std::string out = "{\"message\": " + quoted(to_string(kind_of(message)));
    const auto add = [&](const native::field& what, const auto& value, native::bounds = {}) {
        const auto write = [&](const auto& there) {
            out += ", " + quoted(what.name) + ": " + json_value::of(there);
        };
        if constexpr (native::detail::is_optional<std::remove_cvref_t<decltype(value)>>) {
            if (value) {
                write(*value);
            }
        } else {
            write(value);
        }
        return true;
    };
    native::with_message(message, [&](const auto& m) {
        native::visit_header(m.header, add);
        native::visit_fields(m, add, native::default_limits);
    });
    return out + "}";
}

// ---- the vectors --------------------------------------------------------------------------------

struct good_vector {
    std::string_view name;
    any_message message;
};

std::vector<good_vector> good_vectors() {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    constexpr message_header first{{7}, {}, {1}};
    constexpr message_header in_txn{{7}, {300}, {4}};
    constexpr message_header last{{most}, {most}, {most}};
    const auto ns = [](std::int64_t n) { return instant{duration{n}}; };
    return {
        {"opens a session", hello{first, {{1, 0}}, native::capabilities}},
        {"no version, no capability", hello{first, {}, capability::none}},
        {"the greatest version", hello{first, {{1, 0}, {65535, 65535}}, capability::completion}},
        {"agreed", hello_ack{first,
                             protocol_version{1, 0},
                             capability::implicit_prepare,
                             std::chrono::seconds{60},
                             256,
                             false,
                             {77}}},
        {"no version is common", hello_ack{first, std::nullopt, capability::none, {}, 0, true, {}}},
        {"asks for the state", query{first}},
        {"nothing runs", status_report{first, agent_phase::idle, 0, std::nullopt, {}, {}}},
        {"frozen",
         status_report{in_txn, agent_phase::frozen, 2, ns(123'456'789'012), {299}, verdict::clean}},
        {"is it alive", ping{first, 99}},
        {"the longest run of bytes 0xff", ping{last, most}},
        {"it is", pong{first, 99, agent_phase::stuck}},
        {"everything that can be frozen", prepare_request{in_txn,
                                                          {},
                                                          quiesce_level::application,
                                                          backup_kind::full,
                                                          false,
                                                          true,
                                                          duration{},
                                                          ""}},
        {"two mount points",
         prepare_request{in_txn,
                         {std::vector<std::string>{"/", "/mnt/\u00e9\u20ac\U0001F600"}},
                         quiesce_level::filesystem,
                         backup_kind::log,
                         true,
                         false,
                         std::chrono::seconds{10},
                         "nightly"}},
        {"no mount point", prepare_request{in_txn,
                                           {std::vector<std::string>{}},
                                           quiesce_level::filesystem,
                                           backup_kind::incremental,
                                           false,
                                           false,
                                           duration::max(),
                                           std::string(24, 'h')}},
        {"a manifest", prepared_report{in_txn,
                                       {{"freeze-hook", participant_kind::hook},
                                        {"postgres", participant_kind::writer},
                                        {"/", participant_kind::filesystem}}}},
        {"nothing takes part", prepared_report{in_txn, {}}},
        {"as prepared", freeze_request{in_txn, std::nullopt, {}}},
        {"three seconds at most", freeze_request{in_txn, std::chrono::seconds{3}, {}}},
        {"implicit prepare", freeze_request{in_txn, duration{}, {std::vector<std::string>{"/"}}}},
        {"held", frozen_report{in_txn, 2, ns(1'000'000'000), ns(11'000'000'000)}},
        {"instants before the epoch",
         frozen_report{in_txn, 1, ns(std::numeric_limits<std::int64_t>::min()), ns(-1)}},
        {"the cut lies in the hold", thaw_request{in_txn, cut_outcome::ok}},
        {"nobody knows", thaw_request{in_txn, cut_outcome::unknown}},
        {"clean", thawed_report{in_txn, verdict::clean, std::chrono::milliseconds{250}, 2, {}}},
        {"with warnings",
         thawed_report{in_txn, verdict::expired, std::chrono::seconds{10}, 2, {"one", "two"}}},
        {"the copy was kept", complete_request{in_txn, copy_result::kept}},
        {"they know", completed_report{in_txn}},
        {"whatever runs", abort_request{first, "the provider has no room"}},
        {"undone", aborted_report{in_txn}},
        {"repair this copy", recover_request{in_txn, "pool/disk@7"}},
        {"repaired", recovered_report{in_txn}},
        {"still at it", progress_report{in_txn, agent_phase::freeze, 3}},
        {"a participant refused",
         error_report{in_txn, agent_phase::quiesce, verdict::veto, participant_index{2}, true}},
        {"nobody in particular",
         error_report{in_txn, agent_phase::await, verdict::expired, std::nullopt, false}},
        {"not now", nak{in_txn, nak_code::busy, agent_phase::resume}},
        {"no sense", nak{first, nak_code::malformed, agent_phase::idle}},
    };
}

/// Bytes that are read although this version does not write them.
struct tolerated_vector {
    std::string_view name;
    std::string bytes;
    any_message message;
};

std::vector<tolerated_vector> tolerated_vectors() {
    const query asked{{{7}, {}, {2}}};
    return {
        {"an unknown key from 64 on", framed(bytes_of("a5 0002 0107 0200 0302 184005")), asked},
        {"a map under an unknown key",
         framed(bytes_of("a5 0002 0107 0200 0302 1903e8 a2 0180 6178f6")), asked},
        {"a mark before a message", bytes_of("ffffffffffffffffff") + encoded(asked), asked},
        {"a longer mark", bytes_of("ffffffffffffffffffffffffff") + encoded(asked), asked},
    };
}

struct bad_vector {
    std::string_view name;
    direction reads;
    std::string bytes;
    error code;
    std::size_t offset; ///< From the first byte of the length.
    std::string_view clause;
};

std::vector<bad_vector> bad_vectors() {
    constexpr auto agent = direction::requests;
    constexpr auto host = direction::reports;
    const auto body = [](std::string_view digits) { return framed(bytes_of(digits)); };
    return {
        {"a length of 0", agent, bytes_of("00000000"), error::bad_number, 0, "60.5"},
        {"a length beyond the limit", agent, bytes_of("00010001"), error::too_long, 0, "60.5"},
        {"no length", agent, bytes_of("01"), error::bad_syntax, 0, "60.5"},
        {"text instead of frames", agent, "{\"execute\": \"guest-ping\"}\n", error::bad_syntax, 0,
         "60.5"},
        {"half a frame and a mark", agent, bytes_of("00000020 a4 ffffffffffffffffff"),
         error::interrupted, 0, "60.9"},
        {"a list", agent, body("84 02 07 00 02"), error::not_an_object, 4, "61.1"},
        {"an empty map", agent, body("a0"), error::missing_member, 5, "61.5"},
        {"a text as key", agent, body("a1 6130 02"), error::bad_syntax, 5, "61.1"},
        {"a negative key", agent, body("a1 20 02"), error::bad_syntax, 5, "61.1"},
        {"a number longer than it needs", agent, body("a4 001802 0107 0200 0302"),
         error::bad_number, 6, "61.2"},
        {"a key longer than it needs", agent, body("a4 180002 0107 0200 0302"), error::bad_number,
         5, "61.2"},
        {"a map longer than it needs", agent, body("b804 0002 0107 0200 0302"), error::bad_number,
         4, "61.2"},
        {"a map without a length", agent, body("bf 0002 0107 0200 0302 ff"), error::bad_syntax, 4,
         "61.2"},
        {"a text without a length", agent, body("a5 000e 0107 0200 0302 04 7f 6161 ff"),
         error::bad_syntax, 14, "61.2"},
        {"keys out of order", agent, body("a4 0002 0107 0302 0200"), error::missing_member, 9,
         "61.5"},
        {"keys out of order at the end", agent, body("a5 0002 0107 0200 0302 0205"),
         error::bad_syntax, 13, "61.2"},
        {"a key twice", agent, body("a5 0002 0107 0200 0302 0302"), error::duplicate_member, 13,
         "61.2"},
        {"keys out of order in a value that is ignored", agent,
         body("a5 0002 0107 0200 0302 1840 a2 0205 0105"), error::bad_syntax, 18, "61.2"},
        {"a byte string", agent, body("a5 000e 0107 0200 0302 04 43616263"), error::bad_syntax, 14,
         "61.3"},
        {"a byte string in a value that is ignored", agent,
         body("a5 0002 0107 0200 0302 1840 4161"), error::bad_syntax, 15, "61.3"},
        {"a tag", agent, body("a4 00c102 0107 0200 0302"), error::bad_syntax, 6, "61.3"},
        {"a floating point number", agent, body("a5 0004 0107 0200 0302 04 f93c00"),
         error::bad_syntax, 14, "61.3"},
        {"undefined", agent, body("a5 0002 0107 0200 0302 1840 f7"), error::bad_syntax, 15, "61.3"},
        {"a text that is no UTF-8", agent, body("a5 000e 0107 0200 0302 04 62c328"),
         error::bad_text, 15, "61.3"},
        {"a surrogate", agent, body("a5 000e 0107 0200 0302 04 63eda080"), error::bad_text, 15,
         "61.3"},
        {"bytes behind the map", agent, body("a4 0002 0107 0200 0302 00"), error::bad_syntax, 13,
         "61.4"},
        {"two messages in one frame", agent, body("a4 0002 0107 0200 0302 a4 0002 0107 0200 0303"),
         error::bad_syntax, 13, "61.4"},
        {"an item that is longer than its frame", agent, body("a5 000e 0107 0200 0302 04 656162"),
         error::bad_syntax, 17, "61.4"},
        {"no session", agent, body("a3 0002 0200 0302"), error::missing_member, 7, "61.5"},
        {"no cookie", agent, body("a4 0004 0107 0200 0302"), error::missing_member, 13, "61.5"},
        {"a text for a number", agent, body("a5 0004 0107 0200 0302 04 6139"), error::wrong_type,
         14, "61.5"},
        {"null for a number", agent, body("a5 0004 0107 0200 0302 04 f6"), error::wrong_type, 14,
         "61.5"},
        {"a number for a truth", host,
         body("aa 0001 0107 0200 0301 0500 0600 0700 0801 0900 1840f5"), error::wrong_type, 20,
         "61.5"},
        {"a version of one number", agent, body("a6 0000 0107 0200 0301 04 81 8101 0500"),
         error::wrong_type, 15, "61.12"},
        {"an unknown key below 64", agent, body("a5 0002 0107 0200 0302 183f05"),
         error::unexpected_member, 13, "61.6"},
        {"a field of another message", agent, body("a5 0002 0107 0200 0302 0463"),
         error::unexpected_member, 13, "61.6"},
        {"an unknown message", agent, body("a4 0015 0107 0200 0302"), error::unknown_message, 6,
         "61.7"},
        {"a report to an agent", agent, body("a4 000d 0107 0200 0302"), error::unknown_message, 6,
         "61.8"},
        {"a request to an orchestrator", host, body("a4 0002 0107 0200 0302"),
         error::unknown_message, 6, "61.8"},
        {"a number without a word", agent, body("a5 000a 0107 0200 0302 0403"), error::bad_number,
         14, "61.9"},
        {"a number beyond its type", host,
         body("a7 0009 0107 0200 0302 04 1b0000000100000000 0500 0600"), error::bad_number, 14,
         "61.10"},
        {"a negative number", agent, body("a4 0002 0120 0200 0302"), error::bad_number, 8, "61.10"},
        {"a negative duration", agent, body("a5 0008 0107 0200 0302 0520"), error::bad_number, 14,
         "61.11"},
        {"a duration of 2^63", agent, body("a5 0008 0107 0200 0302 05 1b8000000000000000"),
         error::bad_number, 14, "61.11"},
        {"seventeen versions", agent,
         body("a6 0000 0107 0200 0301 04 91 " +
              [] {
                  std::string all;
                  for (int i = 0; i < 17; ++i) {
                      all += "820100";
                  }
                  return all;
              }() +
              "0500"),
         error::too_many, 14, "62.1"},
        {"a name of 129 bytes", host,
         body("a5 0007 0107 0200 0302 04 81 82 7881 " + hex(std::string(129, 'n')) + " 00"),
         error::too_long, 16, "62.1"},
        {"lists nine deep", agent, body("a5 0002 0107 0200 0302 1840 8181818181818180"),
         error::too_deep, 22, "62.1"},
    };
}

// ---- the file -----------------------------------------------------------------------------------

std::string_view reader(direction reads) {
    return reads == direction::requests ? "agent" : "orchestrator";
}

direction reader_of(const any_message& message) {
    return is_request(kind_of(message)) ? direction::requests : direction::reports;
}

/// What a decoder says first.
std::string first_answer(direction reads, std::string_view bytes) {
    native::decoder decoder{reads};
    byte_view left = as_bytes(bytes);
    while (!left.empty()) {
        left = left.subspan(decoder.feed(left));
        const auto got = decoder.next();
        if (got.has_value()) {
            return json_of(**got);
        }
        if (got.has_failure()) {
            return std::string{to_string(got.error().code)} + " at " +
                   std::to_string(got.error().offset);
        }
    }
    return "nothing";
}

bool expect(std::string_view name, direction reads, std::string_view bytes,
            std::string_view expected) {
    const std::string got = first_answer(reads, bytes);
    if (got != expected) {
        std::cerr << name << ": the decoder says\n  " << got << "\nand not\n  " << expected << "\n";
    }
    return got == expected;
}

/// @return nothing when the decoder does not agree.
std::optional<std::string> document() {
    bool agreed = true;
    std::string out = "{\n  \"dialect\": \"native\",\n  \"version\": [1, 0],\n  \"good\": [";
    std::string gap = "\n";
    const auto add_good = [&](std::string_view name, std::string_view bytes,
                              const any_message& message) {
        const std::string json = json_of(message);
        agreed = expect(name, reader_of(message), bytes, json) && agreed;
        out += gap + "    {\"name\": " + quoted(name) +
               ", \"to\": " + quoted(reader(reader_of(message))) + ",\n     \"bytes\": \"" +
               hex(bytes) + "\",\n     \"message\": " + json + "}";
        gap = ",\n";
    };
    for (const good_vector& one : good_vectors()) {
        add_good(one.name, encoded(one.message), one.message);
    }
    out += "\n  ],\n  \"tolerated\": [";
    gap = "\n";
    for (const tolerated_vector& one : tolerated_vectors()) {
        add_good(one.name, one.bytes, one.message);
    }
    out += "\n  ],\n  \"bad\": [";
    gap = "\n";
    for (const bad_vector& one : bad_vectors()) {
        const std::string expected =
            std::string{to_string(one.code)} + " at " + std::to_string(one.offset);
        agreed = expect(one.name, one.reads, one.bytes, expected) && agreed;
        out += gap + "    {\"name\": " + quoted(one.name) +
               ", \"to\": " + quoted(reader(one.reads)) + ",\n     \"bytes\": \"" + hex(one.bytes) +
               "\",\n     \"error\": " + quoted(to_string(one.code)) +
               ", \"offset\": " + std::to_string(one.offset) + ", \"clause\": \"SP " +
               std::string{one.clause} + "\"}";
        gap = ",\n";
    }
    out += "\n  ]\n}\n";
    return agreed ? std::optional{out} : std::nullopt;
}

} // namespace

int main(int count, char** words) {
    const bool check = count == 3 && std::string_view{words[1]} == "--check";
    if (!check && (count != 2 || words[1][0] == '-')) {
        std::cerr << "usage: native_vectors [--check] FILE\n";
        return 2;
    }
    const auto made = document();
    if (!made) {
        return 1;
    }
    if (!check) {
        std::ofstream{words[1], std::ios::binary} << *made;
        return 0;
    }
    std::ifstream in{words[2], std::ios::binary};
    const std::string there{std::istreambuf_iterator<char>{in}, {}};
    if (there != *made) {
        std::cerr << words[2] << " is not what native_vectors writes\n";
        return 1;
    }
    return 0;
}
