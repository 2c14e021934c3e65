// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_ENDPOINT_JOINED_HPP
#define SNAPPROTO_TESTS_UNIT_ENDPOINT_JOINED_HPP

// An orchestrator with links and its guests, joined by channels that keep messages, in the order of
// a virtual clock. What passes can be changed or lost.

#include "tests/unit/endpoint/clockwork.hpp"

#include <snapproto/endpoint/linked_orchestrator.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace snapproto::test {

/// Send one message to the host.
struct message_out {
    std::string bytes;
};

/// What a guest of any dialect asks for.
using guest_output =
    std::variant<endpoint::deadline, message_out, endpoint::close_channel,
                 endpoint::find_participants, endpoint::operate, endpoint::exit_process>;

/// @tparam Guest has `up(now)`, `lost(now)`, `receive(bytes, now)`, `timeout(now)`, `poll(now)` and
///               the endpoint as `agent`.
template <class Host, class Guest>
class joined {
  public:
    using filter = std::function<bool(std::string&)>; ///< False: the message is lost.

    explicit joined(std::size_t guests_wanted = 1) : joined(options_of(guests_wanted)) {}

    explicit joined(const typename Guest::host_options& options)
        : host(options), guests(options.agents) {
        host.record_to(&at_host);
        for (std::size_t i = 0; i < guests.size(); ++i) {
            guests[i].inside.agent.record_to(&guests[i].recording);
            guests[i].real.populate(0, 2);
            connect(i);
        }
    }

    struct end {
        Guest inside;
        participants real;
        std::vector<trace::record> recording;
        std::uint64_t channel = 0; ///< Messages of another one are dropped.
        bool up = false;
        std::uint64_t timer = 0;
        std::optional<instant> frozen_at;
        std::optional<instant> thawed_at;
    };

    [[nodiscard]] instant now() const { return clock.now(); }

    void connect(std::size_t i) {
        end& g = guests[i];
        if (!std::exchange(g.up, true)) {
            ++g.channel;
            g.inside.up(now());
            drain_guest(i);
            host.channel_up(index(i), now());
            drain_host();
        }
    }

    /// The channel ends, and each side is told, or not.
    void disconnect(std::size_t i, bool tell_guest = true, bool tell_host = true) {
        end& g = guests[i];
        if (!std::exchange(g.up, false)) {
            return;
        }
        ++g.channel;
        if (tell_guest) {
            g.inside.lost(now());
            drain_guest(i);
        }
        if (tell_host) {
            host.channel_lost(index(i), now());
            drain_host();
        }
    }

    void start(endpoint::snapshot_options wanted = {}) {
        outcome.reset();
        started = static_cast<bool>(host.start(std::move(wanted), now()));
        drain_host();
    }

    void run(duration span) {
        const instant until = now() + span;
        while (clock.step(until)) {
        }
        clock.at(until, [] {});
        clock.step(until);
    }

    /// Until the outcome is there.
    void finish(duration most = seconds{2000}) {
        const instant until = now() + most;
        while (!outcome && clock.step(until)) {
        }
    }

    /// Until something is held.
    void freeze(duration most = seconds{60}) {
        const instant until = now() + most;
        while (held() == 0 && clock.step(until)) {
        }
        run(milliseconds{100});
    }

    [[nodiscard]] std::size_t held() const {
        std::size_t all = 0;
        for (const end& g : guests) {
            all += g.real.held_count();
        }
        return all;
    }

    /// The outcome in words: "failed none expired".
    [[nodiscard]] std::string told(std::size_t i = 0) const {
        if (!outcome) {
            return "nothing";
        }
        std::string text{to_string(outcome->outcome)};
        text.append(" ").append(to_string(outcome->label));
        return i < outcome->agents.size()
                   ? text.append(" ").append(to_string(outcome->agents[i].outcome))
                   : text;
    }

    /// What the judges say of both ends.
    [[nodiscard]] std::string objections() const {
        std::string found = judged(at_host, now(), monitor::viewpoint::orchestrator_end);
        for (const end& g : guests) {
            monitor::rules rules;
            rules.seen_from = monitor::viewpoint::agent_end;
            rules.records_provider = false;
            monitor::all_monitors judges{rules};
            for (const auto& one : g.recording) {
                judges.observe(one);
            }
            judges.finish(now());
            for (const auto& one : judges.violations()) {
                found += "at the guest, 18." + std::to_string(one.property) + ": " + one.sentence;
            }
        }
        return found;
    }

