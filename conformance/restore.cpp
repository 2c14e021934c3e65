// SPDX-License-Identifier: BSL-1.0
#include "conformance/restore.hpp"

#include "conformance/budget.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/qga_client.hpp"
#include "conformance/transcript.hpp"

#include <exception>

namespace snapproto::conformance {
namespace {

constexpr duration conversation_bound = std::chrono::seconds(10);

void add(std::string& list, std::string_view words) {
    if (!list.empty()) {
        list += "; ";
    }
    list += words;
}

settlement try_to_settle(target& agent, double scale, settle_function settle, bool again) {
    try {
        budget time(agent, conversation_bound, scale);
        time.ignore_interrupt();
        return settle(agent, time, again);
    } catch (const std::exception& failure) {
        return {false, failure.what()};
    }
}

} // namespace

bool kernel_holds_a_target(target& agent) {
    bool frozen = false;
    for (freeze_target* one : agent.freeze_targets()) {
        const auto seen = one->is_frozen();
        frozen = frozen || (seen && *seen);
    }
    return frozen;
}

settlement settle_by_qga(target& agent, budget& time, bool again) {
    transcript unused;
    qga_client client(agent.connect(time.allow(std::chrono::seconds(3))), agent, time, unused,
                      "restore", 0x7265'7374'6f72'6501U + (again ? 1U : 0U));
    const bool in_step =
        client.sync(std::chrono::seconds(1)) || client.sync_plain(std::chrono::seconds(1));
    reply status = client.call("guest-fsfreeze-status", nullptr, {std::chrono::seconds(1), {}});
    if (!in_step && !status.is_value() && !status.is_error()) {
        return {false, "the agent did not answer afterwards"};
    }
    if (!status.returns("thawed") || kernel_holds_a_target(agent)) {
        (void)client.call("guest-fsfreeze-thaw");
        status = client.call("guest-fsfreeze-status");
    }
    if (kernel_holds_a_target(agent)) {
        return {true, "a filesystem stayed frozen after guest-fsfreeze-thaw"};
    }
    if (status.returns("frozen")) {
        return {true, "the agent still said frozen after guest-fsfreeze-thaw"};
    }
    return {true, {}};
}

bool thaw_from_outside(target& agent) {
    bool all = true;
    for (freeze_target* one : agent.freeze_targets()) {
        try {
            const auto thawed = one->foreign_thaw();
            all = all && thawed && *thawed;
        } catch (const std::exception&) {
            all = false;
        }
    }
    return all;
}

restore_report restore(target& agent, double timeout_scale, bool fresh_start,
                       settle_function settle) {
    restore_report report;
    try {
        const bool can_restart = agent.can(capability::restart).present;
        const bool dead = agent.can(capability::signal) && !agent.alive();
        bool mute = false;
        if (!(fresh_start && can_restart) && !dead) {
            if (played_hook* hook = agent.hook()) {
                hook->play({});
            }
            const settlement first = try_to_settle(agent, timeout_scale, settle, false);
            if (first.wrong.empty()) {
                report.ready = true;
                return report;
            }
            add(report.trouble, first.wrong);
            mute = !first.answers;
        }
        if (kernel_holds_a_target(agent)) {
            (void)thaw_from_outside(agent);
            if (dead || !report.trouble.empty()) {
                add(report.trouble, "thawed from outside");
            }
        }
        if (mute && stop_requested() && !kernel_holds_a_target(agent)) {
            return report; // Thawed is what counts now; another conversation would only take time.
        }
        if (can_restart) {
            // A fresh agent is as good as it gets, whatever it says then: that is for the checks.
            agent.start({});
            report.ready = !kernel_holds_a_target(agent);
            if (!report.trouble.empty()) {
                add(report.trouble, "started afresh");
            }
        } else {
            const settlement second = try_to_settle(agent, timeout_scale, settle, true);
            report.ready = second.wrong.empty();
            if (!report.ready && second.wrong != report.trouble) {
                add(report.trouble, second.wrong);
            }
        }
    } catch (const std::exception& failure) {
        add(report.trouble, failure.what());
    }
    if (!report.ready && kernel_holds_a_target(agent) && !thaw_from_outside(agent)) {
        add(report.trouble, "a filesystem may still be frozen");
    }
    return report;
}

} // namespace snapproto::conformance
