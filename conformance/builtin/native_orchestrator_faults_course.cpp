// SPDX-License-Identifier: BSL-1.0
// Faults of an orchestrator of native agents that freezes, cuts, thaws or reports wrongly.
#include "conformance/builtin/native_orchestrator_faults.hpp"
#include "conformance/native_bytes.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace snapproto::conformance::builtin {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t seen = 0; ///< Of `memory`: whether something has happened.

template <class Message>
Message* as(any_message& message) {
    return std::get_if<Message>(&message);
}

/// The answer of an agent to a request that it never gets.
template <class Answer>
void answers_itself(faulty_orchestrator& here, std::size_t guest, const any_message& request,
                    Answer answer) {
    answer.header = header_of(request);
    here.answer(guest, native_bytes::framed(any_message{std::move(answer)}));
}

/// Every report of this kind, changed.
template <class Message>
byte_edit changes(void (*how)(Message&)) {
    return reports([how](faulty_orchestrator&, std::size_t, any_message& message) {
        if (auto* const one = as<Message>(message)) {
            how(*one);
        }
        return true;
    });
}

/// The same of every request of this kind.
template <class Message>
byte_edit alters(void (*how)(Message&)) {
    return requests([how](faulty_orchestrator&, std::size_t, any_message& message) {
        if (auto* const one = as<Message>(message)) {
            how(*one);
        }
        return true;
    });
}

void claims(faulty_orchestrator&, claim_made& claim) {
    claim = claim_made::consistent;
}

std::vector<host_fault> cut_faults() {
    std::vector<host_fault> all;
    all.push_back(
        {.info = {"cuts-before-frozen", "The cut begins with the Freeze.",
                  "oVirt: a copy of a guest that is not frozen", "12.8/3"},
         .sends = requests([](faulty_orchestrator& here, std::size_t, any_message& message) {
             if (as<freeze_request>(message) != nullptr) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
             return true;
         })});
    all.push_back(
        {.info = {"cuts-at-the-first-frozen", "The cut of a group begins with the first Frozen.",
                  single_change, "12.8/4"},
         .hears = reports([](faulty_orchestrator& here, std::size_t, any_message& message) {
             if (as<frozen_report>(message) != nullptr && here.memory[seen]++ == 0) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
             return true;
         })});
    all.push_back({.info = {"cuts-after-the-thaw", "The cut begins when it is believed to be done.",
                            single_change, "13.11/2"},
                   .cut_put_off = [](faulty_orchestrator&) -> duration { return 500ms; }});
    all.push_back(
        {.info = {"waits-for-the-copy", "Thaws 5 s after the cut.",
                  "tools that thaw when the copy has been written", "12.9/2"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (as<thaw_request>(message) == nullptr) {
                 return true;
             }
             here.later(5s, [&here, guest, bytes = native_bytes::framed(message)] {
                 here.send(guest, bytes);
             });
             return false;
         })});
    all.push_back(
        {.info = {"has-no-window", "Gives every hold a minute.", single_change, "12.21/1"},
         .settings = [](orchestrator_settings& s) { s.cut = 40s; },
         .hears = changes<frozen_report>(
             [](frozen_report& report) { report.hold_deadline = report.held_since + 60s; })});
    all.push_back(
        {.info = {"takes-the-first-deadline", "The window of a group is that of its first agent.",
                  single_change, "12.21/2"},
         .hears = reports([](faulty_orchestrator&, std::size_t guest, any_message& message) {
             if (auto* const one = as<frozen_report>(message); one != nullptr && guest != 0) {
                 one->hold_deadline = one->held_since + 60s;
             }
             return true;
         })});
    all.push_back(
        {.info = {"counts-the-window-from-the-reply",
                  "A freeze that was slow has the whole window left.", single_change, "61.11/2"},
         .hears =
             changes<frozen_report>([](frozen_report& report) { report.hold_deadline += 20s; })});
    all.push_back({.info = {"waits-for-every-cut", "Has no limit for a cut.",
                            "oVirt: looks at the time after the blocking call", "12.22/1"},
                   .settings = [](orchestrator_settings& s) { s.cut = 500s; },
                   .hears = changes<frozen_report>([](frozen_report& report) {
                       report.hold_deadline = report.held_since + 1000s;
                   })});
    all.push_back(
        {.info = {"claims-a-late-cut", "A copy that was cut after the window is called good.",
                  single_change, "12.22/2"},
         .sends = requests([](faulty_orchestrator& here, std::size_t, any_message& message) {
             const auto* const thaw = as<thaw_request>(message);
             here.memory[seen] |= thaw != nullptr && thaw->outcome != cut_outcome::ok ? 1 : 0;
             return true;
         }),
         .outcome = [](faulty_orchestrator& here, claim_made& claim) {
             claim = here.memory[seen] != 0 ? claim_made::consistent : claim;
         }});
    return all;
}

