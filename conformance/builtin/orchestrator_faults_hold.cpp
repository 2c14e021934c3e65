// SPDX-License-Identifier: BSL-1.0
// Faults of an orchestrator that freezes, cuts, thaws or reports wrongly.
#include "conformance/builtin/orchestrator_fault_words.hpp"

#include <utility>

namespace snapproto::conformance::builtin {

using namespace std::chrono_literals;
using qga::verb;

namespace {

/// Never thaws from the moment on that `since` sees: the requests are answered by nobody but us.
std::function<std::optional<std::string>(faulty_orchestrator&, const sent_request&)> thaws_never(
    bool (*since)(faulty_orchestrator&)) {
    return
        [since](faulty_orchestrator& here, const sent_request& of) -> std::optional<std::string> {
            if (!since(here)) {
                return std::nullopt;
            }
            if (of.verb == verb::thaw) {
                return returning("2", of.id);
            }
            if (of.verb == verb::freeze_status) {
                return returning("\"thawed\"", of.id);
            }
            return std::nullopt;
        };
}

std::vector<orchestrator_fault> verdict_faults() {
    std::vector<orchestrator_fault> all;
    all.push_back({.info = {"ignores-the-count-of-the-thaw",
                            "Any count is as good as the freeze's.", "libvirt 9.0", "29.12/1"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       if (to.asked == verb::thaw && integer_in(line)) {
                           line = returning("2", to.id);
                       }
                   }});
    all.push_back({.info = {"takes-0-for-frozen", "A freeze of nothing is a success.",
                            "libvirt 9.0: crash-consistent in silence", "29.13/1"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       if ((is_freeze(to.asked) || to.asked == verb::thaw) &&
                           integer_in(line) == 0) {
                           line = returning("1", to.id);
                       }
                   }});
    all.push_back(
        {.info = {"never-succeeds", "Reports failure whatever happens.", single_change, "29.12/4"},
         .outcome = [](faulty_orchestrator&, claim_made& claim) { claim = claim_made::failure; }});
    all.push_back({.info = {"claims-what-failed", "Reports success whatever happens.",
                            "Proxmox: a failed freeze is a warning", "12.27/1"},
                   .outcome = [](faulty_orchestrator&, claim_made& claim) {
                       claim = claim_made::consistent;
                   }});
    all.push_back({.info = {"claims-a-failed-cut", "A cut that failed is reported as a success.",
                            single_change, "12.27/2"},
                   .request = [](faulty_orchestrator& here,
                                 const sent_request& of) -> std::optional<std::string> {
                       here.memory[0] |= of.verb == verb::thaw ? 1 : 0;
                       return std::nullopt;
                   },
                   .outcome =
                       [](faulty_orchestrator& here, claim_made& claim) {
                           claim = here.memory[0] != 0 ? claim_made::consistent : claim;
                       }});
    all.push_back({.info = {"takes-a-lost-channel-for-clean",
                            "A count that is right after a reconnection makes a success.",
                            single_change, "29.20/1"},
                   .reply =
                       [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
                           here.memory[0] |= is_freeze(to.asked) && integer_in(line) == 2 ? 1 : 0;
                       },
                   .outcome =
                       [](faulty_orchestrator& here, claim_made& claim) {
                           claim = here.memory[0] != 0 ? claim_made::consistent : claim;
                       }});
    all.push_back({.info = {"ignores-that-the-hold-was-too-long",
                            "\"limited up to 10 seconds\" is taken for an ordinary thaw.",
                            "orchestrators that ask the status afterwards", "29.23/1"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       if (has(line, "limited up to 10 seconds")) {
                           line = returning("2", to.id);
                       }
                   }});
    return all;
}

std::vector<orchestrator_fault> release_faults() {
    std::vector<orchestrator_fault> all;
    all.push_back(
        {.info = {"has-no-timer-for-the-hold", "Waits for the cut as long as the cut takes.",
                  "oVirt: looks at the time after the blocking call", "29.14/1"},
         .settings = [](orchestrator_settings& s) { s.hold = s.cut = 500s; }});
    all.push_back(
        {.info = {"forgets-a-freeze-it-gave-up",
                  "A freeze without a reply is not followed by a thaw.",
                  "libvirt 9.0 with a time-out set", "29.16/1"},
         .request = thaws_never([](faulty_orchestrator& here) { return here.memory[0] == 0; }),
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string&) {
             here.memory[0] |= is_freeze(to.asked) ? 1 : 0;
         }});
    all.back().request = [never = all.back().request](faulty_orchestrator& here,
                                                      const sent_request& of) {
        here.memory[1] |= is_freeze(of.verb) ? 1 : 0;
        return here.memory[1] != 0 ? never(here, of) : std::nullopt;
    };
    all.push_back({.info = {"does-not-come-back",
                            "A connection that ended is not made again, and nobody is told.",
                            "libvirt 9.0: guest left frozen, no retry on reconnect", "29.15/1"},
                   .settings = [](orchestrator_settings& s) {
                       s.reconnects = s.tells_of_frozen_guests = false;
                   }});
    all.push_back(
        {.info = {"thaws-what-others-froze", "A guest that is frozen already is thawed.",
                  "oVirt VDSM: always thaws", "29.17/1"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             if (to.asked == verb::freeze_status && has(line, "frozen")) {
                 here.send(to.guest, "{\"execute\": \"guest-fsfreeze-thaw\"}\n");
             }
         }});
    all.push_back(
        {.info = {"thaws-after-a-refused-freeze",
                  "Every failure of a freeze is followed by a thaw.", "oVirt VDSM: always thaws",
                  "29.17/2"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             if (is_freeze(to.asked) && has(line, "error")) {
                 here.send(to.guest, "{\"execute\": \"guest-fsfreeze-thaw\"}\n");
             }
         }});
    all.push_back({.info = {"thaws-once", "A thaw that fails is not tried again.",
                            "libvirt 9.0, Proxmox", "29.18/1"},
                   .request = [never = thaws_never([](faulty_orchestrator& here) {
                                   return here.memory[0] != 0;
                               })](faulty_orchestrator& here, const sent_request& of) {
                       auto instead = never(here, of);
                       here.memory[0] |= of.verb == verb::thaw ? 1 : 0;
                       return instead;
                   }});
    all.push_back(
        {.info = {"takes-silence-for-thawed", "A thaw without a reply is a thaw.", single_change,
                  "29.18/2"},
         .request =
             [never = thaws_never([](faulty_orchestrator& here) { return here.memory[0] == 1; })](
                 faulty_orchestrator& here, const sent_request& of) {
                 auto instead = never(here, of);
                 here.memory[0] += of.verb == verb::thaw ? 1 : 0;
                 return instead;
             },
         .reply = [](faulty_orchestrator& here, const coming_reply& to,
                     std::string&) { here.memory[0] += to.asked == verb::thaw ? 1 : 0; }});
    all.push_back(
        {.info = {"leaves-it-frozen-after-a-strange-count",
                  "A negative count is a failure, and nobody thaws.", "libvirt 9.0", "29.19/4"},
         .request = thaws_never([](faulty_orchestrator& here) { return here.memory[0] != 0; }),
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             here.memory[0] |= is_freeze(to.asked) && integer_in(line) == -1 ? 1 : 0;
         }});
    all.push_back({.info = {"goes-blind-in-a-flood", "More than 1000 lines make the channel bad.",
                            single_change, "29.21/7"},
                   .reply = [](faulty_orchestrator& here, const coming_reply&, std::string& line) {
                       if (++here.memory[0] > 1000) {
                           line.clear();
                       }
                   }});
    all.push_back(
        {.info = {"noise-leaves-it-frozen", "Noise while the guest is frozen ends the channel.",
                  "libvirt 9.0: every later call is refused, thaw too", "29.21/8"},
         .request =
             [never = thaws_never([](faulty_orchestrator& here) { return here.memory[0] != 0; })](
                 faulty_orchestrator& here, const sent_request& of) { return never(here, of); },
         .reply = [](faulty_orchestrator& here, const coming_reply&,
                     std::string& line) { here.memory[0] |= has(line, "EXT4-fs") ? 1 : 0; }});
    return all;
}

