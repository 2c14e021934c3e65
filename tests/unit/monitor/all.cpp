// SPDX-License-Identifier: BSL-1.0
#include <snapproto/monitor/all.hpp>

#include "../trace/generators.hpp"
#include "script.hpp"

#include <map>
#include <tuple>

using namespace snapproto;
using namespace snapproto::monitor::testing;
using monitor::violation;

namespace {

// ---- stories: recordings of one agent with a transaction of its own -----------------------------

script beginning(agent_index agent) {
    script s;
    s.txn(40U + agent).open(agent, everything | capability::keep_alive).after(10ms).start();
    return s.prepare(agent).after(1s);
}

script succeeds(agent_index agent) {
    script s = beginning(agent);
    s.freeze(agent).after(1s).begin_cut(agent).after(1s).end_cut(cut_outcome::ok, agent);
    return s.thaw(agent).after(1s).complete(agent).success();
}

script is_vetoed(agent_index agent) {
    script s = beginning(agent);
    s.asks(agent, message_kind::freeze).state(agent, agent_phase::quiesce).hold(agent, 0);
    s.state(agent, agent_phase::freeze).hold(agent, 1).after(1s);
    s.part(agent, record_kind::hold_begin, 2).part(agent, record_kind::vetoed, 2);
    s.state(agent, agent_phase::thaw).release(agent, 1).state(agent, agent_phase::resume);
    s.release(agent, 0).finish(agent).state(agent, agent_phase::idle);
    s.says(agent, message_kind::error, saying(verdict::veto)).after(1s);
    return s.report(session_outcome::failed, consistency::none, verdict::veto);
}

script is_aborted(agent_index agent) {
    script s = beginning(agent);
    s.freeze(agent).after(1s).begin_cut(agent).after(1s).asks(agent, message_kind::abort);
    s.add(role::provider, record_kind::discarded, trace::no_agent).release_all(agent);
    s.finish(agent).state(agent, agent_phase::idle).says(agent, message_kind::aborted).after(1s);
    s.asks(agent, message_kind::thaw, cut(cut_outcome::failed));
    s.says(agent, message_kind::thawed, saying(verdict::aborted));
    return s.report(session_outcome::failed, consistency::none, verdict::aborted);
}

script lets_go_early(agent_index agent) {
    script s = beginning(agent);
    s.freeze(agent).after(1s).begin_cut(agent).after(1s).end_cut(cut_outcome::ok, agent);
    s.asks(agent, message_kind::thaw, cut(cut_outcome::ok)).state(agent, agent_phase::thaw);
    s.release(agent, 2, record_kind::not_held).release(agent, 1);
    s.state(agent, agent_phase::resume).release(agent, 0).finish(agent);
    s.state(agent, agent_phase::idle).says(agent, message_kind::thawed, saying(verdict::early));
    s.after(1s);
    return s.report(session_outcome::degraded, consistency::crash, verdict::early);
}

script loses_its_channel(agent_index agent) {
    script s = beginning(agent);
    s.freeze(agent).after(1s).begin_cut(agent);
    s.add(role::orchestrator, record_kind::channel_lost, agent);
    s.agent(record_kind::channel_lost, agent).release_all(agent).finish(agent);
    s.state(agent, agent_phase::off).after(1s);
    s.add(role::provider, record_kind::discarded, trace::no_agent).open(agent).after(1s);
    s.asks(agent, message_kind::thaw, cut(cut_outcome::failed));
    s.says(agent, message_kind::thawed, saying(verdict::lost));
    return s.report(session_outcome::failed, consistency::none, verdict::lost);
}

script gets_stuck(agent_index agent) {
    script s = beginning(agent);
    s.freeze(agent).after(1s).begin_cut(agent).after(1s).end_cut(cut_outcome::ok, agent);
    s.asks(agent, message_kind::thaw, cut(cut_outcome::ok)).state(agent, agent_phase::thaw);
    s.release(agent, 2, record_kind::release_failed).release(agent, 1);
    s.state(agent, agent_phase::stuck);
    s.after(1s).says(agent, message_kind::progress).state(agent, agent_phase::thaw);
    s.release(agent, 2).state(agent, agent_phase::resume).release(agent, 0).finish(agent);
    s.state(agent, agent_phase::idle).says(agent, message_kind::thawed, saying(verdict::stuck));
    return s.report(session_outcome::degraded, consistency::crash, verdict::stuck);
}

using story = script (*)(agent_index);

const std::vector<std::pair<std::string, story>> stories = {
    {"succeeds", succeeds},
    {"is vetoed", is_vetoed},
    {"is aborted", is_aborted},
    {"lets go early", lets_go_early},
    {"loses its channel", loses_its_channel},
    {"gets stuck", gets_stuck}};

// ---- mutations ----------------------------------------------------------------------------------

/// Changes one record so that it may break something. Instants stay in order.
void mutate(records& recording) {
    const auto index = *rc::gen::inRange<std::size_t>(0, recording.size());
    record& r = recording[index];
    switch (*rc::gen::inRange(0, 9)) {
    case 0:
        recording.erase(recording.begin() + static_cast<std::ptrdiff_t>(index));
        break;
    case 1:
        recording.insert(recording.begin() + static_cast<std::ptrdiff_t>(index), record(r));
        break;
    case 2:
        if (index > 0 && recording[index - 1].at == r.at) {
            std::swap(recording[index - 1], r);
        }
        break;
    case 3:
        r.outcome = *trace::testing::word<verdict>();
        break;
    case 4:
        r.txn.value += 100;
        break;
    case 5:
        r.session.value += 100;
        break;
    case 6:
        r.item = *rc::gen::inRange<participant_index>(0, 4);
        break;
    case 7: // everything from here on is later
        for (std::size_t i = index; i < recording.size(); ++i) {
            recording[i].at += 200s;
        }
        break;
    default:
        if (r.message) {
            r.message = *trace::testing::word<message_kind>();
        } else {
            r.what = *rc::gen::element(record_kind::released, record_kind::not_held,
                                       record_kind::let_go_early, record_kind::release_failed,
                                       record_kind::stopped, record_kind::malformed);
        }
        break;
    }
}

records mutated(records recording) {
    const int times = *rc::gen::inRange(0, 7);
    for (int i = 0; i < times && !recording.empty(); ++i) {
        mutate(recording);
    }
    return recording;
}

/// What a violation says, without the place of its record among those of others.
auto essence(const violation& v) {
    return std::tuple(v.property, v.governed_by, v.at, v.agent, v.txn, v.sentence);
}
using essences = std::multiset<decltype(essence(std::declval<violation>()))>;

essences judged(const records& recording, instant end) {
    monitor::all_monitors judges;
    for (const auto& r : recording) {
        judges.observe(r);
    }
    judges.finish(end);
    essences all;
    for (const auto& v : judges.violations()) {
        all.insert(essence(v));
    }
    return all;
}

template <class Property>
void check(const std::string& text, Property&& property) {
    BOOST_TEST(rc::check(text, std::forward<Property>(property)), text);
}

/// The two recordings in one, each in its own order, those of one instant in any.
records interleaved(const records& a, const records& b) {
    records both;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        const bool a_next = j == b.size() ||
                            (i < a.size() && (a[i].at < b[j].at ||
                                              (a[i].at == b[j].at && *rc::gen::arbitrary<bool>())));
        both.push_back(a_next ? a[i++] : b[j++]);
    }
    return both;
}