    clockwork clock;
    Host host;
    std::deque<end> guests;
    std::vector<trace::record> at_host;
    std::optional<endpoint::snapshot_outcome> outcome;
    bool started = false;
    duration cut_time = milliseconds{100};
    filter to_guest;
    filter to_host;
    std::string wire; ///< All messages to guests, each in brackets.
    int closings = 0; ///< Channels that the host has ended.
    int alarms = 0;

  private:
    static auto options_of(std::size_t guests_wanted) {
        typename Guest::host_options made;
        made.agents = guests_wanted;
        return made;
    }

    [[nodiscard]] static agent_index index(std::size_t i) { return static_cast<agent_index>(i); }

    void carry(std::size_t i, std::string bytes, bool forth) {
        const filter& through = forth ? to_guest : to_host;
        if (forth) {
            wire.append("[").append(bytes).append("]");
        }
        if (through && !through(bytes)) {
            return;
        }
        const auto channel = guests[i].channel;
        clock.after(milliseconds{1}, [this, i, channel, forth, bytes = std::move(bytes)] {
            if (guests[i].channel != channel || !guests[i].up) {
                return;
            }
            if (forth) {
                guests[i].inside.receive(as_bytes(bytes), now());
                drain_guest(i);
            } else {
                host.receive(index(i), as_bytes(bytes), now());
                drain_host();
            }
        });
    }

    void drain_guest(std::size_t i) {
        end& g = guests[i];
        for (;;) {
            guest_output next = g.inside.poll(now());
            if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                const auto mine = ++g.timer;
                if (until->at != never) {
                    clock.at(until->at, [this, i, mine] {
                        if (guests[i].timer == mine) {
                            guests[i].inside.timeout(now());
                            drain_guest(i);
                        }
                    });
                }
                return;
            }
            if (auto* message = std::get_if<message_out>(&next)) {
                if (g.up) {
                    carry(i, std::move(message->bytes), false);
                }
            } else if (std::holds_alternative<endpoint::find_participants>(next)) {
                clock.after(milliseconds{1}, [this, i] {
                    guests[i].inside.agent.participants_found(guests[i].real.list, now());
                    drain_guest(i);
                });
            } else if (const auto* asked = std::get_if<endpoint::operate>(&next)) {
                if (asked->what != endpoint::operation::finish) {
                    clock.after(g.real.work, [this, i, what = *asked] { perform(i, what); });
                }
            } else if (std::holds_alternative<endpoint::close_channel>(next)) {
                clock.after({}, [this, i] {
                    disconnect(i, false, true);
                    clock.after(seconds{1}, [this, i] { connect(i); });
                });
            }
        }
    }

    void perform(std::size_t i, const endpoint::operate& what) {
        end& g = guests[i];
        const auto before = g.real.held_count();
        const auto answer = g.real.perform(what);
        if (before == 0 && g.real.held_count() != 0) {
            g.frozen_at = now();
            g.thawed_at.reset();
        } else if (before != 0 && g.real.held_count() == 0) {
            g.thawed_at = now();
        }
        g.inside.agent.participant_answered(what.participant, answer, now());
        drain_guest(i);
    }

    void drain_host() {
        for (;;) {
            auto next = host.poll();
            if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                const auto mine = ++m_timer;
                if (until->at != never) {
                    clock.at(until->at, [this, mine] {
                        if (m_timer == mine) {
                            host.handle_timeout(now());
                            drain_host();
                        }
                    });
                }
                return;
            }
            if (auto* bytes = std::get_if<endpoint::transmit_bytes_to>(&next)) {
                carry(bytes->agent, std::move(bytes->bytes), true);
            } else if (const auto* order = std::get_if<endpoint::provide>(&next)) {
                if (order->what == endpoint::provider_operation::cut) {
                    clock.after(cut_time, [this, txn = order->txn] {
                        host.cut_finished(txn, true, now());
                        drain_host();
                        host.copy_ready(txn, now());
                        drain_host();
                    });
                }
            } else if (const auto* closed = std::get_if<endpoint::close_agent>(&next)) {
                ++closings;
                clock.after({}, [this, i = closed->agent] {
                    disconnect(i, true, false);
                    clock.after(seconds{1}, [this, i] { connect(i); });
                });
            } else if (std::holds_alternative<endpoint::agent_stuck>(next)) {
                ++alarms;
            } else if (auto* ended = std::get_if<endpoint::snapshot_outcome>(&next)) {
                outcome = std::move(*ended);
            }
        }
    }

    std::uint64_t m_timer = 0;
};

} // namespace snapproto::test

#endif // SNAPPROTO_TESTS_UNIT_ENDPOINT_JOINED_HPP
