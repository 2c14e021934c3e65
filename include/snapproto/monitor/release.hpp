// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_RELEASE_HPP
#define SNAPPROTO_MONITOR_RELEASE_HPP

// What is held and released, in which order, and what is said of it: SP 18.7, SP 18.8, SP 18.9,
// SP 18.15.

#include <snapproto/monitor/judge.hpp>

#include <algorithm>
#include <optional>

namespace snapproto::monitor {

/// Judges each agent's dealings with its participants, and its answers against them.
///
/// Bounds: 64 agents, 256 participants each.
class release_monitor : public judge {
  public:
    using judge::judge;

    void observe(const trace::record& r) {
        if (auto* a = m_agents.get(r.agent)) {
            on_record(*a, r);
        }
        count_record();
    }

    /// Nothing here waits for a deadline.
    void finish(instant) {}

  private:
    enum class now : std::uint8_t { asked, held, refused, early, broken, released, not_held };

    struct participant {
        participant_index item;
        participant_kind kind;
        std::size_t order; // of its hold
        now state = now::asked;
        bool releasing = false;
        bool ever_held = false;
        bool ever_failed = false;   // a release of it
        bool asked_in_time = false; // to hold, before the first release
        bool held_late = false;     // its hold, cancelled, ended after releases had begun
        bool overdue = false;       // its hold had not ended when the limit of RESUME passed
        unsigned releases = 0;
        bool reported = false; // a violation about it, at the end
    };
    struct agent_state {
        txn_id txn{};
        detail::few<participant, 256> set{};
        std::size_t begun = 0;
        std::size_t last_released = never_released;
        bool hold_expired = false;
        bool resuming = false;       // the last state told is RESUME
        bool resume_expired = false; // its limit passed
        bool called_clean = false;
        txn_id failed{};             // a transaction whose failure was answered
        txn_id freeze_of{};          // the last Freeze received
        bool freeze_is_last = false; // and no other request came after it
        bool held_before = false;    // something of freeze_of was held when it came
    };

    static constexpr std::size_t never_released = static_cast<std::size_t>(-1);

    /// What is held late for ever is a matter of SP 18.22.
    static bool holds(const participant& p) noexcept {
        return !p.overdue && (p.state == now::held || p.state == now::broken);
    }
    static bool is_filesystem(const participant& p) noexcept {
        return p.kind == participant_kind::filesystem;
    }
    static bool anything_held(const agent_state& a) {
        return std::any_of(a.set.begin(), a.set.end(), holds);
    }
    static bool filesystem_held(const agent_state& a) {
        return std::any_of(a.set.begin(), a.set.end(), [](const participant& p) {
            return (holds(p) || p.state == now::asked) && is_filesystem(p);
        });
    }
    static participant* find(agent_state& a, participant_index item) {
        return a.set.find([&](const participant& p) { return p.item == item; });
    }
    static std::string name(const participant& p, const trace::record& r) {
        return detail::name_of(p.kind, p.item, r.agent);
    }

    void on_record(agent_state& a, const trace::record& r) {
        switch (r.what) {
        case trace::record_kind::sent:
        case trace::record_kind::received:
            on_message(a, r);
            break;
        case trace::record_kind::hold_begin:
            on_hold_begin(a, r);
            break;
        case trace::record_kind::held:
            on_held(a, r);
            break;
        case trace::record_kind::vetoed:
            if (auto* p = find(a, r.item); p != nullptr && p->state == now::asked) {
                p->state = now::refused;
                p->held_late = p->asked_in_time && a.last_released != never_released;
            }
            break;
        case trace::record_kind::skipped:
            a.set.remove(
                [&](const participant& p) { return p.item == r.item && p.state == now::asked; });
            break;
        case trace::record_kind::let_go_early:
            if (auto* p = find(a, r.item)) {
                p->state = now::early;
            }
            break;
        case trace::record_kind::release_begin:
            begin_release(a, r);
            break;
        case trace::record_kind::released:
        case trace::record_kind::not_held:
        case trace::record_kind::release_failed:
            end_release(a, r);
            break;
        case trace::record_kind::timer_fired:
            if (r.timer == trace::timer_kind::hold && r.who != trace::role::orchestrator) {
                a.hold_expired = true;
            }
            if (r.timer == trace::timer_kind::phase && r.who == trace::role::agent && a.resuming) {
                a.resume_expired = true;
                for (auto& p : a.set) {
                    p.overdue = p.overdue || (p.state == now::asked && !is_filesystem(p));
                }
            }
            break;
        case trace::record_kind::state_changed:
            on_state(a, r);
            break;
        case trace::record_kind::started:
            if (!anything_held(a)) {
                a = agent_state{}; // a new process may count its transactions from the beginning
            }
            break;
        default:
            break;
        }
    }

