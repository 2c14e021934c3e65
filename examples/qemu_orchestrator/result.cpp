// SPDX-License-Identifier: BSL-1.0
#include "result.hpp"

#include <snapproto/version.hpp>

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace snaptake {

namespace json = boost::json;
using snapproto::session_outcome;
using snapproto::to_string;

namespace {

double milliseconds(snapproto::duration span) {
    return std::round(std::chrono::duration<double, std::micro>(span).count()) / 1e3;
}

std::string_view word(cut_method how) {
    return how == cut_method::overlay ? "overlay" : "backup";
}

json::object describe(const disk_copy& one, const snapshot_result& all) {
    json::object made{{"disk", one.of.name()},
                      {"image", one.of.image},
                      {"file", one.file},
                      {"state", name(one.state)}};
    if (all.kept() && one.state == file_state::made) {
        made["copy"] = one.copy(all.method);
    }
    if (!one.trouble.empty()) {
        made["trouble"] = one.trouble;
    }
    return made;
}

json::object describe(const machine_result& one, const snapshot_result& all) {
    json::object made{{"name", one.name},
                      {"verdict", to_string(one.verdict)},
                      {"frozen", one.frozen},
                      {"may_be_frozen", one.may_be_frozen}};
    if (!one.trouble.empty()) {
        made["trouble"] = one.trouble;
    }
    json::array disks;
    for (const disk_copy& copy : one.copies) {
        disks.push_back(describe(copy, all));
    }
    made["disks"] = std::move(disks);
    return made;
}

std::string disk_line(const disk_copy& one, const snapshot_result& all) {
    std::string words = fmt::format("  {:<10}", one.of.name());
    if (all.kept() && one.state == file_state::made) {
        words += all.method == cut_method::overlay
                     ? fmt::format("copy {}, the machine goes on in {}", one.of.image, one.file)
                     : fmt::format("copy {}", one.file);
    } else {
        words += fmt::format("{} {}", name(one.state), one.file);
    }
    return words + (one.trouble.empty() ? "" : ": " + one.trouble) + "\n";
}

} // namespace

std::vector<std::string> left_behind(const snapshot_result& result) {
    std::vector<std::string> files;
    for (const machine_result& machine : result.machines) {
        for (const disk_copy& one : machine.copies) {
            if (one.state == file_state::left || one.state == file_state::unknown ||
                (one.state == file_state::made && !result.kept())) {
                files.push_back(one.file);
            }
        }
    }
    return files;
}

json::object to_json(const snapshot_result& result) {
    json::array machines;
    for (const machine_result& one : result.machines) {
        machines.push_back(describe(one, result));
    }
    json::array left;
    for (const std::string& file : left_behind(result)) {
        left.emplace_back(file);
    }
    return {{"tool", "snaptake"},
            {"version", SNAPPROTO_VERSION_STRING},
            {"outcome", to_string(result.outcome)},
            {"label", to_string(result.label)},
            {"wanted", to_string(result.wanted)},
            {"reason", result.reason},
            {"interrupted", result.interrupted},
            {"method", word(result.method)},
            {"held_ms", milliseconds(result.held)},
            {"cut_ms", milliseconds(result.cut)},
            {"machines", std::move(machines)},
            {"left_behind", std::move(left)}};
}

json::object plan_to_json(const snapshot_result& result) {
    json::array machines;
    for (const machine_result& one : result.machines) {
        json::array disks;
        for (const disk_copy& copy : one.copies) {
            disks.push_back(json::object{{"disk", copy.of.name()},
                                         {"bytes", copy.of.bytes},
                                         {"image", copy.of.image},
                                         {"file", copy.file}});
        }
        machines.push_back(json::object{{"name", one.name},
                                        {"disks", std::move(disks)},
                                        {"left_out", json::value_from(one.left_out)},
                                        {"transaction", cut_arguments(one.copies, result.method)}});
    }
    return {{"tool", "snaptake"},
            {"version", SNAPPROTO_VERSION_STRING},
            {"method", word(result.method)},
            {"plan", std::move(machines)}};
}

std::string plan_to_table(const snapshot_result& result) {
    std::string words;
    for (const machine_result& one : result.machines) {
        words += fmt::format("{}\n", one.name);
        for (const disk_copy& copy : one.copies) {
            words += fmt::format("  {:<10}{:.1f} MiB in {}, new file {}\n", copy.of.name(),
                                 static_cast<double>(copy.of.bytes) / (1 << 20), copy.of.image,
                                 copy.file);
        }
        for (const std::string& remark : one.left_out) {
            words += fmt::format("  left out  {}\n", remark);
        }
    }
    return words +
           fmt::format("{} would be frozen, cut by {} in one transaction each, and thawed\n",
                       result.machines.size() == 1 ? "it" : "all of them", word(result.method));
}

std::string to_table(const snapshot_result& result) {
    std::string words =
        fmt::format("snapshot {}, consistency {}{}{}\n", to_string(result.outcome),
                    to_string(result.label), result.reason.empty() ? "" : ": ", result.reason);
    if (result.interrupted) {
        words += "it was interrupted\n";
    }
    if (result.held > snapproto::duration{}) {
        words +=
            fmt::format("held for {:.1f} ms, cut in {:.1f} ms by {}\n", milliseconds(result.held),
                        milliseconds(result.cut), word(result.method));
    }
    for (const machine_result& one : result.machines) {
        words += fmt::format("{}: verdict {}, {} filesystems held{}{}\n", one.name,
                             to_string(one.verdict), one.frozen, one.trouble.empty() ? "" : ": ",
                             one.trouble);
        for (const disk_copy& copy : one.copies) {
            words += disk_line(copy, result);
        }
        if (one.may_be_frozen) {
            words += fmt::format("  {} may still be frozen: look after it, or restart its agent\n",
                                 one.name);
        }
    }
    for (const std::string& file : left_behind(result)) {
        words += fmt::format("left behind: {}\n", file);
    }
    return words;
}

int status_of(const snapshot_result& result) noexcept {
    if (result.unreachable) {
        return exit_status::unreachable;
    }
    const bool frozen = std::any_of(result.machines.begin(), result.machines.end(),
                                    [](const machine_result& one) { return one.may_be_frozen; });
    const bool good =
        result.outcome == session_outcome::success && result.label >= result.wanted && !frozen;
    return good ? exit_status::ok : exit_status::failed;
}

} // namespace snaptake
