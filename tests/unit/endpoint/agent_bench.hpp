// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_ENDPOINT_AGENT_BENCH_HPP
#define SNAPPROTO_TESTS_UNIT_ENDPOINT_AGENT_BENCH_HPP

#include <snapproto/endpoint/agent.hpp>

#include "tests/unit/endpoint/clockwork.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace snapproto::test {

using namespace snapproto::endpoint;
using answer = machine::participant_event;

constexpr auto everything = capability::explicit_prepare | capability::implicit_prepare |
                            capability::completion | capability::hold_limit |
                            capability::keep_alive | capability::transactions;

/// An agent with nobody behind its participants: the test answers for them.
struct bench {
    explicit bench(int applications = 1, int filesystems = 2, agent_options options = {})
        : agent(options) {
        agent.record_to(&recording);
        for (int i = 0; i < applications; ++i) {
            list.push_back({"app", participant_kind::writer});
        }
        for (int i = 0; i < filesystems; ++i) {
            list.push_back({"fs", participant_kind::filesystem});
        }
    }

    bench(const bench&) = delete;
    bench& operator=(const bench&) = delete;
    /// Whatever a test does with its agent, the judges have nothing to say against it.
    ~bench() { BOOST_TEST(said() == ""); }

    void drain() {
        for (;;) {
            auto next = agent.poll();
            if (const auto* at = std::get_if<deadline>(&next)) {
                due = at->at;
                return;
            }
            if (auto* sent = std::get_if<transmit>(&next)) {
                messages.push_back(std::move(sent->message));
            } else if (std::holds_alternative<find_participants>(next)) {
                finding = true;
            } else if (const auto* asked = std::get_if<operate>(&next)) {
                if (asked->what != operation::finish) {
                    work.push_back(*asked);
                } else {
                    finished.push_back(asked->result);
                }
            } else if (const auto* stopped = std::get_if<cancel>(&next)) {
                cancelled.push_back(stopped->participant);
            } else if (std::holds_alternative<close_channel>(next)) {
                closed = true;
            } else if (std::holds_alternative<exit_process>(next)) {
                exited = true;
            } else if (std::holds_alternative<reseed>(next)) {
                reseeded = true;
            }
        }
    }

    template <class Message>
    void ask(Message message, txn_id txn = {}) {
        message.header = {session, txn, {++seq}};
        agent.handle(message, now);
        drain();
    }
    void open(capability wanted = everything) {
        hello opening;
        opening.versions = {{1, 0}};
        opening.wanted = wanted;
        ask(opening);
        messages.clear();
    }
    void found() {
        finding = false;
        agent.participants_found(list, now);
        drain();
    }
    /// Answers the oldest operation in work.
    operate done(answer what) {
        BOOST_REQUIRE(!work.empty());
        const operate asked = work.front();
        work.pop_front();
        agent.participant_answered(asked.participant, what, now);
        drain();
        return asked;
    }
    /// Answers everything with what is hoped for, until nothing is in work.
    std::vector<operate> done_all() {
        std::vector<operate> order;
        while (!work.empty() || finding) {
            if (finding) {
                found();
                continue;
            }
            switch (work.front().what) {
            case operation::prepare:
                order.push_back(done(answer::prepared));
                break;
            case operation::hold:
                order.push_back(done(answer::held));
                break;
            case operation::release:
                order.push_back(done(answer::released));
                break;
            default:
                order.push_back(done(answer::finished));
                break;
            }
        }
        return order;
    }
    void pass(duration span) {
        now += span;
        agent.handle_timeout(now);
        drain();
    }
    void freeze_all(txn_id txn = {7}, duration limit = {}) {
        prepare_request prepare;
        prepare.hold_limit = limit;
        ask(prepare, txn);
        done_all();
        ask(freeze_request{}, txn);
        done_all();
    }
    template <class Message>
    const Message* last() const {
        return messages.empty() ? nullptr : std::get_if<Message>(&messages.back());
    }
    std::string said() const {
        return judged(recording, now, monitor::viewpoint::agent_end, exempt);
    }

    agent_endpoint agent;
    std::vector<trace::record> recording;
    std::vector<participant_summary> list;
    std::deque<operate> work;
    std::vector<any_message> messages;
    std::vector<copy_result> finished;
    std::vector<participant_index> cancelled;
    session_id session{3};
    std::uint64_t seq = 0;
    instant now{seconds{100}};
    instant due = never;
    bool finding = false;
    bool closed = false;
    bool exited = false;
    bool reseeded = false;
    std::uint8_t exempt = 0; // the property that the test itself breaks
};

inline std::string spelled(const std::vector<operate>& order) {
    std::string text;
    for (const auto& o : order) {
        text += std::string{to_string(o.what)} + std::to_string(o.participant) + " ";
    }
    return text;
}

} // namespace snapproto::test

#endif // SNAPPROTO_TESTS_UNIT_ENDPOINT_AGENT_BENCH_HPP
