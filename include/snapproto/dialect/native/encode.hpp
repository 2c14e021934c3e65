// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_NATIVE_ENCODE_HPP
#define SNAPPROTO_DIALECT_NATIVE_ENCODE_HPP

// Messages to bytes: one frame each, one encoding for each message, nothing allocated but what the
// sink allocates itself.

#include <snapproto/codec/cbor.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/native/fields.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::native {

namespace detail {

/// How each type of field is written.
template <codec::byte_sink Sink>
struct value_writer {
    Sink& sink;

    void put(bool value) { codec::put_cbor_bool(sink, value); }
    void put(std::uint16_t value) { codec::put_unsigned(sink, value); }
    void put(std::uint32_t value) { codec::put_unsigned(sink, value); }
    void put(std::uint64_t value) { codec::put_unsigned(sink, value); }
    template <class Tag, class Rep>
    void put(const strong_id<Tag, Rep>& id) {
        codec::put_unsigned(sink, id.value);
    }
    template <vocabulary Enum>
    void put(Enum value) {
        codec::put_unsigned(sink, static_cast<std::uint64_t>(value));
    }
    void put(capability bits) { codec::put_unsigned(sink, static_cast<std::uint32_t>(bits)); }
    void put(duration span) { codec::put_signed(sink, span.count()); }
    void put(instant at) { codec::put_signed(sink, at.time_since_epoch().count()); }
    void put(const std::string& text) { codec::put_cbor_text(sink, text); }
    void put(const protocol_version& value) {
        codec::put_head(sink, codec::cbor_type::array, 2);
        put(value.major);
        put(value.minor);
    }
    void put(const participant_summary& value) {
        codec::put_head(sink, codec::cbor_type::array, 2);
        put(value.name);
        put(value.kind);
    }
    template <class T>
    void put(const std::vector<T>& list) {
        codec::put_head(sink, codec::cbor_type::array, list.size());
        for (const T& entry : list) {
            put(entry);
        }
    }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// The message without its frame.
template <codec::byte_sink Sink, class Message>
void put_body(Sink& sink, const Message& message, message_kind kind) {
    std::uint64_t entries = 1;
    const auto count = [&](field, const auto& value, bounds = {}) {
        if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
            entries += value.has_value() ? 1U : 0U;
        } else {
            ++entries;
        }
        return true;
    };
    visit_header(message.header, count);
    visit_fields(message, count, default_limits);

    codec::put_head(sink, codec::cbor_type::map, entries);
    codec::put_unsigned(sink, key_kind);
    codec::put_unsigned(sink, static_cast<std::uint64_t>(kind));
    value_writer<Sink> writer{sink};
    const auto write = [&](const field& what, const auto& value, bounds = {}) {
        if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
            if (value) {
                codec::put_unsigned(sink, what.key);
                writer.put(*value);
            }
        } else {
            codec::put_unsigned(sink, what.key);
            writer.put(value);
        }
        return true;
    };
    visit_header(message.header, write);
    visit_fields(message, write, default_limits);
}

/// What of a value a reader would refuse.
struct value_checker {
    bounds max;

    [[nodiscard]] std::optional<error> check(duration span) const {
        return span < duration{} ? std::optional{error::bad_number} : std::nullopt;
    }
    template <vocabulary Enum>
    [[nodiscard]] std::optional<error> check(Enum value) const {
        return to_string(value).empty() ? std::optional{error::bad_number} : std::nullopt;
    }
    [[nodiscard]] std::optional<error> check(const std::string& text) const {
        return text.size() > max.bytes                   ? std::optional{error::too_long}
               : codec::utf8_prefix(text) != text.size() ? std::optional{error::bad_text}
                                                         : std::nullopt;
    }
    [[nodiscard]] std::optional<error> check(const participant_summary& entry) const {
        const auto wrong = check(entry.name);
        return wrong ? wrong : check(entry.kind);
    }
    template <class T>
    [[nodiscard]] std::optional<error> check(const std::vector<T>& list) const {
        if (list.size() > max.entries) {
            return error::too_many;
        }
        for (const T& entry : list) {
            if (const auto wrong = check(entry)) {
                return wrong;
            }
        }
        return std::nullopt;
    }
    template <class T>
    [[nodiscard]] std::optional<error> check(const std::optional<T>& value) const {
        return value ? check(*value) : std::nullopt;
    }
    template <class T>
        requires(!vocabulary<T>)
    [[nodiscard]] std::optional<error> check(const T&) const {
        return std::nullopt; // every value can be written
    }
};

} // namespace detail

