// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_IMPL_REPLY_DECODER_HPP
#define SNAPPROTO_DIALECT_QGA_IMPL_REPLY_DECODER_HPP

#include <snapproto/dialect/qga/reply_decoder.hpp>

namespace snapproto::qga {

inline decoded<reply_view> reply_decoder::next() {
    const codec::line_event event = m_event;
    m_event = codec::line_event::none;
    m_failed_id = {};
    switch (event) {
    case codec::line_event::line:
        return m_plain.ready ? next_plain() : read_line();
    case codec::line_event::cut:
        return failure{error::interrupted, {20, 5}, m_lines.dropped()};
    case codec::line_event::too_long:
        return failure{error::too_long, {28, 9}, m_lines.dropped()};
    case codec::line_event::none:
        break;
    }
    return need_more;
}

// One variable for all ways out, so that it is filled where the caller has it: to copy what was
// written a moment ago makes a processor wait.
inline decoded<reply_view> reply_decoder::read_line() {
    decoded<reply_view> told = m_blank;
    failure why;
    if (!read_line(*told, why)) {
        told = why;
    }
    return told;
}

// @return false when the line is no reply; `why` says it then.
inline bool reply_decoder::read_line(reply_view& out, failure& why) {
    const char* const text = m_document.text.data();
    const std::size_t size = m_lines.size();
    const auto wrong = [&why](error code, clause broken, std::size_t offset) {
        why = {code, broken, offset};
        return false;
    };
    m_parser.start();
    const codec::parse_status status = m_parser.parse(m_document, text, size);
    if (status == codec::parse_status::failed) {
        return wrong(m_parser.why(), {20, 6}, m_parser.wrong());
    }
    if (status == codec::parse_status::more) {
        return wrong(error::bad_syntax, {20, 5}, size - 1);
    }
    for (std::size_t i = m_parser.at(); i != size; ++i) {
        if (!codec::detail::is_space(text[i])) {
            return wrong(error::bad_syntax, {20, 5}, i);
        }
    }
    const codec::json_value root = m_document.root();
    if (!root.is(codec::json_kind::object)) {
        return wrong(error::not_an_object, {20, 5}, root.offset());
    }
    out.delimited = m_lines.marked();
    codec::json_value returned;
    codec::json_value refused;
    codec::json_value id;
    root.for_each_member([&](codec::json_value key, codec::json_value value) {
        const std::string_view name = key.text();
        if (codec::detail::equal_text(name, member_return)) {
            returned = value;
        } else if (codec::detail::equal_text(name, member_error)) {
            refused = value;
        } else if (codec::detail::equal_text(name, member_id)) {
            id = value;
        }
    });
    if (id) {
        m_failed_id = out.id = {id.raw()};
    }
    if (returned && refused) {
        return wrong(error::unexpected_member, {21, 2}, refused.offset());
    }
    if (returned) {
        out.kind = reply_kind::returned;
        out.value = returned;
    } else if (refused) {
        out.kind = reply_kind::refused;
        out.value = refused;
        return read_error(out, why);
    } else {
        out.value = root;
    }
    return true;
}

inline bool reply_decoder::read_error(reply_view& out, failure& why) noexcept {
    const auto wrong = [&why](error code, codec::json_value at) {
        why = {code, {21, 6}, at.offset()};
        return false;
    };
    if (!out.value.is(codec::json_kind::object)) {
        return wrong(error::wrong_type, out.value);
    }
    for (const std::string_view name : {member_class, member_desc}) {
        const codec::json_value found = out.value.find(name);
        if (!found) {
            return wrong(error::missing_member, out.value);
        }
        if (!found.is(codec::json_kind::string)) {
            return wrong(error::wrong_type, found);
        }
        (name == member_class ? out.error_class : out.desc) = found.text();
    }
    out.error = reply_error_of(out.error_class);
    return true;
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_IMPL_REPLY_DECODER_HPP
