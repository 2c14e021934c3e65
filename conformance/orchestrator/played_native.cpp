// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/played_native.hpp"

#include "conformance/native_bytes.hpp"

#include <snapproto/dialect/native/encode.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;

/// Bytes of a line that are kept, to find the mark before a Hello.
constexpr std::size_t kept_bytes = 1024;
/// How far the agent's clock is ahead of the orchestrator's.
constexpr duration clock_offset = 1000000s;
constexpr duration progress_every = 2500ms;

} // namespace

std::string bytes_of(const any_message& message) {
    return native_bytes::framed(message);
}

void native_reaction::fails(verdict reason) {
    error_report report;
    report.phase = agent_phase::freeze;
    report.reason = reason;
    says(std::move(report));
}

void native_reaction::refuses(nak_code code) {
    nak report;
    report.code = code;
    says(std::move(report));
}

void native_reaction::silent() {
    answers.clear();
    step = hold_step::none;
}

// ---- bytes in -----------------------------------------------------------------------------------

void played_native::on_connected(connection on) {
    m_lines[on.number];
    stage().later(progress_every, [this, on] { tick(on); });
}

/// A right agent that has lost its channel undoes what it has begun (SP 10.2).
void played_native::on_disconnected(connection on, bool) {
    m_lines.erase(on.number);
    drop_work();
    thaw_now();
    m_session = {};
    m_ready = false;
}

void played_native::on_received(connection on, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto found = m_lines.find(on.number);
        if (deaf() || found == m_lines.end()) {
            return;
        }
        line& from = found->second;
        const std::size_t taken = from.decoder.feed(as_bytes(bytes));
        from.taken += bytes.substr(0, taken);
        bytes.remove_prefix(taken);
        const auto got = from.decoder.next();
        if (got.has_value()) {
            const any_message message = **got;
            const bool behind_mark = from.taken.ends_with(
                native_bytes::mark() + native_bytes::frame(native_bytes::body(message)));
            hear(on, behind_mark, message);
        } else if (got.has_failure()) {
            m_refused.push_back(fmt::format("{} at byte {}", snapproto::message(got.error().code),
                                            got.error().offset));
            stage().remark(number(), "refuses a frame: " + m_refused.back());
            if (m_session) {
                nak refusal;
                refusal.header = {m_session, {}, {}};
                refusal.code = nak_code::malformed;
                stage().send(on, bytes_of(any_message{std::move(refusal)}));
            }
        } else if (taken == 0) {
            return;
        }
        from.taken.erase(0, from.taken.size() - std::min(from.taken.size(), kept_bytes));
    }
}

void played_native::hear(connection on, bool behind_mark, const any_message& message) {
    native_request request{stage().now(), on, message, behind_mark};
    stage().remark(number(), "hears " + words_of(message));
    note(request);
    const message_kind what = request.kind();
    const native_reaction how = changed(right_reaction(request), request);
    if (what == message_kind::abort || what == message_kind::thaw || what == message_kind::hello) {
        drop_work();
    }
    const std::uint64_t id = ++m_jobs_made;
    m_jobs[id] = {what, how.stubborn};
    stage().later(how.after, [this, id, on, how] {
        if (m_jobs.erase(id) != 0) {
            finish(on, how);
        }
    });
}

/// What is answered by the answer to the request that interrupts it (SP 3.8).
void played_native::drop_work() {
    std::erase_if(m_jobs, [](const auto& one) {
        const message_kind what = one.second.what;
        return !one.second.stubborn &&
               (what == message_kind::prepare || what == message_kind::freeze);
    });
}

// ---- answers ------------------------------------------------------------------------------------

hello_ack played_native::agreement(const hello& opening) {
    const auto& offered = opening.versions;
    hello_ack ack;
    ack.header = opening.header;
    if (std::find(offered.begin(), offered.end(), native::version) != offered.end()) {
        ack.selected = native::version;
    }
    ack.granted = opening.wanted & m_grants;
    ack.hold_max = m_hold_max;
    ack.participants_max = 256;
    ack.generation = generation_id{1};
    m_session = opening.header.session;
    m_granted = ack.granted;
    m_txn = {};
    m_ready = false;
    return ack;
}

