// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VMBACKUP_GUEST_HPP
#define SNAPPROTO_MACHINE_VMBACKUP_GUEST_HPP

// The part of a guest that stands between the commands of vmbackup and the participants: SP chapter
// 45 as one table. It decides what each command is answered with, which events are sent, and when
// something begins to be held or released; an agent behind it does that and says how far it is.
//
// It knows neither bytes nor time: a timer is an event.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// How far an operation is.
enum class guest_phase : std::uint8_t {
    idle,       ///< No operation runs.
    quiescing,  ///< Hooks are being held.
    freezing,   ///< Filesystems are being held.
    frozen,     ///< Everything is held, and the host knows.
    thawing,    ///< Filesystems are being released, as asked.
    resuming,   ///< Hooks are being released, as asked.
    completing, ///< Everything is released; the guest waits for snapshotCompleted.
    unfreezing, ///< Filesystems are being released because something went wrong.
    unwinding   ///< Hooks are, or nothing was held by then.
};

/// What can happen.
enum class guest_event : std::uint8_t {
    start,              ///< The host begins an operation.
    snapshot_done,      ///< The host has its copy.
    snapshot_completed, ///< The host has done what follows.
    abort,              ///< The host gives up.
    quiesced,           ///< The hooks are held.
    held,               ///< The filesystems are.
    failed,             ///< Something was refused, let go, or refuses to be released.
    released,           ///< The filesystems are released.
    resumed,            ///< The hooks are.
    keep_alive_due,     ///< Nothing was sent for a while.
    limit_passed,       ///< The limit of the operation.
    undelivered,        ///< The host did not take an event.
    lost,               ///< The command channel has ended.
    stop                ///< The guest is told to end.
};

/// One event. There is nothing to it but its kind.
struct guest_input {
    guest_event kind = guest_event::keep_alive_due;
};

/// What the state does not say.
struct guest_data {
    /// Whether an operation that went well waits for snapshotCompleted. Set once, by the owner.
    bool completes = false;

    friend constexpr bool operator==(const guest_data&, const guest_data&) noexcept = default;
};

/// What the machine asks for.
enum class guest_effect : std::uint8_t {
    answer_ok,
    say_reset,
    say_keep_alive,
    say_commit,
    say_manifest, ///< If one is wanted and there is one.
    say_error,
    say_aborted,
    say_expired, ///< The same event as `say_aborted`, with words of its own.
    say_done,
    hold,     ///< The agent begins to hold everything.
    release,  ///< It releases everything; the copy is good.
    complete, ///< It is told what became of the copy.
    undo,     ///< It releases everything; there is no copy.
    end_session,
    end_agent ///< It undoes and ends.
};

/// How a cell refuses an event.
enum class guest_refusal : std::uint8_t {
    ignore,         ///< It means nothing here.
    answer_ok,      ///< The command has no effect any more.
    busy,           ///< An operation runs.
    idle,           ///< None runs.
    not_frozen,     ///< It is not frozen, or not any more.
    nothing_awaited ///< snapshotCompleted is not waited for.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::guest_phase> {
    static constexpr auto names =
        std::to_array<std::string_view>({"idle", "quiescing", "freezing", "frozen", "thawing",
                                         "resuming", "completing", "unfreezing", "unwinding"});
};
template <>
struct spelling<machine::guest_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"start", "snapshot_done", "snapshot_completed", "abort", "quiesced", "held", "failed",
         "released", "resumed", "keep_alive_due", "limit_passed", "undelivered", "lost", "stop"});
};
template <>
struct spelling<machine::guest_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"answer_ok", "say_reset", "say_keep_alive", "say_commit", "say_manifest", "say_error",
         "say_aborted", "say_expired", "say_done", "hold", "release", "complete", "undo",
         "end_session", "end_agent"});
};
template <>
struct spelling<machine::guest_refusal> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"ignore", "answer_ok", "busy", "idle", "not_frozen", "nothing_awaited"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 3.
using guest_outbox = effect_list<guest_effect, 3>;

namespace vmbackup_guest {

/// An event as Boost.MSM sees it.
template <guest_event Kind>
struct event {
    static constexpr guest_event id = Kind;
    const guest_input& input;
};

/// A state as Boost.MSM sees it.
template <guest_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr guest_phase id = Phase;
};

/// Asks for one thing.
template <guest_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const guest_input&, guest_data&, guest_outbox& out) noexcept {
        out.push(Effect);
    }
};

/// An operation that went well waits for the host.
struct waits_for_host {
    static constexpr std::string_view name = "completes";
    static constexpr std::string_view opposite = "does not complete";
    static constexpr bool holds(const guest_input&, const guest_data& data) noexcept {
        return data.completes;
    }
};

