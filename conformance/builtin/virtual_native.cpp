// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/virtual_native.hpp"

#include "conformance/native_bytes.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace snapproto::conformance::builtin {

using machine::participant_event;

/// The host's end of a channel.
class virtual_native::stream final : public channel {
  public:
    stream(virtual_native& guest, std::shared_ptr<line> on)
        : m_guest(guest), m_line(std::move(on)) {}
    ~stream() override { m_guest.hang_up(m_line); }

    send_result send(std::string_view bytes, conformance::duration) override {
        if (m_line->closed) {
            return {send_status::closed, 0};
        }
        m_guest.take(m_line, bytes);
        return {send_status::complete, bytes.size()};
    }
    receive_result receive(conformance::duration wait) override {
        return m_guest.give(m_line, wait);
    }
    bool half_close() override { return false; }
    void close() override { m_guest.hang_up(m_line); }

  private:
    virtual_native& m_guest;
    std::shared_ptr<line> m_line;
};

/// The participant "10-quiesce", as the hook of a program that a check configures.
class virtual_native::script final : public played_hook {
  public:
    static constexpr std::string_view name = "10-quiesce";

    explicit script(virtual_native& guest) : m_guest(guest) {}

    void play(const hook_script& how) override {
        played_participant& who = m_guest.participants().get(name);
        const auto fails = [&](const hook_behaviour& call) {
            return call.exit_status != 0 || call.dies_by_signal ||
                   how.file != hook_file::executable;
        };
        who.refuses_hold = fails(how.on_freeze);
        who.hold_takes = how.on_freeze.sleep;
        who.failing_releases = fails(how.on_thaw) ? 1 : 0;
        who.release_takes = how.on_thaw.sleep;
    }
    [[nodiscard]] std::vector<hook_call> calls() const override { return m_calls; }
    void forget() override { m_calls.clear(); }

    /// It is asked for something now.
    void begin(endpoint::operation what) {
        if (what == endpoint::operation::hold || what == endpoint::operation::release) {
            const auto frozen = m_guest.freeze_targets().front()->is_frozen();
            m_calls.push_back({{what == endpoint::operation::hold ? "freeze" : "thaw"},
                               m_guest.now(),
                               std::nullopt,
                               frozen.value});
        }
    }

  private:
    virtual_native& m_guest;
    std::vector<hook_call> m_calls;
};

// ---- the process --------------------------------------------------------------------------------

virtual_native::virtual_native(std::string name)
    : m_name(std::move(name)), m_script(std::make_unique<script>(*this)) {
    participants().reset();
    for (const played_participant& one : participants().list) {
        if (one.kind == participant_kind::filesystem) {
            const auto who = [this, mount = one.name]() -> played_participant& {
                return participants().get(mount);
            };
            m_filesystems.push_back(std::make_unique<played_filesystem>(
                *this,
                played_hold{[who] { return who().held || who().held_by_other; },
                            [who](bool frozen) {
                                who().held = false; // one freeze, whoever made it
                                who().held_by_other = frozen;
                            }},
                one.name));
        }
    }
}

virtual_native::~virtual_native() = default;

support virtual_native::can(capability what) const {
    switch (what) {
    case capability::reconnect:
    case capability::second_client:
    case capability::connection_oriented:
    case capability::restart:
    case capability::signal:
    case capability::freeze_target:
    case capability::two_freeze_targets:
    case capability::kernel_truth:
    case capability::device_digest:
    case capability::writer:
    case capability::window_copy:
    case capability::foreign_freeze:
    case capability::freeze_everything:
    case capability::hook:
    case capability::keep_state:
    case capability::virtual_time:
        return support::yes();
    default:
        return support::no("an embedded agent of the native dialect has no such thing");
    }
}

played_hook* virtual_native::hook() noexcept {
    return m_script.get();
}

