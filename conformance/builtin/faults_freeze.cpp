// SPDX-License-Identifier: BSL-1.0
// Faults of freeze, thaw and hooks: what the agent says and what the filesystems do part ways.
#include "conformance/builtin/fault_words.hpp"

#include <algorithm>
#include <chrono>

namespace snapproto::conformance::builtin {

namespace {

using namespace std::chrono_literals;
using qga::verb;

constexpr std::string_view single = "single change of behaviour";

std::vector<fault> freezing_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"freezes-nothing", "Says frozen, and freezes nothing.",
                            "tuzhis/osx-qemu-guest-agent: freeze only sets a flag", "29.2/1"},
                   .filesystem = [](faulty_agent&, filesystem_step, virtual_filesystem&)
                       -> std::optional<kernel_answer> { return kernel_answer::ok; }});
    all.push_back({.info = {"stops-the-device",
                            "Stops the device under the filesystem instead of freezing it.",
                            "dmsetup suspend --nolockfs", "29.6/1"},
                   .filesystem = [](faulty_agent&, filesystem_step step,
                                    virtual_filesystem& one) -> std::optional<kernel_answer> {
                       if (step == filesystem_step::freeze && one.is_target() && !one.frozen()) {
                           one.suspend_device();
                           return kernel_answer::ok;
                       }
                       return std::nullopt;
                   }});
    all.push_back({.info = {"hidden-mount-fails-the-freeze",
                            "A mount that is hidden under another one fails the freeze.",
                            "qemu-ga opens every mount point of the table", "24.21/1"},
                   .filesystem = [](faulty_agent&, filesystem_step step,
                                    virtual_filesystem& one) -> std::optional<kernel_answer> {
                       return step == filesystem_step::freeze && one.hidden()
                                  ? std::optional{kernel_answer::failed}
                                  : std::nullopt;
                   }});
    all.push_back(
        {.info = {"freezes-the-first-only",
                  "Freezes the first filesystem and counts the others too.", single, "24.2/1"},
         .filesystem = [](faulty_agent& agent, filesystem_step step,
                          virtual_filesystem&) -> std::optional<kernel_answer> {
             auto& frozen = agent.memory[0];
             if (step == filesystem_step::freeze && frozen++ != 0) {
                 return kernel_answer::ok;
             }
             if (step == filesystem_step::thaw && --frozen != 0) {
                 return kernel_answer::ok;
             }
             return std::nullopt;
         }});
    all.push_back({.info = {"freezes-what-was-not-asked-for",
                            "freeze-list freezes every filesystem.", single, "29.3/1"},
                   .filesystem = [](faulty_agent& agent, filesystem_step step,
                                    virtual_filesystem& one) -> std::optional<kernel_answer> {
                       for (const auto& other : agent.world().filesystems) {
                           if (other.get() != &one) {
                               (void)(step == filesystem_step::freeze ? other->kernel_freeze()
                                                                      : other->kernel_thaw());
                           }
                       }
                       return std::nullopt;
                   }});
    all.push_back({.info = {"empty-list-is-everything", "An empty list freezes everything.",
                            "confusing an empty list with no list", "24.3/1"},
                   .participants = [](faulty_agent& agent, std::vector<std::string>& names) {
                       if (std::all_of(names.begin(), names.end(),
                                       [](const auto& name) { return name == "hook"; })) {
                           names.push_back(agent.world().filesystems[1]->mount());
                           names.push_back(agent.world().filesystems[0]->mount());
                       }
                   }});
    all.push_back(
        {.info = {"counts-unknown-mounts", "A mount point that does not exist is counted.", single,
                  "24.4/1"},
         .answer = [](faulty_agent&, const seen_request& of) -> std::optional<std::string> {
             const auto& list = of.request.mountpoints;
             return list && list->size() == 1 && !list->front().starts_with("/virtual/")
                        ? std::optional{returned(of, "1")}
                        : std::nullopt;
         }});
    all.push_back(
        {.info = {"refusal-leaves-frozen", "A list that is refused leaves its good part frozen.",
                  "freeze error without rollback", "24.20/1"},
         .reply = [](faulty_agent& agent, verb what, std::string& line) {
             if (is_freeze(what) && line.find("no filesystem is mounted") != std::string::npos) {
                 (void)agent.world().filesystems[0]->kernel_freeze();
             }
         }});
    all.push_back(
        {.info = {"counts-duplicates", "A mount point named twice is counted twice.", single,
                  "24.6/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             const auto& list = of.request.mountpoints;
             agent.memory[0] = list && list->size() > 1 && (*list)[0] == (*list)[1];
             return std::nullopt;
         },
         .reply =
             [](faulty_agent& agent, verb what, std::string& line) {
                 if (is_freeze(what) && agent.memory[0] != 0) {
                     replace_first(line, "\"return\": 1", "\"return\": 2");
                 }
             }});
    all.push_back(
        {.info = {"freeze-again-is-new", "A freeze while frozen is done again and returns 0.",
                  single, "24.10/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             return is_freeze(of.request.verb) && agent.believes_frozen()
                        ? std::optional{returned(of, "0")}
                        : std::nullopt;
         }});
    all.push_back(
        {.info = {"freeze-again-thaws", "A freeze while frozen thaws.", "toggles instead of states",
                  "24.9/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             if (is_freeze(of.request.verb) && agent.believes_frozen()) {
                 thaw_everything(agent.world());
                 return refused(of, "CommandNotFound", "frozen already");
             }
             return std::nullopt;
         }});
    all.push_back(
        {.info = {"no-allow-list", "While frozen every command is answered.", "hypersdk/guestkit",
                  "24.10/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             const bool outside =
                 !qga::shape(of.request.verb).while_frozen || of.request.verb == verb::unknown;
             return outside && agent.believes_frozen() ? std::optional{returned(of, "{}")}
                                                       : std::nullopt;
         }});
    all.push_back(
        {.info = {"ping-refused-while-frozen", "guest-ping is refused while frozen.",
                  "KubeVirt PR 16777: readiness probes fail", "24.13/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             return of.request.verb == verb::ping && agent.believes_frozen()
                        ? std::optional{refused(of, "CommandNotFound", "frozen")}
                        : std::nullopt;
         }});
    all.push_back({.info = {"says-thawed", "The status is always thawed.", single, "24.1/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::freeze_status) {
                           replace_first(line, "frozen", "thawed");
                       }
                   }});
    all.push_back({.info = {"says-frozen-for-ever", "After a first freeze the status stays frozen.",
                            "flag not tied to the filesystems", "23.5/1"},
                   .reply = [](faulty_agent& agent, verb what, std::string& line) {
                       if (what == verb::freeze_status) {
                           agent.memory[0] |= line.find("frozen") != std::string::npos ? 1 : 0;
                           if (agent.memory[0] != 0) {
                               replace_first(line, "thawed", "frozen");
                           }
                       }
                   }});
    all.push_back({.info = {"answers-before-freezing", "The reply comes before the freeze.",
                            "replying from another thread", "29.2/1"},
                   .filesystem = [](faulty_agent& agent, filesystem_step step,
                                    virtual_filesystem& one) -> std::optional<kernel_answer> {
                       if (step == filesystem_step::thaw) {
                           return std::nullopt;
                       }
                       agent.later(700ms, [&one] { (void)one.kernel_freeze(); });
                       return kernel_answer::ok;
                   }});
    all.push_back(
        {.info = {"writes-while-frozen", "The agent's own writes reach the frozen device.",
                  "logging while frozen", "29.1/1"},
         .filesystem = [](faulty_agent& agent, filesystem_step step,
                          virtual_filesystem& one) -> std::optional<kernel_answer> {
             if (step == filesystem_step::freeze) {
                 for (int i = 1; i < 40; ++i) {
                     agent.later(i * 50ms, [&one] {
                         if (one.frozen()) {
                             one.scribble();
                         }
                     });
                 }
             }
             return std::nullopt;
         }});
    all.push_back(
        {.info = {"lets-go-in-silence", "The filesystems are released 100 ms after the freeze.",
                  "Windows VSS lets go after 10 s and the status stays frozen", "29.2/1"},
         .filesystem = [](faulty_agent& agent, filesystem_step step,
                          virtual_filesystem& one) -> std::optional<kernel_answer> {
             if (step == filesystem_step::freeze) {
                 agent.later(100ms, [&one] { (void)one.kernel_thaw(); });
                 return std::nullopt;
             }
             (void)one.kernel_thaw();
             return kernel_answer::ok;
         }});
    return all;
}

