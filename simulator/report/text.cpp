// SPDX-License-Identifier: BSL-1.0
#include "simulator/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::report {
namespace {

using namespace world;

double seconds(ticks at) {
    return static_cast<double>(at) / static_cast<double>(kernel::second);
}

/// Whether it happens while a snapshot is made.
bool within_attempt(const history& run, ticks at) {
    return std::any_of(run.attempts.begin(), run.attempts.end(), [&](const attempt& one) {
        return at + kernel::second / 2 >= one.started && (!one.ended || at <= *one.ended);
    });
}

void append_contents(std::string& text, const judge::judged_attempt& one) {
    const auto& found = one.found;
    text += fmt::format("  contents: {}\n", judge::to_string(found.is));
    text += found.filesystem_clean
                ? "    the filesystem was frozen: nothing to recover\n"
                : fmt::format("    the filesystem was in use: its journal brings {} inodes up to "
                              "date\n",
                              found.inodes_replayed);
    text += fmt::format("    the database carries out {} transactions of its log again",
                        found.transactions_replayed);
    text += found.pages_restored != 0
                ? fmt::format(" and restores {} pages from it\n", found.pages_restored)
                : "\n";
    for (const auto& sentence : found.evidence) {
        text += fmt::format("    {}\n", sentence);
    }
    if (found.torn_transactions > 4 || found.lost_transactions > 4) {
        text += fmt::format("    in all: {} half there, {} acknowledged and missing\n",
                            found.torn_transactions, found.lost_transactions);
    }
    if (!one.untrue.empty()) {
        text += fmt::format("  FALSE CLAIM: {}\n", one.untrue);
    }
}

} // namespace

bool is_aside(const history& run, const note& one) {
    return one.who == "database" && one.what.starts_with("checkpoint") &&
           !within_attempt(run, one.at);
}

std::string timeline(const history& run, bool all) {
    auto text = fmt::format("{}\n  {}\n\n", run.played.title, run.played.teaches);
    for (const note& one : run.story) {
        if (all || !is_aside(run, one)) {
            text += fmt::format("{:>11.4f} s  {:<10}  {}\n", seconds(one.at), one.who, one.text);
        }
    }
    return text;
}

std::string verdict_text(const history& run, const judge::verdict& made) {
    std::string text;
    for (std::size_t i = 0; i < run.attempts.size(); ++i) {
        const attempt& told = run.attempts[i];
        text +=
            fmt::format("\nsnapshot {}{} at {:.3f} s: {}, label {}{}\n", i + 1,
                        run.more_guests.empty() ? "" : fmt::format(" (guest {})", told.guest + 1),
                        seconds(told.started),
                        told.ended ? to_string(told.outcome) : "no outcome was ever told",
                        to_string(told.label), told.reason.empty() ? "" : " (" + told.reason + ")");
        if (told.kept) {
            append_contents(text, made.attempts[i]);
        } else {
            text += "  there is no copy\n";
        }
    }
    text +=
        fmt::format("\n{} transactions acknowledged; the longest that a client waited: {:.3f} s\n",
                    run.seen.completed, seconds(run.longest_stall));
    for (const auto& one : made.conversation) {
        text += fmt::format("violated: SP 18.{} at {:.3f} s, seen at {}: {}\n", one.what.property,
                            seconds(one.what.at.time_since_epoch().count()), one.seen_at,
                            one.what.sentence);
    }
    for (const auto& one : made.liveness) {
        text += fmt::format("violated: {}\n", one);
    }
    for (const auto& one : made.identity) {
        text += fmt::format("violated: {}\n", one);
    }
    text += made.held()
                ? "verdict: every property held\n"
                : fmt::format(
                      "verdict: NOT as it should be: conversation {}, claims {}, "
                      "contents {}\n",
                      made.conversation.empty() && made.liveness.empty() ? "kept" : "violated",
                      made.claims_are_true() ? "true" : "false", judge::to_string(made.worst()));
    for (const auto& one : judge::surprises(run, made)) {
        text += fmt::format("not what the scenario expects: {}\n", one);
    }
    return text;
}

} // namespace snapproto::report
