// SPDX-License-Identifier: BSL-1.0
#include <tests/unit/machine/agent_space.hpp>

#include <snapproto/machine/describe.hpp>

#include <boost/test/unit_test.hpp>

#include <unordered_map>

using namespace snapproto;
using namespace snapproto::machine;

namespace snapproto::tests {

namespace {

using event = agent_event;
using effect = agent_effect_kind;
using phase = agent_phase;

bool is_running(phase p) {
    return p != phase::off && p != phase::idle;
}

// A running transaction is no longer what it should be (chapters 4 to 11 of the specification).
bool spoils(phase p, event e) {
    switch (e) {
    case event::hello:
    case event::lost:
    case event::stop:
    case event::phase_expired:
        return p == phase::prep || p == phase::ready || p == phase::quiesce || p == phase::freeze ||
               (p == phase::frozen && e != event::phase_expired) ||
               ((p == phase::thaw || p == phase::resume) && e == event::phase_expired);
    case event::thaw:
        return p == phase::prep || p == phase::ready || p == phase::quiesce || p == phase::freeze;
    case event::abort:
    case event::generation_changed:
        return is_running(p) && p != phase::await;
    case event::failed:
        return p == phase::prep || p == phase::ready || p == phase::quiesce || p == phase::freeze ||
               p == phase::frozen || p == phase::thaw;
    case event::early:
        return p == phase::quiesce || p == phase::freeze || p == phase::frozen ||
               p == phase::thaw || p == phase::resume;
    case event::hold_expired:
        return p == phase::freeze || p == phase::frozen || p == phase::thaw;
    case event::sequence_expired:
        return p == phase::ready;
    default:
        return false;
    }
}

// What the event says about the guest, before the machine reacts to it.
void observe(guest_model& g, phase p, event e) {
    if (e == event::done) {
        switch (g.step) {
        case work::quiesce:
            g.applications = amount::all;
            break;
        case work::freeze:
            g.filesystems = amount::all;
            break;
        case work::thaw:
            g.filesystems = amount::nothing;
            g.hold_armed = false;
            break;
        case work::resume:
            g.applications = amount::nothing;
            break;
        default:
            break;
        }
        g.step = work::idle;
    } else if (e == event::failed || e == event::phase_expired) {
        if (g.step == work::resume) {
            g.applications = amount::nothing; // the others are released without waiting
        }
        if (e == event::failed) {
            g.step = work::idle;
        }
    } else if (e == event::early) {
        if (p == phase::quiesce && g.applications == amount::all) {
            g.applications = amount::some;
        }
        if (g.filesystems == amount::all) {
            g.filesystems = amount::some;
        }
    }
    g.spoiled = g.spoiled || spoils(p, e);
}

void open_request(guest_model& g, event e) {
    g.prepare_open |= e == event::prepare;
    g.freeze_open |= e == event::freeze;
    g.thaw_open |= e == event::thaw;
    g.abort_open |= e == event::abort;
    g.recover_open |= e == event::recover;
}

void close_requests(guest_model& g) {
    g.prepare_open = g.freeze_open = g.thaw_open = g.abort_open = g.recover_open = false;
}

bool any_request_open(const guest_model& g) {
    return g.prepare_open || g.freeze_open || g.thaw_open || g.abort_open || g.recover_open;
}

bool holds_nothing(const guest_model& g) {
    return g.applications == amount::nothing && g.filesystems == amount::nothing;
}

class follower {
  public:
    follower(guest_model& g, const agent_state& before, const agent_input& input,
             const agent_step& step)
        : m_guest{g}, m_before{before}, m_input{input}, m_step{step} {}

    std::vector<std::string> run() {
        if (m_step.row < 0) {
            refused();
            return m_objections;
        }
        observe(m_guest, m_before.phase, m_input.kind);
        open_request(m_guest, m_input.kind);
        if (m_input.kind == event::hello || m_input.kind == event::lost ||
            m_input.kind == event::stop || m_input.kind == event::generation_changed) {
            close_requests(m_guest);
        }
        if (m_before.phase == phase::idle && m_step.after.phase == phase::prep) {
            m_guest.running = true;
            m_guest.spoiled = m_guest.resumed = m_guest.told = false;
        }
        for (const auto& e : m_step.effects) {
            one(e);
        }
        afterwards();
        return m_objections;
    }

