// SPDX-License-Identifier: BSL-1.0
// snaptake: takes application-consistent snapshots of running QEMU machines, and verifies them.
#include "result.hpp"
#include "run.hpp"
#include "settings.hpp"
#include "verify.hpp"

#include <snapproto/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snaptake;

/// The time as a part of a file's name: 20260102T030405Z.
std::string time_tag() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// Without an exception when nobody reads it.
void show(const std::string& text) {
    std::fputs(text.c_str(), stdout);
}

/// An option that is a span with a unit.
void add_span(CLI::App& app, const std::string& flag, snapproto::duration& span,
              const std::string& words) {
    app.add_option_function<std::string>(
           flag,
           [flag, &span](const std::string& text) {
               try {
                   span = parse_span(text);
               } catch (const std::exception& error) {
                   throw CLI::ValidationError(flag, error.what());
               }
           },
           fmt::format("{} (default: {})", words, span_words(span)))
        ->type_name("SPAN");
}

/// What `take` is told, before it is checked.
struct take_words {
    settings how;
    machine_settings single;
    std::vector<std::string> machines;
    std::string method = "overlay";
    std::string wanted = "filesystem";
};

void add_take(CLI::App& app, take_words& to) {
    settings& how = to.how;
    app.add_option("--agent", to.single.agent, "Of one machine: the socket of its guest agent");
    app.add_option("--qmp", to.single.qmp, "The socket of its monitor");
    app.add_option("--name", to.single.name, "How it is called in the result");
    app.add_option("--disk", to.single.disks,
                   "A disk by device, node or qdev (default: all that can be written)");
    app.add_option("--mount", to.single.mounts, "A mount point to freeze (default: all)");
    app.add_option("--machine", to.machines,
                   "One of several machines: name=N,agent=PATH,qmp=PATH[,disk=D][,mount=M]...");
    app.add_option("--method", to.method,
                   "overlay: the machine goes on in a new file; backup: the "
                   "old state is copied to a new file")
        ->check(CLI::IsMember({"overlay", "backup"}))
        ->capture_default_str();
    app.add_option("--into", how.into, "The folder of new files (default: beside each image)")
        ->check(CLI::ExistingDirectory);
    app.add_option("--tag", how.tag, "A part of their names (default: the time)");
    app.add_option("--want", to.wanted, "What is less is no success")
        ->check(CLI::IsMember({"filesystem", "application"}))
        ->capture_default_str();
    app.add_flag("--crash-ok", how.crash_ok, "Cut also when no agent can be reached");
    app.add_flag("--keep-degraded", how.keep_degraded, "Keep a copy whose hold was cut short");
    add_span(app, "--reach-limit", how.reach_limit, "For agents and monitors to answer");
    add_span(app, "--hold-limit", how.hold_limit, "From the freeze to the thaw");
    add_span(app, "--cut-limit", how.cut_limit, "For QEMU to fix the snapshot point");
    add_span(app, "--thaw-limit", how.thaw_limit, "After which a thaw counts as failed");
    add_span(app, "--settle-limit", how.settle_limit, "For a guest that may still be frozen");
    app.add_flag("--json", how.json, "The result as one JSON object on standard output");
    app.add_flag("-v,--verbose", how.verbose, "Each step, on standard error");
    app.add_flag("--dry-run", how.dry_run, "Ask what there is, freeze nothing, and say the plan");
}