std::vector<host_fault> failure_faults() {
    std::vector<host_fault> all;
    all.push_back(
        {.info = {"takes-an-error-for-frozen", "A freeze that failed is cut.",
                  "Proxmox: a failed freeze is a warning", "12.12/3"},
         .hears = reports([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             const auto* const failed = as<error_report>(message);
             if (failed != nullptr && failed->phase == agent_phase::freeze &&
                 failed->reason == verdict::veto) {
                 frozen_report report;
                 report.held = 2;
                 report.held_since = snapproto::instant{5000s};
                 report.hold_deadline = report.held_since + 10s;
                 answers_itself(here, guest, message, report);
                 return false;
             }
             return true;
         })});
    all.push_back(
        {.info = {"takes-a-nak-for-frozen", "A freeze that was refused is cut.", single_change,
                  "12.12/4"},
         .hears = reports([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             const auto* const refused = as<nak>(message);
             if (refused != nullptr && refused->code == nak_code::bad_state) {
                 frozen_report report;
                 report.held = 2;
                 report.held_since = snapproto::instant{5000s};
                 report.hold_deadline = report.held_since + 10s;
                 answers_itself(here, guest, message, report);
                 return false;
             }
             return true;
         })});
    all.push_back(
        {.info = {"freezes-the-unprepared",
                  "An agent that refuses to prepare is frozen all the same.", single_change,
                  "12.12/5"},
         .hears = reports([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (as<error_report>(message) != nullptr && here.memory[seen] == 0) {
                 answers_itself(here, guest, message, prepared_report{});
                 return false;
             }
             here.memory[seen] |= as<prepared_report>(message) != nullptr ? 1 : 0;
             return true;
         })});
    all.push_back(
        {.info = {"aborts-the-one-that-failed",
                  "The others of a group are not aborted, but left to themselves.", single_change,
                  "12.12/6"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (as<abort_request>(message) == nullptr || guest != 0) {
                 return true;
             }
             answers_itself(here, guest, message, aborted_report{});
             return false;
         })});
    all.push_back(
        {.info = {"ignores-errors-during-the-cut",
                  "Does not look at what agents say while it cuts.", single_change, "12.13/2"},
         .hears = reports([](faulty_orchestrator&, std::size_t, any_message& message) {
             const auto* const failed = as<error_report>(message);
             return failed == nullptr || failed->reason != verdict::early;
         })});
    all.push_back(
        {.info = {"takes-a-lost-channel-for-clean",
                  "A channel that ends during the cut makes no difference.", single_change,
                  "12.13/3"},
         .hears = reports([](faulty_orchestrator& here, std::size_t, any_message& message) {
             here.memory[seen] |= as<frozen_report>(message) != nullptr ? 1 : 0;
             return true;
         }),
         .outcome = [](faulty_orchestrator& here, claim_made& claim) {
             claim = here.memory[seen] != 0 ? claim_made::consistent : claim;
         }});
    all.push_back(
        {.info = {"forgets-a-freeze-it-gave-up", "Does not abort a freeze that is not answered.",
                  "libvirt 9.0 with a time-out set", "12.18/1"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (as<abort_request>(message) == nullptr) {
                 return true;
             }
             answers_itself(here, guest, message, aborted_report{});
             return false;
         })});
    all.push_back(
        {.info = {"aborts-once", "An Abort that is not answered is not repeated.", single_change,
                  "12.20/1"},
         .sends = requests([](faulty_orchestrator& here, std::size_t, any_message& message) {
             return as<abort_request>(message) == nullptr || here.memory[seen]++ == 0;
         })});
    all.push_back({.info = {"waits-for-the-silent", "Does not watch for signs of life.",
                            single_change, "12.23/1"},
                   .settings = [](orchestrator_settings& s) { s.liveness = 10h; }});
    all.push_back({.info = {"watches-once-a-minute", "Notices silence after a minute.",
                            single_change, "15.8/1"},
                   .settings = [](orchestrator_settings& s) { s.liveness = 60s; }});
    all.push_back({.info = {"never-asks", "Sends no Ping, and gives up who says nothing.",
                            single_change, "63.4/2"},
                   .sends = requests([](faulty_orchestrator&, std::size_t, any_message& message) {
                       return as<ping>(message) == nullptr;
                   })});
    all.push_back(
        {.info = {"makes-a-failure-good", "A Frozen after an Error starts the cut all the same.",
                  single_change, "12.32/1"},
         .hears = reports([](faulty_orchestrator& here, std::size_t, any_message& message) {
             if (as<error_report>(message) != nullptr) {
                 here.memory[seen] = 1;
             } else if (as<frozen_report>(message) != nullptr && here.memory[seen] == 1) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
             return true;
         })});
    return all;
}

