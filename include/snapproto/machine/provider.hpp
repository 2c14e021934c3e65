// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_PROVIDER_HPP
#define SNAPPROTO_MACHINE_PROVIDER_HPP

// The provider's machine, as the orchestrator keeps it: SP chapter 13 as one table. Fixing the
// instant of the copy (cut) and having it usable (ready) are two events; the thaw waits for the
// first only (SP 13.7).

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// What can happen to a provider.
enum class provider_event : std::uint8_t {
    precommit,   ///< Asked to get ready for a cut.
    cut,         ///< Asked to cut.
    cut_done,    ///< The instant is fixed on every volume.
    cut_failed,  ///< It could not be fixed.
    cut_expired, ///< The provider's own limit has passed.
    copy_ready,  ///< The copy can be read.
    discard,     ///< Asked to throw the copy away, or to give up.
    reset        ///< A new transaction begins.
};

/// One event of a provider. There is nothing to it but its kind.
struct provider_input {
    provider_event kind = provider_event::reset;
};

/// A provider's state is all there is to it.
struct provider_data {
    friend constexpr bool operator==(const provider_data&, const provider_data&) noexcept = default;
};

/// What the provider's machine asks for.
enum class provider_effect : std::uint8_t {
    begin_cut,     ///< Have the storage cut.
    report_cut,    ///< The orchestrator learns that the cut succeeded.
    report_failed, ///< It learns that the cut failed.
    report_ready,  ///< It learns that the copy can be read.
    throw_away     ///< Have the storage delete what there is.
};

/// How a cell refuses an event.
enum class provider_refusal : std::uint8_t {
    ignore, ///< Stale.
    reject  ///< The caller's mistake (SP 13.10).
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::provider_event> {
    static constexpr auto names =
        std::to_array<std::string_view>({"precommit", "cut", "cut_done", "cut_failed",
                                         "cut_expired", "copy_ready", "discard", "reset"});
};
template <>
struct spelling<machine::provider_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"begin_cut", "report_cut", "report_failed", "report_ready", "throw_away"});
};
template <>
struct spelling<machine::provider_refusal> {
    static constexpr auto names = std::to_array<std::string_view>({"ignore", "reject"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 2.
using provider_outbox = effect_list<provider_effect, 2>;

namespace provider {

/// An event as Boost.MSM sees it.
template <provider_event Kind>
struct event {
    static constexpr provider_event id = Kind;
    const provider_input& input;
};

/// A state as Boost.MSM sees it.
template <provider_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr provider_phase id = Phase;
};

/// Asks for one thing.
template <provider_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const provider_input&, provider_data&,
                                provider_outbox& o) noexcept {
        o.push(Effect);
    }
};

namespace words {
using idle = state<provider_phase::idle>;
using prepared = state<provider_phase::prepared>;
using cutting = state<provider_phase::cutting>;
using cut = state<provider_phase::cut>;
using ready = state<provider_phase::ready>;
using discarded = state<provider_phase::discarded>;

using precommit = event<provider_event::precommit>;
using cut_order = event<provider_event::cut>;
using cut_done = event<provider_event::cut_done>;
using cut_failed = event<provider_event::cut_failed>;
using cut_expired = event<provider_event::cut_expired>;
using copy_ready = event<provider_event::copy_ready>;
using discard = event<provider_event::discard>;
using new_txn = event<provider_event::reset>;

using begin_cut = ask<provider_effect::begin_cut>;
using report_cut = ask<provider_effect::report_cut>;
using report_ready = ask<provider_effect::report_ready>;
using throw_away = ask<provider_effect::throw_away>;
using report_failed = seq<ask<provider_effect::report_failed>, throw_away>;
} // namespace words

template <provider_refusal How>
struct as {
    static constexpr provider_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source     Event        Target     Action         Guard   Clause
    on<idle     , precommit  , prepared , nothing      , always, sec<13,1>>,
    on<idle     , discard    , discarded, nothing      , always, sec<13,8>>,
    on<idle     , new_txn    , same     , nothing      , always, sec<13,1>>,

    on<prepared , cut_order  , cutting  , begin_cut    , always, sec<13,2>>,
    on<prepared , discard    , discarded, nothing      , always, sec<13,8>>,

