// SPDX-License-Identifier: BSL-1.0
#include "conformance/report/report.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace snapproto::conformance {

std::string make_report(std::string_view kind, const run_result& run, bool strict) {
    if (kind == "json") {
        return json_report(run);
    }
    if (kind == "junit") {
        return junit_report(run, strict);
    }
    if (kind == "tap") {
        return tap_report(run, strict);
    }
    if (kind == "markdown") {
        return markdown_report(run);
    }
    if (kind == "html") {
        return html_report(run);
    }
    throw std::invalid_argument(fmt::format("'{}' is no kind of report", kind));
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            // XML knows no other control bytes, not even escaped.
            if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
            } else {
                out += c;
            }
        }
    }
    return out;
}

std::string transcript_lines(const case_result& one) {
    std::string out;
    if (one.transcript.empty()) {
        return out;
    }
    const instant zero = one.transcript.front().at;
    for (const auto& entry : one.transcript) {
        const bool alone = entry.from == entry.to;
        const std::string lanes = alone ? std::string(name(entry.from))
                                        : fmt::format("{} -> {}", name(entry.from), name(entry.to));
        const std::string client =
            entry.client.empty() || entry.client == "first" ? "" : " [" + entry.client + "]";
        out += fmt::format("{:>9.1f} ms  {:<21} {}{}\n", milliseconds(entry.at - zero),
                           lanes + client, entry.message ? "" : "· ", entry.text);
    }
    return out;
}

} // namespace snapproto::conformance