/// Bytes of a message without its length.
[[nodiscard]] inline std::size_t body_size(const any_message& message) {
    codec::counting_sink sink;
    with_message(message, [&](const auto& m) { detail::put_body(sink, m, kind_of(message)); });
    return sink.size();
}

/// Why a message cannot be sent, if it cannot: a reader would refuse it.
///
/// Errors: too_long, too_many, bad_text, bad_number (a negative duration, a number that is no
/// value of its enumeration). The offset is 0.
[[nodiscard]] inline std::optional<failure> unsendable(const any_message& message,
                                                       const limits& max = default_limits) {
    std::optional<error> wrong;
    const auto look = [&](field, const auto& value, bounds most = {}) {
        wrong = detail::value_checker{most}.check(value);
        return !wrong;
    };
    with_message(message, [&](const auto& m) { visit_fields(m, look, max); });
    if (!wrong && body_size(message) > max.frame_bytes_max) {
        wrong = error::too_long;
    }
    return wrong ? std::optional{fail(*wrong)} : std::nullopt;
}

/// Writes what ends whatever was sent before (SP 60.6).
template <codec::byte_sink Sink>
void encode_mark(Sink& sink) {
    for (std::size_t i = 0; i < mark_bytes; ++i) {
        codec::put(sink, "\xff");
    }
}

/// Writes a message as one frame; Hello and HelloAck come behind a mark (SP 60.8).
/// @pre !unsendable(message)
template <codec::byte_sink Sink>
void encode(Sink& sink, const any_message& message) {
    const message_kind kind = kind_of(message);
    if (kind == message_kind::hello || kind == message_kind::hello_ack) {
        encode_mark(sink);
    }
    const std::size_t size = body_size(message);
    const char prefix[prefix_bytes]{
        static_cast<char>(size >> 24U & 0xffU), static_cast<char>(size >> 16U & 0xffU),
        static_cast<char>(size >> 8U & 0xffU), static_cast<char>(size & 0xffU)};
    sink.append(prefix, sizeof prefix);
    with_message(message, [&](const auto& m) { detail::put_body(sink, m, kind); });
}

/// Writes a message into a buffer.
/// @return the bytes used.
/// Errors: too_long when the buffer is too small; the offset is the size that is needed.
[[nodiscard]] inline result<std::size_t> encode_into(std::span<char> buffer,
                                                     const any_message& message) {
    codec::span_sink sink{buffer};
    encode(sink, message);
    if (!sink.complete()) {
        return fail(error::too_long, sink.wanted());
    }
    return sink.size();
}

/// Makes the texts for people fit: names of a manifest and warnings are cut at a character, bytes
/// that are no UTF-8 become question marks, warnings beyond the last that fits are left out.
/// Nothing else is changed (SP 62.4).
inline void shorten(any_message& message, const limits& max = default_limits) {
    const auto fit = [](std::string& text, std::size_t bytes_max) {
        for (std::size_t bad = 0; (bad = codec::utf8_prefix(text)) != text.size();) {
            text[bad] = '?';
        }
        if (text.size() > bytes_max) {
            // What is left in front of a cut inside of a character is its whole beginning.
            text.resize(codec::utf8_prefix(std::string_view{text}.substr(0, bytes_max)));
        }
    };
    if (auto* manifest = std::get_if<prepared_report>(&message)) {
        for (participant_summary& entry : manifest->participants) {
            fit(entry.name, max.name_bytes_max);
        }
    } else if (auto* thawed = std::get_if<thawed_report>(&message)) {
        thawed->warnings.resize(std::min(thawed->warnings.size(), max.warnings_max));
        for (std::string& warning : thawed->warnings) {
            fit(warning, max.warning_bytes_max);
        }
    }
}

} // namespace snapproto::native

#endif // SNAPPROTO_DIALECT_NATIVE_ENCODE_HPP
