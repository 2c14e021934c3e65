// SPDX-License-Identifier: BSL-1.0
#include "conformance/qga_client.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance {
namespace json = boost::json;
namespace {

constexpr char sentinel = '\xFF';

reply& unreadable(reply& out, std::string because) {
    out.kind = reply_kind::unreadable;
    out.unreadable_because = std::move(because);
    return out;
}

} // namespace

reply parse_reply(std::string_view line) {
    reply out;
    while (!line.empty() && line.front() == sentinel) {
        ++out.sentinels;
        line.remove_prefix(1);
    }
    out.raw = std::string(line);
    out.stray_sentinels = static_cast<std::size_t>(std::count(line.begin(), line.end(), sentinel));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
        return unreadable(out, "an empty line");
    }
    json::parse_options options;
    options.max_depth = 4096; // An echoed id may be deep.
    json::error_code failure;
    json::value parsed = json::parse(line, failure, {}, options);
    if (failure) {
        return unreadable(out, "not JSON: " + failure.message());
    }
    if (!parsed.is_object()) {
        return unreadable(out, "not a JSON object");
    }
    out.members = std::move(parsed.get_object());
    if (const auto* id = out.members.if_contains("id")) {
        out.id = *id;
    }
    const auto* returned = out.members.if_contains("return");
    const auto* error = out.members.if_contains("error");
    if ((returned == nullptr) == (error == nullptr)) {
        return unreadable(out, returned != nullptr ? "both 'return' and 'error'"
                                                   : "neither 'return' nor 'error'");
    }
    if (returned != nullptr) {
        out.kind = reply_kind::value;
        out.returned = *returned;
        return out;
    }
    const auto* details = error->if_object();
    const auto* error_class = details != nullptr ? details->if_contains("class") : nullptr;
    const auto* words = details != nullptr ? details->if_contains("desc") : nullptr;
    if (error_class == nullptr || !error_class->is_string() || words == nullptr ||
        !words->is_string()) {
        return unreadable(out, "'error' is not an object with the strings 'class' and 'desc'");
    }
    out.kind = reply_kind::error;
    out.error_class = std::string(error_class->get_string());
    out.error_words = std::string(words->get_string());
    return out;
}

bool reply::returns(std::int64_t wanted) const {
    return number() == std::optional<std::int64_t>(wanted);
}

bool reply::returns(std::string_view text) const {
    return is_value() && returned.is_string() && returned.get_string() == text;
}

std::optional<std::int64_t> reply::number() const {
    if (is_value() && returned.is_int64()) {
        return returned.get_int64();
    }
    return std::nullopt;
}

std::string reply::words() const {
    switch (kind) {
    case reply_kind::value:
    case reply_kind::error:
        return printable(raw, 200);
    case reply_kind::unreadable:
        return fmt::format("{} ({})", printable(raw, 200), unreadable_because);
    case reply_kind::none:
        return raw.empty() ? fmt::format("no reply within {:.3g} s", milliseconds(waited) / 1e3)
                           : fmt::format("no whole line within {:.3g} s, only: {}",
                                         milliseconds(waited) / 1e3, printable(raw, 200));
    case reply_kind::closed:
        return raw.empty() ? "the agent closed the connection"
                           : "the agent closed the connection after: " + printable(raw, 200);
    }
    return {};
}

} // namespace snapproto::conformance
