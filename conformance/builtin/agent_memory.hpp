// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_AGENT_MEMORY_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_AGENT_MEMORY_HPP

// What an embedded agent holds of the memory, so that bounds on it are judged without a process.
//
// The program that links this has its operator new and delete replaced. Each block remembers the
// agent that was at work when it was allocated, whoever frees it.

#include <cstdint>

namespace snapproto::conformance::builtin {

class memory_account;

/// Counts the bytes of one run of an agent.
///
/// Bounds: memory from operator new; over-aligned blocks, malloc and stacks are not seen.
class agent_memory {
  public:
    agent_memory();
    ~agent_memory();
    agent_memory(const agent_memory&) = delete;
    agent_memory& operator=(const agent_memory&) = delete;

    /// Bytes allocated while the agent was at work and not freed since.
    [[nodiscard]] std::uint64_t bytes() const noexcept;

    /// While it lives the agent is at work in this thread. They nest.
    class at_work {
      public:
        explicit at_work(const agent_memory& whose) noexcept;
        ~at_work();
        at_work(const at_work&) = delete;
        at_work& operator=(const at_work&) = delete;

      private:
        memory_account* m_before;
    };

  private:
    memory_account* m_account;
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_AGENT_MEMORY_HPP
