// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_IMPL_JSON_PARSER_HPP
#define SNAPPROTO_CODEC_IMPL_JSON_PARSER_HPP

#include <snapproto/codec/json_parser.hpp>

#include <cstring>

namespace snapproto::codec {

namespace detail {

/// Enough of a name to tell most names apart; equal hashes are compared byte by byte.
/// @pre the bytes before and behind the name can be read: its quotes.
[[nodiscard]] inline std::uint32_t hash_name(const char* at, const char* end) noexcept {
    return (static_cast<std::uint32_t>(end - at) << 16) + octet(at) * 256U + octet(end - 1);
}

/// One bit of 64 for each hash: two names whose bits differ are not the same.
[[nodiscard]] inline std::uint64_t hash_bit(std::uint32_t hash) noexcept {
    return std::uint64_t{1} << ((hash * 0x9e3779b1U) >> 26);
}

/// Skips white space. @return false when there is nothing behind it.
[[nodiscard]] inline bool reach_token(const char*& at, const char* end) noexcept {
    if (octet(at) > ' ') {
        return true;
    }
    if (*at == ' ' && octet(at + 1) > ' ') {
        ++at;
        return true;
    }
    while (is_space(*at)) {
        ++at;
    }
    return at != end;
}

/// Reads as much of an integer as is certain. @return its end; nullptr to look more closely.
[[nodiscard]] inline const char* plain_integer(const char* at, const char* end) noexcept {
    at += *at == '-' ? 1 : 0;
    const char* const digits = at;
    at = skip_digits_padded(at);
    const bool certain = at != end && at != digits && !is_of(at, number_byte) &&
                         (*digits != '0' || at - digits == 1);
    return certain ? at : nullptr;
}

[[nodiscard]] inline bool is_word(std::string_view text) noexcept {
    return text == "null" || text == "true" || text == "false";
}

/// True when these characters come next.
/// @pre as many bytes as they are can be read.
template <std::size_t Size>
[[nodiscard]] bool comes(const char* at, const char (&word)[Size]) noexcept {
    return std::memcmp(at, word, Size - 1) == 0;
}

/// The end of a word at `at`; `at` to look more closely.
[[nodiscard]] inline const char* plain_word(const char* at, const char* end) noexcept {
    const char* stop = at;
    if (comes(at, "true") || comes(at, "null")) {
        stop += 4;
    } else if (comes(at, "false")) {
        stop += 5;
    }
    return stop < end && !is_of(stop, lower_byte) ? stop : at;
}

} // namespace detail

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

// The list of tokens only ever grows; `m_used` says how many of them are this text's.
inline void json_parser::make_room(json_document& document, std::size_t bytes) const {
    const std::size_t wanted = m_used + bytes / 2 + (m_nesting_max - m_depth) + 2;
    if (document.tokens.size() < wanted) {
        document.tokens.resize(wanted + wanted / 2);
    }
}

// A string with escapes has ended: its text goes to the unescaped ones, and where it is there into
// the token behind.
inline void json_parser::put_unescaped(json_document& document, const char* text, token* behind) {
    token& string = behind[-1];
    const std::size_t room = m_unescaped + (string.end - string.begin);
    if (document.unescaped.size() < room) {
        document.unescaped.resize(2 * room);
    }
    char* const out = document.unescaped.data() + m_unescaped;
    const char* const end = detail::unescape(text + string.begin, text + string.end, out);
    const auto length = static_cast<std::uint32_t>(end - out);
    string.meta |= token::escaped;
    string.link = 2;
    *behind = {m_unescaped, length, 0, 0};
    m_unescaped += length;
    m_escaped = false;
}

inline std::size_t json_parser::open_like_root(const json_document& document,
                                               char& open) const noexcept {
    if (m_open == none) {
        return 0;
    }
    const json_kind root = document.tokens[0].kind();
    open = root == json_kind::object ? '{' : '[';
    std::size_t count = 1;
    for (std::uint32_t i = m_open; i != 0; i -= document.tokens[i].link) {
        count += document.tokens[i].kind() == root ? 1U : 0U;
    }
    return count;
}

// Compares with the members before. @pre the name's hash is in place.
inline bool json_parser::is_repeated(const json_document& document, const token* open,
                                     const token* name, const char* text) noexcept {
    for (const token* other = open + 1; other != name;) {
        if (other->link == name->link &&
            document.text_of(other, text) == document.text_of(name, text)) {
            return true;
        }
        other += other->width();
        other += other->link;
    }
    return false;
}

// One function with jumps: the labels are the states, so a text can go on in any of them, and what
// the usual way through needs stays in registers. `now` and the other variables of failures are
// set only where that way is left.
inline parse_status json_parser::parse(json_document& document, const char* text,
                                       std::size_t size) {
    using detail::meta_of;
    using detail::reach_token;
    make_room(document, size - m_at);
    const char* at = text + m_at;
    const char* const end = text + size;
    const char* from = nullptr;
    token* top = document.tokens.data() + m_used; // behind the last token
    token* open = m_open == none ? nullptr : document.tokens.data() + m_open;
    token* name = nullptr;
    bool in_object = open != nullptr && open->kind() == json_kind::object;
    std::uint64_t seen = any_name;   // the names of the innermost object, each as its bit
    const token* sibling = nullptr;  // the last object that was closed
    const token* like = nullptr;     // its name that may come next here, if all were the same
    const token* like_end = nullptr; // behind its last value
    bool integer = false;
    state now = m_state;
    error why = error::bad_syntax;
    detail::scanned scan{};
    parse_status status = parse_status::more;
    const auto place = [text](const char* byte) { return static_cast<std::uint32_t>(byte - text); };
    const auto here = [&] { return place(at); };

    switch (now) {
    case state::value:
        goto value;
    case state::first_entry:
        goto first_entry;
    case state::first_name:
        goto first_name;
    case state::name:
        goto name;
    case state::colon:
        goto colon;
    case state::behind:
        goto behind;
    case state::in_string:
    case state::in_name:
        goto look_closely;
    case state::in_number:
        goto in_number;
    case state::in_word:
        goto in_word;
    }

first_entry:
    if (!reach_token(at, end)) {
        now = state::first_entry;
        goto leave;
    }
    if (*at == ']') {
        goto close;
    }

value:
    if (!reach_token(at, end)) {
        now = state::value;
        goto leave;
    }
value_begin:
    if (*at == '"') {
        from = ++at;
        at = detail::skip_plain_padded(at);
        *top++ = {place(from), here(), 1, meta_of(json_kind::string)};
        if (*at == '"') {
            ++at;
            goto ended;
        }
        now = state::in_string;
        goto look_closely;
    }
    if (*at == '{' || *at == '[') {
        if (m_depth == m_nesting_max) {
            why = error::too_deep;
            from = at;
            now = state::value;
            goto refused;
        }
        ++m_depth;
        in_object = *at == '{';
        like = nullptr;
        if (in_object && sibling != nullptr && sibling->link != 1) {
            like = sibling + 1;
            like_end = sibling + sibling->link;
        }
        sibling = nullptr;
        *top = {here(), 0, open == nullptr ? 0 : static_cast<std::uint32_t>(top - open),
                meta_of(in_object ? json_kind::object : json_kind::array)};
        open = top++;
        ++at;
        if (in_object) {
            seen = like == nullptr ? 0 : any_name;
            goto first_name;
        }
        goto first_entry;
    }
    if (detail::is_of(at, detail::lower_byte)) {
        const auto kind = *at == 'n' ? json_kind::null : json_kind::boolean;
        const char* const stop = detail::plain_word(at, end);
        *top++ = {here(), place(stop), 1, meta_of(kind)};
        if (stop != at) {
            at = stop;
            goto ended;
        }
        goto in_word;
    }
    if (detail::is_of(at, detail::number_byte) && *at != '+' && *at != '.' && *at != 'E') {
        *top++ = {here(), 0, 1, meta_of(json_kind::number) | token::integer};
        if (const char* const stop = detail::plain_integer(at, end); stop != nullptr) {
            at = stop;
            top[-1].end = here();
            goto ended;
        }
        goto in_number;
    }
    goto wrong_byte;

string_end:
    top[-1].end = here();
    if (m_escaped) {
        put_unescaped(document, text, top++);
    }
    ++at;

ended:
    if (open == nullptr) {
        status = parse_status::complete;
        goto leave;
    }
    open->meta += token::one;

behind:
    if (in_object && detail::comes(at, ", \"")) {
        at += 3;
        goto name_inside;
    }
    if (!reach_token(at, end)) {
        now = state::behind;
        goto leave;
    }
    if (*at == ',') {
        ++at;
        if (in_object) {
            goto name;
        }
        goto value;
    }
    if (*at != (in_object ? '}' : ']')) {
        goto wrong_byte;
    }

close:
    ++at;
    name = open; // the one that is closed
    open = name->link == 0 ? nullptr : name - name->link;
    name->end = here();
    name->link = static_cast<std::uint32_t>(top - name);
    sibling = in_object ? name : nullptr;
    like = nullptr;
    in_object = open != nullptr && open->kind() == json_kind::object;
    seen = any_name;
    --m_depth;
    goto ended;

first_name:
    if (!reach_token(at, end)) {
        now = state::first_name;
        goto leave;
    }
    if (*at == '}') {
        goto close;
    }
    goto name_begin;

name:
    if (!reach_token(at, end)) {
        now = state::name;
        goto leave;
    }
name_begin:
    if (*at != '"') {
        goto wrong_byte;
    }
    ++at;

name_inside:
    from = at;
    if (like != nullptr) {
        const std::string_view known = document.text_of(like, text);
        if (known.size() < static_cast<std::size_t>(end - at) && at[known.size()] == '"' &&
            like->width() == 1 && detail::equal_text({at, known.size()}, known)) {
            at += known.size();
            *top++ = {place(from), here(), like->link, meta_of(json_kind::string)};
            ++at;
            ++like;
            like += like->link;
            like = like != like_end ? like : nullptr;
            goto colon;
        }
        like = nullptr;
    }
    at = detail::skip_plain_padded(at);
    name = top++;
    *name = {place(from), here(), 0, meta_of(json_kind::string)};
    if (*at != '"') {
        now = state::in_name;
        goto look_closely;
    }
    name->link = detail::hash_name(from, at);
    goto name_known;

name_end:
    name = top - 1;
    name->end = here();
    if (m_escaped) {
        put_unescaped(document, text, top++);
        const std::string_view mine = document.text_of(name, text);
        name->link = detail::hash_name(mine.data(), mine.data() + mine.size());
    } else {
        name->link = detail::hash_name(text + name->begin, at);
    }

name_known:
    ++at;
    if (((seen & detail::hash_bit(name->link)) != 0 && is_repeated(document, open, name, text)) ||
        open->count() == m_members_max) {
        why = open->count() == m_members_max ? error::too_many : error::duplicate_member;
        from = text + name->begin - 1;
        now = state::colon;
        goto refused;
    }
    seen |= detail::hash_bit(name->link);

colon:
    if (detail::comes(at, ": ") && detail::octet(at + 2) > ' ') {
        at += 2;
        goto value_begin;
    }
    if (!reach_token(at, end)) {
        now = state::colon;
        goto leave;
    }
    if (*at != ':') {
        goto wrong_byte;
    }
    ++at;
    goto value;

in_number:
    at = detail::skip_all(at, end, detail::number_byte);
    if (at == end) {
        now = state::in_number;
        goto leave;
    }
    from = detail::check_number(text + top[-1].begin, at, integer);
    if (from != nullptr) {
        why = error::bad_number;
        goto wrong_token;
    }
    top[-1].end = here();
    top[-1].meta = meta_of(json_kind::number) | (integer ? token::integer : 0);
    goto ended;

in_word:
    at = detail::skip_all(at, end, detail::lower_byte);
    if (at == end) {
        now = state::in_word;
        goto leave;
    }
    from = text + top[-1].begin;
    if (!detail::is_word({from, static_cast<std::size_t>(at - from)})) {
        goto wrong_token;
    }
    top[-1].end = here();
    top[-1].meta = meta_of(text[top[-1].begin] == 'n' ? json_kind::null : json_kind::boolean);
    goto ended;

look_closely: // in a string or a name, at a byte that does not stand for itself
    scan = detail::scan_string(at, end, m_escaped);
    at = scan.at;
    if (scan.end == detail::scan_end::more) {
        goto leave;
    }
    if (scan.end == detail::scan_end::complete) {
        if (now == state::in_string) {
            goto string_end;
        }
        goto name_end;
    }
    m_in_escape = scan.in_escape;
    why = scan.why;
    from = scan.wrong;
    goto refused;

wrong_byte: // the byte at `at` does not fit
    from = at;

wrong_token: // a reset byte says more than that what it ends is wrong
    now = state::behind;
    if (detail::octet(at) == reset_byte) {
        why = error::interrupted;
        from = at;
    }

refused:
    m_why = why;
    m_wrong = static_cast<std::size_t>(from - text);
    status = parse_status::failed;

leave:
    m_at = here();
    m_state = now;
    m_used = static_cast<std::uint32_t>(top - document.tokens.data());
    m_open = open == nullptr ? none : static_cast<std::uint32_t>(open - document.tokens.data());
    return status;
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_IMPL_JSON_PARSER_HPP
