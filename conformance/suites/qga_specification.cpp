// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/qga_specification.hpp"

#include "conformance/suites/instant_agent.hpp"

#include <fmt/format.h>

namespace snapproto::conformance::suites {
namespace {

/// The table's machine behind the adapter of QGA.
class observed_agent {
  public:
    explicit observed_agent(const qga_choices& choices) : m_choices(choices) {}

    [[nodiscard]] std::string give(qga_input what) {
        switch (what) {
        case qga_input::freeze:
            return freeze(1);
        case qga_input::freeze_both:
            return freeze(2);
        case qga_input::freeze_none:
            return freeze(0);
        case qga_input::freeze_unknown:
            return m_choices.ignores_unknown || is_frozen() ? freeze(0) : "error";
        case qga_input::thaw:
            return thaw();
        case qga_input::thaw_args:
            return "error"; // refused before it is executed (SP 25.5)
        case qga_input::status:
            return is_frozen() ? "frozen" : "thawed";
        case qga_input::sync:
        case qga_input::garbage:
        case qga_input::reconnect: // the session belongs to the channel (SP 29.15)
        case qga_input::restart:   // what was held stays held and is told so (SP 27.9)
            return "in step";
        case qga_input::freeze_hook_fails:
            return with_failing_hook([&] { return freeze(1); });
        case qga_input::thaw_hook_fails:
            return with_failing_hook([&] { return thaw(); });
        case qga_input::limit:
            pass_time();
            return "done";
        }
        return {};
    }

    [[nodiscard]] std::string name() const { return m_agent.name(); }

    friend bool operator==(const observed_agent& a, const observed_agent& b) {
        return a.m_agent == b.m_agent;
    }

  private:
    template <class Function>
    std::string with_failing_hook(Function&& function) {
        m_agent.wrong = {.quiesce = true, .resume = true};
        std::string answer = function();
        m_agent.wrong = {};
        return answer;
    }

    [[nodiscard]] bool is_frozen() const { return m_agent.phase() == agent_phase::frozen; }

    // Another transaction is refused while frozen, the same one is answered as before.
    std::string freeze(std::size_t filesystems) {
        const auto told = m_agent.freeze(filesystems, is_frozen() && m_choices.repeats_count);
        return told.frozen ? fmt::format("returns {}", m_agent.held()) : "error";
    }

    std::string thaw() {
        if (!m_agent.runs_something()) {
            return m_choices.thaws_in_vain && m_agent.wrong.resume ? "error" : "returns 0";
        }
        // A hook that failed is told (SP 26.6).
        const auto told = m_agent.thaw();
        return told.thawed && !m_agent.wrong.resume ? fmt::format("returns {}", m_agent.released())
                                                    : "error";
    }

    // The clock of the hold is the endpoint's: it runs whenever something is held (SP 6.2).
    void pass_time() {
        if (is_frozen()) {
            (void)m_agent.take(machine::agent_event::hold_expired);
        }
    }

    instant_agent m_agent;
    qga_choices m_choices;
};

} // namespace

std::string describe(const qga_choices& choices) {
    return fmt::format("a freeze while frozen {}; a freeze of an unknown mount point {}{}",
                       choices.repeats_count ? "returns the count again" : "is refused",
                       choices.ignores_unknown ? "freezes nothing" : "is refused",
                       choices.thaws_in_vain ? "; a thaw while thawed runs the hook" : "");
}

mealy_machine qga_specification(const std::vector<qga_input>& inputs, const qga_choices& choices) {
    return explored(inputs, names_of(inputs), observed_agent{choices});
}

} // namespace snapproto::conformance::suites
