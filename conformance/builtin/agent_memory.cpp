// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/agent_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace snapproto::conformance::builtin {

/// It outlives its agent until the last block is freed: what an agent has handed over (a reply in
/// a stream, an event on the clock) may be freed long after it.
class memory_account {
  public:
    void allocated(std::size_t size) noexcept {
        m_holders.fetch_add(1);
        m_bytes.fetch_add(size);
    }
    void freed(std::size_t size) noexcept {
        m_bytes.fetch_sub(size);
        let_go();
    }
    void let_go() noexcept {
        if (m_holders.fetch_sub(1) == 1) {
            std::free(this); // as it was made: past operator new
        }
    }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return m_bytes.load(); }

  private:
    std::atomic<std::uint64_t> m_bytes{0};
    std::atomic<std::uint64_t> m_holders{1}; ///< The agent_memory, and each block.
};

namespace {

/// In front of every block.
struct alignas(std::max_align_t) block_head {
    memory_account* account; ///< Null: nobody's.
    std::size_t size;
};

thread_local memory_account* working = nullptr;

void* allocate(std::size_t size) noexcept {
    if (size > std::numeric_limits<std::size_t>::max() - sizeof(block_head)) {
        return nullptr;
    }
    void* const place = std::malloc(sizeof(block_head) + size);
    if (place == nullptr) {
        return nullptr;
    }
    auto* const head = new (place) block_head{working, size};
    if (working != nullptr) {
        working->allocated(size);
    }
    return head + 1;
}

void release(void* block) noexcept {
    if (block == nullptr) {
        return;
    }
    block_head* const head = static_cast<block_head*>(block) - 1;
    if (head->account != nullptr) {
        head->account->freed(head->size);
    }
    std::free(head);
}

} // namespace

agent_memory::agent_memory() {
    void* const place = std::malloc(sizeof(memory_account));
    if (place == nullptr) {
        throw std::bad_alloc();
    }
    m_account = new (place) memory_account;
}

agent_memory::~agent_memory() {
    m_account->let_go();
}

std::uint64_t agent_memory::bytes() const noexcept {
    return m_account->bytes();
}

agent_memory::at_work::at_work(const agent_memory& whose) noexcept : m_before(working) {
    working = whose.m_account;
}

agent_memory::at_work::~at_work() {
    working = m_before;
}

} // namespace snapproto::conformance::builtin

// All forms but the over-aligned ones, so that no pair is half ours.

void* operator new(std::size_t size) {
    for (;;) {
        if (void* const block = snapproto::conformance::builtin::allocate(size)) {
            return block;
        }
        const std::new_handler more = std::get_new_handler();
        if (more == nullptr) {
            throw std::bad_alloc();
        }
        more();
    }
}

void* operator new[](std::size_t size) {
    return ::operator new(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return snapproto::conformance::builtin::allocate(size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return snapproto::conformance::builtin::allocate(size);
}

void operator delete(void* block) noexcept {
    snapproto::conformance::builtin::release(block);
}

void operator delete[](void* block) noexcept {
    snapproto::conformance::builtin::release(block);
}

void operator delete(void* block, std::size_t) noexcept {
    snapproto::conformance::builtin::release(block);
}

void operator delete[](void* block, std::size_t) noexcept {
    snapproto::conformance::builtin::release(block);
}

void operator delete(void* block, const std::nothrow_t&) noexcept {
    snapproto::conformance::builtin::release(block);
}

void operator delete[](void* block, const std::nothrow_t&) noexcept {
    snapproto::conformance::builtin::release(block);
}
