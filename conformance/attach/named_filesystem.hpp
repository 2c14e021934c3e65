// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_NAMED_FILESYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_NAMED_FILESYSTEM_HPP

// A freeze target in another machine: it may be frozen, but nothing of it can be seen from here.

#include "conformance/attach/freeze_target.hpp"

#include <utility>

namespace snapproto::conformance {

/// A filesystem of which only the mount point is known, such as one inside a guest.
class named_filesystem final : public freeze_target {
  public:
    /// @param why why it cannot be seen, for skip messages.
    named_filesystem(std::string mount, std::string why)
        : m_mount(std::move(mount)), m_why(std::move(why)) {}

    [[nodiscard]] support can(capability) const override { return support::no(m_why); }
    [[nodiscard]] std::string mount() const override { return m_mount; }
    [[nodiscard]] std::optional<std::string> alias() const override { return std::nullopt; }
    [[nodiscard]] observed<bool> is_frozen() override { return observed<bool>::unknown(m_why); }
    [[nodiscard]] observed<std::string> device_digest() override {
        return observed<std::string>::unknown(m_why);
    }
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override {
        return observed<std::shared_ptr<writer>>::unknown(m_why);
    }
    [[nodiscard]] observed<copy_report> examine_copy() override {
        return observed<copy_report>::unknown(m_why);
    }
    [[nodiscard]] observed<bool> foreign_freeze() override {
        return observed<bool>::unknown(m_why);
    }
    [[nodiscard]] observed<bool> foreign_thaw() override { return observed<bool>::unknown(m_why); }

  private:
    std::string m_mount;
    std::string m_why;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_NAMED_FILESYSTEM_HPP
