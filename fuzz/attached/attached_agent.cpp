// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/attached_agent.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace snapproto::fuzz {

using namespace std::chrono_literals;
using conformance::capability;

world attached_agent::surroundings() {
    world given;
    for (auto* const one : m_target.freeze_targets()) {
        given.mounts.push_back(one->mount());
    }
    return given;
}

std::size_t attached_agent::clients() const {
    return m_target.can(capability::second_client).present ? clients_max : 1;
}

void attached_agent::start(bool keep_state) {
    for (auto& each : m_channels) {
        each.reset();
    }
    conformance::start_options options;
    options.keep_state = keep_state;
    if (m_target.can(capability::hook)) {
        options.hook = m_hook;
    }
    m_target.start(options);
}

void attached_agent::reset() {
    m_hook = {};
    if (m_target.can(capability::foreign_freeze)) {
        for (auto* const one : m_target.freeze_targets()) {
            (void)one->foreign_thaw();
        }
    }
    start(false);
}

void attached_agent::listen(outputs& out) {
    for (std::size_t i = 0; i < clients_max; ++i) {
        while (m_channels[i]) {
            auto got = m_channels[i]->receive(duration{});
            out[i] += got.bytes;
            if (got.status != conformance::receive_status::data) {
                break;
            }
        }
    }
}

void attached_agent::deliver(std::size_t client, std::string_view bytes, outputs& out) {
    auto& to = m_channels[client];
    if (!to) {
        try {
            to = m_target.connect(1s);
        } catch (const conformance::unreachable&) {
            return; // it has ended, which is seen from outside
        }
    }
    (void)to->send(bytes, 1s);
    listen(out);
}

void attached_agent::advance(duration span, outputs& out) {
    m_target.sleep_for(span);
    listen(out);
}

bool attached_agent::act(action what, std::uint8_t value, outputs& out) {
    switch (what) {
    case action::leave: {
        auto& channel = m_channels[value % clients_max];
        if (!channel || !m_target.can(capability::connection_oriented)) {
            return false;
        }
        listen(out);
        channel.reset();
        return true;
    }
    case action::terminate:
        if (!m_target.can(capability::signal) || !m_target.alive()) {
            return false;
        }
        m_target.terminate();
        return true;
    case action::restart:
        if (!m_target.can(capability::keep_state)) {
            return false;
        }
        start(true);
        return true;
    case action::hook:
        if (m_target.hook() == nullptr) {
            return false;
        }
        m_hook.on_freeze.exit_status = (value & hook_fails_to_freeze) != 0 ? 1 : 0;
        m_hook.on_thaw.exit_status = (value & hook_fails_to_thaw) != 0 ? 1 : 0;
        m_hook.on_freeze.background_child = (value & hook_leaves_child) != 0 ? 600s : 0s;
        m_target.hook()->play(m_hook);
        return true;
    case action::release: {
        const auto mounts = m_target.freeze_targets();
        return value < mounts.size() && m_target.can(capability::foreign_freeze) &&
               mounts[value]->foreign_thaw();
    }
    }
    return false;
}

void attached_agent::observe(observation& seen) {
    if (m_target.can(capability::signal)) {
        seen.alive = m_target.alive();
    }
    for (auto* const one : m_target.freeze_targets()) {
        const auto frozen = one->is_frozen();
        if (!frozen) {
            seen.mounts.clear();
            break;
        }
        seen_mount made;
        made.frozen = *frozen;
        if (const auto digest = one->device_digest(); digest) {
            made.digest = std::hash<std::string>{}(*digest);
        }
        if (const auto copy = one->examine_copy(); copy) {
            made.needs_repair = (*copy).verdict == conformance::copy_verdict::needs_recovery;
        }
        seen.mounts.push_back(made);
    }
    if (auto* const hook = m_target.hook(); hook != nullptr) {
        seen.calls.emplace();
        for (const auto& call : hook->calls()) {
            seen.calls->push_back({call.argument(), call.frozen_at_start.value_or(false)});
        }
    }
    if (const auto used = m_target.resources(); used) {
        seen.memory_bytes = (*used).memory_bytes;
        seen.processor = (*used).processor;
    }
}

} // namespace snapproto::fuzz
