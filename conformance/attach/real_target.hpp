// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_REAL_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_REAL_TARGET_HPP

// What every target on the real clock shares: time, freeze targets, refusals of what is absent.

#include "conformance/attach/target.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance {

using freeze_target_list = std::vector<std::unique_ptr<freeze_target>>;

[[nodiscard]] std::vector<freeze_target*> pointers_to(const freeze_target_list& filesystems);

/// Answers for these freeze targets what is about filesystems, as the first of them sees it; absent
/// for the rest.
[[nodiscard]] std::optional<support> filesystems_can(const freeze_target_list& filesystems,
                                                     capability what);

/// A target on the machine's own clock.
class real_target : public target {
  public:
    explicit real_target(freeze_target_list filesystems) : m_filesystems(std::move(filesystems)) {}

    [[nodiscard]] instant now() const final;
    void sleep_for(duration span) final;
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept final;

    /// Answers for the freeze targets; a derived class asks it for what it does not decide itself.
    [[nodiscard]] support can(capability what) const override;

    // Without a process of its own; a derived class that has one overrides these.
    void start(const start_options&) override;
    [[nodiscard]] bool alive() override;
    void terminate() override;
    void kill() override;
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override;
    [[nodiscard]] played_hook* hook() noexcept override { return nullptr; }

  private:
    freeze_target_list m_filesystems;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_REAL_TARGET_HPP
