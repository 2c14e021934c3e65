// SPDX-License-Identifier: BSL-1.0
// Faults of framing, requests, synchronisation and information.
#include "conformance/builtin/fault_words.hpp"

#include <cctype>

namespace snapproto::conformance::builtin {

namespace {

using qga::verb;

constexpr std::string_view single = "single change of behaviour";

bool is_sync(verb what) {
    return what == verb::sync || what == verb::sync_delimited;
}

/// Ends the agent when a reply is a refusal of bytes that are no request.
void die_of_malformed(faulty_agent& agent, verb what, std::string& line) {
    if (what == verb::unknown && line.find("not a request") != std::string::npos) {
        line.clear();
        agent.die();
    }
}

std::vector<fault> framing_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"reply-without-newline", "Replies have no line feed at their end.",
                            single, "20.5/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       if (!line.empty() && line.back() == '\n') {
                           line.pop_back();
                       }
                   }});
    all.push_back({.info = {"reply-on-several-lines", "Replies are printed over several lines.",
                            single, "20.5/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       replace_first(line, "{", "{\n  ");
                   }});
    all.push_back(
        {.info = {"reply-not-utf8", "Error texts hold a byte that is no UTF-8.", single, "20.6/2"},
         .reply = [](faulty_agent&, verb, std::string& line) {
             replace_first(line, R"("desc": ")", "\"desc\": \"\xe9 ");
         }});
    all.push_back(
        {.info = {"needs-newline", "A request is acted on only when a line feed follows it.",
                  "line-based agents", "20.1/1"},
         .input = [](faulty_agent& agent, std::string& bytes) {
             agent.text += bytes;
             const auto end = agent.text.rfind('\n');
             const auto size = end == std::string::npos ? 0 : end + 1;
             bytes = agent.text.substr(0, size);
             agent.text.erase(0, size);
         }});
    all.push_back({.info = {"one-request-per-read",
                            "What follows the first request of a read is thrown away.",
                            "agents that parse one buffer as one message", "20.3/1"},
                   .input = [](faulty_agent&, std::string& bytes) {
                       int depth = 0;
                       for (std::size_t i = 0; i < bytes.size(); ++i) {
                           depth += bytes[i] == '{' ? 1 : bytes[i] == '}' ? -1 : 0;
                           if (bytes[i] == '}' && depth == 0) {
                               bytes.resize(i + 1);
                               return;
                           }
                       }
                   }});
    all.push_back(
        {.info = {"one-read-per-request", "A request that comes in two reads is thrown away.",
                  "agents that parse one buffer as one message", "20.2/1"},
         .input = [](faulty_agent&, std::string& bytes) {
             int depth = 0;
             for (const char c : bytes) {
                 depth += c == '{' ? 1 : c == '}' ? -1 : 0;
             }
             if (depth != 0 && bytes.find('\xff') == std::string::npos) {
                 bytes.clear();
             }
         }});
    all.push_back({.info = {"ignores-0xff", "A 0xFF does not end a half request.",
                            "clients and agents that never heard of it", "20.10/1"},
                   .input = [](faulty_agent&, std::string& bytes) { std::erase(bytes, '\xff'); }});
    all.push_back({.info = {"dies-of-0xff", "The agent ends when a 0xFF comes in.",
                            "bradfitz/qemu-guest-kragent", "22.4/1"},
                   .input = [](faulty_agent& agent, std::string& bytes) {
                       if (bytes.find('\xff') != std::string::npos) {
                           bytes.clear();
                           agent.die();
                       }
                   }});
    all.push_back({.info = {"dies-of-bad-json", "The agent ends when it gets malformed JSON.",
                            "bradfitz/qemu-guest-kragent", "20.7/1"},
                   .reply = die_of_malformed});
    all.push_back(
        {.info = {"silent-on-bad-json", "Malformed JSON is answered by nothing.", single, "20.7/1"},
         .reply = [](faulty_agent&, verb what, std::string& line) {
             if (what == verb::unknown && line.find("not a request") != std::string::npos) {
                 line.clear();
             }
         }});
    all.push_back(
        {.info = {"deaf-after-bad-json", "After malformed JSON the agent reads nothing any more.",
                  "wedged parsers", "20.8/1"},
         .reply = [](faulty_agent& agent, verb what, std::string& line) {
             if (what == verb::unknown && line.find("not a request") != std::string::npos) {
                 agent.send_to_all(line);
                 agent.go_deaf();
             }
         }});
    all.push_back(
        {.info = {"dies-of-deep-nesting", "Deep nesting overflows the stack of the agent's parser.",
                  "recursive parsers", "20.12/1"},
         .input = [](faulty_agent& agent, std::string& bytes) {
             int depth = 0;
             for (const char c : bytes) {
                 depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
                 if (depth > 512) {
                     bytes.clear();
                     return agent.die();
                 }
             }
         }});
    all.push_back({.info = {"refuses-nesting", "A request with eight brackets is too deep.", single,
                            "20.13/1"},
                   .settings = [](agent_settings& set) { set.nesting_max = 7; }});
    all.push_back({.info = {"log-on-the-channel", "Log lines go out between the replies.",
                            "libvirt marks such a channel as broken", "21.16/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       line.insert(0, "info: request served\n");
                   }});
    return all;
}

