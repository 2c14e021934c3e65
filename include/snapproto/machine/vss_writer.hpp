// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_WRITER_HPP
#define SNAPPROTO_MACHINE_VSS_WRITER_HPP

// A writer of Windows' Volume Shadow Copy Service (VSS), as the coordinator keeps it: SP chapter 51
// as one table. It records what the application said to each event of a snapshot, and decides when
// the application is held and released.
//
// It knows neither bytes nor time: the limit between Freeze and Thaw is an event. The states are
// the machine's own; endpoint/vss_words.hpp has the numbers that VSS gives them.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// The state of a writer.
enum class vss_writer_phase : std::uint8_t {
    stable,   ///< No snapshot is in the making that it takes part in.
    ready,    ///< It waits for Freeze.
    freezing, ///< Its application is being held; VSS still calls that "waiting for freeze".
    frozen,   ///< It waits for Thaw.
    thawed,   ///< It waits for PostSnapshot.
    copied,   ///< It waits for BackupComplete.
    failed    ///< It refused an event, or let go by itself.
};

/// What can happen to it. But for Freeze, Abort and the limit, an event is what the application has
/// answered to what VSS calls the same: `vss_writer_input::failure` has a refusal.
enum class vss_writer_event : std::uint8_t {
    identify,         ///< It was asked what it has, and a session begins.
    prepare_backup,   ///< Its components were chosen.
    prepare_snapshot, ///< A snapshot is near.
    freeze,           ///< It is asked to be held.
    frozen,           ///< The application's answer to that.
    thaw,             ///< It was asked to go on.
    post_snapshot,    ///< There is a copy.
    backup_complete,  ///< The copy was saved.
    backup_shutdown,  ///< The requester has ended.
    abort,            ///< The snapshot is given up.
    limit_passed      ///< Too long between Freeze and Thaw.
};

/// At what a writer has failed.
enum class vss_writer_step : std::uint8_t {
    none,
    identify,
    prepare_backup,
    prepare_snapshot,
    freeze,
    thaw,
    post_snapshot,
    backup_complete,
    backup_shutdown
};

/// How it has failed, as a requester has to tell apart (SP 50.3).
enum class vss_writer_failure : std::uint8_t {
    none,
    inconsistent,     ///< What it has is not consistent in the copy.
    out_of_resources, ///< It ran out of memory or handles.
    timed_out,        ///< The limit passed.
    retryable,        ///< Another time it may work.
    not_retryable     ///< It will not.
};

/// One event.
struct vss_writer_input {
    vss_writer_event kind = vss_writer_event::abort;
    /// The application's refusal; `none`: it consents.
    vss_writer_failure failure = vss_writer_failure::none;
};

/// What the state does not say. Meaningful while failed.
struct vss_writer_data {
    vss_writer_step failed_at = vss_writer_step::none;
    vss_writer_failure failure = vss_writer_failure::none;

    friend constexpr bool operator==(const vss_writer_data&,
                                     const vss_writer_data&) noexcept = default;
};

/// What the machine asks for.
enum class vss_writer_effect : std::uint8_t {
    hold,         ///< The application stops its changes, and answers with `frozen`.
    release,      ///< It goes on.
    arm_limit,    ///< The limit between Freeze and Thaw begins to run.
    cancel_limit, ///< It is not needed any more.
    say_let_go    ///< The writer has let go by itself.
};

