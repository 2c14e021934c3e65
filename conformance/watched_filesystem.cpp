// SPDX-License-Identifier: BSL-1.0
#include "conformance/watched_filesystem.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace snapproto::conformance {
namespace {

class watched_writer final : public writer {
  public:
    watched_writer(std::shared_ptr<writer> seen, target& clock, transcript& log)
        : m_seen(std::move(seen)), m_clock(clock), m_log(log) {}
    ~watched_writer() override {
        m_log.event(m_clock.now(), lane::filesystem,
                    fmt::format("writer ends after {} steps", m_seen->progress()));
    }

    [[nodiscard]] std::uint64_t progress() const override { return m_seen->progress(); }

    [[nodiscard]] bool blocked_for(duration span) override {
        const bool blocked = m_seen->blocked_for(span);
        m_log.event(m_clock.now(), lane::filesystem,
                    fmt::format("writer made {} step within {:.0f} ms", blocked ? "no" : "a",
                                milliseconds(span)));
        return blocked;
    }

    [[nodiscard]] bool moves_within(duration bound) override {
        const bool moves = m_seen->moves_within(bound);
        m_log.event(m_clock.now(), lane::filesystem,
                    moves
                        ? std::string("writer goes on")
                        : fmt::format("writer made no step within {:.0f} ms", milliseconds(bound)));
        return moves;
    }

  private:
    std::shared_ptr<writer> m_seen;
    target& m_clock;
    transcript& m_log;
};

class watched_witness final : public witness {
  public:
    watched_witness(std::shared_ptr<witness> seen, target& clock, transcript& log)
        : m_seen(std::move(seen)), m_clock(clock), m_log(log) {}

    [[nodiscard]] observed<bool> in_copy() override {
        const auto there = m_seen->in_copy();
        m_log.event(m_clock.now(), lane::filesystem,
                    there ? (*there ? "copy: what was written is in it"
                                    : "copy: what was written is not, or not all, in it")
                          : "no copy: " + there.why);
        return there;
    }

  private:
    std::shared_ptr<witness> m_seen;
    target& m_clock;
    transcript& m_log;
};

} // namespace

void watched_filesystem::note(std::string words) {
    m_log.event(m_clock.now(), lane::filesystem, m_seen.mount() + ": " + std::move(words));
}

observed<bool> watched_filesystem::is_frozen() {
    const auto seen = m_seen.is_frozen();
    note(seen ? (*seen ? "frozen, says the kernel" : "not frozen, says the kernel")
              : "frozen or not is unknown: " + seen.why);
    return seen;
}

observed<std::string> watched_filesystem::device_digest() {
    const auto seen = m_seen.device_digest();
    note(seen ? "device digest " + (*seen).substr(0, 16) : "no device digest: " + seen.why);
    return seen;
}

observed<std::shared_ptr<writer>> watched_filesystem::start_writer() {
    const auto seen = m_seen.start_writer();
    note(seen ? "writer starts" : "no writer: " + seen.why);
    if (!seen) {
        return seen;
    }
    return std::shared_ptr<writer>(std::make_shared<watched_writer>(*seen, m_clock, m_log));
}

observed<copy_report> watched_filesystem::examine_copy() {
    const auto seen = m_seen.examine_copy();
    note(seen ? "copy: " + (*seen).words : "no copy: " + seen.why);
    return seen;
}

observed<std::shared_ptr<witness>> watched_filesystem::leave_witness() {
    const auto seen = m_seen.leave_witness();
    note(seen ? "a file is written and not flushed" : "no file: " + seen.why);
    if (!seen) {
        return seen;
    }
    return std::shared_ptr<witness>(std::make_shared<watched_witness>(*seen, m_clock, m_log));
}

observed<bool> watched_filesystem::foreign_freeze() {
    const auto seen = m_seen.foreign_freeze();
    note(seen ? (*seen ? "frozen by somebody else" : "could not be frozen by somebody else")
              : "no foreign freeze: " + seen.why);
    return seen;
}

observed<bool> watched_filesystem::foreign_thaw() {
    const auto seen = m_seen.foreign_thaw();
    note(seen ? (*seen ? "thawed by somebody else" : "could not be thawed by somebody else")
              : "no foreign thaw: " + seen.why);
    return seen;
}

} // namespace snapproto::conformance
