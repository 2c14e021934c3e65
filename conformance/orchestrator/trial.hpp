// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_TRIAL_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_TRIAL_HPP

// What a check of an orchestrator works with, whatever the dialect is: the cut, the snapshot, time,
// and what was seen. A dialect adds the guest that it plays.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/budget.hpp"
#include "conformance/judgement.hpp"
#include "conformance/orchestrator/played_side.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::conformance {

/// One cut, as far as it was seen.
struct seen_cut {
    instant begun{};
    std::optional<instant> over;
    bool succeeded = false;
};

/// How a trial is run.
struct trial_settings {
    duration bound = std::chrono::seconds(20);
    double timeout_scale = 1.0;
    std::uint64_t seed = 1; ///< Of this case.
};

/// One run of one check against an orchestrator: tell the guests how to behave, then snapshot(),
/// then look.
class trial : public judgement, private orchestrator_events, private guest_stage {
  public:
    virtual ~trial();

    // ---- before ----

    /// How the cut goes. Anything else than the default needs capability::cut_control.
    [[nodiscard]] cut_plan& cut() noexcept { return m_cut; }
    /// Does something so much later than now.
    void at(duration span, std::function<void()> what) { later(span, std::move(what)); }
    /// Says something to the connection of a guest that is open.
    void say(std::size_t guest, const std::string& bytes);
    /// Ends every connection of a guest.
    void hang_up_all(std::size_t guest);

    // ---- the snapshot ----

    /// Begins a snapshot, and goes on until it is over (or its patience is), then until the guests
    /// have done all that they were asked for, and then until nothing is frozen any more (or the
    /// aftermath is over).
    void snapshot();

    // ---- after ----

    /// How it ended; nothing if it had not when the patience was over.
    [[nodiscard]] const std::optional<snapshot_end>& end() const noexcept { return m_end; }
    [[nodiscard]] bool claims_consistent() const {
        return m_end && m_end->claim == claim_made::consistent;
    }
    /// The end in words: "failure (exit status 1)".
    [[nodiscard]] std::string end_words() const;
    [[nodiscard]] const std::vector<seen_cut>& cuts() const noexcept { return m_cuts; }
    [[nodiscard]] bool any_frozen() const;
    [[nodiscard]] std::size_t guests() const noexcept { return m_sides.size(); }
    [[nodiscard]] played_side& side(std::size_t number) { return *m_sides.at(number); }
    [[nodiscard]] orchestrator_target& target() noexcept { return m_target; }
    [[nodiscard]] instant begun() const noexcept { return m_begun; }
    /// Time since the snapshot was begun, for people.
    [[nodiscard]] std::string clock(instant when) const;

    [[nodiscard]] instant now() const override { return m_target.now(); }
    /// A nominal limit as this run judges it.
    [[nodiscard]] duration limit(duration nominal) const { return m_time.scaled(nominal); }

  protected:
    trial(orchestrator_target& judged, const trial_settings& how);

    [[nodiscard]] guest_stage& stage() noexcept { return *this; }
    void add(std::unique_ptr<played_side> side) { m_sides.push_back(std::move(side)); }

  private:
    using timer = std::pair<instant, std::uint64_t>;

    void run_until(instant end, const std::function<bool()>& done);
    void fire_timers();

    // orchestrator_events
    void connected(connection on) override;
    void received(connection on, std::string_view bytes) override;
    void disconnected(connection on) override;
    void cut_seen(cut_sign what) override;

    // guest_stage
    void later(duration span, std::function<void()> what) override;
    void send(connection on, std::string bytes) override;
    void hang_up(connection on) override;
    void remark(std::size_t guest, std::string_view words) override;

    [[nodiscard]] std::string label(connection on) const;

    orchestrator_target& m_target;
    budget m_time;
    std::vector<std::unique_ptr<played_side>> m_sides;
    cut_plan m_cut;
    std::map<timer, std::function<void()>> m_timers;
    std::uint64_t m_timers_made = 0;
    instant m_begun{};
    std::optional<snapshot_end> m_end;
    std::vector<seen_cut> m_cuts;
};

/// The trial of one dialect, with the guest that it plays.
template <class Guest>
class trial_of final : public trial {
  public:
    trial_of(orchestrator_target& judged, const trial_settings& how) : trial(judged, how) {
        (void)add_guest();
    }

    [[nodiscard]] Guest& guest(std::size_t number = 0) { return *m_guests.at(number); }
    /// Adds another guest. Needs capability::group.
    Guest& add_guest() {
        auto made = std::make_unique<Guest>(stage(), m_guests.size());
        Guest& added = *made;
        m_guests.push_back(&added);
        add(std::move(made));
        return added;
    }

  private:
    std::vector<Guest*> m_guests;
};

/// Makes the trial of a dialect.
using trial_maker = std::unique_ptr<trial> (*)(orchestrator_target&, const trial_settings&);

template <class Trial>
std::unique_ptr<trial> make_trial(orchestrator_target& judged, const trial_settings& how) {
    return std::make_unique<Trial>(judged, how);
}

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_TRIAL_HPP
