// SPDX-License-Identifier: BSL-1.0
// The embedded orchestrator of Hyper-V's daemons, and its faults.
#include "conformance/builtin/embedded_hosts.hpp"
#include "conformance/builtin/host_fault_list.hpp"
#include "conformance/builtin/virtual_orchestrator.hpp"

#include <snapproto/endpoint/hyperv_orchestrator.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace snapproto::conformance {

namespace builtin {
namespace {

using namespace std::chrono_literals;
using hyperv::vss_op;

class hyperv_host final : public embedded_host<endpoint::hyperv_orchestrator> {
  public:
    hyperv_host(const host_fault* with, std::string_view name)
        : embedded_host(with, std::string{name}, "--dialect hyperv ") {}

  protected:
    [[nodiscard]] endpoint::hyperv_orchestrator make(std::size_t guests) override {
        endpoint::hyperv_orchestrator_options options;
        options.agents = guests;
        options.timers.hold = m_settings.hold;
        options.timers.cut = m_settings.cut;
        options.first_txn = txn_id{m_txn += 100};
        return endpoint::hyperv_orchestrator{options};
    }

  private:
    std::uint64_t m_txn = 0;
};

// ---- words --------------------------------------------------------------------------------------

bool asks(const std::string& record, vss_op op) {
    return record.size() == hyperv::daemon_message_bytes && record.front() == static_cast<char>(op);
}

bool is_version(const std::string& record) {
    return record.size() == hyperv::version_reply_bytes;
}

bool is_reply(const std::string& record) {
    const auto first = static_cast<unsigned char>(record.empty() ? 0 : record.front());
    return record.size() == hyperv::daemon_message_bytes && first < hyperv::op_register;
}

bool is_failure(const std::string& record) {
    return is_reply(record) && record.substr(0, 4) != std::string(4, '\0');
}

std::string success() {
    return std::string(hyperv::daemon_message_bytes, '\0');
}

std::string request(vss_op op) {
    std::string made(hyperv::daemon_message_bytes, '\0');
    made.front() = static_cast<char>(op);
    return made;
}

// Of `memory`.
constexpr std::size_t asked = 0; ///< The operation of the last request, by guest 0; -1: answered.
constexpr std::size_t seen = 1;  ///< Whether something has happened.

/// Remembers what a reply answers.
bool notes(faulty_orchestrator& here, std::size_t guest, std::string& record) {
    if (guest == 0 && !is_version(record)) {
        here.memory[asked] = static_cast<unsigned char>(record.front());
    }
    return true;
}

bool answers(const faulty_orchestrator& here, vss_op op) {
    return here.memory[asked] == static_cast<std::int64_t>(op);
}

/// A fault that takes the failure of one request for success.
host_fault believes(fault_info info, vss_op op) {
    return {.info = info,
            .sends = notes,
            .hears = [op](faulty_orchestrator& here, std::size_t, std::string& record) {
                if (is_failure(record) && answers(here, op)) {
                    record = success();
                }
                return true;
            }};
}

// ---- faults -------------------------------------------------------------------------------------

std::vector<host_fault> course_faults() {
    std::vector<host_fault> all;
    all.push_back({.info = {"cuts-before-frozen", "The cut begins with the freeze.",
                            "oVirt: a copy of a guest that is not frozen", "12.8/5"},
                   .sends = [](faulty_orchestrator& here, std::size_t, std::string& record) {
                       if (asks(record, vss_op::freeze)) {
                           here.show_cut(cut_sign::begun);
                           here.show_cut(cut_sign::done);
                       }
                       return true;
                   }});
    all.push_back({.info = {"cuts-at-the-first-reply",
                            "The cut of a group begins with the first reply to freeze.",
                            single_change, "12.8/6"},
                   .sends = notes,
                   .hears = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       if (guest == 0 && is_reply(record) && answers(here, vss_op::freeze)) {
                           here.show_cut(cut_sign::begun);
                           here.show_cut(cut_sign::done);
                       }
                       return true;
                   }});
    all.push_back({.info = {"waits-for-the-copy", "Thaws 5 s after the cut.",
                            "tools that thaw when the copy has been written", "12.9/4"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       if (!asks(record, vss_op::thaw)) {
                           return true;
                       }
                       here.later(5s, [&here, guest, record] { here.send(guest, record); });
                       return false;
                   }});
    all.push_back(
        {.info = {"leaves-frozen-after-a-failed-cut", "Does not thaw when the cut has failed.",
                  "scripts without a clean-up", "12.10/5"},
         .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
             if (!asks(record, vss_op::thaw) || here.last_cut != cut_sign::failed) {
                 return true;
             }
             here.answer(guest, success());
             return false;
         }});
    all.push_back(
        believes({"does-not-look-at-hot-backup", "Freezes what says that it cannot be backed up.",
                  single_change, "12.12/7"},
                 vss_op::hot_backup));
    all.push_back(believes({"takes-a-failed-freeze-for-frozen", "A freeze that failed is cut.",
                            "Proxmox: a failed freeze is a warning", "12.12/8"},
                           vss_op::freeze));
    all.push_back({.info = {"claims-what-failed", "Reports success whatever happens.",
                            "Proxmox: a failed freeze is a warning", "12.27/9"},
                   .outcome = [](faulty_orchestrator&, claim_made& claim) {
                       claim = claim_made::consistent;
                   }});
    all.push_back(
        {.info = {"never-succeeds", "Reports failure whatever happens.", single_change, "12.27/11"},
         .outcome = [](faulty_orchestrator&, claim_made& claim) { claim = claim_made::failure; }});
    all.push_back(
        {.info = {"waits-for-ever", "Has no limit for any wait.", single_change, "12.29/9"},
         .settings = [](orchestrator_settings& s) { s.looks_at_the_clock = false; }});
    all.push_back({.info = {"cuts-after-the-thaw", "The cut begins when it is believed to be done.",
                            single_change, "13.11/3"},
                   .cut_put_off = [](faulty_orchestrator&) -> duration { return 500ms; }});
    return all;
}

