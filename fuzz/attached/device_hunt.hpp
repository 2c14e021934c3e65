// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_DEVICE_HUNT_HPP
#define SNAPPROTO_FUZZ_ATTACHED_DEVICE_HUNT_HPP

// Draws runs for a daemon of Hyper-V, keeps and changes those that reach something new, and makes a
// finding small.

#include "fuzz/attached/device_player.hpp"
#include "fuzz/attached/device_run.hpp"

#include <snapproto/fuzz/random.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::fuzz {

/// Makes and changes runs.
class device_drawer {
  public:
    /// @param streams whether devices without boundaries are drawn
    device_drawer(std::uint64_t seed, bool streams) : m_random(seed), m_streams(streams) {}

    [[nodiscard]] device_run next(const std::vector<device_run>& corpus);

  private:
    [[nodiscard]] device_run fresh();
    void change(device_run& run);
    [[nodiscard]] device_step some_step();
    [[nodiscard]] std::string request();
    [[nodiscard]] std::string message();

    random_source m_random;
    bool m_streams;
};

/// What a hunt tells and is told.
struct device_hunt_settings {
    std::uint64_t seed = 1;
    bool streams = true;
    /// Asked before each run, with the runs, messages and kinds of event reached until then.
    std::function<bool(std::size_t, std::size_t, std::size_t)> go_on{};
    /// Asked of each breach while it is played: true: it is known.
    std::function<bool(const breach&)> passes{};
    /// What was found, and by what. @return whether the hunt goes on
    std::function<bool(const breach&, const device_run&)> found{};
};

/// @param corpus what to begin with; what reaches something new is added.
void hunt_in_device(conformance::hyperv_target& daemon, std::vector<device_run>& corpus,
                    const device_hunt_settings& how);

/// Leaves out of a run what its breach does not need.
/// @param passes as above, and counts nothing
[[nodiscard]] device_run minimised(conformance::hyperv_target& daemon, device_run run,
                                   const breach& wrong,
                                   const std::function<bool(const breach&)>& passes,
                                   const std::function<bool()>& go_on);

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_DEVICE_HUNT_HPP
