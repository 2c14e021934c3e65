// SPDX-License-Identifier: BSL-1.0
// The embedded host of vmbackup, and its faults.
#include "conformance/builtin/embedded_hosts.hpp"
#include "conformance/builtin/host_fault_list.hpp"
#include "conformance/builtin/virtual_orchestrator.hpp"

#include <snapproto/endpoint/vmbackup_orchestrator.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace snapproto::conformance {

namespace builtin {
namespace {

using namespace std::chrono_literals;

class vmbackup_host final : public embedded_host<endpoint::vmbackup_orchestrator> {
  public:
    vmbackup_host(const host_fault* with, std::string_view name)
        : embedded_host(with, std::string{name}, "--dialect vmbackup ") {
        m_settings.liveness = vmbackup::keep_alive_limits{}.contract;
        if (with != nullptr && with->settings) {
            with->settings(m_settings);
        }
    }

  protected:
    [[nodiscard]] endpoint::vmbackup_orchestrator make(std::size_t guests) override {
        endpoint::vmbackup_orchestrator_options options;
        options.agents = guests;
        options.timers.hold = m_settings.hold;
        options.timers.cut = m_settings.cut;
        options.command = m_settings.command;
        options.keep_alive.contract = m_settings.liveness;
        options.first_txn = txn_id{m_txn += 100};
        return endpoint::vmbackup_orchestrator{options};
    }

