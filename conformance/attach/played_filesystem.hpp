// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_FILESYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_FILESYSTEM_HPP

// What would be seen from outside of a filesystem of a played guest: a program writes to it while
// nobody holds it, and a copy is at rest while somebody does. For embedded agents, so that the
// checks of effect can be seen to pass and to fail without a disk.

#include "conformance/attach/freeze_target.hpp"
#include "conformance/attach/played_guest.hpp"
#include "conformance/attach/target.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance {

/// How a played filesystem is held, and by whom.
struct played_hold {
    std::function<bool()> is_frozen;
    std::function<void(bool frozen)> set_by_other; ///< Somebody else than the agent does it.
};

/// One filesystem of a played guest.
class played_filesystem final : public freeze_target {
  public:
    /// @param clock whose time passes while a writer is watched; it outlives this object.
    played_filesystem(target& clock, played_hold hold, std::string place)
        : m_clock(clock), m_hold(std::move(hold)), m_place(std::move(place)) {}
    /// One of the ordinary guest, by its source. The guest outlives this object.
    played_filesystem(target& clock, played_guest& guest, const std::string& source,
                      std::string place);

    [[nodiscard]] support can(capability what) const override {
        return what == capability::freeze_target_alias ? support::no("it is mounted at one place")
                                                       : support::yes();
    }
    [[nodiscard]] std::string mount() const override { return m_place; }
    [[nodiscard]] std::optional<std::string> alias() const override { return std::nullopt; }
    [[nodiscard]] observed<bool> is_frozen() override { return m_hold.is_frozen(); }
    [[nodiscard]] observed<std::string> device_digest() override;
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override;
    [[nodiscard]] observed<copy_report> examine_copy() override;
    [[nodiscard]] observed<std::shared_ptr<witness>> leave_witness() override;
    [[nodiscard]] observed<bool> foreign_freeze() override;
    [[nodiscard]] observed<bool> foreign_thaw() override;

  private:
    class stepping;
    class leaving;

    /// Steps of a writer since the last look: one, when time has passed and nobody holds it.
    void look();

    target& m_clock;
    played_hold m_hold;
    std::string m_place;
    unsigned m_writers = 0;
    std::uint64_t m_steps = 0;
    instant m_looked{};
};

/// The three of the ordinary guest, for a target that has none of its own.
class played_filesystems {
  public:
    played_filesystems(target& clock, played_guest& guest);

    [[nodiscard]] std::vector<freeze_target*> all() noexcept;
    /// Whether something can be seen of them, for what is about filesystems; absent for the rest.
    [[nodiscard]] static std::optional<support> can(capability what);

  private:
    std::array<played_filesystem, 3> m_all;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_FILESYSTEM_HPP
