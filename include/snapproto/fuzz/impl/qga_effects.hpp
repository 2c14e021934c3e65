// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_IMPL_QGA_EFFECTS_HPP
#define SNAPPROTO_FUZZ_IMPL_QGA_EFFECTS_HPP

// What an agent does: filesystems, hooks, memory, the processor, its own life.

#include <snapproto/fuzz/qga_judge.hpp>

#include <algorithm>
#include <utility>

namespace snapproto::fuzz {

namespace detail {

inline constexpr std::uint64_t memory_slack = 64 * 1024;
inline constexpr std::uint64_t memory_most = 64 << 20U;
/// For a byte of a message that has not ended: a token for each byte is not out of the way.
inline constexpr std::uint64_t memory_per_byte = 64;
/// What a thousand requests may leave behind (SP 28.8).
inline constexpr std::uint64_t memory_growth = 16 * 1024;
inline constexpr duration idle_least = std::chrono::seconds{2};
inline constexpr duration ends_within = std::chrono::seconds{5};

} // namespace detail

inline void qga_judge::saw(const observation& seen, instant now) {
    const bool told = m_told_to_end.has_value();
    if (!seen.alive && !told) {
        const std::string how = seen.ended.empty() ? std::string{} : ' ' + seen.ended;
        const bool at_leave = m_client_left && !seen.crashed;
        complain(!at_leave                         ? clause{16, 2}
                 : state(now) == qga_state::frozen ? clause{27, 1}
                                                   : clause{22, 6},
                 now,
                 "the agent has ended" + how +
                     (at_leave ? " when its client had left" : ", and nobody had told it to"),
                 seen.crashed);
    }
    if (told && now >= *m_told_to_end + detail::ends_within) {
        const bool frozen = std::any_of(seen.mounts.begin(), seen.mounts.end(),
                                        [](const seen_mount& one) { return one.frozen; });
        if (seen.alive && m_told_when_thawed) {
            complain({27, 13}, now, "told to end while thawed, the agent goes on");
        } else if (!seen.alive && frozen) {
            complain({27, 6}, now, "told to end, the agent is gone and leaves something frozen");
        }
    }
    m_always_sure = m_always_sure && state(now) != qga_state::unsure;
    if (seen.memory_bytes.value_or(0) > detail::memory_most) {
        complain({28, 4}, now, "the agent holds " + std::to_string(*seen.memory_bytes) + " bytes");
    }
    if (!seen.alive || in_work()) {
        return; // it is in the middle of something, or will never be again
    }
    if (seen.calls) {
        look_at_calls(*seen.calls, now);
    }
    look_at_mounts(seen, now);
    look_at_resources(seen, now);
}

inline void qga_judge::look_at_mounts(const observation& seen, instant now) {
    if (seen.mounts.size() != m_world.mounts.size()) {
        return; // not seen
    }
    const bool any = std::any_of(seen.mounts.begin(), seen.mounts.end(),
                                 [](const seen_mount& one) { return one.frozen; });
    const qga_state now_is = state(now);
    if (std::exchange(m_said_frozen, std::nullopt) == false && any) {
        complain({27, 16}, now, "the status is thawed while a filesystem is frozen");
    }
    if (now_is == qga_state::thawed && any) {
        const bool by_limit = m_state == qga_state::frozen;
        complain(by_limit       ? clause{28, 2}
                 : m_was_frozen ? clause{25, 2}
                                : clause{29, 7},
                 now,
                 by_limit ? "something is frozen beyond the hold limit"
                          : "something is frozen while the agent is thawed");
    }
    for (std::size_t i = 0; now_is == qga_state::frozen && m_held_known && i < seen.mounts.size();
         ++i) {
        const seen_mount& one = seen.mounts[i];
        const bool held = m_held.count(i) != 0;
        const std::string& name = m_world.mounts[i];
        if (held && !one.frozen) {
            complain({29, 2}, now, name + " is not frozen, and the agent is");
        } else if (!held && one.frozen && !m_released) {
            complain({29, 3}, now, name + " is frozen, and nobody asked for it");
        } else if (held && one.needs_repair) {
            complain({29, 4}, now, "a copy of " + name + " would have to be repaired");
        } else if (held && m_digests.size() == seen.mounts.size() && m_digests[i] != one.digest) {
            complain({29, 1}, now, name + " changes while it is frozen");
        }
    }
    m_mounts = seen.mounts;
    m_digests.clear();
    for (std::size_t i = 0; now_is == qga_state::frozen && i < seen.mounts.size(); ++i) {
        m_digests.push_back(seen.mounts[i].digest);
    }
}

inline void qga_judge::look_at_calls(const std::vector<seen_call>& calls, instant now) {
    if (calls.size() < m_calls_seen) {
        m_calls_seen = 0; // another process, whose calls are counted anew
    }
    const bool fresh = m_calls_seen != calls.size();
    for (; m_calls_seen != calls.size(); ++m_calls_seen) {
        const seen_call& one = calls[m_calls_seen];
        const bool freezes = one.argument == "freeze";
        if (!freezes && one.argument != "thaw") {
            complain({26, 1}, now, "the hook is called with '" + one.argument + "'");
        } else if (one.while_frozen) {
            complain(freezes ? clause{26, 1} : clause{26, 2}, now,
                     "the hook is called with '" + one.argument + "' while something is frozen");
        }
        ++m_new_calls[freezes ? 1 : 0];
    }
    const bool by_itself = m_state != state(now) || m_state == qga_state::unsure;
    if (fresh && !std::exchange(m_calls_allowed, false) && !by_itself) {
        complain({26, 16}, now, "the hook is called, and nothing asked for it");
    }
    if (m_call_due && !by_itself && m_rounds == 1) {
        const std::size_t called = m_new_calls[*m_call_due ? 1 : 0];
        if (called != 1) {
            complain({26, 3}, now,
                     "the hook is called " + std::to_string(called) + " times for one " +
                         (*m_call_due ? "freeze" : "thaw"));
        }
    }
    if (fresh || m_call_due) {
        m_new_calls[0] = m_new_calls[1] = 0;
        m_call_due.reset();
    }
    m_rounds = 0;
}

inline void qga_judge::look_at_resources(const observation& seen, instant now) {
    const std::uint64_t pending = pending_bytes();
    if (seen.memory_bytes && !m_memory_before) {
        m_memory_before = seen.memory_bytes;
    }
    if (seen.memory_bytes && pending != 0 &&
        *seen.memory_bytes > *m_memory_before + detail::memory_slack +
                                 m_message_most * detail::memory_per_byte + m_bytes_said * 8) {
        complain({28, 4}, now,
                 std::to_string(*seen.memory_bytes - *m_memory_before) + " bytes are held for " +
                     std::to_string(pending) + " of a message");
    }
    if (!seen.processor) {
        return;
    }
    if (!m_idle_from) {
        m_idle_from = {now, *seen.processor};
    }
    const duration idle = now - m_idle_from->first;
    if (idle >= detail::idle_least && (*seen.processor - m_idle_from->second) * 100 > idle) {
        complain({28, 10}, now, "an idle agent uses more than a hundredth of the processor");
    }
}

inline void qga_judge::saw_memory_after(std::size_t requests, std::uint64_t before,
                                        std::uint64_t after, instant now) {
    if (after > before + detail::memory_growth) {
        complain({28, 8}, now,
                 std::to_string(requests) + " equal requests leave " +
                     std::to_string(after - before) + " bytes behind");
    }
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_IMPL_QGA_EFFECTS_HPP
