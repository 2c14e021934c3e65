// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/device_player.hpp"

#include "conformance/interrupt.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>

#include <cerrno>
#include <chrono>
#include <span>
#include <utility>

namespace snapproto::fuzz {
namespace {

using namespace std::chrono_literals;
using conformance::capability;
using conformance::receive_status;
using conformance::stop_requested;

/// A kernel waits 30 s for a thaw (SP 35.16), and played filesystems take no time.
constexpr auto reply_wait = 30s;
/// For what has no time of its own: letting go, opening the device again. On a virtual clock it
/// costs nothing, and an agent that tries again may take longer from time to time.
constexpr auto reaction_wait_real = 10s;
constexpr auto reaction_wait_virtual = 120s;
/// After what was owed nothing more comes.
constexpr auto quiet = 15ms;

template <class Bytes>
std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

bool device_player::is_registration(std::string_view bytes) {
    const auto got = hyperv::decode_from_daemon(std::as_bytes(std::span(bytes)));
    return got && std::holds_alternative<hyperv::registration>(*got);
}

device_player::device_player(conformance::hyperv_target& daemon,
                             std::function<bool(const breach&)> passes)
    : m_daemon(daemon),
      m_real(!daemon.can(capability::virtual_time).present),
      m_reaction_wait(m_real ? reaction_wait_real : reaction_wait_virtual),
      m_judge(daemon.guest(), std::move(passes)) {}

bool device_player::is_over() const {
    return m_judge.found().has_value() || (m_real && stop_requested());
}

device_played device_player::run(const device_run& what) {
    m_run = what;
    start();
    for (std::size_t i = 0; i < what.steps.size() && !is_over(); ++i) {
        m_result.step = i;
        take(what.steps[i]);
    }
    if (!is_over()) {
        m_result.step = what.steps.size();
        settle();
    }
    if (!is_over()) {
        if (const auto more = read(quiet); more.status == receive_status::data) {
            m_judge.said_unasked(more.bytes);
        }
    }
    if (!is_over()) {
        lift_refusals();
        end_device(false);
        if (const auto used = m_daemon.resources(); used && m_real) {
            m_judge.memory((*used).memory_bytes);
        }
    }
    m_device.reset();
    m_result.found = m_judge.found();
    return std::move(m_result);
}

void device_player::start() {
    m_device.reset();
    m_daemon.use_stream(m_run.stream);
    m_daemon.start({});
    m_daemon.use_stream(false);
    m_judge.restarted(m_run.stream);
    m_version = version_answer::right;
    m_freeze_refused.clear();
    m_thaw_refused.clear();
    m_device = m_daemon.connect(m_reaction_wait);
    begin_session();
}

void device_player::note(int what, int detail, outcome how) {
    m_result.covered.emplace(static_cast<int>(m_judge.phase()), what, detail,
                             static_cast<int>(how));
}

device_player::heard device_player::read(conformance::duration wait) {
    if (!m_device) {
        return {receive_status::closed, {}};
    }
    const auto end = m_daemon.now() + wait;
    do {
        auto got = m_device->receive(std::max<conformance::duration>(end - m_daemon.now(), 0ns));
        if (got.status != receive_status::data) {
            return {got.status, {}};
        }
        if (!m_run.stream) {
            ++m_result.messages;
            return {got.status, std::move(got.bytes)};
        }
        m_buffer += got.bytes;
    } while (m_buffer.size() < hyperv::daemon_message_bytes && m_daemon.now() < end);
    if (m_buffer.size() < hyperv::daemon_message_bytes) {
        return {receive_status::nothing, {}};
    }
    ++m_result.messages;
    heard made{receive_status::data, m_buffer.substr(0, hyperv::daemon_message_bytes)};
    m_buffer.erase(0, hyperv::daemon_message_bytes);
    return made;
}

void device_player::write(std::string_view bytes) {
    ++m_result.messages;
    const std::size_t piece = m_run.stream && m_run.piece != 0 ? m_run.piece : bytes.size();
    for (; m_device && !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        (void)m_device->send(bytes.substr(0, piece), 1s);
    }
}

void device_player::begin_session() {
    m_buffer.clear();
    const heard first = read(reply_wait);
    if (first.status == receive_status::data) {
        m_judge.registered(first.bytes);
        if (!is_over()) {
            answer_registration();
        }
    } else if (!(m_real && stop_requested())) {
        m_judge.should_have_come_back(false, {33, 5}, "on a device that it has opened");
    }
}

void device_player::answer_registration() {
    const auto number =
        m_version == version_answer::another ? 0x12345678U : hyperv::op_register_versioned;
    const std::string version = text_of(hyperv::encode(hyperv::version_reply{number}));
    const auto how = m_run.stream ? version_answer::right : m_version;
    if (how == version_answer::right || how == version_answer::another) {
        return write(version);
    }
    // What follows is for the daemon to decide; but nothing is frozen before the version is there.
    m_version = version_answer::right;
    const auto before = m_daemon.guest().frozen();
    write(how == version_answer::short_one
              ? version.substr(0, 3)
              : text_of(hyperv::encode(
                    hyperv::kernel_request{static_cast<std::uint8_t>(hyperv::vss_op::freeze), 0})));
    const heard said = read(m_real ? conformance::duration{100ms} : m_reaction_wait);
    note(20, static_cast<int>(how),
         said.status == receive_status::data     ? outcome::said
         : said.status == receive_status::closed ? outcome::closed
                                                 : outcome::nothing);
    if (m_daemon.guest().frozen() != before) {
        m_judge.should_have_come_back(false, {33, 5}, "it freezes before it has the version:");
    } else if (said.status == receive_status::data && is_registration(said.bytes)) {
        m_judge.registered(said.bytes);
        write(version);
    } else if (!is_over()) {
        m_device.reset();
        come_back({36, 16}, {36, 19}, "after a wrong version");
    }
}

void device_player::take(const device_step& step) {
    const bool sends = step.what == device_step::kind::message;
    if (!sends) {
        settle();
    }
    if (is_over()) {
        return;
    }
    switch (step.what) {
    case device_step::kind::message:
        return send_message(step);
    case device_step::kind::version:
        m_version = static_cast<version_answer>(step.value % version_answers);
        break;
    case device_step::kind::end:
        return end_device(false);
    case device_step::kind::end_in_work:
        prepare();
        write(step.bytes);
        return end_device(false);
    case device_step::kind::end_for_good:
        return end_device(true);
    case device_step::kind::change:
        return change(static_cast<guest_change>(step.value % guest_changes));
    case device_step::kind::terminate:
        return tell_to_end();
    }
}

void device_player::send_message(const device_step& step) {
    const auto kind = kind_of_message(step.bytes);
    const bool odd = kind == message_kind_sent::wrong_length || kind == message_kind_sent::outside;
    if (m_run.stream && odd) {
        return; // what it begins or ends cannot be told there
    }
    if (odd) {
        settle();
    }
    if (m_judge.owed() == 0 && !is_over()) {
        if (const heard more = read(0ns); more.status == receive_status::data) {
            m_judge.said_unasked(more.bytes);
        }
        prepare();
    }
    if (is_over()) {
        return;
    }
    m_judge.asked(step.bytes);
    write(step.bytes);
    if (kind == message_kind_sent::wrong_length) {
        return expect_start_over();
    }
    if (!step.hasty || odd || m_judge.owed() >= 4) {
        settle();
    }
}

void device_player::settle() {
    while (m_judge.owed() != 0 && !is_over()) {
        const heard said = read(reply_wait);
        if (m_real && stop_requested()) {
            return; // the wait was cut short
        }
        const int detail = static_cast<int>(m_judge.owed());
        if (said.status == receive_status::data && m_judge.owes_outside() &&
            is_registration(said.bytes)) {
            note(21, detail, outcome::registered);
            m_judge.should_have_let_go({36, 16}, "starting over");
            m_judge.registered(said.bytes);
            return answer_registration();
        }
        if (said.status == receive_status::data) {
            const std::string_view bytes = said.bytes;
            note(static_cast<int>(m_judge.owed_kind()), m_judge.trouble_bits(),
                 bytes.substr(0, 4) == std::string_view("\0\0\0\0", 4) ? outcome::said
                                                                       : outcome::registered);
            m_judge.answered(bytes);
            continue;
        }
        const auto end = said.status == receive_status::closed && m_judge.owed() != 0
                             ? m_daemon.wait_exit(m_real ? 200ms : 0ms)
                             : m_daemon.wait_exit(0ms);
        note(22, static_cast<int>(m_judge.owed_kind()), end ? outcome::ended : outcome::closed);
        const bool outside = m_judge.owes_outside();
        if (end) {
            m_judge.ended({end->by_signal, end->code},
                          outside ? "after 12 bytes that no kernel sends" : "");
        } else if (said.status == receive_status::closed) {
            m_judge.closed_device();
        } else {
            m_judge.silent();
        }
        if (is_over()) {
            return;
        }
        if (end) {
            return start();
        }
        m_device.reset();
        return come_back({36, 16}, {36, 17}, "after the end of its device");
    }
}

void device_player::change(guest_change what) {
    const auto before = m_daemon.guest().frozen();
    switch (what) {
    case guest_change::freeze_refused:
        m_freeze_refused["/dev/vdb1"] = EIO;
        break;
    case guest_change::freeze_refused_by_root:
        m_freeze_refused["/dev/vda1"] = EIO;
        break;
    case guest_change::freeze_refused_128:
        m_freeze_refused["/dev/vdb1"] = 128;
        break;
    case guest_change::freeze_refused_129:
        m_freeze_refused["/dev/vdb1"] = 129;
        break;
    case guest_change::thaw_refused:
        m_thaw_refused.insert("/dev/vdb1");
        break;
    case guest_change::thaw_refused_by_root:
        m_thaw_refused.insert("/dev/vda1");
        break;
    case guest_change::all_well:
        return lift_refusals();
    default:
        apply(what, m_daemon.guest());
        m_judge.guest_changed(before);
    }
}

void device_player::prepare() {
    auto& guest = m_daemon.guest();
    guest.freeze_fails.clear();
    guest.thaw_fails.clear();
    // Of what is frozen the kernel says EBUSY, and of what is not EINVAL, whatever it has.
    for (const auto& [source, code] : m_freeze_refused) {
        if (!guest.is_frozen(source)) {
            guest.freeze_fails[source] = code;
        }
    }
    std::set<std::string> thaws;
    for (const auto& source : m_thaw_refused) {
        if (guest.is_frozen(source) && !m_judge.is_frozen_by_other(source)) {
            guest.thaw_fails[source] = EIO;
            thaws.insert(source);
        }
    }
    m_judge.refused(guest.freeze_fails, std::move(thaws));
}

void device_player::lift_refusals() {
    m_freeze_refused.clear();
    m_thaw_refused.clear();
    prepare();
}

} // namespace snapproto::fuzz
