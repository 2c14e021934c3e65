// SPDX-License-Identifier: BSL-1.0
#include <tests/support/allocations.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace {
std::atomic<std::size_t> calls{0};

void* counted(std::size_t size) {
    ++calls;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc{};
}
} // namespace

std::size_t snapproto::tests::allocations_so_far() noexcept {
    return calls;
}

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

BOOST_AUTO_TEST_CASE(the_counter_of_allocations_counts) {
    const snapproto::tests::allocation_count count;
    BOOST_TEST(count.allocations() == 0U);
    const std::vector<int> numbers(100);
    BOOST_TEST(count.allocations() >= 1U);
    BOOST_TEST(numbers.size() == 100U);
}
