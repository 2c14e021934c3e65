// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/played_tools.hpp"

#include <snapproto/core/bytes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

constexpr duration keep_alive_every = 2500ms;

tools_asked kind_of_command(std::string_view text) {
    const std::string_view word = text.substr(0, text.find(' '));
    switch (vmbackup::find_command(word).value_or(vmbackup::command::ping)) {
    case vmbackup::command::reset:
        return tools_asked::reset;
    case vmbackup::command::capabilities:
        return tools_asked::announce;
    case vmbackup::command::start:
    case vmbackup::command::start_with_options:
        return tools_asked::start;
    case vmbackup::command::snapshot_done:
        return tools_asked::done;
    case vmbackup::command::abort:
        return tools_asked::abort;
    default:
        return tools_asked::other;
    }
}

} // namespace

std::string_view name(tools_asked what) noexcept {
    constexpr std::array<std::string_view, 6> names{
        "reset", "Capabilities_Register", "start", "snapshotDone", "abort", "other"};
    return names[static_cast<std::size_t>(what)];
}

std::string event_bytes(vmbackup::event what, vmbackup::event_code code, std::string_view text) {
    std::string made;
    codec::container_sink sink{made};
    vmbackup::encode(sink, vmbackup::event_report{what, code, text});
    return made;
}

void tools_reaction::refuses(vmbackup::refusal why) {
    silent();
    reply = fmt::format("ERROR {}", vmbackup::wire_text(why));
}

void tools_reaction::silent() {
    reply.reset();
    begins = undoes = false;
    commits_after.reset();
    ends_after.reset();
    before.clear();
}

void played_tools::has_been_started() {
    ++m_operation;
    m_runs = true;
    freeze_now();
}

// ---- the channel --------------------------------------------------------------------------------

void played_tools::on_connected(connection) {
    if (!std::exchange(m_ticks, true)) {
        stage().later(keep_alive_every, [this] { tick(); });
    }
}

/// When the command channel ends everything is thawed (SP 46.8).
void played_tools::on_disconnected(connection, bool) {
    m_runs = false;
    thaw_now();
}

void played_tools::on_received(connection on, std::string_view message) {
    if (message.starts_with("1 ") || message.starts_with("0 ")) {
        hear_answer(on, message.front() == '1');
    } else {
        hear(on, message);
    }
}

void played_tools::hear_answer(connection on, bool taken) {
    const auto asked = std::find_if(m_events.begin(), m_events.end(), [&](const tools_event& one) {
        return one.on == on && !one.taken;
    });
    if (asked == m_events.end()) {
        ++m_answers_too_many;
        return;
    }
    asked->taken = taken;
    // What the host does not take is undone (SP 45.8).
    if (!taken && m_runs && asked->text.find(" req.") == std::string::npos) {
        report(event_bytes(vmbackup::event::aborted, vmbackup::event_code::remote_abort));
        end_now();
    }
}

void played_tools::hear(connection on, std::string_view message) {
    tools_command made;
    made.at = stage().now();
    made.on = on;
    made.what = kind_of_command(message);
    made.text = message;
    made.while_runs = m_runs;
    if (const auto read = vmbackup::decode_command(as_bytes(message)); !read) {
        made.wrong = fmt::format("{} at byte {}", snapproto::message(read.error().code),
                                 read.error().offset);
    }
    note(made);
    const tools_reaction how = changed(right_reaction(made), made);
    ++m_jobs;
    stage().later(how.after, [this, on, how] {
        --m_jobs;
        finish(on, how);
    });
}

tools_reaction played_tools::right_reaction(const tools_command& command) const {
    using vmbackup::refusal;
    tools_reaction how;
    how.reply = "OK ";
    switch (command.what) {
    case tools_asked::reset:
        how.reply = "OK ATR toolbox";
        break;
    case tools_asked::announce:
        break;
    case tools_asked::start:
        if (m_runs) {
            how.refuses(refusal::busy);
        } else {
            how.before = {event_bytes(vmbackup::event::reset)};
            how.begins = true;
            how.commits_after = 20ms;
        }
        break;
    case tools_asked::done:
        if (frozen() && m_runs) {
            how.ends_after = 5ms;
        } else {
            how.refuses(m_runs ? refusal::not_frozen : refusal::idle);
        }
        break;
    case tools_asked::abort:
        if (m_runs) {
            how.undoes = true;
            how.ends_after = 5ms;
        } else {
            how.refuses(refusal::idle);
        }
        break;
    case tools_asked::other:
        if (command.text != "ping") {
            how.refuses(refusal::unknown_command);
        }
        break;
    }
    return how;
}

void played_tools::finish(connection on, const tools_reaction& how) {
    if (deaf() || !is_open(on)) {
        return;
    }
    if (how.begins) {
        ++m_operation;
        m_runs = true;
    }
    for (const std::string& one : how.before) {
        say(on, one);
    }
    if (how.reply) {
        say(on, *how.reply);
    }
    for (const std::string& one : how.behind) {
        say(on, one);
    }
    if (how.undoes) {
        report(event_bytes(vmbackup::event::aborted, vmbackup::event_code::remote_abort));
    }
    if (how.commits_after) {
        ++m_jobs;
        stage().later(*how.commits_after, [this, operation = m_operation] {
            --m_jobs;
            commit(operation);
        });
    }
    if (how.ends_after) {
        ++m_jobs;
        stage().later(*how.ends_after, [this, operation = m_operation] {
            if (operation == m_operation && !deaf()) {
                end_now();
            }
            // Until the host has had the time to answer the last event.
            stage().later(1ms, [this] { --m_jobs; });
        });
    }
    if (how.hangs_up) {
        stage().hang_up(on);
    }
}

void played_tools::commit(std::uint64_t operation) {
    if (operation == m_operation && m_runs && !deaf()) {
        freeze_now();
        report(event_bytes(vmbackup::event::commit));
    }
}

void played_tools::end_now() {
    thaw_now();
    if (std::exchange(m_runs, false)) {
        report(event_bytes(vmbackup::event::done));
    }
}

void played_tools::report(const std::string& event) {
    if (const auto on = open_connection(); on && !deaf()) {
        say(*on, event);
    }
}

void played_tools::say(connection on, const std::string& message) {
    if (message.starts_with(vmbackup::event_request)) {
        m_events.push_back({stage().now(), on, message, std::nullopt});
    }
    stage().send(on, message);
}

/// Signs of life (SP 45.17).
void played_tools::tick() {
    if (m_runs && m_keeps_alive) {
        report(event_bytes(vmbackup::event::keep_alive));
    }
    stage().later(keep_alive_every, [this] { tick(); });
}

} // namespace snapproto::conformance
