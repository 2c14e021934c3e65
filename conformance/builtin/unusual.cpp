// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/unusual.hpp"

#include "conformance/builtin/fault_words.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace snapproto::conformance {
namespace builtin {
namespace {

using namespace std::chrono_literals;
using qga::verb;

fault changes_replies(std::string_view name, std::string_view sentence, std::string_view clause,
                      std::function<void(faulty_agent&, verb, std::string&)> change) {
    return {.info = {name, sentence, clause, ""}, .reply = std::move(change)};
}

/// Where the object of a reply begins: behind the 0xFF of a delimited synchronisation.
std::size_t object_of(const std::string& line) {
    return line.find('{');
}

/// Puts the id in front of the other member.
void put_id_first(faulty_agent&, verb, std::string& line) {
    const auto at = line.find(R"(, "id": )"); // an id may hold another one
    const auto end = line.rfind('}');
    if (at == std::string::npos || end < at) {
        return;
    }
    const std::string id = line.substr(at + 2, end - at - 2) + ", ";
    line.erase(at, end - at);
    line.insert(object_of(line) + 1, id);
}

/// Takes line feeds away that follow another one.
void swallow_empty_lines(faulty_agent&, std::string& bytes) {
    while (bytes.ends_with("\n\n")) {
        bytes.pop_back();
    }
}

std::vector<fault> in_words() {
    std::vector<fault> all;
    all.push_back(changes_replies("says-why-in-other-words", "Error texts are in other words.",
                                  "SP 21.21", [](faulty_agent&, verb, std::string& line) {
                                      const auto at = line.find(R"("desc": ")");
                                      if (at != std::string::npos) {
                                          line.insert(at + 9, "ach, das geht leider nicht: ");
                                      }
                                  }));
    all.push_back(changes_replies("says-why-in-chinese", "Error texts are not in ASCII.",
                                  "SP 20.6, 21.21", [](faulty_agent&, verb, std::string& line) {
                                      replace_first(line, R"("desc": ")",
                                                    "\"desc\": \"\xe9\x8c\xaf\xe8\xaa\xa4 ");
                                  }));
    all.push_back(changes_replies("says-no-more-than-no", "Error texts are one letter long.",
                                  "SP 21.6, 21.21", [](faulty_agent&, verb, std::string& line) {
                                      const auto at = line.find(R"("desc": ")");
                                      const auto end =
                                          at == std::string::npos ? at : line.find('"', at + 9);
                                      if (end != std::string::npos && line[end - 1] != '\\') {
                                          line.replace(at + 9, end - at - 9, "-");
                                      }
                                  }));
    all.push_back(changes_replies("adds-members-to-errors", "An error object has a further member.",
                                  "SP 21.6", [](faulty_agent&, verb, std::string& line) {
                                      replace_first(line, R"({"error": {)",
                                                    R"({"error": {"x-errno": 95, )");
                                  }));
    all.push_back(changes_replies(
        "adds-members-to-information", "guest-info has a further member.", "SP 23.1",
        [](faulty_agent&, verb what, std::string& line) {
            if (what == verb::info) {
                replace_first(line, R"({"return": {)", R"({"return": {"x-build": [1, {"a": 2}], )");
            }
        }));
    return all;
}

std::vector<fault> in_form() {
    std::vector<fault> all;
    all.push_back(changes_replies("puts-the-id-first", "The id is the first member of a reply.",
                                  "SP 20.5", put_id_first));
    all.push_back(changes_replies("spreads-its-replies", "Replies have white space to spare.",
                                  "SP 20.5", [](faulty_agent&, verb, std::string& line) {
                                      const auto at = object_of(line);
                                      const auto end = line.rfind('}');
                                      if (at != std::string::npos && end > at) {
                                          line.insert(end, " \t ");
                                          line.insert(at + 1, " \t ");
                                      }
                                  }));
    all.push_back(
        changes_replies("escapes-needlessly", "Letters are written as escapes.", "SP 20.6",
                        [](faulty_agent&, verb, std::string& line) {
                            replace_first(line, R"("return": "t)", R"("return": "\u0074)");
                            replace_first(line, R"("return": "f)", R"("return": "\u0066)");
                        }));
    all.push_back({.info = {"ignores-empty-lines",
                            "Line feeds without anything before them are "
                            "not even read.",
                            "SP 20.4", ""},
                   .input = swallow_empty_lines});
    return all;
}

std::vector<fault> in_conduct() {
    std::vector<fault> all;
    all.push_back({.info = {"holds-for-eight-seconds", "The hold limit is shorter.", "SP 28.2", ""},
                   .settings = [](agent_settings& set) { set.hold_limit = 8s; }});
    all.push_back({.info = {"holds-for-a-minute", "The hold limit is longer.", "SP 28.2", ""},
                   .settings = [](agent_settings& set) { set.hold_limit = 60s; }});
    all.push_back(
        {.info = {"takes-long-requests", "A request may have a mebibyte.", "SP 20.14", ""},
         .settings = [](agent_settings& set) { set.message_bytes_max = 1024 * 1024; }});
    all.push_back({.info = {"takes-deep-requests", "A request may have 1000 brackets.",
                            "SP 20.12, 20.13", ""},
                   .settings = [](agent_settings& set) { set.nesting_max = 1000; }});
    all.push_back({.info = {"takes-few-brackets", "A request may have 32 brackets and no more.",
                            "SP 20.13", ""},
                   .settings = [](agent_settings& set) { set.nesting_max = 32; }});
    all.push_back({.info = {"gives-hooks-two-minutes", "A hook may take longer.", "SP 26.9", ""},
                   .settings = [](agent_settings& set) { set.hook_limit = 120s; }});
    all.push_back({.info = {"tells-all-of-a-hook", "An error text has more of a hook's output.",
                            "SP 26.11", ""},
                   .settings = [](agent_settings& set) { set.output_in_error_max = 4000; }});
    return all;
}

} // namespace

const std::vector<fault>& unusual_agents() {
    static const std::vector<fault> agents = [] {
        std::vector<fault> all;
        for (auto family : {in_words(), in_form(), in_conduct()}) {
            std::move(family.begin(), family.end(), std::back_inserter(all));
        }
        std::sort(all.begin(), all.end(),
                  [](const fault& a, const fault& b) { return a.info.name < b.info.name; });
        return all;
    }();
    return agents;
}

} // namespace builtin

std::span<const fault_info> builtin_unusual_agents() {
    static const std::vector<fault_info> infos = [] {
        std::vector<fault_info> made;
        for (const auto& one : builtin::unusual_agents()) {
            made.push_back(one.info);
        }
        return made;
    }();
    return infos;
}

} // namespace snapproto::conformance
