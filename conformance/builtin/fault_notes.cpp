// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/fault_notes.hpp"

#include <algorithm>
#include <array>

namespace snapproto::conformance {
namespace {

struct note {
    std::string_view fault;
    std::string_view words;
};

constexpr std::array<note, 42> incidents{{
    // agents
    {"freezes-nothing", "tuzhis/osx-qemu-guest-agent: a freeze sets a flag and returns 1"},
    {"hidden-mount-fails-the-freeze",
     "opnsense/core#7681, harvester/harvester#6497: one odd mount makes every freeze fail"},
    {"no-allow-list", "hypersdk/guestkit: serves everything while frozen"},
    {"ping-refused-while-frozen",
     "KubeVirt PR 16777: readiness probes fail while frozen, and the guest is marked as down"},
    {"lets-go-in-silence", "KubeVirt PR 16653, autotest/tp-qemu#1774: Windows VSS lets go after 10 "
                           "s, and the copy was called consistent"},
    {"thaws-nothing",
     "hv_vss_daemon: a filesystem that was mounted over stays frozen, and nobody is told"},
    {"thaw-of-thawed-fails", "hypersdk/guestkit: a thaw to be safe is an error"},
    {"freezes-only-once",
     "GCE guest agent 20211116: a request that comes twice wedges it for good"},
    {"thaw-hook-never-runs",
     "opnsense/plugins#4148, OpenNebula/addon-linstor_un#11: the application stays locked"},
    {"failure-returns-0", "bradfitz/qemu-guest-kragent: an error becomes a return of 0"},
    {"disconnect-wedges-a-freeze",
     "Proxmox, pve-devel of 2025-09-09: a freeze that was lost blocks the channel for an hour"},
    {"leaves-frozen-on-terminate",
     "vmtoolsd 12.2 and hv_vss_daemon: told to end while frozen, they leave all frozen for ever"},
    {"deaf-while-frozen", "KubeVirt PR 16777: probes get no answer while frozen"},
    {"freeze-never-answered",
     "oVirt/vdsm#160: a freeze with a limit of 480 s came back after 27 906 s"},
    {"holds-for-ever",
     "Azure/azure-linux-extensions#951: frozen for hours after the host had lost track"},
    {"waits-for-the-hooks-children", "qemu-ga from 10.0 on: reads what a hook prints to its end"},
    {"dies-of-0xff",
     "bradfitz/qemu-guest-kragent: ends on any error of the decoder, so on every 0xFF"},
    {"dies-of-bad-json", "bradfitz/qemu-guest-kragent: ends on any error of the decoder"},
    {"silent-on-unknown-command", "bradfitz/qemu-guest-kragent: no reply to what it does not know"},
    {"generic-error-only", "hypersdk/guestkit: one class for every error"},
    {"no-guest-sync", "bradfitz/qemu-guest-kragent#1: libvirt never connects"},
    {"status-is-an-object", "hypersdk/guestkit: a status of the wrong type leaves KubeVirt "
                            "snapshots in progress for ever"},
    // orchestrators
    {"ignores-the-count-of-the-thaw",
     "libvirt 9.0, judged here: the count of the thaw is not looked at"},
    {"takes-0-for-frozen", "libvirt 9.0, judged here: a freeze of nothing is a success"},
    {"claims-what-failed", "Proxmox qemu-server: a freeze that failed is a warning in a log"},
    {"has-no-timer-for-the-hold",
     "oVirt/vdsm#160: the time is looked at when the call that blocks has come back"},
    {"forgets-a-freeze-it-gave-up",
     "libvirt 9.0 with a time-out, judged here: the guest stays frozen"},
    {"does-not-come-back",
     "libvirt 9.0, judged here: a channel that is lost leaves the guest frozen"},
    {"thaws-what-others-froze", "oVirt VDSM: always thaws"},
    {"thaws-after-a-refused-freeze", "oVirt VDSM: always thaws, also what it could not freeze"},
    {"thaws-once", "libvirt 9.0, judged here: one attempt"},
    {"leaves-it-frozen-after-a-strange-count",
     "libvirt 9.0, judged here: a failure is reported, and nobody thaws"},
    {"noise-leaves-it-frozen",
     "libvirt 9.0, judged here: after one line that is no JSON the thaw is refused too"},
    {"looks-nothing-up", "libvirt 9.0, judged here: freezes without knowing whether it can thaw"},
    {"leaves-it-frozen-after-a-failed-cut",
     "OpenStack Nova: nothing thaws when the snapshot fails"},
    {"cuts-without-a-freeze",
     "Proxmox qemu-server, oVirt VDSM: a freeze that failed is followed by the snapshot"},
    {"waits-for-ever", "libvirt 9.0: by default a freeze is waited for without a limit"},
    {"synchronises-with-one-id",
     "Proxmox qemu-server: ids of process number and counter, which start anew"},
    {"noise-ends-the-synchronisation", "libvirt 9.0: noise makes the channel bad for good"},
    {"answers-stale-replies",
     "this project's first driver: 16 000 synchronisations in 43 s, and never in step"},
    {"sends-no-0xff",
     "libvirt 9.0, Proxmox qemu-server: half a request of somebody else swallows theirs"},
    {"ignores-ids", "libvirt 9.0, Proxmox qemu-server: replies are matched by order alone"},
}};

/// What the alphabet of the generated suites does not have.
constexpr std::string_view other_bytes = "it shows in bytes that no input sends: other requests, "
                                         "pieces of one, ids, odd JSON, large numbers";
constexpr std::string_view words_of_errors =
    "what an error says is not told apart: only that it is one";
constexpr std::string_view information = "guest-info and guest-ping are not among the inputs";
constexpr std::string_view one_synchronisation =
    "the inputs synchronise with guest-sync-delimited, on a clean stream or behind one malformed "
    "line";
constexpr std::string_view effects =
    "every answer is right: only disks, writers or the calls of the hook show it";
constexpr std::string_view other_lists = "lists of other names than the first targets, of nothing "
                                         "and of an unknown one are not among the inputs";
constexpr std::string_view one_client =
    "it takes two clients at once, or two requests in one write";
constexpr std::string_view no_signals = "the inputs kill the agent; they never ask it to end";
constexpr std::string_view no_resources =
    "every answer is right: only memory or processor time show it, or a thousand requests";

constexpr std::array<note, 44> unseen{{
    {"needs-newline", other_bytes},
    {"ignores-0xff", other_bytes},
    {"one-request-per-read", other_bytes},
    {"one-read-per-request", other_bytes},
    {"silent-on-bad-json", other_bytes},
    {"dies-of-deep-nesting", other_bytes},
    {"refuses-nesting", other_bytes},
    {"id-not-echoed", other_bytes},
    {"id-echoed-as-text", other_bytes},
    {"id-lost-in-errors", other_bytes},
    {"silent-on-unknown-command", other_bytes},
    {"ignores-case", other_bytes},
    {"ignores-unknown-members", other_bytes},
    {"accepts-fractions", other_bytes},
    {"generic-error-only", words_of_errors},
    {"ping-returns-null", information},
    {"info-without-thaw", information},
    {"info-twice", information},
    {"info-promises", information},
    {"info-blind-to-freeze", information},
    {"ping-refused-while-frozen", information},
    {"no-guest-sync", one_synchronisation},
    {"sentinel-on-every-sync", one_synchronisation},
    {"sentinel-leaks", one_synchronisation},
    {"stops-the-device", effects},
    {"writes-while-frozen", effects},
    {"lets-go-in-silence", effects},
    {"freeze-hook-runs-twice", effects},
    {"hook-argument-unknown", effects},
    {"status-runs-the-hook", effects},
    {"waits-for-the-hooks-children", effects},
    {"hidden-mount-fails-the-freeze", other_lists},
    {"counts-duplicates", other_lists},
    {"replies-to-everybody", one_client},
    {"leaves-frozen-on-terminate", no_signals},
    {"cannot-be-terminated", no_signals},
    {"loses-count-of-many", no_resources},
    {"keeps-what-0xff-dropped", no_resources},
    {"a-kibibyte-for-each-token", no_resources},
    {"keeps-every-request", no_resources},
    {"polls-for-work", no_resources},
    {"forgets-one-filesystem", needs_more_states},
    {"says-frozen-for-ever", needs_more_states},
    {"thaw-repeats-the-freeze-count", needs_more_states},
}};

template <class Notes>
std::string_view words_for(const Notes& notes, std::string_view fault) {
    const auto found = std::find_if(notes.begin(), notes.end(),
                                    [&](const note& one) { return one.fault == fault; });
    return found == notes.end() ? std::string_view{} : found->words;
}

} // namespace

std::string_view incident_of(std::string_view fault) {
    return words_for(incidents, fault);
}

std::string_view why_unseen(std::string_view fault) {
    return words_for(unseen, fault);
}

} // namespace snapproto::conformance
