// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace snapproto::explore {

using machine::agent_event;
using machine::agent_timer;
using machine::orchestrator_event;

namespace {

constexpr std::size_t never_released = static_cast<std::size_t>(-1);

[[nodiscard]] bool is_armed(const agent_world& a, agent_timer timer) noexcept {
    return (a.timers >> static_cast<unsigned>(timer) & 1U) != 0;
}

} // namespace

// ---- texts ------------------------------------------------------------------------------------

std::string to_text(const action& one) {
    std::string text{happening_names[static_cast<std::size_t>(one.what)]};
    for (const unsigned number : {one.agent, one.detail, one.txn}) {
        text += ' ';
        text += std::to_string(number);
    }
    while (text.ends_with(" 0")) {
        text.resize(text.size() - 2);
    }
    return text;
}

std::optional<action> action_from(std::string_view text) {
    const auto word = text.substr(0, text.find(' '));
    const auto* const known = std::find(happening_names.begin(), happening_names.end(), word);
    if (known == happening_names.end()) {
        return std::nullopt;
    }
    action made{static_cast<happening>(known - happening_names.begin())};
    text.remove_prefix(word.size());
    for (auto* number : {&made.agent, &made.detail, &made.txn}) {
        if (text.empty()) {
            break;
        }
        text.remove_prefix(1);
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), *number);
        if (wrong != std::errc{}) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text.empty() ? std::optional{made} : std::nullopt;
}

// ---- states -----------------------------------------------------------------------------------

snapshot_model::snapshot_model(const config& options)
    : m_options(options),
      m_agent_words(explore::agent_words(options)),
      m_words(host_words + options.agents * m_agent_words) {
    const auto in = [](std::size_t value, std::size_t least, std::size_t most, const char* what) {
        if (value < least || value > most) {
            throw std::invalid_argument(std::string{what} + " is out of range");
        }
    };
    in(options.agents, 1, agents_max, "the number of agents");
    in(options.participants, 1, participants_max, "the number of participants");
    in(options.sessions, 1, sessions_max, "the number of sessions");
    in(options.fault_budget, 0, fault_budget_max, "the fault budget");
}

world unpacked_defaults(const config& options) {
    world made;
    made.host.data.policy.explicit_prepare = options.dialect == profile::native;
    made.host.data.policy.completion = options.dialect == profile::native;
    return made;
}

snapshot_model::state snapshot_model::initial() const {
    world first = unpacked_defaults(m_options);
    first.budget = static_cast<std::uint8_t>(m_options.fault_budget);
    return pack(first);
}

snapshot_model::state snapshot_model::pack(const world& from) const {
    state made{};
    detail::bit_writer host{made.data()};
    detail::pack_host(host, from);
    host.end(made.data() + host_words);
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        std::uint32_t* const begin = made.data() + host_words + i * m_agent_words;
        detail::bit_writer io{begin};
        detail::pack_agent(io, m_options, from, from.agents[i], i);
        io.end(begin + m_agent_words);
    }
    return made;
}

snapshot_model::state snapshot_model::pack(const world& changed, const world& from,
                                           const state& packed) const {
    state made = packed;
    detail::bit_writer host{made.data()};
    detail::pack_host(host, changed);
    host.end(made.data() + host_words);
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        // Equal bytes are equal values; if only bytes between members differ, it is packed in vain.
        const auto in = [i](const world& w) {
            const auto& d = w.host.data;
            return (d.live >> i & 1U) | (d.answered >> i & 1U) << 1U | (d.unknown >> i & 1U) << 2U |
                   (d.spoiled >> i & 1U) << 3U;
        };
        if (in(changed) == in(from) &&
            std::memcmp(&changed.agents[i], &from.agents[i], sizeof(agent_world)) == 0) {
            continue;
        }
        std::uint32_t* const begin = made.data() + host_words + i * m_agent_words;
        detail::bit_writer io{begin};
        detail::pack_agent(io, m_options, changed, changed.agents[i], i);
        io.end(begin + m_agent_words);
    }
    return made;
}