  private:
    void require(bool condition, const char* sentence) {
        if (!condition) {
            m_objections.emplace_back(sentence);
        }
    }

    void refused() {
        require(m_step.after == m_before, "a refused event changes the state");
        require(m_step.effects.size() <= 1, "a refusal has more than one effect");
        for (const auto& e : m_step.effects) {
            require(e.kind == effect::send_nak, "a refusal does something else than say no");
        }
        require(m_step.effects.empty() == (m_step.refusal == agent_refusal::ignore ||
                                           m_step.refusal == agent_refusal::drop),
                "a refusal that is told is silent, or a silent one is told");
    }

    void begin(work step) {
        require(m_guest.step == work::idle, "a step begins while another one is in work");
        m_guest.step = step;
    }

    void one(const agent_effect& e) {
        auto& g = m_guest;
        switch (e.kind) {
        case effect::begin_prepare:
            begin(work::prepare);
            break;
        case effect::begin_quiesce:
            begin(work::quiesce);
            g.applications = amount::some;
            break;
        case effect::begin_freeze:
            require(g.applications == amount::all, "filesystems are held before all applications");
            begin(work::freeze);
            g.filesystems = amount::some;
            g.hold_armed = true;
            break;
        case effect::begin_thaw:
            require(g.filesystems != amount::nothing, "a thaw of filesystems that nobody holds");
            begin(work::thaw);
            break;
        case effect::begin_resume:
            require(g.filesystems == amount::nothing, "applications resume on held filesystems");
            require(!g.resumed, "applications are released twice");
            g.resumed = true;
            begin(work::resume);
            break;
        case effect::begin_recover:
            begin(work::recover);
            break;
        case effect::cancel_step:
            g.step = work::idle;
            break;
        case effect::tell_result:
            require(holds_nothing(g), "participants learn the result before their release");
            require(!g.told, "participants learn the result twice");
            g.told = true;
            break;
        case effect::arm:
        case effect::disarm:
            timer(e.timer) = e.kind == effect::arm;
            break;
        case effect::close_channel:
        case effect::exit_process:
            require(holds_nothing(g), "the agent goes away and leaves something held");
            close_requests(g);
            break;
        default:
            answer(e);
        }
    }

    bool& timer(agent_timer which) {
        switch (which) {
        case agent_timer::phase:
            return m_guest.phase_armed;
        case agent_timer::sequence:
            return m_guest.sequence_armed;
        case agent_timer::retry:
            return m_guest.retry_armed;
        default:
            return m_guest.hold_armed;
        }
    }

    void answer(const agent_effect& e) {
        auto& g = m_guest;
        switch (e.kind) {
        case effect::send_hello_ack:
            require(holds_nothing(g), "a session opens while something is held");
            close_requests(g);
            break;
        case effect::send_prepared:
            require(g.prepare_open, "Prepared without Prepare");
            g.prepare_open = false;
            break;
        case effect::send_frozen:
            require(g.applications == amount::all && g.filesystems == amount::all,
                    "Frozen while not everything is held");
            require(g.step == work::idle && !g.spoiled, "Frozen in a transaction that is spoiled");
            require(g.freeze_open, "Frozen without Freeze");
            g.freeze_open = false;
            break;
        case effect::send_thawed:
            require(holds_nothing(g), "Thawed while something is held");
            require(g.thaw_open, "Thawed without Thaw");
            require(!g.running || (e.outcome == verdict::clean) == !g.spoiled,
                    "Thawed tells another verdict than what happened");
            g.thaw_open = g.prepare_open = g.freeze_open = false;
            break;
        case effect::send_aborted:
            require(holds_nothing(g), "Aborted while something is held");
            require(g.abort_open, "Aborted without Abort");
            g.abort_open = g.prepare_open = g.freeze_open = g.recover_open = false;
            break;
        case effect::send_completed:
            require(holds_nothing(g), "Completed while something is held");
            g.recover_open = false;
            break;
        case effect::send_recovered:
            require(g.recover_open, "Recovered without Recover");
            g.recover_open = false;
            break;
        case effect::send_error:
            if (m_step.after.phase == phase::stuck) {
                require(e.outcome == verdict::stuck, "a stuck agent reports something else");
                break; // a notice, the answers come after the release
            }
            require(holds_nothing(g), "Error while something is held");
            g.prepare_open = g.freeze_open = g.recover_open = false;
            break;
        case effect::send_nak:
            close_only(m_input.kind);
            break;
        default:
            break;
        }
    }

