// SPDX-License-Identifier: BSL-1.0
#include "conformance/vmbackup_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace snapproto::conformance {
namespace {

constexpr duration step = std::chrono::milliseconds(20);

byte_view view_of(std::string_view bytes) {
    return std::as_bytes(std::span(bytes));
}

} // namespace

std::string guest_answer::words() const {
    switch (status) {
    case receive_status::nothing:
        return "nothing";
    case receive_status::closed:
        return "the end of the channel";
    case receive_status::data:
        break;
    }
    return fmt::format("'{}'", printable(bytes));
}

vmbackup_host::vmbackup_host(run_context& context)
    : m_context(context),
      m_target(dynamic_cast<vmbackup_target&>(context.agent())),
      m_commands(m_target.connect(context.time().allow(reply_wait))),
      m_reports(m_target.reports(context.time().allow(reply_wait))) {}

template <class Done>
bool vmbackup_host::pump(duration span, Done&& done) {
    const instant end = m_context.now() + m_context.limit(span);
    for (;;) {
        take_events();
        if (done()) {
            return true;
        }
        if (m_context.now() >= end) {
            return false;
        }
        m_target.sleep_for(m_context.time().allow(step));
    }
}

void vmbackup_host::take_events() {
    for (;;) {
        receive_result got = m_reports->receive(duration{0});
        note_calls();
        if (got.status != receive_status::data) {
            return;
        }
        const std::string sent = got.bytes;
        // The guest of open-vm-tools sends the zero byte that ends its text; hosts stop there.
        if (got.bytes.ends_with('\0')) {
            got.bytes.pop_back();
        }
        seen_event seen{std::move(got.bytes), {}, 0, {}, m_context.now(), held()};
        if (const auto read = vmbackup::decode_event(view_of(seen.bytes))) {
            seen.what = read->what;
            seen.code = static_cast<int>(read->code);
            seen.text = read->text;
        }
        const bool refused = seen.what && m_refused.contains(*seen.what);
        const std::string_view answer = refused ? "0 not now" : "1 ";
        m_context.log().received(m_context.now(), "events", sent);
        m_context.log().sent(m_context.now(), "events", answer);
        (void)m_reports->send(answer, m_context.time().allow(reply_wait));
        m_events.push_back(std::move(seen));
    }
}

void vmbackup_host::note_calls() {
    const auto& calls = m_target.guest().calls();
    m_noted = std::min(m_noted, calls.size());
    for (; m_noted < calls.size(); ++m_noted) {
        const guest_call& one = calls[m_noted];
        m_context.log().event(m_context.now(), lane::agent, lane::filesystem,
                              fmt::format("{} {} ({}): {}", one.freezes ? "FIFREEZE" : "FITHAW",
                                          one.place, one.source,
                                          one.result == 0 ? "done" : std::strerror(one.result)));
    }
}

guest_answer vmbackup_host::command(std::string_view bytes, duration wait) {
    guest_answer answer{receive_status::closed, {}};
    if (!m_commands) {
        return answer;
    }
    m_context.log().sent(m_context.now(), "commands", bytes);
    (void)m_commands->send(bytes, m_context.time().allow(wait));
    pump(wait, [&] {
        receive_result got = m_commands->receive(duration{0});
        answer = {got.status, std::move(got.bytes)};
        return answer.status != receive_status::nothing;
    });
    take_events(); // what was sent before the answer is seen before it
    if (answer.status == receive_status::data) {
        m_context.log().received(m_context.now(), "commands", answer.bytes);
    }
    return answer;
}

guest_answer vmbackup_host::start_with(const vmbackup::start_options& options) {
    std::string bytes;
    codec::container_sink sink{bytes};
    vmbackup::encode(sink, vmbackup::host_command{vmbackup::start_with_options_command{options}});
    return command(bytes);
}

void vmbackup_host::hang_up() {
    m_context.log().event(m_context.now(), lane::orchestrator, "the command channel ends");
    m_commands.reset();
}

void vmbackup_host::wait(duration span) {
    pump(span, [] { return false; });
}

bool vmbackup_host::wait_for(vmbackup::event what, duration span) {
    return pump(span, [&] { return find(what) != nullptr; });
}

const seen_event* vmbackup_host::find(vmbackup::event what) const {
    const auto found = std::find_if(m_events.begin(), m_events.end(),
                                    [&](const seen_event& one) { return one.what == what; });
    return found == m_events.end() ? nullptr : &*found;
}

std::size_t vmbackup_host::count(vmbackup::event what) const {
    return static_cast<std::size_t>(std::count_if(
        m_events.begin(), m_events.end(), [&](const auto& one) { return one.what == what; }));
}

bool vmbackup_host::told_of_failure() const {
    using enum vmbackup::event;
    return find(error) != nullptr || find(aborted) != nullptr || find(writer_error) != nullptr;
}

std::string vmbackup_host::event_words() const {
    std::string all;
    for (const seen_event& one : m_events) {
        all += all.empty() ? "" : " ";
        all += one.what ? std::string(vmbackup::wire_name(*one.what)) : "'" + one.bytes + "'";
    }
    return all.empty() ? "no event" : all;
}

void vmbackup_host::must_accept(std::string_view bytes, std::string_view requirement) {
    const guest_answer answer = command(bytes);
    m_context.require(answer.accepts(), requirement, "'OK ' and perhaps a text", answer.words());
}

void vmbackup_host::must_refuse(std::string_view bytes, vmbackup::refusal why,
                                std::string_view requirement) {
    const guest_answer answer = command(bytes);
    const std::string expected = fmt::format("ERROR {}", vmbackup::wire_text(why));
    m_context.require(answer.bytes == expected, requirement, fmt::format("'{}'", expected),
                      answer.words());
}

void vmbackup_host::must_see(vmbackup::event what, std::string_view requirement, duration span) {
    const bool seen = wait_for(what, span);
    m_context.require(seen, requirement, vmbackup::wire_name(what), event_words());
}

void vmbackup_host::freeze() {
    forget_events();
    must_accept("vmbackup.start 0", "an ordinary start is accepted");
    must_see(vmbackup::event::commit, "an ordinary operation holds everything");
}

void vmbackup_host::finish() {
    must_accept("vmbackup.snapshotDone", "snapshotDone while frozen is accepted");
    must_see(vmbackup::event::done, "an ordinary operation ends");
}

void vmbackup_host::must_hold(std::string_view sources, std::string_view requirement) {
    const std::string now = held();
    m_context.require(now == sources, requirement, fmt::format("held: {}", sources),
                      fmt::format("held: {}", now));
}

void vmbackup_host::must_end(std::string_view requirement, duration span) {
    must_see(vmbackup::event::done, requirement, span);
    must_hold("nothing", requirement);
}

} // namespace snapproto::conformance
