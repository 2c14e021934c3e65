// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/played_daemon.hpp"

#include <snapproto/core/bytes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

daemon_asked kind_of_op(std::uint8_t op) {
    switch (static_cast<hyperv::vss_op>(op)) {
    case hyperv::vss_op::hot_backup:
        return daemon_asked::check;
    case hyperv::vss_op::freeze:
        return daemon_asked::freeze;
    case hyperv::vss_op::thaw:
        return daemon_asked::thaw;
    default:
        return daemon_asked::other;
    }
}

std::string text_of(const auto& record) {
    return std::string{as_text(byte_view{record})};
}

daemon_reaction right_reaction(const daemon_request& request) {
    daemon_reaction how;
    switch (request.what) {
    case daemon_asked::check:
        break;
    case daemon_asked::freeze:
        how.after = 20ms;
        how.step = hold_step::freeze;
        break;
    case daemon_asked::thaw:
        how.after = 5ms;
        how.step = hold_step::thaw;
        break;
    case daemon_asked::other:
        how.fails();
        break;
    }
    return how;
}

} // namespace

std::string_view name(daemon_asked what) noexcept {
    constexpr std::array<std::string_view, 4> names{"hot_backup", "freeze", "thaw", "other"};
    return names[static_cast<std::size_t>(what)];
}

void daemon_reaction::fails() {
    error = hyperv::daemon_failed;
    step = hold_step::none;
}

std::string played_daemon::reply(std::int32_t error) {
    hyperv::daemon_reply made;
    made.error = error;
    return text_of(*hyperv::encode(made));
}

// ---- the device ---------------------------------------------------------------------------------

void played_daemon::on_connected(connection on) {
    ++m_turn;
    m_has_version = m_busy = false;
    m_waiting.clear();
    stage().later(m_registers_after, [this, on] {
        if (is_open(on) && !deaf()) {
            stage().remark(number(), "registers");
            stage().send(on, text_of(hyperv::encode(hyperv::registration{})));
        }
    });
}

/// A daemon whose device ends thaws (SP 36.16), unless it has ended itself.
void played_daemon::on_disconnected(connection, bool) {
    ++m_turn;
    m_busy = false;
    m_waiting.clear();
    if (!m_dies) {
        thaw_now();
    }
}

void played_daemon::on_received(connection on, std::string_view record) {
    const auto got = hyperv::decode_from_kernel(as_bytes(record));
    if (!got) {
        m_refused.push_back(fmt::format("{} in a record of {} bytes",
                                        snapproto::message(got.error().code), record.size()));
        stage().remark(number(), "refuses a record: " + m_refused.back());
        return;
    }
    if (const auto* const request = std::get_if<hyperv::kernel_request>(&*got)) {
        hear(on, record, request->op);
    } else {
        stage().remark(number(), "reads the version");
        m_has_version = true;
        ++m_versions;
    }
}

// ---- one request after the other ----------------------------------------------------------------

void played_daemon::hear(connection on, std::string_view record, std::uint8_t op) {
    daemon_request made;
    made.at = stage().now();
    made.on = on;
    made.what = kind_of_op(op);
    made.record = record;
    made.while_in_work = busy();
    made.before_version = !m_has_version;
    stage().remark(number(), fmt::format("hears {} (operation {})", name(made.what), op));
    note(made);
    m_waiting.push_back(std::move(made));
    serve_next();
}

void played_daemon::serve_next() {
    if (m_busy || m_waiting.empty()) {
        return;
    }
    const daemon_request request = std::move(m_waiting.front());
    m_waiting.pop_front();
    const daemon_reaction how = changed(right_reaction(request), request);
    m_busy = true;
    stage().later(how.after, [this, request, how, turn = m_turn] {
        if (turn == m_turn) {
            m_busy = false;
            finish(request, how);
            serve_next();
        }
    });
}

void played_daemon::finish(const daemon_request& request, const daemon_reaction& how) {
    if (deaf()) {
        return;
    }
    take(how.step);
    const auto say = [&](const std::string& record) {
        if (is_open(request.on)) {
            stage().send(request.on, record);
        }
    };
    std::for_each(how.before.begin(), how.before.end(), say);
    if (how.instead) {
        say(*how.instead);
    } else if (how.answers) {
        hyperv::daemon_message asked{};
        std::copy_n(as_bytes(request.record).begin(), std::min(request.record.size(), asked.size()),
                    asked.begin());
        stage().remark(number(), how.error == 0 ? "answers with success" : "answers with failure");
        say(text_of(*hyperv::encode(hyperv::reply_to(asked, how.error))));
    }
    std::for_each(how.behind.begin(), how.behind.end(), say);
    if (how.hangs_up && is_open(request.on)) {
        stage().hang_up(request.on);
    }
}

} // namespace snapproto::conformance