world snapshot_model::unpack(const state& from) const {
    world made = unpacked_defaults(m_options);
    detail::bit_reader host{from.data()};
    detail::pack_host(host, made);
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        detail::bit_reader io{from.data() + host_words + i * m_agent_words};
        detail::pack_agent(io, m_options, made, made.agents[i], i);
        auto& d = made.agents[i].machine.data;
        const auto capabilities = capabilities_of(m_options.dialect);
        d.granted = d.session ? capabilities : capability::none;
        d.waiting_granted =
            d.waiting != machine::pending_hello::none ? capabilities : capability::none;
    }
    return made;
}

// ---- one worker -------------------------------------------------------------------------------

snapshot_model::worker::worker(const snapshot_model& model)
    : m_model(model),
      m_machines(model.m_options.mutation),
      m_stage(model.m_options, m_machines),
      m_alone(model.m_options, m_machines),
      m_ends_known(4096) {}

void snapshot_model::worker::canonical(state& s) const noexcept {
    const std::size_t count = m_model.m_options.agents;
    const std::size_t size = m_model.m_agent_words;
    const auto block = [&](std::size_t i) {
        return s.begin() + static_cast<std::ptrdiff_t>(host_words + i * size);
    };
    for (std::size_t i = 1; i < count; ++i) { // few of them: insertion
        for (std::size_t j = i; j > 0; --j) {
            const auto a = block(j - 1);
            const auto b = block(j);
            const auto end = b + static_cast<std::ptrdiff_t>(size);
            if (!std::lexicographical_compare(b, end, a, b)) {
                break;
            }
            std::swap_ranges(a, b, b);
        }
    }
}

bool snapshot_model::worker::may(fault one) const noexcept {
    return m_from.budget > 0 && (m_model.m_options.faults & bit_of(one)) != 0;
}

template <class Change>
void snapshot_model::worker::offer(const action& what, Change&& change,
                                   std::optional<fault> costs) {
    m_stage.begin(m_from);
    change(m_stage);
    if (m_stage.blocked()) {
        ++m_waits;
        return;
    }
    property broken = m_stage.broken();
    if (costs) {
        if (broken == property::none && m_stage.w == m_from) {
            return; // made no difference: not worth a fault
        }
        --m_stage.w.budget;
    }
    if (broken == property::none) {
        broken = m_stage.check_state();
    }
    m_found.push_back({m_model.pack(m_stage.w, m_from, *m_packed), what, broken});
}

void snapshot_model::worker::expand(const state& from) {
    m_found.clear();
    m_rest = property::none;
    m_from = m_model.unpack(from);
    m_packed = &from;
    normal_steps();
    const bool at_rest = m_found.empty();
    if (at_rest) {
        timers(false);
        if (m_found.empty()) {
            m_stage.begin(m_from);
            m_rest = m_stage.check_rest();
        }
    } else if (may(fault::timeout)) {
        timers(true);
    }
    faults();
    for (std::size_t i = 0; i < m_model.m_options.agents && m_rest == property::none; ++i) {
        if (!hold_ends(from, i)) {
            m_rest = property::hold_ends;
        }
    }
}

void snapshot_model::worker::normal_steps() {
    const config& options = m_model.m_options;
    const auto phase = m_from.host.phase;
    if (phase == orchestrator_phase::idle && m_from.started < options.sessions) {
        offer({happening::start}, [](stage& s) { s.host_starts(); });
    }
    if (options.dialect == profile::native &&
        (phase == orchestrator_phase::ready ||
         (phase == orchestrator_phase::prep && !m_from.host.data.go_noted))) {
        offer({happening::go}, [](stage& s) { s.host_event({.kind = orchestrator_event::go}); });
    }
    if (m_from.provider == provider_phase::cutting) {
        offer({happening::cut_done}, [](stage& s) { s.provider_event(provider_input::cut_done); });
    }
    if (m_from.provider == provider_phase::discarded && m_from.cut_running) {
        offer({happening::cut_late}, [](stage& s) { s.provider_event(provider_input::cut_done); });
    }
    if (m_from.provider == provider_phase::cut) {
        offer({happening::copy_ready},
              [](stage& s) { s.provider_event(provider_input::copy_ready); });
    }
    if (m_from.cut_notice != notice::none) {
        offer({happening::cut_known}, [](stage& s) { s.notice_arrives(); });
    }
    for (std::size_t i = 0; i < options.agents; ++i) {
        agent_steps(i);
    }
}

