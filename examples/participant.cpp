// SPDX-License-Identifier: BSL-1.0
// An application that takes part in snapshots: an account book with two sums that are to be equal
// in every copy. Its thread goes on writing all the time; to hold it is to take the lock under
// which it writes. The agent's endpoint says when, and is told the truth of what came of it.
#include <snapproto/endpoint/agent.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

using namespace snapproto;
using machine::participant_event;

namespace {

/// The application. It does not know of snapshots, but it has a lock.
class account_book {
  public:
    struct sums {
        long debit = 0;
        long credit = 0;
    };

    account_book() : m_writer([this] { write(); }) {}
    ~account_book() {
        m_ends = true;
        m_writer.join();
    }
    account_book(const account_book&) = delete;
    account_book& operator=(const account_book&) = delete;

    std::timed_mutex lock;

    /// What a copy of its memory would have at this moment.
    [[nodiscard]] sums copy() const { return {m_debit, m_credit}; }

  private:
    void write() {
        while (!m_ends) {
            const std::lock_guard hold(lock);
            ++m_debit;
            std::this_thread::yield(); // half of a transfer is done
            ++m_credit;
        }
    }

    std::atomic<bool> m_ends = false;
    std::atomic<long> m_debit = 0;
    std::atomic<long> m_credit = 0;
    std::thread m_writer; // the last: it uses the others
};

/// Joins the book to an agent. A hold that cannot be had in time is a veto, never a lie (SP 14.2).
class book_participant {
  public:
    explicit book_participant(account_book& book) : m_lock(book.lock, std::defer_lock) {}

    participant_event operate(endpoint::operation what) {
        switch (what) {
        case endpoint::operation::hold:
            return m_lock.try_lock_for(std::chrono::seconds{2}) ? participant_event::held
                                                                : participant_event::vetoed;
        case endpoint::operation::release:
            if (!m_lock.owns_lock()) {
                return participant_event::not_held; // SP 7.3
            }
            m_lock.unlock();
            return participant_event::released;
        default:
            return participant_event::prepared; // nothing that takes long is to be done before
        }
    }

  private:
    std::unique_lock<std::timed_mutex> m_lock;
};

/// Gives the agent one request and does all that it asks for. @return its answer
std::optional<any_message> ask(endpoint::agent_endpoint& agent, book_participant& book,
                               const any_message& request) {
    const instant at{std::chrono::steady_clock::now().time_since_epoch()};
    std::optional<any_message> answer;
    std::deque<endpoint::agent_output> work;
    agent.handle(request, at);
    for (bool going_on = true; going_on;) {
        for (auto next = agent.poll(); next.index() != 0; next = agent.poll()) {
            if (auto* sent = std::get_if<endpoint::transmit>(&next)) {
                answer = std::move(sent->message);
            } else {
                work.push_back(std::move(next));
            }
        }
        going_on = !work.empty();
        if (!going_on) {
            break;
        }
        const auto next = std::move(work.front());
        work.pop_front();
        if (std::holds_alternative<endpoint::find_participants>(next)) {
            const participant_summary who{"account book", participant_kind::writer};
            agent.participants_found({&who, 1}, at);
        } else if (const auto* asked = std::get_if<endpoint::operate>(&next);
                   asked != nullptr && asked->what != endpoint::operation::finish) {
            agent.participant_answered(asked->participant, book.operate(asked->what), at);
        }
    }
    return answer;
}

template <class Message>
Message with(message_header header, Message message = {}) {
    message.header = header;
    return message;
}

} // namespace

int main() {
    account_book book;
    book_participant participant(book);
    endpoint::agent_endpoint agent;
    hello opening;
    opening.versions = {{1, 0}};
    opening.wanted = capability::implicit_prepare | capability::transactions;
    (void)ask(agent, participant, with({{1}, {}, {1}}, opening));

    int torn = 0;
    while (book.copy().debit < 1000) { // at work, copies are torn now and then
        const auto copy = book.copy();
        torn += copy.debit != copy.credit ? 1 : 0;
    }
    const auto frozen = ask(agent, participant, with<freeze_request>({{1}, {1}, {2}}));
    const auto before = book.copy();
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    const auto after = book.copy();
    thaw_request thaw;
    thaw.outcome = cut_outcome::ok;
    const auto thawed = ask(agent, participant, with({{1}, {1}, {3}}, thaw));

    const auto* told = thawed ? std::get_if<thawed_report>(&*thawed) : nullptr;
    const bool held = before.debit == after.debit && before.debit == before.credit;
    std::cout << "at work: " << (torn != 0 ? "some copies are torn" : "no copy was torn") << '\n'
              << "held: " << (held ? "the sums are equal, and stay so" : "it went on") << '\n'
              << "thawed: " << (told != nullptr ? to_string(told->outcome) : "no") << '\n';
    return frozen && std::holds_alternative<frozen_report>(*frozen) && held && told != nullptr &&
                   told->outcome == verdict::clean
               ? 0
               : 1;
}