// ---- one recording for each property that breaks it ---------------------------------------------

script thaws(verdict said, bool last_is_real = true) {
    script s = good_frozen();
    s.begin_cut().end_cut().asks(0, message_kind::thaw, cut(cut_outcome::ok));
    s.state(0, agent_phase::thaw).release(0, 2).release(0, 1);
    s.state(0, agent_phase::resume);
    s.release(0, 0, last_is_real ? record_kind::released : record_kind::not_held);
    return s.state(0, agent_phase::await).says(0, message_kind::thawed, saying(said));
}

script breaks(int property) {
    script s = good_frozen();
    switch (property) {
    case 1: // thawed before the cut has ended
        s.begin_cut().after(1ms).asks(0, message_kind::thaw, cut(cut_outcome::unknown));
        s.release_all(0).state(0, agent_phase::await);
        s.says(0, message_kind::thawed, saying(verdict::clean)).after(1ms).end_cut();
        return s.complete(0).success();
    case 2: // the verdict is early
        return thaws(verdict::early).complete(0).success();
    case 3: // without a copy there is nothing to label
        s.begin_cut().end_cut(cut_outcome::failed).thaw(0, cut_outcome::failed).complete(0);
        return s.report(session_outcome::failed, consistency::crash, verdict::aborted);
    case 4:
    case 22: // nobody thaws
        return s;
    case 5: // the same Frozen with another deadline
        s.asks(0, message_kind::freeze).says(0, message_kind::frozen, until(60s));
        return s;
    case 6:
        return s.asks(0, message_kind::prepare, of_txn(41))
            .says(0, message_kind::prepared, of_txn(41));
    case 7: // answered before the rollback
        return s.says(0, message_kind::error, saying(verdict::early));
    case 8: // somebody else's filesystem
        return s.asks(0, message_kind::abort).release(0, 7);
    case 9: // in the order of holding
        return s.asks(0, message_kind::abort).release(0, 1).release(0, 2);
    case 11: // another verdict for the same thaw
        s = thaws(verdict::clean);
        return s.asks(0, message_kind::thaw).says(0, message_kind::thawed, saying(verdict::early));
    case 12: // a Thaw of another session thaws
        return s.asks(0, message_kind::thaw, of_session(3)).state(0, agent_phase::thaw);
    case 13: // Complete was not agreed
        s = script{};
        s.open(0, capability::implicit_prepare).asks(0, message_kind::complete);
        return s.says(0, message_kind::nak, refusing(nak_code::unsupported));
    case 14: // a hold that nobody asked for
        s = script{};
        return s.open(0).hold(0, 1);
    case 15: // clean, but an application had let go
        return thaws(verdict::clean, false);
    case 16: // ends frozen
        return s.agent(record_kind::stop_requested, 0).agent(record_kind::stopped, 0);
    case 17: // cut ok before the second volume is cut
        return s.begin_cut(0).begin_cut(1).end_cut(cut_outcome::ok, 0).thaw(0);
    case 18: // resumes with the identity of the guest that it was copied from
        return s.agent(record_kind::generation_changed, 0).release_all(0);
    case 19:
        return s.says(0, message_kind::completed);
    case 20: // waits for ready
        return s.begin_cut().end_cut().after(2s).thaw(0);
    case 21: // a Freeze without an answer
        s = script{};
        return s.open(0).asks(0, message_kind::freeze);
    case 23: // stays in PREP
        s = script{};
        return s.open(0).asks(0, message_kind::prepare).state(0, agent_phase::prep);
    case 24:
        return thaws(verdict::clean).complete(0).success().success();
    case 25: // a Hello without an answer
        s = script{};
        return s.open(0).asks(0, message_kind::hello);
    case 26: // no sign of life while everything is held
        s = script{};
        s.open(0, everything | capability::keep_alive).start().prepare(0).freeze(0);
        return s.after(7s).begin_cut().end_cut().thaw(0);
    default:
        return {};
    }
}