namespace words {
using idle = state<guest_phase::idle>;
using quiescing = state<guest_phase::quiescing>;
using freezing = state<guest_phase::freezing>;
using frozen = state<guest_phase::frozen>;
using thawing = state<guest_phase::thawing>;
using resuming = state<guest_phase::resuming>;
using completing = state<guest_phase::completing>;
using unfreezing = state<guest_phase::unfreezing>;
using unwinding = state<guest_phase::unwinding>;

using start = event<guest_event::start>;
using shot = event<guest_event::snapshot_done>;
using completed = event<guest_event::snapshot_completed>;
using abort = event<guest_event::abort>;
using quiesced = event<guest_event::quiesced>;
using held = event<guest_event::held>;
using failed = event<guest_event::failed>;
using released = event<guest_event::released>;
using resumed = event<guest_event::resumed>;
using silent = event<guest_event::keep_alive_due>;
using limit = event<guest_event::limit_passed>;
using unheard = event<guest_event::undelivered>;
using lost = event<guest_event::lost>;
using stop = event<guest_event::stop>;

using ok = ask<guest_effect::answer_ok>;
using commit = ask<guest_effect::say_commit>;
using sign = ask<guest_effect::say_keep_alive>;
using manifest = ask<guest_effect::say_manifest>;
using done = ask<guest_effect::say_done>;
using begin = seq<ask<guest_effect::say_reset>, ok, ask<guest_effect::hold>>;
using release = seq<ok, ask<guest_effect::release>>;
using complete = seq<ok, ask<guest_effect::complete>, done>;
using undo = ask<guest_effect::undo>;
using aborted = ask<guest_effect::say_aborted>;
using give_up = seq<aborted, ok, undo>;
using break_off = seq<aborted, undo>;
using too_late = seq<ask<guest_effect::say_expired>, undo>;
using fail = seq<ask<guest_effect::say_error>, undo>;
using hang_up = ask<guest_effect::end_session>;
using cut_off = seq<aborted, hang_up>;
using end = ask<guest_effect::end_agent>;
using break_end = seq<aborted, end>;

using waits = waits_for_host;
using goes_on = unless<waits_for_host>;
} // namespace words

template <guest_refusal How>
struct as {
    static constexpr guest_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source      Event      Target      Action     Guard    Clause
    on<idle      , start    , quiescing , begin    , always , sec<45,1> >,
    on<idle      , lost     , same      , hang_up  , always , sec<45,15>>,
    on<idle      , stop     , same      , end      , always , sec<45,16>>,

    on<quiescing , abort    , unwinding , give_up  , always , sec<45,7> >,
    on<quiescing , quiesced , freezing  , nothing  , always , sec<45,4> >,
    on<quiescing , failed   , unwinding , fail     , always , sec<45,11>>,
    on<quiescing , silent   , same      , sign     , always , sec<45,17>>,
    on<quiescing , limit    , unwinding , too_late , always , sec<45,9> >,
    on<quiescing , unheard  , unwinding , break_off, always , sec<45,8> >,
    on<quiescing , lost     , unwinding , cut_off  , always , sec<45,15>>,
    on<quiescing , stop     , unwinding , break_end, always , sec<45,16>>,

    on<freezing  , abort    , unfreezing, give_up  , always , sec<45,7> >,
    on<freezing  , held     , frozen    , commit   , always , sec<45,4> >,
    on<freezing  , failed   , unfreezing, fail     , always , sec<45,11>>,
    on<freezing  , silent   , same      , sign     , always , sec<45,17>>,
    on<freezing  , limit    , unfreezing, too_late , always , sec<45,9> >,
    on<freezing  , unheard  , unfreezing, break_off, always , sec<45,8> >,
    on<freezing  , lost     , unfreezing, cut_off  , always , sec<45,15>>,
    on<freezing  , stop     , unfreezing, break_end, always , sec<45,16>>,

    on<frozen    , shot     , thawing   , release  , always , sec<45,5> >,
    on<frozen    , abort    , unfreezing, give_up  , always , sec<45,7> >,
    on<frozen    , failed   , unfreezing, fail     , always , sec<45,11>>,
    on<frozen    , silent   , same      , sign     , always , sec<45,17>>,
    on<frozen    , limit    , unfreezing, too_late , always , sec<45,9> >,
    on<frozen    , unheard  , unfreezing, break_off, always , sec<45,8> >,
    on<frozen    , lost     , unfreezing, cut_off  , always , sec<45,15>>,
    on<frozen    , stop     , unfreezing, break_end, always , sec<45,16>>,