    void on_hold_begin(agent_state& a, const trace::record& r) {
        if (a.txn != r.txn) {
            a.set.clear();
            a.begun = 0;
            a.last_released = never_released;
            a.hold_expired = false;
            a.resume_expired = false;
            a.called_clean = false;
            a.txn = r.txn;
        }
        const auto kind = r.participant.value_or(participant_kind::filesystem);
        if (r.txn && a.failed == r.txn) {
            flag(7, {5, 12}, r,
                 detail::sentence(detail::name_of(kind, r.item, r.agent),
                                  " is asked to hold after the failure was answered"));
        }
        if (a.last_released != never_released && find(a, r.item) == nullptr) {
            flag(9, {5, 11}, r,
                 detail::sentence(detail::name_of(kind, r.item, r.agent),
                                  " is asked to hold after a release has begun"));
        }
        const bool filesystem_begun = std::any_of(a.set.begin(), a.set.end(), is_filesystem);
        if (kind != participant_kind::filesystem && filesystem_begun) {
            flag(9, {5, 2}, r,
                 detail::sentence(detail::name_of(kind, r.item, r.agent),
                                  " is asked to hold after a filesystem"));
        }
        if (find(a, r.item) != nullptr) {
            return;
        }
        if (auto* p = a.set.add({r.item, kind, a.begun++, now::asked})) {
            p->asked_in_time = a.last_released == never_released;
        } else {
            overflow();
        }
    }

    void on_held(agent_state& a, const trace::record& r) {
        if (find(a, r.item) == nullptr) {
            on_hold_begin(a, r); // the recording has no hold_begin
        }
        if (auto* p = find(a, r.item)) {
            // Late is only what was asked in time and has just now answered (SP 5.11).
            p->held_late = p->held_late || (p->state == now::asked && p->asked_in_time &&
                                            a.last_released != never_released);
            p->state = now::held;
            p->ever_held = true;
        }
    }

    void begin_release(agent_state& a, const trace::record& r) {
        auto* p = find(a, r.item);
        const auto kind = r.participant.value_or(participant_kind::filesystem);
        if (p == nullptr && a.begun == 0 && !r.txn) {
            return; // what a predecessor held before the recording began
        }
        if (p == nullptr) {
            flag(8, {7, 12}, r,
                 detail::sentence(detail::name_of(kind, r.item, r.agent),
                                  " is released, but this transaction never held it"));
            return;
        }
        if (!is_filesystem(*p) && filesystem_held(a)) { // also one whose hold has still to end
            flag(9, {7, 2}, r,
                 detail::sentence(name(*p, r), " is released while a filesystem is held"));
        }
        if (p->releases == 0 && !p->ever_failed && !p->held_late) {
            if (p->order > a.last_released && a.last_released != never_released) {
                flag(9, {7, 1}, r,
                     detail::sentence(name(*p, r), " is released after what was held before it"));
            }
            a.last_released = p->order;
        }
        p->releasing = true;
    }

    void end_release(agent_state& a, const trace::record& r) {
        auto* p = find(a, r.item);
        if (p == nullptr || !p->releasing) {
            begin_release(a, r); // the recording has no release_begin
            p = find(a, r.item);
        }
        if (p == nullptr) {
            return;
        }
        p->releasing = false;
        if (r.what == trace::record_kind::release_failed) {
            p->ever_failed = true;
            if (!is_filesystem(*p)) { // a warning, and its one release (SP 7.11)
                p->state = now::released;
                ++p->releases;
            } else if (p->state == now::held) {
                p->state = now::broken;
            }
            return;
        }
        if (p->releases++ > 0) {
            flag(9, {8, 9}, r, detail::sentence(name(*p, r), " is released a second time"));
        }
        if (r.what == trace::record_kind::released && p->state == now::refused &&
            is_filesystem(*p)) {
            flag(8, {7, 12}, r,
                 detail::sentence(name(*p, r),
                                  " had refused, and its release undid somebody else's freeze"));
        }
        p->state = r.what == trace::record_kind::not_held || p->state == now::early ? now::not_held
                                                                                    : now::released;
    }

