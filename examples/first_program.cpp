// SPDX-License-Identifier: BSL-1.0
// A host has a guest freeze its filesystems, takes a copy, and has them thawed. Both ends are the
// library's; between them go the bytes of the QEMU guest agent's protocol, on a made-up clock.
#include <snapproto/endpoint/qga_agent.hpp>
#include <snapproto/endpoint/qga_orchestrator.hpp>

#include <deque>
#include <iostream>

using namespace snapproto;

// Prints the lines of one side; the byte 0xFF, which resets a reader, as <FF>.
void show(const char* who, std::string_view bytes) {
    std::string text{who};
    for (const char c : bytes.substr(0, bytes.size() - 1)) {
        text += c == '\xff' ? "<FF>" : std::string(1, c);
    }
    std::cout << (text.size() > 95 ? text.substr(0, 92) + "..." : text) << '\n';
}

// What the guest is asked to do, done: a real agent calls ioctl(FIFREEZE) and ioctl(FITHAW) here.
machine::participant_event done(endpoint::operation what) {
    using machine::participant_event;
    return what == endpoint::operation::hold      ? participant_event::held
           : what == endpoint::operation::release ? participant_event::released
                                                  : participant_event::prepared;
}

int main() {
    const std::vector<participant_summary> disks{{"/", participant_kind::filesystem},
                                                 {"/var", participant_kind::filesystem}};
    endpoint::qga_agent guest;
    endpoint::qga_orchestrator host{{.sync_seed = 2026}};
    std::deque<endpoint::qga_agent_output> work;
    endpoint::snapshot_options wanted;
    wanted.wanted = consistency::filesystem;
    endpoint::snapshot_outcome told;
    instant now{};
    (void)guest.client_connected(1);
    host.channel_up(0, now);
    for (int turn = 0; turn < 50 && !told.txn; ++turn, now += std::chrono::milliseconds{10}) {
        std::string to_guest, to_host;
        for (auto next = host.poll(); next.index() != 0; next = host.poll()) {
            if (const auto* sent = std::get_if<endpoint::transmit_bytes_to>(&next)) {
                show("host:  ", to_guest = sent->bytes);
            } else if (const auto* order = std::get_if<endpoint::provide>(&next)) {
                std::cout << "       -- " << to_string(order->what) << " --\n";
            } else if (const auto* outcome = std::get_if<endpoint::snapshot_outcome>(&next)) {
                told = *outcome;
            }
        }
        (void)guest.receive(1, as_bytes(to_guest), now);
        for (bool busy = true; busy;) { // an input, then poll() to the end, then the next input
            busy = false;
            for (auto next = guest.poll(); next.index() != 0; next = guest.poll()) {
                if (const auto* sent = std::get_if<endpoint::transmit_bytes>(&next)) {
                    show("guest: ", sent->bytes);
                    to_host += sent->bytes;
                }
                work.push_back(std::move(next));
            }
            for (; !work.empty() && !busy; work.pop_front()) {
                if (std::holds_alternative<endpoint::find_participants>(work.front())) {
                    guest.participants_found(disks, now);
                    busy = true;
                } else if (const auto* asked = std::get_if<endpoint::operate>(&work.front());
                           asked != nullptr && asked->what != endpoint::operation::finish) {
                    guest.participant_answered(asked->participant, done(asked->what), now);
                    busy = true;
                }
            }
        }
        if (!to_host.empty()) {
            host.receive(0, as_bytes(to_host), now);
        } else if (host.phase() == orchestrator_phase::idle && !told.txn) {
            (void)host.start(wanted, now);
        } else if (host.phase() == orchestrator_phase::cut) {
            host.cut_finished(host.session().running(), true, now);
        }
    }
    std::cout << to_string(told.outcome) << ", " << to_string(told.label) << "-consistent\n";
    const bool clean = told.agents == std::vector{endpoint::agent_verdict{verdict::clean, 2}};
    const bool thawed = guest.status() == qga::freeze_state::thawed && !host.possibly_frozen(0);
    return clean && thawed && told.label == consistency::filesystem ? 0 : 1;
}
