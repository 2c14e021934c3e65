// SPDX-License-Identifier: BSL-1.0
// SP 61: of all encodings of a message the deterministic one is read, and no other.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::clauses {
namespace {

using namespace native_bytes;

constexpr std::uint64_t ignored = native::optional_key_min; ///< A key that may be ignored.

/// The Ping that is made wrong in one place.
item_map ping_map(native_host& host) {
    ping with;
    with.cookie = 99;
    return map_of(host.made(with));
}

struct wrong_item {
    std::string_view words;
    std::string bytes;
};

// catches: an agent that reads any item as a message
void no_map(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::string map = ping_map(host).bytes();
    host.must_be_malformed(list({number(4), number(1)}), "a list", "a message is a map");
    host.must_be_malformed(number(4), "a number", "a message is a map");
    host.must_be_malformed(text(map), "a text with a message in it", "a message is a map");
}

// catches: an agent that takes field names for keys
void other_keys(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const wrong_item& key :
         {wrong_item{"a text", text("cookie")}, wrong_item{"a negative number", negative(0)},
          wrong_item{"false", std::string(1, '\xf4')}}) {
        item_map map = ping_map(host);
        map.entries.push_back({key.bytes, number(1)});
        host.must_be_malformed(map.bytes(), fmt::format("a Ping with {} as key", key.words),
                               "keys are unsigned numbers");
    }
}

// catches: an agent that reads numbers in a longer form than they need
void long_forms(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::size_t bytes : {1U, 2U, 4U, 8U}) {
        item_map map = ping_map(host);
        const std::uint64_t value = bytes == 1 ? 23 : 99;
        map.set(4, wide_head(cbor_type::unsigned_number, value, bytes));
        host.must_be_malformed(map.bytes(), fmt::format("a cookie in {} bytes", bytes),
                               "a number is read in its shortest form only");
    }
    const std::string right = ping_map(host).bytes();
    host.must_be_malformed(wide_head(cbor_type::map, 5, 1) + right.substr(1),
                           "the number of entries in a longer form",
                           "a length is read in its shortest form only");
}

// catches: an agent that reads items that end with a break
void indefinite(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::string right = ping_map(host).bytes();
    host.must_be_malformed('\xbf' + right.substr(1) + '\xff', "a map of no stated length",
                           "every length is definite");
    abort_request give_up;
    item_map map = map_of(host.made(give_up));
    map.set(4, std::string{'\x7f'} + text("a") + text("b") + '\xff');
    host.must_be_malformed(map.bytes(), "a text of no stated length", "every length is definite");
}

// catches: an agent that reads keys in any order
void out_of_order(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (std::size_t i = 0; i + 1 < 5; ++i) {
        item_map map = ping_map(host);
        std::swap(map.entries[i], map.entries[i + 1]);
        host.must_be_malformed(map.bytes(), fmt::format("entries {} and {} exchanged", i, i + 1),
                               "keys are in ascending order");
    }
}

// catches: an agent that takes the first, or the last, of two values
void twice(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (std::size_t i = 0; i < 5; ++i) {
        item_map map = ping_map(host);
        map.entries.insert(map.entries.begin() + static_cast<std::ptrdiff_t>(i), map.entries[i]);
        host.must_be_malformed(map.bytes(), fmt::format("key {} twice", i), "a key occurs once");
    }
}

// catches: an agent that passes over what it ignores without a look
void inside_of_ignored(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::vector<wrong_item> all{
        {"a number in a longer form", wide_head(cbor_type::unsigned_number, 1, 1)},
        {"a list of no stated length", "\x9f\xff"},
        {"a map whose keys are not in order",
         head(cbor_type::map, 2) + number(2) + number(0) + number(1) + number(0)},
        {"a map with a key twice",
         head(cbor_type::map, 2) + text("a") + number(0) + text("a") + number(0)},
        {"an item that ends too soon", head(cbor_type::text, 5) + "abc"},
    };
    for (const wrong_item& one : all) {
        item_map map = ping_map(host);
        map.set(ignored, one.bytes);
        host.must_be_malformed(map.bytes(), fmt::format("key 64 with {}", one.words),
                               "what is ignored is in the deterministic form too");
    }
}

// catches: an agent that reads types which the dialect does not have
void other_types(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const std::vector<wrong_item> all{
        {"a byte string", head(cbor_type::bytes, 2) + "ab"},
        {"a tag", head(cbor_type::tag, 1) + number(1)},
        {"a half float", std::string("\xf9\x3c\x00", 3)},
        {"a float", std::string("\xfa\x3f\x80\x00\x00", 5)},
        {"a double", std::string("\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00", 9)},
        {"undefined", "\xf7"},
        {"simple value 0", "\xe0"},
        {"simple value 255", "\xf8\xff"},
        {"a break", "\xff"},
        {"a reserved head", "\x1c"},
    };
    for (const wrong_item& one : all) {
        for (const std::uint64_t key : {std::uint64_t{4}, ignored}) {
            item_map map = ping_map(host);
            map.set(key, one.bytes);
            host.must_be_malformed(map.bytes(), fmt::format("key {} with {}", key, one.words),
                                   "a type that the dialect does not have is refused");
        }
    }
}

// catches: an agent that takes any bytes for a text
void bad_text(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::string_view bytes :
         {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xfe"}) {
        item_map map = map_of(host.made(abort_request{}));
        map.set(4, text(bytes));
        host.must_be_malformed(map.bytes(), "a reason that is no UTF-8", "texts are UTF-8");
    }
}

// catches: an agent that passes over what stands behind the message
void a_tail(run_context& run) {
    native_host host(run);
    (void)host.begin();
    for (const std::string_view tail : {std::string_view("\x00", 1), std::string_view("\xf6", 1)}) {
        host.must_be_malformed(ping_map(host).bytes() + std::string{tail}, "an item behind the map",
                               "nothing follows the map in its frame");
    }
    const std::string whole = ping_map(host).bytes();
    host.must_be_malformed(whole.substr(0, whole.size() - 1), "a map that ends too soon",
                           "a frame holds the whole map");
}

} // namespace

void native_61_encoding(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = run});
    };
    add(sec<61, 1>::value, 1, "what is no map is refused", no_map);
    add(sec<61, 1>::value, 2, "keys that are no unsigned numbers are refused", other_keys);
    add(sec<61, 2>::value, 1, "numbers in a longer form are refused", long_forms);
    add(sec<61, 2>::value, 2, "lengths that are not stated are refused", indefinite);
    add(sec<61, 2>::value, 3, "keys out of order are refused", out_of_order);
    add(sec<61, 2>::value, 4, "a key that occurs twice is refused", twice);
    add(sec<61, 2>::value, 5, "what is ignored is in the deterministic form too",
        inside_of_ignored);
    add(sec<61, 3>::value, 1, "types that the dialect does not have are refused", other_types);
    add(sec<61, 3>::value, 2, "a text that is no UTF-8 is refused", bad_text);
    add(sec<61, 4>::value, 1, "what stands behind the map is refused", a_tail);
}

} // namespace snapproto::conformance::clauses
