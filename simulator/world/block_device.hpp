// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_BLOCK_DEVICE_HPP
#define SNAPPROTO_SIMULATOR_WORLD_BLOCK_DEVICE_HPP

// The virtual disk of a guest, as its host sees it.

#include "simulator/world/disk_format.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// A disk that serves a few writes at once and keeps the others waiting. A block is written whole
/// or not at all, and in whatever order the writes come to their end.
class block_device : public actor {
  public:
    /// @param name what its randomness is called.
    block_device(environment& world, const disk_options& options, std::size_t blocks,
                 std::string_view name = "disk");

    /// Writes a block; `done` comes when it is on the disk.
    void write(std::uint32_t number, const block& content, const event& done);

    /// What the disk holds at this instant: writes that have not come to their end are not in it,
    /// as in the copy of a hypervisor that holds them back while it cuts.
    [[nodiscard]] const image& content() const noexcept { return m_content; }

    /// Writes at once, before the guest is switched on.
    void format(std::uint32_t number, const block& content) { m_content[number] = content; }

    [[nodiscard]] std::uint64_t writes() const noexcept { return m_writes; }
    /// Writes that are served or wait for it.
    [[nodiscard]] std::size_t under_way() const noexcept;

    // ---- what can be wrong with it ----

    /// Each write takes so many times as long.
    void slow_down(std::uint64_t times) noexcept { m_times = times; }
    /// Nothing comes to its end any more; what is under way ends after `stall(false)`.
    void stall(bool on);
    /// Writes fail, and are tried again until they do not.
    void fail(bool on) noexcept { m_fails = on; }
    /// Who is told of each write that failed.
    void report_failures_to(const event& whom) noexcept { m_failed = whom; }

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { served, try_again };
    struct request {
        std::uint32_t number = 0;
        block content{};
        event done;
    };

    void serve();
    void end(std::size_t place);

    environment& m_world;
    disk_options m_options;
    kernel::generator m_random;
    actor_id m_self;
    image m_content;
    std::deque<request> m_waiting;
    std::vector<std::optional<request>> m_served;
    std::vector<std::size_t> m_held; // places whose requests end when it goes on
    std::uint64_t m_writes = 0;
    std::uint64_t m_times = 1;
    bool m_stalls = false;
    bool m_fails = false;
    event m_failed;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_BLOCK_DEVICE_HPP