void snapshot_model::worker::agent_steps(std::size_t i) {
    const config& options = m_model.m_options;
    const agent_world& a = m_from.agents[i];
    const auto agent = static_cast<std::uint8_t>(i);
    const bool runs = a.alive == life::running;
    // An agent of QGA serves one request after the other.
    const bool serves = options.dialect == profile::native || a.ghost.open == a.gone;
    if (runs && serves && a.to_agent.size > 0) {
        offer({happening::deliver, agent}, [&](stage& s) {
            const packet message = s.w.agents[i].to_agent.front();
            s.w.agents[i].to_agent.pop();
            s.agent_takes(i, message);
        });
    }
    if (a.to_host.size > 0) {
        offer({happening::receive, agent}, [&](stage& s) {
            const packet message = s.w.agents[i].to_host.front();
            s.w.agents[i].to_host.pop();
            s.host_takes(i, message);
        });
    }
    if (!a.up && runs && !a.agent_knows) {
        offer({happening::agent_learns, agent}, [&](stage& s) { s.agent_learns_of_loss(i); });
    }
    if (!a.up && !a.host_knows) {
        offer({happening::host_learns, agent}, [&](stage& s) { s.host_learns_of_loss(i); });
    }
    if (!a.up && runs && a.agent_knows && a.host_knows &&
        m_from.host.phase == orchestrator_phase::down) {
        offer({happening::connect, agent}, [&](stage& s) { s.channel_opens(i); });
    }
    if (!runs) {
        offer({happening::restart, agent}, [&](stage& s) { s.agent_restarts(i); });
        if (std::any_of(a.participants.begin(), a.participants.end(),
                        [](const auto& p) { return p.held; })) {
            offer({happening::watchdog, agent}, [&](stage& s) { s.watchdog_releases(i); });
        }
        return;
    }
    if (is_armed(a, agent_timer::retry)) {
        offer({happening::retry, agent},
              [&](stage& s) { s.agent_timer_fires(i, agent_timer::retry); });
    }
    for (std::size_t p = 0; p < options.participants; ++p) {
        participant_steps(i, p);
    }
}

void snapshot_model::worker::participant_steps(std::size_t i, std::size_t p) {
    const agent_world& a = m_from.agents[i];
    const participant_state& one = a.participants[p];
    const auto agent = static_cast<std::uint8_t>(i);
    const auto which = static_cast<std::uint8_t>(p);
    const auto answers = [&](happening what, participant_input with,
                             std::optional<fault> costs = {}) {
        offer(
            {what, agent, which}, [&](stage& s) { s.participant_answers(i, p, with); }, costs);
    };
    switch (one.doing) {
    case work::none:
        if ((one.phase == participant_phase::held || one.phase == participant_phase::broken) &&
            !one.held) {
            offer({happening::notice, agent, which},
                  [&](stage& s) { s.participant_is_noticed(i, p); });
        }
        break;
    case work::prepare:
        answers(happening::participant, participant_input::prepared);
        break;
    case work::hold:
        answers(happening::participant, participant_input::held);
        if (a.step != agent_step::quiesce && a.step != agent_step::freeze) {
            answers(happening::refuse, participant_input::vetoed); // cancelled in time
        }
        break;
    case work::release:
        // An application that refused its hold is released all the same (SP 14.10).
        answers(happening::participant, one.held || one.phase == participant_phase::vetoed ||
                                                one.phase == participant_phase::prepared
                                            ? participant_input::released
                                            : participant_input::not_held);
        break;
    case work::recover:
        answers(happening::participant, participant_input::finished);
        break;
    }
}

