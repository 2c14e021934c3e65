// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/host_fault_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace snapproto::conformance::builtin {

host_fault_list::host_fault_list(std::initializer_list<std::vector<host_fault>> families) {
    for (const auto& family : families) {
        std::copy(family.begin(), family.end(), std::back_inserter(m_all));
    }
    std::sort(m_all.begin(), m_all.end(),
              [](const auto& a, const auto& b) { return a.info.name < b.info.name; });
    for (const host_fault& one : m_all) {
        m_infos.push_back(one.info);
    }
}

const host_fault* host_fault_list::find(std::string_view name) const {
    if (name == "reference") {
        return nullptr;
    }
    const auto found = std::find_if(m_all.begin(), m_all.end(),
                                    [&](const host_fault& one) { return one.info.name == name; });
    if (found == m_all.end()) {
        throw std::invalid_argument(fmt::format("no embedded orchestrator is named '{}'", name));
    }
    return &*found;
}

} // namespace snapproto::conformance::builtin
