// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_NATIVE_IMPL_DECODER_HPP
#define SNAPPROTO_DIALECT_NATIVE_IMPL_DECODER_HPP

#include <snapproto/dialect/native/decoder.hpp>

#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace snapproto::native {

namespace detail {

/// A list of a reused message. Its texts keep their memory, also when it becomes shorter.
template <class T>
class reused_list {
  public:
    reused_list(std::vector<T>& list, spare_memory& spare) noexcept
        : m_list(&list), m_spare(&spare.texts) {}

    /// Makes it `size` entries long.
    void resize(std::size_t size) {
        while (m_list->size() > size) {
            if (std::string* text = text_of(m_list->back())) {
                m_spare->push_back(std::move(*text));
            }
            m_list->pop_back();
        }
        while (m_list->size() < size) {
            m_list->emplace_back();
            if (std::string* text = text_of(m_list->back()); text != nullptr && !m_spare->empty()) {
                *text = std::move(m_spare->back());
                m_spare->pop_back();
            }
        }
    }

  private:
    static std::string* text_of(std::string& text) noexcept { return &text; }
    static std::string* text_of(participant_summary& entry) noexcept { return &entry.name; }
    static std::string* text_of(protocol_version&) noexcept { return nullptr; }

    std::vector<T>* m_list;
    std::vector<std::string>* m_spare;
};

/// Reads the fields of one message in the order of their keys.
class field_reader {
  public:
    field_reader(codec::cbor_cursor& from, const limits& max, spare_memory& spare) noexcept
        : m_from(&from), m_limits(&max), m_spare(&spare) {}

    /// The field that was read last.
    [[nodiscard]] std::string_view field_name() const noexcept { return m_field; }

    /// Reads the head of the message and its kind.
    bool begin(std::uint64_t& kind) {
        codec::cbor_head map;
        if (!m_from->head(map)) {
            return false;
        }
        if (map.type != codec::cbor_type::map) {
            return m_from->refuse(error::not_an_object, map.at, "a map");
        }
        if (map.argument > m_limits->participants_max) {
            return m_from->refuse(error::too_many, map.at, "fewer entries");
        }
        m_left = map.argument;
        if (!next_key()) {
            return false;
        }
        m_kind_at = m_from->offset();
        return (*this)(field{key_kind, "message"}, kind);
    }

    /// Where the kind stands.
    [[nodiscard]] std::size_t kind_at() const noexcept { return m_kind_at; }

    /// A field that must be there.
    template <class T>
    bool operator()(const field& what, T& value, const bounds& max = {}) {
        m_field = what.name;
        if (!reach(what.key)) {
            return false;
        }
        if (!m_key || *m_key != what.key) {
            return m_from->refuse(error::missing_member, m_key_at, "the field");
        }
        return read(value, max) && next_key();
    }

    /// A field that may be missing.
    template <class T>
    bool operator()(const field& what, std::optional<T>& value, const bounds& max = {}) {
        m_field = what.name;
        if (!reach(what.key)) {
            return false;
        }
        if (!m_key || *m_key != what.key) {
            leave_out(value);
            return true;
        }
        if (!value) {
            put_in(value);
        }
        return read(*value, max) && next_key();
    }

    /// Passes over what may be ignored; nothing is left behind it.
    bool end() {
        m_field = {};
        if (!reach(optional_key_min)) {
            return false;
        }
        while (m_key) {
            if (!m_from->skip(skippable(), 1) || !next_key()) {
                return false;
            }
        }
        return m_from->at_end() ||
               m_from->refuse(error::bad_syntax, m_from->offset(), "the end of the frame");
    }