/// What one monitor alone finds until the end of time, by its name.
template <class Monitor>
std::vector<violation> found_by(const script& s) {
    Monitor judge{monitor::rules{}};
    for (const auto& r : s.done()) {
        judge.observe(r);
    }
    judge.finish(instant{much_later});
    return {judge.violations().begin(), judge.violations().end()};
}
const std::map<std::string_view, std::vector<violation> (*)(const script&)> monitors = {
    {"window", found_by<monitor::window_monitor>},
    {"outcome", found_by<monitor::outcome_monitor>},
    {"hold", found_by<monitor::hold_monitor>},
    {"release", found_by<monitor::release_monitor>},
    {"transaction", found_by<monitor::transaction_monitor>},
    {"requests", found_by<monitor::requests_monitor>},
    {"session", found_by<monitor::session_monitor>},
    {"life", found_by<monitor::life_monitor>},
    {"liveness", found_by<monitor::liveness_monitor>}};

bool is_listed(const violation& v, std::string_view judge) {
    return std::any_of(monitor::judged_properties.begin(), monitor::judged_properties.end(),
                       [&](const monitor::judged_property& row) {
                           return row.property == v.property && row.monitor == judge &&
                                  std::count(row.clauses.begin(), row.clauses.end(),
                                             v.governed_by) == 1;
                       });
}

} // namespace