std::vector<fault> thawing_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"thaws-nothing", "Says thawed, and thaws nothing.",
                            "hv_vss_daemon: an over-mounted filesystem stays frozen", "25.2/1"},
                   .filesystem = [](faulty_agent&, filesystem_step step,
                                    virtual_filesystem&) -> std::optional<kernel_answer> {
                       return step == filesystem_step::thaw ? std::optional{kernel_answer::ok}
                                                            : std::nullopt;
                   }});
    all.push_back(
        {.info = {"forgets-one-filesystem",
                  "Of several filesystems the thaw leaves the last one frozen.", single, "25.2/1"},
         .filesystem = [](faulty_agent&, filesystem_step step,
                          virtual_filesystem& one) -> std::optional<kernel_answer> {
             return step == filesystem_step::thaw && one.mount() == "/virtual/b"
                        ? std::optional{kernel_answer::ok}
                        : std::nullopt;
         }});
    all.push_back({.info = {"thaw-counts-nothing", "A thaw always returns 0.", single, "25.1/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::thaw) {
                           const auto at = line.find(": ");
                           line[at + 2] = '0';
                       }
                   }});
    all.push_back({.info = {"thaw-repeats-the-freeze-count",
                            "A thaw returns what the freeze returned, whatever it thawed.",
                            "FreeBSD agent", "25.4/1"},
                   .reply = [](faulty_agent& agent, verb what, std::string& line) {
                       const auto at = line.find(": ") + 2;
                       if (is_freeze(what) && line.starts_with("{\"return\"")) {
                           agent.memory[0] = line[at];
                       } else if (what == verb::thaw && agent.memory[0] != 0 &&
                                  line.starts_with("{\"return\"")) {
                           line[at] = static_cast<char>(std::exchange(agent.memory[0], 0));
                       }
                   }});
    all.push_back(
        {.info = {"thaw-of-thawed-fails", "A thaw while thawed is an error.", "hypersdk/guestkit",
                  "25.3/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             return of.request.verb == verb::thaw && !agent.believes_frozen()
                        ? std::optional{refused(of, "GenericError", "not frozen")}
                        : std::nullopt;
         }});
    all.push_back({.info = {"thaw-ignores-arguments", "A thaw with unknown arguments thaws.",
                            single, "25.5/1"},
                   .input = [](faulty_agent&, std::string& bytes) {
                       const auto at = bytes.find("guest-fsfreeze-thaw");
                       const auto arguments = bytes.find(R"("arguments")");
                       if (at != std::string::npos && arguments != std::string::npos) {
                           bytes = "{\"execute\": \"guest-fsfreeze-thaw\"}";
                       }
                   }});
    all.push_back(
        {.info = {"freezes-only-once", "After a thaw no freeze works any more.",
                  "GCE agent 20211116: a duplicate request wedges it", "24.23/1"},
         .answer = [](faulty_agent& agent, const seen_request& of) -> std::optional<std::string> {
             if (is_freeze(of.request.verb) && !agent.believes_frozen()) {
                 if (agent.memory[0] != 0) {
                     return refused(of, "GenericError", "no");
                 }
             }
             agent.memory[0] |= of.request.verb == verb::thaw && agent.believes_frozen() ? 1 : 0;
             return std::nullopt;
         }});
    return all;
}

