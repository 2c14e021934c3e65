// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_WRITE_PROBE_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_WRITE_PROBE_HPP

// Whether the kernel holds a filesystem frozen, seen without changing it.

#include "conformance/attach/capability.hpp"
#include "conformance/time.hpp"

#include <memory>
#include <string>

namespace snapproto::conformance::effects {

/// Asks the kernel for write access to a filesystem and sees whether it has to wait.
///
/// `unlinkat` of a name that does not exist takes write access before it looks for the name. So it
/// sleeps while the filesystem is frozen (on ext4, XFS and btrfs alike) and otherwise fails having
/// changed nothing. The call is made in a thread that may sleep as long as the freeze lasts;
/// neither the caller nor the destructor waits for it.
class write_probe {
  public:
    /// @throws std::runtime_error if the mount cannot be opened.
    explicit write_probe(const std::string& mount);
    ~write_probe();
    write_probe(const write_probe&) = delete;
    write_probe& operator=(const write_probe&) = delete;

    /// True when write access has to wait; also while a freeze is only under way. May be called
    /// from several threads. Bounds: 2 s; usually 1 ms if not frozen, 10 ms if frozen.
    [[nodiscard]] observed<bool> frozen();

  private:
    struct state;
    std::shared_ptr<state> m_state; ///< Shared with the thread, which may outlive this object.
};

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_WRITE_PROBE_HPP