std::vector<host_fault> record_faults() {
    std::vector<host_fault> all;
    all.push_back({.info = {"asks-what-there-is-not", "Asks for an operation 9 before the freeze.",
                            single_change, "32.5/1"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       if (asks(record, vss_op::freeze)) {
                           here.send(guest, request(static_cast<vss_op>(9)));
                       }
                       return true;
                   }});
    all.push_back({.info = {"leaves-bytes-in-the-record",
                            "A reserved byte of the freeze has what was there before.",
                            single_change, "33.1/3"},
                   .sends = [](faulty_orchestrator&, std::size_t, std::string& record) {
                       if (asks(record, vss_op::freeze)) {
                           record[3] = 7;
                       }
                       return true;
                   }});
    all.push_back({.info = {"asks-two-things-at-once",
                            "Sends the freeze without waiting for the reply to hot_backup.",
                            single_change, "35.1/1"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       if (asks(record, vss_op::hot_backup)) {
                           here.send(guest, record);
                           record = request(vss_op::freeze);
                       }
                       return true;
                   }});
    all.push_back(
        {.info = {"sends-no-version", "Does not answer a registration.", single_change, "35.7/1"},
         .sends = [](faulty_orchestrator&, std::size_t, std::string& record) {
             return !is_version(record);
         }});
    all.push_back({.info = {"takes-any-length", "Fills up a reply that is too short.",
                            single_change, "35.12/1"},
                   .hears = [](faulty_orchestrator&, std::size_t, std::string& record) {
                       record.resize(hyperv::daemon_message_bytes, '\0');
                       return true;
                   }});
    return all;
}

