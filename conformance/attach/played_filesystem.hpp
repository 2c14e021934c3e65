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
#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance {

/// One filesystem of the ordinary guest, by its source.
class played_filesystem final : public freeze_target {
  public:
    /// @param clock whose time passes while a writer is watched. Both outlive this object.
    played_filesystem(target& clock, played_guest& guest, std::string source, std::string place)
        : m_clock(clock), m_guest(guest), m_source(std::move(source)), m_place(std::move(place)) {}

    [[nodiscard]] support can(capability what) const override {
        return what == capability::freeze_target_alias ? support::no("it is mounted at one place")
                                                       : support::yes();
    }
    [[nodiscard]] std::string mount() const override { return m_place; }
    [[nodiscard]] std::optional<std::string> alias() const override { return std::nullopt; }
    [[nodiscard]] observed<bool> is_frozen() override { return m_guest.is_frozen(m_source); }
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
    played_guest& m_guest;
    std::string m_source;
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
