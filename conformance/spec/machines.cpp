// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines.hpp"

#include <algorithm>
#include <array>

namespace snapproto::conformance {

std::span<const machine_view* const> machines() noexcept {
    static const std::array<const machine_view*, 9> all{
        &machine_views::agent(),        &machine_views::orchestrator(),
        &machine_views::participant(),  &machine_views::provider(),
        &machine_views::vss_writer(),   &machine_views::vss_coordinator(),
        &machine_views::vss_provider(), &machine_views::vss_requester(),
        &machine_views::fsrvp_server()};
    return all;
}

std::span<const machine_view* const> abstract_machines() noexcept {
    return machines().first(4);
}

const machine_view* find_machine(std::string_view name) noexcept {
    const auto all = machines();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const machine_view* one) { return one->name == name; });
    return found == all.end() ? nullptr : *found;
}

} // namespace snapproto::conformance
