// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/generated.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/case_judging.hpp"
#include "conformance/selection.hpp"
#include "conformance/suites/attached_system.hpp"
#include "conformance/suites/compared_agent.hpp"
#include "conformance/suites/complete.hpp"
#include "conformance/suites/sessions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace snapproto::conformance::suites {
namespace {

constexpr clause governed_by{1, 4}; // every event is dealt with in every state

std::string replay_of(const target& agent, const run_options& options, std::string_view what) {
    return replay_command("snapcheck agent " + agent.replay_flags(), what, options);
}

run_result begin(const target& agent, const run_options& options, std::string id,
                 std::string title) {
    run_result run;
    run.target = options.target_name.empty() ? agent.description() : options.target_name;
    run.seed = options.seed;
    run.all_selected = false; // of the named checks none is run
    case_result one;
    one.id = std::move(id);
    name_clause(one, governed_by);
    one.title = std::move(title);
    one.verdict = status::pass;
    run.cases.push_back(std::move(one));
    return run;
}

system_settings settings_of(const run_options& options) {
    return {.timeout_scale = options.timeout_scale, .seed = options.seed};
}

/// Whether there is anything to freeze; otherwise the case is skipped.
bool can_be_judged(target& agent, case_result& to) {
    const auto can = make_system(agent, {})->can_be_asked();
    if (!can) {
        mark_skipped(to, skip_kind::not_judged,
                     fmt::format("needs {}: {}", describe(capability::freeze_target), can.why));
    }
    return can.present;
}

/// Runs the function, and leaves the agent thawed. That it cannot be asked any more is a failure of
/// the agent: it was reached before.
template <class Function>
void guarded(target& agent, const run_options& options, run_result& run, Function&& function) {
    case_result& to = run.cases.front();
    const instant started = agent.now();
    try {
        function(to);
    } catch (const check_failed& failure) {
        to.verdict = status::fail;
        to.found = failure.found();
    } catch (const not_deterministic& failure) {
        to.verdict = status::fail;
        to.found = {"the same inputs get the same answers", "one answer", failure.what()};
    } catch (const unreachable& failure) {
        to.verdict = status::fail;
        to.found = {"the agent can be brought to its first state", "a connection", failure.what()};
    } catch (const interrupted&) {
        mark_skipped(to, skip_kind::not_judged, "interrupted");
        run.interrupted = true;
    }
    to.took = agent.now() - started;
    const auto trouble = make_system(agent, settings_of(options))->leave();
    if (!trouble.empty()) {
        to.notes.push_back("afterwards: " + trouble);
    }
}

/// Cuts a word down that was answered otherwise, and makes a finding of it. A verdict is confirmed
/// once before it counts.
void report(const target& agent, const run_options& options, compared_agent& compared,
            const word& wrong, case_result& to) {
    const auto shortest = compared.cut_down(wrong);
    to.replay =
        replay_of(agent, options, fmt::format("--sequence '{}'", compared.spec().text(shortest)));
    if (!compared.judge(shortest, to)) {
        throw not_deterministic(
            fmt::format("'{}' is answered rightly now", compared.spec().text(shortest)));
    }
}

} // namespace

word word_from(std::string_view names, target& agent) {
    const auto known = make_system(agent, {})->input_names();
    word made;
    for (const auto& name : split_words(names)) {
        const auto at = std::find(known.begin(), known.end(), name);
        if (at == known.end()) {
            const auto near = nearest(name, known);
            throw std::invalid_argument(
                near.empty()
                    ? fmt::format("'{}' is no input of this agent; there are: {}", name,
                                  fmt::join(known, ", "))
                    : fmt::format("'{}' is no input of this agent; did you mean {}?", name, near));
        }
        made.push_back(static_cast<input_index>(at - known.begin()));
    }
    if (made.empty()) {
        throw std::invalid_argument("a sequence has at least one input");
    }
    return made;
}

run_result run_complete(target& agent, std::size_t extra, const run_options& options,
                        const std::function<void(std::size_t, std::size_t)>& progress) {
    auto run = begin(agent, options, fmt::format("complete/{}", extra),
                     "answers every sequence as the specification's machine does");
    run.cases.front().replay = replay_of(agent, options, fmt::format("--complete {}", extra));
    if (!can_be_judged(agent, run.cases.front())) {
        return run;
    }
    guarded(agent, options, run, [&](case_result& to) {
        compared_agent compared{agent, options};
        const auto words = complete_suite(compared.spec(), extra);
        to.notes.push_back(compared.about());
        to.notes.push_back(fmt::format(
            "{} sequences of {} inputs; if all are answered rightly, every agent that has at most "
            "{} states over these inputs, answers alike each time and is reset as said is "
            "equivalent to the specification, which has {}",
            words.size(), total_length(words), compared.spec().states() + extra,
            compared.spec().states()));
        std::size_t done = 0;
        for (const auto& one : words) {
            const auto wrong = compared.wrong_part(one);
            if (!wrong.empty()) {
                report(agent, options, compared, wrong, to);
                to.notes.push_back(
                    fmt::format("found by sequence {} of {}", done + 1, words.size()));
                return;
            }
            ++done;
            if (progress) {
                progress(done, words.size());
            }
        }
    });
    return run;
}

run_result run_sessions(target& agent, std::size_t sessions, const run_options& options,
                        const std::function<void(std::size_t, std::size_t)>& progress) {
    auto run = begin(agent, options, "sessions",
                     "answers random sessions as the specification's machine does");
    run.cases.front().replay =
        replay_of(agent, options, fmt::format("--sessions {} --seed {}", sessions, options.seed));
    if (!can_be_judged(agent, run.cases.front())) {
        return run;
    }
    guarded(agent, options, run, [&](case_result& to) {
        compared_agent compared{agent, options};
        to.notes.push_back(compared.about());
        const auto wrong = failing_session(compared, sessions, options.seed, [&](std::size_t done) {
            if (progress) {
                progress(done, sessions);
            }
        });
        if (!wrong.empty()) {
            report(agent, options, compared, wrong, to);
        }
    });
    return run;
}

run_result run_sequence(target& agent, const word& inputs, const run_options& options) {
    auto run = begin(agent, options, "sequence",
                     "answers this sequence as the specification's machine does");
    guarded(agent, options, run, [&](case_result& to) {
        compared_agent compared{agent, options};
        to.notes.push_back(compared.about());
        to.replay =
            replay_of(agent, options, fmt::format("--sequence '{}'", compared.spec().text(inputs)));
        compared.judge(inputs, to);
    });
    return run;
}

} // namespace snapproto::conformance::suites
