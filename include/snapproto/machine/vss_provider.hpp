// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_PROVIDER_HPP
#define SNAPPROTO_MACHINE_VSS_PROVIDER_HPP

// A provider of VSS, which makes the copy, by the states that VSS gives a snapshot: SP chapter 53
// as one table. It knows neither bytes nor time.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// The state of the set that the provider makes. `none` is what VSS calls unknown.
enum class vss_provider_phase : std::uint8_t {
    none,
    preparing,                  ///< Volumes are being added.
    processing_prepare,         ///< The copy is being laid out.
    prepared,                   ///< It is.
    processing_precommit,       ///< Applications are held; the last preparations.
    precommitted,               ///< They are done.
    processing_commit,          ///< Volumes are held; the copy is being cut.
    committed,                  ///< It is cut.
    processing_postcommit,      ///< Volumes go on; what follows the cut.
    postcommitted,              ///< That is done.
    processing_prefinalcommit,  ///< The copy can be written for a while.
    prefinalcommitted,          ///< Writers may repair what is theirs in it.
    processing_postfinalcommit, ///< It is being sealed.
    created,                    ///< It is there.
    aborted,                    ///< It was given up.
    deleted                     ///< It was there.
};

/// What can happen to it: the calls of the coordinator, and how the provider ends one.
enum class vss_provider_event : std::uint8_t {
    begin_prepare,
    end_prepare,
    pre_commit,
    commit,
    post_commit,
    pre_final_commit,
    post_final_commit,
    done,   ///< The step that runs has ended well.
    failed, ///< It has failed.
    abort,
    remove
};

/// One event. There is nothing to it but its kind.
struct vss_provider_input {
    vss_provider_event kind = vss_provider_event::abort;
};

/// A provider's state is all there is to it.
struct vss_provider_data {
    friend constexpr bool operator==(const vss_provider_data&,
                                     const vss_provider_data&) noexcept = default;
};

/// What the machine asks for.
enum class vss_provider_effect : std::uint8_t {
    add_volume,
    lay_out,      ///< Prepare the copy.
    pre_commit,   ///< Prepare the cut.
    cut,          ///< Fix the instant. No I/O to the volumes.
    post_commit,  ///< Do what follows the cut.
    open_copy,    ///< Let the copy be written.
    seal_copy,    ///< Let it be read only.
    report_done,  ///< The coordinator is told that the step has ended.
    report_error, ///< It is told that it has failed.
    discard       ///< Throw away what there is.
};

