// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/listen_target.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/interrupt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <utility>

#include <poll.h>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

/// How long the command before a check may take.
constexpr duration before_bound = 120s;
/// How often is looked for what no descriptor tells: the end of the trigger, the marker.
constexpr duration look_every = 5ms;

void replace_all(std::string& text, std::string_view old, std::string_view fresh) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at)) {
        text.replace(at, old.size(), fresh);
        at += fresh.size();
    }
}

} // namespace

listen_target::listen_target(listen_options options)
    : m_options(std::move(options)), m_hub(m_options.listen, handlers_of(0)) {
    if (m_options.second) {
        m_second = std::make_unique<socket_hub>(*m_options.second, handlers_of(1));
    }
    if (!m_options.degraded.empty()) {
        m_degraded.emplace(m_options.degraded);
    }
    if (m_options.qmp) {
        m_monitor = std::make_unique<played_monitor>(*m_options.qmp,
                                                     [this](cut_sign what) { take_cut(what); });
    }
}

socket_hub::handlers listen_target::handlers_of(std::size_t guest) {
    return {.opened =
                [this, guest](std::uint32_t number) {
                    if (m_events != nullptr && guest < m_guests) {
                        m_events->connected({guest, number});
                    }
                },
            .received =
                [this, guest](std::uint32_t number, std::string_view bytes) {
                    if (m_events != nullptr && guest < m_guests) {
                        m_events->received({guest, number}, bytes);
                    }
                },
            .closed =
                [this, guest](std::uint32_t number) {
                    if (m_events != nullptr && guest < m_guests) {
                        m_events->disconnected({guest, number});
                    }
                }};
}

std::string listen_target::description() const {
    return fmt::format("at {}: {}", m_options.listen.text(), m_options.trigger);
}

support listen_target::can(capability what) const {
    switch (what) {
    case capability::cut_seen:
        return m_monitor != nullptr || !m_options.cut_marker.empty()
                   ? support::yes()
                   : support::no("neither --qmp nor --cut-marker is given");
    case capability::cut_control:
        return m_monitor != nullptr ? support::yes() : support::no("--qmp is not given");
    case capability::group:
        return m_second ? support::yes() : support::no("one --listen is one guest");
    case capability::reconnect:
    case capability::connection_oriented:
        return support::yes();
    default:
        return support::no("not of an orchestrator behind a socket");
    }
}

std::string listen_target::replay_flags() const {
    std::string flags = m_options.dialect == "qga"
                            ? std::string{}
                            : fmt::format("--dialect {} ", m_options.dialect);
    flags += fmt::format("--listen {} --trigger {}", shell_quoted(m_options.listen.text()),
                         shell_quoted(m_options.trigger));
    const auto add = [&](std::string_view flag, const std::string& value) {
        if (!value.empty()) {
            flags += fmt::format(" {} {}", flag, shell_quoted(value));
        }
    };
    add("--listen-second", m_options.second ? m_options.second->text() : std::string{});
    add("--trigger-group", m_options.group_trigger);
    add("--before", m_options.before);
    add("--qmp", m_options.qmp ? m_options.qmp->text() : std::string{});
    add("--cut-marker", m_options.cut_marker);
    add("--degraded", m_options.degraded);
    add("--patience", fmt::format("{:g}", milliseconds(m_options.patience) / 1e3));
    add("--hold-limit", fmt::format("{:g}", milliseconds(m_options.hold_limit) / 1e3));
    return flags;
}

std::vector<std::string> listen_target::shell(std::string command) const {
    replace_all(command, "{socket}", m_options.listen.place);
    replace_all(command, "{socket2}", m_options.second ? m_options.second->place : std::string{});
    replace_all(command, "{qmp}", m_options.qmp ? m_options.qmp->place : std::string{});
    replace_all(command, "{marker}", m_options.cut_marker);
    return {"/bin/sh", "-c", std::move(command)};
}