/// Errors: `std::runtime_error`, which says what is wrong.
settings checked(take_words& words) {
    settings how = words.how;
    for (const std::string& one : words.machines) {
        how.machines.push_back(parse_machine(one));
    }
    const machine_settings& single = words.single;
    if (!single.agent.empty() || !single.qmp.empty()) {
        if (!how.machines.empty()) {
            throw std::runtime_error(
                "--agent and --qmp are of one machine, --machine is of several");
        }
        how.machines.push_back(single);
    }
    check_machines(how.machines);
    how.method = words.method == "backup" ? cut_method::backup : cut_method::overlay;
    how.wanted = words.wanted == "application" ? snapproto::consistency::application
                                               : snapproto::consistency::filesystem;
    // The cut must be over a margin before the end: a fifth, and at least a second (SP 12.21).
    if (how.hold_limit < std::chrono::milliseconds{1500}) {
        throw std::runtime_error("--hold-limit: at least 1500ms is needed");
    }
    how.tag = how.tag.empty() ? time_tag() : how.tag;
    // It becomes a part of the names of QEMU's nodes, which may have 31 bytes.
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (how.tag.size() > 20 || how.tag.find_first_not_of(allowed) != std::string::npos) {
        throw std::runtime_error("--tag: at most 20 letters, digits, - and _ are allowed");
    }
    if (!how.into.empty()) {
        how.into = std::filesystem::absolute(how.into)
                       .lexically_normal()
                       .string(); // QEMU's folder is another one
    }
    return how;
}

int take(take_words& words) {
    settings how;
    try {
        how = checked(words);
    } catch (const std::exception& error) {
        fmt::print(stderr, "snaptake take: {}\n", error.what());
        return exit_status::usage;
    }
    const snapshot_result result = take_snapshot(how);
    const bool plan = how.dry_run && result.kept();
    if (how.json) {
        show(boost::json::serialize(plan ? plan_to_json(result) : to_json(result)) + "\n");
    } else {
        show(plan ? plan_to_table(result) : to_table(result));
    }
    return plan ? exit_status::ok : status_of(result);
}

void add_verify(CLI::App& app, verify_settings& how, bool& json) {
    app.add_option("image", how.image, "The copy: any image that qemu-img can read")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--format", how.format, "Its format (default: what qemu-img finds)");
    auto* folder =
        app.add_option("--folder", how.folder, "A folder in the filesystem, for --judge");
    auto* judge =
        app.add_option("--judge", how.judge,
                       "Shell command that ends with status 0 if the folder is as it should "
                       "be; {folder} is replaced by the path of a copy");
    folder->needs(judge);
    judge->needs(folder);
    app.add_option("--partition", how.partition, "Where the folder is (default: the only one)");
    app.add_flag("--recover", how.recover, "Replay the journal first: of a copy labelled crash");
    app.add_option("--work", how.work, "Where raw copies are made (default: for temporary files)")
        ->check(CLI::ExistingDirectory);
    add_span(app, "--limit", how.limit, "For each tool");
    app.add_flag("--json", json, "The result as one JSON object on standard output");
}

int verify(const verify_settings& how, bool json) {
    try {
        const auto steps = verify_image(how);
        show(json ? boost::json::serialize(to_json(steps)) + "\n" : to_table(steps));
        return status_of(steps);
    } catch (const std::exception& error) {
        fmt::print(stderr, "snaptake verify: {}\n", error.what());
        return exit_status::unreachable;
    }
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Takes snapshots of running QEMU machines that need no repair: freezes through the\n"
        "guest agent, cuts through the monitor, thaws, and says what the copy is worth."};
    app.set_version_flag("-V,--version", "snaptake " SNAPPROTO_VERSION_STRING);
    app.require_subcommand(1);
    take_words words;
    CLI::App* const taking =
        app.add_subcommand("take", "Take a snapshot of one or several machines");
    add_take(*taking, words);
    taking->footer(
        "A SPAN is a number and a unit: 500ms, 10s, 2m.\n"
        "Exit status: 0 there is a snapshot and it is what was wanted; 1 there is none, or "
        "it is less;\n2 wrong usage; 3 an agent or monitor cannot do what is wanted, and "
        "nothing was done.");
    verify_settings verified;
    bool json = false;
    CLI::App* const verifying = app.add_subcommand("verify", "Look at what is in a copy");
    add_verify(*verifying, verified, json);
    verifying->footer("Exit status: 0 all is as it should be; 1 something is not; 2 wrong usage; 3 "
                      "something cannot be looked at.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exit_status::ok : exit_status::usage;
    }
    return verifying->parsed() ? verify(verified, json) : take(words);
}