native_reaction played_native::right_reaction(const native_request& request) {
    native_reaction how;
    how.of = request.header();
    switch (request.kind()) {
    case message_kind::hello:
        how.says(agreement(request.as<hello>()));
        how.step = hold_step::thaw;
        return how;
    case message_kind::query: {
        status_report report;
        report.phase = phase();
        report.held = frozen() ? 2 : 0;
        how.says(std::move(report));
        return how;
    }
    case message_kind::ping: {
        pong report;
        report.cookie = request.as<ping>().cookie;
        report.phase = phase();
        how.after = 0ms;
        how.says(std::move(report));
        return how;
    }
    case message_kind::prepare: {
        m_txn = request.header().txn;
        m_ready = true;
        prepared_report report;
        report.participants = {{"/srv", participant_kind::filesystem},
                               {"/", participant_kind::filesystem}};
        how.after = 5ms;
        how.says(std::move(report));
        return how;
    }
    case message_kind::freeze: {
        m_txn = request.header().txn;
        frozen_report report;
        report.held = 2;
        how.after = 20ms;
        how.says(std::move(report));
        how.step = hold_step::freeze;
        return how;
    }
    case message_kind::thaw: {
        thawed_report report;
        report.outcome = frozen() ? verdict::clean : verdict::early;
        report.released = frozen() ? 2 : 0;
        report.held_for = frozen() ? duration{stage().now() - holds().back().from} : duration{};
        how.after = 5ms;
        how.says(std::move(report));
        how.step = hold_step::thaw;
        m_ready = false;
        return how;
    }
    case message_kind::complete:
        how.says(completed_report{});
        return how;
    case message_kind::abort:
        how.says(aborted_report{});
        how.step = hold_step::thaw;
        m_ready = false;
        return how;
    default:
        how.refuses(nak_code::unsupported);
        return how;
    }
}

agent_phase played_native::phase() const noexcept {
    return frozen() ? agent_phase::frozen : m_ready ? agent_phase::ready : agent_phase::idle;
}

snapproto::instant played_native::own_clock(instant when) const {
    return snapproto::instant{when.time_since_epoch() + clock_offset};
}

/// What is known of a hold only when it has begun.
void played_native::complete(any_message& answer) const {
    auto* const report = std::get_if<frozen_report>(&answer);
    if (report != nullptr && report->hold_deadline == snapproto::instant{}) {
        report->held_since = own_clock(stage().now());
        report->hold_deadline = report->held_since + m_hold;
    }
}

void played_native::finish(connection on, native_reaction how) {
    if (deaf()) {
        return;
    }
    take(how.step);
    if (!is_open(on)) {
        return;
    }
    std::string bytes = how.lead;
    if (how.instead) {
        bytes += *how.instead;
    } else {
        for (any_message& one : how.answers) {
            complete(one);
            bytes += bytes_of(one);
            stage().remark(number(), "says " + words_of(one));
        }
    }
    bytes += how.trail;
    if (!bytes.empty()) {
        say(on, bytes, how.piece);
    }
    if (how.hangs_up) {
        stage().hang_up(on);
    }
}

void played_native::say(connection on, const std::string& bytes, std::size_t piece) {
    if (piece == 0 || bytes.size() <= piece) {
        stage().send(on, bytes);
        return;
    }
    stage().send(on, bytes.substr(0, piece));
    stage().later(1ms, [this, on, rest = bytes.substr(piece), piece] {
        if (is_open(on)) {
            say(on, rest, piece);
        }
    });
}

void played_native::push(const any_message& message) {
    if (const auto on = open_connection(); on && !deaf()) {
        stage().remark(number(), "says " + words_of(message));
        stage().send(*on, bytes_of(message));
    }
}

/// Signs of life, where they were agreed on (SP 6.11).
void played_native::tick(connection on) {
    if (!is_open(on)) {
        return;
    }
    if (!deaf() && m_progress && (m_granted & feature::keep_alive) != feature::none &&
        (busy() || frozen())) {
        progress_report report;
        report.phase = phase();
        report.ordinal = m_ordinal++;
        announce(std::move(report));
    }
    stage().later(progress_every, [this, on] { tick(on); });
}

} // namespace snapproto::conformance
