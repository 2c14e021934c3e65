// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/property_table.hpp"

#include "simulator/explore/snapshot/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace snapproto::explore {
namespace {

constexpr std::uint16_t properties_of_the_chapter = 26;

[[nodiscard]] std::string clause_text(clause of) {
    return fmt::format("{}.{}", of.chapter, of.number);
}

[[nodiscard]] const property_info& info_of_number(std::uint16_t number) {
    return info_of(static_cast<property>(number));
}

// A shortest run that breaks one property, all others and all excuses left aside.
[[nodiscard]] std::optional<finding> broken_by(profile dialect, property number,
                                               const options& how) {
    // Sessions that are open are where every run comes along; only what is not found from there on
    // is looked for from the very beginning.
    for (const auto from : {beginning::open, beginning::cold}) {
        for (config what : explored_configurations()) {
            what.dialect = dialect;
            what.from = from;
            what.strict = true;
            what.judged = bit_of(number);
            auto result = explore_snapshot(what, how, false);
            if (result.counterexample) {
                return finding{number, finding::kind::broken, what,
                               std::move(*result.counterexample)};
            }
        }
    }
    return std::nullopt;
}

// Explores everything that the dialect is to keep.
void explore_the_rest(dialect_findings& found, property_set kept, const options& how) {
    for (config what : explored_configurations()) {
        what.dialect = found.dialect;
        what.strict = true;
        what.judged = kept;
        const auto result = explore_snapshot(what, how, true);
        found.states.push_back(result.found.seen.states);
        if (result.counterexample) {
            found.surprises.push_back(fmt::format("{} is broken, and no lack: snapsim explore {}",
                                                  name_of(result.counterexample->broken),
                                                  command_options(what)));
        } else if (result.endless || result.found.end != ending::complete) {
            found.surprises.push_back(fmt::format(
                "a run without an end, or a search: snapsim explore {}", command_options(what)));
        }
    }
}

} // namespace

const std::vector<config>& explored_configurations() {
    static const std::vector<config> all{
        {.sessions = 1, .fault_budget = 1},
        {.sessions = 2, .fault_budget = 2},
        {.agents = 2, .sessions = 1, .fault_budget = 1},
    };
    return all;
}

dialect_findings findings_of(profile dialect, const options& how) {
    dialect_findings found{.dialect = dialect, .all = {}, .states = {}, .surprises = {}};
    const dialect_traits& traits = traits_of(dialect);
    property_set kept = 0;
    for (std::uint16_t number = 1; number <= properties_of_the_chapter; ++number) {
        const auto which = static_cast<property>(number);
        finding one{.number = which};
        if (const lack* known = traits.find(which); known == nullptr) {
            const bool here = info_of(which).checked_here;
            one.what = here ? finding::kind::holds : finding::kind::elsewhere;
            kept |= here ? bit_of(which) : 0;
        } else if (known->what == lack::kind::wordless) {
            one.what = finding::kind::wordless;
        } else if (known->what == lack::kind::elsewhere) {
            one.what = finding::kind::elsewhere;
        } else if (auto shown = broken_by(dialect, which, how)) {
            one = std::move(*shown);
        } else {
            found.surprises.push_back(fmt::format("{}: SP {} is said to be lacking, and no run "
                                                  "breaks it",
                                                  traits.name, clause_text({18, number})));
        }
        found.all.push_back(std::move(one));
    }
    explore_the_rest(found, kept, how);
    return found;
}

namespace {

[[nodiscard]] std::string anchor_of(std::string_view dialect, std::uint16_t number) {
    return fmt::format("{}-sp-18{}", dialect, number);
}

[[nodiscard]] std::string cell(const dialect_findings& of, std::uint16_t number) {
    const finding& one = of.all.at(number - 1U);
    switch (one.what) {
    case finding::kind::holds:
        return "yes";
    case finding::kind::wordless:
        return "n/a";
    case finding::kind::elsewhere:
        return "elsewhere";
    case finding::kind::broken:
        break;
    }
    return fmt::format("[no: {} steps](#{})", one.run.steps.size(),
                       anchor_of(traits_of(of.dialect).name, number));
}

[[nodiscard]] std::string table_of(const std::vector<dialect_findings>& found) {
    std::string text = "| property |";
    std::string line = "|---|";
    for (const auto& of : found) {
        text += fmt::format(" {} |", traits_of(of.dialect).name);
        line += "---|";
    }
    text += "\n" + line + "\n";
    for (std::uint16_t number = 1; number <= properties_of_the_chapter; ++number) {
        text += fmt::format("| 18.{} {} |", number, info_of_number(number).title);
        for (const auto& of : found) {
            text += fmt::format(" {} |", cell(of, number));
        }
        text += "\n";
    }
    return text;
}

[[nodiscard]] std::string configurations_of(const std::vector<dialect_findings>& found) {
    std::string text = "| states of |";
    std::string line = "|---|";
    for (const auto& of : found) {
        text += fmt::format(" {} |", traits_of(of.dialect).name);
        line += "---|";
    }
    text += "\n" + line + "\n";
    const auto& all = explored_configurations();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const config& what = all[i];
        text += fmt::format("| `--agents {} --participants {} --sessions {} --fault-budget {}` |",
                            what.agents, what.participants, what.sessions, what.fault_budget);
        for (const auto& of : found) {
            text += fmt::format(" {} |", of.states.at(i));
        }
        text += "\n";
    }
    return text;
}

