// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_WATCHED_FILESYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_WATCHED_FILESYSTEM_HPP

// A freeze target whose every observation goes into the transcript of the case as well.

#include "conformance/attach/freeze_target.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/transcript.hpp"

namespace snapproto::conformance {

/// Forwards to another freeze target and notes what was seen. All three must outlive it.
class watched_filesystem final : public freeze_target {
  public:
    watched_filesystem(freeze_target& seen, target& clock, transcript& log)
        : m_seen(seen), m_clock(clock), m_log(log) {}

    [[nodiscard]] std::string mount() const override { return m_seen.mount(); }
    [[nodiscard]] std::optional<std::string> alias() const override { return m_seen.alias(); }
    [[nodiscard]] std::optional<std::string> image_file() const override {
        return m_seen.image_file();
    }
    [[nodiscard]] observed<bool> is_frozen() override;
    [[nodiscard]] observed<std::string> device_digest() override;
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override;
    [[nodiscard]] observed<copy_report> examine_copy() override;
    [[nodiscard]] observed<std::shared_ptr<witness>> leave_witness() override;
    [[nodiscard]] observed<bool> foreign_freeze() override;
    [[nodiscard]] observed<bool> foreign_thaw() override;

  private:
    void note(std::string words);

    freeze_target& m_seen;
    target& m_clock;
    transcript& m_log;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_WATCHED_FILESYSTEM_HPP
