// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_REQUESTER_HPP
#define SNAPPROTO_MACHINE_VSS_REQUESTER_HPP

// A requester of VSS, which is a backup program: the order of its calls, and what it makes of
// writers that fail. SP chapter 54 as one table. It knows neither bytes nor time.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/machine/vss_requester_types.hpp>

namespace snapproto::machine {
namespace vss_requester {

/// An event as Boost.MSM sees it.
template <vss_requester_event Kind>
struct event {
    static constexpr vss_requester_event id = Kind;
    const vss_requester_input& input;
};

/// A state as Boost.MSM sees it.
template <vss_requester_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr vss_requester_phase id = Phase;
};

/// Asks for one thing.
template <vss_requester_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const vss_requester_input&, vss_requester_data&,
                                vss_requester_outbox& out) noexcept {
        out.push(Effect);
    }
};

/// The first attempt is next.
struct first_attempt {
    static constexpr std::string_view name = "first attempt";
    static constexpr void apply(const vss_requester_input&, vss_requester_data& data,
                                vss_requester_outbox&) noexcept {
        data.retries_left = data.retries_max;
        data.retries = false;
    }
};

/// One attempt more follows the abort.
struct plan_retry {
    static constexpr std::string_view name = "plan retry";
    static constexpr void apply(const vss_requester_input&, vss_requester_data& data,
                                vss_requester_outbox&) noexcept {
        --data.retries_left;
        data.retries = true;
    }
};

/// None does.
struct plan_none {
    static constexpr std::string_view name = "plan no retry";
    static constexpr void apply(const vss_requester_input&, vss_requester_data& data,
                                vss_requester_outbox&) noexcept {
        data.retries = false;
    }
};

/// Another attempt may succeed, and there is one left.
struct can_retry {
    static constexpr std::string_view name = "can retry";
    static constexpr std::string_view opposite = "cannot retry";
    static constexpr bool holds(const vss_requester_input& input,
                                const vss_requester_data& data) noexcept {
        return input.retryable && data.retries_left > 0;
    }
};

/// A copy with a failed writer will do.
struct takes_partial {
    static constexpr std::string_view name = "takes partial";
    static constexpr bool holds(const vss_requester_input&,
                                const vss_requester_data& data) noexcept {
        return data.takes_partial;
    }
};

/// It will not, and another attempt is possible.
struct wants_whole_again {
    static constexpr std::string_view name = "wants whole, can retry";
    static constexpr bool holds(const vss_requester_input& input,
                                const vss_requester_data& data) noexcept {
        return !data.takes_partial && can_retry::holds(input, data);
    }
};

/// It will not, and no other attempt is.
struct wants_whole_spent {
    static constexpr std::string_view name = "wants whole, cannot retry";
    static constexpr bool holds(const vss_requester_input& input,
                                const vss_requester_data& data) noexcept {
        return !data.takes_partial && !can_retry::holds(input, data);
    }
};

/// Another attempt is planned.
struct is_planned {
    static constexpr std::string_view name = "retry planned";
    static constexpr std::string_view opposite = "no retry planned";
    static constexpr bool holds(const vss_requester_input&,
                                const vss_requester_data& data) noexcept {
        return data.retries;
    }
};

