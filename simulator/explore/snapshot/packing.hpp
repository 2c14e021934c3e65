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

namespace detail {

/// A value that takes `Bits` bits.
template <unsigned Bits, class T>
struct part {
    static constexpr unsigned bits = Bits;
    T& value;

    [[nodiscard]] constexpr std::uint64_t number() const {
        std::uint64_t made = 0;
        if constexpr (requires { value.value; }) {
            made = value.value;
        } else {
            made = static_cast<std::uint64_t>(value);
        }
        SNAPPROTO_ASSERT(made >> Bits == 0);
        return made;
    }
    constexpr void set(std::uint64_t number) const {
        number &= (std::uint64_t{1} << Bits) - 1;
        if constexpr (requires { value.value; }) {
            value.value = number;
        } else {
            value = static_cast<T>(number);
        }
    }
};
template <unsigned Bits, class T>
[[nodiscard]] constexpr part<Bits, T> in(T& value) noexcept {
    return {value};
}

/// Writes parts into words, at most 32 bits at a time: one word at most is full after that.
class bit_writer {
  public:
    explicit bit_writer(std::uint32_t* to) : m_to(to) {}

    template <class... Part>
    void operator()(const Part&... parts) {
        std::uint64_t number = 0;
        unsigned at = 0;
        ((number |= parts.number() << at, at += Part::bits), ...);
        append<(Part::bits + ...)>(number);
    }
    template <unsigned Bits>
    void skip() {
        append<Bits>(0);
    }
    void end(const std::uint32_t* last) {
        while (m_to != last) {
            *m_to++ = static_cast<std::uint32_t>(m_pending);
            m_pending = 0;
        }
    }

  private:
    template <unsigned Bits>
    void append(std::uint64_t number) {
        static_assert(Bits <= 32);
        m_pending |= number << m_filled;
        m_filled += Bits;
        if (m_filled >= 32) {
            *m_to++ = static_cast<std::uint32_t>(m_pending);
            m_pending >>= 32U;
            m_filled -= 32;
        }
    }

    std::uint32_t* m_to;
    std::uint64_t m_pending = 0;
    unsigned m_filled = 0;
};

/// Reads them back.
class bit_reader {
  public:
    explicit bit_reader(const std::uint32_t* from) : m_from(from) {}

    template <class... Part>
    void operator()(const Part&... parts) {
        std::uint64_t number = take<(Part::bits + ...)>();
        ((parts.set(number), number >>= Part::bits), ...);
    }
    template <unsigned Bits>
    void skip() {
        take<Bits>();
    }

  private:
    template <unsigned Bits>
    std::uint64_t take() {
        static_assert(Bits <= 32);
        if (m_filled < Bits) {
            m_pending |= std::uint64_t{*m_from++} << m_filled;
            m_filled += 32;
        }
        const std::uint64_t number = m_pending;
        m_pending >>= Bits;
        m_filled -= Bits;
        return number;
    }

    const std::uint32_t* m_from;
    std::uint64_t m_pending = 0;
    unsigned m_filled = 0;
};

/// Counts the bits.
class bit_counter {
  public:
    template <class... Part>
    void operator()(const Part&...) {
        m_bits += (Part::bits + ...);
    }
    template <unsigned Bits>
    void skip() {
        m_bits += Bits;
    }
    [[nodiscard]] std::size_t words() const { return (m_bits + 31) / 32; }

  private:
    std::size_t m_bits = 0;
};

/// A queue. What is behind its last packet is zero.
template <unsigned KindBits, unsigned ArgBits, class Io, class Queue>
void pack_queue(Io& io, Queue& queue) {
    io(in<2>(queue.size));
    for (std::size_t i = 0; i < queue_max; ++i) {
        auto& one = queue.items[i];
        if (i < queue.size) {
            io(in<KindBits>(one.kind), in<2>(one.txn), in<1>(one.old), in<ArgBits>(one.arg));
            continue;
        }
        io.template skip<KindBits + 2 + 1 + ArgBits>();
        if constexpr (!std::is_const_v<Queue>) {
            one = {};
        }
    }
}

/// One agent. `World` and `Agent` are const for writing.
template <class Io, class World, class Agent>
void pack_agent(Io& io, const config& options, World& w, Agent& a, std::size_t index) {
    auto& d = a.machine.data;
    io(in<4>(a.machine.phase), in<2>(d.session), in<2>(d.txn), in<4>(d.why), in<2>(d.then),
       in<1>(d.implicit), in<1>(d.recovering), in<1>(d.owes_thawed), in<1>(d.owes_aborted),
       in<1>(d.aborted_first), in<2>(d.waiting), in<2>(d.waiting_session), in<2>(d.last_txn),
       in<4>(d.last_verdict));
    io(in<1>(a.alive), in<3>(a.step), in<1>(a.step_failed), in<1>(a.hold_clock), in<4>(a.timers));
    for (std::size_t i = 0; i < options.participants; ++i) {
        auto& p = a.participants[i];
        io(in<3>(p.phase), in<2>(p.releases), in<1>(p.asked), in<1>(p.settled), in<3>(p.doing),
           in<1>(p.held));
    }
    io(in<1>(a.up), in<1>(a.agent_knows), in<1>(a.host_knows));
    pack_queue<3, 2>(io, a.to_agent);
    pack_queue<4, 4>(io, a.to_host);
    auto& g = a.ghost;
    io(in<1>(g.in_window), in<1>(g.dirty), in<1>(g.clean), in<4>(g.told), in<6>(g.open.bits),
       in<1>(g.freeze_asked), in<1>(g.reseed_due), in<1>(g.void_session), in<1>(g.stop_asked));
    // What the orchestrator keeps about this agent stays with it when agents change places.
    std::uint8_t marks = marks_of(w, index);
    io(in<4>(marks));
    if constexpr (!std::is_const_v<World>) {
        set_marks(w, index, marks);
    }
    if (options.traits().with != adapter::none) {
        auto& l = a.link;
        io(in<2>(a.released), in<4>(a.gone.bits), in<2>(l.about), in<3>(l.waiting),
           in<1>(l.synchronised), in<1>(l.owes_thaw), in<1>(l.frozen_count), in<1>(l.thaw_owed),
           in<1>(l.abort_owed), in<1>(l.look), in<1>(l.was_lost), in<4>(l.found));
        io(in<1>(a.let_go), in<1>(g.died), in<1>(l.begun), in<1>(l.taken), in<1>(l.failed));
    }
}

/// Everything but the agents.
template <class Io, class World>
void pack_host(Io& io, World& w) {
    auto& d = w.host.data;
    io(in<4>(w.host.phase), in<2>(d.txn), in<2>(d.outlook), in<3>(d.cut), in<1>(d.go_noted),
       in<2>(d.resends), in<1>(w.reply_timer), in<1>(w.window_timer), in<3>(w.provider),
       in<2>(w.cut_notice), in<1>(w.cut_running), in<2>(w.started), in<3>(w.budget),
       in<1>(w.report_due), in<1>(w.cut_done));
}

} // namespace detail

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