std::vector<fault> hook_faults() {
    std::vector<fault> all;
    all.push_back(
        {.info = {"hook-after-the-freeze", "The freeze hook runs when all is frozen.", single,
                  "26.1/1"},
         .filesystem = [](faulty_agent& agent, filesystem_step step,
                          virtual_filesystem& one) -> std::optional<kernel_answer> {
             if (step == filesystem_step::freeze) {
                 const auto answer = one.kernel_freeze();
                 if (agent.memory[0]++ == 0) {
                     agent.run_hook("freeze");
                 }
                 return answer;
             }
             agent.memory[0] = 0;
             return std::nullopt;
         },
         .hook = [](faulty_agent&, std::string& argument) { return argument != "freeze"; }});
    all.push_back(
        {.info = {"thaw-hook-before-the-thaw", "The thaw hook runs while all is frozen.", single,
                  "26.2/1"},
         .filesystem = [](faulty_agent& agent, filesystem_step step,
                          virtual_filesystem&) -> std::optional<kernel_answer> {
             if (step == filesystem_step::thaw && agent.memory[0]++ == 0) {
                 agent.run_hook("thaw");
             } else if (step == filesystem_step::freeze) {
                 agent.memory[0] = 0;
             }
             return std::nullopt;
         },
         .hook = [](faulty_agent&, std::string& argument) { return argument != "thaw"; }});
    all.push_back(
        {.info = {"thaw-hook-never-runs", "The thaw hook never runs.",
                  "opnsense/plugins#4148: the application stays locked", "26.3/1"},
         .hook = [](faulty_agent&, std::string& argument) { return argument != "thaw"; }});
    all.push_back(
        {.info = {"freeze-hook-runs-twice", "The freeze hook runs twice.", single, "26.3/1"},
         .hook = [](faulty_agent& agent, std::string& argument) {
             if (argument == "freeze") {
                 agent.run_hook("freeze");
             }
             return true;
         }});
    all.push_back({.info = {"hook-argument-unknown", "The hook is called with pre and post.",
                            "agents with a hook convention of their own", "26.1/1"},
                   .hook = [](faulty_agent&, std::string& argument) {
                       argument = argument == "freeze" ? "pre" : "post";
                       return true;
                   }});
    all.push_back({.info = {"freeze-hook-failure-ignored",
                            "A freeze hook that fails does not fail the freeze.",
                            "the stock hook wrapper always exits 0", "26.4/1"},
                   .hook_ended = [](faulty_agent&, std::string_view argument, bool& ok) {
                       ok = ok || argument == "freeze";
                   }});
    all.push_back({.info = {"thaw-hook-failure-ignored", "A thaw hook that fails is not reported.",
                            single, "26.6/1"},
                   .hook_ended = [](faulty_agent&, std::string_view argument, bool& ok) {
                       ok = ok || argument == "thaw";
                   }});
    all.push_back({.info = {"failure-returns-0", "A freeze that fails returns 0.",
                            "bradfitz/qemu-guest-kragent", "26.4/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (is_freeze(what) && line.starts_with("{\"error\"") &&
                           line.find("hook") != std::string::npos) {
                           line = "{\"return\": 0}\n";
                       }
                   }});
    all.push_back({.info = {"status-runs-the-hook", "guest-fsfreeze-status runs the hook.", single,
                            "26.16/1"},
                   .reply = [](faulty_agent& agent, verb what, std::string&) {
                       if (what == verb::freeze_status) {
                           agent.run_hook("thaw");
                       }
                   }});
    return all;
}

} // namespace

std::vector<fault> freeze_faults() {
    std::vector<fault> all = freezing_faults();
    for (auto family : {thawing_faults(), hook_faults()}) {
        std::move(family.begin(), family.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace snapproto::conformance::builtin