    on<cutting  , cut_done   , cut      , report_cut   , always, sec<13,3>>,
    on<cutting  , cut_failed , discarded, report_failed, always, sec<13,5>>,
    on<cutting  , cut_expired, discarded, report_failed, always, sec<13,4>>,
    on<cutting  , discard    , discarded, throw_away   , always, sec<13,8>>,

    on<cut      , copy_ready , ready    , report_ready , always, sec<13,6>>,
    on<cut      , discard    , discarded, throw_away   , always, sec<13,8>>,

    on<ready    , discard    , discarded, throw_away   , always, sec<13,8>>,
    on<ready    , new_txn    , idle     , nothing      , always, sec<13,1>>,

    on<discarded, cut_done   , same     , throw_away   , always, sec<13,9>>,
    on<discarded, copy_ready , same     , throw_away   , always, sec<13,9>>,
    on<discarded, discard    , same     , nothing      , always, sec<13,8>>,
    on<discarded, new_txn    , idle     , nothing      , always, sec<13,1>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<provider_refusal::ignore>;
using reject = as<provider_refusal::reject>;
using cells = mp11::mp_list<
  //       State      Event        Answer  Clause
    refuse<idle     , cut_order  , reject, sec<13,10>>,
    refuse<idle     , cut_done   , ignore, sec<1,6>  >,
    refuse<idle     , cut_failed , ignore, sec<1,6>  >,
    refuse<idle     , cut_expired, ignore, sec<1,6>  >,
    refuse<idle     , copy_ready , ignore, sec<1,6>  >,

    refuse<prepared , precommit  , reject, sec<13,10>>,
    refuse<prepared , cut_done   , ignore, sec<1,6>  >,
    refuse<prepared , cut_failed , ignore, sec<1,6>  >,
    refuse<prepared , cut_expired, ignore, sec<1,6>  >,
    refuse<prepared , copy_ready , ignore, sec<1,6>  >,
    refuse<prepared , new_txn    , reject, sec<13,10>>,

    refuse<cutting  , precommit  , reject, sec<13,10>>,
    refuse<cutting  , cut_order  , reject, sec<13,10>>,
    refuse<cutting  , copy_ready , ignore, sec<1,6>  >,
    refuse<cutting  , new_txn    , reject, sec<13,10>>,

    refuse<cut      , precommit  , reject, sec<13,10>>,
    refuse<cut      , cut_order  , reject, sec<13,10>>,
    refuse<cut      , cut_done   , ignore, sec<1,6>  >,
    refuse<cut      , cut_failed , ignore, sec<1,6>  >,
    refuse<cut      , cut_expired, ignore, sec<1,6>  >,
    refuse<cut      , new_txn    , reject, sec<13,10>>,

    refuse<ready    , precommit  , reject, sec<13,10>>,
    refuse<ready    , cut_order  , reject, sec<13,10>>,
    refuse<ready    , cut_done   , ignore, sec<1,6>  >,
    refuse<ready    , cut_failed , ignore, sec<1,6>  >,
    refuse<ready    , cut_expired, ignore, sec<1,6>  >,
    refuse<ready    , copy_ready , ignore, sec<1,6>  >,

    refuse<discarded, precommit  , reject, sec<13,10>>,
    refuse<discarded, cut_order  , reject, sec<13,10>>,
    refuse<discarded, cut_failed , ignore, sec<13,9> >,
    refuse<discarded, cut_expired, ignore, sec<1,6>  >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end : flat_front_end<front_end, table, words::idle, provider_data, provider_outbox> {};

/// The parts of the provider's machine.
struct spec {
    using phase = provider_phase;
    using event_kind = provider_event;
    using input = provider_input;
    using data = provider_data;
    using outbox = provider_outbox;
    using refusal = provider_refusal;
    using front_end = provider::front_end;
    using all_states = mp11::mp_list<words::idle, words::prepared, words::cutting, words::cut,
                                     words::ready, words::discarded>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <provider_event Kind>
    using event = provider::event<Kind>;
};

} // namespace provider

/// The whole state of a provider's machine.
using provider_state = machine_state<provider_phase, provider_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<provider::spec>;
#endif

/// The provider's machine.
class provider_machine : public flat_machine<provider::spec> {
  public:
    using flat_machine::flat_machine;

    /// Takes one event and appends what it asks for to `out`.
    result process(provider_event kind, provider_outbox& out) noexcept {
        return flat_machine::process(provider_input{kind}, out);
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_PROVIDER_HPP
