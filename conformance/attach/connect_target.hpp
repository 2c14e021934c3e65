// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_CONNECT_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_CONNECT_TARGET_HPP

// An agent that somebody else runs, reached at an address (--connect).

#include "conformance/attach/address.hpp"
#include "conformance/attach/real_target.hpp"

namespace snapproto::conformance {

class connect_target final : public real_target {
  public:
    /// @param dialect what the agent speaks; replay commands name it.
    connect_target(address where, freeze_target_list filesystems, std::string dialect = "qga")
        : real_target(std::move(filesystems)),
          m_where(std::move(where)),
          m_dialect(std::move(dialect)) {}

    [[nodiscard]] std::string description() const override { return m_where.text(); }
    [[nodiscard]] std::string replay_flags() const override;
    [[nodiscard]] support can(capability what) const override;
    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override {
        return connect_to(m_where, wait);
    }

  private:
    address m_where;
    std::string m_dialect;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_CONNECT_TARGET_HPP