/// How a cell refuses an event.
enum class vss_writer_refusal : std::uint8_t {
    ignore,    ///< It means nothing here.
    bad_state, ///< Not now.
    busy,      ///< A snapshot is in the making.
    failed     ///< A writer that has failed takes no part.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::vss_writer_phase> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"stable", "ready", "freezing", "frozen", "thawed", "copied", "failed"});
};
template <>
struct spelling<machine::vss_writer_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"identify", "prepare_backup", "prepare_snapshot", "freeze", "frozen", "thaw",
         "post_snapshot", "backup_complete", "backup_shutdown", "abort", "limit_passed"});
};
template <>
struct spelling<machine::vss_writer_step> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"none", "identify", "prepare_backup", "prepare_snapshot", "freeze", "thaw",
         "post_snapshot", "backup_complete", "backup_shutdown"});
};
template <>
struct spelling<machine::vss_writer_failure> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"none", "inconsistent", "out_of_resources", "timed_out", "retryable", "not_retryable"});
};
template <>
struct spelling<machine::vss_writer_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"hold", "release", "arm_limit", "cancel_limit", "say_let_go"});
};
template <>
struct spelling<machine::vss_writer_refusal> {
    static constexpr auto names =
        std::to_array<std::string_view>({"ignore", "bad_state", "busy", "failed"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 2.
using vss_writer_outbox = effect_list<vss_writer_effect, 2>;

namespace vss_writer {

/// An event as Boost.MSM sees it.
template <vss_writer_event Kind>
struct event {
    static constexpr vss_writer_event id = Kind;
    const vss_writer_input& input;
};

/// A state as Boost.MSM sees it.
template <vss_writer_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr vss_writer_phase id = Phase;
};

/// Asks for one thing.
template <vss_writer_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const vss_writer_input&, vss_writer_data&,
                                vss_writer_outbox& out) noexcept {
        out.push(Effect);
    }
};

inline constexpr std::string_view failed_at_prefix = "failed at ";

/// Notes what the writer has failed at, and how.
template <vss_writer_step Step>
struct fail_at {
    static constexpr std::string_view name =
        detail::joined<failed_at_prefix, detail::word_of<Step>>::text;
    static constexpr void apply(const vss_writer_input& input, vss_writer_data& data,
                                vss_writer_outbox&) noexcept {
        data = {Step, input.failure};
    }
};

/// Notes that the limit has passed: the writer has failed at the Freeze that it was in.
struct fail_by_limit {
    static constexpr std::string_view name = "failed by the limit";
    static constexpr void apply(const vss_writer_input&, vss_writer_data& data,
                                vss_writer_outbox&) noexcept {
        data = {vss_writer_step::freeze, vss_writer_failure::timed_out};
    }
};

/// Forgets what an earlier session failed at.
struct forget_failure {
    static constexpr std::string_view name = "forget failure";
    static constexpr void apply(const vss_writer_input&, vss_writer_data& data,
                                vss_writer_outbox&) noexcept {
        data = {};
    }
};

/// The application consents.
struct consents {
    static constexpr std::string_view name = "consents";
    static constexpr std::string_view opposite = "refuses";
    static constexpr bool holds(const vss_writer_input& input, const vss_writer_data&) noexcept {
        return input.failure == vss_writer_failure::none;
    }
};

namespace words {
using stable = state<vss_writer_phase::stable>;
using ready = state<vss_writer_phase::ready>;
using freezing = state<vss_writer_phase::freezing>;
using frozen = state<vss_writer_phase::frozen>;
using thawed = state<vss_writer_phase::thawed>;
using copied = state<vss_writer_phase::copied>;
using failed = state<vss_writer_phase::failed>;

using identify = event<vss_writer_event::identify>;
using prepare = event<vss_writer_event::prepare_backup>;
using ready_up = event<vss_writer_event::prepare_snapshot>;
using freeze = event<vss_writer_event::freeze>;
using consent = event<vss_writer_event::frozen>;
using thaw = event<vss_writer_event::thaw>;
using post = event<vss_writer_event::post_snapshot>;
using complete = event<vss_writer_event::backup_complete>;
using shutdown = event<vss_writer_event::backup_shutdown>;
using abort = event<vss_writer_event::abort>;
using limit = event<vss_writer_event::limit_passed>;

using begin = forget_failure;
using hold = seq<ask<vss_writer_effect::hold>, ask<vss_writer_effect::arm_limit>>;
using let_go = ask<vss_writer_effect::release>;
using no_limit = ask<vss_writer_effect::cancel_limit>;
using release = seq<no_limit, let_go>;
using fail_identify = fail_at<vss_writer_step::identify>;
using fail_prepare = fail_at<vss_writer_step::prepare_backup>;
using fail_ready = fail_at<vss_writer_step::prepare_snapshot>;
using fail_freeze = seq<fail_at<vss_writer_step::freeze>, no_limit>;
using fail_thaw = seq<fail_at<vss_writer_step::thaw>, release>;
using fail_post = fail_at<vss_writer_step::post_snapshot>;
using fail_complete = fail_at<vss_writer_step::backup_complete>;
using fail_shutdown = fail_at<vss_writer_step::backup_shutdown>;
using expire = seq<fail_by_limit, let_go, ask<vss_writer_effect::say_let_go>>;

using well = consents;
using refuses = unless<consents>;
} // namespace words

template <vss_writer_refusal How>
struct as {
    static constexpr vss_writer_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source    Event     Target    Action         Guard    Clause
    on<stable  , identify, same    , begin        , well   , sec<51,1> >,
    on<stable  , identify, failed  , fail_identify, refuses, sec<51,2> >,
    on<stable  , prepare , same    , nothing      , well   , sec<51,3> >,
    on<stable  , prepare , failed  , fail_prepare , refuses, sec<51,2> >,
    on<stable  , ready_up, ready   , nothing      , well   , sec<51,4> >,
    on<stable  , ready_up, failed  , fail_ready   , refuses, sec<51,2> >,
    on<stable  , consent , same    , let_go       , always , sec<51,13>>,
    on<stable  , shutdown, same    , nothing      , well   , sec<51,9> >,
    on<stable  , shutdown, failed  , fail_shutdown, refuses, sec<51,2> >,

