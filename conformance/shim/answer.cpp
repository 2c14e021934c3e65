// SPDX-License-Identifier: BSL-1.0
// The form of an adapter's answers: docs/shim.schema.json says the same.
#include "conformance/shim/adapter.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <map>
#include <stdexcept>

namespace snapproto::conformance::shim {
namespace {

namespace json = boost::json;

[[noreturn]] void refuse(std::string_view what, std::string_view wanted) {
    throw std::invalid_argument(fmt::format("'{}' is not {}", what, wanted));
}

std::string text_of(std::string_view what, const json::value& from) {
    if (!from.is_string()) {
        refuse(what, "a string");
    }
    return std::string(from.get_string());
}

std::int64_t number_of(std::string_view what, const json::value& from) {
    if (!from.is_int64() || from.get_int64() < 0) {
        refuse(what, "a number of 0 or more");
    }
    return from.get_int64();
}

std::uint32_t small_number_of(std::string_view what, const json::value& from) {
    const std::int64_t number = number_of(what, from);
    if (number > std::numeric_limits<std::uint32_t>::max()) {
        refuse(what, "a number below 2^32");
    }
    return static_cast<std::uint32_t>(number);
}

int nibble(char digit) {
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

std::string bytes_of(std::string_view what, const json::value& from) {
    const std::string text = text_of(what, from);
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = nibble(text[i]);
        const int low = i + 1 < text.size() ? nibble(text[i + 1]) : -1;
        if (high < 0 || low < 0) {
            refuse(what, "pairs of hexadecimal digits");
        }
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

template <class Function>
auto list_of(std::string_view what, const json::value& from, Function item) {
    if (!from.is_array()) {
        refuse(what, "an array");
    }
    std::vector<decltype(item(what, from))> all;
    for (const json::value& one : from.get_array()) {
        all.push_back(item(what, one));
    }
    return all;
}

/// Exactly these two members.
const json::object& pair_of(std::string_view what, const json::value& from, const char* first,
                            const char* second) {
    if (!from.is_object() || from.get_object().size() != 2 || !from.get_object().contains(first) ||
        !from.get_object().contains(second)) {
        refuse(what, fmt::format("an object of {} and {}", first, second));
    }
    return from.get_object();
}

client_bytes client_bytes_of(std::string_view what, const json::value& from) {
    const auto& object = pair_of(what, from, "client", "hex");
    return {small_number_of("client", object.at("client")), bytes_of("hex", object.at("hex"))};
}

hook_start hook_start_of(std::string_view what, const json::value& from) {
    const auto& object = pair_of(what, from, "call", "argument");
    return {small_number_of("call", object.at("call")), text_of("argument", object.at("argument"))};
}

using member = std::function<void(answer&, std::string_view, const json::value&)>;

const std::map<std::string_view, member>& members() {
    static const std::map<std::string_view, member> all{
        {"unsupported",
         [](answer& to, auto what, const auto& from) { to.unsupported = text_of(what, from); }},
        {"out", [](answer& to, auto what,
                   const auto& from) { to.out = list_of(what, from, client_bytes_of); }},
        {"closed", [](answer& to, auto what,
                      const auto& from) { to.closed = list_of(what, from, small_number_of); }},
        {"due",
         [](answer& to, auto what, const auto& from) {
             to.due = from.is_null() ? std::nullopt : std::optional{number_of(what, from)};
         }},
        {"frozen",
         [](answer& to, auto what, const auto& from) { to.frozen = list_of(what, from, text_of); }},
        {"ended",
         [](answer& to, auto what, const auto& from) { to.ended = number_of(what, from); }},
        {"hook", [](answer& to, auto what,
                    const auto& from) { to.hook = list_of(what, from, hook_start_of); }},
        {"kill", [](answer& to, auto what,
                    const auto& from) { to.kill = list_of(what, from, small_number_of); }},
        {"mounts",
         [](answer& to, auto what, const auto& from) { to.mounts = list_of(what, from, text_of); }},
        {"can",
         [](answer& to, auto what, const auto& from) { to.can = list_of(what, from, text_of); }}};
    return all;
}

} // namespace

answer parse_answer(std::string_view line) {
    boost::system::error_code wrong;
    const json::value parsed = json::parse(line, wrong);
    if (wrong) {
        throw std::invalid_argument("it is not JSON: " + wrong.message());
    }
    if (!parsed.is_object()) {
        throw std::invalid_argument("it is not an object");
    }
    answer made;
    for (const auto& [key, value] : parsed.get_object()) {
        const auto known = members().find(std::string_view{key.data(), key.size()});
        if (known == members().end()) {
            throw std::invalid_argument(
                fmt::format("'{}' is no member of an answer", std::string_view{key}));
        }
        known->second(made, known->first, value);
    }
    return made;
}

} // namespace snapproto::conformance::shim
