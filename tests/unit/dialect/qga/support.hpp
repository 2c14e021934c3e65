// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_DIALECT_QGA_SUPPORT_HPP
#define SNAPPROTO_TESTS_UNIT_DIALECT_QGA_SUPPORT_HPP

// What the tests of the QGA codec share: each outcome of a decoder as one line of text.

#include <snapproto/dialect/qga/describe.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include "tests/unit/codec/support.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace snapproto::tests {

using outcome_list = std::vector<std::string>;

inline std::string told(const clause& which) {
    return " SP " + std::to_string(which.chapter) + "." + std::to_string(which.number);
}

inline std::string told(const qga::request& got) {
    std::string out{got.name};
    if (got.verb == qga::verb::unknown) {
        out += "?";
    }
    if (got.verb == qga::verb::sync || got.verb == qga::verb::sync_delimited) {
        out += " " + std::to_string(got.sync_id);
    }
    if (got.mountpoints) {
        out += " [";
        for (const std::string_view mountpoint : *got.mountpoints) {
            out += std::string{mountpoint} + ";";
        }
        out += "]";
    }
    if (got.time_ns) {
        out += " time " + std::to_string(*got.time_ns);
    }
    if (got.id) {
        out += " id " + std::string{got.id.text};
    }
    return out;
}

inline std::string told(const qga::rejection& why) {
    std::string out = told(why.why) + told(why.why.governed_by);
    if (!why.subject.empty()) {
        out += " " + std::string{why.subject};
    }
    if (why.id) {
        out += " id " + std::string{why.id.text};
    }
    return out;
}

inline outcome_list read(qga::request_decoder& decoder, std::string_view bytes,
                         const std::vector<std::size_t>& pieces = {}) {
    return outcomes(decoder, bytes, pieces,
                    [](const qga::request_decoder& from, const decoded<qga::request>& outcome) {
                        return outcome.has_value() ? told(*outcome) : told(from.rejected());
                    });
}

inline std::string told(const qga::reply_view& got) {
    std::string out = got.delimited ? "FF " : "";
    switch (got.kind) {
    case qga::reply_kind::returned:
        out += "return " + std::string{got.value.raw()};
        break;
    case qga::reply_kind::refused:
        out += "error " + std::string{got.error_class} + ": " + std::string{got.desc};
        break;
    case qga::reply_kind::other:
        out += "other " + std::string{got.value.raw()};
        break;
    }
    if (got.id) {
        out += " id " + std::string{got.id.text};
    }
    return out;
}

inline outcome_list read(qga::reply_decoder& decoder, std::string_view bytes,
                         const std::vector<std::size_t>& pieces = {}) {
    return outcomes(decoder, bytes, pieces,
                    [](const qga::reply_decoder&, const decoded<qga::reply_view>& outcome) {
                        return outcome.has_value()
                                   ? told(*outcome)
                                   : told(outcome.error()) + told(outcome.error().governed_by);
                    });
}

template <class Message>
std::string encoded(const Message& message) {
    std::string out;
    codec::container_sink sink{out};
    qga::encode(sink, message);
    return out;
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_DIALECT_QGA_SUPPORT_HPP