void snapshot_model::worker::timers(bool costs) {
    const std::optional<fault> price = costs ? std::optional{fault::timeout} : std::nullopt;
    const config& options = m_model.m_options;
    for (std::size_t i = 0; i < options.agents; ++i) {
        const agent_world& a = m_from.agents[i];
        const auto agent = static_cast<std::uint8_t>(i);
        for (const auto timer : {agent_timer::phase, agent_timer::hold, agent_timer::sequence}) {
            // Who hangs in a release is one who was held: what a hanging release would have told is
            // told by nobody (docs/verification.md, "assumptions").
            const bool hides = options.wrong != flaw::hung_release_hides &&
                               timer == agent_timer::phase &&
                               a.machine.phase == agent_phase::resume &&
                               std::any_of(a.participants.begin(), a.participants.end(),
                                           [](const participant_state& p) {
                                               return p.doing == work::release && !p.held;
                                           });
            if (is_armed(a, timer) && !hides) {
                offer(
                    {happening::agent_timer, agent, static_cast<std::uint8_t>(timer)},
                    [&](stage& s) { s.agent_timer_fires(i, timer); }, price);
            }
        }
        if (a.link.waiting != link_state::command::none) {
            offer(
                {happening::link_timer, agent}, [&](stage& s) { s.link_timer_fires(i); }, price);
        }
    }
    if (m_from.reply_timer) {
        offer(
            {happening::host_timer, 0, 0},
            [](stage& s) { s.host_event({.kind = orchestrator_event::reply_expired}); }, price);
    }
    if (m_from.window_timer) {
        offer(
            {happening::host_timer, 0, 1},
            [](stage& s) { s.host_event({.kind = orchestrator_event::window_expired}); }, price);
    }
    if (m_from.provider == provider_phase::cutting) {
        offer(
            {happening::cut_timer}, [](stage& s) { s.provider_event(provider_input::cut_expired); },
            price);
    }
}

void snapshot_model::worker::faults() {
    if (m_from.budget == 0) {
        return;
    }
    const auto phase = m_from.host.phase;
    if (may(fault::cancel)) {
        offer(
            {happening::cancel},
            [](stage& s) { s.host_event({.kind = orchestrator_event::cancel}); }, fault::cancel);
    }
    if (may(fault::host_crash) && phase != orchestrator_phase::down) {
        offer(
            {happening::host_crash}, [](stage& s) { s.host_dies(); }, fault::host_crash);
    }
    if (may(fault::noise) && phase == orchestrator_phase::down) {
        offer(
            {happening::noise, 0, static_cast<std::uint8_t>(noise_kind::start)},
            [](stage& s) {
                s.w.report_due = true;
                s.host_event({.kind = orchestrator_event::start});
            },
            fault::noise);
    }
    if (may(fault::cut) && m_from.provider == provider_phase::cutting) {
        offer(
            {happening::cut_fails}, [](stage& s) { s.provider_event(provider_input::cut_failed); },
            fault::cut);
    }
    for (std::size_t i = 0; i < m_model.m_options.agents; ++i) {
        agent_faults(i);
    }
}

