// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_IMPL_REQUEST_DECODER_HPP
#define SNAPPROTO_DIALECT_QGA_IMPL_REQUEST_DECODER_HPP

#include <snapproto/dialect/qga/request_decoder.hpp>

namespace snapproto::qga {

inline failure request_decoder::malformed(failure why) {
    m_rejection = {};
    m_rejection.byte = m_stream.wrong_byte();
    switch (why.code) {
    case error::bad_text:
        why.governed_by = m_rejection.byte < 0x20    ? clause{20, 17}
                          : m_rejection.byte == '\\' ? clause{20, 19}
                                                     : clause{20, 16};
        break;
    case error::duplicate_member:
        why.governed_by = {20, 20};
        break;
    case error::too_deep:
        why.governed_by = {20, 12};
        break;
    case error::too_long:
    case error::too_many:
        why.governed_by = {20, 14};
        break;
    case error::interrupted:
        why.governed_by = {20, 10};
        break;
    default:
        why.governed_by = {20, 7};
        break;
    }
    m_rejection.why = why;
    return why;
}

// The first thing that is wrong counts.
inline void request_decoder::note(error code, clause governed_by, codec::json_value at,
                                  subject_kind kind, std::string_view subject,
                                  std::string_view wanted) noexcept {
    if (m_wrong) {
        return;
    }
    m_wrong = true;
    m_rejection = {};
    m_rejection.why = {code, governed_by, at.offset()};
    m_rejection.kind = kind;
    m_rejection.subject = subject;
    m_rejection.wanted = wanted;
}

inline decoded<request> request_decoder::next() {
    if (m_plain.ready) {
        return next_plain();
    }
    if (m_stream.has_message()) {
        m_stream.fetched();
        return decode_message();
    }
    if (m_stream.has_failure()) {
        m_stream.fetched();
        return malformed(m_stream.why());
    }
    return need_more;
}

// One variable for all ways out, so that it is filled where the caller has it: to copy what was
// written a moment ago makes a processor wait.
inline decoded<request> request_decoder::decode_message() {
    decoded<request> told = m_blank;
    if (!decode_message(*told)) {
        told = m_rejection.why;
    }
    return told;
}

// @return false when the message is no request; `m_rejection` says why then.
inline bool request_decoder::decode_message(request& out) {
    const codec::json_value message = m_stream.message();
    m_wrong = false;
    if (!message.is(codec::json_kind::object)) {
        note(error::not_an_object, {20, 9}, message, subject_kind::message, {}, "an object");
        return false;
    }
    codec::json_value execute;
    codec::json_value arguments;
    message.for_each_member([&](codec::json_value key, codec::json_value value) {
        const std::string_view name = key.text();
        if (codec::detail::equal_text(name, member_execute)) {
            execute = value;
            if (!value.is(codec::json_kind::string)) {
                note(error::wrong_type, {21, 8}, value, subject_kind::member, member_execute,
                     "a string");
            }
        } else if (codec::detail::equal_text(name, member_arguments)) {
            arguments = value;
            if (!value.is(codec::json_kind::object)) {
                note(error::wrong_type, {21, 10}, value, subject_kind::member, member_arguments,
                     "an object");
            }
        } else if (codec::detail::equal_text(name, member_id)) {
            out.id = {value.raw()};
        } else {
            note(error::unexpected_member, {21, 9}, key, subject_kind::member, name,
                 "execute, arguments and id");
        }
    });
    if (!execute) {
        note(error::missing_member, {21, 8}, message, subject_kind::member, member_execute,
             "the name of a command, a string");
    } else if (execute.is(codec::json_kind::string)) {
        out.name = execute.text();
        out.verb = verb_of(out.name);
    }
    if (!m_wrong && (arguments || shape(out.verb).argument_required)) {
        out.arguments = {arguments ? arguments.raw() : std::string_view{}};
        decode_arguments(out, arguments, message);
    }
    if (m_wrong) {
        m_rejection.id = out.id;
        m_rejection.verb = out.verb;
        m_rejection.name = out.name;
    }
    return !m_wrong;
}

inline void request_decoder::decode_arguments(request& out, codec::json_value arguments,
                                              codec::json_value message) {
    if (out.verb == verb::unknown) {
        return;
    }
    const command_shape& known = shape(out.verb);
    bool given = false;
    arguments.for_each_member([&](codec::json_value key, codec::json_value value) {
        const std::string_view name = key.text();
        if (known.argument.empty() || !codec::detail::equal_text(name, known.argument)) {
            note(error::unexpected_member, {21, 11}, key, subject_kind::argument, name,
                 known.argument);
            return;
        }
        given = true;
        decode_argument(out, value);
    });
    if (!given && known.argument_required) {
        note(error::missing_member, {21, 11}, arguments ? arguments : message,
             subject_kind::argument, known.argument, known.argument_type);
    }
}

inline void request_decoder::decode_argument(request& out, codec::json_value value) {
    if (out.verb == verb::freeze_list) {
        decode_mountpoints(out, value);
        return;
    }
    const std::optional<std::int64_t> number = value.as_int64();
    if (!number) {
        const bool sync = out.verb == verb::sync || out.verb == verb::sync_delimited;
        const clause broken = !value.is(codec::json_kind::number) ? clause{21, 11}
                              : value.is_integer()                ? clause{21, 12}
                                                                  : clause{21, 13};
        note(error::wrong_type, sync && broken.number == 11 ? clause{22, 7} : broken, value,
             subject_kind::argument, shape(out.verb).argument, shape(out.verb).argument_type);
    } else if (out.verb == verb::set_time) {
        out.time_ns = number;
    } else {
        out.sync_id = *number;
    }
}

inline void request_decoder::decode_mountpoints(request& out, codec::json_value list) {
    const command_shape& known = shape(verb::freeze_list);
    if (!list.is(codec::json_kind::array)) {
        note(error::wrong_type, {21, 11}, list, subject_kind::argument, known.argument,
             known.argument_type);
        return;
    }
    if (list.size() > m_limits.list_entries_max) {
        note(error::too_many, {28, 4}, list, subject_kind::argument, known.argument,
             "fewer entries");
        return;
    }
    m_mountpoint_count = 0;
    list.for_each_entry([&](codec::json_value entry) {
        if (!entry.is(codec::json_kind::string)) {
            note(error::wrong_type, {21, 11}, entry, subject_kind::argument, known.argument,
                 known.argument_type);
        } else if (entry.text().size() > m_limits.string_bytes_max) {
            note(error::too_long, {28, 4}, entry, subject_kind::argument, known.argument,
                 "shorter strings");
        } else {
            if (m_mountpoint_count == m_mountpoints.size()) {
                m_mountpoints.emplace_back();
            }
            m_mountpoints[m_mountpoint_count++] = entry.text();
        }
    });
    out.mountpoints = std::span<const std::string_view>{m_mountpoints.data(), m_mountpoint_count};
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_IMPL_REQUEST_DECODER_HPP