    void close_only(event e) {
        m_guest.prepare_open &= e != event::prepare;
        m_guest.freeze_open &= e != event::freeze;
        m_guest.recover_open &= e != event::recover;
    }

    void afterwards() {
        auto& g = m_guest;
        const phase p = m_step.after.phase;
        const auto& d = m_step.after.data;
        const bool nothing_held = p == phase::off || p == phase::idle || p == phase::prep ||
                                  p == phase::ready || p == phase::await;
        require(!nothing_held || holds_nothing(g),
                "something is held in a state that holds nothing");
        require(p != phase::resume || g.filesystems == amount::nothing,
                "a filesystem is held in RESUME");
        require(p != phase::frozen ||
                    (g.applications == amount::all && g.filesystems == amount::all),
                "FROZEN does not hold everything");
        require(p != phase::quiesce || g.filesystems == amount::nothing,
                "a filesystem is held in QUIESCE");

        const bool at_work = p == phase::prep || p == phase::quiesce || p == phase::freeze ||
                             p == phase::thaw || p == phase::resume ||
                             (p == phase::await && d.recovering);
        require(at_work == (g.step != work::idle), "the step in work does not fit the state");
        require(at_work == g.phase_armed, "the phase timer does not fit the state");
        require((p == phase::ready || p == phase::await) == g.sequence_armed,
                "the sequence timer does not fit the state");
        require((p == phase::stuck) == g.retry_armed, "the retry timer does not fit the state");
        require(g.filesystems == amount::nothing || g.hold_armed,
                "a filesystem is held without a hold limit");
        require(g.filesystems != amount::nothing || !g.hold_armed,
                "the hold limit runs on with nothing held");

        if (g.running && !is_running(p)) {
            require(g.told, "participants never learn the result");
            require((d.last_verdict == verdict::clean) == !g.spoiled,
                    "another verdict is remembered than what happened");
            require(!any_request_open(g), "a request is left without an answer");
            g = {};
        }
        require(g.running == is_running(p), "a transaction runs without a state for it");
        require(!is_running(p) || (d.why == verdict::clean) == !g.spoiled,
                "the reason of the undo does not fit what happened");
        if (p == phase::await) {
            require(g.resumed && !g.spoiled, "AWAIT after something else than a clean hold");
            require(!g.prepare_open && !g.freeze_open && !g.thaw_open && !g.abort_open,
                    "AWAIT with an answer still owed");
        }
        if (p == phase::idle) {
            require(!any_request_open(g), "IDLE with an answer still owed");
        }
        require(p == phase::off || bool(d.session), "a state with a session has none");
        require(p != phase::off || !d.session, "OFF remembers a session");
    }

