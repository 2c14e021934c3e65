// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/played_agent.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

constexpr std::array commands{"guest-fsfreeze-thaw",
                              "guest-fsfreeze-freeze",
                              "guest-fsfreeze-freeze-list",
                              "guest-fsfreeze-status",
                              "guest-info",
                              "guest-ping",
                              "guest-sync-delimited",
                              "guest-sync"};

std::string quoted(std::string_view words) {
    return boost::json::serialize(boost::json::string(words));
}

asked kind_of(qga::verb verb) {
    switch (verb) {
    case qga::verb::sync:
    case qga::verb::sync_delimited:
        return asked::sync;
    case qga::verb::info:
        return asked::info;
    case qga::verb::freeze_status:
        return asked::status;
    case qga::verb::freeze:
    case qga::verb::freeze_list:
        return asked::freeze;
    case qga::verb::thaw:
        return asked::thaw;
    default:
        return asked::other;
    }
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

std::string_view name(asked what) noexcept {
    constexpr std::array<std::string_view, 6> names{"synchronisation", "info", "status",
                                                    "freeze",          "thaw", "other"};
    return names[static_cast<std::size_t>(what)];
}

void reaction::returns(std::string_view json) {
    member = fmt::format("\"return\": {}", json);
    step = hold_step::none;
}

void reaction::fails(std::string_view words) {
    member = fmt::format(R"("error": {{"class": "GenericError", "desc": {}}})", quoted(words));
    step = hold_step::none;
}

void reaction::refuses(std::string_view words) {
    member = fmt::format(R"("error": {{"class": "CommandNotFound", "desc": {}}})", quoted(words));
    step = hold_step::none;
}

// ---- bytes in -----------------------------------------------------------------------------------

void played_agent::on_connected(connection on) {
    m_lines[on.number].wedged = m_starts_wedged;
    if (!m_greeting.empty()) {
        stage().send(on, m_greeting);
    }
}

void played_agent::on_disconnected(connection on, bool) {
    m_lines.erase(on.number);
}

void played_agent::on_received(connection on, std::string_view bytes) {
    const auto found = m_lines.find(on.number);
    if (found == m_lines.end()) {
        return;
    }
    line& from = found->second;
    if (from.wedged) {
        const auto reset = bytes.find('\xFF');
        if (reset == std::string_view::npos) {
            return; // part of what another client has begun
        }
        from.wedged = false;
        bytes.remove_prefix(reset);
    }
    take(on, from, bytes);
}

void played_agent::take(connection on, line& from, std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t taken = from.decoder.feed(as_bytes(bytes));
        const auto got = from.decoder.next();
        const bool moved = taken > 0 || got.has_value() || got.has_failure();
        if (!moved) {
            return;
        }
        from.saw_ff = from.saw_ff || bytes.substr(0, taken).find('\xFF') != std::string_view::npos;
        bytes.remove_prefix(taken);
        if (got.has_value()) {
            hear(on, from, *got);
        } else if (got.has_failure()) {
            stage().send(on, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse "
                             "error\"}}\n");
        }
    }
}

void played_agent::hear(connection on, line& from, const qga::request& request) {
    heard_request made;
    made.at = stage().now();
    made.on = on;
    made.what = kind_of(request.verb);
    made.name = std::string(request.name);
    made.id = std::string(request.id.text);
    made.sync_id = request.sync_id;
    made.delimited = request.verb == qga::verb::sync_delimited;
    made.behind_ff = std::exchange(from.saw_ff, false);
    note(made);
    m_waiting.push_back(std::move(made));
    serve_next();
}

// ---- one request after the other ----------------------------------------------------------------

void played_agent::serve_next() {
    if (m_busy || m_waiting.empty()) {
        return;
    }
    const heard_request request = std::move(m_waiting.front());
    m_waiting.pop_front();
    const reaction how = changed(right_reaction(request), request);
    m_busy = true;
    stage().later(how.after, [this, request, how] {
        m_busy = false;
        finish(request, how);
        serve_next();
    });
}

reaction played_agent::right_reaction(const heard_request& request) const {
    reaction how;
    switch (request.what) {
    case asked::sync:
        how.returns(std::to_string(request.sync_id));
        how.lead = request.delimited ? "\xFF" : "";
        return how;
    case asked::info:
        how.returns(info());
        return how;
    case asked::status:
        how.returns(frozen() ? "\"frozen\"" : "\"thawed\"");
        return how;
    case asked::freeze:
        how.after = 20ms;
        if (frozen() || contains(m_disabled, request.name) || contains(m_absent, request.name)) {
            how.refuses(fmt::format("Command {} has been disabled", request.name));
        } else {
            how.returns(std::to_string(filesystems));
            how.step = hold_step::freeze;
        }
        return how;
    case asked::thaw:
        how.after = 5ms;
        if (contains(m_disabled, request.name) || contains(m_absent, request.name)) {
            how.refuses(fmt::format("Command {} has been disabled", request.name));
        } else {
            how.returns(std::to_string(frozen() ? filesystems : 0));
            how.step = hold_step::thaw;
        }
        return how;
    case asked::other:
        break;
    }
    if (request.name == "guest-ping") {
        how.returns("{}");
    } else {
        how.refuses(fmt::format("The command {} has not been found", request.name));
    }
    return how;
}

std::string played_agent::info() const {
    std::string list;
    for (const std::string_view one : commands) {
        if (contains(m_absent, one)) {
            continue;
        }
        const bool off =
            contains(m_disabled, one) || (frozen() && one.starts_with("guest-fsfreeze-freeze"));
        list += fmt::format(R"({}{{"enabled": {}, "name": "{}", "success-response": true}})",
                            list.empty() ? "" : ", ", !off, one);
    }
    return fmt::format(R"({{"version": "8.0.0{}", "supported_commands": [{}]}})",
                       std::string(m_info_padding, 'x'), list);
}

void played_agent::finish(const heard_request& request, const reaction& how) {
    if (deaf()) {
        return;
    }
    played_side::take(how.step);
    if (how.answers) {
        std::string bytes = how.lead;
        if (how.instead) {
            bytes += *how.instead;
        } else {
            const bool echo = how.echoes_id && !request.id.empty();
            bytes += fmt::format("{{{}{}{}{}}}\n", how.member, echo ? ", \"id\": " : "",
                                 echo ? request.id : "", how.more);
        }
        say(request.on, bytes + how.trail, how.piece);
    }
    if (how.hangs_up) {
        stage().hang_up(request.on);
    }
}

void played_agent::say(connection on, const std::string& bytes, std::size_t piece) {
    if (piece == 0 || bytes.size() <= piece) {
        stage().send(on, bytes);
        return;
    }
    stage().send(on, bytes.substr(0, piece));
    m_busy = true; // what comes behind waits
    stage().later(1ms, [this, on, rest = bytes.substr(piece), piece] {
        m_busy = false;
        say(on, rest, piece);
        serve_next();
    });
}

} // namespace snapproto::conformance
