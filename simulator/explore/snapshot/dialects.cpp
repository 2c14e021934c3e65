// SPDX-License-Identifier: BSL-1.0
// The entries of the dialects. A new dialect is one more of them, and one more word of `profile`.
#include "simulator/explore/snapshot/dialects.hpp"

#include "simulator/explore/snapshot/world.hpp"

#include <algorithm>

namespace snapproto::explore {
namespace {

using kind = lack::kind;

constexpr auto keep_alive = static_cast<property>(26);

constexpr std::array<lack, 6> qga_lacks{{
    {property::no_false_success,
     kind::weakened,
     {29, 12},
     "the verdict is a count, and a hold limit that passes while the thaw is in work leaves it "
     "whole"},
    {property::idempotence,
     kind::weakened,
     {25, 1},
     "a thaw counts what it released itself, so a repeated one says something else"},
    {property::negotiated_only,
     kind::wordless,
     {23, 1},
     "nobody says Hello, and nothing is agreed"},
    {property::truthful_thawed,
     kind::excused,
     {29, 12},
     "the verdict is a count of filesystems: a limit, and what applications did, are not in it"},
    {property::clone_safety,
     kind::weakened,
     {29, 8},
     "no word tells of another generation, so the conversation goes on without a new agreement"},
    {keep_alive, kind::wordless, {24, 13}, "the agent says nothing unasked"},
}};

constexpr std::array<lack, 7> hyperv_lacks{{
    {property::window,
     kind::weakened,
     {35, 14},
     "the end of a daemon is told only to a request that it has; the next one answers as if "
     "nothing "
     "had been held"},
    {property::no_false_success,
     kind::weakened,
     {35, 14},
     "the end of a daemon is told only to a request that it has; the next one answers as if "
     "nothing "
     "had been held"},
    {property::idempotence,
     kind::weakened,
     {36, 9},
     "a thaw that finds nothing held is a success, whatever the one before it was"},
    {property::negotiated_only,
     kind::elsewhere,
     {31, 3},
     "host and kernel have agreed before the first request; `snapcheck` judges how"},
    {property::truthful_thawed,
     kind::excused,
     {36, 9},
     "success says that nothing is held, and not that all was held until now"},
    {property::clone_safety,
     kind::weakened,
     {39, 1},
     "no word tells of another generation, so the conversation goes on without a new agreement"},
    {keep_alive, kind::wordless, {35, 1}, "the agent says nothing unasked"},
}};

constexpr std::array<lack, 3> vmbackup_lacks{{
    {property::negotiated_only,
     kind::wordless,
     {42, 1},
     "only the options of a start have a version, and nothing is agreed before it"},
    {property::exit_safety,
     kind::excused,
     {45, 16},
     "a guest that is told to end while it releases goes on with that, and req.done looks as ever"},
    {property::clone_safety,
     kind::weakened,
     {49, 1},
     "no word tells of another generation, so the conversation goes on without a new agreement"},
}};

[[nodiscard]] constexpr wire_word asks(request what, std::string_view word) noexcept {
    return {true, static_cast<std::uint8_t>(what), word};
}
[[nodiscard]] constexpr wire_word says(answer what, std::string_view word) noexcept {
    return {false, static_cast<std::uint8_t>(what), word};
}

// An answer does not say what it answers: that stands here for the reader.
constexpr std::array<wire_word, 3> hyperv_words{{
    says(answer::frozen, "success, of freeze"),
    says(answer::thawed, "success, of thaw"),
    says(answer::error, "failure"),
}};

constexpr std::array<wire_word, 9> vmbackup_words{{
    asks(request::freeze, "start"),
    asks(request::thaw, "snapshotDone"),
    asks(request::abort, "abort"),
    says(answer::taken, "OK"),
    says(answer::nak, "ERROR"),
    says(answer::begun, "reset"),
    says(answer::frozen, "prov.snapshotCommit"),
    says(answer::error, "req.error"),
    says(answer::done, "req.done"),
}};

constexpr std::array<dialect_traits, profile_count> entries{{
    {.name = "native",
     .carried = capability::explicit_prepare | capability::completion | capability::recovery |
                capability::hold_limit | capability::keep_alive | capability::transactions,
     .with = adapter::none,
     .resynchronises = true,
     .asks_status = true,
     .loss_undoes = true,
     .outlives_agent = false,
     .freezes_twice = true,
     .counts_releases = false,
     .tells_expiry = true,
     .applications_let_go = true,
     .repeats = true,
     .keep_alive = true,
     .lacks = {},
     .words = {}},
    {.name = "qga",
     .carried = capability::implicit_prepare | capability::hold_limit,
     .with = adapter::commands,
     .resynchronises = true,
     .asks_status = true,
     .loss_undoes = false, // what a client froze stays frozen (SP 27.2, 29.15)
     .outlives_agent = false,
     .freezes_twice = false,
     .counts_releases = true,
     .tells_expiry = false,
     .applications_let_go = false, // its hook runs before and after the hold
     .repeats = false,
     .keep_alive = false,
     .lacks = qga_lacks,
     .words = {}},
    {.name = "hyperv",
     .carried = capability::implicit_prepare | capability::hold_limit,
     .with = adapter::commands,
     .resynchronises = false,
     .asks_status = false,
     .loss_undoes = true,
     .outlives_agent = true,
     .freezes_twice = true,
     .counts_releases = false,
     .tells_expiry = true, // as a failure
     .applications_let_go = true,
     .repeats = false,
     .keep_alive = false,
     .lacks = hyperv_lacks,
     .words = hyperv_words},
    {.name = "vmbackup",
     .carried = capability::implicit_prepare | capability::hold_limit | capability::keep_alive,
     .with = adapter::operation,
     .resynchronises = true,
     .asks_status = false,
     .loss_undoes = true,
     .outlives_agent = false,
     .freezes_twice = false,
     .counts_releases = false,
     .tells_expiry = true, // as req.aborted
     .applications_let_go = true,
     .repeats = false,
     .keep_alive = true,
     .lacks = vmbackup_lacks,
     .words = vmbackup_words},
}};

} // namespace

const dialect_traits& traits_of(profile which) noexcept {
    return entries[static_cast<std::size_t>(which)];
}

std::array<std::string_view, profile_count> dialect_names() noexcept {
    std::array<std::string_view, profile_count> names;
    std::transform(entries.begin(), entries.end(), names.begin(),
                   [](const auto& one) { return one.name; });
    return names;
}

std::optional<profile> dialect_from(std::string_view name) noexcept {
    const auto names = dialect_names();
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
        return std::nullopt;
    }
    return static_cast<profile>(at - names.begin());
}

property_set excused_of(profile which) noexcept {
    property_set made = 0;
    for (const auto& one : traits_of(which).lacks) {
        made |= one.what == kind::excused ? bit_of(one.number) : 0;
    }
    return made;
}

} // namespace snapproto::explore
