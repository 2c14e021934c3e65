// SPDX-License-Identifier: BSL-1.0
// SP 23: guest-info and guest-fsfreeze-status, and whether what they say is true.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 8> snapshot_commands{"guest-ping",
                                                            "guest-sync",
                                                            "guest-sync-delimited",
                                                            "guest-info",
                                                            "guest-fsfreeze-status",
                                                            "guest-fsfreeze-freeze",
                                                            "guest-fsfreeze-freeze-list",
                                                            "guest-fsfreeze-thaw"};

/// Commands that change nothing, so that a suite may call them on any guest.
constexpr std::array<std::string_view, 22> harmless_commands{"guest-ping",
                                                             "guest-sync",
                                                             "guest-sync-delimited",
                                                             "guest-info",
                                                             "guest-fsfreeze-status",
                                                             "guest-get-time",
                                                             "guest-get-osinfo",
                                                             "guest-get-host-name",
                                                             "guest-get-users",
                                                             "guest-get-timezone",
                                                             "guest-get-vcpus",
                                                             "guest-network-get-interfaces",
                                                             "guest-get-fsinfo",
                                                             "guest-get-disks",
                                                             "guest-get-diskstats",
                                                             "guest-get-cpustats",
                                                             "guest-get-memory-blocks",
                                                             "guest-get-memory-block-info",
                                                             "guest-get-devices",
                                                             "guest-get-load",
                                                             "guest-network-get-route",
                                                             "guest-ssh-get-authorized-keys"};

struct command_entry {
    std::string name;
    bool enabled = false;
};

/// The list of guest-info; requires its form.
std::vector<command_entry> announced(run_context& run, const reply& info) {
    run.require_value(info, "guest-info");
    const auto* members = info.returned.if_object();
    const auto* version = members != nullptr ? members->if_contains("version") : nullptr;
    run.require(version != nullptr && version->is_string() && !version->get_string().empty(),
                "guest-info has a version", "a string that is not empty", info.words());
    const auto* list = members->if_contains("supported_commands");
    run.require(list != nullptr && list->is_array(), "guest-info has a list of commands",
                "an array supported_commands", info.words());
    std::vector<command_entry> out;
    for (const json::value& one : list->get_array()) {
        const auto* entry = one.if_object();
        const auto* name = entry != nullptr ? entry->if_contains("name") : nullptr;
        const auto* enabled = entry != nullptr ? entry->if_contains("enabled") : nullptr;
        const auto* response = entry != nullptr ? entry->if_contains("success-response") : nullptr;
        run.require(name != nullptr && name->is_string() && enabled != nullptr &&
                        enabled->is_bool() && response != nullptr && response->is_bool(),
                    "each command is listed with name, enabled and success-response",
                    "an object with a string and two booleans", info.words());
        out.push_back({std::string(name->get_string()), enabled->get_bool()});
    }
    return out;
}

std::vector<command_entry> announced(run_context& run) {
    return announced(run, run.client().call("guest-info"));
}

const command_entry* find(const std::vector<command_entry>& list, std::string_view name) {
    const auto at = std::find_if(list.begin(), list.end(),
                                 [&](const command_entry& one) { return one.name == name; });
    return at == list.end() ? nullptr : &*at;
}

/// Calls a harmless command with the arguments that it needs.
reply call_harmless(run_context& run, std::string_view command) {
    json::value arguments;
    if (command.starts_with("guest-sync")) {
        arguments = json::object{{"id", 1}};
    } else if (command == "guest-ssh-get-authorized-keys") {
        arguments = json::object{{"username", "snapproto-nobody"}};
    }
    return run.client().call(command, arguments, {.wait = std::chrono::seconds(10), .id = {}});
}

// catches: an agent that lists plain names, or leaves a member out.
void information_form(run_context& run) {
    run.must_sync();
    const auto list = announced(run);
    run.require(!list.empty(), "guest-info lists commands", "at least one", "none");
    run.note(fmt::format("{} commands are listed", list.size()));
}

