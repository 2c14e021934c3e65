// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_IMPL_JSON_PARSER_HPP
#define SNAPPROTO_CODEC_IMPL_JSON_PARSER_HPP

#include <snapproto/codec/json_parser.hpp>

#include <cstring>

namespace snapproto::codec {

inline void json_parser::start() noexcept {
    m_at = 0;
    m_depth = 0;
    m_used = 0;
    m_open = none;
    m_unescaped = 0;
    m_state = state::value;
    m_escaped = false;
    m_in_escape = false;
}

// The vector of tokens only ever grows; `m_used` says how many of them are this text's.
inline json_parser::token& json_parser::push(json_document& document, std::size_t begin,
                                             std::uint32_t meta) {
    if (m_used == document.tokens.size()) {
        document.tokens.resize(m_used < 32 ? 64 : 2 * std::size_t{m_used});
    }
    token& added = document.tokens[m_used++];
    added.begin = static_cast<std::uint32_t>(begin);
    added.meta = meta;
    return added;
}

inline void json_parser::end_string(json_document& document, const char* text, const char* at) {
    token& ended = document.tokens[m_used - 1];
    ended.end = static_cast<std::uint32_t>(at - text);
    if (!m_escaped) {
        return;
    }
    m_escaped = false;
    const std::size_t room = m_unescaped + (ended.end - ended.begin);
    if (document.unescaped.size() < room) {
        document.unescaped.resize(2 * room);
    }
    char* out = document.unescaped.data() + m_unescaped;
    const char* end = detail::unescape(text + ended.begin, at, out);
    const auto length = static_cast<std::uint32_t>(end - out);
    ended.link = m_unescaped;
    ended.meta |= token::escaped | (length << 8);
    m_unescaped += length;
}

// Enough to tell most names apart at a glance; equal hashes are compared byte by byte.
inline std::uint32_t json_parser::hash(const char* at, std::size_t size) noexcept {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    if (size >= 4) {
        std::memcpy(&first, at, 4);
        std::memcpy(&last, at + size - 4, 4);
    } else if (size != 0) {
        first = detail::octet(at);
        last = detail::octet(at + size - 1) * 256U + detail::octet(at + size / 2);
    }
    return (first * 0x9e3779b1U) ^ (last * 0x85ebca6bU) ^ static_cast<std::uint32_t>(size);
}

inline bool json_parser::end_name(json_document& document, const char* text, const char* at) {
    const bool escaped = m_escaped;
    end_string(document, text, at);
    const std::uint32_t mine = m_used - 1;
    token* tokens = document.tokens.data();
    if (!escaped) {
        tokens[mine].link = hash(text + tokens[mine].begin, tokens[mine].end - tokens[mine].begin);
    }
    if (tokens[m_open].count() == m_members_max) {
        m_why = error::too_many;
        return false;
    }
    tokens[m_open].meta += token::one;
    const auto text_of = [&](const token& t) {
        return (t.meta & token::escaped) != 0
                   ? std::string_view{document.unescaped.data() + t.link, t.count()}
                   : std::string_view{text + t.begin, t.end - t.begin};
    };
    for (std::uint32_t i = m_open + 1; i != mine;) {
        const token& other = tokens[i];
        const bool plain = !escaped && (other.meta & token::escaped) == 0;
        if ((!plain || other.link == tokens[mine].link) &&
            text_of(other) == text_of(tokens[mine])) {
            m_why = error::duplicate_member;
            return false;
        }
        const token& value = tokens[i + 1];
        i = value.container() ? value.link : i + 2;
    }
    return true;
}

inline std::size_t json_parser::open_like_root(const json_document& document,
                                               char& open) const noexcept {
    if (m_open == none) {
        return 0;
    }
    const json_kind root = document.tokens[0].kind();
    open = root == json_kind::object ? '{' : '[';
    std::size_t count = 0;
    for (std::uint32_t i = m_open; i != none; i = document.tokens[i].link) {
        count += document.tokens[i].kind() == root ? 1U : 0U;
    }
    return count;
}

inline parse_status json_parser::parse(json_document& document, const char* text,
                                       std::size_t size) {
    const char* at = text + m_at;
    const char* const end = text + size;
    const auto here = [&] { return static_cast<std::size_t>(at - text); };
    const auto skip_space = [&] {
        while (at != end && detail::is_space(*at)) {
            ++at;
        }
        return at != end;
    };
    state now = m_state;
    for (;;) {
        switch (now) {
        case state::first_entry:
            if (!skip_space()) {
                return stop(parse_status::more, now, here());
            }
            if (*at == ']') {
                goto close;
            }
            now = state::value;
            [[fallthrough]];

        case state::value:
            if (!skip_space()) {
                return stop(parse_status::more, now, here());
            }
            if (*at == '{' || *at == '[') {
                if (m_depth == m_nesting_max) {
                    return refuse(error::too_deep, now, text, at, at);
                }
                const bool object = *at == '{';
                token& opened =
                    push(document, here(),
                         detail::meta_of(object ? json_kind::object : json_kind::array));
                if (m_open != none && document.tokens[m_open].kind() == json_kind::array) {
                    document.tokens[m_open].meta += token::one;
                }
                opened.link = m_open;
                m_open = m_used - 1;
                ++m_depth;
                ++at;
                now = object ? state::first_name : state::first_entry;
                continue;
            }
            if (m_open != none && document.tokens[m_open].kind() == json_kind::array) {
                document.tokens[m_open].meta += token::one;
            }
            if (*at == '"') {
                ++at;
                push(document, here(), detail::meta_of(json_kind::string));
                now = state::in_string;
                continue;
            }
            if (*at == '-' || (*at >= '0' && *at <= '9')) {
                push(document, here(), detail::meta_of(json_kind::number));
                now = state::in_number;
                continue;
            }
            if (*at >= 'a' && *at <= 'z') {
                push(document, here(), detail::meta_of(json_kind::null));
                now = state::in_word;
                continue;
            }
            return wrong_byte(error::bad_syntax, now, text, at, at);

        case state::in_string: {
            const detail::scanned s = detail::scan_string(at, end, m_escaped);
            if (s.end == detail::scan_end::bad) {
                return refuse(s, now, text);
            }
            at = s.at;
            if (s.end == detail::scan_end::more) {
                return stop(parse_status::more, now, here());
            }
            end_string(document, text, at);
            ++at;
            now = state::behind;
            continue;
        }

        case state::in_number: {
            while (at != end && ((*at >= '0' && *at <= '9') || *at == '.' || *at == '-' ||
                                 *at == '+' || *at == 'e' || *at == 'E')) {
                ++at;
            }
            if (at == end) {
                return stop(parse_status::more, now, here());
            }
            token& number = document.tokens[m_used - 1];
            bool integer = false;
            const char* wrong = detail::check_number(text + number.begin, at, integer);
            if (wrong != nullptr) {
                return wrong_byte(error::bad_number, state::behind, text, at, wrong);
            }
            number.end = static_cast<std::uint32_t>(here());
            number.meta |= integer ? token::integer : 0;
            now = state::behind;
            continue;
        }

        case state::in_word: {
            while (at != end && *at >= 'a' && *at <= 'z') {
                ++at;
            }
            if (at == end) {
                return stop(parse_status::more, now, here());
            }
            token& word = document.tokens[m_used - 1];
            const std::string_view found{text + word.begin, here() - word.begin};
            if (found == "true" || found == "false") {
                word.meta = detail::meta_of(json_kind::boolean);
            } else if (found != "null") {
                return wrong_byte(error::bad_syntax, state::behind, text, at, text + word.begin);
            }
            word.end = static_cast<std::uint32_t>(here());
            now = state::behind;
            continue;
        }

        case state::behind:
            if (m_open == none) {
                return stop(parse_status::complete, now, here());
            }
            if (!skip_space()) {
                return stop(parse_status::more, now, here());
            }
            if (*at == ',') {
                ++at;
                now = document.tokens[m_open].kind() == json_kind::object ? state::name
                                                                          : state::value;
                continue;
            }
            if (*at == (document.tokens[m_open].kind() == json_kind::object ? '}' : ']')) {
                goto close;
            }
            return wrong_byte(error::bad_syntax, now, text, at, at);

        case state::first_name:
        case state::name:
            if (!skip_space()) {
                return stop(parse_status::more, now, here());
            }
            if (*at == '}' && now == state::first_name) {
                goto close;
            }
            if (*at != '"') {
                return wrong_byte(error::bad_syntax, now, text, at, at);
            }
            ++at;
            push(document, here(), detail::meta_of(json_kind::string));
            now = state::in_name;
            [[fallthrough]];

        case state::in_name: {
            const detail::scanned s = detail::scan_string(at, end, m_escaped);
            if (s.end == detail::scan_end::bad) {
                return refuse(s, now, text);
            }
            at = s.at;
            if (s.end == detail::scan_end::more) {
                return stop(parse_status::more, now, here());
            }
            const bool fresh = end_name(document, text, at);
            ++at;
            now = state::colon;
            if (!fresh) {
                const char* name = text + document.tokens[m_used - 1].begin - 1;
                return refuse(m_why, now, text, at, name);
            }
            [[fallthrough]];
        }

        case state::colon:
            if (!skip_space()) {
                return stop(parse_status::more, now, here());
            }
            if (*at != ':') {
                return wrong_byte(error::bad_syntax, now, text, at, at);
            }
            ++at;
            now = state::value;
            continue;
        }

    close : {
        ++at;
        token& closed = document.tokens[m_open];
        const std::uint32_t outer = closed.link;
        closed.end = static_cast<std::uint32_t>(here());
        closed.link = m_used;
        m_open = outer;
        --m_depth;
        now = state::behind;
    }
    }
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_IMPL_JSON_PARSER_HPP
