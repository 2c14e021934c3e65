// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_MONITOR_SCRIPT_HPP
#define SNAPPROTO_TESTS_UNIT_MONITOR_SCRIPT_HPP

// Recordings written by hand: a script of what happens, step by step, and what is found in it.

#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::monitor::testing {

using namespace std::chrono_literals;
using trace::record;
using trace::record_kind;
using trace::role;
using trace::timer_kind;

using records = std::vector<record>;
using edit = std::function<void(record&)>;

inline constexpr capability everything =
    capability::explicit_prepare | capability::implicit_prepare | capability::completion |
    capability::recovery | capability::hold_limit | capability::transactions;

// Changes of one record, to be passed as `edit`.
inline edit saying(verdict v) {
    return [v](record& r) { r.outcome = v; };
}
inline edit refusing(nak_code code) {
    return [code](record& r) { r.refusal = code; };
}
inline edit cut(cut_outcome outcome) {
    return [outcome](record& r) { r.cut = outcome; };
}
inline edit of_txn(std::uint64_t txn) {
    return [txn](record& r) { r.txn.value = txn; };
}
inline edit of_session(std::uint64_t session) {
    return [session](record& r) { r.session.value = session; };
}
inline edit until(duration at) {
    return [at](record& r) { r.deadline = instant{at}; };
}
inline edit spanning(duration span) {
    return [span](record& r) { r.span = span; };
}
inline edit granting(capability bits) {
    return [bits](record& r) { r.granted = bits; };
}

/// Writes records. The instant moves only by `at` and `after`; transaction 40 unless changed.
///
/// Each agent has three participants: 0 a writer, 1 and 2 filesystems, held in this order.
class script {
  public:
    script& at(duration since_start) {
        m_now = instant{since_start};
        return *this;
    }
    script& after(duration span) {
        m_now += span;
        return *this;
    }
    script& txn(std::uint64_t id) {
        m_txn.value = id;
        return *this;
    }
    [[nodiscard]] instant now() const { return m_now; }

    script& add(role who, record_kind what, agent_index agent, const edit& change = {}) {
        record r;
        r.at = m_now;
        r.who = who;
        r.what = what;
        r.agent = agent;
        r.txn = m_txn;
        if (change) {
            change(r);
        }
        m_records.push_back(std::move(r));
        return *this;
    }
    /// A message to an agent: sent and received at once.
    script& asks(agent_index agent, message_kind kind, const edit& change = {}) {
        return message(role::orchestrator, role::agent, agent, kind, change);
    }
    /// A message from an agent: sent and received at once.
    script& says(agent_index agent, message_kind kind, const edit& change = {}) {
        return message(role::agent, role::orchestrator, agent, kind, change);
    }
    script& part(agent_index agent, record_kind what, participant_index item) {
        return add(role::participant, what, agent, [item](record& r) {
            r.item = item;
            r.participant = item == 0 ? participant_kind::writer : participant_kind::filesystem;
        });
    }
    script& state(agent_index agent, agent_phase phase) {
        return add(role::agent, record_kind::state_changed, agent,
                   [phase](record& r) { r.phase = phase; });
    }
    script& timer(record_kind what, agent_index agent, timer_kind kind, duration deadline = 0s) {
        return add(role::agent, what, agent, [=](record& r) {
            r.timer = kind;
            if (what == record_kind::timer_armed) {
                r.deadline = instant{deadline};
            }
        });
    }
    script& agent(record_kind what, agent_index index) { return add(role::agent, what, index); }

    // ---- whole steps ------------------------------------------------------------------------