std::vector<fault> request_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"ping-returns-null", "guest-ping returns null.", single, "21.1/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::ping) {
                           replace_first(line, "{}", "null");
                       }
                   }});
    all.push_back(
        {.info = {"id-not-echoed", "A reply never carries the request's id.", single, "21.3/1"},
         .reply = [](faulty_agent&, verb, std::string& line) {
             const auto at = line.rfind(R"(, "id": )");
             if (at != std::string::npos) {
                 line.replace(at, line.size() - at, "}\n");
             }
         }});
    all.push_back({.info = {"id-echoed-as-text", "An id that is a number comes back as a string.",
                            "agents that keep ids as strings", "21.3/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       const auto at = line.rfind(R"(, "id": )");
                       if (at != std::string::npos &&
                           std::isdigit(static_cast<unsigned char>(line[at + 8])) != 0) {
                           line.insert(line.rfind('}'), "\"");
                           line.insert(at + 8, "\"");
                       }
                   }});
    all.push_back({.info = {"id-lost-in-errors", "An error reply carries no id.", single, "21.4/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       const auto at = line.rfind(R"(, "id": )");
                       if (at != std::string::npos && line.starts_with("{\"error\"")) {
                           line.replace(at, line.size() - at, "}\n");
                       }
                   }});
    all.push_back({.info = {"silent-on-unknown-command",
                            "A command that does not exist is answered by nothing.",
                            "bradfitz/qemu-guest-kragent", "21.7/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::unknown &&
                           line.find("does not exist") != std::string::npos) {
                           line.clear();
                       }
                   }});
    all.push_back({.info = {"generic-error-only", "Every error is a GenericError.",
                            "hypersdk/guestkit", "21.7/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       replace_first(line, "CommandNotFound", "GenericError");
                   }});
    all.push_back({.info = {"error-is-a-string", "The member error is a string.", single, "21.6/1"},
                   .reply = [](faulty_agent&, verb, std::string& line) {
                       if (line.starts_with("{\"error\"")) {
                           line = "{\"error\": \"no\"}\n";
                       }
                   }});
    all.push_back(
        {.info = {"ignores-case", "Command names are compared without case.", single, "21.17/1"},
         .input = [](faulty_agent&, std::string& bytes) {
             const auto at = bytes.find("GUEST-PING");
             if (at != std::string::npos) {
                 bytes.replace(at, 10, "guest-ping");
             } else {
                 replace_first(bytes, "Guest-Ping", "guest-ping");
             }
         }});
    all.push_back(
        {.info = {"ignores-unknown-members",
                  "A request with a member that does not exist is executed.", single, "21.9/1"},
         .reply = [](faulty_agent&, verb, std::string& line) {
             if (line.find("is unexpected") != std::string::npos &&
                 line.find("member '") != std::string::npos) {
                 line = "{\"return\": {}}\n";
             }
         }});
    all.push_back({.info = {"accepts-fractions", "1.0 is taken where an integer is required.",
                            "parsers that keep numbers as doubles", "21.13/1"},
                   .input = [](faulty_agent&, std::string& bytes) {
                       const auto at = bytes.find("\"id\"");
                       const auto dot = bytes.find('.', at == std::string::npos ? 0 : at);
                       if (at != std::string::npos && dot != std::string::npos &&
                           bytes.find("guest-sync") < at) {
                           auto end = dot + 1;
                           while (end < bytes.size() &&
                                  std::isdigit(static_cast<unsigned char>(bytes[end])) != 0) {
                               ++end;
                           }
                           bytes.erase(dot, end - dot);
                       }
                   }});
    all.push_back({.info = {"replies-swapped", "Two replies of one read come in reverse order.",
                            "agents with a thread for each request", "21.14/1"},
                   .reply = [](faulty_agent& agent, verb, std::string& line) {
                       // Keeps every other reply back until the next one, or for 5 ms.
                       if (agent.text.empty()) {
                           agent.text = std::exchange(line, {});
                           agent.later(std::chrono::milliseconds{5}, [&agent] {
                               agent.send_to_all(std::exchange(agent.text, {}));
                           });
                       } else {
                           line += std::exchange(agent.text, {});
                       }
                   }});
    return all;
}

