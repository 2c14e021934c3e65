// SPDX-License-Identifier: BSL-1.0
#include "conformance/native_bytes.hpp"

#include <snapproto/dialect/native/encode.hpp>

#include <algorithm>
#include <span>
#include <stdexcept>

namespace snapproto::conformance::native_bytes {
namespace {

/// Where the item that begins at `at` ends. Of what the encoder has written, which is well formed.
std::size_t end_of_item(const std::string& bytes, std::size_t at) {
    codec::cbor_cursor cursor(std::as_bytes(std::span(bytes)), at);
    if (!cursor.skip({})) {
        throw std::logic_error("the encoder has written what cannot be read");
    }
    return cursor.offset();
}

} // namespace

std::string head(cbor_type type, std::uint64_t argument) {
    std::string bytes;
    codec::container_sink sink{bytes};
    codec::put_head(sink, type, argument);
    return bytes;
}

std::string wide_head(cbor_type type, std::uint64_t argument, std::size_t bytes) {
    const unsigned info = bytes == 1 ? 24U : bytes == 2 ? 25U : bytes == 4 ? 26U : 27U;
    std::string made(1, static_cast<char>(static_cast<unsigned>(type) << 5U | info));
    for (std::size_t i = bytes; i-- > 0;) {
        made += static_cast<char>(argument >> (8 * i) & 0xffU);
    }
    return made;
}

std::string number(std::uint64_t value) {
    return head(cbor_type::unsigned_number, value);
}

std::string negative(std::uint64_t argument) {
    return head(cbor_type::negative_number, argument);
}

std::string text(std::string_view value) {
    return head(cbor_type::text, value.size()) + std::string{value};
}

std::string list(const std::vector<std::string>& entries) {
    std::string made = head(cbor_type::array, entries.size());
    for (const std::string& one : entries) {
        made += one;
    }
    return made;
}

std::string nested(std::size_t depth) {
    return std::string(depth - 1, '\x81') + '\x80';
}

item_map& item_map::set(std::uint64_t key, std::string value) {
    const std::string name = number(key);
    const auto behind = [&](const entry& one) {
        return one.key.size() != name.size() ? one.key.size() > name.size() : one.key >= name;
    };
    const auto found = std::find_if(entries.begin(), entries.end(), behind);
    if (found != entries.end() && found->key == name) {
        found->value = std::move(value);
    } else {
        entries.insert(found, {name, std::move(value)});
    }
    return *this;
}

item_map& item_map::erase(std::uint64_t key) {
    std::erase_if(entries, [name = number(key)](const entry& one) { return one.key == name; });
    return *this;
}

std::string item_map::bytes() const {
    std::string made = head(cbor_type::map, entries.size());
    for (const entry& one : entries) {
        made += one.key + one.value;
    }
    return made;
}

item_map map_of(const any_message& message) {
    const std::string bytes = body(message);
    item_map made;
    for (std::size_t at = 1; at < bytes.size();) { // a message has fewer than 24 entries
        const std::size_t value = end_of_item(bytes, at);
        const std::size_t end = end_of_item(bytes, value);
        made.entries.push_back({bytes.substr(at, value - at), bytes.substr(value, end - value)});
        at = end;
    }
    return made;
}

std::string length(std::size_t bytes) {
    std::string made;
    for (std::size_t i = native::prefix_bytes; i-- > 0;) {
        made += static_cast<char>(bytes >> (8 * i) & 0xffU);
    }
    return made;
}

std::string frame(std::string_view body) {
    return length(body.size()) + std::string{body};
}

std::string mark() {
    std::string bytes;
    codec::container_sink sink{bytes};
    native::encode_mark(sink);
    return bytes;
}

std::string framed(const any_message& message) {
    std::string bytes;
    codec::container_sink sink{bytes};
    native::encode(sink, message);
    return bytes;
}

std::string body(const any_message& message) {
    const std::string bytes = framed(message);
    const bool marked =
        std::holds_alternative<hello>(message) || std::holds_alternative<hello_ack>(message);
    return bytes.substr(native::prefix_bytes + (marked ? native::mark_bytes : 0));
}

} // namespace snapproto::conformance::native_bytes