    on<thawing   , abort    , unfreezing, give_up  , always , sec<45,7> >,
    on<thawing   , failed   , unfreezing, fail     , always , sec<45,11>>,
    on<thawing   , released , resuming  , manifest , always , sec<45,5> >,
    on<thawing   , silent   , same      , sign     , always , sec<45,17>>,
    on<thawing   , limit    , unfreezing, too_late , always , sec<45,9> >,
    on<thawing   , unheard  , unfreezing, break_off, always , sec<45,8> >,
    on<thawing   , lost     , unfreezing, cut_off  , always , sec<45,15>>,
    on<thawing   , stop     , same      , end      , always , sec<45,16>>,

    on<resuming  , abort    , unwinding , give_up  , always , sec<45,7> >,
    on<resuming  , failed   , unwinding , fail     , always , sec<45,11>>,
    on<resuming  , resumed  , completing, nothing  , waits  , sec<45,14>>,
    on<resuming  , resumed  , idle      , done     , goes_on, sec<45,12>>,
    on<resuming  , silent   , same      , sign     , always , sec<45,17>>,
    on<resuming  , limit    , unwinding , too_late , always , sec<45,9> >,
    on<resuming  , unheard  , unwinding , break_off, always , sec<45,8> >,
    on<resuming  , lost     , unwinding , cut_off  , always , sec<45,15>>,
    on<resuming  , stop     , same      , end      , always , sec<45,16>>,

    on<completing, completed, idle      , complete , always , sec<45,14>>,
    on<completing, abort    , unwinding , give_up  , always , sec<45,7> >,
    on<completing, failed   , unwinding , fail     , always , sec<45,11>>,
    on<completing, silent   , same      , sign     , always , sec<45,17>>,
    on<completing, limit    , unwinding , too_late , always , sec<45,9> >,
    on<completing, unheard  , unwinding , break_off, always , sec<45,8> >,
    on<completing, lost     , unwinding , cut_off  , always , sec<45,15>>,
    on<completing, stop     , unwinding , break_end, always , sec<45,16>>,

    on<unfreezing, released , unwinding , nothing  , always , sec<45,12>>,
    on<unfreezing, silent   , same      , sign     , always , sec<45,17>>,
    on<unfreezing, lost     , same      , hang_up  , always , sec<45,15>>,
    on<unfreezing, stop     , same      , end      , always , sec<45,16>>,

    on<unwinding , resumed  , idle      , done     , always , sec<45,12>>,
    on<unwinding , silent   , same      , sign     , always , sec<45,17>>,
    on<unwinding , lost     , same      , hang_up  , always , sec<45,15>>,
    on<unwinding , stop     , same      , end      , always , sec<45,16>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<guest_refusal::ignore>;
using good = as<guest_refusal::answer_ok>;
using busy = as<guest_refusal::busy>;
using none = as<guest_refusal::idle>;
using early = as<guest_refusal::not_frozen>;
using awaits = as<guest_refusal::nothing_awaited>;
using cells = mp11::mp_list<
  //       State       Event      Answer  Clause
    refuse<idle      , shot     , none  , sec<45,6> >,
    refuse<idle      , completed, awaits, sec<45,13>>,
    refuse<idle      , abort    , none  , sec<45,7> >,
    refuse<idle      , quiesced , ignore, sec<1,6>  >,
    refuse<idle      , held     , ignore, sec<1,6>  >,
    refuse<idle      , failed   , ignore, sec<1,6>  >,
    refuse<idle      , released , ignore, sec<1,6>  >,
    refuse<idle      , resumed  , ignore, sec<1,6>  >,
    refuse<idle      , silent   , ignore, sec<1,6>  >,
    refuse<idle      , limit    , ignore, sec<1,6>  >,
    refuse<idle      , unheard  , ignore, sec<1,6>  >,

    refuse<quiescing , start    , busy  , sec<45,2> >,
    refuse<quiescing , shot     , early , sec<45,6> >,
    refuse<quiescing , completed, awaits, sec<45,13>>,
    refuse<quiescing , held     , ignore, sec<1,6>  >,
    refuse<quiescing , released , ignore, sec<1,6>  >,
    refuse<quiescing , resumed  , ignore, sec<1,6>  >,

    refuse<freezing  , start    , busy  , sec<45,2> >,
    refuse<freezing  , shot     , early , sec<45,6> >,
    refuse<freezing  , completed, awaits, sec<45,13>>,
    refuse<freezing  , quiesced , ignore, sec<1,6>  >,
    refuse<freezing  , released , ignore, sec<1,6>  >,
    refuse<freezing  , resumed  , ignore, sec<1,6>  >,