/// How a cell refuses an event.
enum class vss_provider_refusal : std::uint8_t {
    ignore,   ///< It means nothing here.
    bad_state ///< Not now.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::vss_provider_phase> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"none", "preparing", "processing_prepare", "prepared", "processing_precommit",
         "precommitted", "processing_commit", "committed", "processing_postcommit", "postcommitted",
         "processing_prefinalcommit", "prefinalcommitted", "processing_postfinalcommit", "created",
         "aborted", "deleted"});
};
template <>
struct spelling<machine::vss_provider_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"begin_prepare", "end_prepare", "pre_commit", "commit", "post_commit", "pre_final_commit",
         "post_final_commit", "done", "failed", "abort", "remove"});
};
template <>
struct spelling<machine::vss_provider_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"add_volume", "lay_out", "pre_commit", "cut", "post_commit", "open_copy", "seal_copy",
         "report_done", "report_error", "discard"});
};
template <>
struct spelling<machine::vss_provider_refusal> {
    static constexpr auto names = std::to_array<std::string_view>({"ignore", "bad_state"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 2.
using vss_provider_outbox = effect_list<vss_provider_effect, 2>;

namespace vss_provider {

/// An event as Boost.MSM sees it.
template <vss_provider_event Kind>
struct event {
    static constexpr vss_provider_event id = Kind;
    const vss_provider_input& input;
};

/// A state as Boost.MSM sees it.
template <vss_provider_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr vss_provider_phase id = Phase;
};

/// Asks for one thing.
template <vss_provider_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const vss_provider_input&, vss_provider_data&,
                                vss_provider_outbox& out) noexcept {
        out.push(Effect);
    }
};

namespace words {
using none = state<vss_provider_phase::none>;
using preparing = state<vss_provider_phase::preparing>;
using prepare_runs = state<vss_provider_phase::processing_prepare>;
using prepared = state<vss_provider_phase::prepared>;
using pre_runs = state<vss_provider_phase::processing_precommit>;
using precommitted = state<vss_provider_phase::precommitted>;
using commit_runs = state<vss_provider_phase::processing_commit>;
using committed = state<vss_provider_phase::committed>;
using post_runs = state<vss_provider_phase::processing_postcommit>;
using postcommitted = state<vss_provider_phase::postcommitted>;
using prefinal_runs = state<vss_provider_phase::processing_prefinalcommit>;
using prefinal = state<vss_provider_phase::prefinalcommitted>;
using final_runs = state<vss_provider_phase::processing_postfinalcommit>;
using created = state<vss_provider_phase::created>;
using aborted = state<vss_provider_phase::aborted>;
using deleted = state<vss_provider_phase::deleted>;

using begin = event<vss_provider_event::begin_prepare>;
using end = event<vss_provider_event::end_prepare>;
using pre_commit = event<vss_provider_event::pre_commit>;
using commit = event<vss_provider_event::commit>;
using post_commit = event<vss_provider_event::post_commit>;
using pre_final = event<vss_provider_event::pre_final_commit>;
using post_final = event<vss_provider_event::post_final_commit>;
using done = event<vss_provider_event::done>;
using failed = event<vss_provider_event::failed>;
using abort = event<vss_provider_event::abort>;
using remove = event<vss_provider_event::remove>;

using add = ask<vss_provider_effect::add_volume>;
using do_prepare = ask<vss_provider_effect::lay_out>;
using do_pre = ask<vss_provider_effect::pre_commit>;
using do_commit = ask<vss_provider_effect::cut>;
using do_post = ask<vss_provider_effect::post_commit>;
using do_prefinal = ask<vss_provider_effect::open_copy>;
using do_final = ask<vss_provider_effect::seal_copy>;
using tell = ask<vss_provider_effect::report_done>;
using discard = ask<vss_provider_effect::discard>;
using give_up = seq<ask<vss_provider_effect::report_error>, discard>;
} // namespace words

template <vss_provider_refusal How>
struct as {
    static constexpr vss_provider_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source         Event        Target         Action       Guard   Clause
    on<none         , begin      , preparing    , add        , always, sec<53,1>>,

    on<preparing    , begin      , same         , add        , always, sec<53,1>>,
    on<preparing    , end        , prepare_runs , do_prepare , always, sec<53,2>>,
    on<preparing    , abort      , aborted      , discard    , always, sec<53,5>>,

    on<prepare_runs , done       , prepared     , tell       , always, sec<53,3>>,
    on<prepare_runs , failed     , aborted      , give_up    , always, sec<53,4>>,
    on<prepare_runs , abort      , aborted      , discard    , always, sec<53,5>>,

    on<prepared     , pre_commit , pre_runs     , do_pre     , always, sec<53,2>>,
    on<prepared     , abort      , aborted      , discard    , always, sec<53,5>>,

    on<pre_runs     , done       , precommitted , tell       , always, sec<53,3>>,
    on<pre_runs     , failed     , aborted      , give_up    , always, sec<53,4>>,
    on<pre_runs     , abort      , aborted      , discard    , always, sec<53,5>>,

    on<precommitted , commit     , commit_runs  , do_commit  , always, sec<53,2>>,
    on<precommitted , abort      , aborted      , discard    , always, sec<53,5>>,

    on<commit_runs  , done       , committed    , tell       , always, sec<53,3>>,
    on<commit_runs  , failed     , aborted      , give_up    , always, sec<53,4>>,
    on<commit_runs  , abort      , aborted      , discard    , always, sec<53,5>>,

    on<committed    , post_commit, post_runs    , do_post    , always, sec<53,2>>,
    on<committed    , abort      , aborted      , discard    , always, sec<53,5>>,

    on<post_runs    , done       , postcommitted, tell       , always, sec<53,3>>,
    on<post_runs    , failed     , aborted      , give_up    , always, sec<53,4>>,
    on<post_runs    , abort      , aborted      , discard    , always, sec<53,5>>,

    on<postcommitted, pre_final  , prefinal_runs, do_prefinal, always, sec<53,2>>,
    on<postcommitted, abort      , aborted      , discard    , always, sec<53,5>>,

