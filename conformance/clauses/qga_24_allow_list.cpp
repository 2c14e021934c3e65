// SPDX-License-Identifier: BSL-1.0
// SP 24.11 to 24.13: what an agent serves while frozen.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

bool is_allowed(const std::string& command) {
    return std::find(allow_list().begin(), allow_list().end(), command) != allow_list().end();
}

/// Commands that a wrong agent must not be given the occasion to execute.
bool is_dangerous(const std::string& command) {
    return command.starts_with("guest-suspend") || command.starts_with("guest-set-") ||
           command.starts_with("guest-ssh-") || command == "guest-shutdown";
}

/// What makes a right request of it, where that can do no harm should it be executed after all.
/// Elsewhere an argument that nobody knows keeps it from doing much.
json::value arguments_for(run_context& run, const std::string& command) {
    if (command == "guest-fsfreeze-freeze-list") {
        return json::object{{"mountpoints", json::array{run.filesystem().mount()}}};
    }
    if (command.starts_with("guest-get-") || command.starts_with("guest-network-get-")) {
        return nullptr;
    }
    return json::object{{"snapcheck-unknown", true}};
}

// catches: an agent without an allow-list, and one that forgot a command in it
void others_are_refused(run_context& run) {
    run.must_sync();
    const auto known = commands(run);
    require_freeze(run, {0});
    int refused = 0;
    std::string left_out;
    for (const auto& [command, enabled] : known) {
        if (is_allowed(command)) {
            continue;
        }
        if (is_dangerous(command)) {
            left_out += (left_out.empty() ? "" : ", ") + command;
            continue;
        }
        const reply got = run.client().call(command, arguments_for(run, command));
        run.require_error(got, "CommandNotFound", command + " while frozen");
        ++refused;
    }
    run.note(fmt::format("{} commands tried while frozen; not tried, for safety: {}", refused,
                         left_out.empty() ? "none" : left_out));
    run.require(refused > 0, "there are commands to be refused",
                "at least guest-fsfreeze-freeze in guest-info", "none");
    require_thaw(run, 1, "after refused commands");
}

// catches: an agent that refuses a command in its reply and executes it all the same
void refused_is_not_executed(run_context& run) {
    run.must_sync();
    const auto known = commands(run);
    const auto open = known.find("guest-file-open");
    if (open == known.end() || !open->second) {
        run.inapplicable("the agent does not serve guest-file-open, whose effect could be seen");
    }
    const std::string path = run.filesystem(1).mount() + "/snapcheck-not-executed";
    const json::object to_write{{"path", path}, {"mode", "w"}};
    const json::object to_read{{"path", path}, {"mode", "r"}};
    run.require_error(run.client().call("guest-file-open", to_read), "",
                      "reading a file that is not there");
    require_freeze(run, {0});
    run.require_error(run.client().call("guest-file-open", to_write), "CommandNotFound",
                      "guest-file-open while frozen");
    require_thaw(run, 1, "after a refused command");
    run.require_error(run.client().call("guest-file-open", to_read), "",
                      "reading the file that must not have been made");
}

// catches: an agent whose guest-info shows all commands as enabled while frozen
void info_tells_the_truth(run_context& run) {
    run.must_sync();
    const auto before = commands(run);
    require_freeze(run, {0});
    const auto while_frozen = commands(run);
    for (const auto& [command, enabled] : while_frozen) {
        const bool allowed = is_allowed(command);
        run.expect(enabled == allowed,
                   fmt::format("guest-info shows {} as {} while frozen", command,
                               allowed ? "enabled" : "disabled"),
                   allowed ? "enabled: true" : "enabled: false",
                   enabled ? "enabled: true" : "enabled: false");
    }
    run.expect(while_frozen.size() == before.size(), "the list is as long as when thawed",
               fmt::format("{} commands", before.size()),
               fmt::format("{} commands", while_frozen.size()));
    require_thaw(run, 1, "after guest-info while frozen");
}

// catches: an agent that refuses more than it must, so that a client cannot find its way back
void allowed_are_answered(run_context& run) {
    run.must_sync();
    require_freeze(run, {0});
    const reply pong = run.client().call("guest-ping");
    run.require_value(pong, "guest-ping while frozen");
    run.expect(pong.returned.is_object() && pong.returned.get_object().empty(),
               "guest-ping while frozen returns what it returns when thawed", "return is {}",
               pong.words());
    run.require_value(run.client().call("guest-info"), "guest-info while frozen");
    const std::int64_t id = run.client().fresh_id();
    run.require_number(run.client().call("guest-sync", json::object{{"id", id}}), id,
                       "guest-sync while frozen");
    run.require(run.client().sync(), "guest-sync-delimited works while frozen",
                "the id, behind a 0xFF", "neither to three attempts");
    require_status(run, "frozen", "while frozen");
    require_thaw(run, 1, "after the other commands of the allow-list");
}

} // namespace

void qga_24_allow_list(registry& checks) {
    using enum capability;
    checks.add({.about = sec<24, 11>::value,
                .index = 1,
                .title = "while frozen each command outside the allow-list is refused",
                .needs = {freeze_target},
                .run = others_are_refused});
    checks.add({.about = sec<24, 11>::value,
                .index = 2,
                .title = "a command refused while frozen is not executed",
                .needs = {two_freeze_targets},
                .run = refused_is_not_executed});
    checks.add({.about = sec<24, 12>::value,
                .index = 1,
                .title = "while frozen guest-info shows the allow-list, and only it, as enabled",
                .needs = {freeze_target},
                .run = info_tells_the_truth});
    checks.add({.about = sec<24, 13>::value,
                .index = 1,
                .title = "while frozen ping, info, both syncs, status and thaw work as usual",
                .needs = {freeze_target},
                .run = allowed_are_answered});
}

} // namespace snapproto::conformance::clauses
