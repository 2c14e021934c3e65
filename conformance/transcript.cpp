// SPDX-License-Identifier: BSL-1.0
#include "conformance/transcript.hpp"

#include "conformance/sort_stably.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace snapproto::conformance {
namespace {

/// The length of the well-formed UTF-8 sequence at the head of `bytes`, or 0.
std::size_t utf8_length(std::string_view bytes) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char head = at(0);
    std::size_t length = 0;
    if (head >= 0xC2 && head <= 0xDF) {
        length = 2;
    } else if (head >= 0xE0 && head <= 0xEF) {
        length = 3;
    } else if (head >= 0xF0 && head <= 0xF4) {
        length = 4;
    }
    if (length == 0 || bytes.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    const unsigned char second = at(1);
    const bool wrong = (head == 0xE0 && second < 0xA0) || (head == 0xED && second > 0x9F) ||
                       (head == 0xF0 && second < 0x90) || (head == 0xF4 && second > 0x8F);
    return wrong ? 0 : length;
}

} // namespace

std::string_view name(lane which) noexcept {
    switch (which) {
    case lane::orchestrator:
        return "orchestrator";
    case lane::agent:
        return "agent";
    case lane::hook:
        return "hook";
    case lane::filesystem:
        return "filesystem";
    case lane::provider:
        return "provider";
    }
    return "?";
}

std::string printable(std::string_view bytes, std::size_t most) {
    std::string text;
    std::size_t i = 0;
    while (i < bytes.size() && i < most) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (byte == '\n') {
            text += "\\n";
        } else if (byte == '\t') {
            text += "\\t";
        } else if (byte == '\r') {
            text += "\\r";
        } else if (byte >= 0x20 && byte < 0x7F) {
            text += bytes[i];
        } else if (const std::size_t length = utf8_length(bytes.substr(i)); length > 1) {
            text.append(bytes.substr(i, length));
            i += length;
            continue;
        } else {
            text += fmt::format("\\x{:02X}", byte);
        }
        ++i;
    }
    if (i < bytes.size()) {
        text += fmt::format("… ({} bytes)", bytes.size());
    }
    return text;
}

std::string printable_lines(std::string_view text) {
    std::string out;
    std::size_t start = 0;
    while (start < text.size()) {
        const auto end = std::min(text.find('\n', start), text.size());
        out += printable(text.substr(start, end - start), text.size());
        if (end < text.size()) {
            out += '\n';
        }
        start = end + 1;
    }
    return out;
}

void transcript::add(transcript_entry entry) {
    if (m_first.size() < half_max) {
        m_first.push_back(std::move(entry));
        return;
    }
    m_last.push_back(std::move(entry));
    if (m_last.size() > half_max) {
        m_last.pop_front();
        ++m_dropped;
    }
}

void transcript::sent(instant at, std::string_view client, std::string_view bytes) {
    add({.at = at,
         .from = lane::orchestrator,
         .to = lane::agent,
         .client = std::string(client),
         .text = printable(bytes),
         .bytes = bytes.size(),
         .message = true});
}

void transcript::received(instant at, std::string_view client, std::string_view bytes) {
    add({.at = at,
         .from = lane::agent,
         .to = lane::orchestrator,
         .client = std::string(client),
         .text = printable(bytes),
         .bytes = bytes.size(),
         .message = true});
}

void transcript::event(instant at, lane where, std::string_view words) {
    event(at, where, where, words);
}

void transcript::event(instant at, lane from, lane to, std::string_view words) {
    add({.at = at, .from = from, .to = to, .client = {}, .text = printable(words, 1000)});
}

std::vector<transcript_entry> transcript::entries() const {
    std::vector<transcript_entry> all = m_first;
    if (m_dropped > 0) {
        all.push_back({.at = m_last.front().at,
                       .client = {},
                       .text = fmt::format("… {} entries are left out here …", m_dropped)});
    }
    all.insert(all.end(), m_last.begin(), m_last.end());
    sort_stably(all, [](const auto& a, const auto& b) { return a.at < b.at; });
    return all;
}

} // namespace snapproto::conformance
