// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_ALLOCATIONS_HPP
#define SNAPPROTO_TESTS_SUPPORT_ALLOCATIONS_HPP

// Counts what is allocated. The program that uses it links one definition of
// `snapproto::tests::allocations_so_far`, which replaces the global operator new.

#include <cstddef>

namespace snapproto::tests {

/// Calls of operator new since the program began.
[[nodiscard]] std::size_t allocations_so_far() noexcept;

/// Counts from its construction on.
class allocation_count {
  public:
    [[nodiscard]] std::size_t allocations() const noexcept {
        return allocations_so_far() - m_before;
    }

  private:
    std::size_t m_before = allocations_so_far();
};

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_ALLOCATIONS_HPP
