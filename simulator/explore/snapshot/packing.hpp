// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PACKING_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PACKING_HPP

// A world in few bits: what is stored of a state. One block of words for the orchestrator, one for
// each agent, all of the same size, so that agents can be put in order.

#include "simulator/explore/snapshot/world.hpp"

#include <snapproto/core/assert.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace snapproto::explore {

namespace detail {

/// Writes numbers of few bits into words.
class bit_writer {
  public:
    explicit bit_writer(std::uint32_t* to) : m_to(to) {}

    template <class T>
    void field(const T& value, unsigned bits) {
        std::uint64_t number = 0;
        if constexpr (requires { value.value; }) {
            number = value.value;
        } else {
            number = static_cast<std::uint64_t>(value);
        }
        SNAPPROTO_ASSERT(number >> bits == 0);
        m_pending |= number << m_filled;
        m_filled += bits;
        if (m_filled >= 32) {
            *m_to++ = static_cast<std::uint32_t>(m_pending);
            m_pending >>= 32U;
            m_filled -= 32;
        }
    }
    void end(const std::uint32_t* last) {
        while (m_to != last) {
            *m_to++ = static_cast<std::uint32_t>(m_pending);
            m_pending = 0;
        }
    }

  private:
    std::uint32_t* m_to;
    std::uint64_t m_pending = 0;
    unsigned m_filled = 0;
};

/// Reads them back.
class bit_reader {
  public:
    explicit bit_reader(const std::uint32_t* from) : m_from(from) {}

    template <class T>
    void field(T& value, unsigned bits) {
        if (m_filled < bits) {
            m_pending |= std::uint64_t{*m_from++} << m_filled;
            m_filled += 32;
        }
        const std::uint64_t number = m_pending & ((std::uint64_t{1} << bits) - 1);
        m_pending >>= bits;
        m_filled -= bits;
        if constexpr (requires { value.value; }) {
            value.value = number;
        } else {
            value = static_cast<T>(number);
        }
    }

  private:
    const std::uint32_t* m_from;
    std::uint64_t m_pending = 0;
    unsigned m_filled = 0;
};

/// Counts the bits.
class bit_counter {
  public:
    template <class T>
    void field(const T&, unsigned bits) {
        m_bits += bits;
    }
    [[nodiscard]] std::size_t words() const { return (m_bits + 31) / 32; }
    [[nodiscard]] std::size_t bits() const { return m_bits; }

