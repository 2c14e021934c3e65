// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_DIALECT_NATIVE_SUPPORT_HPP
#define SNAPPROTO_TESTS_UNIT_DIALECT_NATIVE_SUPPORT_HPP

// Arbitrary messages of the native dialect, and its items as a tree that tests can change.

#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include "tests/unit/codec/support.hpp"

#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::tests {

inline native::direction reader_of(const any_message& message) {
    return is_request(kind_of(message)) ? native::direction::requests : native::direction::reports;
}

inline std::string encoded(const any_message& message) {
    std::string out;
    codec::container_sink sink{out};
    native::encode(sink, message);
    return out;
}

/// The frame without a mark before it.
inline std::string frame_of(const any_message& message) {
    const std::string bytes = encoded(message);
    return bytes.substr(bytes.find_first_not_of('\xff'));
}

/// A frame around any bytes.
inline std::string framed(std::string_view body) {
    std::string out;
    for (unsigned shift = 32; shift != 0;) {
        shift -= 8;
        out += static_cast<char>(body.size() >> shift & 0xffU);
    }
    return out.append(body);
}

// ---- arbitrary messages -------------------------------------------------------------------------

/// Fills a field with something that can be sent.
struct arbitrary_value {
    bool operator()(const native::field&, auto& value, const native::bounds& max = {}) const {
        fill(value, max);
        return true;
    }

    static std::uint64_t number(std::uint64_t most) {
        const auto edge = rc::gen::element<std::uint64_t>(
            0, 1, 23, 24, 0xff, 0x100, 0xffff, 0x1'0000, 0xffff'ffff, 0x1'0000'0000,
            0x7fff'ffff'ffff'ffff, 0xffff'ffff'ffff'ffff);
        const std::uint64_t any = *rc::gen::oneOf(edge, rc::gen::arbitrary<std::uint64_t>());
        return most == std::numeric_limits<std::uint64_t>::max() ? any : any % (most + 1);
    }
    template <class T>
    static void fill_number(T& value) {
        value = static_cast<T>(number(std::numeric_limits<T>::max()));
    }

