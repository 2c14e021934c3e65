// SPDX-License-Identifier: BSL-1.0
// Faults of an orchestrator of native agents that agrees, correlates or reads wrongly; and the
// words for all of them.
#include "conformance/builtin/native_orchestrator_faults.hpp"
#include "conformance/native_bytes.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/dialect/native/decoder.hpp>

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace snapproto::conformance::builtin {

using namespace std::chrono_literals;

namespace {

/// The messages that these bytes are; nothing if they are anything else.
std::optional<std::vector<any_message>> messages_in(std::string_view bytes,
                                                    native::direction which) {
    native::decoder decoder{which};
    std::vector<any_message> all;
    while (!bytes.empty()) {
        bytes.remove_prefix(decoder.feed(as_bytes(bytes)));
        const auto got = decoder.next();
        if (got.has_value()) {
            all.push_back(**got);
        } else if (got.has_failure()) {
            return std::nullopt;
        }
    }
    return decoder.pending() ? std::nullopt : std::optional{std::move(all)};
}

byte_edit edited(native::direction which, message_edit edit) {
    return [which, edit = std::move(edit)](faulty_orchestrator& here, std::size_t guest,
                                           std::string& bytes) {
        auto all = messages_in(bytes, which);
        if (!all) {
            return true;
        }
        bytes.clear();
        for (any_message& one : *all) {
            if (edit(here, guest, one)) {
                bytes += native_bytes::framed(one);
            }
        }
        return !bytes.empty();
    };
}

message_header& head(any_message& message) {
    message_header* found = nullptr;
    std::visit([&](auto& one) { found = &one.header; }, message);
    return *found;
}

bool is(const any_message& message, message_kind what) {
    return kind_of(message) == what;
}

constexpr std::size_t session = 0; ///< Of `memory`: what the last Hello announced.
constexpr std::size_t txn = 1;
constexpr std::size_t seq = 2;

/// Remembers what an answer should have.
byte_edit remembers() {
    return requests([](faulty_orchestrator& here, std::size_t, any_message& message) {
        here.memory[session] = static_cast<std::int64_t>(head(message).session.value);
        here.memory[txn] = static_cast<std::int64_t>(head(message).txn.value);
        here.memory[seq] = static_cast<std::int64_t>(head(message).seq.value);
        return true;
    });
}

/// A fault that believes answers whatever they have in one field.
host_fault believes(fault_info info, void (*mend)(faulty_orchestrator&, message_header&),
                    message_kind what) {
    return {.info = info,
            .sends = remembers(),
            .hears =
                reports([mend, what](faulty_orchestrator& here, std::size_t, any_message& message) {
                    if (is(message, what)) {
                        mend(here, head(message));
                    }
                    return true;
                })};
}

std::vector<host_fault> agreement_faults() {
    std::vector<host_fault> all;
    all.push_back({.info = {"does-not-wait-for-the-agreement",
                            "Sends Ping before the HelloAck has come.", single_change, "2.1/1"},
                   .sends = [](faulty_orchestrator& here, std::size_t, std::string& bytes) {
                       if (here.memory[3]++ == 0) {
                           ping early;
                           early.header.session.value = 1;
                           early.header.seq.value = 99;
                           bytes += native_bytes::framed(any_message{early});
                       }
                       return true;
                   }});
    all.push_back(
        {.info = {"forgets-the-epoch", "Its Thaw is of session 0.", single_change, "2.10/1"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (is(message, message_kind::thaw)) {
                 any_message wrong = message;
                 head(wrong).session = {};
                 here.send(guest, native_bytes::framed(wrong));
             }
             return true;
         })});
    all.push_back(
        {.info = {"completes-unasked", "Sends Complete whatever was agreed on.", single_change,
                  "2.13/2"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (is(message, message_kind::thaw)) {
                 complete_request told;
                 told.header = head(message);
                 here.send(guest, native_bytes::framed(any_message{told}));
             }
             return true;
         })});
    all.push_back(
        {.info = {"prepares-unasked", "Sends Prepare whatever was agreed on.", single_change,
                  "2.13/3"},
         .sends = requests([](faulty_orchestrator& here, std::size_t guest, any_message& message) {
             if (is(message, message_kind::freeze)) {
                 any_message told{std::in_place_type<prepare_request>}; // made in its place: GCC 12
                 head(told) = head(message);                            // warns of a copied one
                 here.send(guest, native_bytes::framed(told));
             }
             return true;
         })});
    all.push_back(believes(
        {"takes-any-epoch", "Takes the HelloAck of another epoch for its own.", single_change,
         "2.17/1"},
        [](faulty_orchestrator& here, message_header& of) {
            of.session.value = static_cast<std::uint64_t>(here.memory[session]);
        },
        message_kind::hello_ack));
    all.push_back(
        {.info = {"goes-on-without-a-version", "Goes on when the agent has selected nothing.",
                  single_change, "2.18/1"},
         .hears = reports([](faulty_orchestrator&, std::size_t, any_message& message) {
             if (auto* const ack = std::get_if<hello_ack>(&message)) {
                 ack->selected = ack->selected.value_or(protocol_version{1, 0});
             }
             return true;
         })});
    all.push_back({.info = {"takes-any-version", "Goes on with a version that it did not offer.",
                            single_change, "2.18/2"},
                   .hears = reports([](faulty_orchestrator&, std::size_t, any_message& message) {
                       auto* const ack = std::get_if<hello_ack>(&message);
                       if (ack != nullptr && ack->selected) {
                           ack->selected = protocol_version{1, 0};
                       }
                       return true;
                   })});
    all.push_back({.info = {"waits-for-the-agreement", "Waits for a HelloAck without end.",
                            single_change, "2.18/3"},
                   .settings = [](orchestrator_settings& s) { s.negotiate = 10h; }});
    all.push_back({.info = {"leaves-the-channel-open",
                            "Does not close the channel of an agent that refuses it.",
                            single_change, "2.18/4"},
                   .closes = [](faulty_orchestrator&, std::size_t) { return false; }});
    all.push_back(
        {.info = {"asks-for-a-longer-hold", "Asks for a minute whatever the agent has announced.",
                  single_change, "2.20/2"},
         .sends = requests([](faulty_orchestrator&, std::size_t, any_message& message) {
             if (auto* const asked = std::get_if<freeze_request>(&message)) {
                 asked->hold_limit = 60s;
             }
             return true;
         })});
    return all;
}

