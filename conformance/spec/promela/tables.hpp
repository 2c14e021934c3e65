// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_PROMELA_TABLES_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_PROMELA_TABLES_HPP

// The tables of the machines as Promela: one branch for each row and each refusal.

#include "conformance/spec/machines.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// A row that does something else than its table says.
struct promela_mutation {
    const machine_view* machine = nullptr;
    std::size_t row = 0;
    std::size_t to = 0; ///< Where it leads.
    bool acts = true;   ///< False: its action is lost.
};

/// Errors: throws std::invalid_argument with a sentence.
[[nodiscard]] promela_mutation promela_mutation_from(std::string_view text);

/// Numbers for the words of all machines: "#define AGENT_OFF 0".
[[nodiscard]] std::string promela_words();

/// The four tables.
[[nodiscard]] std::string promela_tables(const std::optional<promela_mutation>& mutation);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_PROMELA_TABLES_HPP