BOOST_AUTO_TEST_CASE(each_property_is_judged_by_the_monitor_that_the_table_names) {
    std::set<std::string_view> used;
    for (const auto& row : monitor::judged_properties) {
        used.insert(row.monitor);
        const script s = breaks(row.property);
        for (const auto& [name, find] : monitors) {
            const auto found = find(s);
            const auto hits = std::count_if(found.begin(), found.end(), [&](const violation& v) {
                return v.property == row.property;
            });
            BOOST_TEST((hits > 0) == (name == row.monitor),
                       "SP 18." << int{row.property} << " and the monitor " << name);
            for (const auto& v : found) {
                BOOST_TEST(is_listed(v, name),
                           name << " says of SP 18." << int{v.property} << ": " << v.sentence);
            }
        }
    }
    BOOST_TEST(used.size() == monitors.size());
}

BOOST_AUTO_TEST_CASE(every_violation_names_a_clause_of_its_property) {
    check("the table of properties is complete", [] {
        const auto& tell = stories[*rc::gen::inRange<std::size_t>(0, stories.size())].second;
        script s;
        for (auto& r : mutated(tell(0).done())) {
            s.add(r.who, r.what, r.agent, [&](record& made) { made = r; });
        }
        for (const auto& [name, find] : monitors) {
            for (const auto& v : find(s)) {
                RC_ASSERT(is_listed(v, name));
            }
        }
    });
}

BOOST_AUTO_TEST_CASE(every_property_but_18_10_is_judged) {
    std::set<int> all;
    for (const auto& row : monitor::judged_properties) {
        all.insert(row.property);
    }
    BOOST_TEST(all.size() == 25U);
    BOOST_TEST(*all.begin() == 1);
    BOOST_TEST(*all.rbegin() == 26);
    BOOST_TEST(!all.contains(10));
}

BOOST_AUTO_TEST_CASE(no_story_that_keeps_to_the_clauses_breaks_a_property) {
    for (const auto& [name, tell] : stories) {
        BOOST_TEST_CONTEXT("an agent that " << name) {
            expect_in_the_end(tell(0), {});
        }
    }
    expect_in_the_end(good_group(), {});
}

BOOST_AUTO_TEST_CASE(an_empty_recording_breaks_nothing) {
    expect_in_the_end(script{}, {});
}

