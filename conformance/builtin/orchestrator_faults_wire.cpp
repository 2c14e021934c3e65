// SPDX-License-Identifier: BSL-1.0
// Faults of an orchestrator that reads and synchronises wrongly.
#include "conformance/builtin/orchestrator_fault_words.hpp"

#include <utility>

namespace snapproto::conformance::builtin {

using qga::verb;

namespace {

/// The answer that a synchronisation is waiting for.
std::string in_step(const sent_request& request) {
    return fmt::format("\xFF{{\"return\": {}}}\n", request.sync_id);
}

std::vector<orchestrator_fault> synchronisation_faults() {
    std::vector<orchestrator_fault> all;
    all.push_back(
        {.info = {"does-not-synchronise", "Takes every channel for clean.",
                  "clients that send a command on a fresh connection", "22.10/1"},
         .request = [](faulty_orchestrator&, const sent_request& of) -> std::optional<std::string> {
             return is_sync(of.verb) ? std::optional{in_step(of)} : std::nullopt;
         }});
    all.push_back(
        {.info = {"synchronises-once", "After a time-out it goes on as if nothing had happened.",
                  single_change, "22.10/2"},
         .request = [](faulty_orchestrator& here,
                       const sent_request& of) -> std::optional<std::string> {
             const bool again = is_sync(of.verb) && here.memory[0]++ > 0;
             return again ? std::optional{in_step(of)} : std::nullopt;
         }});
    all.push_back({.info = {"synchronises-with-one-id", "Every synchronisation has the same id.",
                            "Proxmox: process number and counter, which start anew", "22.10/4"},
                   .request = [](faulty_orchestrator& here,
                                 const sent_request& of) -> std::optional<std::string> {
                       if (!is_sync(of.verb)) {
                           return std::nullopt;
                       }
                       here.memory[0] = of.sync_id;
                       here.send(of.guest, "\xFF{\"execute\": \"guest-sync-delimited\", "
                                           "\"arguments\": {\"id\": 4711}}\n");
                       return "";
                   },
                   .reply =
                       [](faulty_orchestrator& here, const coming_reply&, std::string& line) {
                           replace(line, "4711", std::to_string(here.memory[0]));
                       }});
    all.push_back({.info = {"takes-any-reply-for-the-synchronisations",
                            "The first integer that comes is taken for its own id.",
                            "one reply behind: QGA clients without ids", "22.11/1"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       if (is_sync(to.asked) && integer_in(line)) {
                           line = returning(std::to_string(to.sync_id), {});
                       }
                   }});
    all.push_back(
        {.info = {"an-error-ends-the-synchronisation",
                  "An error line in front of the reply makes the channel bad.", single_change,
                  "22.11/2"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             here.memory[0] |= is_sync(to.asked) && has(line, "error") ? 1 : 0;
             if (here.memory[0] != 0) {
                 line.clear();
             }
         }});
    all.push_back({.info = {"noise-ends-the-synchronisation",
                            "A line that is no JSON makes the channel bad for ever.",
                            "libvirt 9.0: outside of the first synchronisation", "22.11/3"},
                   .reply = [](faulty_orchestrator& here, const coming_reply&, std::string& line) {
                       here.memory[0] |= has(line, "virtio_blk") ? 1 : 0;
                       if (here.memory[0] != 0) {
                           line.clear();
                       }
                   }});
    all.push_back(
        {.info = {"answers-stale-replies",
                  "Each line that is not its own is answered with a new synchronisation.",
                  "the first driver of this project: 16,000 synchronisations, 43 s", "22.11/4"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             const auto got = integer_in(line);
             if (!is_sync(to.asked) || !got || *got == to.sync_id) {
                 return;
             }
             here.send(to.guest,
                       fmt::format("{{\"execute\": \"guest-sync\", \"arguments\": {{\"id\": {}}}}}",
                                   ++here.memory[0]));
             line.clear();
         }});
    all.push_back({.info = {"sends-no-0xff", "Synchronises without a 0xFF before it.",
                            "every orchestrator that was read", "22.12/1"},
                   .request = [](faulty_orchestrator& here,
                                 const sent_request& of) -> std::optional<std::string> {
                       if (!of.bytes.starts_with('\xFF')) {
                           return std::nullopt;
                       }
                       here.send(of.guest, of.bytes.substr(1));
                       return "";
                   }});
    return all;
}

std::vector<orchestrator_fault> belief_faults() {
    std::vector<orchestrator_fault> all;
    all.push_back({.info = {"gives-a-slow-freeze-up", "A freeze may take one second.",
                            single_change, "29.9/1"},
                   .settings = [](orchestrator_settings& s) { s.hold = std::chrono::seconds{2}; }});
    all.push_back({.info = {"ignores-ids", "A reply with any id is the reply.",
                            "libvirt 9.0, Proxmox: by order alone", "29.10/1"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       replace(line, "\"of somebody else\"", to.id);
                   }});
    all.push_back(
        {.info = {"wants-no-id", "A reply without an id is the reply.", single_change, "29.10/2"},
         .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
             if (!is_sync(to.asked) && !has(line, "\"id\"") && integer_in(line)) {
                 line = returning(std::to_string(*integer_in(line)), to.id);
             }
         }});
    all.push_back(
        {.info = {"asks-before-it-is-in-step",
                  "After a time-out it asks again before the synchronisation is answered.",
                  single_change, "29.11/1"},
         .request = [](faulty_orchestrator& here,
                       const sent_request& of) -> std::optional<std::string> {
             const bool again = is_sync(of.verb) && here.memory[0]++ > 0;
             if (!again) {
                 return std::nullopt;
             }
             here.send(of.guest, of.bytes);
             return in_step(of);
         }});
    all.push_back(
        {.info = {"cuts-on-a-late-freeze",
                  "A reply to a freeze that was given up is followed by a cut.",
                  "libvirt 9.0 waits for a freeze without any limit", "29.11/2"},
         .reply = [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
             if (is_freeze(to.asked)) {
                 here.memory[0] = 1;
             } else if (here.memory[0] == 0 && is_sync(to.asked) && integer_in(line) == 2) {
                 here.show_cut(cut_sign::begun);
                 here.show_cut(cut_sign::done);
             }
         }});
    all.push_back({.info = {"believes-a-late-thaw", "A late reply to thaw makes the verdict clean.",
                            single_change, "29.11/3"},
                   .request = [](faulty_orchestrator& here,
                                 const sent_request& of) -> std::optional<std::string> {
                       here.memory[0] += of.verb == verb::thaw ? 1 : 0;
                       return std::nullopt;
                   },
                   .reply =
                       [](faulty_orchestrator& here, const coming_reply& to, std::string& line) {
                           here.memory[1] |= is_sync(to.asked) && integer_in(line) == 2 ? 1 : 0;
                       },
                   .outcome =
                       [](faulty_orchestrator& here, claim_made& claim) {
                           if (here.memory[1] != 0) {
                               claim = claim_made::consistent;
                           }
                       }});
    all.push_back({.info = {"takes-an-object-for-a-count", "A freeze that returns {} is a success.",
                            "clients that look for 'return' only", "29.19/1"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       if (is_freeze(to.asked)) {
                           replace(line, "{}", "2");
                       }
                   }});
    all.push_back(
        {.info = {"takes-a-string-for-a-count", "A freeze that returns \"2\" is a success.",
                  "clients in languages that convert", "29.19/2"},
         .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
             if (is_freeze(to.asked)) {
                 replace(line, "\"2\"", "2");
             }
         }});
    all.push_back({.info = {"cuts-a-fraction-off", "A freeze that returns 2.5 has frozen 2.",
                            "parsers that read every number as a double", "29.19/3"},
                   .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
                       if (is_freeze(to.asked)) {
                           replace(line, "2.5", "2");
                       }
                   }});
    all.push_back(
        {.info = {"takes-any-status-for-thawed",
                  "A status that is no string is taken for \"thawed\".", single_change, "29.19/7"},
         .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
             if (to.asked == verb::freeze_status && has(line, "{\"status\"")) {
                 line = returning("\"thawed\"", to.id);
             }
         }});
    return all;
}

