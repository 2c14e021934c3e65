// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/sessions.hpp"

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <exception>
#include <memory>
#include <ostream>

namespace snapproto::conformance::suites {
namespace {

/// The model: the state in which the specification's machine is.
struct model {
    const mealy_machine* machine = nullptr;
    state_index state = 0;
};

/// The inputs of one session. The agent is asked when all are there: it answers words.
struct session {
    word inputs;
};

class command final : public rc::state::Command<model, session> {
  public:
    explicit command(input_index on) : m_on(on) {}

    void apply(model& of) const override { of.state = of.machine->at(of.state, m_on).to; }
    void run(const model&, session& to) const override { to.inputs.push_back(m_on); }
    void show(std::ostream& to) const override { to << m_on; }

  private:
    input_index m_on;
};

} // namespace

word failing_session(compared_agent& agent, std::size_t sessions, std::uint64_t seed,
                     const std::function<void(std::size_t)>& progress) {
    word found;
    std::size_t done = 0;
    // What is thrown on the way is no verdict about the agent: it goes to our caller.
    std::exception_ptr trouble;
    const auto property = [&] {
        if (trouble) {
            return;
        }
        session played;
        const model first{&agent.spec(), 0};
        rc::state::check(first, played, [](const model& now) {
            return rc::gen::map(
                rc::gen::inRange<input_index>(0, now.machine->inputs().size()), [](input_index on) {
                    return std::shared_ptr<const rc::state::Command<model, session>>(
                        std::make_shared<command>(on));
                });
        });
        try {
            const auto wrong = agent.wrong_part(played.inputs);
            if (!wrong.empty()) {
                found = wrong; // while it shrinks, each one that fails is smaller
                RC_FAIL("answered otherwise");
            }
        } catch (const rc::detail::CaseResult&) {
            throw;
        } catch (...) {
            trouble = std::current_exception();
        }
        ++done;
        if (progress && done <= sessions) {
            progress(done);
        }
    };
    rc::detail::TestParams how;
    how.seed = seed;
    how.maxSuccess = static_cast<int>(sessions);
    (void)rc::detail::checkTestable(property, rc::detail::TestMetadata{}, how);
    if (trouble) {
        std::rethrow_exception(trouble);
    }
    return found;
}

} // namespace snapproto::conformance::suites
