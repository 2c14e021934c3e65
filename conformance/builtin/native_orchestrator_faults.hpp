// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_ORCHESTRATOR_FAULTS_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_ORCHESTRATOR_FAULTS_HPP

// Words in which the faults of the embedded orchestrator of native agents are written, and the
// families of them.

#include "conformance/builtin/host_fault.hpp"

#include <snapproto/message/any_message.hpp>

#include <functional>
#include <string>
#include <vector>

namespace snapproto::conformance::builtin {

/// Looks at a message and may change it; false: it does not get through.
using message_edit = std::function<bool(faulty_orchestrator&, std::size_t guest, any_message&)>;
using byte_edit = std::function<bool(faulty_orchestrator&, std::size_t guest, std::string&)>;

/// For what the orchestrator sends, frame by frame.
[[nodiscard]] byte_edit requests(message_edit edit);
/// For what a guest sends at once. Bytes that are not whole messages stay as they are.
[[nodiscard]] byte_edit reports(message_edit edit);

[[nodiscard]] std::vector<host_fault> native_session_faults();
[[nodiscard]] std::vector<host_fault> native_freeze_faults();
[[nodiscard]] std::vector<host_fault> native_thaw_faults();

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_ORCHESTRATOR_FAULTS_HPP