std::vector<host_fault> correlation_faults() {
    std::vector<host_fault> all;
    all.push_back(
        {.info = {"numbers-nothing", "All its messages have the number 1.", single_change, "3.1/2"},
         .sends = requests([](faulty_orchestrator& here, std::size_t, any_message& message) {
             here.memory[seq] = static_cast<std::int64_t>(head(message).seq.value);
             head(message).seq.value = 1;
             return true;
         }),
         .hears = reports([](faulty_orchestrator& here, std::size_t, any_message& message) {
             head(message).seq.value = static_cast<std::uint64_t>(here.memory[seq]);
             return true;
         })});
    all.push_back({.info = {"begins-at-one", "Each snapshot begins with the same numbers.",
                            "orchestrators that count from 1 in each process", "3.2/1"},
                   .settings = [](orchestrator_settings& s) {
                       s.new_sessions = s.new_transactions = false;
                   }});
    all.push_back(
        {.info = {"has-one-epoch", "Each channel has the same epoch.", single_change, "63.2/3"},
         .settings = [](orchestrator_settings& s) { s.new_sessions = false; }});
    all.push_back(believes(
        {"takes-any-transaction", "Takes a Frozen of another transaction for its own.",
         single_change, "3.13/1"},
        [](faulty_orchestrator& here, message_header& of) {
            of.txn.value = static_cast<std::uint64_t>(here.memory[txn]);
        },
        message_kind::frozen));
    all.push_back(believes(
        {"takes-any-session", "Takes a Frozen of another session for its own.", single_change,
         "3.13/2"},
        [](faulty_orchestrator& here, message_header& of) {
            of.session.value = static_cast<std::uint64_t>(here.memory[session]);
        },
        message_kind::frozen));
    all.push_back(believes(
        {"takes-any-number", "Looks at the number of no answer.", single_change, "3.13/3"},
        [](faulty_orchestrator& here, message_header& of) {
            of.seq.value = static_cast<std::uint64_t>(here.memory[seq]);
        },
        message_kind::frozen));
    return all;
}

