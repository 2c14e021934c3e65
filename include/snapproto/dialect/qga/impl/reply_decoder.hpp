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
        return read_line();
    case codec::line_event::cut:
        return failure{error::interrupted, {20, 5}, m_lines.dropped()};
    case codec::line_event::too_long:
        return failure{error::too_long, {28, 9}, m_lines.dropped()};
    case codec::line_event::none:
        break;
    }
    return need_more;
}

inline decoded<reply_view> reply_decoder::read_line() {
    const std::size_t size = m_document.text.size();
    m_document.text.resize(size + codec::padding);
    const char* const text = m_document.text.data();
    m_parser.start();
    const codec::parse_status status = m_parser.parse(m_document, text, size);
    if (status == codec::parse_status::failed) {
        return failure{m_parser.why(), {20, 6}, m_parser.wrong()};
    }
    if (status == codec::parse_status::more) {
        return failure{error::bad_syntax, {20, 5}, size - 1};
    }
    for (std::size_t i = m_parser.at(); i != size; ++i) {
        if (!codec::detail::is_space(text[i])) {
            return failure{error::bad_syntax, {20, 5}, i};
        }
    }
    const codec::json_value root = m_document.root();
    if (!root.is(codec::json_kind::object)) {
        return failure{error::not_an_object, {20, 5}, root.offset()};
    }
    reply_view out;
    out.delimited = m_lines.marked();
    codec::json_value returned;
    codec::json_value refused;
    root.for_each_member([&](codec::json_value key, codec::json_value value) {
        const std::string_view name = key.text();
        if (name == member_return) {
            returned = value;
        } else if (name == member_error) {
            refused = value;
        } else if (name == member_id) {
            out.id = {value.raw()};
        }
    });
    m_failed_id = out.id;
    if (returned && refused) {
        return failure{error::unexpected_member, {21, 2}, refused.offset()};
    }
    if (returned) {
        out.kind = reply_kind::returned;
        out.value = returned;
    } else if (refused) {
        out.kind = reply_kind::refused;
        out.value = refused;
        if (const std::optional<failure> wrong = read_error(out)) {
            return *wrong;
        }
    } else {
        out.value = root;
    }
    return out;
}

inline std::optional<failure> reply_decoder::read_error(reply_view& out) const noexcept {
    const auto wrong = [](error code, codec::json_value at) {
        return failure{code, {21, 6}, at.offset()};
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
    return std::nullopt;
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_IMPL_REPLY_DECODER_HPP