std::vector<host_fault> ending_faults() {
    std::vector<host_fault> all;
    all.push_back({.info = {"says-failed-always", "Thaw says that the cut has failed.",
                            single_change, "12.9/3"},
                   .sends = alters<thaw_request>(
                       [](thaw_request& thaw) { thaw.outcome = cut_outcome::failed; })});
    all.push_back(
        {.info = {"leaves-frozen-after-a-failed-cut", "Does not thaw when the cut has failed.",
                  "scripts without a clean-up", "12.10/3"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             const auto* const thaw = as<thaw_request>(message);
             if (thaw == nullptr || thaw->outcome == cut_outcome::ok) {
                 return true;
             }
             thawed_report report;
             report.outcome = verdict::clean;
             answers_itself(here, guest, message, report);
             return false;
         })});
    all.push_back({.info = {"says-ok-always", "Thaw says that the cut has succeeded.",
                            single_change, "12.10/4"},
                   .sends = alters<thaw_request>(
                       [](thaw_request& thaw) { thaw.outcome = cut_outcome::ok; })});
    all.push_back(
        {.info = {"takes-a-nak-for-thawed", "A Thaw that was refused is clean.", single_change,
                  "12.14/1"},
         .hears = reports([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             const auto* const refused = as<nak>(message);
             if (refused != nullptr && refused->code == nak_code::unknown_txn) {
                 thawed_report report;
                 report.outcome = verdict::clean;
                 answers_itself(here, guest, message, report);
                 return false;
             }
             return true;
         })});
    all.push_back(
        {.info = {"fails-without-a-completed", "Reports a failure when Complete is not answered.",
                  single_change, "12.19/1"},
         .sends = requests([](faulty_orchestrator& here, std::size_t, any_message& message) {
             here.memory[seen] += as<complete_request>(message) != nullptr ? 1 : 0;
             return true;
         }),
         .hears = reports([](faulty_orchestrator& here, std::size_t, any_message& message) {
             here.memory[seen] -= as<completed_report>(message) != nullptr ? 1 : 0;
             return true;
         }),
         .outcome = [](faulty_orchestrator& here, claim_made& claim) {
             claim = here.memory[seen] > 0 ? claim_made::failure : claim;
         }});
    all.push_back({.info = {"claims-what-failed", "Reports success whatever happens.",
                            "Proxmox: a failed freeze is a warning", "12.27/4"},
                   .outcome = claims});
    all.push_back({.info = {"takes-early-for-clean", "The verdict early is as good as clean.",
                            "libvirt 9.0: does not look at the count of the thaw", "12.27/5"},
                   .hears = changes<thawed_report>([](thawed_report& report) {
                       report.outcome =
                           report.outcome == verdict::early ? verdict::clean : report.outcome;
                   })});
    all.push_back({.info = {"takes-expired-for-clean", "The verdict expired is as good as clean.",
                            single_change, "12.27/6"},
                   .hears = changes<thawed_report>([](thawed_report& report) {
                       report.outcome =
                           report.outcome == verdict::expired ? verdict::clean : report.outcome;
                   })});
    all.push_back(
        {.info = {"judges-the-first-only", "The verdict of a group is that of its first agent.",
                  single_change, "12.27/7"},
         .hears = reports([](faulty_orchestrator&, std::size_t guest, any_message& message) {
             if (auto* const report = as<thawed_report>(message); report != nullptr && guest != 0) {
                 report->outcome = verdict::clean;
             }
             return true;
         })});
    all.push_back(
        {.info = {"never-succeeds", "Reports failure whatever happens.", single_change, "12.27/8"},
         .outcome = [](faulty_orchestrator&, claim_made& claim) { claim = claim_made::failure; }});
    all.push_back(
        {.info = {"never-completes", "Tells nobody what became of the copy.", single_change,
                  "12.28/1"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (as<complete_request>(message) == nullptr) {
                 return true;
             }
             answers_itself(here, guest, message, completed_report{});
             return false;
         })});
    all.push_back({.info = {"says-kept-always", "Complete says kept, whatever became of the copy.",
                            single_change, "12.28/2"},
                   .sends = alters<complete_request>(
                       [](complete_request& told) { told.result = copy_result::kept; })});
    all.push_back(
        {.info = {"waits-for-ever", "Has no limit for any wait.", single_change, "12.29/5"},
         .settings = [](orchestrator_settings& s) { s.looks_at_the_clock = false; }});
    return all;
}

} // namespace

std::vector<host_fault> native_freeze_faults() {
    std::vector<host_fault> all = cut_faults();
    for (host_fault& one : failure_faults()) {
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<host_fault> native_thaw_faults() {
    return ending_faults();
}

} // namespace snapproto::conformance::builtin
