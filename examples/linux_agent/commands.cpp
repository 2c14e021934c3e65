// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"

#include "descriptor.hpp"
#include "disks.hpp"
#include "mount_table.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/rtc.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace snapagent {
namespace {

namespace json = boost::json;
using snapproto::qga::verb;

[[noreturn]] void fail(std::string_view what) {
    throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

// ---- filesystems --------------------------------------------------------------------------------

/// btrfs has devices of its own making; where it lies is what was mounted.
dev_t device_of(const mount_line& one) {
    struct stat seen {};
    return ::stat(one.source.c_str(), &seen) == 0 && S_ISBLK(seen.st_mode) ? seen.st_rdev
                                                                           : one.device;
}

json::value filesystems_told() {
    json::array all;
    std::vector<mount_line> told;
    for (const mount_line& one : mount_table()) {
        const auto same = [&](const mount_line& other) {
            return same_filesystem(other, one) && other.mount_point == one.mount_point;
        };
        struct statvfs sizes {};
        if (!one.on_own_device() || std::any_of(told.begin(), told.end(), same) ||
            ::statvfs(one.mount_point.c_str(), &sizes) != 0) {
            continue;
        }
        told.push_back(one);
        json::array disks;
        for (const disk& below : disks_of(device_of(one))) {
            disks.push_back({{"bus-type", below.bus},
                             {"bus", below.channel},
                             {"target", below.target},
                             {"unit", below.unit},
                             {"dev", below.device},
                             {"pci-controller",
                              {{"domain", below.pci.domain},
                               {"bus", below.pci.bus},
                               {"slot", below.pci.slot},
                               {"function", below.pci.function}}}});
        }
        const std::uint64_t block = sizes.f_frsize;
        all.push_back({{"name", one.source.substr(one.source.rfind('/') + 1)},
                       {"mountpoint", one.mount_point},
                       {"type", one.type},
                       {"used-bytes", block * (sizes.f_blocks - sizes.f_bfree)},
                       {"total-bytes", block * (sizes.f_blocks - sizes.f_bfree + sizes.f_bavail)},
                       {"disk", std::move(disks)}});
    }
    return all;
}

// ---- the clock ----------------------------------------------------------------------------------

constexpr std::int64_t second_ns = 1'000'000'000;

json::value time_told() {
    timespec now{};
    if (::clock_gettime(CLOCK_REALTIME, &now) != 0) {
        fail("the clock cannot be read");
    }
    return now.tv_sec * second_ns + now.tv_nsec;
}

descriptor hardware_clock(int mode) {
    descriptor clock{::open("/dev/rtc0", mode | O_CLOEXEC)};
    if (!clock) {
        fail("/dev/rtc0 cannot be opened");
    }
    return clock;
}

/// The hardware clock counts in UTC, as that of a virtual machine of Linux does.
json::value set_time(std::optional<std::int64_t> time_ns) {
    timespec wanted{};
    if (time_ns) {
        if (*time_ns < 0) {
            throw std::runtime_error("the time is before 1970");
        }
        wanted = {*time_ns / second_ns, *time_ns % second_ns};
    } else {
        rtc_time read{};
        const descriptor clock = hardware_clock(O_RDONLY);
        if (::ioctl(clock.get(), RTC_RD_TIME, &read) != 0) {
            fail("the hardware clock cannot be read");
        }
        std::tm parts{};
        parts.tm_sec = read.tm_sec;
        parts.tm_min = read.tm_min;
        parts.tm_hour = read.tm_hour;
        parts.tm_mday = read.tm_mday;
        parts.tm_mon = read.tm_mon;
        parts.tm_year = read.tm_year;
        wanted.tv_sec = ::timegm(&parts);
    }
    if (::clock_settime(CLOCK_REALTIME, &wanted) != 0) {
        fail("the clock cannot be set");
    }
    if (time_ns) {
        std::tm parts{};
        ::gmtime_r(&wanted.tv_sec, &parts);
        rtc_time written{};
        written.tm_sec = parts.tm_sec;
        written.tm_min = parts.tm_min;
        written.tm_hour = parts.tm_hour;
        written.tm_mday = parts.tm_mday;
        written.tm_mon = parts.tm_mon;
        written.tm_year = parts.tm_year;
        const descriptor clock = hardware_clock(O_WRONLY);
        if (::ioctl(clock.get(), RTC_SET_TIME, &written) != 0) {
            fail("the hardware clock cannot be set, but the system's is");
        }
    }
    return json::object{};
}

// ---- the system ---------------------------------------------------------------------------------

/// The value of a line of os-release(5), without its quotes.
std::string unquoted(std::string_view value) {
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
        value = value.substr(1, value.size() - 2);
    }
    std::string plain;
    for (std::size_t i = 0; i < value.size(); ++i) {
        plain += value[i] == '\\' && i + 1 < value.size() ? value[++i] : value[i];
    }
    return plain;
}

json::value system_told() {
    json::object told;
    utsname kernel{};
    if (::uname(&kernel) == 0) {
        told["kernel-release"] = kernel.release;
        told["kernel-version"] = kernel.version;
        told["machine"] = kernel.machine;
    }
    std::ifstream in("/etc/os-release");
    if (!in) {
        in.clear();
        in.open("/usr/lib/os-release");
    }
    constexpr std::array<std::array<std::string_view, 2>, 7> members{
        {{"ID", "id"},
         {"NAME", "name"},
         {"PRETTY_NAME", "pretty-name"},
         {"VERSION", "version"},
         {"VERSION_ID", "version-id"},
         {"VARIANT", "variant"},
         {"VARIANT_ID", "variant-id"}}};
    for (std::string line; std::getline(in, line);) {
        const std::string_view name = std::string_view{line}.substr(0, line.find('='));
        for (const auto& [known, member] : members) {
            if (name == known && name.size() < line.size()) {
                told[json::string_view{member.data(), member.size()}] =
                    unquoted(std::string_view{line}.substr(name.size() + 1));
            }
        }
    }
    return told;
}

json::value name_told() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) {
        fail("the host's name cannot be had");
    }
    return json::object{{"host-name", name.data()}};
}

json::value done(verb what, std::optional<std::int64_t> time_ns) {
    switch (what) {
    case verb::get_fsinfo:
        return filesystems_told();
    case verb::get_time:
        return time_told();
    case verb::set_time:
        return set_time(time_ns);
    case verb::get_osinfo:
        return system_told();
    case verb::get_host_name:
        return name_told();
    default:
        throw std::runtime_error("there is no such command");
    }
}

} // namespace

command_result do_command(verb what, std::optional<std::int64_t> time_ns) {
    try {
        return {json::serialize(done(what, time_ns)), {}};
    } catch (const std::exception& error) {
        return {{}, error.what()};
    }
}

} // namespace snapagent