// ---- one snapshot -------------------------------------------------------------------------------

void listen_target::begin(orchestrator_events& to, std::size_t guests, const cut_plan& cut) {
    stop();
    m_events = &to;
    m_guests = guests;
    m_cutting = 0;
    if (m_monitor) {
        m_monitor->plan(cut);
    }
    if (!m_options.before.empty()) {
        run_before();
    }
    if (!m_options.cut_marker.empty()) {
        std::ofstream(m_options.cut_marker, std::ios::trunc).flush();
        m_marked = 0;
    }
    m_trigger =
        std::make_unique<process>(shell(guests > 1 ? m_options.group_trigger : m_options.trigger));
}

void listen_target::run_before() {
    process command(shell(m_options.before));
    const instant end = now() + before_bound;
    std::optional<exit_report> report;
    while (!(report = command.wait_exit(0ns)) && now() < end && !stop_requested()) {
        proceed(now() + look_every);
    }
    if (!report || report->by_signal || report->code != 0) {
        throw unreachable(fmt::format("the command before the snapshot {}: {}",
                                      report ? "failed" : "did not end", command.output()));
    }
}

void listen_target::proceed(instant until) {
    const instant end = std::min(until, now() + look_every);
    std::vector<pollfd> all;
    m_hub.wait_for(all);
    if (m_second) {
        m_second->wait_for(all);
    }
    if (m_monitor) {
        m_monitor->wait_for(all);
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(end - now()).count();
    (void)::poll(all.data(), all.size(), static_cast<int>(std::max<std::int64_t>(0, wait)));
    m_hub.serve();
    if (m_second) {
        m_second->serve();
    }
    if (m_monitor) {
        m_monitor->serve(now());
    }
    if (!m_options.cut_marker.empty() && m_trigger) {
        look_at_marker();
    }
}

void listen_target::look_at_marker() {
    std::ifstream file(m_options.cut_marker, std::ios::binary);
    file.seekg(m_marked);
    std::string line;
    while (std::getline(file, line) && !file.eof()) {
        m_marked = file.tellg();
        take_mark(line);
    }
}

void listen_target::take_mark(const std::string& line) {
    if (m_events == nullptr) {
        return;
    }
    if (line != "end" && line != "fail") {
        m_events->cut_seen(cut_sign::begun);
    }
    if (line != "begin") {
        m_events->cut_seen(line == "fail" ? cut_sign::failed : cut_sign::done);
    }
}

/// The cut of a group begins with the first of its machines and is over with the last.
void listen_target::take_cut(cut_sign what) {
    if (m_events == nullptr) {
        return;
    }
    if (what == cut_sign::begun) {
        if (m_cutting++ == 0) {
            m_cut_failed = false;
            m_events->cut_seen(what);
        }
        return;
    }
    m_cut_failed = m_cut_failed || what == cut_sign::failed;
    if (m_cutting != 0 && --m_cutting == 0) {
        m_events->cut_seen(m_cut_failed ? cut_sign::failed : cut_sign::done);
    }
}

std::optional<snapshot_end> listen_target::ended() {
    const auto report = m_trigger ? m_trigger->wait_exit(0ns) : std::nullopt;
    if (!report) {
        return std::nullopt;
    }
    snapshot_end end;
    end.output = m_trigger->output();
    end.words = report->by_signal ? fmt::format("ended by signal {}", report->code)
                                  : fmt::format("exit status {}", report->code);
    if (!report->by_signal && report->code == 0) {
        const bool less = m_degraded && std::regex_search(end.output, *m_degraded);
        end.claim = less ? claim_made::degraded : claim_made::consistent;
    }
    return end;
}

void listen_target::stop() {
    m_trigger.reset();
    m_events = nullptr;
    m_hub.close_all();
    if (m_second) {
        m_second->close_all();
    }
    if (m_monitor) {
        m_monitor->reset();
    }
}

} // namespace snapproto::conformance
