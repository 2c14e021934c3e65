// SPDX-License-Identifier: BSL-1.0
#include "conformance/hyperv_kernel.hpp"

#include "snapproto/dialect/hyperv/daemon.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <span>
#include <vector>

namespace snapproto::conformance {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

byte_view view_of(std::string_view bytes) {
    return std::as_bytes(std::span(bytes));
}

std::string words_for(std::uint8_t op) {
    return op < value_count<hyperv::vss_op>
               ? std::string(to_string(static_cast<hyperv::vss_op>(op)))
               : fmt::format("operation {}", op);
}

/// The message, when it is one that a kernel takes.
std::optional<hyperv::from_daemon> decoded_from(std::string_view bytes) {
    const auto got = hyperv::decode_from_daemon(view_of(bytes));
    return got ? std::optional(*got) : std::nullopt;
}

} // namespace

std::string hex(std::string_view bytes) {
    std::vector<std::string> all;
    for (const char c : bytes) {
        all.push_back(fmt::format("{:02x}", static_cast<unsigned char>(c)));
    }
    return fmt::format("{}", fmt::join(all, " "));
}

bool daemon_said::is_registration() const noexcept {
    const auto got = decoded_from(bytes);
    return got && std::holds_alternative<hyperv::registration>(*got);
}

std::optional<std::int32_t> daemon_said::error() const {
    const auto got = decoded_from(bytes);
    const auto* const reply = got ? std::get_if<hyperv::daemon_reply>(&*got) : nullptr;
    return reply != nullptr ? std::optional(reply->error) : std::nullopt;
}

std::string daemon_said::words() const {
    if (status == receive_status::nothing) {
        return "nothing";
    }
    if (status == receive_status::closed) {
        return "the daemon has closed the device";
    }
    if (is_registration()) {
        return "a registration: " + hex(bytes);
    }
    if (const auto code = error()) {
        return *code == 0 ? "success: " + hex(bytes)
                          : fmt::format("failure 0x{:08x}: {}", static_cast<std::uint32_t>(*code),
                                        hex(bytes));
    }
    return fmt::format("{} bytes: {}", bytes.size(), hex(bytes));
}

hyperv_kernel::hyperv_kernel(run_context& context)
    : m_context(context), m_daemon(dynamic_cast<hyperv_target&>(context.agent())) {}

void hyperv_kernel::open(duration wait) {
    m_device = m_daemon.connect(m_context.time().allow(wait));
    m_context.log().event(m_context.now(), lane::agent, "opens the device");
}

void hyperv_kernel::take_registration() {
    open();
    const daemon_said first = read();
    m_context.require(first.is_registration(), "a daemon begins with a registration",
                      "12 bytes that begin with 81", first.words());
}

void hyperv_kernel::restart() {
    note_calls();
    close();
    m_context.start({});
    m_noted = 0;
}

void hyperv_kernel::begin() {
    take_registration();
    send_version();
}

void hyperv_kernel::begin_again() {
    restart();
    begin();
}

void hyperv_kernel::begin_on_stream() {
    m_daemon.use_stream(true);
    restart();
    m_daemon.use_stream(false);
    take_registration();
}

void hyperv_kernel::close() {
    if (m_device) {
        m_context.log().event(m_context.now(), lane::orchestrator, "the device ends");
        m_device.reset();
    }
}

void hyperv_kernel::send(std::string_view bytes, std::string_view words) {
    note_calls();
    m_context.log().event(m_context.now(), lane::orchestrator,
                          fmt::format("{}: {}", words, hex(bytes)));
    m_context.log().sent(m_context.now(), "device", bytes);
    if (m_device) {
        (void)m_device->send(bytes, m_context.time().allow(reply_wait));
    }
}

void hyperv_kernel::send_version(std::uint32_t version) {
    send(text_of(hyperv::encode(hyperv::version_reply{version})), "the version");
}

void hyperv_kernel::ask(std::uint8_t op, std::uint32_t flags) {
    send(text_of(hyperv::encode(hyperv::kernel_request{op, flags})), words_for(op));
}

