// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RESULT_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RESULT_HPP

// What a snapshot came to, for machines and for people.

#include "disks.hpp"
#include "settings.hpp"

#include <snapproto/core/time.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace snaptake {

/// Exit statuses of the program.
namespace exit_status {
constexpr int ok = 0;          ///< There is a snapshot, and it is what was wanted.
constexpr int failed = 1;      ///< There is none, or it is less, or something needs looking after.
constexpr int usage = 2;       ///< The command line is wrong.
constexpr int unreachable = 3; ///< An agent or monitor cannot do what is wanted; nothing was done.
} // namespace exit_status

/// What a snapshot came to for one machine.
struct machine_result {
    std::string name;
    snapproto::verdict verdict = snapproto::verdict::none; ///< `none`: it gave none.
    std::uint32_t frozen = 0;                              ///< Filesystems.
    bool may_be_frozen = false;                            ///< Still, for all that is known.
    std::string trouble;
    std::vector<disk_copy> copies;
    std::vector<std::string> left_out; ///< Disks, with the reason.
};

/// What a snapshot came to.
struct snapshot_result {
    snapproto::session_outcome outcome = snapproto::session_outcome::failed;
    snapproto::consistency label = snapproto::consistency::none;
    snapproto::consistency wanted = snapproto::consistency::filesystem;
    std::string reason; ///< Why it is not what was wanted.
    cut_method method = cut_method::overlay;
    bool unreachable = false; ///< Somebody could not be spoken with, so nothing was begun.
    bool interrupted = false;
    snapproto::duration held{}; ///< From the freeze that was sent to the thaw; zero: none.
    snapproto::duration cut{};  ///< What fixing the snapshot point took.
    std::vector<machine_result> machines;

    /// There is a copy to be used, whatever it is worth.
    [[nodiscard]] bool kept() const noexcept {
        return outcome != snapproto::session_outcome::failed;
    }
};

/// The files that are on disk and belong to no snapshot, or may be.
[[nodiscard]] std::vector<std::string> left_behind(const snapshot_result& result);

[[nodiscard]] boost::json::object to_json(const snapshot_result& result);

/// What would be done: the disks, the files and the command that cuts, of each machine.
[[nodiscard]] boost::json::object plan_to_json(const snapshot_result& result);
[[nodiscard]] std::string plan_to_table(const snapshot_result& result);

/// Lines for people. They have the word "frozen" in them when a guest may still be.
[[nodiscard]] std::string to_table(const snapshot_result& result);

[[nodiscard]] int status_of(const snapshot_result& result) noexcept;

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_RESULT_HPP
