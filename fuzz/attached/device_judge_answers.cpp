// SPDX-License-Identifier: BSL-1.0
// How each kind of answer is judged.
#include "fuzz/attached/device_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace snapproto::fuzz {

using conformance::guest_call;
using conformance::guest_mount;
using conformance::is_read_only;

void device_judge::on_freeze(bool good) {
    const device_phase before = std::exchange(m_phase, device_phase::unsure);
    const sources held = ours();
    const sources missing = without(required(), m_guest.frozen());
    if (!m_now.alone) {
        return; // another request may have been dealt with as well
    }
    if (before == device_phase::frozen) {
        if (!good) {
            return complain({36, 7}, "a freeze while frozen is answered by a failure");
        }
        if (!done_since().empty()) {
            return complain({36, 7}, fmt::format("a freeze while frozen changes what is held, from "
                                                 "{} to {}",
                                                 words(m_now.held), words(held)));
        }
        m_phase = device_phase::frozen;
        return;
    }
    if (!good) {
        if (before == device_phase::thawed && !held_in_vain().empty()) {
            return complain({36, 2}, fmt::format("a freeze is answered by a failure, and {} is "
                                                 "held",
                                                 words(held_in_vain())));
        }
        if (before == device_phase::thawed && !is_in_trouble() && !required().empty()) {
            return complain({36, 4}, "a freeze of which nothing fails is answered by a failure");
        }
        m_phase = held.empty() ? device_phase::thawed : device_phase::unsure;
        return;
    }
    if (before == device_phase::thawed && !missing.empty()) {
        return complain({36, 1}, fmt::format("a freeze is answered by success, and {} is not held",
                                             words(missing)));
    }
    sources too_much;
    for (const auto& one : without(m_guest.frozen(), m_now.frozen)) {
        const auto writable = [&](const guest_mount& mount) {
            return mount.source == one && !is_read_only(mount);
        };
        if (std::none_of(m_guest.mounts.begin(), m_guest.mounts.end(), writable)) {
            too_much.insert(one);
        }
    }
    if (!too_much.empty()) {
        return complain({36, 5},
                        fmt::format("{} is held, which nobody can write to", words(too_much)));
    }
    look_at_order();
    if (held.empty() && m_guest.frozen().empty()) {
        return complain({36, 6}, "a freeze that holds nothing is answered by success");
    }
    m_phase = missing.empty() && !held.empty() ? device_phase::frozen : device_phase::unsure;
}

void device_judge::look_at_order() {
    const auto root = std::find_if(m_guest.mounts.begin(), m_guest.mounts.end(),
                                   [](const guest_mount& one) { return one.place == "/"; });
    bool root_is_held = false;
    for (const guest_call& one : done_since()) {
        if (root_is_held && one.freezes && one.source != root->source) {
            return complain({36, 3},
                            fmt::format("{} is frozen after the root filesystem", one.source));
        }
        root_is_held = root_is_held ||
                       (root != m_guest.mounts.end() && one.freezes && one.source == root->source);
    }
}

void device_judge::on_thaw(bool good, bool alone) {
    m_phase = device_phase::unsure;
    const sources held = ours();
    if (!alone && !m_owed.empty()) {
        return; // what comes after it may be done already
    }
    if (good) {
        if (!held.empty()) {
            return complain(
                {36, 8}, fmt::format("a thaw is answered by success, and {} is held", words(held)));
        }
        const sources lost = without(m_foreign, m_guest.frozen());
        for (const auto& one : lost) {
            m_foreign.erase(one);
        }
        m_phase = device_phase::thawed;
        const sources others = without(lost, std::exchange(m_believed, {}));
        if (!others.empty()) {
            complain({36, 11}, fmt::format("it has thawed {}, which somebody else has frozen",
                                           words(others)));
        }
        return;
    }
    if (alone && m_now.held.empty()) {
        return complain({36, 9}, "a thaw while nothing is held is answered by a failure");
    }
    // What cannot be reached is not hindered by the one that refuses.
    if (const sources left = in_sight(held_in_vain()); !left.empty()) {
        return complain({36, 10},
                        fmt::format("a thaw leaves {}, which does not refuse", words(left)));
    }
    m_phase = held.empty() ? device_phase::thawed : device_phase::unsure;
}

void device_judge::on_check(bool good) {
    if (!good) {
        return complain({36, 12}, "hot_backup is answered by a failure");
    }
    if (m_now.alone && !done_since().empty()) {
        complain({36, 12}, "hot_backup freezes or thaws " + done_since().front().source);
    }
}

void device_judge::on_other(bool good) {
    if (m_now.alone && !done_since().empty()) {
        return complain({36, 14},
                        fmt::format("operation {}, which it does not do, freezes or thaws "
                                    "{}",
                                    static_cast<std::uint8_t>(m_now.bytes.front()),
                                    done_since().front().source));
    }
    if (good) {
        const device_phase before = m_phase;
        complain({36, 13}, fmt::format("operation {}, which it does not do, is answered by success",
                                       static_cast<std::uint8_t>(m_now.bytes.front())));
        m_phase = before; // nothing was changed
    }
}

} // namespace snapproto::fuzz