std::vector<host_fault> byte_faults() {
    std::vector<host_fault> all;
    all.push_back(
        {.info = {"reads-whole-frames-only", "Drops a frame that does not come in one read.",
                  "clients that take one read for one message", "60.3/3"},
         .hears = [](faulty_orchestrator&, std::size_t, std::string& bytes) {
             return messages_in(bytes, native::direction::reports).has_value();
         }});
    all.push_back(
        {.info = {"sends-no-mark", "Its Hello comes without a mark.", single_change, "60.8/2"},
         .sends = [](faulty_orchestrator&, std::size_t, std::string& bytes) {
             if (bytes.starts_with(native_bytes::mark())) {
                 bytes.erase(0, native_bytes::mark().size());
             }
             return true;
         }});
    all.push_back({.info = {"marks-hello-only", "Sends a mark before Hello and nowhere else.",
                            single_change, "60.12/1"},
                   .sends = [](faulty_orchestrator&, std::size_t, std::string& bytes) {
                       const auto found = messages_in(bytes, native::direction::requests);
                       if (found && !found->empty() && !is(found->front(), message_kind::hello)) {
                           bytes.erase(0, bytes.find_first_not_of('\xff'));
                       }
                       return true;
                   }});
    all.push_back({.info = {"stumbles-over-nonsense",
                            "Reads nothing of what comes with a frame that is no message.",
                            single_change, "60.11/2"},
                   .hears = [](faulty_orchestrator&, std::size_t, std::string& bytes) {
                       native::decoder decoder{native::direction::reports};
                       std::string_view rest = bytes;
                       while (!rest.empty()) {
                           rest.remove_prefix(decoder.feed(as_bytes(rest)));
                           if (decoder.next().has_failure()) {
                               return false;
                           }
                       }
                       return true;
                   }});
    all.push_back({.info = {"sends-long-forms", "Writes the number of a Thaw in a longer form.",
                            "encoders that do not know the deterministic form", "61.2/6"},
                   .sends = [](faulty_orchestrator& here, std::size_t guest, std::string& bytes) {
                       const auto found = messages_in(bytes, native::direction::requests);
                       if (found && found->size() == 1 && is(found->front(), message_kind::thaw)) {
                           auto long_form = native_bytes::map_of(found->front());
                           long_form.entries.front().key = std::string("\x18\x00", 2);
                           here.send(guest, native_bytes::frame(long_form.bytes()));
                       }
                       return true;
                   }});
    all.push_back({.info = {"stumbles-over-unknown-fields",
                            "Does not read a message with a field that it does not know.",
                            single_change, "61.6/3"},
                   .hears = [](faulty_orchestrator&, std::size_t, std::string& bytes) {
                       const auto found = messages_in(bytes, native::direction::reports);
                       std::string again;
                       for (std::size_t i = 0; found && i < found->size(); ++i) {
                           again += native_bytes::framed((*found)[i]);
                       }
                       return !found || again == bytes;
                   }});
    return all;
}

} // namespace

byte_edit requests(message_edit edit) {
    return edited(native::direction::requests, std::move(edit));
}

byte_edit reports(message_edit edit) {
    return edited(native::direction::reports, std::move(edit));
}

std::vector<host_fault> native_session_faults() {
    std::vector<host_fault> all = agreement_faults();
    for (auto family : {correlation_faults(), byte_faults()}) {
        std::move(family.begin(), family.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace snapproto::conformance::builtin
