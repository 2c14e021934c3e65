// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_MOUNTED_FILESYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_MOUNTED_FILESYSTEM_HPP

// A freeze target on this machine, of which everything can be seen.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/freeze_target.hpp"
#include "conformance/effects/backing.hpp"
#include "conformance/effects/write_probe.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace snapproto::conformance::effects {

/// A mounted filesystem, judged by the kernel and by the bytes under it.
class mounted_filesystem final : public freeze_target {
  public:
    /// Looks at a mount point and refuses what must not be frozen; see find_backing().
    /// @throws unsuitable with a sentence for the user.
    explicit mounted_filesystem(const std::string& mount, permissions allowed = {});
    ~mounted_filesystem() override;

    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::string mount() const override { return m_backing.mount; }
    [[nodiscard]] std::optional<std::string> alias() const override { return m_backing.alias; }
    [[nodiscard]] std::optional<std::string> image_file() const override {
        return m_backing.loop ? std::optional(m_backing.bytes) : std::nullopt;
    }
    [[nodiscard]] observed<bool> is_frozen() override { return m_probe->frozen(); }
    [[nodiscard]] observed<std::string> device_digest() override;
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override;
    [[nodiscard]] observed<copy_report> examine_copy() override;
    [[nodiscard]] observed<std::shared_ptr<witness>> leave_witness() override;
    [[nodiscard]] observed<bool> foreign_freeze() override;
    [[nodiscard]] observed<bool> foreign_thaw() override;

    /// Where its bytes are.
    [[nodiscard]] const backing& under() const noexcept { return m_backing; }

  private:
    backing m_backing;
    std::shared_ptr<descriptor> m_mount; ///< Shared with threads that may sleep in the kernel.
    std::unique_ptr<write_probe> m_probe;
};

/// The same for every mount point named; none may be frozen when the suite begins.
/// @throws unsuitable
[[nodiscard]] std::unique_ptr<freeze_target> open_freeze_target(const std::string& mount,
                                                                permissions allowed = {});

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_MOUNTED_FILESYSTEM_HPP
