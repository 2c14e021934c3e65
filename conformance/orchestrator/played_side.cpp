// SPDX-License-Identifier: BSL-1.0
#include "conformance/orchestrator/played_side.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::conformance {

void played_side::freeze_now() {
    if (!std::exchange(m_frozen, true)) {
        m_holds.push_back({m_stage.now(), std::nullopt});
        m_stage.remark(m_number, "is frozen");
        if (m_when_frozen) {
            m_when_frozen();
        }
    }
}

void played_side::thaw_now() {
    if (std::exchange(m_frozen, false)) {
        m_holds.back().until = m_stage.now();
        m_stage.remark(m_number, "is thawed");
    }
}

void played_side::take(hold_step step) {
    if (step == hold_step::freeze) {
        freeze_now();
    } else if (step == hold_step::thaw) {
        thaw_now();
    }
}

bool played_side::held_at(instant when) const {
    return std::any_of(m_holds.begin(), m_holds.end(), [&](const hold_span& one) {
        return one.from <= when && (!one.until || when <= *one.until);
    });
}

std::optional<connection> played_side::open_connection() const {
    const auto found = std::find_if(m_all.rbegin(), m_all.rend(),
                                    [](const seen_connection& one) { return !one.until; });
    return found == m_all.rend() ? std::nullopt : std::optional{found->on};
}

bool played_side::is_open(connection on) const {
    return std::any_of(m_all.begin(), m_all.end(),
                       [&](const seen_connection& one) { return one.on == on && !one.until; });
}

void played_side::connected(connection on) {
    m_all.push_back({on, m_stage.now(), std::nullopt, false});
    on_connected(on);
}

void played_side::received(connection on, std::string_view bytes) {
    if (!m_deaf && is_open(on)) {
        on_received(on, bytes);
    }
}

void played_side::disconnected(connection on, bool by_us) {
    for (seen_connection& one : m_all) {
        if (one.on == on && !one.until) {
            one.until = m_stage.now();
            one.ended_by_us = by_us;
            on_disconnected(on, by_us);
            return;
        }
    }
}

} // namespace snapproto::conformance