    guest_model& m_guest;
    const agent_state& m_before;
    const agent_input& m_input;
    const agent_step& m_step;
    std::vector<std::string> m_objections;
};

std::string key_of(const agent_state& state, const guest_model& guest) {
    const auto image = to_image(state);
    std::string key(reinterpret_cast<const char*>(image.data()), image.size());
    for (const auto byte :
         {static_cast<unsigned>(guest.applications), static_cast<unsigned>(guest.filesystems),
          static_cast<unsigned>(guest.step),
          unsigned{guest.spoiled} | unsigned{guest.running} << 1 | unsigned{guest.resumed} << 2 |
              unsigned{guest.told} << 3 | unsigned{guest.prepare_open} << 4 |
              unsigned{guest.freeze_open} << 5 | unsigned{guest.thaw_open} << 6 |
              unsigned{guest.abort_open} << 7,
          unsigned{guest.recover_open} | unsigned{guest.phase_armed} << 1 |
              unsigned{guest.sequence_armed} << 2 | unsigned{guest.retry_armed} << 3 |
              unsigned{guest.hold_armed} << 4}) {
        key.push_back(static_cast<char>(byte));
    }
    return key;
}

std::size_t cell_index(const agent_state& before, const agent_input& input,
                       const agent_step& step) {
    if (step.row >= 0) {
        return static_cast<std::size_t>(step.row);
    }
    const auto& cells = agent_cells();
    for (std::size_t i = agent_row_count(); i < cells.size(); ++i) {
        if (cells[i].from == before.phase && cells[i].event == input.kind) {
            return i;
        }
    }
    return cells.size();
}

agent_space explore() {
    agent_space space;
    space.taken.resize(agent_cells().size());
    std::unordered_map<std::string, std::size_t> seen;
    space.nodes.push_back({fresh_agent(), {}, 0, {}});
    seen.emplace(key_of(space.nodes[0].state, {}), 0);
    for (std::size_t at = 0; at < space.nodes.size(); ++at) {
        const agent_state before = space.nodes[at].state;
        for (const agent_input& input : inputs_for(before)) {
            guest_model guest = space.nodes[at].guest;
            const agent_step step = run(before, input);
            ++space.transitions;
            space.effects_max = std::max(space.effects_max, step.effects.size());
            if (step.row >= 0 || !refused_by_transaction(before, input)) {
                ++space.taken.at(cell_index(before, input, step));
            }
            for (const auto& sentence : follow(guest, before, input, step)) {
                if (space.objections.size() < 10) {
                    space.objections.push_back(sentence + ":" + way_to(space.nodes, at) + " " +
                                               std::string{to_string(input.kind)} + " => " +
                                               describe(step.after));
                }
            }
            if (seen.emplace(key_of(step.after, guest), space.nodes.size()).second) {
                space.nodes.push_back({step.after, guest, at, input});
            }
        }
    }
    return space;
}

} // namespace

std::vector<std::string> follow(guest_model& guest, const agent_state& before,
                                const agent_input& input, const agent_step& step) {
    return follower{guest, before, input, step}.run();
}

std::vector<agent_input> inputs_for(const agent_state& state) {
    constexpr auto most = capability::implicit_prepare | capability::completion;
    std::vector<agent_input> inputs;
    for (std::size_t i = 0; i < value_count<event>; ++i) {
        const auto kind = static_cast<event>(i);
        switch (kind) {
        case event::hello:
            inputs.push_back({.kind = kind, .session = {1}, .granted = capability::none});
            inputs.push_back({.kind = kind, .session = {2}, .granted = most});
            inputs.push_back({.kind = kind, .session = {3}, .version_agreed = false});
            break;
        case event::prepare:
        case event::freeze:
            inputs.push_back({.kind = kind}); // transaction 0: none
            inputs.push_back({.kind = kind, .txn = {1}});
            // A second transaction only after a clean first one: enough to meet what is remembered
            // of another one, and the space stays small.
            if (is_running(state.phase) || state.data.last_verdict == verdict::clean) {
                inputs.push_back({.kind = kind, .txn = {2}});
            }
            break;
        case event::thaw:
        case event::complete:
        case event::abort:
        case event::recover:
            for (std::uint64_t txn = 0; txn < 3; ++txn) {
                inputs.push_back({.kind = kind, .txn = {txn}, .result = copy_result::kept});
            }
            break;
        default:
            inputs.push_back({.kind = kind, .cookie = 99});
        }
    }
    return inputs;
}

const agent_space& the_agent_space() {
    static const agent_space space = explore();
    return space;
}

std::string way_to(const std::vector<agent_node>& nodes, std::size_t node) {
    std::string way;
    for (; node != 0; node = nodes[node].parent) {
        way = " " + std::string{to_string(nodes[node].input.kind)} + way;
    }
    return way;
}

} // namespace snapproto::tests
