// SPDX-License-Identifier: BSL-1.0
// snapagent: a guest agent for snapshots. It takes qemu-ga's command line and answers the commands
// that a snapshot needs, or speaks the native dialect.
#include "agent.hpp"
#include "freezer.hpp"
#include "hooks.hpp"
#include "mounts.hpp"
#include "plugins.hpp"
#include "settings.hpp"
#include "watchdog.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/mman.h>

#include <boost/algorithm/string/split.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using snapagent::settings;

constexpr int status_failed = 1;
constexpr int status_usage = 2;

constexpr std::string_view default_port = "/dev/virtio-ports/org.qemu.guest_agent.0";

/// "file-lock=FILE takes the lock ...", one a line.
std::string words_of_plugins() {
    std::string all;
    for (const auto& one : snapagent::plugin_kinds()) {
        all += fmt::format("\n{}={} {}", one.name, one.takes, one.does);
    }
    return all;
}

/// Says what a freeze of everything would do.
int show_plan(const settings& how) {
    const auto around = snapagent::find_filesystems(std::nullopt);
    for (const auto& program : snapagent::find_hooks(how.hook)) {
        fmt::print("hook        {} freeze\n", program);
    }
    for (const auto& words : how.plugins) {
        fmt::print("plug-in     {}\n", words);
    }
    for (const auto& one : around.found) {
        fmt::print("filesystem  {} ({})\n", one.mount_point, one.type);
    }
    for (const auto& remark : around.remarks) {
        fmt::print("left out    {}\n", remark);
    }
    fmt::print("{} filesystems would be frozen in this order, and thawed in the other one\n",
               around.found.size());
    return 0;
}

int serve(const settings& how) {
    std::signal(SIGPIPE, SIG_IGN);
    // Pages that would have to be read from a frozen swap file or written back are none.
    ::mlockall(MCL_CURRENT | MCL_FUTURE);
    try {
        snapagent::agent(how).run();
    } catch (const std::exception& error) {
        fmt::print(stderr, "snapagent: {}\n", error.what());
        return status_failed;
    }
    std::_Exit(0); // a worker that the kernel keeps waiting is not waited for
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view role = argc == 2 ? argv[1] : "";
    if (role == "--sentinel") {
        return snapagent::stand_sentinel(3, 4);
    }
    if (role == "--watchdog") {
        return snapagent::stand_guard();
    }

    settings how;
    std::string blocked;
    std::string unused;
    bool dry_run = false;
    CLI::App app{
        "A guest agent that quiesces applications and freezes filesystems for snapshots.\n"
        "It answers guest-sync, -ping, -info and the guest-fsfreeze commands of QEMU's agent, or\n"
        "speaks snapproto's own dialect."};
    app.set_config("-c,--config", "", "Configuration file, with long options as keys");
    app.set_version_flag("-V,--version", "snapagent 0.1.0");
    app.add_option("--dialect", how.dialect, "What it speaks: QEMU's agent's, or snapproto's own")
        ->check(CLI::IsMember({"qga", "native"}))
        ->capture_default_str();
    app.add_option("-m,--method", how.method, "How the host reaches it")
        ->check(CLI::IsMember({"virtio-serial", "unix-listen", "vsock-listen"}))
        ->capture_default_str();
    app.add_option(
        "-p,--path", how.path,
        fmt::format("The port or socket; for vsock CID:PORT or PORT (default: {})", default_port));
    app.add_option("-t,--statedir", unused, "Taken for qemu-ga's sake: it needs no record");
    app.add_option("-f,--pidfile", how.pid_file, "Where it leaves its own number");
    app.add_option("-l,--logfile", how.log_file, "Its log (default: standard error)");
    app.add_option("-F,--fsfreeze-hook", how.hook,
                   "Called with freeze and thaw: a program, or a directory of them")
        ->expected(0, 1)
        ->default_str("/etc/qemu/fsfreeze-hook");
    app.add_option("--plugin", how.plugins,
                   "Something linked in that takes part (repeatable):" + words_of_plugins())
        ->type_name("NAME=ARGUMENT");
    app.add_option("-b,--block-rpcs", blocked,
                   "Commands of qga to switch off, separated by commas");
    app.add_option("--hold-limit", how.hold_limit_s, "Seconds after which it thaws by itself")
        ->check(CLI::Range(0.1, 600.0))
        ->capture_default_str();
    app.add_option("--hook-limit", how.hook_limit_s, "Seconds that hooks may take in all")
        ->check(CLI::Range(0.1, 600.0))
        ->capture_default_str();
    app.add_flag("--dry-run", dry_run, "Say what would be frozen, in which order, and end");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : status_usage;
    }
    if (how.path.empty()) {
        const bool native = how.dialect == "native"; // the port with that name is qga's
        if (native || how.method != "virtio-serial") {
            fmt::print(stderr, "snapagent: --{} needs --path\n",
                       native ? "dialect native" : "method " + how.method);
            return status_usage;
        }
        how.path = default_port;
    }
    if (!blocked.empty()) {
        if (how.dialect == "native") {
            fmt::print(stderr, "snapagent: --block-rpcs is for the dialect qga\n");
            return status_usage;
        }
        boost::split(how.blocked, blocked, [](char c) { return c == ','; });
    }
    try {
        boost::asio::io_context unused_here;
        for (const auto& words : how.plugins) {
            (void)snapagent::make_plugin(unused_here, words);
        }
    } catch (const std::runtime_error& error) {
        fmt::print(stderr, "snapagent: --plugin: {}\n", error.what());
        return status_usage;
    }
    return dry_run ? show_plan(how) : serve(how);
}
