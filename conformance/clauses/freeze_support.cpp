// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/freeze_support.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace snapproto::conformance::clauses {
namespace json = boost::json;
namespace {

/// A step that had ended before the freeze may still be on its way into the writer's count.
constexpr duration counted_late = 60ms;
/// How long a writer is watched that must not move; it makes at least ten steps a second.
constexpr duration watched = 300ms;

json::value list_of(const std::vector<std::string>& mount_points) {
    json::array list;
    for (const auto& one : mount_points) {
        list.emplace_back(one);
    }
    return json::object{{"mountpoints", std::move(list)}};
}

} // namespace

reply freeze_with(run_context& run, const json::value& arguments, duration wait) {
    return run.client().call("guest-fsfreeze-freeze-list", arguments, {.wait = wait, .id = {}});
}

reply freeze_all(run_context& run, duration wait) {
    return run.client().call("guest-fsfreeze-freeze", nullptr, {.wait = wait, .id = {}});
}

std::string freeze_request(const std::vector<std::string>& mount_points) {
    return qga_client::request("guest-fsfreeze-freeze-list", list_of(mount_points));
}

void require_freeze(run_context& run, const std::vector<std::size_t>& which) {
    std::vector<std::string> names;
    for (const std::size_t one : which) {
        names.push_back(run.filesystem(one).mount());
    }
    run.require_number(run.freeze(names), static_cast<std::int64_t>(names.size()),
                       fmt::format("a freeze of {} thawed filesystem(s)", names.size()));
}

void require_status(run_context& run, std::string_view status, std::string_view when) {
    run.require_text(run.status(), status, fmt::format("guest-fsfreeze-status {}", when));
}

void require_thawed(run_context& run, std::string_view when) {
    require_status(run, "thawed", when);
    expect_all_released(run, when);
}

void require_thaw(run_context& run, std::int64_t count, std::string_view when) {
    run.require_number(run.thaw(), count, fmt::format("guest-fsfreeze-thaw {}", when));
    require_thawed(run, "after the reply to thaw");
}

std::map<std::string, bool> commands(run_context& run) {
    const reply info = run.client().call("guest-info");
    run.require_value(info, "guest-info");
    std::map<std::string, bool> all;
    const auto* members = info.returned.if_object();
    const auto* list = members != nullptr ? members->if_contains("supported_commands") : nullptr;
    if (list != nullptr && list->is_array()) {
        for (const auto& one : list->get_array()) {
            const auto* entry = one.if_object();
            const auto* name = entry != nullptr ? entry->if_contains("name") : nullptr;
            const auto* enabled = entry != nullptr ? entry->if_contains("enabled") : nullptr;
            if (name != nullptr && name->is_string() && enabled != nullptr && enabled->is_bool()) {
                all[std::string(name->get_string())] = enabled->get_bool();
            }
        }
    }
    run.require(!all.empty(), "guest-info lists the commands",
                "supported_commands: a list of {name, enabled}", info.words());
    return all;
}

const std::vector<std::string>& allow_list() {
    static const std::vector<std::string> names = {"guest-ping",
                                                   "guest-info",
                                                   "guest-sync",
                                                   "guest-sync-delimited",
                                                   "guest-fsfreeze-status",
                                                   "guest-fsfreeze-thaw"};
    return names;
}

std::optional<bool> held(run_context& run, std::size_t which) {
    return run.filesystem(which).is_frozen().value;
}

bool expect_held(run_context& run, std::size_t which, bool wanted, std::string_view when) {
    const std::optional<bool> seen = held(run, which);
    return !seen ||
           run.expect(*seen == wanted,
                      fmt::format("{} is {} {}", run.filesystem(which).mount(),
                                  wanted ? "held frozen" : "not frozen", when),
                      wanted ? "the kernel holds it frozen" : "the kernel does not hold it",
                      *seen ? "the kernel holds it frozen" : "the kernel does not hold it");
}

bool expect_all_released(run_context& run, std::string_view when) {
    bool all = true;
    for (std::size_t i = 0; i < run.mounts().size(); ++i) {
        all = expect_held(run, i, false, when) && all;
    }
    return all;
}

void release_from_outside(run_context& run) {
    for (std::size_t i = 0; i < run.mounts().size(); ++i) {
        (void)run.filesystem(i).foreign_thaw();
    }
}

std::shared_ptr<writer> moving_writer(run_context& run, std::size_t which) {
    const auto started = run.filesystem(which).start_writer();
    if (!started) {
        run.skip(fmt::format("no writer on {}: {}", run.filesystem(which).mount(), started.why));
    }
    if (!(*started)->moves_within(run.limit(3s))) {
        run.skip(fmt::format("the writer on {} makes no step even before the freeze",
                             run.filesystem(which).mount()));
    }
    return *started;
}

bool expect_blocked(run_context& run, writer& busy, std::string_view when) {
    run.sleep_for(counted_late);
    const std::uint64_t before = busy.progress();
    const bool blocked = busy.blocked_for(watched);
    return run.expect(blocked, fmt::format("a writer blocks {}", when),
                      fmt::format("no step within {:.0f} ms", milliseconds(watched)),
                      fmt::format("{} more step(s)", busy.progress() - before));
}

bool expect_moving(run_context& run, writer& busy, std::string_view when) {
    return run.expect(busy.moves_within(run.limit(5s)), fmt::format("a writer goes on {}", when),
                      "a step within 5 s", "no step");
}

void start_with_hook(run_context& run, const hook_script& script) {
    start_options options;
    options.hook = script;
    run.start(options);
    run.must_sync();
}

bool wait_for_hook(run_context& run, std::string_view argument, duration wait) {
    const instant end = run.now() + run.limit(wait);
    while (run.now() < end) {
        for (const auto& call : run.hook().calls()) {
            if (call.argument() == argument) {
                return true;
            }
        }
        run.sleep_for(10ms);
    }
    return false;
}

std::string calls_so_far(run_context& run) {
    std::string words;
    for (const auto& call : run.hook().calls()) {
        words += words.empty() ? "" : " ";
        words += call.arguments.empty() ? "(no argument)" : call.argument();
    }
    return words;
}

bool expect_calls(run_context& run, std::string_view wanted, std::string_view when) {
    const auto words = [](std::string_view calls) {
        return calls.empty() ? std::string("no call") : fmt::format("the calls: {}", calls);
    };
    const std::string seen = calls_so_far(run);
    return run.expect(seen == wanted, fmt::format("the hook calls {} are the right ones", when),
                      words(wanted), words(seen));
}

} // namespace snapproto::conformance::clauses