    script& open(agent_index agent, capability granted = everything) {
        add(role::orchestrator, record_kind::channel_up, agent);
        add(role::agent, record_kind::channel_up, agent);
        asks(agent, message_kind::hello, of_txn(0));
        state(agent, agent_phase::idle);
        return says(agent, message_kind::hello_ack, [&](record& r) {
            r.txn = {};
            r.granted = granted;
            r.span = duration{10s};
        });
    }
    script& prepare(agent_index agent) {
        asks(agent, message_kind::prepare).state(agent, agent_phase::prep);
        for (participant_index item = 0; item < 3; ++item) {
            part(agent, record_kind::prepare_begin, item);
            part(agent, record_kind::prepared, item);
        }
        return state(agent, agent_phase::ready).says(agent, message_kind::prepared);
    }
    script& hold(agent_index agent, participant_index item) {
        return part(agent, record_kind::hold_begin, item).part(agent, record_kind::held, item);
    }
    script& release(agent_index agent, participant_index item,
                    record_kind how = record_kind::released) {
        return part(agent, record_kind::release_begin, item).part(agent, how, item);
    }
    script& freeze(agent_index agent) {
        asks(agent, message_kind::freeze).state(agent, agent_phase::quiesce);
        hold(agent, 0).state(agent, agent_phase::freeze);
        hold(agent, 1).hold(agent, 2).state(agent, agent_phase::frozen);
        const instant deadline = m_now + 10s;
        return says(agent, message_kind::frozen, [&](record& r) {
            r.count = 3;
            r.deadline = deadline;
        });
    }
    script& begin_cut(participant_index volume = 0) {
        return add(role::provider, record_kind::cut_begin, trace::no_agent,
                   [=](record& r) { r.item = volume; });
    }
    script& end_cut(cut_outcome outcome = cut_outcome::ok, participant_index volume = 0) {
        return add(role::provider, record_kind::cut_end, trace::no_agent, [=](record& r) {
            r.item = volume;
            r.cut = outcome;
        });
    }
    script& release_all(agent_index agent) {
        state(agent, agent_phase::thaw).release(agent, 2).release(agent, 1);
        return state(agent, agent_phase::resume).release(agent, 0);
    }
    script& thaw(agent_index agent, cut_outcome outcome = cut_outcome::ok) {
        asks(agent, message_kind::thaw, cut(outcome)).release_all(agent);
        return state(agent, agent_phase::await)
            .says(agent, message_kind::thawed, saying(verdict::clean));
    }
    script& finish(agent_index agent) {
        for (participant_index item = 0; item < 3; ++item) {
            part(agent, record_kind::finished, item);
        }
        return *this;
    }
    script& complete(agent_index agent) {
        asks(agent, message_kind::complete).finish(agent).state(agent, agent_phase::idle);
        return says(agent, message_kind::completed);
    }
    script& start(consistency wanted = consistency::application) {
        return add(role::orchestrator, record_kind::start_requested, trace::no_agent,
                   [=](record& r) { r.wanted = wanted; });
    }
    script& report(session_outcome outcome, consistency label, verdict reason = verdict::none) {
        return add(role::orchestrator, record_kind::outcome_reported, trace::no_agent,
                   [=](record& r) {
                       r.report = outcome;
                       r.label = label;
                       r.outcome = reason;
                   });
    }
    script& success() { return report(session_outcome::success, consistency::application); }

    [[nodiscard]] const records& done() const { return m_records; }

  private:
    script& message(role from, role to, agent_index agent, message_kind kind, const edit& change) {
        for (const auto who : {from, to}) {
            add(who, who == from ? record_kind::sent : record_kind::received, agent,
                [&](record& r) {
                    r.message = kind;
                    r.session.value = 7U + agent;
                    if (kind == message_kind::ping || kind == message_kind::query ||
                        kind == message_kind::pong || kind == message_kind::status) {
                        r.txn = {};
                    }
                    if (change) {
                        change(r);
                    }
                });
        }
        return *this;
    }

    instant m_now{};
    txn_id m_txn{40};
    records m_records;
};

/// A group of two whose snapshot succeeds.
inline script good_group() {
    script s;
    s.open(0).open(1).after(10ms).start();
    s.prepare(0).prepare(1).after(100ms);
    s.freeze(0).after(1ms).freeze(1).after(50ms);
    s.begin_cut().after(20ms).end_cut().thaw(0).thaw(1).after(5ms);
    s.complete(0).complete(1).success().after(60s);
    s.add(role::provider, record_kind::ready, trace::no_agent);
    return s;
}

/// One agent, prepared, frozen, and its channel open.
inline script good_frozen() {
    script s;
    s.open(0).after(10ms).start().prepare(0).after(100ms).freeze(0).after(50ms);
    return s;
}

/// The end of time for recordings in which nothing may be left open.
inline constexpr duration much_later = 24h;

/// What all monitors find in a recording that goes on in silence until `end`.
inline std::vector<violation> judge_all(const records& recording, duration end,
                                        const rules& measures = {}) {
    all_monitors judges(measures);
    for (const auto& r : recording) {
        judges.observe(r);
    }
    judges.finish(instant{end});
    BOOST_TEST(!judges.overflowed());
    return judges.violations();
}

/// The numbers of the properties that are found broken.
inline std::set<int> broken(const std::vector<violation>& found) {
    std::set<int> numbers;
    for (const auto& v : found) {
        numbers.insert(v.property);
        BOOST_TEST(!v.sentence.empty());
        BOOST_TEST(bool(v.governed_by));
    }
    return numbers;
}

/// Checks that exactly these properties are broken, in a recording that ends at its last record.
inline void expect(const script& s, std::initializer_list<int> properties,
                   const rules& measures = {}) {
    const auto found = judge_all(s.done(), s.now().time_since_epoch(), measures);
    const auto numbers = broken(found);
    for (const auto& v : found) {
        BOOST_TEST_INFO("SP 18." << int{v.property} << " at record " << v.record << ": "
                                 << v.sentence);
    }
    BOOST_TEST((numbers == std::set<int>(properties)));
}

/// The same when nothing more is recorded for a day.
inline void expect_in_the_end(const script& s, std::initializer_list<int> properties,
                              const rules& measures = {}) {
    script longer = s;
    longer.at(much_later);
    expect(longer, properties, measures);
}

/// The clauses that were named for one property.
inline std::set<std::pair<int, int>> clauses_of(const script& s, int property,
                                                const rules& measures = {}) {
    std::set<std::pair<int, int>> named;
    for (const auto& v : judge_all(s.done(), s.now().time_since_epoch(), measures)) {
        if (v.property == property) {
            named.emplace(v.governed_by.chapter, v.governed_by.number);
        }
    }
    return named;
}

} // namespace snapproto::monitor::testing

#endif // SNAPPROTO_TESTS_UNIT_MONITOR_SCRIPT_HPP