namespace words {
using idle = state<vss_requester_phase::idle>;
using setting = state<vss_requester_phase::setting>;
using gathering = state<vss_requester_phase::gathering>;
using starting = state<vss_requester_phase::starting>;
using adding = state<vss_requester_phase::adding>;
using preparing = state<vss_requester_phase::preparing>;
using creating = state<vss_requester_phase::creating>;
using judging = state<vss_requester_phase::judging>;
using copying = state<vss_requester_phase::copying>;
using completing = state<vss_requester_phase::completing>;
using aborting = state<vss_requester_phase::aborting>;
using waiting = state<vss_requester_phase::waiting>;

using begin = event<vss_requester_event::begin>;
using done = event<vss_requester_event::call_done>;
using failed = event<vss_requester_event::call_failed>;
using well = event<vss_requester_event::writers_well>;
using unwell = event<vss_requester_event::writer_failed>;
using copied = event<vss_requester_event::copied>;
using lost = event<vss_requester_event::copy_failed>;
using cancel = event<vss_requester_event::cancel>;
using due = event<vss_requester_event::retry_due>;

using try_again = ask<vss_requester_effect::set_context>;
using set_context = seq<first_attempt, try_again>;
using gather = ask<vss_requester_effect::gather_metadata>;
using start = ask<vss_requester_effect::start_set>;
using add = ask<vss_requester_effect::add_volumes>;
using prepare = ask<vss_requester_effect::prepare_backup>;
using create = ask<vss_requester_effect::create_set>;
using judge = ask<vss_requester_effect::gather_status>;
using copy = ask<vss_requester_effect::save_copy>;
using complete = ask<vss_requester_effect::backup_complete>;
using no_retry = plan_none;
using abort = seq<plan_none, ask<vss_requester_effect::abort_backup>>;
using abort_retry = seq<plan_retry, ask<vss_requester_effect::abort_backup>>;
using wait = ask<vss_requester_effect::wait>;
using succeed = ask<vss_requester_effect::report_success>;
using give_up = ask<vss_requester_effect::report_failure>;

using again = can_retry;
using spent = unless<can_retry>;
using content = takes_partial;
using whole_again = wants_whole_again;
using whole_spent = wants_whole_spent;
using planned = is_planned;
using unplanned = unless<is_planned>;
} // namespace words

template <vss_requester_refusal How>
struct as {
    static constexpr vss_requester_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source      Event   Target      Action       Guard        Clause
    on<idle      , begin , setting   , set_context, always     , sec<54,1>>,

    on<setting   , done  , gathering , gather     , always     , sec<54,1>>,
    on<setting   , failed, idle      , give_up    , always     , sec<54,6>>,
    on<setting   , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<gathering , done  , starting  , start      , always     , sec<54,1>>,
    on<gathering , failed, aborting  , abort_retry, again      , sec<54,5>>,
    on<gathering , failed, aborting  , abort      , spent      , sec<54,6>>,
    on<gathering , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<starting  , done  , adding    , add        , always     , sec<54,1>>,
    on<starting  , failed, aborting  , abort_retry, again      , sec<54,5>>,
    on<starting  , failed, aborting  , abort      , spent      , sec<54,6>>,
    on<starting  , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<adding    , done  , preparing , prepare    , always     , sec<54,1>>,
    on<adding    , failed, aborting  , abort_retry, again      , sec<54,5>>,
    on<adding    , failed, aborting  , abort      , spent      , sec<54,6>>,
    on<adding    , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<preparing , done  , creating  , create     , always     , sec<54,1>>,
    on<preparing , failed, aborting  , abort_retry, again      , sec<54,5>>,
    on<preparing , failed, aborting  , abort      , spent      , sec<54,6>>,
    on<preparing , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<creating  , done  , judging   , judge      , always     , sec<54,2>>,
    on<creating  , failed, aborting  , abort_retry, again      , sec<54,5>>,
    on<creating  , failed, aborting  , abort      , spent      , sec<54,6>>,
    on<creating  , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<judging   , well  , copying   , copy       , always     , sec<54,3>>,
    on<judging   , unwell, copying   , copy       , content    , sec<54,4>>,
    on<judging   , unwell, aborting  , abort_retry, whole_again, sec<54,5>>,
    on<judging   , unwell, aborting  , abort      , whole_spent, sec<54,6>>,
    on<judging   , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<copying   , copied, completing, complete   , always     , sec<54,3>>,
    on<copying   , lost  , aborting  , abort      , always     , sec<54,6>>,
    on<copying   , cancel, aborting  , abort      , always     , sec<54,8>>,

