// SPDX-License-Identifier: BSL-1.0
// The library's agent behind the protocol of docs/shim.md, so that a suite can judge it on virtual
// time: snapcheck agent --shim 'shim_agent --adapter'. One JSON object a line comes in, one goes
// out. The filesystems are made up; all else is what a real agent does around the endpoint.
#include <snapproto/dialect/qga/request.hpp>
#include <snapproto/endpoint/qga_agent.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

using namespace snapproto;
using namespace std::chrono_literals;
namespace json = boost::json;

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string hex_of(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        hex += "0123456789abcdef"[byte >> 4U];
        hex += "0123456789abcdef"[byte & 15U];
    }
    return hex;
}

/// What outlives a run of the agent: the mounts, in the order of mounting, and what is frozen.
struct machine_around {
    std::vector<std::string> mounts{"/shim/a", "/shim/b"};
    std::set<std::string> frozen;
    std::optional<instant> watchdog; ///< Thaws when the agent has died and nobody came after it.
};

/// One run of the agent, with the client streams that it reads.
class running_agent {
  public:
    running_agent(machine_around& around, endpoint::qga_agent_options options, bool hook,
                  instant now)
        : m_around(around), m_agent(std::move(options)), m_hook(hook) {
        if (!around.frozen.empty()) {
            m_found = everything(around.frozen.begin(), around.frozen.end());
            m_agent.adopt(m_found, now);
            drain(now);
        }
    }

    void open(endpoint::client_id id) {
        if (m_agent.client_connected(id)) {
            m_input[id];
        } else {
            m_closed.push_back(id);
        }
    }
    void close(endpoint::client_id id) {
        m_input.erase(id);
        m_agent.client_gone(id);
    }
    void finish(endpoint::client_id id) { m_finished.insert(id); }
    void bytes(endpoint::client_id id, std::string_view more) { m_input[id] += more; }
    void terminate(instant now) {
        m_agent.stop(now);
        drain(now);
    }
    void hook_ended(participant_index i, bool ok, std::string_view why, instant now) {
        using machine::participant_event;
        const bool hold = m_hook_calls[i];
        answer(i,
               ok     ? hold ? participant_event::held : participant_event::released
               : hold ? participant_event::vetoed
                      : participant_event::release_failed,
               now, why);
    }

    /// Lets everything happen that is due, and says the rest in `to`.
    void go_on(instant now, json::object& to) {
        wake_up(now);
        for (bool more = true; more;) {
            more = false;
            for (auto at = m_input.begin(); at != m_input.end() && !m_ended; ++at) {
                more = read(at->first, at->second, now) || more;
            }
        }
        for (auto at = m_finished.begin(); at != m_finished.end();) {
            const bool done = m_input[*at].empty() && m_work.empty() && m_due == never;
            m_closed.insert(m_closed.end(), done ? 1 : 0, *at);
            at = done ? m_finished.erase(at) : std::next(at);
        }
        to["out"] = std::exchange(m_out, {});
        to["closed"] = json::value_from(std::exchange(m_closed, {}));
        to["hook"] = std::exchange(m_hook_starts, {});
        to["kill"] = std::exchange(m_hook_kills, {});
        if (const auto due = m_work.empty() ? m_due : std::min(m_due, m_work.front().at);
            due != never) {
            to["due"] = due.time_since_epoch() / 1us;
        }
        if (m_ended) {
            to["ended"] = 0;
        }
    }

  private:
    struct task {
        instant at;
        endpoint::operate what;
    };

    /// Participants: the hook, then filesystems, the one mounted last first.
    template <class Iterator>
    std::vector<participant_summary> everything(Iterator begin, Iterator end) const {
        std::vector<participant_summary> all;
        if (m_hook) {
            all.push_back({"hook", participant_kind::hook});
        }
        for (; end != begin; all.push_back({*--end, participant_kind::filesystem})) {
        }
        return all;
    }

    bool read(endpoint::client_id id, std::string& input, instant now) {
        if (input.empty()) {
            return false;
        }
        notice_thaw_by_others(now);
        const std::size_t taken = m_agent.receive(
            id, byte_view(reinterpret_cast<const std::byte*>(input.data()), input.size()), now);
        input.erase(0, taken);
        drain(now);
        return taken != 0;
    }

