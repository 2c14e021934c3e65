// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/excuses.hpp"

#include <array>

namespace snapproto::conformance {

std::span<const clause_excuse> clause_excuses() {
    constexpr std::string_view orchestrator =
        "a duty of the orchestrator, which an agent can neither meet nor break";
    constexpr std::string_view platform =
        "done by the platform below the library, which no conversation shows";
    static constexpr std::array all{
        clause_excuse{sec<4, 13>::value, platform}, // who finds the participants knows the scope
        clause_excuse{sec<5, 3>::value, platform},  // who finds them knows what lies on what
        clause_excuse{sec<6, 9>::value, platform},  // the watchdog does not depend on the agent
        clause_excuse{sec<6, 10>::value, platform}, // what may wait is done between two records
        clause_excuse{sec<14, 13>::value, platform},
        clause_excuse{sec<14, 14>::value, platform},
        clause_excuse{sec<18, 10>::value, platform}, // as 6.10
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