    static void fill(bool& value, const native::bounds&) { value = *rc::gen::arbitrary<bool>(); }
    static void fill(std::uint16_t& value, const native::bounds&) { fill_number(value); }
    static void fill(std::uint32_t& value, const native::bounds&) { fill_number(value); }
    static void fill(std::uint64_t& value, const native::bounds&) { fill_number(value); }
    template <class Tag, class Rep>
    static void fill(strong_id<Tag, Rep>& value, const native::bounds&) {
        fill_number(value.value);
    }
    template <vocabulary Enum>
    static void fill(Enum& value, const native::bounds&) {
        value = static_cast<Enum>(*rc::gen::inRange<std::size_t>(0, value_count<Enum>));
    }
    static void fill(capability& value, const native::bounds&) {
        value = static_cast<capability>(number(std::numeric_limits<std::uint32_t>::max()));
    }
    static void fill(duration& value, const native::bounds&) {
        value = duration{static_cast<duration::rep>(number(0x7fff'ffff'ffff'ffff))};
    }
    static void fill(instant& value, const native::bounds&) {
        const auto rep = static_cast<duration::rep>(number(0x7fff'ffff'ffff'ffff));
        value = instant{duration{*rc::gen::arbitrary<bool>() ? rep : -1 - rep}};
    }
    static void fill(std::string& value, const native::bounds& max) {
        using namespace std::string_literals;
        value.clear();
        const auto part = rc::gen::element("a"s, "/"s, "\0"s, "\n"s, "\x7f"s, "\u00fc"s, "\u20ac"s,
                                           "\U0001F600"s, "0123456789abcdef"s);
        for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(part)) {
            if (value.size() + piece.size() <= max.bytes) {
                value += piece;
            }
        }
    }
    static void fill(protocol_version& value, const native::bounds& max) {
        fill(value.major, max);
        fill(value.minor, max);
    }
    static void fill(participant_summary& value, const native::bounds& max) {
        fill(value.name, max);
        fill(value.kind, max);
    }
    template <class T>
    static void fill(std::vector<T>& value, const native::bounds& max) {
        value.resize(*rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(max.entries, 6) + 1));
        for (T& entry : value) {
            fill(entry, max);
        }
    }
    template <class T>
    static void fill(std::optional<T>& value, const native::bounds& max) {
        value.reset();
        if (*rc::gen::arbitrary<bool>()) {
            fill(value.emplace(), max);
        }
    }
};

/// The message of that kind with nothing in it.
inline any_message empty_message(message_kind kind) {
    std::array<any_message, value_count<message_kind>> all;
    native::detail::make_one_of_each(all, std::make_index_sequence<value_count<message_kind>>{});
    return all[static_cast<std::size_t>(kind)];
}

/// Any message of that kind that can be sent.
inline any_message arbitrary_message(message_kind kind) {
    any_message made = empty_message(kind);
    native::with_message(made, [](auto& m) {
        native::visit_header(m.header, arbitrary_value{});
        native::visit_fields(m, arbitrary_value{}, native::default_limits);
    });
    return made;
}

inline any_message arbitrary_message() {
    message_kind kind{};
    arbitrary_value::fill(kind, {});
    return arbitrary_message(kind);
}

// ---- reading ------------------------------------------------------------------------------------

/// What a decoder makes of bytes: a message as its own encoding, a failure as code and offset.
inline std::vector<std::string> read(native::decoder& decoder, std::string_view bytes,
                                     const std::vector<std::size_t>& pieces = {}) {
    return outcomes(decoder, bytes, pieces, [](native::decoder& from, const auto& outcome) {
        if (outcome.has_failure()) {
            RC_ASSERT(from.rejected().why == outcome.error());
            RC_ASSERT(!from.rejected().wanted.empty());
            return told(outcome.error());
        }
        return encoded(**outcome);
    });
}

inline std::vector<std::string> read(native::direction reads, std::string_view bytes,
                                     const std::vector<std::size_t>& pieces = {}) {
    native::decoder decoder{reads};
    return read(decoder, bytes, pieces);
}

/// What becomes of one body: "good", or code and offset.
inline std::string verdict_on(native::direction reads, std::string_view body) {
    const auto all = read(reads, framed(body));
    RC_ASSERT(all.size() == 1U);
    return all.front().find('@') != std::string::npos && all.front().front() != '\0' &&
                   all.front().front() != '\xff'
               ? all.front()
               : "good";
}

// ---- items as a tree ----------------------------------------------------------------------------

/// One item, written by a few lines that know nothing of the codec. A head is written with
/// `wider` steps more than it needs.
struct item {
    unsigned type = 0; ///< the major type
    std::uint64_t number = 0;
    std::string text{};
    std::vector<item> entries{}; ///< of a map: key, value, key, value
    unsigned wider = 0;

    [[nodiscard]] std::string bytes() const {
        const std::uint64_t argument = type == 3   ? text.size()
                                       : type == 4 ? entries.size()
                                       : type == 5 ? entries.size() / 2
                                                   : number;
        static constexpr std::uint64_t most[]{23, 0xff, 0xffff, 0xffff'ffff};
        unsigned step = 0;
        while (step < 4 && argument > most[step]) {
            ++step;
        }
        step = std::min(step + wider, 4U);
        std::string out;
        out += static_cast<char>(type << 5U | (step == 0 ? argument : 23 + step));
        for (unsigned left = step == 0 ? 0 : 1U << (step - 1); left != 0;) {
            --left;
            out += static_cast<char>(argument >> (8 * left) & 0xffU);
        }
        out += text;
        for (const item& entry : entries) {
            out += entry.bytes();
        }
        return out;
    }
};

inline item number_item(std::uint64_t value) {
    return {.number = value};
}
inline item text_item(std::string text) {
    return {.type = 3, .text = std::move(text)};
}

/// Reads a valid item.
inline item parse_item(std::string_view& from) {
    const auto byte = [&] {
        const auto first = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        return static_cast<unsigned>(first);
    };
    item made;
    const unsigned first = byte();
    made.type = first >> 5U;
    made.number = first & 31U;
    if (made.number > 23) {
        unsigned left = 1U << (made.number - 24);
        made.number = 0;
        for (; left != 0; --left) {
            made.number = made.number << 8U | byte();
        }
    }
    if (made.type == 3) {
        made.text = from.substr(0, made.number);
        from.remove_prefix(made.number);
    }
    for (std::uint64_t left = made.type == 4   ? made.number
                              : made.type == 5 ? 2 * made.number
                                               : 0;
         left != 0; --left) {
        made.entries.push_back(parse_item(from));
    }
    return made;
}

/// The body of a message as a tree.
inline item item_of(const any_message& message) {
    const std::string frame = frame_of(message);
    std::string_view body = std::string_view{frame}.substr(native::prefix_bytes);
    item made = parse_item(body);
    RC_ASSERT(body.empty());
    return made;
}

/// Calls `use(part)` with an item and all items in it.
template <class Use>
void for_each_item(item& whole, Use&& use) {
    use(whole);
    for (item& entry : whole.entries) {
        for_each_item(entry, use);
    }
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_DIALECT_NATIVE_SUPPORT_HPP