std::vector<freeze_target*> virtual_native::freeze_targets() noexcept {
    std::vector<freeze_target*> all;
    for (const auto& one : m_filesystems) {
        all.push_back(one.get());
    }
    return all;
}

endpoint::agent_options virtual_native::options() const {
    auto made = endpoint::native_agent_defaults();
    made.capabilities = made.capabilities | snapproto::capability::recovery;
    made.generation = {m_generation};
    return made;
}

void virtual_native::start(const start_options& how) {
    std::vector<participant_summary> left; // held by a predecessor that was killed
    for (const played_participant& one : participants().list) {
        if (one.held) {
            left.push_back({one.name, one.kind});
        }
    }
    close_line();
    m_end.reset();
    m_todo.clear();
    m_said.clear();
    m_works.clear();
    participants().reset();
    m_script->forget();
    m_script->play(how.hook.value_or(hook_script{}));
    m_agent = std::make_unique<endpoint::native_agent>(options(), wire_limits());
    // Applications alone say nothing of it: only a frozen filesystem can be seen from outside.
    if (std::any_of(left.begin(), left.end(), [](const participant_summary& one) {
            return one.kind == participant_kind::filesystem;
        })) {
        adopt(left);
    }
    settle();
}

void virtual_native::adopt(const std::vector<participant_summary>& left) {
    m_taking_part.clear();
    for (const participant_summary& one : left) {
        participants().get(one.name).held = true;
        m_taking_part.push_back(one.name);
    }
    constexpr std::uint64_t of_nobody = 0x6164'6f70'7465'6401U;
    m_agent->adopt({of_nobody}, {of_nobody}, left, time());
}

void virtual_native::forget() {
    m_works.clear();
    m_agent = std::make_unique<endpoint::native_agent>(options(), wire_limits());
    if (m_line && !m_line->closed) {
        m_agent->channel_up(time());
        settle();
    }
}

void virtual_native::end(exit_report how) {
    m_end = how;
    close_line();
}

void virtual_native::terminate() {
    if (!m_end) {
        on_stop();
    }
}

std::optional<exit_report> virtual_native::wait_exit(conformance::duration bound) {
    const conformance::instant until = m_now + bound;
    while (!m_end && step(until)) {
    }
    return m_end;
}

void virtual_native::change_generation() {
    ++m_generation;
    m_agent->generation_changed({m_generation}, time());
    settle();
}

// ---- time ---------------------------------------------------------------------------------------

bool virtual_native::step(conformance::instant end) {
    const auto work = std::min_element(m_works.begin(), m_works.end(),
                                       [](const auto& a, const auto& b) { return a.due < b.due; });
    const bool ticks = !m_end && keeps_time() && m_deadline != never;
    const auto timer =
        ticks ? conformance::instant{m_deadline.time_since_epoch()} : conformance::instant::max();
    const auto due = work != m_works.end() && !m_end ? work->due : conformance::instant::max();
    const auto next = std::min(timer, due);
    if (next > end) {
        m_now = std::max(m_now, end);
        return false;
    }
    m_now = std::max(m_now, next);
    if (due <= timer) {
        const endpoint::operate what = work->what;
        m_works.erase(work);
        answer(what);
    } else {
        m_agent->handle_timeout(time());
    }
    settle();
    return true;
}

void virtual_native::sleep_for(conformance::duration span) {
    const conformance::instant until = m_now + span;
    while (step(until)) {
    }
}

// ---- channels -----------------------------------------------------------------------------------

std::unique_ptr<channel> virtual_native::connect(conformance::duration) {
    if (m_end || !m_agent) {
        throw unreachable("the embedded agent has ended");
    }
    if (m_line && !m_line->closed && !takes_another()) {
        return std::make_unique<stream>(*this, std::make_shared<line>(line{{}, true}));
    }
    close_line();
    m_line = std::make_shared<line>();
    m_agent->channel_up(time()); // one that was open has ended with that
    settle();
    return std::make_unique<stream>(*this, m_line);
}

