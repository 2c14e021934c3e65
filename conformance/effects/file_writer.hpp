// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_FILE_WRITER_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_FILE_WRITER_HPP

// A writer on a real filesystem, with the time of every write that the disk has confirmed.

#include "conformance/attach/freeze_target.hpp"

#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance::effects {

/// Writes a record, flushes it to the disk, notes the time, rests 5 ms, and begins anew.
///
/// It runs in a thread with a file of its own (256 KiB at the most, removed at the end). While the
/// filesystem is frozen the thread sleeps in the kernel and cannot be ended; it ends by itself once
/// somebody thaws, and nothing here waits for it longer than `end_wait`.
class file_writer final : public writer {
  public:
    static constexpr duration end_wait = std::chrono::seconds(2);
    static constexpr const char* name_prefix = ".snapproto-writer-"; ///< Of the name of its file.

    /// Starts it. Errors show in failure().
    explicit file_writer(const std::string& mount);
    ~file_writer() override;

    [[nodiscard]] std::uint64_t progress() const override;
    [[nodiscard]] bool blocked_for(duration span) override;
    [[nodiscard]] bool moves_within(duration bound) override;

    /// When the last confirmed writes were complete, oldest first, the last 4096 at the most.
    [[nodiscard]] std::vector<instant> completions() const;

    /// Why it cannot write, or an empty string.
    [[nodiscard]] std::string failure() const;

  private:
    struct state;
    std::shared_ptr<state> m_state; ///< Shared with the thread, which may outlive this object.
};

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_FILE_WRITER_HPP
