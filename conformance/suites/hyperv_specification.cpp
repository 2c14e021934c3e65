// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/hyperv_specification.hpp"

#include "conformance/suites/instant_agent.hpp"

#include <fmt/format.h>

namespace snapproto::conformance::suites {
namespace {

using machine::agent_event;

/// The table's machine behind the adapter of form (b).
class observed_daemon {
  public:
    explicit observed_daemon(const hyperv_choices& choices) : m_choices(choices) {}

    [[nodiscard]] std::string give(hyperv_input what) {
        const auto answer = answer_to(what);
        auto made = with_held(answer, m_agent.held());
        if (what == hyperv_input::terminate) {
            m_agent = {};
        }
        return made;
    }

    [[nodiscard]] std::string name() const { return m_agent.name(); }

    friend bool operator==(const observed_daemon& a, const observed_daemon& b) {
        return a.m_agent == b.m_agent;
    }

  private:
    [[nodiscard]] static std::string_view word_for(bool good) {
        return good ? "success" : "failure";
    }

    std::string_view answer_to(hyperv_input what) {
        switch (what) {
        case hyperv_input::freeze:
            return freeze(hyperv_filesystems);
        case hyperv_input::freeze_none:
            return freeze(0);
        case hyperv_input::freeze_fails: {
            m_agent.wrong.freeze = true;
            const auto answer = freeze(hyperv_filesystems);
            m_agent.wrong.freeze = false;
            return answer;
        }
        case hyperv_input::thaw:
        case hyperv_input::thaw_hidden: // is reached all the same (SP 36.8)
            return thaw();
        case hyperv_input::thaw_fails: {
            m_agent.wrong.thaw = true;
            const auto answer = thaw();
            m_agent.wrong.thaw = false;
            return answer;
        }
        case hyperv_input::check:
            return word_for(true); // SP 36.12
        case hyperv_input::unknown:
            return word_for(m_choices.unknown_succeeds);
        case hyperv_input::reopen:
        case hyperv_input::wrong_length: // SP 36.16 to 36.19
            end_session();
            return "registers";
        case hyperv_input::terminate: // SP 36.20
            (void)m_agent.take(agent_event::stop);
            return "ends";
        }
        return {};
    }

    std::string_view freeze(std::size_t filesystems) {
        if (m_agent.phase() == agent_phase::frozen) {
            return word_for(true); // SP 36.7
        }
        const auto told = m_agent.freeze(filesystems);
        return word_for(told.frozen && (m_agent.held() != 0 || m_choices.empty_succeeds));
    }

    // One that was stuck is released by then, which is all that was asked for (SP 36.10).
    std::string_view thaw() {
        return word_for(!m_agent.runs_something() || m_agent.thaw().thawed); // SP 36.9
    }

    // The device is not opened again before all is released, however often that is tried.
    void end_session() {
        (void)m_agent.take(agent_event::lost);
        if (m_agent.phase() == agent_phase::stuck) {
            (void)m_agent.take(agent_event::retry_due);
        }
    }

    instant_agent m_agent;
    hyperv_choices m_choices;
};

} // namespace

std::string describe(const hyperv_choices& choices) {
    return fmt::format("a freeze that holds nothing is a {}; an operation that the daemon does not "
                       "do is a {}",
                       choices.empty_succeeds ? "success" : "failure",
                       choices.unknown_succeeds ? "success" : "failure");
}

mealy_machine hyperv_specification(const std::vector<hyperv_input>& inputs,
                                   const hyperv_choices& choices) {
    return explored(inputs, names_of(inputs), observed_daemon{choices});
}

} // namespace snapproto::conformance::suites