void virtual_native::close_line() {
    if (m_line) {
        m_line->closed = true;
    }
}

void virtual_native::take(const std::shared_ptr<line>& from, std::string_view bytes) {
    if (from == m_line && !from->closed && !m_end) {
        on_bytes(std::string{bytes});
    }
}

void virtual_native::hang_up(const std::shared_ptr<line>& from) {
    if (from == m_line && !std::exchange(from->closed, true) && !m_end) {
        on_loss();
    }
}

receive_result virtual_native::give(const std::shared_ptr<line>& to, conformance::duration wait) {
    const conformance::instant until = m_now + wait;
    while (to->to_host.empty() && !to->closed && step(until)) {
    }
    if (to->to_host.empty()) {
        return {to->closed ? receive_status::closed : receive_status::nothing, {}};
    }
    return {receive_status::data, std::exchange(to->to_host, {})};
}

void virtual_native::feed(std::string_view bytes) {
    if (m_agent->connected()) {
        m_agent->receive(std::as_bytes(std::span(bytes)), time());
        settle();
    }
}

void virtual_native::feed(const any_message& message) {
    feed(native_bytes::framed(message));
}

void virtual_native::write(const any_message& message) {
    const std::string bytes = native_bytes::framed(message);
    if (std::exchange(m_owes_mark, false) && !bytes.starts_with(native_bytes::mark())) {
        write_bytes(native_bytes::mark());
    }
    write_bytes(bytes);
}

void virtual_native::write_bytes(std::string_view bytes) {
    if (m_line && !m_line->closed) {
        m_line->to_host += bytes;
    }
}

// ---- what the agent asks for --------------------------------------------------------------------

void virtual_native::settle() {
    if (std::exchange(m_settling, true)) {
        return; // who settles already comes to it
    }
    for (;;) {
        for (auto next = m_agent->poll(); !m_end; next = m_agent->poll()) {
            if (const auto* until = std::get_if<endpoint::deadline>(&next)) {
                m_deadline = until->at;
                break;
            }
            if (const auto* sent = std::get_if<endpoint::transmit_frame>(&next)) {
                // The bytes are valid until the next input only: what is said is said at once.
                (void)m_own.feed(std::as_bytes(std::span(sent->bytes)));
                const any_message message = **m_own.next();
                m_todo.push_back(endpoint::deadline{});
                m_said.push_back({message, sent->bytes.starts_with(native_bytes::mark())});
            } else {
                m_todo.push_back(std::move(next));
            }
        }
        if (m_todo.empty() || m_end) {
            break;
        }
        const endpoint::native_agent_output what = std::move(m_todo.front());
        m_todo.pop_front();
        act(what);
    }
    m_settling = false;
}

void virtual_native::act(const endpoint::native_agent_output& what) {
    if (std::holds_alternative<endpoint::deadline>(what)) { // stands for a message
        const said next = std::move(m_said.front());
        m_said.pop_front();
        m_owes_mark = next.behind_mark;
        on_message(next.message);
    } else if (const auto* wanted = std::get_if<endpoint::find_participants>(&what)) {
        bool known = true;
        const auto all = found(*wanted, known);
        if (known) {
            m_agent->participants_found(all, time());
        } else {
            m_agent->participants_failed(time());
        }
    } else if (const auto* asked = std::get_if<endpoint::operate>(&what)) {
        operate(*asked);
    } else if (const auto* given_up = std::get_if<endpoint::cancel>(&what)) {
        // What was in work comes to nothing, and says so.
        const auto work = std::find_if(m_works.begin(), m_works.end(), [&](const auto& one) {
            return one.what.participant == given_up->participant;
        });
        if (work != m_works.end() && work->what.what != endpoint::operation::release) {
            const endpoint::operate in_work = work->what;
            m_works.erase(work);
            note(m_taking_part[in_work.participant], to_string(in_work.what), "cancelled");
            m_agent->participant_answered(in_work.participant, participant_event::vetoed, time());
        }
    } else if (std::holds_alternative<endpoint::close_channel>(what)) {
        close_line();
    } else if (std::holds_alternative<endpoint::exit_process>(what)) {
        end({false, 0});
    }
}

