// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_HISTORY_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_HISTORY_HPP

// What a host may conclude from the events of one operation, SP chapter 47. The last one, req.done,
// comes on every path and always with code 0: how it went is in those before it.

#include <snapproto/core/time.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#include <chrono>
#include <optional>

namespace snapproto::vmbackup {

/// The contract of the keep-alive (SP 47.5).
struct keep_alive_limits {
    /// A guest that has said nothing for so long sends req.keepAlive.
    duration send_after = std::chrono::milliseconds{2500};

    /// A guest that has said nothing for longer is suspicious.
    duration contract = std::chrono::seconds{5};

    /// What a guest that looks once a second may be late by.
    duration tolerance = std::chrono::seconds{1};
};

/// How an operation stands.
enum class operation_state : std::uint8_t {
    none,      ///< Not begun.
    preparing, ///< Begun, and the copy may not be taken yet.
    frozen,    ///< The guest has said that everything is held.
    releasing, ///< The guest has taken snapshotDone.
    succeeded, ///< Over, and the hold lasted until it was asked to end.
    failed     ///< Over or not, the copy is worth no more than without the guest.
};

/// Why an operation has failed.
enum class operation_fault : std::uint8_t {
    none,
    reported,   ///< req.error, req.aborted, req.writerError or prov.snapshotAbort.
    ended_early ///< req.done before snapshotDone was taken: the guest let go by itself.
};

/// Follows one operation after the other. Allocates nothing.
class operation_history {
  public:
    explicit constexpr operation_history(keep_alive_limits timing = {}) noexcept
        : m_timing(timing) {}

    /// The guest has answered a start with OK. The event reset may have come before.
    constexpr void started(instant now) noexcept {
        if (!running()) {
            begin(now);
        }
    }

    /// The guest has answered snapshotDone with OK.
    constexpr void snapshot_done_taken(instant now) noexcept {
        m_last_sign = now;
        if (m_state == operation_state::frozen) {
            m_state = operation_state::releasing;
        }
    }

    /// An event of the guest. One while nothing runs, but for reset, changes nothing.
    constexpr void take(const event_report& report, instant now) noexcept {
        if (report.what == event::reset) {
            begin(now);
            return;
        }
        if (!running()) {
            return;
        }
        m_last_sign = now;
        switch (report.what) {
        case event::commit:
            if (m_state == operation_state::preparing) {
                m_state = operation_state::frozen;
            }
            break;
        case event::error:
        case event::aborted:
        case event::writer_error:
        case event::provider_abort:
            fail_with(operation_fault::reported, report.code);
            break;
        case event::done:
            m_over = true;
            if (m_state == operation_state::releasing) {
                m_state = operation_state::succeeded;
            } else {
                fail_with(operation_fault::ended_early, report.code);
            }
            break;
        default:
            break;
        }
    }

    [[nodiscard]] constexpr operation_state state() const noexcept { return m_state; }
    [[nodiscard]] constexpr operation_fault fault() const noexcept { return m_fault; }

    /// The code of the first event that told of a failure; nothing when none did.
    [[nodiscard]] constexpr std::optional<event_code> first_code() const noexcept { return m_code; }

    /// True while the copy may be cut (SP 47.3).
    [[nodiscard]] constexpr bool may_cut() const noexcept {
        return m_state == operation_state::frozen;
    }

    /// True from the beginning of an operation to its req.done, whatever went wrong between.
    [[nodiscard]] constexpr bool running() const noexcept {
        return m_state != operation_state::none && !m_over;
    }

    /// When the silence of a guest breaks the contract; `never` while nothing runs.
    [[nodiscard]] constexpr instant suspicious_at() const noexcept {
        return running() ? saturating_add(m_last_sign, m_timing.contract + m_timing.tolerance)
                         : never;
    }

    /// True when it is broken.
    [[nodiscard]] constexpr bool suspicious(instant now) const noexcept {
        return now > suspicious_at();
    }

  private:
    constexpr void begin(instant now) noexcept {
        m_state = operation_state::preparing;
        m_fault = operation_fault::none;
        m_code.reset();
        m_over = false;
        m_last_sign = now;
    }

    constexpr void fail_with(operation_fault why, event_code code) noexcept {
        m_state = operation_state::failed;
        if (m_fault == operation_fault::none) {
            m_fault = why;
            if (why == operation_fault::reported) {
                m_code = code;
            }
        }
    }

    keep_alive_limits m_timing;
    operation_state m_state = operation_state::none;
    operation_fault m_fault = operation_fault::none;
    std::optional<event_code> m_code;
    bool m_over = false;
    instant m_last_sign{};
};

} // namespace snapproto::vmbackup

namespace snapproto::detail {
template <>
struct spelling<vmbackup::operation_state> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"none", "preparing", "frozen", "releasing", "succeeded", "failed"});
};
template <>
struct spelling<vmbackup::operation_fault> {
    static constexpr auto names =
        std::to_array<std::string_view>({"none", "reported", "ended_early"});
};
} // namespace snapproto::detail

#endif // SNAPPROTO_DIALECT_VMBACKUP_HISTORY_HPP