daemon_said hyperv_kernel::read(duration wait) {
    daemon_said said{receive_status::closed, {}};
    if (m_device) {
        receive_result got = m_device->receive(m_context.time().allow(wait));
        said = {got.status, std::move(got.bytes)};
    }
    note_calls();
    if (said.status == receive_status::data) {
        m_context.log().received(m_context.now(), "device", said.bytes);
    }
    m_context.log().event(m_context.now(), lane::agent, said.words());
    return said;
}

daemon_said hyperv_kernel::call(std::uint8_t op, std::uint32_t flags) {
    ask(op, flags);
    return read();
}

void hyperv_kernel::note_calls() {
    const auto& calls = m_daemon.guest().calls();
    m_noted = std::min(m_noted, calls.size());
    for (; m_noted < calls.size(); ++m_noted) {
        const guest_call& one = calls[m_noted];
        m_context.log().event(m_context.now(), lane::agent, lane::filesystem,
                              fmt::format("{} {} ({}): {}", one.freezes ? "FIFREEZE" : "FITHAW",
                                          one.place, one.source,
                                          one.result == 0 ? "done" : std::strerror(one.result)));
    }
}

std::string hyperv_kernel::freeze_by_other() {
    if (m_daemon.plays_guest()) {
        guest().freeze_by_other("/dev/vdb1");
        return "/dev/vdb1";
    }
    const auto done = m_context.filesystem().foreign_freeze();
    if (!done || !*done) {
        m_context.skip("nobody else can freeze a filesystem here: " + done.why);
    }
    return m_context.filesystem().mount();
}

void hyperv_kernel::thaw_by_other() {
    if (m_daemon.plays_guest()) {
        guest().thaw_by_other("/dev/vdb1");
        return;
    }
    const auto done = m_context.filesystem().foreign_thaw();
    if (!done || !*done) {
        m_context.skip("nobody else can thaw a filesystem here: " + done.why);
    }
}

void hyperv_kernel::must_succeed(hyperv::vss_op op, std::string_view requirement) {
    const daemon_said said = call(op);
    m_context.require(said.succeeded(), requirement, "a reply with error 0", said.words());
}

void hyperv_kernel::must_fail(hyperv::vss_op op, std::string_view requirement) {
    const daemon_said said = call(op);
    m_context.require(said.failed(), requirement, "a reply with an error that is not 0",
                      said.words());
}

void hyperv_kernel::must_be_quiet(std::string_view requirement) {
    const daemon_said said = read(quiet);
    m_context.require(said.status == receive_status::nothing, requirement, "nothing", said.words());
}

void hyperv_kernel::must_hold(std::string_view sources, std::string_view requirement) {
    const std::string now = held();
    m_context.require(now == sources, requirement, fmt::format("held: {}", sources),
                      fmt::format("held: {}", now));
}

template <class Function>
bool hyperv_kernel::comes_back_while(Function&& condition) {
    const instant end = m_context.now() + m_context.limit(reply_wait);
    while (condition() && m_daemon.alive() && m_context.now() < end) {
        try {
            open(std::chrono::milliseconds(20));
            return true;
        } catch (const unreachable&) { // not yet, or not any more
        }
    }
    return false;
}

bool hyperv_kernel::comes_back() {
    const bool back = comes_back_while([] { return true; });
    note_calls();
    return back;
}

void hyperv_kernel::must_let_go(std::string_view requirement) {
    (void)comes_back_while([&] { return held() != "nothing"; });
    note_calls();
    must_hold("nothing", requirement);
}

daemon_said hyperv_kernel::must_come_back(std::string_view requirement) {
    if (!m_device) {
        try {
            open();
        } catch (const unreachable& failure) {
            m_context.fail(requirement, "the device is opened again", failure.what());
        }
    }
    daemon_said said = read();
    m_context.require(said.is_registration(), requirement, "a registration", said.words());
    return said;
}

} // namespace snapproto::conformance