[[nodiscard]] std::string wordless_of(const std::vector<dialect_findings>& found) {
    std::string text;
    for (const auto& of : found) {
        const dialect_traits& traits = traits_of(of.dialect);
        for (const auto& one : traits.lacks) {
            if (one.what == lack::kind::wordless || one.what == lack::kind::elsewhere) {
                text += fmt::format("* {}, SP {}: {} (SP {}).\n", traits.name,
                                    clause_text(info_of(one.number).governed_by), one.why,
                                    clause_text(one.governed_by));
            }
        }
    }
    return text;
}

[[nodiscard]] std::string counterexamples_of(const std::vector<dialect_findings>& found) {
    std::string text;
    for (const auto& of : found) {
        const dialect_traits& traits = traits_of(of.dialect);
        for (const auto& one : of.all) {
            if (one.what != finding::kind::broken) {
                continue;
            }
            const lack& known = *traits.find(one.number);
            const auto& info = info_of(one.number);
            text += fmt::format("### {}: SP {}\n\n", traits.name, clause_text(info.governed_by));
            text += fmt::format("*{}.* {} (SP {}).\n\n", info.title, known.why,
                                clause_text(known.governed_by));
            text += step_list(one.shown_by, one.run);
            text += fmt::format("\n```text\nsnapsim explore {}\n```\n\n",
                                command_options(one.shown_by));
        }
    }
    return text;
}

} // namespace

std::string properties_page(const std::vector<dialect_findings>& found) {
    std::string text = R"(# What each dialect can keep

<!-- Written by scripts/generate_docs.sh; do not edit. -->

The properties of [SP chapter 18](../spec.md#18-properties), and whether a snapshot over each
dialect keeps them when both sides do all that the dialect allows: the machines of the library, with
the completion adapters that the dialect needs. `snapsim explore --properties-table` explores it all
anew and writes this page; a test compares. [Exhaustive exploration](../verification.md) has the
model.

* **yes**: in every run that was explored, with nothing excused.
* **no**: there is a run that breaks it. The shortest one is below, with the command that finds it
  again.
  `snapsim explore` without `--strict` excuses the dialect from just this, and from nothing else.
* **n/a**: the dialect has nothing of which the property speaks.
* **elsewhere**: not of this model: what may block is inside of an agent (18.10), and lengths of
  time are judged on recorded conversations (18.26, `monitor/liveness.hpp`).

)";
    text += table_of(found);
    text += R"(
A *yes* needs the agent to be a good one: no word of QGA or Hyper-V makes an agent have a hold
limit, and one without breaks 18.4 and 18.22 in every dialect (`snapsim explore --flaw
no_hold_timer`). It needs the orchestrator's adapter too. One for Hyper-V that does not close the
channel after a time-out, one for QGA that does not synchronise, and one for vmbackup that takes
req.done for a success:

```text
snapsim explore --dialect hyperv --sessions 2 --fault-budget 2 --flaw no_resync
snapsim explore --dialect qga --sessions 2 --fault-budget 2 --flaw no_resync
snapsim explore --dialect vmbackup --flaw done_is_success
```

## What was explored

)";
    text += configurations_of(found);
    text += "\n## What is not there\n\n" + wordless_of(found);
    text +=
        "\n## What cannot be kept\n\nEach run begins where sessions are open, unless its command "
        "says nothing of that.\n\n";
    text += counterexamples_of(found);
    while (text.ends_with("\n\n")) {
        text.pop_back();
    }
    return text;
}

} // namespace snapproto::explore