  private:
    template <class T>
    void leave_out(std::optional<T>& value) {
        if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            if (value) {
                reused_list{*value, *m_spare}.resize(0);
                m_spare->lists.push_back(std::move(*value));
            }
        }
        value.reset();
    }
    template <class T>
    void put_in(std::optional<T>& value) {
        if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            if (!m_spare->lists.empty()) {
                value.emplace(std::move(m_spare->lists.back()));
                m_spare->lists.pop_back();
                return;
            }
        }
        value.emplace();
    }

    [[nodiscard]] codec::cbor_limits skippable() const noexcept {
        return {m_limits->nesting_max, m_limits->participants_max, m_limits->text_bytes_max};
    }

    // Reads the next key; there is none after the last entry.
    bool next_key() {
        m_key_at = m_from->offset();
        if (m_left == 0) {
            m_key.reset();
            return true;
        }
        --m_left;
        codec::cbor_head key;
        if (!m_from->head(key)) {
            return false;
        }
        if (key.type != codec::cbor_type::unsigned_number) {
            return m_from->refuse(error::bad_syntax, key.at, "a number as key");
        }
        if (m_key && key.argument <= *m_key) {
            return m_from->refuse(key.argument == *m_key ? error::duplicate_member
                                                         : error::bad_syntax,
                                  key.at, "keys in ascending order");
        }
        m_key = key.argument;
        return true;
    }

    // No key below `key` is left: it would be one that the message does not have.
    bool reach(std::uint64_t key) {
        if (m_key && *m_key < key) {
            m_field = {};
            return m_from->refuse(error::unexpected_member, m_key_at,
                                  "only fields of the message, or keys from 64 on");
        }
        return true;
    }

    bool number(std::uint64_t& out, std::uint64_t most, std::string_view wanted) {
        codec::cbor_head item;
        if (!m_from->head(item)) {
            return false;
        }
        if (item.type == codec::cbor_type::negative_number) {
            return m_from->refuse(error::bad_number, item.at, wanted);
        }
        if (item.type != codec::cbor_type::unsigned_number) {
            return m_from->refuse(error::wrong_type, item.at, wanted);
        }
        if (item.argument > most) {
            return m_from->refuse(error::bad_number, item.at, wanted);
        }
        out = item.argument;
        return true;
    }

    template <class T>
    bool read_unsigned(T& out, std::string_view wanted) {
        std::uint64_t value = 0;
        if (!number(value, std::numeric_limits<T>::max(), wanted)) {
            return false;
        }
        out = static_cast<T>(value);
        return true;
    }

    bool read(std::uint16_t& out, const bounds&) {
        return read_unsigned(out, "a number of 16 bits");
    }
    bool read(std::uint32_t& out, const bounds&) {
        return read_unsigned(out, "a number of 32 bits");
    }
    bool read(std::uint64_t& out, const bounds&) {
        return read_unsigned(out, "a number of 64 bits");
    }
    template <class Tag, class Rep>
    bool read(strong_id<Tag, Rep>& out, const bounds& max) {
        return read(out.value, max);
    }
    template <vocabulary Enum>
    bool read(Enum& out, const bounds&) {
        std::uint64_t value = 0;
        if (!number(value, value_count<Enum> - 1, "a value of the enumeration")) {
            return false;
        }
        out = static_cast<Enum>(value);
        return true;
    }
    bool read(capability& out, const bounds& max) {
        std::uint32_t bits = 0;
        if (!read(bits, max)) {
            return false;
        }
        out = static_cast<capability>(bits);
        return true;
    }
    bool read(bool& out, const bounds&) {
        codec::cbor_head item;
        if (!m_from->head(item)) {
            return false;
        }
        if (item.type != codec::cbor_type::simple || item.argument == codec::cbor_null) {
            return m_from->refuse(error::wrong_type, item.at, "true or false");
        }
        out = item.argument == codec::cbor_true;
        return true;
    }
    bool read(duration& out, const bounds&) {
        std::uint64_t value = 0;
        if (!number(value, std::numeric_limits<duration::rep>::max(),
                    "nanoseconds from 0 to 2^63 - 1")) {
            return false;
        }
        out = duration{static_cast<duration::rep>(value)};
        return true;
    }
    bool read(instant& out, const bounds&) {
        constexpr std::string_view wanted = "nanoseconds from -2^63 to 2^63 - 1";
        codec::cbor_head item;
        if (!m_from->head(item)) {
            return false;
        }
        const bool negative = item.type == codec::cbor_type::negative_number;
        if (!negative && item.type != codec::cbor_type::unsigned_number) {
            return m_from->refuse(error::wrong_type, item.at, wanted);
        }
        if (item.argument > std::numeric_limits<duration::rep>::max()) {
            return m_from->refuse(error::bad_number, item.at, wanted);
        }
        const auto value = static_cast<duration::rep>(item.argument);
        out = instant{duration{negative ? -1 - value : value}};
        return true;
    }
    bool read(std::string& out, const bounds& max) {
        codec::cbor_head item;
        std::string_view text;
        if (!m_from->head(item)) {
            return false;
        }
        if (item.type != codec::cbor_type::text) {
            return m_from->refuse(error::wrong_type, item.at, "a text");
        }
        if (item.argument > max.bytes) {
            return m_from->refuse(error::too_long, item.at, "a shorter text");
        }
        if (!m_from->text(item, text)) {
            return false;
        }
        out.assign(text);
        return true;
    }
    bool list_of(std::size_t entries, std::string_view wanted) {
        std::size_t size = 0;
        return list_head(size, entries, wanted) &&
               (size == entries || m_from->refuse(error::wrong_type, m_list_at, wanted));
    }
    bool list_head(std::size_t& size, std::size_t most, std::string_view wanted) {
        codec::cbor_head item;
        if (!m_from->head(item)) {
            return false;
        }
        m_list_at = item.at;
        if (item.type != codec::cbor_type::array) {
            return m_from->refuse(error::wrong_type, item.at, wanted);
        }
        if (item.argument > most) {
            return m_from->refuse(error::too_many, item.at, "fewer entries");
        }
        size = static_cast<std::size_t>(item.argument);
        return true;
    }
    bool read(protocol_version& out, const bounds& max) {
        return list_of(2, "a list of major and minor") && read(out.major, max) &&
               read(out.minor, max);
    }
    bool read(participant_summary& out, const bounds& max) {
        return list_of(2, "a list of name and kind") && read(out.name, max) && read(out.kind, max);
    }
    template <class T>
    bool read(std::vector<T>& out, const bounds& max) {
        std::size_t size = 0;
        if (!list_head(size, max.entries, "a list")) {
            return false;
        }
        reused_list{out, *m_spare}.resize(size);
        for (T& entry : out) {
            if (!read(entry, max)) {
                return false;
            }
        }
        return true;
    }

    codec::cbor_cursor* m_from;
    const limits* m_limits;
    spare_memory* m_spare;
    std::string_view m_field;
    std::uint64_t m_left = 0;
    std::optional<std::uint64_t> m_key; // the one whose value comes next
    std::size_t m_key_at = 0;
    std::size_t m_kind_at = 0;
    std::size_t m_list_at = 0;
};