    on<ready   , freeze  , freezing, hold         , always , sec<51,5> >,
    on<ready   , consent , same    , let_go       , always , sec<51,13>>,
    on<ready   , abort   , stable  , nothing      , always , sec<51,11>>,

    on<freezing, consent , frozen  , nothing      , well   , sec<51,6> >,
    on<freezing, consent , failed  , fail_freeze  , refuses, sec<51,2> >,
    on<freezing, abort   , stable  , let_go       , always , sec<51,11>>,
    on<freezing, limit   , failed  , expire       , always , sec<51,10>>,

    on<frozen  , thaw    , thawed  , release      , well   , sec<51,7> >,
    on<frozen  , thaw    , failed  , fail_thaw    , refuses, sec<51,7> >,
    on<frozen  , abort   , stable  , release      , always , sec<51,11>>,
    on<frozen  , limit   , failed  , expire       , always , sec<51,10>>,

    on<thawed  , post    , copied  , nothing      , well   , sec<51,8> >,
    on<thawed  , post    , failed  , fail_post    , refuses, sec<51,2> >,
    on<thawed  , abort   , stable  , nothing      , always , sec<51,11>>,

    on<copied  , identify, stable  , begin        , well   , sec<51,1> >,
    on<copied  , identify, failed  , fail_identify, refuses, sec<51,2> >,
    on<copied  , complete, stable  , nothing      , well   , sec<51,9> >,
    on<copied  , complete, failed  , fail_complete, refuses, sec<51,2> >,
    on<copied  , shutdown, stable  , nothing      , well   , sec<51,9> >,
    on<copied  , shutdown, failed  , fail_shutdown, refuses, sec<51,2> >,
    on<copied  , abort   , stable  , nothing      , always , sec<51,11>>,

    on<failed  , identify, stable  , begin        , well   , sec<51,1> >,
    on<failed  , identify, same    , fail_identify, refuses, sec<51,2> >,
    on<failed  , consent , same    , let_go       , always , sec<51,13>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<vss_writer_refusal::ignore>;
using bad_state = as<vss_writer_refusal::bad_state>;
using busy = as<vss_writer_refusal::busy>;
using broken = as<vss_writer_refusal::failed>;
using cells = mp11::mp_list<
  //       State     Event     Answer     Clause
    refuse<stable  , freeze  , bad_state, sec<51,14>>,
    refuse<stable  , thaw    , bad_state, sec<51,14>>,
    refuse<stable  , post    , bad_state, sec<51,14>>,
    refuse<stable  , complete, bad_state, sec<51,14>>,
    refuse<stable  , abort   , ignore   , sec<51,11>>,
    refuse<stable  , limit   , ignore   , sec<1,6>  >,

    refuse<ready   , identify, busy     , sec<51,16>>,
    refuse<ready   , prepare , bad_state, sec<51,14>>,
    refuse<ready   , ready_up, bad_state, sec<51,14>>,
    refuse<ready   , thaw    , bad_state, sec<51,14>>,
    refuse<ready   , post    , bad_state, sec<51,14>>,
    refuse<ready   , complete, bad_state, sec<51,14>>,
    refuse<ready   , shutdown, bad_state, sec<51,14>>,
    refuse<ready   , limit   , ignore   , sec<1,6>  >,