    on<prefinal_runs, done       , prefinal     , tell       , always, sec<53,3>>,
    on<prefinal_runs, failed     , aborted      , give_up    , always, sec<53,4>>,
    on<prefinal_runs, abort      , aborted      , discard    , always, sec<53,5>>,

    on<prefinal     , post_final , final_runs   , do_final   , always, sec<53,2>>,
    on<prefinal     , abort      , aborted      , discard    , always, sec<53,5>>,

    on<final_runs   , done       , created      , tell       , always, sec<53,3>>,
    on<final_runs   , failed     , aborted      , give_up    , always, sec<53,4>>,
    on<final_runs   , abort      , aborted      , discard    , always, sec<53,5>>,

    on<created      , begin      , preparing    , add        , always, sec<53,1>>,
    on<created      , abort      , deleted      , discard    , always, sec<53,6>>,
    on<created      , remove     , deleted      , discard    , always, sec<53,6>>,

    on<aborted      , begin      , preparing    , add        , always, sec<53,1>>,

    on<deleted      , begin      , preparing    , add        , always, sec<53,1>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<vss_provider_refusal::ignore>;
using bad_state = as<vss_provider_refusal::bad_state>;
using cells = mp11::mp_list<
  //       State          Event        Answer     Clause
    refuse<none         , end        , bad_state, sec<53,7>>,
    refuse<none         , pre_commit , bad_state, sec<53,7>>,
    refuse<none         , commit     , bad_state, sec<53,7>>,
    refuse<none         , post_commit, bad_state, sec<53,7>>,
    refuse<none         , pre_final  , bad_state, sec<53,7>>,
    refuse<none         , post_final , bad_state, sec<53,7>>,
    refuse<none         , done       , ignore   , sec<1,6> >,
    refuse<none         , failed     , ignore   , sec<1,6> >,
    refuse<none         , abort      , ignore   , sec<53,5>>,
    refuse<none         , remove     , bad_state, sec<53,7>>,

    refuse<preparing    , pre_commit , bad_state, sec<53,7>>,
    refuse<preparing    , commit     , bad_state, sec<53,7>>,
    refuse<preparing    , post_commit, bad_state, sec<53,7>>,
    refuse<preparing    , pre_final  , bad_state, sec<53,7>>,
    refuse<preparing    , post_final , bad_state, sec<53,7>>,
    refuse<preparing    , done       , ignore   , sec<1,6> >,
    refuse<preparing    , failed     , ignore   , sec<1,6> >,
    refuse<preparing    , remove     , bad_state, sec<53,7>>,

    refuse<prepare_runs , begin      , bad_state, sec<53,7>>,
    refuse<prepare_runs , end        , bad_state, sec<53,7>>,
    refuse<prepare_runs , pre_commit , bad_state, sec<53,7>>,
    refuse<prepare_runs , commit     , bad_state, sec<53,7>>,
    refuse<prepare_runs , post_commit, bad_state, sec<53,7>>,
    refuse<prepare_runs , pre_final  , bad_state, sec<53,7>>,
    refuse<prepare_runs , post_final , bad_state, sec<53,7>>,
    refuse<prepare_runs , remove     , bad_state, sec<53,7>>,

    refuse<prepared     , begin      , bad_state, sec<53,7>>,
    refuse<prepared     , end        , bad_state, sec<53,7>>,
    refuse<prepared     , commit     , bad_state, sec<53,7>>,
    refuse<prepared     , post_commit, bad_state, sec<53,7>>,
    refuse<prepared     , pre_final  , bad_state, sec<53,7>>,
    refuse<prepared     , post_final , bad_state, sec<53,7>>,
    refuse<prepared     , done       , ignore   , sec<1,6> >,
    refuse<prepared     , failed     , ignore   , sec<1,6> >,
    refuse<prepared     , remove     , bad_state, sec<53,7>>,

    refuse<pre_runs     , begin      , bad_state, sec<53,7>>,
    refuse<pre_runs     , end        , bad_state, sec<53,7>>,
    refuse<pre_runs     , pre_commit , bad_state, sec<53,7>>,
    refuse<pre_runs     , commit     , bad_state, sec<53,7>>,
    refuse<pre_runs     , post_commit, bad_state, sec<53,7>>,
    refuse<pre_runs     , pre_final  , bad_state, sec<53,7>>,
    refuse<pre_runs     , post_final , bad_state, sec<53,7>>,
    refuse<pre_runs     , remove     , bad_state, sec<53,7>>,

