// SPDX-License-Identifier: BSL-1.0
// Texts that people write: scenarios of the simulator, one fleet's options, and baselines. Every
// reader is given each text, and reads it or refuses it with words; nothing else is thrown, and
// what was read is in its bounds.
#include "fuzz/support/target.hpp"

#include "conformance/baseline.hpp"
#include "simulator/fleet/scenario.hpp"
#include "simulator/world/scenario.hpp"

#include <stdexcept>
#include <variant>

namespace {

using namespace snapproto;
using fuzz::require;

/// Every number that was read is between its bounds.
template <class Scenario>
void check_bounds(Scenario& made) {
    for (const auto& one : fields_of(made)) {
        if (const auto* const number = std::get_if<std::uint64_t*>(&one.where)) {
            require(**number >= one.least && **number <= one.most, "a number is within its bounds",
                    std::string{one.name});
        }
    }
}

void read_scenario(std::string_view text) {
    (void)world::looks_like_scenario(text);
    auto made = world::scenario_from("fuzzed", text);
    check_bounds(made);
}

void read_fleet(std::string_view text) {
    (void)fleet::looks_like_fleet(text);
    auto made = fleet::scenario_from("fuzzed", text);
    check_bounds(made);
}

void assign(std::string_view text) {
    fleet::scenario made;
    fleet::set(made, text);
    check_bounds(made);
}

void read_list_of_deviations(std::string_view text) {
    const auto made = conformance::read_baseline(text);
    for (const auto& one : made.entries) {
        require(one.expected != conformance::status::pass, "no deviation is a pass");
        require(made.find(one.id) != nullptr, "an entry is found by its id", one.id);
    }
    const auto written = conformance::write_baseline({}, made, {});
    (void)conformance::read_baseline(written);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr void (*readers[])(std::string_view) = {read_scenario, read_fleet, assign,
                                                            read_list_of_deviations};
    for (const auto read : readers) {
        try {
            read(fuzz::text_of(data, size));
        } catch (const std::invalid_argument& refused) {
            require(*refused.what() != '\0', "a refusal has words");
        }
    }
    return 0;
}