    refuse<frozen    , start    , busy  , sec<45,2> >,
    refuse<frozen    , completed, awaits, sec<45,13>>,
    refuse<frozen    , quiesced , ignore, sec<1,6>  >,
    refuse<frozen    , held     , ignore, sec<1,6>  >,
    refuse<frozen    , released , ignore, sec<1,6>  >,
    refuse<frozen    , resumed  , ignore, sec<1,6>  >,

    refuse<thawing   , start    , busy  , sec<45,2> >,
    refuse<thawing   , shot     , early , sec<45,6> >,
    refuse<thawing   , completed, awaits, sec<45,13>>,
    refuse<thawing   , quiesced , ignore, sec<1,6>  >,
    refuse<thawing   , held     , ignore, sec<1,6>  >,
    refuse<thawing   , resumed  , ignore, sec<1,6>  >,

    refuse<resuming  , start    , busy  , sec<45,2> >,
    refuse<resuming  , shot     , early , sec<45,6> >,
    refuse<resuming  , completed, awaits, sec<45,13>>,
    refuse<resuming  , quiesced , ignore, sec<1,6>  >,
    refuse<resuming  , held     , ignore, sec<1,6>  >,
    refuse<resuming  , released , ignore, sec<1,6>  >,

    refuse<completing, start    , busy  , sec<45,2> >,
    refuse<completing, shot     , early , sec<45,6> >,
    refuse<completing, quiesced , ignore, sec<1,6>  >,
    refuse<completing, held     , ignore, sec<1,6>  >,
    refuse<completing, released , ignore, sec<1,6>  >,
    refuse<completing, resumed  , ignore, sec<1,6>  >,

    refuse<unfreezing, start    , busy  , sec<45,2> >,
    refuse<unfreezing, shot     , early , sec<45,6> >,
    refuse<unfreezing, completed, awaits, sec<45,13>>,
    refuse<unfreezing, abort    , good  , sec<45,7> >,
    refuse<unfreezing, quiesced , ignore, sec<1,6>  >,
    refuse<unfreezing, held     , ignore, sec<1,6>  >,
    refuse<unfreezing, failed   , ignore, sec<1,6>  >,
    refuse<unfreezing, resumed  , ignore, sec<1,6>  >,
    refuse<unfreezing, limit    , ignore, sec<1,6>  >,
    refuse<unfreezing, unheard  , ignore, sec<45,8> >,

    refuse<unwinding , start    , busy  , sec<45,2> >,
    refuse<unwinding , shot     , early , sec<45,6> >,
    refuse<unwinding , completed, awaits, sec<45,13>>,
    refuse<unwinding , abort    , good  , sec<45,7> >,
    refuse<unwinding , quiesced , ignore, sec<1,6>  >,
    refuse<unwinding , held     , ignore, sec<1,6>  >,
    refuse<unwinding , failed   , ignore, sec<1,6>  >,
    refuse<unwinding , released , ignore, sec<1,6>  >,
    refuse<unwinding , limit    , ignore, sec<1,6>  >,
    refuse<unwinding , unheard  , ignore, sec<45,8> >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end : flat_front_end<front_end, table, words::idle, guest_data, guest_outbox> {};

/// The parts of the machine.
struct spec {
    using phase = guest_phase;
    using event_kind = guest_event;
    using input = guest_input;
    using data = guest_data;
    using outbox = guest_outbox;
    using refusal = guest_refusal;
    using front_end = vmbackup_guest::front_end;
    using all_states =
        mp11::mp_list<words::idle, words::quiescing, words::freezing, words::frozen, words::thawing,
                      words::resuming, words::completing, words::unfreezing, words::unwinding>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <guest_event Kind>
    using event = vmbackup_guest::event<Kind>;
};

} // namespace vmbackup_guest

/// The whole state of the machine.
using guest_state = machine_state<guest_phase, guest_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<vmbackup_guest::spec>;
#endif

/// The machine of a guest that speaks vmbackup.
class vmbackup_guest_machine : public flat_machine<vmbackup_guest::spec> {
  public:
    using flat_machine::flat_machine;

    /// @param completes whether an operation that went well waits for snapshotCompleted.
    explicit vmbackup_guest_machine(bool completes) noexcept
        : flat_machine(guest_state{guest_phase::idle, {completes}}) {}

    /// Takes one event and appends what it asks for to `out`.
    result process(guest_event kind, guest_outbox& out) noexcept {
        return flat_machine::process(guest_input{kind}, out);
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VMBACKUP_GUEST_HPP