template <std::size_t... I>
void make_one_of_each(std::array<any_message, sizeof...(I)>& to, std::index_sequence<I...>) {
    (to[I].template emplace<I>(), ...);
}

} // namespace detail

inline decoder::decoder(direction reads, const limits& max)
    : m_reads(reads), m_limits(max), m_frames(max.frame_bytes_max) {
    detail::make_one_of_each(m_messages,
                             std::make_index_sequence<std::variant_size_v<any_message>>{});
}

inline std::size_t decoder::feed(byte_view bytes) {
    std::size_t taken = 0;
    if (m_event == frame_event::none) {
        m_event = m_frames.feed(bytes, taken);
    }
    return taken;
}

inline failure decoder::reject(failure why, std::string_view wanted,
                               std::string_view field) noexcept {
    m_rejection = {why, field, wanted};
    return why;
}

inline decoded<const any_message*> decoder::next() {
    switch (std::exchange(m_event, frame_event::none)) {
    case frame_event::none:
        return need_more;
    case frame_event::frame:
        return decode_frame();
    case frame_event::cut:
        return reject(fail(error::interrupted), "a whole frame before a mark");
    case frame_event::empty:
        return reject(fail(error::bad_number), "a frame of at least one byte");
    case frame_event::too_long:
        return reject(fail(error::too_long), "a shorter frame");
    case frame_event::lost:
        break;
    }
    return reject(fail(error::bad_syntax), "the length of a frame, or a mark");
}

inline decoded<const any_message*> decoder::decode_frame() {
    codec::cbor_cursor from{m_frames.frame(), prefix_bytes};
    detail::field_reader reader{from, m_limits, m_spare};
    std::uint64_t kind = 0;
    if (!reader.begin(kind)) {
        return reject(from.why(), from.wanted(), reader.field_name());
    }
    const bool known = kind < m_messages.size() && is_request(static_cast<message_kind>(kind)) ==
                                                       (m_reads == direction::requests);
    if (!known) {
        return reject(fail(error::unknown_message, reader.kind_at()),
                      m_reads == direction::requests ? "a message of an orchestrator"
                                                     : "a message of an agent",
                      "message");
    }
    any_message& message = m_messages[static_cast<std::size_t>(kind)];
    bool good = false;
    with_message(message, [&](auto& m) {
        good = visit_header(m.header, reader) && visit_fields(m, reader, m_limits) && reader.end();
    });
    if (!good) {
        return reject(from.why(), from.wanted(), reader.field_name());
    }
    return &std::as_const(message);
}

} // namespace snapproto::native

#endif // SNAPPROTO_DIALECT_NATIVE_IMPL_DECODER_HPP