    on<completing, done  , idle      , succeed    , always     , sec<54,7>>,
    on<completing, failed, idle      , succeed    , always     , sec<54,7>>,

    on<aborting  , done  , waiting   , wait       , planned    , sec<54,5>>,
    on<aborting  , done  , idle      , give_up    , unplanned  , sec<54,6>>,
    on<aborting  , failed, waiting   , wait       , planned    , sec<54,5>>,
    on<aborting  , failed, idle      , give_up    , unplanned  , sec<54,6>>,
    on<aborting  , cancel, same      , no_retry   , always     , sec<54,8>>,

    on<waiting   , cancel, idle      , give_up    , always     , sec<54,8>>,
    on<waiting   , due   , setting   , try_again  , always     , sec<54,5>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<vss_requester_refusal::ignore>;
using busy = as<vss_requester_refusal::busy>;
using cells = mp11::mp_list<
  //       State       Event   Answer  Clause
    refuse<idle      , done  , ignore, sec<1,6> >,
    refuse<idle      , failed, ignore, sec<1,6> >,
    refuse<idle      , well  , ignore, sec<1,6> >,
    refuse<idle      , unwell, ignore, sec<1,6> >,
    refuse<idle      , copied, ignore, sec<1,6> >,
    refuse<idle      , lost  , ignore, sec<1,6> >,
    refuse<idle      , cancel, ignore, sec<54,8>>,
    refuse<idle      , due   , ignore, sec<1,6> >,

    refuse<setting   , begin , busy  , sec<54,9>>,
    refuse<setting   , well  , ignore, sec<1,6> >,
    refuse<setting   , unwell, ignore, sec<1,6> >,
    refuse<setting   , copied, ignore, sec<1,6> >,
    refuse<setting   , lost  , ignore, sec<1,6> >,
    refuse<setting   , due   , ignore, sec<1,6> >,

    refuse<gathering , begin , busy  , sec<54,9>>,
    refuse<gathering , well  , ignore, sec<1,6> >,
    refuse<gathering , unwell, ignore, sec<1,6> >,
    refuse<gathering , copied, ignore, sec<1,6> >,
    refuse<gathering , lost  , ignore, sec<1,6> >,
    refuse<gathering , due   , ignore, sec<1,6> >,

    refuse<starting  , begin , busy  , sec<54,9>>,
    refuse<starting  , well  , ignore, sec<1,6> >,
    refuse<starting  , unwell, ignore, sec<1,6> >,
    refuse<starting  , copied, ignore, sec<1,6> >,
    refuse<starting  , lost  , ignore, sec<1,6> >,
    refuse<starting  , due   , ignore, sec<1,6> >,

    refuse<adding    , begin , busy  , sec<54,9>>,
    refuse<adding    , well  , ignore, sec<1,6> >,
    refuse<adding    , unwell, ignore, sec<1,6> >,
    refuse<adding    , copied, ignore, sec<1,6> >,
    refuse<adding    , lost  , ignore, sec<1,6> >,
    refuse<adding    , due   , ignore, sec<1,6> >,

    refuse<preparing , begin , busy  , sec<54,9>>,
    refuse<preparing , well  , ignore, sec<1,6> >,
    refuse<preparing , unwell, ignore, sec<1,6> >,
    refuse<preparing , copied, ignore, sec<1,6> >,
    refuse<preparing , lost  , ignore, sec<1,6> >,
    refuse<preparing , due   , ignore, sec<1,6> >,

    refuse<creating  , begin , busy  , sec<54,9>>,
    refuse<creating  , well  , ignore, sec<1,6> >,
    refuse<creating  , unwell, ignore, sec<1,6> >,
    refuse<creating  , copied, ignore, sec<1,6> >,
    refuse<creating  , lost  , ignore, sec<1,6> >,
    refuse<creating  , due   , ignore, sec<1,6> >,

