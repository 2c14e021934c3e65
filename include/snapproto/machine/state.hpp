// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_STATE_HPP
#define SNAPPROTO_MACHINE_STATE_HPP

// The whole state of a machine as a plain value. This header knows nothing of Boost.MSM, so that
// what only looks at states need not compile the machines.

namespace snapproto::machine {

/// The whole state of a machine as a plain value: what an explorer stores and a restart restores.
template <class Phase, class Data>
struct machine_state {
    Phase phase{};
    Data data{};

    friend constexpr bool operator==(const machine_state&, const machine_state&) noexcept = default;
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_STATE_HPP
