// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_SIDE_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_SIDE_HPP

// What every guest that the suite plays for an orchestrator has, whatever its dialect: connections,
// and what it holds, which is a number and the times when it did.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/time.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::conformance {

/// Time and wires, for a played guest.
class guest_stage {
  public:
    [[nodiscard]] virtual instant now() const = 0;
    virtual void later(duration span, std::function<void()> what) = 0;
    virtual void send(connection on, std::string bytes) = 0;
    virtual void hang_up(connection on) = 0;
    virtual void remark(std::size_t guest, std::string_view words) = 0;

  protected:
    ~guest_stage() = default;
};

/// The time in which a guest held its filesystems.
struct hold_span {
    instant from{};
    std::optional<instant> until; ///< Absent: it still does.
};

/// What a guest does to its filesystems when it answers.
enum class hold_step { none, freeze, thaw };

/// A connection of the orchestrator to a played guest.
struct seen_connection {
    connection on;
    instant from{};
    std::optional<instant> until; ///< Absent: it is open.
    bool ended_by_us = false;
};

/// The guest's side of a snapshot, as the suite plays it.
class played_side {
  public:
    played_side(guest_stage& stage, std::size_t number) : m_stage(stage), m_number(number) {}
    played_side(const played_side&) = delete;
    played_side& operator=(const played_side&) = delete;
    virtual ~played_side() = default;

    // ---- how it is to behave ----

    /// From now on it neither reads nor answers.
    void go_deaf(bool deaf = true) { m_deaf = deaf; }
    /// Does this when it is frozen.
    void when_frozen(std::function<void()> what) { m_when_frozen = std::move(what); }
    /// Freezes or thaws on its own account, or somebody else does.
    void freeze_now();
    void thaw_now();

    // ---- what it has seen ----

    [[nodiscard]] bool frozen() const noexcept { return m_frozen; }
    [[nodiscard]] const std::vector<hold_span>& holds() const noexcept { return m_holds; }
    [[nodiscard]] bool held_at(instant when) const;
    /// True while a request is in work or waits: a freeze that comes late may still come.
    [[nodiscard]] virtual bool busy() const = 0;
    /// How many requests it has heard.
    [[nodiscard]] virtual std::size_t requests() const = 0;
    /// Every connection that there was.
    [[nodiscard]] const std::vector<seen_connection>& connections() const noexcept { return m_all; }
    /// A connection that is open; the last one.
    [[nodiscard]] std::optional<connection> open_connection() const;

    // ---- what reaches it ----

    void connected(connection on);
    void received(connection on, std::string_view bytes);
    /// @param by_us the suite has ended it, and not the orchestrator.
    void disconnected(connection on, bool by_us);

  protected:
    virtual void on_connected(connection on) = 0;
    virtual void on_received(connection on, std::string_view bytes) = 0;
    virtual void on_disconnected(connection on, bool by_us) = 0;

    [[nodiscard]] guest_stage& stage() noexcept { return m_stage; }
    [[nodiscard]] const guest_stage& stage() const noexcept { return m_stage; }
    [[nodiscard]] std::size_t number() const noexcept { return m_number; }
    [[nodiscard]] bool deaf() const noexcept { return m_deaf; }
    [[nodiscard]] bool is_open(connection on) const;
    void take(hold_step step);

  private:
    guest_stage& m_stage;
    std::size_t m_number;
    std::vector<seen_connection> m_all;
    std::vector<hold_span> m_holds;
    std::function<void()> m_when_frozen;
    bool m_frozen = false;
    bool m_deaf = false;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_SIDE_HPP