std::vector<orchestrator_fault> line_faults() {
    std::vector<orchestrator_fault> all;
    const auto drops = [](std::string_view name, std::string_view sentence, std::string_view by,
                          bool (*what)(const std::string&)) {
        return orchestrator_fault{
            .info = {name, sentence, single_change, by},
            .reply = [what](faulty_orchestrator&, const coming_reply&, std::string& line) {
                if (what(line)) {
                    line.clear();
                }
            }};
    };
    all.push_back(drops("stumbles-over-carriage-returns",
                        "A reply with a carriage return is not read.", "29.21/1",
                        [](const std::string& line) { return has(line, "\r"); }));
    all.push_back(drops("stumbles-over-unknown-members",
                        "A reply with a member it does not know is not read.", "29.21/2",
                        [](const std::string& line) { return has(line, "timestamp"); }));
    all.push_back(
        {.info = {"takes-an-event-for-the-reply", "The next line after a request is its reply.",
                  "clients that read one line for each request", "29.21/3"},
         .reply = [](faulty_orchestrator&, const coming_reply& to, std::string& line) {
             if (has(line, "event") && !to.id.empty()) {
                 line = fmt::format("{{\"error\": {{\"class\": \"GenericError\", \"desc\": "
                                    "\"malformed\"}}, \"id\": {}}}\n",
                                    to.id);
             }
         }});
    all.push_back(drops("reads-4-kib-only", "A line of more than 4 KiB is not read.", "29.21/5",
                        [](const std::string& line) { return line.size() > 4096; }));
    return all;
}

} // namespace

std::vector<orchestrator_fault> orchestrator_wire_faults() {
    std::vector<orchestrator_fault> all = synchronisation_faults();
    for (auto family : {belief_faults(), line_faults()}) {
        std::move(family.begin(), family.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace snapproto::conformance::builtin
