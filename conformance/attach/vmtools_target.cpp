// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/vmtools_target.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/attach/reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

constexpr duration start_wait = std::chrono::seconds(10);

/// One of the two channels, in the target's time.
class guest_direction final : public channel {
  public:
    guest_direction(vmtools_target& guest, std::unique_ptr<channel> real)
        : m_guest(guest), m_real(std::move(real)) {}

    send_result send(std::string_view bytes, duration wait) override {
        m_guest.publish_scripts();
        return m_real->send(bytes, wait / vmtools_target::speed);
    }
    receive_result receive(duration wait) override {
        receive_result got = m_real->receive(wait / vmtools_target::speed);
        m_guest.collect_calls();
        return got;
    }
    bool half_close() override { return false; }
    void close() override { m_real->close(); }

  private:
    vmtools_target& m_guest;
    std::unique_ptr<channel> m_real;
};

/// The device numbers of mounted filesystems: "7:3 7:4".
std::string devices_of(const std::vector<freeze_target*>& filesystems) {
    std::string all;
    for (freeze_target* const one : filesystems) {
        struct stat seen {};
        if (::stat(one->mount().c_str(), &seen) == 0) {
            all += fmt::format("{}{}:{}", all.empty() ? "" : " ", major(seen.st_dev),
                               minor(seen.st_dev));
        }
    }
    return all;
}

/// The command as it was given.
const std::string& with_plugins(const std::string& command) {
    const std::vector<std::string> words = split_words(command);
    if (std::none_of(words.begin(), words.end(), [](const std::string& one) {
            return one == "-p" || one.starts_with("--plugin-path");
        })) {
        throw std::invalid_argument(
            "--spawn: the command has no --plugin-path, and other plugins than that of vmbackup "
            "set the clock or run programs; name a folder that holds libvmbackup.so alone");
    }
    return command;
}

} // namespace

vmtools_target::vmtools_target(const std::string& command, const std::string& work_parent,
                               double timeout_scale, freeze_target_list filesystems)
    : m_filesystems(std::move(filesystems)),
      m_daemon(with_plugins(command), work_parent,
               plays_guest() ? std::vector<std::string>{"hyperv_preload.so", "vmtools_preload.so"}
                             : std::vector<std::string>{"vmtools_preload.so"},
               guest()),
      m_timeout_scale(timeout_scale) {
    start({});
}

std::string vmtools_target::description() const {
    return "spawned: " + m_daemon.text();
}

std::string vmtools_target::replay_flags() const {
    return "--dialect vmbackup" + m_daemon.replay_flags();
}

support vmtools_target::can(capability what) const {
    switch (what) {
    case capability::restart:
    case capability::signal:
        return support::yes();
    case capability::virtual_time:
        return support::no("the daemon runs on the real clock, if faster");
    default:
        return filesystems_can(m_filesystems, what)
            .value_or(support::no("a guest of vmbackup has no such thing"));
    }
}

void vmtools_target::sleep_for(duration span) {
    (void)m_daemon.serve_until_readable(-1, span / speed);
    collect_calls();
}

void vmtools_target::make_scripts() {
    const fs::path config = m_daemon.file("config");
    fs::remove_all(config);
    fs::create_directories(config / "backupScripts.d");
    std::ofstream(config / "tools.conf") << "[logging]\n"
                                            "log = true\n"
                                            "vmtoolsd.level = warning\n"
                                            "vmtoolsd.handler = std\n"
                                            "vmsvc.level = warning\n"
                                            "vmsvc.handler = std\n";
    for (const std::string& name : scripts().names) {
        const fs::path place = config / "backupScripts.d" / name;
        std::ofstream(place) << fmt::format("#!/bin/sh\n"
                                            "echo \"{0} $1\" >>'{1}'\n"
                                            "[ \"$1\" != freeze ] || [ ! -e '{1}.{0}' ]\n",
                                            name, m_daemon.file("hooks"));
        fs::permissions(place, fs::perms::owner_all);
    }
    fs::remove(m_daemon.file("hooks"));
    m_collected = 0;
}

void vmtools_target::publish_scripts() {
    for (const std::string& name : scripts().names) {
        const fs::path marker = m_daemon.file("hooks") + "." + name;
        if (!scripts().failing.contains(name)) {
            fs::remove(marker);
        } else if (!fs::exists(marker)) {
            std::ofstream{marker};
        }
    }
}

void vmtools_target::collect_calls() {
    std::ifstream record(m_daemon.file("hooks"));
    record.seekg(static_cast<std::streamoff>(m_collected));
    for (std::string line; std::getline(record, line) && !record.eof();) {
        const std::size_t blank = line.find(' ');
        scripts().calls.push_back({line.substr(0, blank), line.substr(blank + 1)});
        m_collected += line.size() + 1;
    }
}

void vmtools_target::start(const start_options&) {
    m_daemon.stop();
    guest().reset();
    scripts() = {};
    make_scripts();
    publish_scripts();
    const std::string commands = m_daemon.file("commands");
    const std::string events = m_daemon.file("events");
    const descriptor commands_at = listen_at(commands, SOCK_SEQPACKET);
    const descriptor events_at = listen_at(events, SOCK_SEQPACKET);
    m_commands = m_daemon.start(
        {"SNAPPROTO_VMTOOLS_COMMANDS=" + commands, "SNAPPROTO_VMTOOLS_EVENTS=" + events,
         "SNAPPROTO_VMTOOLS_CONFIG=" + m_daemon.file("config"),
         "SNAPPROTO_VMTOOLS_SPEED=" + std::to_string(speed),
         "SNAPPROTO_VMTOOLS_FREEZES=" + devices_of(freeze_targets())},
        commands_at, std::chrono::duration_cast<duration>(start_wait * m_timeout_scale));
    m_events = descriptor(::accept4(events_at.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!plays_guest()) {
        require_tight();
    }
}

void vmtools_target::require_tight() {
    std::vector<std::string> known;
    for (const auto& one : m_filesystems) {
        known.push_back(one->mount());
    }
    if (const support tight = reaches_only(m_daemon.id(), known); !tight) {
        m_daemon.stop();
        throw unreachable(tight.why + "; --spawn must take the daemon to where nothing but the "
                                      "freeze targets can be frozen");
    }
}

std::unique_ptr<channel> vmtools_target::take(descriptor& opened, std::string_view what) {
    if (!opened) {
        throw unreachable(fmt::format("the daemon opens its channel of {} once", what));
    }
    return std::make_unique<guest_direction>(*this, make_channel(m_daemon, std::move(opened)));
}

std::unique_ptr<channel> vmtools_target::connect(duration) {
    return take(m_commands, "commands");
}

std::unique_ptr<channel> vmtools_target::reports(duration) {
    return take(m_events, "events");
}

} // namespace snapproto::conformance