void snapshot_model::worker::agent_faults(std::size_t i) {
    const config& options = m_model.m_options;
    const agent_world& a = m_from.agents[i];
    const auto agent = static_cast<std::uint8_t>(i);
    const bool runs = a.alive == life::running;
    const bool native = options.dialect == profile::native;
    if (may(fault::loss) && a.up) {
        offer(
            {happening::loss, agent}, [&](stage& s) { s.break_channel(i, false, false); },
            fault::loss);
    }
    if (may(fault::silence) && native) {
        const auto phase = m_from.host.phase;
        if ((m_from.host.data.live >> i & 1U) != 0 && phase != orchestrator_phase::neg &&
            phase != orchestrator_phase::abort) {
            offer(
                {happening::silence, agent},
                [&](stage& s) {
                    s.host_event({.kind = orchestrator_event::liveness_expired, .agent = agent});
                },
                fault::silence);
        }
    }
    if (may(fault::duplicate) && native) { // the stream that carries QGA repeats nothing
        if (runs && a.to_agent.size > 0) {
            offer(
                {happening::duplicate_request, agent},
                [&](stage& s) { s.agent_takes(i, s.w.agents[i].to_agent.front()); },
                fault::duplicate);
        }
        if (a.to_host.size > 0) {
            offer(
                {happening::duplicate_answer, agent},
                [&](stage& s) { s.host_takes(i, s.w.agents[i].to_host.front()); },
                fault::duplicate);
        }
    }
    if (may(fault::stale) && native && a.up) {
        // Of a transaction that is over: it was on the way somewhere else.
        const auto over =
            static_cast<std::uint8_t>(m_from.host.data.txn ? m_from.started - 1 : m_from.started);
        for (std::uint8_t txn = 1; txn <= over; ++txn) {
            for (std::uint8_t kind = static_cast<std::uint8_t>(request::prepare);
                 runs && kind <= static_cast<std::uint8_t>(request::abort); ++kind) {
                offer(
                    {happening::stale_request, agent, kind, txn},
                    [&](stage& s) {
                        s.agent_takes(i, {kind, txn, 0, 0});
                    },
                    fault::stale);
            }
            for (std::uint8_t kind = static_cast<std::uint8_t>(answer::prepared);
                 kind <= static_cast<std::uint8_t>(answer::nak); ++kind) {
                const std::uint8_t arg = kind == static_cast<std::uint8_t>(answer::nak)
                                             ? any_request
                                             : static_cast<std::uint8_t>(verdict::clean);
                offer(
                    {happening::stale_answer, agent, kind, txn},
                    [&](stage& s) {
                        s.host_takes(i, {kind, txn, 0, arg});
                    },
                    fault::stale);
            }
        }
    }
    if (!runs) {
        return;
    }
    if (may(fault::stop)) {
        offer(
            {happening::stop, agent},
            [&](stage& s) { s.agent_event(i, {.kind = agent_event::stop}); }, fault::stop);
    }
    if (may(fault::crash)) {
        offer(
            {happening::crash, agent}, [&](stage& s) { s.agent_dies(i); }, fault::crash);
    }
    if (may(fault::clone)) {
        offer(
            {happening::clone, agent},
            [&](stage& s) { s.agent_event(i, {.kind = agent_event::generation_changed}); },
            fault::clone);
    }
    if (may(fault::noise) && native && a.up) {
        const auto bring = [&](noise_kind what, const machine::agent_input& input) {
            offer(
                {happening::noise, agent, static_cast<std::uint8_t>(what)},
                [&](stage& s) { s.agent_event(i, input); }, fault::noise);
        };
        bring(noise_kind::query, {.kind = agent_event::query});
        bring(noise_kind::ping, {.kind = agent_event::ping});
        bring(noise_kind::garbage, {.kind = agent_event::bad_message});
        bring(noise_kind::recover, {.kind = agent_event::recover, .txn = a.machine.data.txn});
        bring(noise_kind::abort_any, {.kind = agent_event::abort});
        bring(noise_kind::second_hello, {.kind = agent_event::hello,
                                         .session = session_now,
                                         .granted = capabilities_of(options.dialect)});
        bring(noise_kind::void_hello, {.kind = agent_event::hello,
                                       .session = session_now,
                                       .granted = capabilities_of(options.dialect),
                                       .version_agreed = false});
    }
    if (may(fault::veto) && a.machine.phase == agent_phase::ready) {
        offer(
            {happening::consent_withdrawn, agent},
            [&](stage& s) { s.agent_event(i, {.kind = agent_event::failed}); }, fault::veto);
    }
    for (std::size_t p = 0; p < options.participants; ++p) {
        const participant_state& one = a.participants[p];
        const auto which = static_cast<std::uint8_t>(p);
        const bool asked = one.doing == work::prepare ||
                           (one.doing == work::hold &&
                            (a.step == agent_step::quiesce || a.step == agent_step::freeze));
        if (may(fault::veto) && asked) {
            offer(
                {happening::veto, agent, which},
                [&](stage& s) { s.participant_answers(i, p, participant_input::vetoed); },
                fault::veto);
        }
        if (may(fault::release) && one.doing == work::release && one.held) {
            offer(
                {happening::release_fails, agent, which},
                [&](stage& s) { s.participant_answers(i, p, participant_input::release_failed); },
                fault::release);
        }
        // A hook of QGA has no way to let go: it runs before and after the hold.
        // Whoever is being released lets go because of that.
        if (may(fault::early) && one.held &&
            (one.phase == participant_phase::held || one.phase == participant_phase::broken) &&
            one.doing == work::none && (native || options.is_filesystem(p))) {
            offer(
                {happening::let_go, agent, which}, [&](stage& s) { s.participant_lets_go(i, p); },
                fault::early);
        }
    }
}