  private:
    std::size_t m_bits = 0;
};

template <class Io, class Queue>
void pack_queue(Io& io, Queue& queue, unsigned kind_bits, unsigned arg_bits) {
    io.field(queue.size, 2);
    for (auto& one : queue.items) {
        io.field(one.kind, kind_bits);
        io.field(one.txn, 2);
        io.field(one.old, 1);
        io.field(one.arg, arg_bits);
    }
}

/// One agent. `World` and `Agent` are const for writing.
template <class Io, class World, class Agent>
void pack_agent(Io& io, const config& options, World& w, Agent& a, std::size_t index) {
    const bool qga = options.dialect == profile::qga;
    auto& d = a.machine.data;
    io.field(a.machine.phase, 4);
    io.field(d.session, 2);
    io.field(d.txn, 2);
    io.field(d.why, 4);
    io.field(d.then, 2);
    io.field(d.implicit, 1);
    io.field(d.recovering, 1);
    io.field(d.owes_thawed, 1);
    io.field(d.owes_aborted, 1);
    io.field(d.aborted_first, 1);
    io.field(d.waiting, 2);
    io.field(d.waiting_session, 2);
    io.field(d.last_txn, 2);
    io.field(d.last_verdict, 4);
    io.field(a.alive, 1);
    io.field(a.step, 3);
    io.field(a.step_failed, 1);
    io.field(a.hold_clock, 1);
    io.field(a.timers, 4);
    for (std::size_t i = 0; i < options.participants; ++i) {
        auto& p = a.participants[i];
        io.field(p.phase, 3);
        io.field(p.releases, 2);
        io.field(p.asked, 1);
        io.field(p.settled, 1);
        io.field(p.doing, 3);
        io.field(p.held, 1);
    }
    io.field(a.up, 1);
    io.field(a.agent_knows, 1);
    io.field(a.host_knows, 1);
    pack_queue(io, a.to_agent, 3, 2);
    pack_queue(io, a.to_host, 4, 4);
    auto& g = a.ghost;
    io.field(g.in_window, 1);
    io.field(g.dirty, 1);
    io.field(g.clean, 1);
    io.field(g.told, 4);
    io.field(g.open.bits, 6);
    io.field(g.freeze_asked, 1);
    io.field(g.reseed_due, 1);
    io.field(g.void_session, 1);
    io.field(g.stop_asked, 1);
    // What the orchestrator keeps about this agent stays with it when agents change places.
    auto& host = w.host.data;
    for (auto* set : {&host.live, &host.answered, &host.unknown, &host.spoiled}) {
        std::uint8_t in = static_cast<std::uint8_t>(*set >> index & 1U);
        io.field(in, 1);
        if constexpr (!std::is_const_v<World>) {
            *set |= machine::agent_set{in} << index;
        }
    }
    if (qga) {
        auto& l = a.link;
        io.field(a.released, 2);
        io.field(a.gone.bits, 4);
        io.field(l.about, 2);
        io.field(l.waiting, 3);
        io.field(l.synchronised, 1);
        io.field(l.owes_thaw, 1);
        io.field(l.frozen_count, 1);
        io.field(l.thaw_owed, 1);
        io.field(l.abort_owed, 1);
        io.field(l.look, 1);
        io.field(l.was_lost, 1);
        io.field(l.found, 4);
    }
}

/// Everything but the agents.
template <class Io, class World>
void pack_host(Io& io, World& w) {
    auto& d = w.host.data;
    io.field(w.host.phase, 4);
    io.field(d.txn, 2);
    io.field(d.outlook, 2);
    io.field(d.cut, 3);
    io.field(d.go_noted, 1);
    io.field(d.resends, 2);
    io.field(w.reply_timer, 1);
    io.field(w.window_timer, 1);
    io.field(w.provider, 3);
    io.field(w.cut_notice, 2);
    io.field(w.cut_running, 1);
    io.field(w.started, 2);
    io.field(w.budget, 3);
    io.field(w.report_due, 1);
    io.field(w.cut_done, 1);
}

} // namespace detail

/// What the orchestrator keeps about one agent, as it stands in the agent's block.
[[nodiscard]] inline std::uint8_t marks_of(const world& w, std::size_t agent) noexcept {
    const auto& d = w.host.data;
    return static_cast<std::uint8_t>((d.live >> agent & 1U) | (d.answered >> agent & 1U) << 1U |
                                     (d.unknown >> agent & 1U) << 2U |
                                     (d.spoiled >> agent & 1U) << 3U);
}
inline void set_marks(world& w, std::size_t agent, std::uint8_t marks) noexcept {
    auto& d = w.host.data;
    d.live |= machine::agent_set{marks & 1U} << agent;
    d.answered |= machine::agent_set{marks >> 1U & 1U} << agent;
    d.unknown |= machine::agent_set{marks >> 2U & 1U} << agent;
    d.spoiled |= machine::agent_set{marks >> 3U & 1U} << agent;
}

/// Words that the orchestrator's block takes.
inline constexpr std::size_t host_words = 1;

/// Words that one agent's block takes with these options.
[[nodiscard]] inline std::size_t agent_words(const config& options) {
    const world empty;
    detail::bit_counter count;
    detail::pack_agent(count, options, empty, empty.agents[0], 0);
    return count.words();
}

/// The most words of one agent's block, with 3 participants; and of a state, with 3 agents.
inline constexpr std::size_t agent_words_max = 6;
inline constexpr std::size_t packed_words_max = host_words + agents_max * agent_words_max;
using packed_world = std::array<std::uint32_t, packed_words_max>;

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PACKING_HPP