    refuse<freezing, identify, busy     , sec<51,16>>,
    refuse<freezing, prepare , bad_state, sec<51,14>>,
    refuse<freezing, ready_up, bad_state, sec<51,14>>,
    refuse<freezing, freeze  , bad_state, sec<51,14>>,
    refuse<freezing, thaw    , bad_state, sec<51,14>>,
    refuse<freezing, post    , bad_state, sec<51,14>>,
    refuse<freezing, complete, bad_state, sec<51,14>>,
    refuse<freezing, shutdown, bad_state, sec<51,14>>,

    refuse<frozen  , identify, busy     , sec<51,16>>,
    refuse<frozen  , prepare , bad_state, sec<51,14>>,
    refuse<frozen  , ready_up, bad_state, sec<51,14>>,
    refuse<frozen  , freeze  , bad_state, sec<51,14>>,
    refuse<frozen  , consent , ignore   , sec<1,6>  >,
    refuse<frozen  , post    , bad_state, sec<51,14>>,
    refuse<frozen  , complete, bad_state, sec<51,14>>,
    refuse<frozen  , shutdown, bad_state, sec<51,14>>,

    refuse<thawed  , identify, busy     , sec<51,16>>,
    refuse<thawed  , prepare , bad_state, sec<51,14>>,
    refuse<thawed  , ready_up, bad_state, sec<51,14>>,
    refuse<thawed  , freeze  , bad_state, sec<51,14>>,
    refuse<thawed  , consent , ignore   , sec<1,6>  >,
    refuse<thawed  , thaw    , bad_state, sec<51,14>>,
    refuse<thawed  , complete, bad_state, sec<51,14>>,
    refuse<thawed  , shutdown, bad_state, sec<51,14>>,
    refuse<thawed  , limit   , ignore   , sec<51,12>>,

    refuse<copied  , prepare , bad_state, sec<51,14>>,
    refuse<copied  , ready_up, bad_state, sec<51,14>>,
    refuse<copied  , freeze  , bad_state, sec<51,14>>,
    refuse<copied  , consent , ignore   , sec<1,6>  >,
    refuse<copied  , thaw    , bad_state, sec<51,14>>,
    refuse<copied  , post    , bad_state, sec<51,14>>,
    refuse<copied  , limit   , ignore   , sec<51,12>>,

    refuse<failed  , prepare , broken   , sec<51,15>>,
    refuse<failed  , ready_up, broken   , sec<51,15>>,
    refuse<failed  , freeze  , broken   , sec<51,15>>,
    refuse<failed  , thaw    , broken   , sec<51,15>>,
    refuse<failed  , post    , broken   , sec<51,15>>,
    refuse<failed  , complete, broken   , sec<51,15>>,
    refuse<failed  , shutdown, broken   , sec<51,15>>,
    refuse<failed  , abort   , ignore   , sec<51,11>>,
    refuse<failed  , limit   , ignore   , sec<1,6>  >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end
    : flat_front_end<front_end, table, words::stable, vss_writer_data, vss_writer_outbox> {};

/// The parts of the machine.
struct spec {
    using phase = vss_writer_phase;
    using event_kind = vss_writer_event;
    using input = vss_writer_input;
    using data = vss_writer_data;
    using outbox = vss_writer_outbox;
    using refusal = vss_writer_refusal;
    using front_end = vss_writer::front_end;
    using all_states = mp11::mp_list<words::stable, words::ready, words::freezing, words::frozen,
                                     words::thawed, words::copied, words::failed>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <vss_writer_event Kind>
    using event = vss_writer::event<Kind>;
};

} // namespace vss_writer

/// The whole state of a writer's machine.
using vss_writer_state = machine_state<vss_writer_phase, vss_writer_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<vss_writer::spec>;
#endif

/// A writer's machine.
class vss_writer_machine : public flat_machine<vss_writer::spec> {
  public:
    using flat_machine::flat_machine;
    using flat_machine::process;

    /// Takes one event that the application consents to, or that it has no say in, and appends what
    /// it asks for to `out`.
    result process(vss_writer_event kind, vss_writer_outbox& out) noexcept {
        return flat_machine::process(vss_writer_input{kind}, out);
    }

    /// True while the application is held, or is on the way to that.
    [[nodiscard]] bool holds() const noexcept {
        return phase() == vss_writer_phase::freezing || phase() == vss_writer_phase::frozen;
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_WRITER_HPP
