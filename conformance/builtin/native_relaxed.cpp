// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/native_relaxed.hpp"

#include "conformance/native_bytes.hpp"

#include <snapproto/dialect/native/profile.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace snapproto::conformance::builtin {
namespace {

using native_bytes::cbor_type;

/// The beginning of an item, in whatever form.
struct item_head {
    cbor_type type = cbor_type::unsigned_number;
    std::uint64_t argument = 0;
    std::size_t end = 0;
};

std::optional<item_head> head_at(std::string_view bytes, std::size_t at) {
    if (at >= bytes.size()) {
        return std::nullopt;
    }
    const auto first = static_cast<unsigned char>(bytes[at]);
    item_head made{static_cast<cbor_type>(first >> 5U), first & 0x1fU, at + 1};
    if (made.argument < 24) {
        return made;
    }
    if (made.argument > 27) {
        return std::nullopt;
    }
    const std::size_t count = std::size_t{1} << (made.argument - 24);
    if (bytes.size() - made.end < count) {
        return std::nullopt;
    }
    made.argument = 0;
    for (std::size_t i = 0; i < count; ++i) {
        made.argument = made.argument << 8U | static_cast<unsigned char>(bytes[made.end++]);
    }
    return made;
}

/// Copies one item, heads in their shortest form if wanted. @return where it ends
std::optional<std::size_t> copy_item(std::string_view bytes, std::size_t at, bool shorten,
                                     std::string& to, int depth = 0) {
    const auto head = head_at(bytes, at);
    if (!head || depth > 16) {
        return std::nullopt;
    }
    to += shorten ? native_bytes::head(head->type, head->argument)
                  : std::string{bytes.substr(at, head->end - at)};
    std::size_t end = head->end;
    std::uint64_t inner = 0;
    switch (head->type) {
    case cbor_type::bytes:
    case cbor_type::text:
        if (bytes.size() - end < head->argument) {
            return std::nullopt;
        }
        to += bytes.substr(end, static_cast<std::size_t>(head->argument));
        return end + static_cast<std::size_t>(head->argument);
    case cbor_type::array:
        inner = head->argument;
        break;
    case cbor_type::map:
        inner = 2 * head->argument;
        break;
    default:
        return end;
    }
    for (; inner != 0; --inner) {
        const auto next = copy_item(bytes, end, shorten, to, depth + 1);
        if (!next) {
            return std::nullopt;
        }
        end = *next;
    }
    return end;
}

/// A message of this kind with every field as it is by default.
any_message message_of_kind(std::size_t kind) {
    any_message made;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((I == kind ? void(made.emplace<I>()) : void()), ...);
    }
    (std::make_index_sequence<std::variant_size_v<any_message>>{});
    return made;
}

struct numbered {
    std::uint64_t key = 0;
    std::string value;
};

/// Keys that version 1 gives a message of this kind go up to this one at the most.
std::uint64_t last_key(const std::vector<numbered>& entries) {
    std::uint64_t last = 3;
    if (!entries.empty() && entries.front().key == 0 && entries.front().value.size() == 1) {
        const auto kind = static_cast<unsigned char>(entries.front().value[0]);
        if (kind < std::variant_size_v<any_message>) {
            const auto known = native_bytes::map_of(message_of_kind(kind)).entries;
            last = static_cast<unsigned char>(known.back().key[0]);
        }
    }
    return last;
}

void fill_in(std::vector<numbered>& entries) {
    if (entries.empty() || entries.front().key != 0 || entries.front().value.size() != 1) {
        return;
    }
    const auto kind = static_cast<unsigned char>(entries.front().value[0]);
    if (kind >= std::variant_size_v<any_message>) {
        return;
    }
    for (const auto& one : native_bytes::map_of(message_of_kind(kind)).entries) {
        const auto key = static_cast<std::uint64_t>(static_cast<unsigned char>(one.key[0]));
        const bool there = std::any_of(entries.begin(), entries.end(),
                                       [&](const numbered& known) { return known.key == key; });
        if (!there) {
            entries.push_back({key, one.value});
        }
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const numbered& a, const numbered& b) { return a.key < b.key; });
}

} // namespace

std::optional<std::string> read_relaxed(std::string_view body, const relaxed& how) {
    const auto map = head_at(body, 0);
    if (!map || map->type != cbor_type::map) {
        return std::nullopt;
    }
    std::vector<numbered> entries;
    std::size_t at = map->end;
    for (std::uint64_t i = 0; i < map->argument; ++i) {
        const auto key = head_at(body, at);
        std::string value;
        const auto end = key && key->type == cbor_type::unsigned_number
                             ? copy_item(body, key->end, how.long_forms, value)
                             : std::nullopt;
        if (!end) {
            return std::nullopt;
        }
        entries.push_back({key->argument, std::move(value)});
        at = *end;
    }
    if (at != body.size() && !how.tail) {
        return std::nullopt;
    }
    if (how.any_order) {
        std::stable_sort(entries.begin(), entries.end(),
                         [](const numbered& a, const numbered& b) { return a.key < b.key; });
    }
    if (how.low_keys) {
        const std::uint64_t last = last_key(entries);
        std::erase_if(entries, [&](const numbered& one) {
            return one.key > last && one.key < native::optional_key_min;
        });
    }
    if (how.missing) {
        fill_in(entries);
    }
    std::string made = native_bytes::head(cbor_type::map, entries.size());
    for (const numbered& one : entries) {
        made += native_bytes::number(one.key) + one.value;
    }
    return made;
}

std::optional<first_frame> find_frame(std::string_view bytes) {
    const std::size_t begin = std::min(bytes.find_first_not_of('\xff'), bytes.size());
    if (bytes.size() - begin < native::prefix_bytes) {
        return std::nullopt;
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < native::prefix_bytes; ++i) {
        size = size << 8U | static_cast<unsigned char>(bytes[begin + i]);
    }
    if (bytes.size() - begin - native::prefix_bytes < size) {
        return std::nullopt;
    }
    return first_frame{begin, size};
}

} // namespace snapproto::conformance::builtin
