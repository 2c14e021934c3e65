// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_HYPERV_UTIL_HPP
#define SNAPPROTO_MACHINE_HYPERV_UTIL_HPP

// The part of a Linux guest's kernel that stands between a Hyper-V host and the daemon: SP chapter
// 35 as one table, with what is odd about Linux 6.1. It knows neither bytes nor time: what a
// message is has been decided before, and a timer is something it asks for.
//
// The kernel's states "request taken" and "reply in" last for one event only and are none here.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// The state of the kernel's side.
enum class util_phase : std::uint8_t {
    no_daemon, ///< Nobody has registered.
    ready,     ///< A daemon waits for requests, or is believed to.
    waiting,   ///< A request is with the daemon; its timer runs.
    dying      ///< The channel to the host is going away.
};

/// What can happen to it.
enum class util_event : std::uint8_t {
    negotiate,      ///< The host offers versions.
    freeze,         ///< The host asks for a freeze.
    thaw,           ///< The host asks for a thaw.
    check,          ///< The host asks whether a hot backup is possible.
    dm_info,        ///< The host asks for devices that it does not see.
    other_op,       ///< The host asks for something that Linux does not do.
    noise,          ///< A packet that is too short or of another service.
    registered,     ///< A daemon registers and wants the version.
    registered_old, ///< A daemon registers in the old way.
    read,           ///< The daemon reads.
    reply,          ///< The daemon writes twelve bytes that are no registration.
    bad_write,      ///< The daemon writes another number of bytes.
    closed,         ///< The daemon closes the device, or has died.
    expired,        ///< The timer of the request has passed.
    suspended,      ///< The guest is being hibernated.
    removed         ///< The channel goes away.
};

/// One event. There is nothing to it but its kind.
struct util_input {
    util_event kind = util_event::noise;
};

/// What lies in the one place for a message to the daemon.
enum class util_queue : std::uint8_t { empty, version, request };

/// What the state does not say.
struct util_data {
    util_queue queue = util_queue::empty;

    /// The request that is with the daemon: freeze, thaw or check. Meaningful while waiting.
    util_event pending = util_event::noise;

    friend constexpr bool operator==(const util_data&, const util_data&) noexcept = default;
};

/// What the machine asks for.
enum class util_effect : std::uint8_t {
    answer_versions, ///< The host gets the answer to its offer.
    answer_ok,       ///< It gets its request back with success.
    answer_no_flags, ///< The same, with flags of 0.
    answer_failed,   ///< It gets its request back with failure.
    answer_reply,    ///< It gets its request back with the daemon's error.
    look_at_ring,    ///< What the host has sent meanwhile is taken up.
    queue_version,   ///< The daemon can read the version.
    queue_request,   ///< It can read the request.
    queue_thaw,      ///< It can read a thaw that nobody asked for.
    deliver,         ///< It gets what was queued.
    wait_for_data,   ///< It has to wait: nothing is queued.
    refuse_write,    ///< Its write fails.
    note_old,        ///< Its old registration is noted, and nothing else.
    arm_timer,       ///< A timer is set for the request that is pending.
    cancel_timer,    ///< It is not needed any more.
    forget_queue,    ///< What was queued is thrown away.
    pause_channel,   ///< No packet is read until the guest resumes.
    hang_up          ///< The device says that it is gone.
};

