// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_HYPERV_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_HYPERV_TARGET_HPP

// A Hyper-V daemon under test. Its kernel is played: connect() takes the next open of its device,
// a channel is one open device, and a send or receive is one message.

#include "conformance/attach/played_guest.hpp"
#include "conformance/attach/target.hpp"

namespace snapproto::conformance {

/// A daemon, and the guest around it.
class hyperv_target : public target {
  public:
    [[nodiscard]] played_guest& guest() noexcept { return m_guest; }
    /// False where the filesystems are real: guest() is not what the implementation finds then.
    [[nodiscard]] virtual bool plays_guest() const noexcept { return true; }

    /// Whether the device can be opened. While it cannot, an open fails as of a device that is not
    /// there.
    virtual void allow_open(bool allowed) = 0;

    /// The device of the next start keeps no boundaries between messages, as a terminal does not.
    void use_stream(bool wanted) noexcept { m_stream = wanted; }

    // A daemon has no hook, and its filesystems are the guest's.
    [[nodiscard]] played_hook* hook() noexcept override { return nullptr; }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override { return {}; }

  protected:
    [[nodiscard]] bool stream() const noexcept { return m_stream; }

  private:
    played_guest m_guest;
    bool m_stream = false;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_HYPERV_TARGET_HPP
