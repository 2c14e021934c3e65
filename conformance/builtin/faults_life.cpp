// SPDX-License-Identifier: BSL-1.0
// Faults of connections, processes and time.
#include "conformance/builtin/fault_words.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace snapproto::conformance::builtin {

using namespace std::chrono_literals;
using qga::verb;

namespace {

constexpr std::string_view single = "single change of behaviour";

/// Looks for work a thousand times a second, so many times: hours of it would show nothing more.
struct look_again {
    faulty_agent& agent;
    int times;
    void operator()() const {
        if (times > 0) {
            agent.later(1ms, look_again{agent, times - 1});
        }
    }
};

constexpr int looks_of_a_minute = 60'000;

std::vector<fault> resource_faults() {
    std::vector<fault> all;
    all.push_back(
        {.info = {"keeps-what-0xff-dropped", "What a 0xFF makes void is kept in memory for ever.",
                  "a parser whose reset forgets its buffer", "28.4/2"},
         .input = [](faulty_agent& agent, std::string& bytes) { agent.text += bytes; }});
    all.push_back({.info = {"a-kibibyte-for-each-token",
                            "Each token of a half read request takes more than a kibibyte.",
                            "a queue of heap objects, one for each token", "28.4/3"},
                   .input = [](faulty_agent& agent, std::string& bytes) {
                       if (bytes.find_first_of("\n\xFF") != std::string::npos) {
                           std::string{}.swap(agent.text); // nothing is half read any more
                       }
                       const auto tokens = std::count(bytes.begin(), bytes.end(), ',');
                       agent.text.reserve(agent.text.capacity() +
                                          static_cast<std::size_t>(tokens) * 1100);
                   }});
    all.push_back(
        {.info = {"keeps-every-request", "Every request is kept in memory for ever.", single,
                  "28.8/3"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             agent.text += of.bytes;
             agent.text.append(200, ' ');
             return std::nullopt;
         }});
    all.push_back({.info = {"polls-for-work",
                            "Looks for work a thousand times a second, for a minute from its "
                            "start.",
                            "busy loops on a virtio port without a host", "28.10/1"},
                   .started = [](faulty_agent& agent) {
                       look_again{agent, looks_of_a_minute}();
                   }});
    return all;
}

} // namespace

std::vector<fault> life_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"dies-of-a-disconnect", "The agent ends when a client leaves.",
                            "unhandled SIGPIPE or EOF", "27.15/1"},
                   .client_gone = [](faulty_agent& agent) { agent.die(); }});
    all.push_back(
        {.info = {"disconnect-wedges-a-freeze",
                  "A client that leaves during a freeze makes the agent deaf.",
                  "Proxmox pve-devel 2025-09: lost commands block the channel", "27.1/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             agent.memory[0] = is_freeze(of.request.verb) ? 1 : 0;
             return std::nullopt;
         },
         .client_gone =
             [](faulty_agent& agent) {
                 if (agent.memory[0] != 0) {
                     agent.go_deaf();
                 }
             }});
    all.push_back(
        {.info = {"replies-to-everybody", "Replies go to every client.", single, "27.3/1"},
         .reply = [](faulty_agent& agent, verb, std::string& line) {
             agent.send_to_all(std::exchange(line, {}));
         }});
    all.push_back({.info = {"leaves-frozen-on-terminate",
                            "Told to end while frozen, the agent ends and leaves all frozen.",
                            "vmtoolsd 12.2, hv_vss_daemon", "27.6/1"},
                   .settings = [](agent_settings& set) { set.watchdog = false; },
                   .terminate =
                       [](faulty_agent& agent) {
                           agent.die();
                           return true;
                       }});
    all.push_back({.info = {"cannot-be-terminated", "Told to end, the agent goes on.",
                            "SIGTERM ignored and forgotten", "27.13/1"},
                   .settings = [](agent_settings& set) { set.ignores_terminate = true; }});
    all.push_back({.info = {"forgets-the-freeze",
                            "Started again, the agent knows nothing of what it froze before.",
                            "agents that keep no record of a freeze", "27.9/1"},
                   .settings = [](agent_settings& set) {
                       set.adopts_at_start = false;
                       set.watchdog = false;
                   }});
    all.push_back(
        {.info = {"deaf-while-frozen", "While frozen nothing is answered but a thaw.",
                  "KubeVirt PR 16777", "24.13/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             return agent.believes_frozen() && of.request.verb != verb::thaw
                        ? std::optional{std::string{}}
                        : std::nullopt;
         }});
    all.push_back(
        {.info = {"slow-while-frozen", "While frozen every answer takes 3 s.", single, "28.1/1"},
         .reply = [](faulty_agent& agent, verb what, std::string& line) {
             if (agent.believes_frozen() && !is_freeze(what)) {
                 agent.later(3s,
                             [&agent, late = std::exchange(line, {})] { agent.send_to_all(late); });
             }
         }});
    all.push_back({.info = {"freeze-never-answered", "A freeze is done and never answered.",
                            "oVirt/vdsm#160: 27906 s instead of 480", "24.1/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (is_freeze(what)) {
                           line.clear();
                       }
                   }});
    all.push_back({.info = {"holds-for-ever", "There is no hold limit.",
                            "Hyper-V Linux, qemu-ga on Linux", "28.2/1"},
                   .settings = [](agent_settings& set) { set.hold_limit = 1000000s; }});
    all.push_back(
        {.info = {"waits-for-the-hooks-children",
                  "A freeze waits for whatever a hook left running.", "qemu-ga 10", "26.10/1"},
         .settings = [](agent_settings& set) { set.waits_for_children = true; }});
    all.push_back({.info = {"loses-count-of-many", "Of a thousand requests some are not answered.",
                            "queues without back-pressure", "28.8/1"},
                   .reply = [](faulty_agent& agent, verb what, std::string& line) {
                       if (what == verb::ping && ++agent.memory[0] > 500) {
                           line.clear();
                       }
                   }});
    for (auto& one : resource_faults()) {
        all.push_back(std::move(one));
    }
    return all;
}

} // namespace snapproto::conformance::builtin
