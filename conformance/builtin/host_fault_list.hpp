// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_HOST_FAULT_LIST_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_HOST_FAULT_LIST_HPP

// The faults of one dialect's embedded orchestrator, by name.

#include "conformance/builtin/host_fault.hpp"

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace snapproto::conformance::builtin {

class host_fault_list {
  public:
    /// Sorts them by name.
    host_fault_list(std::initializer_list<std::vector<host_fault>> families);

    [[nodiscard]] std::span<const fault_info> infos() const noexcept { return m_infos; }
    /// Null for "reference". @throws std::invalid_argument for a name that none has
    [[nodiscard]] const host_fault* find(std::string_view name) const;

  private:
    std::vector<host_fault> m_all;
    std::vector<fault_info> m_infos;
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_HOST_FAULT_LIST_HPP