std::vector<fault> sync_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"no-guest-sync", "There is no guest-sync.",
                            "bradfitz/qemu-guest-kragent#1: libvirt never connects", "22.1/1"},
                   .answer = [](faulty_agent&, const seen_request& of) {
                       return of.request.verb == verb::sync
                                  ? std::optional{refused(of, "CommandNotFound", "unknown")}
                                  : std::nullopt;
                   }});
    all.push_back(
        {.info = {"sync-cut-to-32-bits", "A sync id is kept in 32 bits.",
                  "single change of behaviour", "22.1/1"},
         .answer = [](faulty_agent&, const seen_request& of) -> std::optional<std::string> {
             if (!is_sync(of.request.verb)) {
                 return std::nullopt;
             }
             const auto cut = static_cast<std::int32_t>(of.request.sync_id);
             return (of.request.verb == verb::sync_delimited ? "\xff" : "") +
                    returned(of, std::to_string(cut));
         }});
    all.push_back(
        {.info = {"sync-through-a-double", "A sync id goes through a double.",
                  "parsers that keep numbers as doubles", "22.1/1"},
         .answer = [](faulty_agent&, const seen_request& of) -> std::optional<std::string> {
             if (!is_sync(of.request.verb)) {
                 return std::nullopt;
             }
             const auto through = static_cast<double>(of.request.sync_id);
             const auto back = through >= 9.2e18 ? std::int64_t{9223372036854774784}
                                                 : static_cast<std::int64_t>(through);
             return (of.request.verb == verb::sync_delimited ? "\xff" : "") +
                    returned(of, std::to_string(back));
         }});
    all.push_back(
        {.info = {"no-sentinel", "guest-sync-delimited sends no 0xFF.", single, "22.2/1"},
         .reply = [](faulty_agent&, verb, std::string& line) { std::erase(line, '\xff'); }});
    all.push_back(
        {.info = {"sentinel-on-every-sync", "guest-sync sends a 0xFF as well.", single, "22.3/2"},
         .reply = [](faulty_agent&, verb what, std::string& line) {
             if (what == verb::sync) {
                 line.insert(0, "\xff");
             }
         }});
    all.push_back({.info = {"sentinel-leaks",
                            "After a failed guest-sync-delimited the next reply has the 0xFF.",
                            "single change of behaviour", "22.3/1"},
                   .reply = [](faulty_agent& agent, verb what, std::string& line) {
                       if (std::exchange(agent.memory[0], 0) != 0 && line.front() != '\xff') {
                           line.insert(0, "\xff");
                       }
                       const bool failed = line.find("guest-sync-delimited") != std::string::npos ||
                                           line.find("argument 'id'") != std::string::npos;
                       agent.memory[0] = what == verb::unknown && failed ? 1 : 0;
                   }});
    return all;
}

std::vector<fault> information_faults() {
    std::vector<fault> all;
    all.push_back({.info = {"info-without-thaw", "guest-info does not list guest-fsfreeze-thaw.",
                            single, "23.2/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::info) {
                           replace_first(line, "guest-fsfreeze-thaw", "guest-fsfreeze-unthaw");
                       }
                   }});
    all.push_back({.info = {"info-twice", "guest-info lists a command twice.", single, "23.8/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::info) {
                           replace_first(line, "guest-sync\"", "guest-ping\"");
                       }
                   }});
    all.push_back({.info = {"info-promises", "guest-info lists a command that does not exist.",
                            "single change of behaviour", "23.3/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::info) {
                           replace_first(line, R"("supported_commands": [)",
                                         R"("supported_commands": [{"enabled": true, "name": )"
                                         R"("guest-get-osinfo", "success-response": true}, )");
                       }
                   }});
    all.push_back(
        {.info = {"info-blind-to-freeze", "guest-info shows every command as enabled while frozen.",
                  single, "24.12/1"},
         .reply = [](faulty_agent&, verb what, std::string& line) {
             if (what == verb::info) {
                 while (replace_first(line, R"("enabled": false)", R"("enabled": true)")) {
                 }
             }
         }});
    all.push_back({.info = {"status-is-an-object", "guest-fsfreeze-status returns an object.",
                            "hypersdk/guestkit: wedges KubeVirt snapshots", "23.4/1"},
                   .reply = [](faulty_agent&, verb what, std::string& line) {
                       if (what == verb::freeze_status) {
                           const auto at = line.find(": ") + 2;
                           line.insert(line.find('"', at + 1) + 1, "}");
                           line.insert(at, R"({"status": )");
                       }
                   }});
    return all;
}

} // namespace

std::vector<fault> wire_faults() {
    std::vector<fault> all = framing_faults();
    for (auto family : {request_faults(), sync_faults(), information_faults()}) {
        std::move(family.begin(), family.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace snapproto::conformance::builtin
