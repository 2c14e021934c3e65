// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/agent_setup.hpp"

#include "conformance/attach/connect_target.hpp"
#include "conformance/attach/named_filesystem.hpp"
#include "conformance/attach/spawn_target.hpp"
#include "conformance/builtin/builtin.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/effects/mounted_filesystem.hpp"
#include "conformance/shim/shim_target.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace snapproto::conformance {
namespace {

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

std::unique_ptr<target> attach_virtual(const agent_options& options) {
    if (!options.freeze_targets.empty()) {
        throw usage_error("--freeze-target goes with --connect and --spawn; the embedded agent "
                          "and an adapter have filesystems of their own");
    }
    if (!options.shim.empty()) {
        return make_shim(options.shim, options.timeout_scale);
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

agent_plan make_plan(const agent_options& options) {
    agent_plan plan{make_judging_plan(options, find_dialect(options.dialect).agent_checks().all())};
    plan.embedded = options.connect.empty() && options.spawn.empty() && options.shim.empty();
    plan.replay_tail = tail_for_replay(options);
    return plan;
}

std::unique_ptr<target> attach(const agent_options& options) {
    try {
        return find_dialect(options.dialect).attach(options);
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
}

std::unique_ptr<target> attach_qga(const agent_options& options) {
    if (!options.root.empty()) {
        throw usage_error("--root is for the dialect hyperv: its daemon opens a device, which has "
                          "to be made in its root directory");
    }
    if (!options.connect.empty()) {
        return std::make_unique<connect_target>(parse_address(options.connect),
                                                make_freeze_targets(options));
    }
    if (!options.spawn.empty()) {
        return std::make_unique<spawn_target>(spawn_command(options.spawn),
                                              make_freeze_targets(options), options.work_dir,
                                              options.timeout_scale);
    }
    return attach_virtual(options);
}

} // namespace snapproto::conformance