  private:
    std::uint64_t m_txn = 0;
};

// ---- words --------------------------------------------------------------------------------------

bool begins(std::string_view message, std::string_view with) {
    return message.starts_with(with);
}

bool is_command(std::string_view message) {
    return !begins(message, "1 ") && !begins(message, "0 ");
}

bool is_start(std::string_view message) {
    return begins(message, "vmbackup.start");
}

bool is_event(std::string_view message, std::string_view name) {
    constexpr std::string_view request = "vmbackup.eventSet ";
    return begins(message, request) && begins(message.substr(request.size()), name);
}

bool is_answer(std::string_view message) {
    return begins(message, "OK ") || begins(message, "ERROR ");
}

constexpr std::string_view nothing_runs = "ERROR Error: no quiesce operation in progress";

// Of `memory`.
constexpr std::size_t seen = 0;    ///< Whether something has happened.
constexpr std::size_t waiting = 1; ///< Commands without an answer.

/// A fault that does not get to see an event.
host_fault overlooks(fault_info info, std::string_view event) {
    return {.info = info,
            .hears = [event](faulty_orchestrator&, std::size_t, std::string& message) {
                return !is_event(message, event);
            }};
}

// ---- faults -------------------------------------------------------------------------------------

std::vector<host_fault> course_faults() {
    std::vector<host_fault> all;
    all.push_back({.info = {"cuts-before-the-commit", "The cut begins with the start.",
                            "oVirt: a copy of a guest that is not frozen", "12.8/7"},
                   .sends = [](faulty_orchestrator& here, std::size_t, std::string& message) {
                       if (is_start(message)) {
                           here.show_cut(cut_sign::begun);
                           here.show_cut(cut_sign::done);
                       }
                       return true;
                   }});
    all.push_back(
        {.info = {"cuts-at-the-first-commit", "The cut of a group begins with the first commit.",
                  single_change, "12.8/8"},
         .hears = [](faulty_orchestrator& here, std::size_t, std::string& message) {
             if (is_event(message, "prov.snapshotCommit") && here.memory[seen]++ == 0) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
             return true;
         }});
    all.push_back({.info = {"waits-for-the-copy", "Sends snapshotDone 3 s after the cut.",
                            "tools that thaw when the copy has been written", "12.9/5"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& message) {
                       if (!begins(message, "vmbackup.snapshotDone")) {
                           return true;
                       }
                       here.later(3s, [&here, guest, message] { here.send(guest, message); });
                       return false;
                   }});
    all.push_back(
        {.info = {"leaves-frozen-after-a-failed-cut", "Does not abort when the cut has failed.",
                  "scripts without a clean-up", "12.10/6"},
         .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& message) {
             if (begins(message, "vmbackup.abort") && here.last_cut == cut_sign::failed) {
                 here.answer(guest, nothing_runs);
                 return false;
             }
             return true;
         }});
    all.push_back(
        {.info = {"takes-a-refused-start-for-begun", "Cuts a guest that has refused to begin.",
                  "Proxmox: a failed freeze is a warning", "12.12/10"},
         .hears = [](faulty_orchestrator& here, std::size_t, std::string& message) {
             if (begins(message, "ERROR Error initializing")) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
             return true;
         }});
    all.push_back({.info = {"claims-what-failed", "Reports success whatever happens.",
                            "Proxmox: a failed freeze is a warning", "12.27/12"},
                   .outcome = [](faulty_orchestrator&, claim_made& claim) {
                       claim = claim_made::consistent;
                   }});
    all.push_back(
        {.info = {"never-succeeds", "Reports failure whatever happens.", single_change, "12.27/13"},
         .outcome = [](faulty_orchestrator&, claim_made& claim) { claim = claim_made::failure; }});
    all.push_back(
        {.info = {"waits-for-ever", "Has no limit for any wait.", single_change, "12.29/13"},
         .settings = [](orchestrator_settings& s) { s.looks_at_the_clock = false; }});
    return all;
}

std::vector<host_fault> history_faults() {
    std::vector<host_fault> all;
    all.push_back({.info = {"believes-req-done", "An operation that ends was a success.",
                            "hosts that wait for req.done alone", "47.1/1"},
                   .outcome = [](faulty_orchestrator& here, claim_made& claim) {
                       claim = here.last_cut == cut_sign::failed ? claim : claim_made::consistent;
                   }});
    all.push_back(
        overlooks({"overlooks-req-error", "Does not look at req.error.", single_change, "47.1/2"},
                  "req.error"));
    all.push_back(overlooks(
        {"overlooks-writer-errors", "Does not look at req.writerError.", single_change, "47.1/3"},
        "req.writerError"));
    all.push_back(overlooks(
        {"overlooks-req-aborted", "Does not look at req.aborted.", single_change, "47.1/4"},
        "req.aborted"));
    all.push_back(
        {.info = {"overlooks-a-refused-done",
                  "A snapshotDone that was refused makes no difference.", single_change, "47.1/5"},
         .outcome = [](faulty_orchestrator& here, claim_made& claim) {
             claim = here.last_cut == cut_sign::done ? claim_made::consistent : claim;
         }});
    all.push_back({.info = {"cuts-after-done", "The cut begins when it is believed to be done.",
                            single_change, "47.3/1"},
                   .cut_put_off = [](faulty_orchestrator&) -> duration { return 500ms; }});
    all.push_back({.info = {"says-done-always", "Ends an operation by snapshotDone always.",
                            single_change, "47.4/1"},
                   .sends = [](faulty_orchestrator& here, std::size_t, std::string& message) {
                       if (begins(message, "vmbackup.abort") && here.last_cut == cut_sign::failed) {
                           message = "vmbackup.snapshotDone";
                       }
                       return true;
                   }});
    all.push_back(
        {.info = {"does-not-watch-for-silence", "A guest may be silent for as long as it likes.",
                  single_change, "47.5/1"},
         .settings = [](orchestrator_settings& s) { s.liveness = 10h; }});
    all.push_back(
        {.info = {"takes-any-commit", "A commit starts the cut, also while no operation runs.",
                  single_change, "47.6/1"},
         .sends =
             [](faulty_orchestrator& here, std::size_t, std::string& message) {
                 here.memory[seen] |= is_start(message) ? 1 : 0;
                 return true;
             },
         .hears =
             [](faulty_orchestrator& here, std::size_t, std::string& message) {
                 if (is_event(message, "prov.snapshotCommit") && here.memory[seen] == 0) {
                     here.show_cut(cut_sign::begun);
                     here.show_cut(cut_sign::done);
                 }
                 return true;
             }});
    return all;
}

std::vector<host_fault> host_faults() {
    std::vector<host_fault> all;
    all.push_back(
        {.info = {"sends-more-than-the-options", "Something follows the last field of the options.",
                  single_change, "40.1/1"},
         .sends = [](faulty_orchestrator&, std::size_t, std::string& message) {
             if (is_start(message)) {
                 message.append(4, '\0');
             }
             return true;
         }});
    all.push_back({.info = {"answers-no-event", "Does not answer the guest's requests.",
                            single_change, "40.3/1"},
                   .sends = [](faulty_orchestrator&, std::size_t, std::string& message) {
                       return is_command(message);
                   }});
    all.push_back(
        {.info = {"says-why-it-aborts", "Sends a reason with abort.", single_change, "41.4/1"},
         .sends = [](faulty_orchestrator&, std::size_t, std::string& message) {
             message += message == "vmbackup.abort" ? " now" : "";
             return true;
         }});
    all.push_back(
        {.info = {"has-no-timer-for-the-hold", "Waits for the cut as long as the cut takes.",
                  "hosts that rely on the guest's limit", "48.1/1"},
         .settings = [](orchestrator_settings& s) { s.hold = s.cut = 500s; }});
    all.push_back({.info = {"takes-a-long-cut", "A cut may take longer than the hold.",
                            single_change, "48.1/2"},
                   .settings = [](orchestrator_settings& s) { s.hold = s.cut = 30s; }});
    all.push_back({.info = {"starts-at-once", "Does not look for an operation of an earlier host.",
                            single_change, "48.2/1"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& message) {
                       here.memory[seen] |= is_start(message) ? 1 : 0;
                       if (here.memory[seen] == 0 && begins(message, "vmbackup.abort")) {
                           here.answer(guest, nothing_runs);
                           return false;
                       }
                       return true;
                   }});
    all.push_back({.info = {"does-not-wait-for-req-done",
                            "Starts when the abort of an earlier operation is answered.",
                            single_change, "48.2/2"},
                   .sends =
                       [](faulty_orchestrator& here, std::size_t, std::string& message) {
                           here.memory[seen] = begins(message, "vmbackup.abort") ? 1 : 0;
                           return true;
                       },
                   .hears =
                       [](faulty_orchestrator& here, std::size_t, std::string& message) {
                           if (here.memory[seen] == 1 && begins(message, "OK ")) {
                               message = nothing_runs;
                           }
                           return true;
                       }});
    all.push_back({.info = {"leaves-the-channel-open",
                            "The channel does not end after a command without an answer.",
                            single_change, "48.3/1"},
                   .closes = [](faulty_orchestrator&, std::size_t) { return false; }});
    all.push_back({.info = {"asks-again", "Sends snapshotDone again when it is not answered.",
                            "libvirt 9.0: the next command on the same channel", "48.3/2"},
                   .sends =
                       [](faulty_orchestrator& here, std::size_t guest, std::string& message) {
                           if (begins(message, "vmbackup.snapshotDone")) {
                               here.memory[seen] = 1;
                               here.later(2s, [&here, guest, message] {
                                   if (here.memory[seen] == 1) {
                                       here.send(guest, message);
                                   }
                               });
                           }
                           return true;
                       },
                   .hears =
                       [](faulty_orchestrator& here, std::size_t, std::string& message) {
                           here.memory[seen] = is_answer(message) ? 0 : here.memory[seen];
                           return true;
                       }});
    all.push_back({.info = {"ignores-an-answer-too-many",
                            "Drops an answer that no command waits for.", single_change, "48.3/3"},
                   .sends =
                       [](faulty_orchestrator& here, std::size_t, std::string& message) {
                           here.memory[waiting] += is_command(message) ? 1 : 0;
                           return true;
                       },
                   .hears =
                       [](faulty_orchestrator& here, std::size_t, std::string& message) {
                           return !is_answer(message) || here.memory[waiting]-- > 0;
                       }});
    return all;
}

const host_fault_list& vmbackup_faults() {
    static const host_fault_list all{course_faults(), history_faults(), host_faults()};
    return all;
}

} // namespace
} // namespace builtin

std::unique_ptr<orchestrator_target> make_vmbackup_orchestrator(std::string_view fault_or_reference,
                                                                std::uint64_t) {
    return std::make_unique<builtin::vmbackup_host>(
        builtin::vmbackup_faults().find(fault_or_reference), fault_or_reference);
}

std::span<const fault_info> vmbackup_orchestrator_faults() {
    return builtin::vmbackup_faults().infos();
}

} // namespace snapproto::conformance
