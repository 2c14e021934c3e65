// SPDX-License-Identifier: BSL-1.0
#include "settings.hpp"

#include <snapproto/core/limits.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>
#include <stdexcept>

namespace snaptake {

namespace {

using namespace std::chrono_literals;

struct unit {
    std::string_view name;
    snapproto::duration span;
};
constexpr std::array units{unit{"ms", 1ms}, unit{"s", 1s}, unit{"m", 1min}, unit{"h", 1h}};

// More is a slip of the keyboard, and would be more than the library's clock can count.
constexpr double span_max_s = 24.0 * 3600;

[[noreturn]] void wrong(std::string words) {
    throw std::runtime_error(std::move(words));
}

} // namespace

snapproto::duration parse_span(std::string_view text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    const std::string_view name(rest, static_cast<std::size_t>(end - rest));
    for (const unit& one : units) {
        if (error == std::errc{} && name == one.name) {
            const double seconds = number * std::chrono::duration<double>(one.span).count();
            if (!(seconds > 0 && seconds <= span_max_s)) {
                wrong(fmt::format("{}: from 1ms to 24h is allowed", text));
            }
            return std::chrono::round<snapproto::duration>(std::chrono::duration<double>{seconds});
        }
    }
    wrong(fmt::format("{}: a number and a unit are wanted (ms, s, m or h), as in 500ms", text));
}

std::string span_words(snapproto::duration span) {
    const double seconds = std::chrono::duration<double>(span).count();
    return seconds < 1 ? fmt::format("{:.3g}ms", seconds * 1e3) : fmt::format("{:.4g}s", seconds);
}

machine_settings parse_machine(std::string_view text) {
    machine_settings made;
    for (std::size_t at = 0; at <= text.size();) {
        std::string part;
        for (; at < text.size(); ++at) {
            if (text[at] == ',' && !(at + 1 < text.size() && text[at + 1] == ',')) {
                break;
            }
            at += text[at] == ',' ? 1U : 0U;
            part += text[at];
        }
        ++at;
        const auto equals = part.find('=');
        const std::string key = part.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
        if (value.empty()) {
            wrong(fmt::format("'{}' in '{}': KEY=VALUE is wanted", part, text));
        }
        if (key == "disk") {
            made.disks.push_back(value);
        } else if (key == "mount") {
            made.mounts.push_back(value);
        } else if (std::string* const field = key == "name"    ? &made.name
                                              : key == "agent" ? &made.agent
                                              : key == "qmp"   ? &made.qmp
                                                               : nullptr) {
            if (!field->empty()) {
                wrong(fmt::format("{} is given twice in '{}'", key, text));
            }
            *field = value;
        } else {
            wrong(fmt::format("no key is named '{}': name, agent, qmp, disk and mount are", key));
        }
    }
    return made;
}

void check_machines(std::vector<machine_settings>& machines) {
    if (machines.empty()) {
        wrong("no machine is given: --agent and --qmp, or --machine");
    }
    if (machines.size() > snapproto::group_limits::agents_max) {
        wrong(fmt::format("{} machines: at most {} make a group", machines.size(),
                          snapproto::group_limits::agents_max));
    }
    std::set<std::string> names;
    std::set<std::string> sockets;
    for (std::size_t i = 0; i < machines.size(); ++i) {
        machine_settings& one = machines[i];
        if (one.name.empty()) {
            one.name = fmt::format("machine{}", i + 1);
        }
        if (one.name.find('/') != std::string::npos) { // it becomes a part of files' names
            wrong(fmt::format("the name '{}' has a slash in it", one.name));
        }
        if (one.agent.empty() || one.qmp.empty()) {
            wrong(fmt::format("{}: {} is missing", one.name,
                              one.agent.empty() ? "the agent's socket" : "the monitor's socket"));
        }
        if (!names.insert(one.name).second) {
            wrong(fmt::format("two machines are named {}", one.name));
        }
        if (!sockets.insert(one.agent).second) {
            wrong(fmt::format("two machines have the agent {}", one.agent));
        }
    }
}

} // namespace snaptake
