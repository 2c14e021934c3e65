// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_IMPL_AGENT_HPP
#define SNAPPROTO_MACHINE_IMPL_AGENT_HPP

#include <snapproto/machine/agent.hpp>

#include <utility>

namespace snapproto::machine {

namespace detail {

// [phase][event] -> index into agent_refusals(), or -1 where the cell has rows.
inline constexpr auto agent_refusal_index = [] {
    std::array<std::array<std::int16_t, value_count<agent_event>>, value_count<agent_phase>> map{};
    for (auto& line : map) {
        line.fill(-1);
    }
    for (std::size_t i = 0; i < agent_refusals().size(); ++i) {
        const auto& cell = agent_refusals()[i];
        map[static_cast<std::size_t>(cell.from)][static_cast<std::size_t>(cell.event)] =
            static_cast<std::int16_t>(i);
    }
    return map;
}();

} // namespace detail

inline agent_machine::result agent_machine::process(const agent_input& input,
                                                    agent_outbox& out) noexcept {
    const auto refused = [&](agent_refusal how, clause why) {
        if (how != agent_refusal::ignore && how != agent_refusal::drop) {
            out.push({.kind = agent_effect_kind::send_nak,
                      .txn = input.txn,
                      .session = data().session,
                      .code = code_of(how)});
        }
        return result{-1, how, why};
    };
    const agent_phase before = phase();
    if (const auto early = refuse_by_transaction(before, data(), input)) {
        return refused(early->first, early->second);
    }
    const auto index = detail::agent_refusal_index[static_cast<std::size_t>(before)]
                                                  [static_cast<std::size_t>(input.kind)];
    if (index >= 0) {
        const auto& cell = agent_refusals()[static_cast<std::size_t>(index)];
        return refused(cell.how, cell.governed_by);
    }

    m_backend.outbox = &out;
    bool handled = false;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((static_cast<std::size_t>(input.kind) == I
              ? void(handled = fire<static_cast<agent_event>(I)>(input))
              : void()),
         ...);
    }(std::make_index_sequence<value_count<agent_event>>{});
    // A rejected guard would be silent in Boost.MSM; the table leaves none to reject.
    SNAPPROTO_ASSERT(handled);
    m_backend.outbox = nullptr;
    const auto row = m_backend.taken_row;
    return {static_cast<std::int16_t>(row), {}, agent_rows()[row].governed_by};
}

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_IMPL_AGENT_HPP
