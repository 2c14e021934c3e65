// SPDX-License-Identifier: BSL-1.0
#include "conformance/check.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace snapproto::conformance {
namespace {

auto order(const check& one) {
    return std::tuple(one.about, one.index);
}

} // namespace

std::string_view name(level which) noexcept {
    switch (which) {
    case level::must:
        return "MUST";
    case level::should:
        return "SHOULD";
    case level::may:
        return "MAY";
    }
    return "?";
}

std::string_view name(role which) noexcept {
    return which == role::agent ? "agent" : "orchestrator";
}

void registry::add(check one) {
    const bool judges_one = (one.run == nullptr) != (one.judge == nullptr);
    if (!one.about || one.index < 1 || one.title.empty() || !judges_one) {
        throw std::logic_error("a check lacks its clause, index, title or function: " + one.id());
    }
    const auto place =
        std::lower_bound(m_checks.begin(), m_checks.end(), one,
                         [](const check& a, const check& b) { return order(a) < order(b); });
    if (place != m_checks.end() && order(*place) == order(one)) {
        throw std::logic_error("two checks have the id " + one.id());
    }
    m_checks.insert(place, std::move(one));
}

const check* registry::find(std::string_view id) const {
    const auto found = std::find_if(m_checks.begin(), m_checks.end(),
                                    [&](const check& one) { return one.id() == id; });
    return found == m_checks.end() ? nullptr : &*found;
}

} // namespace snapproto::conformance