    refuse<precommitted , begin      , bad_state, sec<53,7>>,
    refuse<precommitted , end        , bad_state, sec<53,7>>,
    refuse<precommitted , pre_commit , bad_state, sec<53,7>>,
    refuse<precommitted , post_commit, bad_state, sec<53,7>>,
    refuse<precommitted , pre_final  , bad_state, sec<53,7>>,
    refuse<precommitted , post_final , bad_state, sec<53,7>>,
    refuse<precommitted , done       , ignore   , sec<1,6> >,
    refuse<precommitted , failed     , ignore   , sec<1,6> >,
    refuse<precommitted , remove     , bad_state, sec<53,7>>,

    refuse<commit_runs  , begin      , bad_state, sec<53,7>>,
    refuse<commit_runs  , end        , bad_state, sec<53,7>>,
    refuse<commit_runs  , pre_commit , bad_state, sec<53,7>>,
    refuse<commit_runs  , commit     , bad_state, sec<53,7>>,
    refuse<commit_runs  , post_commit, bad_state, sec<53,7>>,
    refuse<commit_runs  , pre_final  , bad_state, sec<53,7>>,
    refuse<commit_runs  , post_final , bad_state, sec<53,7>>,
    refuse<commit_runs  , remove     , bad_state, sec<53,7>>,

    refuse<committed    , begin      , bad_state, sec<53,7>>,
    refuse<committed    , end        , bad_state, sec<53,7>>,
    refuse<committed    , pre_commit , bad_state, sec<53,7>>,
    refuse<committed    , commit     , bad_state, sec<53,7>>,
    refuse<committed    , pre_final  , bad_state, sec<53,7>>,
    refuse<committed    , post_final , bad_state, sec<53,7>>,
    refuse<committed    , done       , ignore   , sec<1,6> >,
    refuse<committed    , failed     , ignore   , sec<1,6> >,
    refuse<committed    , remove     , bad_state, sec<53,7>>,

    refuse<post_runs    , begin      , bad_state, sec<53,7>>,
    refuse<post_runs    , end        , bad_state, sec<53,7>>,
    refuse<post_runs    , pre_commit , bad_state, sec<53,7>>,
    refuse<post_runs    , commit     , bad_state, sec<53,7>>,
    refuse<post_runs    , post_commit, bad_state, sec<53,7>>,
    refuse<post_runs    , pre_final  , bad_state, sec<53,7>>,
    refuse<post_runs    , post_final , bad_state, sec<53,7>>,
    refuse<post_runs    , remove     , bad_state, sec<53,7>>,

    refuse<postcommitted, begin      , bad_state, sec<53,7>>,
    refuse<postcommitted, end        , bad_state, sec<53,7>>,
    refuse<postcommitted, pre_commit , bad_state, sec<53,7>>,
    refuse<postcommitted, commit     , bad_state, sec<53,7>>,
    refuse<postcommitted, post_commit, bad_state, sec<53,7>>,
    refuse<postcommitted, post_final , bad_state, sec<53,7>>,
    refuse<postcommitted, done       , ignore   , sec<1,6> >,
    refuse<postcommitted, failed     , ignore   , sec<1,6> >,
    refuse<postcommitted, remove     , bad_state, sec<53,7>>,

    refuse<prefinal_runs, begin      , bad_state, sec<53,7>>,
    refuse<prefinal_runs, end        , bad_state, sec<53,7>>,
    refuse<prefinal_runs, pre_commit , bad_state, sec<53,7>>,
    refuse<prefinal_runs, commit     , bad_state, sec<53,7>>,
    refuse<prefinal_runs, post_commit, bad_state, sec<53,7>>,
    refuse<prefinal_runs, pre_final  , bad_state, sec<53,7>>,
    refuse<prefinal_runs, post_final , bad_state, sec<53,7>>,
    refuse<prefinal_runs, remove     , bad_state, sec<53,7>>,

    refuse<prefinal     , begin      , bad_state, sec<53,7>>,
    refuse<prefinal     , end        , bad_state, sec<53,7>>,
    refuse<prefinal     , pre_commit , bad_state, sec<53,7>>,
    refuse<prefinal     , commit     , bad_state, sec<53,7>>,
    refuse<prefinal     , post_commit, bad_state, sec<53,7>>,
    refuse<prefinal     , pre_final  , bad_state, sec<53,7>>,
    refuse<prefinal     , done       , ignore   , sec<1,6> >,
    refuse<prefinal     , failed     , ignore   , sec<1,6> >,
    refuse<prefinal     , remove     , bad_state, sec<53,7>>,

