// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_FREEZE_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_FREEZE_TARGET_HPP

// A filesystem that the suite may have frozen, and what can be seen of it without asking the agent:
// the second level of evidence, effect.

#include "conformance/attach/capability.hpp"
#include "conformance/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace snapproto::conformance {

/// A program that keeps writing to a freeze target, so that a freeze can be seen as a stop.
///
/// Each step writes and flushes a record; in an unfrozen filesystem at least ten steps a second
/// are made. Destroying the object stops it, also while it is blocked (it may end only after thaw;
/// the destructor does not wait for that longer than a bound).
class writer {
  public:
    writer() = default;
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    virtual ~writer() = default;

    /// Steps completed so far.
    [[nodiscard]] virtual std::uint64_t progress() const = 0;

    /// True when no step is completed while `span` of the target's time passes.
    [[nodiscard]] virtual bool blocked_for(duration span) = 0;

    /// True when at least one more step is completed within `bound`; returns as soon as it is.
    [[nodiscard]] virtual bool moves_within(duration bound) = 0;
};

/// What a copy of the device shows.
enum class copy_verdict {
    clean,          ///< The filesystem in the copy needs no recovery: taken inside a freeze.
    needs_recovery, ///< The journal has to be replayed: what a power cut leaves.
    unknown,        ///< No opinion (another filesystem, no tool); `words` says why.
};

struct copy_report {
    copy_verdict verdict = copy_verdict::unknown;
    std::string words; ///< One sentence for a report.
};

/// Something that a program has written and nobody has flushed. It is gone with this object.
class witness {
  public:
    witness() = default;
    witness(const witness&) = delete;
    witness& operator=(const witness&) = delete;
    virtual ~witness() = default;

    /// Takes a copy of the device now, and looks whether all that was written is in it.
    [[nodiscard]] virtual observed<bool> in_copy() = 0;
};

/// One filesystem made for freezing, seen from outside the agent.
///
/// Every function is bounded in time, also when the filesystem is frozen (nothing here writes to it
/// on the caller's thread), and answers "unknown" with the reason where it cannot see.
class freeze_target {
  public:
    freeze_target() = default;
    freeze_target(const freeze_target&) = delete;
    freeze_target& operator=(const freeze_target&) = delete;
    virtual ~freeze_target() = default;

    /// The mount point as the agent knows it: what goes into a freeze-list.
    [[nodiscard]] virtual std::string mount() const = 0;

    /// Whether this can be seen or done here: kernel_truth, device_digest, writer, window_copy,
    /// foreign_freeze, state_on_target. Cheap, and without effect; asked before checks that need
    /// it.
    [[nodiscard]] virtual support can(capability) const { return support::yes(); }

    /// A second mount point of the same filesystem, as the agent knows it, if there is one.
    [[nodiscard]] virtual std::optional<std::string> alias() const = 0;

    /// The file that holds the bytes of this filesystem, where it is a file and known.
    [[nodiscard]] virtual std::optional<std::string> image_file() const { return std::nullopt; }

    /// Whether the kernel (not the agent) holds the filesystem frozen. May be called from a second
    /// thread (the hook's recorder does so).
    [[nodiscard]] virtual observed<bool> is_frozen() = 0;

    /// A digest of every byte of the block device, read past the page cache of the filesystem.
    [[nodiscard]] virtual observed<std::string> device_digest() = 0;

    /// Starts a writer; null with a reason where none can run.
    [[nodiscard]] virtual observed<std::shared_ptr<writer>> start_writer() = 0;

    /// Takes a copy of the device now and examines it; the copy is removed again.
    [[nodiscard]] virtual observed<copy_report> examine_copy() = 0;

    /// Writes something, without flushing it. Goes with window_copy.
    [[nodiscard]] virtual observed<std::shared_ptr<witness>> leave_witness() {
        return observed<std::shared_ptr<witness>>::unknown("nothing can be written there");
    }

    /// Freezes the filesystem behind the agent's back. @return true if it is frozen afterwards.
    [[nodiscard]] virtual observed<bool> foreign_freeze() = 0;

    /// Thaws the filesystem behind the agent's back, every level of freeze that it has.
    ///
    /// Also the emergency exit: it must work while the agent is dead or deaf, and be harmless when
    /// nothing is frozen. May be called from a second thread while another function of this object
    /// runs (the second Ctrl-C does so). @return true if the filesystem is not frozen afterwards.
    [[nodiscard]] virtual observed<bool> foreign_thaw() = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_FREEZE_TARGET_HPP
