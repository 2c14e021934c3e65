// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/capability.hpp"

namespace snapproto::conformance {

std::string_view describe(capability what) noexcept {
    switch (what) {
    case capability::reconnect:
        return "connecting again";
    case capability::second_client:
        return "a second client at the same time";
    case capability::connection_oriented:
        return "a transport that tells when a client goes";
    case capability::half_close:
        return "closing one direction of the connection";
    case capability::restart:
        return "restarting the agent";
    case capability::signal:
        return "signals to the agent process";
    case capability::hook:
        return "a hook under the suite's control";
    case capability::keep_state:
        return "keeping or emptying the agent's state directory";
    case capability::state_on_target:
        return "putting the agent's state on the freeze target";
    case capability::block_list:
        return "starting the agent with a block list";
    case capability::freeze_target:
        return "a filesystem that may be frozen";
    case capability::two_freeze_targets:
        return "two filesystems that may be frozen";
    case capability::freeze_target_alias:
        return "a freeze target mounted at a second place";
    case capability::kernel_truth:
        return "seeing from outside whether a filesystem is frozen";
    case capability::device_digest:
        return "reading the device under a freeze target";
    case capability::writer:
        return "a writer on a freeze target";
    case capability::window_copy:
        return "examining a copy of the device";
    case capability::foreign_freeze:
        return "freezing and thawing behind the agent's back";
    case capability::freeze_everything:
        return "a freeze of everything that reaches the freeze targets only";
    case capability::failing_mount:
        return "a mount whose freeze fails";
    case capability::nested_mount:
        return "a filesystem whose image lies on a freeze target";
    case capability::hidden_mount:
        return "a mount hidden under a later one";
    case capability::virtual_time:
        return "virtual time";
    case capability::cut_seen:
        return "seeing when the cut happens";
    case capability::cut_control:
        return "making the cut slow or fail";
    case capability::group:
        return "a snapshot of several guests";
    }
    return "an unknown capability";
}

} // namespace snapproto::conformance