// ---- holds end --------------------------------------------------------------------------------

bool snapshot_model::worker::hold_ends(const state& from, std::size_t i) {
    const agent_world& a = m_from.agents[i];
    if (std::none_of(a.participants.begin(), a.participants.end(),
                     [](const auto& p) { return p.held; })) {
        return true;
    }
    agent_block block{};
    const std::size_t size = m_model.m_agent_words;
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(host_words + i * size), size,
                block.begin());
    auto& known =
        m_ends_known[detail::hash_words(block.data(), block.size()) % m_ends_known.size()];
    if (known == block) {
        return true;
    }
    const std::size_t steps = steps_to_release(m_from, i, 0);
    if (steps == never_released) {
        return false;
    }
    known = block;
    m_release_steps = std::max(m_release_steps, steps);
    return true;
}

std::size_t snapshot_model::worker::steps_to_release(const world& from, std::size_t i,
                                                     std::size_t depth) {
    // What is held with nobody's help depends on the agent alone; nobody reads what it sends.
    world alone = from;
    agent_world& a = alone.agents[i];
    a.to_agent.clear();
    a.to_host.clear();
    a.link = {};
    const config& options = m_model.m_options;
    if (std::none_of(a.participants.begin(), a.participants.end(),
                     [](const auto& p) { return p.held; })) {
        return 0;
    }
    constexpr std::size_t depth_max = 64; // far more than any release needs
    if (depth == depth_max) {
        return never_released;
    }
    std::array<std::uint32_t, 8> block{};
    detail::bit_writer io{block.data()};
    detail::pack_agent(io, options, alone, a, i);
    io.end(block.data() + m_model.m_agent_words);
    std::string key(reinterpret_cast<const char*>(block.data()), sizeof block);
    if (const auto known = m_release_known.find(key); known != m_release_known.end()) {
        return known->second;
    }
    std::size_t worst = 0;
    bool any = false;
    const auto go_on = [&](const auto& change) {
        any = true;
        m_alone.begin(alone);
        change(m_alone);
        const world after = m_alone.w;
        const std::size_t more = steps_to_release(after, i, depth + 1);
        worst = more == never_released ? more : std::max(worst, more);
        return more != never_released;
    };
    const auto judge = [&] {
        if (a.alive == life::dead) {
            return go_on([&](stage& s) { s.watchdog_releases(i); }) &&
                   go_on([&](stage& s) { s.agent_restarts(i); });
        }
        for (const auto timer :
             {agent_timer::phase, agent_timer::hold, agent_timer::sequence, agent_timer::retry}) {
            // A release that is in work ends: a kernel that never answers is out of anybody's hands.
            const bool fires = is_armed(a, timer) && (timer != agent_timer::phase ||
                                                      a.machine.phase != agent_phase::thaw);
            if (fires && !go_on([&](stage& s) { s.agent_timer_fires(i, timer); })) {
                return false;
            }
        }
        for (std::size_t p = 0; p < options.participants; ++p) {
            const participant_state& one = a.participants[p];
            auto with = participant_input::prepared;
            switch (one.doing) {
            case work::none:
                continue;
            case work::prepare:
                break;
            case work::hold:
                with = participant_input::held;
                break;
            case work::release:
                with = one.held || one.phase == participant_phase::vetoed ||
                               one.phase == participant_phase::prepared
                           ? participant_input::released
                           : participant_input::not_held;
                break;
            case work::recover:
                with = participant_input::finished;
                break;
            }
            if (!go_on([&](stage& s) { s.participant_answers(i, p, with); })) {
                return false;
            }
        }
        return any;
    };
    const std::size_t found = judge() ? worst + 1 : never_released;
    m_release_known.emplace(std::move(key), found);
    return found;
}

} // namespace snapproto::explore