    void wake_up(instant now) {
        while (!m_work.empty() && m_work.front().at <= now) {
            const task next = m_work.front();
            m_work.pop_front();
            filesystem(next.what, now);
        }
        if (m_due <= now) {
            m_agent.handle_timeout(now);
            drain(now);
        }
    }

    void drain(instant now) {
        for (auto next = m_agent.poll(); !std::holds_alternative<endpoint::deadline>(next);
             next = m_agent.poll()) {
            take(next);
        }
        // Doing what was asked for is new input, so it waits until all has been polled.
        while (!m_asked.empty()) {
            const auto next = m_asked.front();
            m_asked.pop_front();
            perform(next, now);
        }
        m_due = std::get<endpoint::deadline>(m_agent.poll()).at;
    }

    void take(const endpoint::qga_agent_output& what) {
        if (const auto* sent = std::get_if<endpoint::transmit_bytes>(&what)) {
            m_out.push_back({{"client", sent->client}, {"hex", hex_of(sent->bytes)}});
        } else if (std::holds_alternative<endpoint::exit_process>(what)) {
            m_ended = true;
        } else {
            m_asked.push_back(what);
        }
    }

    void perform(const endpoint::qga_agent_output& what, instant now) {
        if (const auto* find = std::get_if<endpoint::find_participants>(&what)) {
            find_participants(find->scope, now);
        } else if (const auto* stop = std::get_if<endpoint::cancel>(&what)) {
            m_hook_kills.push_back(stop->participant);
        } else if (const auto* op = std::get_if<endpoint::operate>(&what)) {
            operate(*op, now);
        }
    }

    void find_participants(const snapshot_scope& scope, instant now) {
        std::vector<std::string> wanted;
        for (const auto& mount : m_around.mounts) {
            if (!scope.mounts || std::count(scope.mounts->begin(), scope.mounts->end(), mount)) {
                wanted.push_back(mount);
            }
        }
        for (const auto& path : scope.mounts.value_or(m_around.mounts)) {
            if (std::count(m_around.mounts.begin(), m_around.mounts.end(), path) == 0) {
                m_agent.participants_failed("no filesystem is mounted at " + path, now);
                return drain(now);
            }
        }
        m_found = everything(wanted.begin(), wanted.end());
        m_agent.participants_found(m_found, now);
        drain(now);
    }

    void operate(const endpoint::operate& what, instant now) {
        using endpoint::operation;
        if (what.what == operation::prepare) {
            answer(what.participant, machine::participant_event::prepared, now);
        } else if (what.what == operation::finish) {
            return;
        } else if (m_found[what.participant].kind == participant_kind::hook) {
            const bool hold = what.what == operation::hold;
            m_hook_calls[what.participant] = hold;
            m_hook_starts.push_back(
                {{"call", what.participant}, {"argument", hold ? "freeze" : "thaw"}});
        } else {
            m_work.push_back({now + 2ms, what});
        }
    }

    void filesystem(const endpoint::operate& what, instant now) {
        using machine::participant_event;
        const auto& mount = m_found[what.participant].name;
        if (what.what == endpoint::operation::release) {
            const bool was = m_around.frozen.erase(mount) != 0;
            return answer(what.participant,
                          was ? participant_event::released : participant_event::not_held, now);
        }
        if (m_around.frozen.insert(mount).second) {
            m_around.watchdog = now + 11s;
            return answer(what.participant, participant_event::held, now);
        }
        m_agent.participant_skipped(what.participant, now); // somebody else's freeze
        drain(now);
    }

    void answer(participant_index i, machine::participant_event what, instant now,
                std::string_view why = {}) {
        m_agent.participant_answered(i, what, now, why);
        drain(now);
    }

    void notice_thaw_by_others(instant now) {
        if (m_agent.status() != qga::freeze_state::frozen || !m_around.frozen.empty()) {
            return;
        }
        for (std::size_t i = 0; i < m_found.size(); ++i) {
            if (m_found[i].kind == participant_kind::filesystem) {
                m_agent.participant_let_go(static_cast<participant_index>(i), now);
                drain(now);
            }
        }
    }