std::vector<host_fault> hold_faults() {
    std::vector<host_fault> all;
    all.push_back(
        {.info = {"has-no-timer-for-the-hold", "Waits for the cut as long as the cut takes.",
                  "hosts that rely on the kernel's timer", "37.1/1"},
         .settings = [](orchestrator_settings& s) { s.hold = s.cut = 500s; }});
    all.push_back(
        {.info = {"holds-for-a-minute", "Waits a minute for a freeze.", single_change, "37.1/2"},
         .settings = [](orchestrator_settings& s) { s.hold = 60s; }});
    all.push_back({.info = {"takes-a-long-cut", "A cut may take longer than the hold.",
                            single_change, "37.1/3"},
                   .settings = [](orchestrator_settings& s) { s.hold = s.cut = 30s; }});
    all.push_back(believes({"takes-a-failed-thaw-for-clean",
                            "A thaw that failed makes no difference.", single_change, "37.2/1"},
                           vss_op::thaw));
    all.push_back({.info = {"thaws-once", "A thaw that failed is not sent again.",
                            "libvirt 9.0: one attempt", "37.2/2"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       if (!asks(record, vss_op::thaw) || here.memory[seen]++ == 0) {
                           return true;
                       }
                       here.answer(guest, success());
                       return false;
                   }});
    all.push_back({.info = {"takes-a-lost-device-for-clean",
                            "A device that ends during the cut makes no difference.", single_change,
                            "37.2/3"},
                   .sends = notes,
                   .hears =
                       [](faulty_orchestrator& here, std::size_t, std::string& record) {
                           here.memory[seen] |= is_reply(record) && !is_failure(record) &&
                                                        answers(here, vss_op::freeze)
                                                    ? 1
                                                    : 0;
                           return true;
                       },
                   .outcome =
                       [](faulty_orchestrator& here, claim_made& claim) {
                           claim = here.memory[seen] != 0 ? claim_made::consistent : claim;
                       }});
    all.push_back({.info = {"leaves-the-device-open",
                            "The device does not end after a request without a reply.",
                            single_change, "37.3/1"},
                   .closes = [](faulty_orchestrator&, std::size_t) { return false; }});
    all.push_back({.info = {"ignores-a-reply-too-many", "Drops a reply that nobody waits for.",
                            single_change, "37.3/4"},
                   .sends = notes,
                   .hears = [](faulty_orchestrator& here, std::size_t, std::string& record) {
                       if (!is_reply(record)) {
                           return true;
                       }
                       return std::exchange(here.memory[asked], -1) >= 0;
                   }});
    all.push_back({.info = {"begins-afresh",
                            "Does not remember that a freeze may be in force when a daemon "
                            "registers.",
                            single_change, "37.4/1"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       here.memory[seen] += is_version(record) ? 1 : 0;
                       if (!asks(record, vss_op::thaw) || here.memory[seen] < 2) {
                           return true;
                       }
                       here.answer(guest, success());
                       return false;
                   }});
    all.push_back(
        {.info = {"does-not-come-back", "Does not look at a guest again whose device has ended.",
                  "libvirt 9.0: guest left frozen, no retry on reconnect", "37.4/2"},
         .settings = [](orchestrator_settings& s) {
             s.reconnects = s.tells_of_frozen_guests = false;
         }});
    all.push_back({.info = {"thaws-a-failed-freeze", "Sends a thaw after a freeze that failed.",
                            "oVirt VDSM: always thaws", "37.5/1"},
                   .sends = notes,
                   .hears = [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                       if (is_failure(record) && answers(here, vss_op::freeze)) {
                           here.send(guest, request(vss_op::thaw));
                       }
                       return true;
                   }});
    all.push_back({.info = {"forgets-a-freeze-it-gave-up",
                            "Neither thaws nor ends the device after a freeze without a reply.",
                            "libvirt 9.0 with a time-out set", "37.5/2"},
                   .sends =
                       [](faulty_orchestrator& here, std::size_t guest, std::string& record) {
                           if (!asks(record, vss_op::thaw)) {
                               return true;
                           }
                           here.answer(guest, success());
                           return false;
                       },
                   .closes = [](faulty_orchestrator&, std::size_t) { return false; }});
    return all;
}

const host_fault_list& hyperv_faults() {
    static const host_fault_list all{course_faults(), record_faults(), hold_faults()};
    return all;
}

} // namespace
} // namespace builtin

std::unique_ptr<orchestrator_target> make_hyperv_orchestrator(std::string_view fault_or_reference,
                                                              std::uint64_t) {
    return std::make_unique<builtin::hyperv_host>(builtin::hyperv_faults().find(fault_or_reference),
                                                  fault_or_reference);
}

std::span<const fault_info> hyperv_orchestrator_faults() {
    return builtin::hyperv_faults().infos();
}

} // namespace snapproto::conformance
