// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/builtin.hpp"

#include <stdexcept>
#include <string>

namespace snapproto::conformance {

std::unique_ptr<target> make_builtin(std::string_view, std::uint64_t) {
    throw std::invalid_argument("the embedded agent is not in this build");
}

std::span<const fault_info> builtin_faults() { return {}; }

} // namespace snapproto::conformance
