// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/attached_system.hpp"

#include "conformance/attach/hyperv_target.hpp"
#include "conformance/attach/vmbackup_target.hpp"
#include "conformance/suites/hyperv_system.hpp"
#include "conformance/suites/qga_system.hpp"

#include <stdexcept>

namespace snapproto::conformance::suites {

std::unique_ptr<attached_system> make_system(target& agent, const system_settings& how) {
    if (auto* const daemon = dynamic_cast<hyperv_target*>(&agent)) {
        if (!daemon->plays_guest()) {
            throw std::invalid_argument("--freeze-target is not for generated suites and learning: "
                                        "their inputs make filesystems fail, and real ones do not");
        }
        return std::make_unique<hyperv_system>(*daemon, how);
    }
    if (dynamic_cast<vmbackup_target*>(&agent) != nullptr) {
        throw std::invalid_argument("no inputs are known for guests of vmbackup");
    }
    return std::make_unique<qga_system>(agent, alphabet_for(agent), how);
}

} // namespace snapproto::conformance::suites