// catches: an agent without guest-info's own name in the list, or without the list commands.
void snapshot_commands_listed(run_context& run) {
    run.must_sync();
    const auto list = announced(run);
    for (const std::string_view name : snapshot_commands) {
        const command_entry* entry = find(list, name);
        run.expect(entry != nullptr, "guest-info lists every command that a snapshot needs",
                   fmt::format("an entry for {}", name), "no entry");
        if (entry != nullptr && !entry->enabled) {
            run.note(fmt::format("{} is listed as disabled", name));
        }
    }
}

// catches: an agent that drops a blocked command from the list, or shows it as enabled.
void blocked_command_listed(run_context& run) {
    run.start({.hook = {}, .block_list = {"guest-ping"}});
    run.must_sync();
    const auto list = announced(run);
    const command_entry* entry = find(list, "guest-ping");
    run.expect(entry != nullptr && !entry->enabled, "a blocked command is listed as disabled",
               "guest-ping with enabled false",
               entry == nullptr ? "no entry" : "guest-ping with enabled true");
    run.require_error(run.client().call("guest-ping"), "CommandNotFound", "a blocked command");
    const auto other = find(list, "guest-fsfreeze-status");
    run.expect(other != nullptr && other->enabled, "only what is blocked is disabled",
               "guest-fsfreeze-status with enabled true", "disabled, or no entry");
}

// catches: an agent whose list is a constant that nobody compares with what it does.
void enabled_means_accepted(run_context& run) {
    run.must_sync();
    const auto list = announced(run);
    std::size_t judged = 0;
    for (const std::string_view name : harmless_commands) {
        const command_entry* entry = find(list, name);
        if (entry == nullptr) {
            continue;
        }
        ++judged;
        const reply got = call_harmless(run, name);
        const bool refused = got.is_error() && got.error_class == "CommandNotFound";
        run.expect((got.is_value() || got.is_error()) && refused != entry->enabled,
                   entry->enabled ? "a command shown as enabled is accepted"
                                  : "a command shown as disabled is refused",
                   entry->enabled ? fmt::format("{}: anything but CommandNotFound", name)
                                  : fmt::format("{}: CommandNotFound", name),
                   got.words());
    }
    run.note(fmt::format("{} of {} listed commands were called; the others could change the guest",
                         judged, list.size()));
}

// catches: an agent that answers with a boolean, a number, or an object around the word.
void status_is_a_word(run_context& run) {
    run.must_sync();
    const reply got = run.status();
    run.require(got.returns("thawed") || got.returns("frozen"),
                "guest-fsfreeze-status returns thawed or frozen as a string",
                R"("thawed" or "frozen")", got.words());
    run.require(got.returns("thawed"), "an agent that was left alone is thawed", R"("thawed")",
                got.words());
}

// catches: an agent whose status is a constant, or a property of the connection.
void status_follows_the_agent(run_context& run) {
    (void)run.must_freeze();
    run.require_text(run.status(), "frozen", "guest-fsfreeze-status after a freeze");
    run.reconnect();
    run.must_sync();
    run.require_text(run.status(), "frozen", "guest-fsfreeze-status for the next client");
    run.require_value(run.thaw(), "guest-fsfreeze-thaw");
    run.require_text(run.status(), "thawed", "guest-fsfreeze-status after the thaw");
    run.reconnect();
    run.must_sync();
    run.require_text(run.status(), "thawed", "guest-fsfreeze-status for the next client");
}

// catches: an agent whose status is a flag of its own.
void status_follows_the_filesystem(run_context& run) {
    freeze_target& filesystem = run.filesystem();
    (void)run.must_freeze();
    const auto thawed = filesystem.foreign_thaw();
    if (!thawed || !*thawed) {
        run.skip("the filesystem could not be thawed behind the agent's back: " + thawed.why);
    }
    run.require_text(run.status(), "thawed",
                     "guest-fsfreeze-status after somebody else has thawed everything");
}

