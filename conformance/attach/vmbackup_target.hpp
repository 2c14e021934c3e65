// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_VMBACKUP_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_VMBACKUP_TARGET_HPP

// A guest of vmbackup under test. Its host is played: connect() opens the command channel (TCLO),
// reports() that of the events (RPCI). A send or receive on either is one message.

#include "conformance/attach/played_guest.hpp"
#include "conformance/attach/target.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace snapproto::conformance {

/// One run of a hook.
struct script_call {
    std::string script;   ///< "10-first"
    std::string argument; ///< "freeze", "thaw" or "freezeFail"
};

/// The hooks of a guest, in the order of their names.
struct played_scripts {
    std::vector<std::string> names{"10-first", "20-second"};
    std::set<std::string> failing; ///< Whose run with "freeze" fails.
    std::vector<script_call> calls;

    /// The scripts that were run with this argument, in order: "10-first 20-second".
    [[nodiscard]] std::string run_with(std::string_view argument) const {
        std::string all;
        for (const script_call& one : calls) {
            if (one.argument == argument) {
                all += (all.empty() ? "" : " ") + one.script;
            }
        }
        return all;
    }
};

/// A guest, with its filesystems and hooks.
class vmbackup_target : public target {
  public:
    [[nodiscard]] played_guest& guest() noexcept { return m_guest; }
    /// False where the filesystems are real: guest() is not what the implementation finds then.
    [[nodiscard]] virtual bool plays_guest() const noexcept { return true; }
    [[nodiscard]] played_scripts& scripts() noexcept { return m_scripts; }

    /// Opens the channel of the events, which lives as long as the caller holds it. Each event is
    /// to be answered before the guest goes on. @throws unreachable
    [[nodiscard]] virtual std::unique_ptr<channel> reports(duration wait) = 0;

    // The guest's own hooks are played, and its filesystems where nothing else is said.
    [[nodiscard]] played_hook* hook() noexcept override { return nullptr; }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override { return {}; }

  private:
    played_guest m_guest;
    played_scripts m_scripts;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_VMBACKUP_TARGET_HPP
