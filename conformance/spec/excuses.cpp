// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/excuses.hpp"

#include <array>

namespace snapproto::conformance {

std::span<const clause_excuse> clause_excuses() {
    constexpr std::string_view orchestrator =
        "a duty of the orchestrator, which an agent can neither meet nor break";
    static constexpr std::array all{
        clause_excuse{sec<22, 10>::value, orchestrator},
        clause_excuse{sec<22, 11>::value, orchestrator},
        clause_excuse{sec<22, 12>::value, orchestrator},
        clause_excuse{sec<29, 8>::value, orchestrator},
        clause_excuse{sec<29, 9>::value, orchestrator},
        clause_excuse{sec<29, 10>::value, orchestrator},
        clause_excuse{sec<29, 11>::value, orchestrator},
        clause_excuse{sec<29, 12>::value, orchestrator},
        clause_excuse{sec<29, 13>::value, orchestrator},
        clause_excuse{sec<29, 14>::value, orchestrator},
        clause_excuse{sec<29, 15>::value, orchestrator},
        clause_excuse{sec<29, 16>::value, orchestrator},
        clause_excuse{sec<29, 17>::value, orchestrator},
        clause_excuse{sec<29, 18>::value, orchestrator},
        clause_excuse{sec<29, 19>::value, orchestrator},
        clause_excuse{sec<29, 20>::value, orchestrator},
        clause_excuse{sec<29, 21>::value, orchestrator},
        clause_excuse{sec<29, 22>::value, orchestrator},
        clause_excuse{sec<29, 23>::value, orchestrator},
    };
    return all;
}

} // namespace snapproto::conformance
