// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/agent_setup.hpp"

#include "conformance/attach/connect_target.hpp"
#include "conformance/attach/named_filesystem.hpp"
#include "conformance/attach/spawn_target.hpp"
#include "conformance/builtin/builtin.hpp"
#include "conformance/effects/mounted_filesystem.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

baseline parse_baseline(const std::string& path, const std::string& text) {
    try {
        return read_baseline(text);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(fmt::format("{}: {}", path, wrong.what()));
    }
}

std::string tail_for_replay(const agent_options& options) {
    std::string tail;
    if (!options.replay_head.empty()) {
        return tail; // Whatever attaches then knows the freeze targets.
    }
    for (const auto& mount : options.freeze_targets) {
        tail += " --freeze-target " + shell_quoted(mount);
    }
    tail += options.remote ? " --remote" : "";
    tail += options.any_device ? " --any-device" : "";
    return tail;
}

freeze_target_list make_freeze_targets(const agent_options& options) {
    freeze_target_list all;
    for (const auto& mount : options.freeze_targets) {
        if (options.remote) {
            all.push_back(std::make_unique<named_filesystem>(
                mount, "the agent runs in another machine (--remote)"));
            continue;
        }
        try {
            all.push_back(effects::open_freeze_target(mount, {.any_device = options.any_device}));
        } catch (const effects::unsuitable& why) {
            throw usage_error(fmt::format("--freeze-target: {}{}", why.what(),
                                          options.connect.empty()
                                              ? ""
                                              : " (--remote, if the agent runs in another "
                                                "machine)"));
        }
    }
    return all;
}

std::unique_ptr<target> attach_builtin(const agent_options& options) {
    if (!options.freeze_targets.empty()) {
        throw usage_error("--freeze-target goes with --connect and --spawn; the embedded agent "
                          "has filesystems of its own");
    }
    try {
        return make_builtin(options.builtin, options.seed);
    } catch (const std::invalid_argument& wrong) {
        std::vector<std::string> known{"reference"};
        for (const fault_info& one : builtin_faults()) {
            known.emplace_back(one.name);
        }
        const std::string_view near = nearest(options.builtin, known);
        throw usage_error(fmt::format("--builtin {}: {}{}", options.builtin, wrong.what(),
                                      near.empty() ? " (snapcheck list --faults shows the names)"
                                                   : fmt::format("; did you mean {}?", near)));
    }
}

} // namespace

agent_plan make_plan(const agent_options& options) {
    require_dialect(options.dialect);
    if (!options.shim.empty()) {
        throw usage_error(
            "--shim is not available in this version; an adapter can listen on a unix "
            "socket instead: --spawn 'ADAPTER {socket}', or --connect unix:PATH to "
            "one that runs");
    }
    if (!std::isfinite(options.timeout_scale)) {
        throw usage_error("--timeout-scale: not a number");
    }
    agent_plan plan;
    plan.embedded = options.connect.empty() && options.spawn.empty();
    plan.reports = read_reports(options.reports);
    const auto all = qga_checks().all();
    for (const check& one : all) {
        plan.all_ids.push_back(one.id());
    }
    try {
        plan.checks = select(all, options.selected);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    if (plan.checks.empty()) {
        throw usage_error("the selection leaves no check to run");
    }
    plan.all_selected = plan.checks.size() == all.size();
    if (!options.baseline.empty()) {
        const auto text = read_file(options.baseline);
        if (!text) {
            throw usage_error(fmt::format("--baseline {}: cannot be read", options.baseline));
        }
        plan.expected = parse_baseline(options.baseline, *text);
    }
    if (!options.write_baseline.empty()) {
        require_directory_of("--write-baseline", options.write_baseline);
        if (const auto text = read_file(options.write_baseline)) {
            plan.written_before = parse_baseline(options.write_baseline, *text);
        }
    }
    plan.replay_tail = tail_for_replay(options);
    return plan;
}

std::unique_ptr<target> attach(const agent_options& options) {
    try {
        if (!options.connect.empty()) {
            return std::make_unique<connect_target>(parse_address(options.connect),
                                                    make_freeze_targets(options));
        }
        if (!options.spawn.empty()) {
            return std::make_unique<spawn_target>(spawn_command(options.spawn),
                                                  make_freeze_targets(options), options.work_dir,
                                                  options.timeout_scale);
        }
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    return attach_builtin(options);
}

} // namespace snapproto::conformance
