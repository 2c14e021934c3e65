// SPDX-License-Identifier: BSL-1.0
// A host copies two guests at one instant: it cuts when both hold still, and believes no copy
// before both have said that they held until the thaw. In the second snapshot one of them lets go
// too early. Both ends are the library's, and pass messages as they are;
// examples/first_program.cpp has bytes.
#include <snapproto/endpoint/agent.hpp>
#include <snapproto/endpoint/orchestrator.hpp>

#include <array>
#include <deque>
#include <iostream>
#include <optional>
#include <utility>

using namespace snapproto;

namespace {

/// A guest with one filesystem.
class guest {
  public:
    std::deque<any_message> to_host;

    void take(const any_message& message, instant now) {
        m_agent.handle(message, now);
        work(now);
    }
    void lets_go(instant now) {
        m_holds = false;
        m_agent.participant_let_go(0, now);
        work(now);
    }

  private:
    /// An input has been given: poll() to the end, then the next input.
    void work(instant now) {
        std::deque<endpoint::agent_output> asked;
        do {
            if (!asked.empty()) {
                act(asked.front(), now);
                asked.pop_front();
            }
            for (auto next = m_agent.poll(); next.index() != 0; next = m_agent.poll()) {
                asked.push_back(std::move(next));
            }
        } while (!asked.empty());
    }
    void act(const endpoint::agent_output& what, instant now) {
        if (const auto* sent = std::get_if<endpoint::transmit>(&what)) {
            to_host.push_back(sent->message);
        } else if (std::holds_alternative<endpoint::find_participants>(what)) {
            const participant_summary disk{"/srv", participant_kind::filesystem};
            m_agent.participants_found({&disk, 1}, now);
        } else if (const auto* asked = std::get_if<endpoint::operate>(&what);
                   asked != nullptr && asked->what != endpoint::operation::finish) {
            m_agent.participant_answered(asked->participant, do_it(asked->what), now);
        }
    }
    /// A real agent calls ioctl(FIFREEZE) and ioctl(FITHAW) here, and says what came of it.
    machine::participant_event do_it(endpoint::operation what) {
        using machine::participant_event;
        if (what == endpoint::operation::prepare) {
            return participant_event::prepared;
        }
        const bool held = std::exchange(m_holds, what == endpoint::operation::hold);
        return m_holds ? participant_event::held
               : held  ? participant_event::released
                       : participant_event::not_held;
    }

    endpoint::agent_endpoint m_agent;
    bool m_holds = false;
};

struct setting {
    endpoint::orchestrator_endpoint host{{.agents = 2}};
    std::array<guest, 2> guests;
    instant now{};

    /// Goes on until nobody has anything to say. @return how the snapshot ended, if one did
    std::optional<endpoint::snapshot_outcome> run(bool one_lets_go = false) {
        std::optional<endpoint::snapshot_outcome> ended;
        for (bool going_on = true; going_on; now += std::chrono::milliseconds{1}) {
            bool cutting = false;
            for (auto next = host.poll(); next.index() != 0; next = host.poll()) {
                if (const auto* sent = std::get_if<endpoint::transmit_to>(&next)) {
                    guests[sent->agent].take(sent->message, now);
                } else if (const auto* asked = std::get_if<endpoint::provide>(&next)) {
                    cutting = asked->what == endpoint::provider_operation::cut;
                } else if (const auto* outcome = std::get_if<endpoint::snapshot_outcome>(&next)) {
                    ended = *outcome;
                }
            }
            if (cutting) { // here a real host has its storage fix the point, which may take a while
                if (one_lets_go) {
                    guests[1].lets_go(now);
                }
                host.cut_finished(host.running(), true, now);
                continue;
            }
            going_on = hear_one();
        }
        return ended;
    }
    /// Takes one message of a guest. @return whether there was one
    bool hear_one() {
        for (agent_index i = 0; i < guests.size(); ++i) {
            if (!guests[i].to_host.empty()) {
                host.handle(i, guests[i].to_host.front(), now);
                guests[i].to_host.pop_front();
                return true;
            }
        }
        return false;
    }
};

} // namespace

int main() {
    setting here;
    here.host.channel_up(0, here.now);
    here.host.channel_up(1, here.now); // Hello goes out with the last of the group
    (void)here.run();
    endpoint::snapshot_options wanted;
    wanted.wanted = consistency::filesystem;
    for (const bool one_lets_go : {false, true}) {
        (void)here.host.start(wanted, here.now);
        const auto ended = here.run(one_lets_go);
        if (!ended) {
            std::cout << "the snapshot did not end\n";
            return 1;
        }
        std::cout << to_string(ended->outcome) << ", consistency " << to_string(ended->label)
                  << (ended->reason.empty() ? "" : ": ") << ended->reason << '\n';
        for (std::size_t i = 0; i < ended->agents.size(); ++i) {
            std::cout << "  guest " << i << ": " << to_string(ended->agents[i].outcome) << '\n';
        }
        if ((ended->outcome == session_outcome::success) == one_lets_go) {
            return 1;
        }
    }
    return 0;
}
