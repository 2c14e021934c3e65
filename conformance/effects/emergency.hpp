// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_EMERGENCY_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_EMERGENCY_HPP

// The last way out: thaws all that this program may have had frozen, from a signal handler if need
// be.

namespace snapproto::conformance::effects {

/// Remembers an open descriptor of a mount for thaw_all(). @return false when there is no room left
/// (64 mounts), which the caller must treat as a refusal to freeze.
[[nodiscard]] bool remember_for_emergency(int descriptor) noexcept;

/// Forgets it again, before it is closed.
void forget_for_emergency(int descriptor) noexcept;

/// Thaws every remembered filesystem; harmless where nothing is frozen.
///
/// Async-signal-safe: nothing but ioctl() on descriptors that are open already. It may sleep while
/// a freeze of one of them is still under way.
void thaw_all() noexcept;

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_EMERGENCY_HPP
