// SPDX-License-Identifier: BSL-1.0
#include "simulator/judge/contents.hpp"

#include "simulator/judge/mounted_copy.hpp"
#include "simulator/judge/recovered_database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace snapproto::judge {
namespace {

using namespace world;

constexpr std::size_t evidence_max = 4; // of one kind; the rest is counted

double seconds(ticks at) {
    return static_cast<double>(at) / static_cast<double>(kernel::second);
}

void worsen(contents& found, worth to) {
    found.is = std::max(found.is, to);
}

bool acknowledged_before(const transfer& one, ticks at) {
    return one.acknowledged && *one.acknowledged <= at;
}

/// Whether an account's balance is the one that it had after the last transaction that it has.
std::string wrong_balance(std::span<const account> accounts, const witness& seen) {
    std::vector<std::uint64_t> balances(accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        balances[i] = opening_balance(i);
    }
    for (const transfer& one : seen.transfers) {
        if (one.number <= accounts[one.from].version) {
            balances[one.from] -= one.amount;
        }
        if (one.number <= accounts[one.to].version) {
            balances[one.to] += one.amount;
        }
    }
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (balances[i] != accounts[i].balance) {
            return fmt::format("account {} has {} where transaction {} left {}", i,
                               accounts[i].balance, accounts[i].version, balances[i]);
        }
    }
    return {};
}

void judge_transactions(contents& found, const recovered_database& rows, const witness& seen,
                        ticks at) {
    const auto accounts = rows.accounts();
    std::vector<std::string> torn;
    std::vector<std::string> lost;
    for (const transfer& one : seen.transfers) {
        const bool out = accounts[one.from].version >= one.number;
        const bool in = accounts[one.to].version >= one.number;
        if (out != in) {
            ++found.torn_transactions;
            torn.push_back(fmt::format(
                "transaction {} is half there: {} units {} account {}, but {} account {}",
                one.number, one.amount, out ? "left" : "arrived in", out ? one.from : one.to,
                out ? "did not arrive in" : "did not leave", out ? one.to : one.from));
        } else if (!out && acknowledged_before(one, at)) {
            ++found.lost_transactions;
            lost.push_back(fmt::format("transaction {} was acknowledged {:.1f} ms before the "
                                       "snapshot point and is missing",
                                       one.number, seconds(at - *one.acknowledged) * 1000));
        }
    }
    const auto keep = [&](std::vector<std::string>& from, worth as) {
        if (!from.empty()) {
            worsen(found, as);
            from.resize(std::min(from.size(), evidence_max));
            found.evidence.insert(found.evidence.end(), from.begin(), from.end());
        }
    };
    keep(torn, worth::torn);
    keep(lost, worth::lost);
    if (auto wrong = wrong_balance(accounts, seen); !wrong.empty()) {
        worsen(found, worth::torn);
        found.evidence.push_back(std::move(wrong));
    }
}

/// The edition of a file, if all of its blocks are of one, and as many as it says.
std::optional<std::uint64_t> edition_of(const std::vector<block>& content, file which) {
    std::optional<std::uint64_t> edition;
    for (std::size_t i = 0; i < content.size(); ++i) {
        std::uint64_t of = 0;
        std::uint64_t length = 0;
        if (!read_article(content[i], which, i, of, length) || length != content.size() ||
            (edition && *edition != of)) {
            return std::nullopt;
        }
        edition = of;
    }
    return edition;
}

void judge_publications(contents& found, const mounted_copy& files, const recovered_database& rows,
                        const witness& seen, ticks at) {
    constexpr std::array parts{file::article, file::picture, file::index};
    constexpr std::array names{"article", "picture", "index"};
    const std::uint64_t row = rows.accounts()[archive_account].balance;
    std::string text;
    bool whole = true;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto edition = edition_of(files.content(parts[i]), parts[i]);
        whole = whole && edition && *edition == row;
        text += fmt::format("{} {}, ", names[i],
                            edition ? fmt::format("of edition {}", *edition) : "of mixed editions");
    }
    if (!whole) {
        worsen(found, worth::torn);
        found.evidence.push_back(
            fmt::format("a publication is half there: {}database row of edition {}", text, row));
    }
    const auto published = std::upper_bound(seen.publications.begin(), seen.publications.end(), at);
    const auto editions = static_cast<std::uint64_t>(published - seen.publications.begin());
    if (row < editions) {
        worsen(found, worth::lost);
        found.evidence.push_back(
            fmt::format("edition {} was acknowledged and is missing", editions));
    }
}

std::optional<queue_state> queue_of(const copy& from) {
    const mounted_copy files{from.content};
    queue_state state;
    const auto& content = files.content(file::queue);
    if (content.empty() || !queue_state::read(content.front(), state)) {
        return std::nullopt;
    }
    return state;
}

} // namespace

std::string_view to_string(worth what) noexcept {
    constexpr std::array<std::string_view, 4> words{"none", "whole", "lost", "torn"};
    return words[static_cast<std::size_t>(what)];
}

contents examine(const copy& what, const witness& seen, bool publications) {
    contents found;
    found.is = worth::whole;
    const mounted_copy files{what.content};
    found.filesystem_clean = files.clean();
    found.inodes_replayed = files.replayed();
    if (!files.broken().empty()) {
        return {.is = worth::torn, .evidence = {"the filesystem is broken: " + files.broken()}};
    }
    const recovered_database rows{files};
    if (!rows.broken().empty()) {
        worsen(found, worth::torn);
        found.evidence.push_back("the database does not start: " + rows.broken());
        return found;
    }
    found.transactions_replayed = rows.replayed();
    found.pages_restored = rows.restored_pages();
    judge_transactions(found, rows, seen, what.at);
    if (publications) {
        judge_publications(found, files, rows, seen, what.at);
    }
    return found;
}

void examine_queue(contents& found, const copy& sender, const copy& receiver) {
    const auto from = queue_of(sender);
    const auto to = queue_of(receiver);
    if (!from || !to) {
        worsen(found, worth::torn);
        found.evidence.emplace_back("the file of the queue is none");
        return;
    }
    if (from->removed > to->stored) {
        worsen(found, worth::lost);
        found.evidence.push_back(fmt::format(
            "messages {} to {} are lost: the sender has removed them, the receiver has not stored "
            "them",
            to->stored + 1, from->removed));
    }
    if (to->stored > from->queued) {
        worsen(found, worth::torn);
        found.evidence.push_back(fmt::format(
            "messages {} to {} will come twice: the receiver has stored them, and the sender is "
            "yet to make them",
            from->queued + 1, to->stored));
    }
}

} // namespace snapproto::judge
