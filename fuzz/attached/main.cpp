// SPDX-License-Identifier: BSL-1.0
// fuzz_attached: hunts in an agent that snapcheck can be attached to.
#include "conformance/attach/target.hpp"
#include "conformance/interrupt.hpp"
#include "fuzz/attached/commands.hpp"

#include <cstdio>
#include <stdexcept>
#include <string_view>

int main(int count, char** words) {
    using namespace snapproto;
    using namespace snapproto::fuzz;
    if (count == 2 &&
        (std::string_view{words[1]} == "--help" || std::string_view{words[1]} == "-h")) {
        std::fputs(usage, stdout);
        return 0;
    }
    try {
        const options asked = read_options(count, words);
        // Processes of ours end with this one; somebody else's is thawed when it is left in order.
        const conformance::interrupt_guard guard([] {});
        if (asked.dialect == "hyperv") {
            return asked.catalogue ? hunt_in_hyperv_catalogue(asked) : hunt_in_hyperv(asked);
        }
        return asked.catalogue ? hunt_in_qga_catalogue(asked) : hunt_in_qga(asked);
    } catch (const std::invalid_argument& wrong) {
        std::fprintf(stderr, "fuzz_attached: %s\n%s", wrong.what(), usage);
        return 2;
    } catch (const conformance::unreachable& wrong) {
        std::fprintf(stderr, "fuzz_attached: %s\n", wrong.what());
        return 3;
    }
}