/// How a cell refuses an event.
enum class util_refusal : std::uint8_t {
    ignore,       ///< It means nothing here.
    stay_in_ring, ///< The packet is not read yet.
    drop,         ///< The packet is read and never answered.
    invalid,      ///< The daemon's call fails: invalid argument.
    gone          ///< The daemon's call fails: the device is gone.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::util_phase> {
    static constexpr auto names =
        std::to_array<std::string_view>({"no_daemon", "ready", "waiting", "dying"});
};
template <>
struct spelling<machine::util_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"negotiate", "freeze", "thaw", "check", "dm_info", "other_op", "noise", "registered",
         "registered_old", "read", "reply", "bad_write", "closed", "expired", "suspended",
         "removed"});
};
template <>
struct spelling<machine::util_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"answer_versions", "answer_ok", "answer_no_flags", "answer_failed", "answer_reply",
         "look_at_ring", "queue_version", "queue_request", "queue_thaw", "deliver", "wait_for_data",
         "refuse_write", "note_old", "arm_timer", "cancel_timer", "forget_queue", "pause_channel",
         "hang_up"});
};
template <>
struct spelling<machine::util_refusal> {
    static constexpr auto names =
        std::to_array<std::string_view>({"ignore", "stay_in_ring", "drop", "invalid", "gone"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 3.
using util_outbox = effect_list<util_effect, 3>;

namespace hyperv_util {

/// An event as Boost.MSM sees it.
template <util_event Kind>
struct event {
    static constexpr util_event id = Kind;
    const util_input& input;
};

/// A state as Boost.MSM sees it.
template <util_phase Phase>
struct state : boost::msm::front::state<> {
    static constexpr util_phase id = Phase;
};

/// Asks for one thing.
template <util_effect Effect>
struct ask {
    static constexpr std::string_view name = detail::joined<detail::word_of<Effect>>::text;
    static constexpr void apply(const util_input&, util_data&, util_outbox& out) noexcept {
        out.push(Effect);
    }
};

/// Asks for something that changes what is queued.
template <util_effect Effect, util_queue Queue>
struct with_queue {
    static constexpr std::string_view name = ask<Effect>::name;
    static constexpr void apply(const util_input& input, util_data& data,
                                util_outbox& out) noexcept {
        data.queue = Queue;
        ask<Effect>::apply(input, data, out);
    }
};

/// The request is queued, and is the one that is pending.
struct queue_request {
    static constexpr std::string_view name = ask<util_effect::queue_request>::name;
    static constexpr void apply(const util_input& input, util_data& data,
                                util_outbox& out) noexcept {
        data.pending = input.kind;
        with_queue<util_effect::queue_request, util_queue::request>::apply(input, data, out);
    }
};

/// Nothing is queued.
struct queue_is_free {
    static constexpr std::string_view name = "queue free";
    static constexpr std::string_view opposite = "queue taken";
    static constexpr bool holds(const util_input&, const util_data& data) noexcept {
        return data.queue == util_queue::empty;
    }
};

namespace words {
using no_daemon = state<util_phase::no_daemon>;
using ready = state<util_phase::ready>;
using waiting = state<util_phase::waiting>;
using dying = state<util_phase::dying>;

using negotiate = event<util_event::negotiate>;
using freeze = event<util_event::freeze>;
using thaw = event<util_event::thaw>;
using check = event<util_event::check>;
using dm_info = event<util_event::dm_info>;
using other_op = event<util_event::other_op>;
using noise = event<util_event::noise>;
using enroll = event<util_event::registered>;
using enroll_old = event<util_event::registered_old>;
using read = event<util_event::read>;
using reply = event<util_event::reply>;
using bad_write = event<util_event::bad_write>;
using closed = event<util_event::closed>;
using expired = event<util_event::expired>;
using suspend = event<util_event::suspended>;
using removed = event<util_event::removed>;

using versions = ask<util_effect::answer_versions>;
using ok = ask<util_effect::answer_ok>;
using no_flags = ask<util_effect::answer_no_flags>;
using fail = ask<util_effect::answer_failed>;
using deny = ask<util_effect::refuse_write>;
using note_old = ask<util_effect::note_old>;
using block = ask<util_effect::wait_for_data>;
using say_version = with_queue<util_effect::queue_version, util_queue::version>;
using deliver = with_queue<util_effect::deliver, util_queue::empty>;
using forget = with_queue<util_effect::forget_queue, util_queue::empty>;
using pass_on = seq<queue_request, ask<util_effect::arm_timer>>;
using no_timer = ask<util_effect::cancel_timer>;
using poll = ask<util_effect::look_at_ring>;
using answer = seq<no_timer, ask<util_effect::answer_reply>, poll>;
using too_late = seq<fail, poll>;
using abandon = seq<no_timer, fail, forget>;
using pause = ask<util_effect::pause_channel>;
using fake_thaw = seq<with_queue<util_effect::queue_thaw, util_queue::request>, pause>;
using stop_thaw = seq<no_timer, fake_thaw>;
using stop_pause = seq<no_timer, pause>;
using hang_up = ask<util_effect::hang_up>;
using stop = seq<no_timer, hang_up>;

using is_free = queue_is_free;
using is_taken = unless<queue_is_free>;
} // namespace words

template <util_refusal How>
struct as {
    static constexpr util_refusal value = How;
};

// clang-format off
namespace words {
using rows = mp11::mp_list<
  //   Source     Event       Target     Action       Guard     Clause
    on<no_daemon, negotiate , same     , versions   , always  , sec<35,2> >,
    on<no_daemon, freeze    , same     , fail       , always  , sec<35,3> >,
    on<no_daemon, thaw      , same     , fail       , always  , sec<35,3> >,
    on<no_daemon, check     , same     , fail       , always  , sec<35,3> >,
    on<no_daemon, dm_info   , ready    , no_flags   , always  , sec<35,5> >,
    on<no_daemon, other_op  , ready    , ok         , always  , sec<35,5> >,
    on<no_daemon, enroll    , same     , say_version, is_free , sec<35,7> >,
    on<no_daemon, enroll    , same     , deny       , is_taken, sec<35,7> >,
    on<no_daemon, enroll_old, same     , note_old   , always  , sec<35,8> >,
    on<no_daemon, read      , ready    , deliver    , is_taken, sec<35,7> >,
    on<no_daemon, read      , same     , block      , is_free , sec<35,18>>,
    on<no_daemon, closed    , same     , forget     , always  , sec<35,14>>,
    on<no_daemon, suspend   , ready    , fake_thaw  , is_free , sec<35,15>>,
    on<no_daemon, suspend   , ready    , pause      , is_taken, sec<35,15>>,
    on<no_daemon, removed   , dying    , hang_up    , always  , sec<35,17>>,

    on<ready    , negotiate , same     , versions   , always  , sec<35,2> >,
    on<ready    , freeze    , waiting  , pass_on    , is_free , sec<35,9> >,
    on<ready    , freeze    , same     , fail       , is_taken, sec<35,10>>,
    on<ready    , thaw      , waiting  , pass_on    , is_free , sec<35,9> >,
    on<ready    , thaw      , same     , fail       , is_taken, sec<35,10>>,
    on<ready    , check     , waiting  , pass_on    , is_free , sec<35,9> >,
    on<ready    , check     , same     , fail       , is_taken, sec<35,10>>,
    on<ready    , dm_info   , same     , no_flags   , always  , sec<35,4> >,
    on<ready    , other_op  , same     , ok         , always  , sec<35,4> >,
    on<ready    , enroll    , same     , say_version, is_free , sec<35,7> >,
    on<ready    , enroll    , same     , deny       , is_taken, sec<35,7> >,
    on<ready    , enroll_old, same     , note_old   , always  , sec<35,8> >,
    on<ready    , read      , same     , deliver    , is_taken, sec<35,9> >,
    on<ready    , read      , same     , block      , is_free , sec<35,18>>,
    on<ready    , closed    , no_daemon, forget     , always  , sec<35,14>>,
    on<ready    , suspend   , same     , fake_thaw  , is_free , sec<35,15>>,
    on<ready    , suspend   , same     , pause      , is_taken, sec<35,15>>,
    on<ready    , removed   , dying    , hang_up    , always  , sec<35,17>>,

    on<waiting  , read      , same     , deliver    , is_taken, sec<35,9> >,
    on<waiting  , read      , same     , block      , is_free , sec<35,18>>,
    on<waiting  , reply     , ready    , answer     , always  , sec<35,11>>,
    on<waiting  , closed    , no_daemon, abandon    , always  , sec<35,14>>,
    on<waiting  , expired   , ready    , too_late   , always  , sec<35,13>>,
    on<waiting  , suspend   , ready    , stop_thaw  , is_free , sec<35,15>>,
    on<waiting  , suspend   , ready    , stop_pause , is_taken, sec<35,15>>,
    on<waiting  , removed   , dying    , stop       , always  , sec<35,17>>
>;
} // namespace words

namespace refusals {
using namespace words;
using ignore = as<util_refusal::ignore>;
using keep = as<util_refusal::stay_in_ring>;
using drop = as<util_refusal::drop>;
using inval = as<util_refusal::invalid>;
using gone = as<util_refusal::gone>;
using cells = mp11::mp_list<
  //       State      Event       Answer  Clause
    refuse<no_daemon, noise     , drop  , sec<35,6> >,
    refuse<no_daemon, reply     , inval , sec<35,11>>,
    refuse<no_daemon, bad_write , inval , sec<35,12>>,
    refuse<no_daemon, expired   , ignore, sec<1,6>  >,

    refuse<ready    , noise     , drop  , sec<35,6> >,
    refuse<ready    , reply     , inval , sec<35,11>>,
    refuse<ready    , bad_write , inval , sec<35,12>>,
    refuse<ready    , expired   , ignore, sec<1,6>  >,

    refuse<waiting  , negotiate , keep  , sec<35,1> >,
    refuse<waiting  , freeze    , keep  , sec<35,1> >,
    refuse<waiting  , thaw      , keep  , sec<35,1> >,
    refuse<waiting  , check     , keep  , sec<35,1> >,
    refuse<waiting  , dm_info   , keep  , sec<35,1> >,
    refuse<waiting  , other_op  , keep  , sec<35,1> >,
    refuse<waiting  , noise     , keep  , sec<35,1> >,
    refuse<waiting  , enroll    , inval , sec<35,7> >,
    refuse<waiting  , enroll_old, inval , sec<35,7> >,
    refuse<waiting  , bad_write , inval , sec<35,12>>,

    refuse<dying    , negotiate , drop  , sec<35,17>>,
    refuse<dying    , freeze    , drop  , sec<35,17>>,
    refuse<dying    , thaw      , drop  , sec<35,17>>,
    refuse<dying    , check     , drop  , sec<35,17>>,
    refuse<dying    , dm_info   , drop  , sec<35,17>>,
    refuse<dying    , other_op  , drop  , sec<35,17>>,
    refuse<dying    , noise     , drop  , sec<35,17>>,
    refuse<dying    , enroll    , gone  , sec<35,17>>,
    refuse<dying    , enroll_old, gone  , sec<35,17>>,
    refuse<dying    , read      , gone  , sec<35,17>>,
    refuse<dying    , reply     , gone  , sec<35,17>>,
    refuse<dying    , bad_write , gone  , sec<35,17>>,
    refuse<dying    , closed    , ignore, sec<1,6>  >,
    refuse<dying    , expired   , ignore, sec<1,6>  >,
    refuse<dying    , suspend   , ignore, sec<1,6>  >,
    refuse<dying    , removed   , ignore, sec<1,6>  >
>;
} // namespace refusals
// clang-format on

/// The rows under a short name.
struct table {
    using rows = words::rows;
};

/// What Boost.MSM runs.
struct front_end : flat_front_end<front_end, table, words::no_daemon, util_data, util_outbox> {};

/// The parts of the machine.
struct spec {
    using phase = util_phase;
    using event_kind = util_event;
    using input = util_input;
    using data = util_data;
    using outbox = util_outbox;
    using refusal = util_refusal;
    using front_end = hyperv_util::front_end;
    using all_states = mp11::mp_list<words::no_daemon, words::ready, words::waiting, words::dying>;
    using transition_table = words::rows;
    using refusal_table = refusals::cells;
    template <util_event Kind>
    using event = hyperv_util::event<Kind>;
};

} // namespace hyperv_util

/// The whole state of the machine.
using util_state = machine_state<util_phase, util_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<hyperv_util::spec>;
#endif

/// The guest kernel's machine between a Hyper-V host and the daemon.
class hyperv_util_machine : public flat_machine<hyperv_util::spec> {
  public:
    using flat_machine::flat_machine;

    /// Takes one event and appends what it asks for to `out`.
    result process(util_event kind, util_outbox& out) noexcept {
        return flat_machine::process(util_input{kind}, out);
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_HYPERV_UTIL_HPP
