// SPDX-License-Identifier: BSL-1.0
// What socat writes with -x: for each piece a line as "> 2026/11/27 12:00:00.000093612  length=26
// from=0 to=25", and one with its bytes. ">" goes to the second address, where the agent is.
#include "conformance/recording/piece.hpp"

#include <boost/algorithm/hex.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

namespace snapproto::conformance::recording {
namespace {

struct header {
    bool from_agent = false;
    std::chrono::sys_seconds second{};
    long fraction = 0;
    std::size_t length = 0;
    std::size_t from = 0; ///< How many bytes went this way before.
};

std::optional<header> header_of(const std::string& line) {
    char way = 0;
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
    header made;
    // Of a line that was looked at by its beginning; what cannot be read leaves the count short.
    if (std::sscanf(line.c_str(), "%c %4d/%2u/%2u %2u:%2u:%2u.%9ld length=%9zu from=%18zu", &way,
                    &year, &month, &day, &hour, &minute, &second, &made.fraction, &made.length,
                    &made.from) != 10) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok()) {
        return std::nullopt;
    }
    made.from_agent = way == '<';
    made.second = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                  std::chrono::minutes{minute} + std::chrono::seconds{second};
    return made;
}

bool is_header(std::string_view line) {
    return line.starts_with("> ") || line.starts_with("< ");
}

} // namespace

void read_socat_dump(std::string_view text, const piece_taker& take) {
    // Versions up to 1.7.4 write microseconds with nine digits: a file that has a larger number in
    // them counts nanoseconds.
    struct dumped {
        header what;
        std::size_t line;
        std::string bytes;
    };
    std::vector<dumped> all;
    long largest = 0;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string line{text.substr(0, text.find('\n'))};
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (is_header(line)) {
            const auto what = header_of(line);
            if (!what) {
                throw unreadable{fmt::format("line {}: not '> YYYY/MM/DD HH:MM:SS.FRACTION  "
                                             "length=N from=N to=N', as socat -x writes it",
                                             number)};
            }
            largest = std::max(largest, what->fraction);
            all.push_back({*what, number, {}});
        } else if (all.empty()) {
            throw unreadable{fmt::format("line {}: bytes before the first '>' or '<'", number)};
        } else {
            std::string digits = line;
            std::erase_if(digits, [](char c) { return c == ' ' || c == '\r'; });
            if (digits == "--") { // between pieces, with -v
                continue;
            }
            try {
                boost::algorithm::unhex(digits, std::back_inserter(all.back().bytes));
            } catch (const boost::algorithm::hex_decode_error&) {
                throw unreadable{fmt::format("line {}: no hexadecimal digits: record with "
                                             "'socat -x', without -v",
                                             number)};
            }
        }
    }
    const auto unit =
        largest < 1'000'000 ? std::chrono::nanoseconds{1000} : std::chrono::nanoseconds{1};
    const auto first = all.empty() ? std::chrono::sys_seconds{} : all.front().what.second;
    std::size_t connection = 0;
    snapproto::instant last{};
    for (const dumped& one : all) {
        piece made;
        // The clock of the day may be set back; the order of the file is what counts.
        const auto whole = std::clamp(one.what.second - first, std::chrono::seconds{0},
                                      std::chrono::duration_cast<std::chrono::seconds>(latest));
        made.at = last = std::max(last, snapproto::instant{whole + one.what.fraction * unit});
        made.place = one.line;
        made.from_agent = one.what.from_agent;
        if (one.bytes.size() != one.what.length) {
            throw unreadable{fmt::format("line {}: {} bytes follow, and length={}", one.line,
                                         one.bytes.size(), one.what.length)};
        }
        if (!made.from_agent && one.what.from == 0 && &one != &all.front()) {
            made.connection = connection++;
            made.closed = true;
            take(made); // with the option fork: another client begins to count
            made.closed = false;
        }
        made.connection = connection;
        made.bytes = one.bytes;
        take(made);
    }
}

} // namespace snapproto::conformance::recording