BOOST_AUTO_TEST_CASE(what_a_beginning_shows_stays_true_of_the_whole) {
    check("violations of a prefix are violations of the whole", [] {
        const auto& tell = stories[*rc::gen::inRange<std::size_t>(0, stories.size())].second;
        const records whole = mutated(tell(0).done());
        RC_PRE(!whole.empty());
        const auto length = *rc::gen::inRange<std::size_t>(1, whole.size() + 1);
        const records prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        const essences before = judged(prefix, prefix.back().at);
        const essences after = judged(whole, whole.back().at);
        RC_CLASSIFY(!before.empty(), "something is broken in the prefix");
        RC_ASSERT(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    });
}

BOOST_AUTO_TEST_CASE(how_the_records_of_unrelated_agents_interleave_does_not_matter) {
    check("interleaving", [] {
        const auto& first = stories[*rc::gen::inRange<std::size_t>(0, stories.size())].second;
        const auto& second = stories[*rc::gen::inRange<std::size_t>(0, stories.size())].second;
        const records a = mutated(first(0).done());
        const records b = mutated(second(1).done());
        const instant end{much_later};
        const essences once = judged(interleaved(a, b), end);
        RC_CLASSIFY(!once.empty(), "something is broken");
        RC_ASSERT(judged(interleaved(a, b), end) == once);
        // and together they show what each shows alone
        essences apart = judged(a, end);
        apart.merge(judged(b, end));
        RC_ASSERT(apart == once);
    });
}

BOOST_AUTO_TEST_CASE(a_recording_that_was_written_and_read_is_judged_the_same) {
    check("through JSON Lines", [] {
        const auto& tell = stories[*rc::gen::inRange<std::size_t>(0, stories.size())].second;
        const records recording = mutated(tell(0).done());
        trace::jsonl_reader reader;
        for (const auto& r : recording) {
            reader.feed(trace::to_jsonl(r));
        }
        records read;
        for (auto next = reader.next(); next.has_value(); next = reader.next()) {
            read.push_back(*next);
        }
        RC_ASSERT(read == recording);
        RC_ASSERT(judged(read, instant{much_later}) == judged(recording, instant{much_later}));
    });
}

BOOST_AUTO_TEST_CASE(any_records_whatever_are_judged_without_harm) {
    check("nonsense", [] {
        records nonsense;
        const int size = *rc::gen::inRange(0, 60);
        for (int i = 0; i < size; ++i) {
            record r = trace::testing::any_record();
            r.agent = *rc::gen::inRange<agent_index>(0, 3);
            r.item = *rc::gen::inRange<participant_index>(0, 3);
            r.txn.value = *rc::gen::inRange<std::uint64_t>(0, 3);
            r.session.value = *rc::gen::inRange<std::uint64_t>(0, 2);
            if ((r.what == record_kind::sent || r.what == record_kind::received) && !r.message) {
                r.message = message_kind::freeze;
            }
            r.at = instant{std::chrono::milliseconds{100 * i}};
            nonsense.push_back(std::move(r));
        }
        const auto length = *rc::gen::inRange<std::size_t>(0, nonsense.size() + 1);
        const records prefix(nonsense.begin(),
                             nonsense.begin() + static_cast<std::ptrdiff_t>(length));
        const instant prefix_end = prefix.empty() ? instant{} : prefix.back().at;
        const essences before = judged(prefix, prefix_end);
        const essences after = judged(nonsense, instant{much_later});
        RC_ASSERT(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    });
}

BOOST_AUTO_TEST_CASE(a_message_record_without_its_kind_is_skipped) {
    script s;
    s.add(role::agent, record_kind::received, 0).add(role::agent, record_kind::sent, 0);
    expect(s, {});
}

BOOST_AUTO_TEST_CASE(records_of_agents_beyond_the_bound_are_skipped) {
    script s;
    s.agent(record_kind::stopped, 64).agent(record_kind::stopped, trace::no_agent);
    expect(s, {});
    s.agent(record_kind::stopped, 63);
    expect(s, {14});
}

BOOST_AUTO_TEST_CASE(a_monitor_keeps_a_bounded_number_of_violations_and_counts_the_rest) {
    monitor::all_monitors judges;
    script s;
    for (int i = 0; i < 150; ++i) {
        s.agent(record_kind::stopped, 0);
    }
    for (const auto& r : s.done()) {
        judges.observe(r);
    }
    BOOST_TEST(judges.violations().size() == monitor::violations_max);
    BOOST_TEST(judges.count() == 150U);
}

BOOST_AUTO_TEST_CASE(violations_come_in_the_order_of_their_records) {
    script s = good_frozen();
    s.agent(record_kind::stop_requested, 0).agent(record_kind::stopped, 0);
    const auto found = judge_all(s.done(), much_later);
    BOOST_TEST(std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.record, a.property) < std::tuple(b.record, b.property);
    }));
    BOOST_TEST(found.front().record == s.done().size() - 1);
    BOOST_TEST(found.back().record == s.done().size());
}