    refuse<judging   , begin , busy  , sec<54,9>>,
    refuse<judging   , done  , ignore, sec<1,6> >,
    refuse<judging   , failed, ignore, sec<1,6> >,
    refuse<judging   , copied, ignore, sec<1,6> >,
    refuse<judging   , lost  , ignore, sec<1,6> >,
    refuse<judging   , due   , ignore, sec<1,6> >,

    refuse<copying   , begin , busy  , sec<54,9>>,
    refuse<copying   , done  , ignore, sec<1,6> >,
    refuse<copying   , failed, ignore, sec<1,6> >,
    refuse<copying   , well  , ignore, sec<1,6> >,
    refuse<copying   , unwell, ignore, sec<1,6> >,
    refuse<copying   , due   , ignore, sec<1,6> >,

    refuse<completing, begin , busy  , sec<54,9>>,
    refuse<completing, well  , ignore, sec<1,6> >,
    refuse<completing, unwell, ignore, sec<1,6> >,
    refuse<completing, copied, ignore, sec<1,6> >,
    refuse<completing, lost  , ignore, sec<1,6> >,
    refuse<completing, cancel, ignore, sec<54,8>>,
    refuse<completing, due   , ignore, sec<1,6> >,

    refuse<aborting  , begin , busy  , sec<54,9>>,
    refuse<aborting  , well  , ignore, sec<1,6> >,
    refuse<aborting  , unwell, ignore, sec<1,6> >,
    refuse<aborting  , copied, ignore, sec<1,6> >,
    refuse<aborting  , lost  , ignore, sec<1,6> >,
    refuse<aborting  , due   , ignore, sec<1,6> >,

    refuse<waiting   , begin , busy  , sec<54,9>>,
    refuse<waiting   , done  , ignore, sec<1,6> >,
    refuse<waiting   , failed, ignore, sec<1,6> >,
    refuse<waiting   , well  , ignore, sec<1,6> >,
    refuse<waiting   , unwell, ignore, sec<1,6> >,
    refuse<waiting   , copied, ignore, sec<1,6> >,
    refuse<waiting   , lost  , ignore, sec<1,6> >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end
    : flat_front_end<front_end, table, words::idle, vss_requester_data, vss_requester_outbox> {};

/// The parts of the machine.
struct spec {
    using phase = vss_requester_phase;
    using event_kind = vss_requester_event;
    using input = vss_requester_input;
    using data = vss_requester_data;
    using outbox = vss_requester_outbox;
    using refusal = vss_requester_refusal;
    using front_end = vss_requester::front_end;
    using all_states =
        mp11::mp_list<words::idle, words::setting, words::gathering, words::starting, words::adding,
                      words::preparing, words::creating, words::judging, words::copying,
                      words::completing, words::aborting, words::waiting>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <vss_requester_event Kind>
    using event = vss_requester::event<Kind>;
};

} // namespace vss_requester

/// The whole state of a requester's machine.
using vss_requester_state = machine_state<vss_requester_phase, vss_requester_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<vss_requester::spec>;
#endif

/// A requester's machine.
class vss_requester_machine : public flat_machine<vss_requester::spec> {
  public:
    using flat_machine::flat_machine;
    using flat_machine::process;

    /// @param takes_partial whether a copy with a failed writer is taken for what it is.
    /// @param retries_max attempts after the first one.
    vss_requester_machine(bool takes_partial, std::uint8_t retries_max) noexcept
        : flat_machine(
              vss_requester_state{vss_requester_phase::idle,
                                  {.takes_partial = takes_partial, .retries_max = retries_max}}) {}

    /// Takes one event after which no other attempt could succeed, or that has nothing to do with
    /// that, and appends what it asks for to `out`.
    result process(vss_requester_event kind, vss_requester_outbox& out) noexcept {
        return flat_machine::process(vss_requester_input{kind}, out);
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_REQUESTER_HPP