    void on_state(agent_state& a, const trace::record& r) {
        if (r.who != trace::role::agent || !r.phase) {
            return;
        }
        a.resuming = *r.phase == agent_phase::resume;
        switch (*r.phase) {
        case agent_phase::resume:
            for (auto& p : a.set) {
                if (holds(p) && is_filesystem(p)) {
                    still_held(p, r, "RESUME is entered");
                }
            }
            break;
        case agent_phase::idle:
        case agent_phase::off:
        case agent_phase::await:
            at_the_end(a, r, to_string(*r.phase));
            break;
        default:
            break;
        }
    }

    void still_held(participant& p, const trace::record& r, std::string_view when) {
        if (!p.reported) {
            p.reported = true;
            flag(8, {1, 7}, r, detail::sentence(name(p, r), " is still held when ", when));
        }
    }

    /// The transaction is over for the agent: everything must have had its release.
    void at_the_end(agent_state& a, const trace::record& r, std::string_view state) {
        for (auto& p : a.set) {
            if (holds(p)) {
                still_held(p, r, detail::sentence(state, " is reached"));
            } else {
                judge_released_once(p, r);
            }
        }
    }

    void judge_released_once(participant& p, const trace::record& r) {
        const bool excused = p.overdue || (p.state == now::refused && is_filesystem(p));
        if (p.releases == 0 && !excused && !p.reported) {
            p.reported = true;
            flag(9, {8, 9}, r,
                 detail::sentence(name(p, r), " was asked to hold and is never released"));
        }
    }

    void on_message(agent_state& a, const trace::record& r) {
        if (measures().reaches_agent(r)) {
            a.freeze_is_last = *r.message == message_kind::freeze;
            if (a.freeze_is_last) {
                a.freeze_of = r.txn;
                a.held_before = a.txn == r.txn && a.begun > 0;
            }
        }
        if (!measures().leaves_agent(r)) {
            return;
        }
        switch (*r.message) {
        case message_kind::frozen:
            a.freeze_is_last = false;
            break;
        case message_kind::error:
            on_error(a, r);
            break;
        case message_kind::nak:
            if (r.txn && r.txn == a.freeze_of && a.freeze_is_last && r.txn == a.txn &&
                !a.held_before && r.refusal != nak_code::malformed && anything_held(a)) {
                flag(7, {1, 5}, r, "a Freeze is refused, but something is held on account of it");
            }
            break;
        case message_kind::status:
            if (a.failed && a.failed == a.freeze_of && r.count.value_or(0) > 0) {
                flag(7, {5, 12}, r,
                     detail::sentence(detail::name_of(r.agent), " holds ", *r.count,
                                      " after the failure of the Freeze was answered"));
            }
            break;
        case message_kind::thawed:
            if (r.txn == a.txn) {
                judge_clean(a, r);
                for (auto& p : a.set) {
                    if (holds(p)) {
                        still_held(p, r, "Thawed is sent");
                    } else {
                        judge_released_once(p, r);
                    }
                }
            }
            break;
        case message_kind::aborted:
        case message_kind::completed:
            if (r.txn == a.txn) {
                at_the_end(a, r, "the end of the transaction");
            }
            break;
        default:
            break;
        }
    }

    void on_error(agent_state& a, const trace::record& r) {
        if (r.outcome == verdict::stuck) {
            return;
        }
        a.failed = r.txn;
        if (r.txn != a.txn) {
            return;
        }
        for (auto& p : a.set) {
            if (holds(p)) {
                p.reported = true;
                flag(7, {5, 12}, r,
                     detail::sentence(name(p, r), " is held while the failure is answered"));
            } else {
                judge_released_once(p, r);
            }
        }
    }

    void judge_clean(agent_state& a, const trace::record& r) {
        if (r.outcome != verdict::clean || a.called_clean) {
            return;
        }
        a.called_clean = true;
        if (a.hold_expired) {
            flag(15, {6, 3}, r, "the verdict is clean, but the hold limit had passed");
        }
        if (a.resume_expired) {
            flag(15, {7, 11}, r, "the verdict is clean, but a release was not heard of in time");
        }
        for (const auto& p : a.set) {
            const auto say = [&](clause exact, std::string_view what) {
                flag(15, exact, r,
                     detail::sentence("the verdict is clean, but ", name(p, r), " ", what));
            };
            if (p.state == now::early || p.state == now::not_held) {
                say({7, 3}, "was not held until its release");
            } else if (is_filesystem(p) && p.ever_failed) {
                say({7, 10}, "could not be released at first");
            } else if (is_filesystem(p) && holds(p)) {
                say({7, 5}, "has not been released");
            } else if (!p.ever_held) {
                say({7, 5}, "was never held");
            }
        }
    }

    detail::by_agent<agent_state> m_agents;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_RELEASE_HPP
