// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_FLAT_MACHINE_HPP
#define SNAPPROTO_MACHINE_FLAT_MACHINE_HPP

// What all machines of this layer have in common: running a total table on Boost.MSM, looking up
// refusals, and being a plain value (copied, compared, saved, restored).

#include <snapproto/machine/state.hpp>
#include <snapproto/machine/table.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace snapproto::machine {

/// A machine made of one transition table and one refusal table. Never allocates, never throws.
///
/// @tparam Spec names the parts: `phase`, `event_kind`, `input`, `data`, `outbox`, `refusal`,
///         `front_end`, `all_states`, `transition_table`, `refusal_table`, and the template
///         `event<event_kind>`.
template <class Spec>
class flat_machine {
  public:
    using phase_type = typename Spec::phase;
    using event_kind = typename Spec::event_kind;
    using input_type = typename Spec::input;
    using data_type = typename Spec::data;
    using outbox_type = typename Spec::outbox;
    using refusal_type = typename Spec::refusal;
    using state_type = machine_state<phase_type, data_type>;
    using result = step_result<refusal_type>;
    using row = row_info<phase_type, event_kind>;
    using refusal_row = refusal_info<phase_type, event_kind, refusal_type>;

    /// All rows, in the order of the table; a step's `row` is an index into it.
    [[nodiscard]] static constexpr const auto& rows() noexcept {
        return detail::rows_as_data<row, typename Spec::transition_table>::value;
    }

    /// All refusals, in the order of the table.
    [[nodiscard]] static constexpr const auto& refusals() noexcept {
        return detail::refusals_as_data<refusal_row, typename Spec::refusal_table>::value;
    }

    static_assert(table_is_total(rows(), refusals(), value_count<phase_type>,
                                 value_count<event_kind>),
                  "every (state, event) pair is a row, a choice of guarded rows, or one refusal");

    /// Starts in the first state with fresh data.
    flat_machine() noexcept;

    explicit flat_machine(const state_type& state) noexcept : flat_machine() { restore(state); }

    // Boost.MSM loses the state when it copies from a non-const machine, so copies go by value.
    flat_machine(const flat_machine& other) noexcept : flat_machine() { restore(other.save()); }
    flat_machine& operator=(const flat_machine& other) noexcept {
        restore(other.save());
        return *this;
    }
    ~flat_machine() = default;

    /// Takes one event and appends what the outside has to do to `out`. A refused event changes
    /// nothing (SP 1.5).
    ///
    /// @return the row that was taken, or the refusal.
    result process(const input_type& input, outbox_type& out) noexcept;

    [[nodiscard]] phase_type phase() const noexcept {
        return phase_of_msm_id[static_cast<std::size_t>(m_backend.current_state()[0])];
    }
    [[nodiscard]] const data_type& data() const noexcept { return m_backend.data; }

    /// The whole state as a value.
    [[nodiscard]] state_type save() const noexcept { return {phase(), data()}; }

    /// Puts the machine into a saved state. Runs no action.
    void restore(const state_type& state) noexcept {
        m_backend.data = state.data;
        // The array of active states is the machine's only other state; Boost.MSM hands out a
        // const view of its own non-const member.
        const_cast<int*>(m_backend.current_state())[0] =
            msm_id_of_phase[static_cast<std::size_t>(state.phase)];
    }

    friend bool operator==(const flat_machine& a, const flat_machine& b) noexcept {
        return a.save() == b.save();
    }

  protected:
    /// For data that moves outside of the table (an agent's answer, a caller's setting).
    [[nodiscard]] data_type& mutable_data() noexcept { return m_backend.data; }

  private:
    using backend = boost::msm::back::state_machine<typename Spec::front_end>;

    static constexpr auto msm_id_of_phase =
        detail::msm_ids<backend, phase_type, value_count<phase_type>>(typename Spec::all_states{});

    static constexpr auto phase_of_msm_id = [] {
        std::array<phase_type, value_count<phase_type>> phases{};
        for (std::size_t i = 0; i < phases.size(); ++i) {
            phases[static_cast<std::size_t>(msm_id_of_phase[i])] = static_cast<phase_type>(i);
        }
        return phases;
    }();

    // [phase][event] -> index into refusals(), or -1 where the cell has rows.
    static constexpr auto refusal_index = [] {
        std::array<std::array<std::int16_t, value_count<event_kind>>, value_count<phase_type>>
            map{};
        for (auto& line : map) {
            line.fill(-1);
        }
        for (std::size_t i = 0; i < refusals().size(); ++i) {
            const auto& cell = refusals()[i];
            map[static_cast<std::size_t>(cell.from)][static_cast<std::size_t>(cell.event)] =
                static_cast<std::int16_t>(i);
        }
        return map;
    }();

    template <std::size_t I>
    static bool fire(backend& machine, const input_type& input) noexcept {
        return machine.process_event(typename Spec::template event<static_cast<event_kind>(I)>{
                   input}) == boost::msm::back::HANDLED_TRUE;
    }

    template <std::size_t... I>
    bool dispatch(const input_type& input, std::index_sequence<I...>) noexcept {
        using handler = bool (*)(backend&, const input_type&) noexcept;
        static constexpr std::array<handler, sizeof...(I)> handlers{&fire<I>...};
        return handlers[static_cast<std::size_t>(input.kind)](m_backend, input);
    }

    backend m_backend;
};

// What follows is all that makes the compiler work out Boost.MSM's machine. It stands outside of
// the class and is not inline, so that SNAPPROTO_SEPARATE_COMPILATION can keep it out of a source.

template <class Spec>
flat_machine<Spec>::flat_machine() noexcept {
    m_backend.start();
}

template <class Spec>
auto flat_machine<Spec>::process(const input_type& input, outbox_type& out) noexcept -> result {
    const auto index =
        refusal_index[static_cast<std::size_t>(phase())][static_cast<std::size_t>(input.kind)];
    if (index >= 0) {
        const auto& cell = refusals()[static_cast<std::size_t>(index)];
        return {-1, cell.how, cell.governed_by};
    }
    m_backend.outbox = &out;
    const bool handled = dispatch(input, std::make_index_sequence<value_count<event_kind>>{});
    m_backend.outbox = nullptr;
    // A rejected guard would be silent in Boost.MSM; the table leaves none to reject.
    SNAPPROTO_ASSERT(handled);
    (void)handled;
    const auto taken = m_backend.taken_row;
    return {static_cast<std::int16_t>(taken), {}, rows()[taken].governed_by};
}

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_FLAT_MACHINE_HPP