    refuse<final_runs   , begin      , bad_state, sec<53,7>>,
    refuse<final_runs   , end        , bad_state, sec<53,7>>,
    refuse<final_runs   , pre_commit , bad_state, sec<53,7>>,
    refuse<final_runs   , commit     , bad_state, sec<53,7>>,
    refuse<final_runs   , post_commit, bad_state, sec<53,7>>,
    refuse<final_runs   , pre_final  , bad_state, sec<53,7>>,
    refuse<final_runs   , post_final , bad_state, sec<53,7>>,
    refuse<final_runs   , remove     , bad_state, sec<53,7>>,

    refuse<created      , end        , bad_state, sec<53,7>>,
    refuse<created      , pre_commit , bad_state, sec<53,7>>,
    refuse<created      , commit     , bad_state, sec<53,7>>,
    refuse<created      , post_commit, bad_state, sec<53,7>>,
    refuse<created      , pre_final  , bad_state, sec<53,7>>,
    refuse<created      , post_final , bad_state, sec<53,7>>,
    refuse<created      , done       , ignore   , sec<1,6> >,
    refuse<created      , failed     , ignore   , sec<1,6> >,

    refuse<aborted      , end        , bad_state, sec<53,7>>,
    refuse<aborted      , pre_commit , bad_state, sec<53,7>>,
    refuse<aborted      , commit     , bad_state, sec<53,7>>,
    refuse<aborted      , post_commit, bad_state, sec<53,7>>,
    refuse<aborted      , pre_final  , bad_state, sec<53,7>>,
    refuse<aborted      , post_final , bad_state, sec<53,7>>,
    refuse<aborted      , done       , ignore   , sec<53,8>>,
    refuse<aborted      , failed     , ignore   , sec<53,8>>,
    refuse<aborted      , abort      , ignore   , sec<53,5>>,
    refuse<aborted      , remove     , bad_state, sec<53,7>>,

    refuse<deleted      , end        , bad_state, sec<53,7>>,
    refuse<deleted      , pre_commit , bad_state, sec<53,7>>,
    refuse<deleted      , commit     , bad_state, sec<53,7>>,
    refuse<deleted      , post_commit, bad_state, sec<53,7>>,
    refuse<deleted      , pre_final  , bad_state, sec<53,7>>,
    refuse<deleted      , post_final , bad_state, sec<53,7>>,
    refuse<deleted      , done       , ignore   , sec<53,8>>,
    refuse<deleted      , failed     , ignore   , sec<53,8>>,
    refuse<deleted      , abort      , ignore   , sec<53,5>>,
    refuse<deleted      , remove     , bad_state, sec<53,7>>
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end
    : flat_front_end<front_end, table, words::none, vss_provider_data, vss_provider_outbox> {};

/// The parts of the machine.
struct spec {
    using phase = vss_provider_phase;
    using event_kind = vss_provider_event;
    using input = vss_provider_input;
    using data = vss_provider_data;
    using outbox = vss_provider_outbox;
    using refusal = vss_provider_refusal;
    using front_end = vss_provider::front_end;
    using all_states =
        mp11::mp_list<words::none, words::preparing, words::prepare_runs, words::prepared,
                      words::pre_runs, words::precommitted, words::commit_runs, words::committed,
                      words::post_runs, words::postcommitted, words::prefinal_runs, words::prefinal,
                      words::final_runs, words::created, words::aborted, words::deleted>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <vss_provider_event Kind>
    using event = vss_provider::event<Kind>;
};

} // namespace vss_provider

/// The whole state of the provider's machine.
using vss_provider_state = machine_state<vss_provider_phase, vss_provider_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<vss_provider::spec>;
#endif

/// The machine of a provider of VSS.
class vss_provider_machine : public flat_machine<vss_provider::spec> {
  public:
    using flat_machine::flat_machine;

    /// Takes one event and appends what it asks for to `out`.
    result process(vss_provider_event kind, vss_provider_outbox& out) noexcept {
        return flat_machine::process(vss_provider_input{kind}, out);
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_PROVIDER_HPP
