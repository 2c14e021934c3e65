// SPDX-License-Identifier: BSL-1.0
// What ends a daemon's device or the daemon itself, and whether it comes back.
#include "fuzz/attached/device_player.hpp"

#include "conformance/interrupt.hpp"

#include <chrono>

namespace snapproto::fuzz {

using namespace std::chrono_literals;
using conformance::receive_status;
using conformance::stop_requested;

void device_player::expect_start_over() {
    heard said = read(m_reaction_wait);
    if (said.status == receive_status::nothing && !m_thaw_refused.empty()) {
        lift_refusals(); // one that waits until all is released may wait for these
        said = read(m_reaction_wait);
    }
    if (m_real && stop_requested()) {
        return;
    }
    note(23, m_judge.trouble_bits(),
         said.status == receive_status::data     ? outcome::registered
         : said.status == receive_status::closed ? outcome::closed
                                                 : outcome::nothing);
    constexpr std::string_view after = "after a message of another length";
    if (said.status == receive_status::data) {
        const bool registers = is_registration(said.bytes);
        m_judge.should_have_let_go({36, 18}, after);
        if (!registers) {
            return m_judge.said_unasked(said.bytes);
        }
        m_judge.registered(said.bytes);
        return is_over() ? void() : answer_registration();
    }
    if (said.status == receive_status::nothing) {
        m_judge.should_have_let_go({36, 18}, after);
        m_judge.should_have_come_back(false, {36, 19}, after);
    }
    if (!is_over()) {
        m_device.reset();
        come_back({36, 18}, {36, 19}, after);
    }
}

bool device_player::reopens() {
    const auto end = m_daemon.now() + m_reaction_wait;
    while (m_daemon.alive() && m_daemon.now() < end && !(m_real && stop_requested())) {
        try {
            m_device = m_daemon.connect(20ms);
            return true;
        } catch (const conformance::unreachable&) { // not yet, or not any more
        }
    }
    return false;
}

void device_player::come_back(snapproto::clause let_go, snapproto::clause back,
                              std::string_view after) {
    m_device.reset();
    bool here = reopens();
    if (!here && m_daemon.alive() && !m_thaw_refused.empty()) {
        lift_refusals(); // one that waits until all is released may wait for these
        here = reopens();
    }
    if (m_real && stop_requested()) {
        return;
    }
    note(24, let_go.number, here ? outcome::registered : outcome::ended);
    m_judge.should_have_let_go(let_go, after);
    if (here) {
        return is_over() ? void() : begin_session();
    }
    if (const auto end = m_daemon.wait_exit(0ms)) {
        m_judge.ended({end->by_signal, end->code}, after);
    }
    m_judge.should_have_come_back(false, back, after);
    if (!is_over()) {
        start();
    }
}

void device_player::end_device(bool for_good) {
    m_daemon.sleep_for(0ns); // the daemon sees the mounts as they are now
    prepare();
    constexpr std::string_view after = "after the end of its device";
    if (!for_good) {
        m_device.reset();
        return come_back({36, 16}, {36, 17}, after);
    }
    m_daemon.allow_open(false);
    m_device.reset();
    auto end = m_daemon.wait_exit(m_reaction_wait);
    if (!end && !m_thaw_refused.empty()) {
        lift_refusals();
        end = m_daemon.wait_exit(m_reaction_wait);
    }
    if (m_real && stop_requested()) {
        return;
    }
    note(25, 0, end ? outcome::ended : outcome::nothing);
    m_judge.should_have_let_go({36, 16}, after);
    if (end) {
        m_judge.ended({end->by_signal, end->code}, after);
    } else {
        m_judge.should_have_come_back(false, {36, 17}, "without a device it does not end, and");
    }
    if (!is_over()) {
        start();
    }
}

void device_player::tell_to_end() {
    prepare();
    m_daemon.terminate();
    const bool ended = m_daemon.wait_exit(m_reaction_wait).has_value();
    if (m_real && stop_requested()) {
        return;
    }
    note(26, m_judge.trouble_bits(), ended ? outcome::ended : outcome::nothing);
    if (ended) {
        m_judge.ended_as_told();
    } else {
        m_judge.should_have_let_go({36, 20}, "told to end");
    }
    if (!is_over()) {
        start();
    }
}

} // namespace snapproto::fuzz