std::vector<participant_summary> virtual_native::found(const endpoint::find_participants& wanted,
                                                       bool& known) {
    std::vector<participant_summary> all;
    const auto& mounts = wanted.scope.mounts;
    std::size_t filesystems = 0;
    for (const played_participant& one : participants().list) {
        const bool mounted = one.kind == participant_kind::filesystem;
        const bool in_scope =
            mounted
                ? !mounts || std::find(mounts->begin(), mounts->end(), one.name) != mounts->end()
                : wanted.level == quiesce_level::application &&
                      (wanted.run_hooks || one.kind != participant_kind::hook);
        if (in_scope) {
            all.push_back({one.name, one.kind});
            filesystems += mounted ? 1U : 0U;
        }
    }
    known = !mounts || filesystems == mounts->size();
    m_taking_part.clear();
    for (const participant_summary& one : all) {
        m_taking_part.push_back(one.name);
    }
    return all;
}

void virtual_native::operate(const endpoint::operate& what) {
    const played_participant& who = participants().get(m_taking_part[what.participant]);
    if (who.name == script::name) {
        m_script->begin(what.what);
    }
    const auto takes = what.what == endpoint::operation::prepare   ? who.prepare_takes
                       : what.what == endpoint::operation::hold    ? who.hold_takes
                       : what.what == endpoint::operation::release ? who.release_takes
                                                                   : conformance::duration{0};
    if (takes > conformance::duration{0}) {
        m_works.push_back({m_now + takes, what});
    } else {
        answer(what);
    }
}

void virtual_native::answer(const endpoint::operate& what) {
    played_participant& who = participants().get(m_taking_part[what.participant]);
    if (what.what == endpoint::operation::finish) {
        if (tells_results()) {
            note(who.name, "finish", to_string(what.result));
        }
        return; // not answered
    }
    if (what.what == endpoint::operation::hold && who.held_by_other) {
        note(who.name, "hold", "busy");
        m_agent->participant_skipped(what.participant, time());
        return;
    }
    m_agent->participant_answered(what.participant, perform(who, what.what), time());
}

participant_event virtual_native::perform(played_participant& who, endpoint::operation what) {
    switch (what) {
    case endpoint::operation::prepare:
        note(who.name, "prepare", who.refuses_prepare ? "refused" : "done");
        return who.refuses_prepare ? participant_event::vetoed : participant_event::prepared;
    case endpoint::operation::hold:
        who.held = !who.refuses_hold;
        note(who.name, "hold", who.held ? "done" : "refused");
        return who.held ? participant_event::held : participant_event::vetoed;
    case endpoint::operation::release: {
        if (who.failing_releases > 0) {
            --who.failing_releases;
            note(who.name, "release", "failed");
            return participant_event::release_failed;
        }
        const bool real = std::exchange(who.held, false);
        note(who.name, "release", real ? "done" : "not held");
        return real ? participant_event::released : participant_event::not_held;
    }
    default:
        note(who.name, to_string(what), "done");
        return participant_event::finished;
    }
}

void virtual_native::note(const std::string& who, std::string_view what, std::string_view result) {
    participants().calls.push_back({who, std::string{what}, std::string{result}, m_now});
}

void virtual_native::let_go(std::string_view name, bool tells) {
    participants().get(name).held = false;
    const auto found = std::find(m_taking_part.begin(), m_taking_part.end(), name);
    if (tells && found != m_taking_part.end()) {
        m_agent->participant_let_go(static_cast<participant_index>(found - m_taking_part.begin()),
                                    time());
        settle();
    }
}

} // namespace snapproto::conformance::builtin
