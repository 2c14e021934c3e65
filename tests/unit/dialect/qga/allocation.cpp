// SPDX-License-Identifier: BSL-1.0
// Nothing is allocated for a message once one as large has been seen: operator new is counted.
#include <snapproto/dialect/qga/describe.hpp>
#include <snapproto/dialect/qga/encode.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include "tests/support/allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::size_t allocations = 0;

} // namespace

std::size_t snapproto::tests::allocations_so_far() noexcept {
    return allocations;
}

// Not inlined: the compiler would take what it sees for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

using namespace snapproto;

// Runs `round` once to take memory and then a hundred times to take none.
template <class Round>
std::size_t allocations_of(Round&& round) {
    round();
    const std::size_t before = allocations;
    for (int i = 0; i < 100; ++i) {
        round();
    }
    return allocations - before;
}

template <class Decoder>
std::size_t read(Decoder& decoder, std::string_view text, std::size_t piece) {
    std::size_t told = 0;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        byte_view bytes = as_bytes(text.substr(0, piece));
        while (!bytes.empty()) {
            bytes = bytes.subspan(decoder.feed(bytes));
            told += decoder.next().needs_more() ? 0U : 1U;
        }
    }
    return told;
}

} // namespace

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(the_counter_counts) {
    BOOST_TEST(allocations_of([] { std::vector<char> some(100); }) == 100U);
}

BOOST_AUTO_TEST_CASE(reading_requests_allocates_nothing) {
    const std::string stream =
        std::string{R"({"execute":"guest-ping","id":{"a":[1,"\u00e9"]}}{"execute":"guest-sync",)"
                    R"("arguments":{"id":5}} {"execute":"guest-fsfreeze-freeze-list","arguments":)"
                    R"({"mountpoints":["/","/\u00e9","/a\\b"]}} {"half)"} +
        "\xff{\"broken\" 1, \"more\": [\"x\"]} GET / HTTP/1.1\n{\"execute\":\"guest-sync\"}\n" +
        "{\"id\":\"" + std::string(5000, 'x') + "\"}\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
        qga::request_decoder decoder{{.frame_bytes_max = 4000}};
        std::size_t told = 0;
        std::vector<char> buffer(64 * 1024);
        BOOST_TEST(allocations_of([&] { told = read(decoder, stream, piece); }) == 0U);
        BOOST_TEST(told == 8U);
        BOOST_TEST(allocations_of([&] {
                       codec::span_sink sink{std::span{buffer}};
                       qga::encode_rejection(sink, decoder.rejected());
                   }) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(reading_replies_allocates_nothing) {
    const std::string stream =
        "{\"return\": {}}\r\n\xff{\"return\": 5, \"id\": \"\\u00e9\"}\n{\"half\xff\n"
        R"({"error": {"class": "GenericError", "desc": "a\nb"}})"
        "\n{\"event\": [1, 2, {}]}\nrubbish\n{\"x\": \"" +
        std::string(5000, 'x') + "\"}\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
        qga::reply_decoder decoder{{.frame_bytes_max = 4000}};
        std::size_t told = 0;
        BOOST_TEST(allocations_of([&] { told = read(decoder, stream, piece); }) == 0U);
        BOOST_TEST(told == 7U);
    }
}

BOOST_AUTO_TEST_CASE(writing_allocates_nothing_but_what_the_container_needs_once) {
    const std::array<std::string_view, 2> mountpoints{"/", "/\xc3\xa9"};
    const std::array<qga::command_entry, 2> entries{{{"guest-ping"}, {"guest-info"}}};
    std::vector<std::byte> bytes;
    std::string text;
    const auto write_all = [&](auto& out) {
        out.clear();
        codec::container_sink sink{out};
        qga::encode_resync(sink, 7);
        qga::encode(sink, qga::make_freeze_list(mountpoints, {"[ 1 ]"}));
        qga::encode(sink, qga::reply{qga::agent_info{"1", entries}});
        qga::encode(sink, qga::reply{qga::error_reply{qga::reply_error::generic, "\x01"}});
    };
    BOOST_TEST(allocations_of([&] { write_all(bytes); }) == 0U);
    BOOST_TEST(allocations_of([&] { write_all(text); }) == 0U);
    BOOST_TEST(bytes.size() == text.size());
}

BOOST_AUTO_TEST_SUITE_END()