void expect_unchanged(run_context& run) {
    const reply info = run.client().call("guest-info");
    const reply state = run.status();
    run.require_value(info, "guest-info");
    run.require_value(state, "guest-fsfreeze-status");
    for (int i = 0; i < 10; ++i) {
        const reply state_again = run.status();
        run.expect(state_again.is_value() && state_again.returned == state.returned,
                   "asking for the status changes nothing", state.words(), state_again.words());
        const reply info_again = run.client().call("guest-info");
        run.expect(info_again.is_value() && info_again.returned == info.returned,
                   "asking for information changes nothing", info.words(), info_again.words());
    }
}

// catches: an agent that finds the truth out by changing it.
void questions_change_nothing(run_context& run) {
    run.must_sync();
    expect_unchanged(run);
}

// catches: an agent that thaws when it is asked how it is.
void questions_change_nothing_frozen(run_context& run) {
    const std::int64_t frozen = run.must_freeze();
    expect_unchanged(run);
    const auto kernel = run.filesystem().is_frozen();
    run.expect(!kernel || *kernel, "asking thaws nothing", "a frozen filesystem", "a thawed one");
    run.require_number(run.thaw(), frozen, "guest-fsfreeze-thaw after many questions");
}

// catches: an agent that lists a command once for each table it is in.
void no_command_twice(run_context& run) {
    run.must_sync();
    auto list = announced(run);
    std::sort(list.begin(), list.end(),
              [](const command_entry& a, const command_entry& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < list.size(); ++i) {
        run.expect(list[i].name != list[i - 1].name, "no command is listed twice",
                   "names that differ", list[i].name);
    }
}

// catches: an agent that serves commands which it keeps out of its list.
void others_absent_or_disabled(run_context& run) {
    run.must_sync();
    const auto list = announced(run);
    std::string absent;
    std::string disabled;
    for (const std::string_view name : harmless_commands) {
        const command_entry* entry = find(list, name);
        if (entry == nullptr) {
            absent += fmt::format(" {}", name);
            run.expect(call_harmless(run, name).error_class == "CommandNotFound",
                       fmt::format("a command that is not listed is not found: {}", name),
                       "CommandNotFound", "another reply");
        }
    }
    for (const command_entry& one : list) {
        disabled += one.enabled ? std::string() : ' ' + one.name;
    }
    run.note("commands that are disabled:" + (disabled.empty() ? " none" : disabled));
    run.note("harmless commands that are absent:" + (absent.empty() ? " none" : absent));
}

} // namespace

void qga_23_information(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*body)(run_context&), std::vector<capability> needs = {}) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .run = body});
    };
    add(sec<23, 1>::value, 1, "guest-info has a version and a list of commands", information_form);
    add(sec<23, 2>::value, 1, "the commands that a snapshot needs are listed",
        snapshot_commands_listed);
    add(sec<23, 2>::value, 2, "a command on the block list is listed as disabled",
        blocked_command_listed, {capability::restart, capability::block_list});
    add(sec<23, 3>::value, 1, "enabled commands are accepted and disabled ones refused",
        enabled_means_accepted);
    add(sec<23, 4>::value, 1, "the status is a string, thawed for an agent left alone",
        status_is_a_word);
    add(sec<23, 5>::value, 1, "the status is frozen after a freeze and thawed after a thaw",
        status_follows_the_agent, {capability::freeze_target, capability::reconnect});
    add(sec<23, 6>::value, 1, "the status is thawed after somebody else has thawed",
        status_follows_the_filesystem, {capability::freeze_target, capability::foreign_freeze});
    add(sec<23, 7>::value, 1, "questions change nothing while thawed", questions_change_nothing);
    add(sec<23, 7>::value, 2, "questions change nothing while frozen",
        questions_change_nothing_frozen, {capability::freeze_target});
    add(sec<23, 8>::value, 1, "no command is listed twice", no_command_twice);
    add(sec<23, 9>::value, 1, "a command that is not listed is not found",
        others_absent_or_disabled);
}

} // namespace snapproto::conformance::clauses
