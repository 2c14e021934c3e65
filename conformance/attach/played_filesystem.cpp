// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/played_filesystem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace snapproto::conformance {
namespace {

constexpr duration step = std::chrono::milliseconds(10);

} // namespace

/// A program that writes all the while; what it does is worked out when it is looked at.
class played_filesystem::stepping final : public writer {
  public:
    explicit stepping(played_filesystem& on) : m_on(on) { ++m_on.m_writers; }
    ~stepping() override {
        m_on.look();
        --m_on.m_writers;
    }

    [[nodiscard]] std::uint64_t progress() const override {
        m_on.look();
        return m_on.m_steps;
    }
    [[nodiscard]] bool blocked_for(duration span) override { return !steps_within(span); }
    [[nodiscard]] bool moves_within(duration bound) override { return steps_within(bound); }

  private:
    bool steps_within(duration span) {
        const std::uint64_t before = progress();
        const instant end = m_on.m_clock.now() + span;
        while (progress() == before && m_on.m_clock.now() < end) {
            m_on.m_clock.sleep_for(std::min<duration>(step, end - m_on.m_clock.now()));
        }
        return progress() != before;
    }

    played_filesystem& m_on;
};

/// A file in memory: a freeze has flushed it, and nothing else does.
class played_filesystem::leaving final : public witness {
  public:
    explicit leaving(played_filesystem& on) : m_on(on) {}
    [[nodiscard]] observed<bool> in_copy() override { return m_on.is_frozen(); }

  private:
    played_filesystem& m_on;
};

played_filesystem::played_filesystem(target& clock, played_guest& guest, const std::string& source,
                                     std::string place)
    : played_filesystem(clock,
                        {[&guest, source] { return guest.is_frozen(source); },
                         [&guest, source](bool frozen) {
                             frozen ? guest.freeze_by_other(source) : guest.thaw_by_other(source);
                         }},
                        std::move(place)) {}

void played_filesystem::look() {
    const bool passed = m_clock.now() > m_looked;
    m_looked = m_clock.now();
    if (passed && m_writers > 0 && !m_hold.is_frozen()) {
        ++m_steps;
    }
}

observed<std::string> played_filesystem::device_digest() {
    look();
    return fmt::format("{:016x} of {}", m_steps, m_place);
}

observed<std::shared_ptr<writer>> played_filesystem::start_writer() {
    m_looked = m_clock.now();
    return std::shared_ptr<writer>(std::make_shared<stepping>(*this));
}

observed<copy_report> played_filesystem::examine_copy() {
    return m_hold.is_frozen()
               ? copy_report{copy_verdict::clean, "at rest"}
               : copy_report{copy_verdict::needs_recovery, "taken while it was written to"};
}

observed<std::shared_ptr<witness>> played_filesystem::leave_witness() {
    return std::shared_ptr<witness>(std::make_shared<leaving>(*this));
}

observed<bool> played_filesystem::foreign_freeze() {
    look();
    m_hold.set_by_other(true);
    return true;
}

observed<bool> played_filesystem::foreign_thaw() {
    look();
    m_hold.set_by_other(false);
    return true;
}

played_filesystems::played_filesystems(target& clock, played_guest& guest)
    : m_all{played_filesystem{clock, guest, "/dev/vda1", "/"},
            played_filesystem{clock, guest, "/dev/vdb1", "/srv"},
            played_filesystem{clock, guest, "/dev/vdc1", "/var/lib/data"}} {}

std::vector<freeze_target*> played_filesystems::all() noexcept {
    std::vector<freeze_target*> out;
    for (played_filesystem& one : m_all) {
        out.push_back(&one);
    }
    return out;
}

std::optional<support> played_filesystems::can(capability what) {
    switch (what) {
    case capability::freeze_target:
    case capability::two_freeze_targets:
    case capability::kernel_truth:
    case capability::device_digest:
    case capability::writer:
    case capability::window_copy:
    case capability::foreign_freeze:
        return support::yes();
    default:
        return std::nullopt;
    }
}

} // namespace snapproto::conformance