    machine_around& m_around;
    endpoint::qga_agent m_agent;
    bool m_hook;
    bool m_ended = false;
    instant m_due = never;
    std::vector<participant_summary> m_found;
    std::deque<endpoint::qga_agent_output> m_asked;
    std::deque<task> m_work;
    std::map<participant_index, bool> m_hook_calls; ///< Whether the call is to hold.
    std::map<endpoint::client_id, std::string> m_input;
    std::set<endpoint::client_id> m_finished;
    std::vector<endpoint::client_id> m_closed;
    json::array m_out, m_hook_starts, m_hook_kills;
};

/// The adapter: a command in, an answer out.
class adapter {
  public:
    json::object handle(const json::object& command) {
        const instant now{std::chrono::microseconds(command.at("at").to_number<std::int64_t>())};
        const std::string_view what = command.at("do").as_string();
        json::object answer;
        if (what == "reset") {
            reset(command, now);
            answer = {
                {"mounts", json::value_from(m_around.mounts)},
                {"can",
                 {"second_client", "finish", "signal", "hook", "block", "foreign", "keep_state"}}};
        } else if (what == "kill") {
            m_agent.reset();
        } else if (what == "freeze" || what == "thaw") {
            const std::string mount(command.at("mount").as_string());
            what == "freeze" ? (void)m_around.frozen.insert(mount)
                             : (void)m_around.frozen.erase(mount);
        } else if (m_agent != nullptr && !tell_agent(what, command, now)) {
            return {{"unsupported", "no such command"}};
        }
        finish(answer, now);
        return answer;
    }

  private:
    void reset(const json::object& command, instant now) {
        endpoint::qga_agent_options options;
        options.version = "snapproto shim agent";
        for (const auto& name : command.at("block").as_array()) {
            options.blocked.push_back(qga::verb_of(std::string_view{name.as_string()}));
        }
        m_agent.reset();
        m_agent = std::make_unique<running_agent>(m_around, std::move(options),
                                                  command.at("hook").as_bool(), now);
    }

    bool tell_agent(std::string_view what, const json::object& command, instant now) {
        const auto number = [&](const char* name) {
            return command.at(name).to_number<std::uint32_t>();
        };
        if (what == "open") {
            m_agent->open(number("client"));
        } else if (what == "bytes") {
            m_agent->bytes(number("client"), bytes_of(command.at("hex").as_string()));
        } else if (what == "finish") {
            m_agent->finish(number("client"));
        } else if (what == "close") {
            m_agent->close(number("client"));
        } else if (what == "terminate") {
            m_agent->terminate(now);
        } else if (what == "hook_ended") {
            m_agent->hook_ended(static_cast<participant_index>(number("call")),
                                command.at("ok").as_bool(), command.at("why").as_string(), now);
        } else {
            return what == "advance";
        }
        return true;
    }

    /// What every answer says: the agent's part, and what the machine around it shows.
    void finish(json::object& answer, instant now) {
        if (m_agent != nullptr) {
            m_agent->go_on(now, answer);
            if (answer.contains("ended")) {
                m_agent.reset();
            }
        } else if (m_around.watchdog && *m_around.watchdog <= now) {
            m_around.frozen.clear();
            m_around.watchdog.reset();
        } else if (m_around.watchdog) {
            answer["due"] = m_around.watchdog->time_since_epoch() / 1us;
        }
        answer["frozen"] = json::value_from(m_around.frozen);
    }

    machine_around m_around;
    std::unique_ptr<running_agent> m_agent;
};

int serve(std::istream& in, std::ostream& out) {
    adapter behind;
    for (std::string line; std::getline(in, line);) {
        out << behind.handle(json::parse(line).as_object()) << std::endl;
    }
    return 0;
}

int main(int argc, char**) {
    if (argc > 1) {
        return serve(std::cin, std::cout);
    }
    // Without --adapter: a client asks for the status.
    const std::string status = hex_of(R"({"execute":"guest-fsfreeze-status"})");
    std::istringstream in(R"({"do":"reset","at":0,"hook":false,"block":[],"keep_state":false}
{"do":"open","at":0,"client":1}
{"do":"bytes","at":5,"client":1,"hex":")" +
                          status + R"("}
{"do":"whistle","at":6}
)");
    std::ostringstream out;
    serve(in, out);
    std::cout << out.str();
    const bool thawed = out.str().find(hex_of(R"({"return": "thawed"})")) != std::string::npos;
    return thawed && out.str().find("unsupported") != std::string::npos ? 0 : 1;
}
