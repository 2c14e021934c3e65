// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/address.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw std::invalid_argument(fmt::format(
        "'{}': {}; an address is unix:PATH, tcp:HOST:PORT, vsock:CID:PORT or pty:PATH", text, why));
}

std::uint32_t read_number(std::string_view all, std::string_view digits, std::uint64_t most,
                          std::string_view what) {
    std::uint64_t number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc{} || end != digits.data() + digits.size() || number == 0 ||
        number > most) {
        refuse(all, fmt::format("'{}' is not a {}", digits, what));
    }
    return static_cast<std::uint32_t>(number);
}

} // namespace

std::string address::text() const {
    switch (kind) {
    case address_kind::unix_socket:
        return "unix:" + place;
    case address_kind::tcp:
        return fmt::format("tcp:{}:{}", place, port);
    case address_kind::vsock:
        return fmt::format("vsock:{}:{}", cid, port);
    case address_kind::pty:
        return "pty:" + place;
    }
    return {};
}

address parse_address(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        refuse(text, "the kind is missing");
    }
    const std::string_view kind = text.substr(0, colon);
    const std::string_view rest = text.substr(colon + 1);
    if (rest.empty()) {
        refuse(text, "nothing follows the colon");
    }
    address out;
    if (kind == "unix" || kind == "pty") {
        out.kind = kind == "unix" ? address_kind::unix_socket : address_kind::pty;
        out.place = std::string(rest);
        return out;
    }
    if (kind != "tcp" && kind != "vsock") {
        refuse(text, fmt::format("'{}' is no kind of address", kind));
    }
    // The last colon, so that an IPv6 host may have its own (with or without brackets).
    const auto last = rest.rfind(':');
    if (last == std::string_view::npos || last == 0) {
        refuse(text, "the port is missing");
    }
    const std::string_view port = rest.substr(last + 1);
    std::string_view place = rest.substr(0, last);
    constexpr std::uint64_t word_max = std::numeric_limits<std::uint32_t>::max();
    if (kind == "vsock") {
        out.kind = address_kind::vsock;
        out.cid = read_number(text, place, word_max, "context id");
        out.port = read_number(text, port, word_max, "port");
        return out;
    }
    if (place.size() > 2 && place.front() == '[' && place.back() == ']') {
        place = place.substr(1, place.size() - 2);
    }
    out.kind = address_kind::tcp;
    out.place = std::string(place);
    out.port = read_number(text, port, 65535, "port");
    return out;
}

} // namespace snapproto::conformance