std::vector<orchestrator_fault> look_up_faults() {
    std::vector<orchestrator_fault> all;
    all.push_back(
        {.info = {"looks-nothing-up", "Does not ask for guest-info before it freezes.",
                  "libvirt 9.0, Proxmox", "29.22/1"},
         .request = [](faulty_orchestrator&, const sent_request& of) -> std::optional<std::string> {
             if (of.verb != verb::info) {
                 return std::nullopt;
             }
             return returning(
                 R"({"version": "0", "supported_commands": [)"
                 R"({"enabled": true, "name": "guest-fsfreeze-freeze", "success-response": true}, )"
                 R"({"enabled": true, "name": "guest-fsfreeze-thaw", "success-response": true}]})",
                 of.id);
         }});
    all.push_back(
        {.info = {"freezes-what-it-cannot-thaw", "A thaw that is disabled is no reason.",
                  "qemu-ga 7.2 -b guest-fsfreeze-thaw, and every orchestrator read", "29.22/2"},
         .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
             if (to.asked == verb::info) {
                 replace(line, R"("enabled": false, "name": "guest-fsfreeze-thaw")",
                         R"("enabled": true, "name": "guest-fsfreeze-thaw")");
             }
         }});
    return all;
}

std::vector<orchestrator_fault> order_faults() {
    std::vector<orchestrator_fault> all;
    all.push_back(
        {.info = {"freezes-twice", "Every freeze is asked for twice.", single_change, "12.5/1"},
         .request = [](faulty_orchestrator& here,
                       const sent_request& of) -> std::optional<std::string> {
             if (is_freeze(of.verb)) {
                 here.later(1ms, [&here, guest = of.guest] {
                     here.send(guest, "{\"execute\": \"guest-fsfreeze-freeze\"}\n");
                 });
             }
             return std::nullopt;
         }});
    all.push_back({.info = {"cuts-when-it-asks", "The cut begins when the freeze is sent.",
                            "scripts that do not wait for the reply", "12.8/1"},
                   .request = [](faulty_orchestrator& here,
                                 const sent_request& of) -> std::optional<std::string> {
                       if (is_freeze(of.verb)) {
                           here.show_cut(cut_sign::begun);
                           here.show_cut(cut_sign::done);
                       }
                       return std::nullopt;
                   }});
    all.push_back(
        {.info = {"cuts-at-the-first-of-a-group",
                  "The cut of a group begins when the first guest is frozen.", single_change,
                  "12.8/2"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             if (is_freeze(to.asked) && integer_in(line) && here.memory[0]++ == 0) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
         }});
    all.push_back({.info = {"thaws-late", "The thaw is sent five seconds after the cut.",
                            "waiting for the copy to be written", "12.9/1"},
                   .request = [](faulty_orchestrator& here,
                                 const sent_request& of) -> std::optional<std::string> {
                       if (of.verb != verb::thaw) {
                           return std::nullopt;
                       }
                       here.later(5s, [&here, guest = of.guest, bytes = std::string(of.bytes)] {
                           here.send(guest, bytes);
                       });
                       return "";
                   }});
    all.push_back({.info = {"leaves-it-frozen-after-a-failed-cut",
                            "A cut that fails is not followed by a thaw.",
                            "OpenStack Nova: no try/finally around the snapshot", "12.10/1"},
                   .request = thaws_never([](faulty_orchestrator&) { return true; })});
    all.push_back(
        {.info = {"cuts-without-a-freeze",
                  "A freeze that failed is followed by a cut all the same.",
                  "Proxmox, oVirt: a failed freeze is a warning", "12.12/1"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             if (is_freeze(to.asked) && has(line, "error")) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
         }});
    all.push_back(
        {.info = {"thaws-the-first-of-a-group", "Only the first guest of a group is thawed.",
                  single_change, "12.10/2"},
         .request = [](faulty_orchestrator&, const sent_request& of) -> std::optional<std::string> {
             if (of.guest == 0) {
                 return std::nullopt;
             }
             return of.verb == verb::thaw ? std::optional{returning("2", of.id)} : std::nullopt;
         }});
    all.push_back({.info = {"cuts-after-the-thaw",
                            "The cut is reported at once and done when the guest is thawed.",
                            "storage that answers before it has done anything", "13.11/1"},
                   .cut_put_off = [](faulty_orchestrator&) { return duration{1s}; }});
    all.push_back({.info = {"waits-for-ever", "Never looks at the clock.",
                            "libvirt 9.0: blocks without a limit by default", "12.29/1"},
                   .settings = [](orchestrator_settings& s) { s.looks_at_the_clock = false; }});
    return all;
}

} // namespace

std::vector<orchestrator_fault> orchestrator_hold_faults() {
    std::vector<orchestrator_fault> all = verdict_faults();
    for (auto family : {release_faults(), look_up_faults(), order_faults()}) {
        std::move(family.begin(), family.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace snapproto::conformance::builtin
