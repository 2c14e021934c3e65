// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/excuses.hpp"

#include <array>

namespace snapproto::conformance {

std::span<const clause_excuse> clause_excuses() {
    constexpr std::string_view vector =
        "a declaration of the binding; what it claims is judged by its labels";
    constexpr std::string_view platform =
        "done by the platform below the library, which no conversation shows";
    static constexpr std::array all{
        clause_excuse{sec<5, 3>::value, platform},  // who finds them knows what lies on what
        clause_excuse{sec<6, 9>::value, platform},  // the watchdog does not depend on the agent
        clause_excuse{sec<6, 10>::value, platform}, // what may wait is done between two records
        clause_excuse{sec<14, 13>::value, platform}, clause_excuse{sec<14, 14>::value, platform},
        clause_excuse{sec<18, 10>::value, platform}, // as 6.10
        clause_excuse{sec<29, 8>::value, vector},
    };
    return all;
}

} // namespace snapproto::conformance
