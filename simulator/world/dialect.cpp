// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::world {
namespace {

constexpr std::string_view default_dialect = "qga";

std::string no(const scenario& what, std::string_view field, std::string_view why) {
    return fmt::format("'{}' and dialect {}: {}", field, what.dialect, why);
}

constexpr std::string_view in_order = "its channel carries each message once and in order";
constexpr std::string_view as_sent = "a message arrives as it was sent: nothing in it would tell";

/// What a channel of messages does not do: a device, or memory that two sides share, hands each
/// over once, in order, and as it was sent.
struct impossible {
    std::uint64_t channel_options::*ppm;
    std::string_view field;
    std::string_view fault;
    std::string_view why;
};
constexpr std::array never_of_messages = std::to_array<impossible>({
    {&channel_options::duplicate_ppm, "channel.duplicate_ppm", "channel_duplicates", in_order},
    {&channel_options::reorder_ppm, "channel.reorder_ppm", "channel_reorders", in_order},
    {&channel_options::corrupt_ppm, "channel.corrupt_ppm", "channel_corrupts", as_sent},
    {&channel_options::truncate_ppm, "channel.truncate_ppm", "channel_truncates", as_sent},
});

bool applies(const impossible& one, const dialect& spoken) {
    const bool is_noticed = one.ppm == &channel_options::truncate_ppm && spoken.knows_lengths;
    return spoken.keeps_messages && !is_noticed;
}

std::string wrong_with_channel(const scenario& what, const dialect& spoken) {
    for (const impossible& one : never_of_messages) {
        if (applies(one, spoken) && what.channel.*one.ppm != 0) {
            return no(what, one.field, one.why);
        }
        for (const fault& wrong : what.faults) {
            if (applies(one, spoken) && wrong.what == one.fault) {
                return no(what, one.fault, one.why);
            }
        }
    }
    if (spoken.keeps_messages && what.channel.piece_bytes != channel_options{}.piece_bytes) {
        return no(what, "channel.piece_bytes", "its channel carries messages whole");
    }
    return {};
}

/// What does not happen to volumes that a service of Windows holds in its own driver.
constexpr std::array never_of_windows =
    std::to_array<std::string_view>({"frozen_by_another", "thawed_by_another", "thaw_fails"});

std::string wrong_with_windows(const scenario& what) {
    if (!what.agent.windows) {
        return {};
    }
    if (what.faulty != "none") {
        return "'faulty' and agent.windows: a faulty agent holds everything by itself";
    }
    for (const fault& wrong : what.faults) {
        if (std::find(never_of_windows.begin(), never_of_windows.end(), wrong.what) !=
            never_of_windows.end()) {
            return fmt::format("'{}' and agent.windows: nobody but its own service holds a volume "
                               "or lets it go",
                               wrong.what);
        }
    }
    return {};
}

} // namespace

const dialect& dialect_named(std::string_view name) {
    return *std::find_if(dialects.begin(), dialects.end() - 1,
                         [name](const dialect& one) { return one.name == name; });
}

bool is_impossible(const scenario& what, std::string_view fault) {
    const dialect& spoken = dialect_named(what.dialect);
    const bool of_windows = std::find(never_of_windows.begin(), never_of_windows.end(), fault) !=
                            never_of_windows.end();
    return (what.agent.windows && of_windows) ||
           std::any_of(
               never_of_messages.begin(), never_of_messages.end(),
               [&](const impossible& one) { return one.fault == fault && applies(one, spoken); });
}

bool has_hooks(const scenario& what) {
    return what.agent.windows || dialect_named(what.dialect).has_hooks;
}

std::string unplayable(const scenario& what) {
    if (auto wrong = wrong_with_windows(what); !wrong.empty()) {
        return wrong;
    }
    if (what.dialect == default_dialect) {
        return {};
    }
    const dialect& spoken = dialect_named(what.dialect);
    if (what.host.kind == "naive") {
        return no(what, "host.kind", "the naive host knows lines of QGA alone");
    }
    if (what.faulty != "none") {
        return no(what, "faulty", "the faulty endpoints are made of lines of QGA");
    }
    if (what.restore.after_ms != 0 && !spoken.knows_generations) {
        return no(what, "restore.after_ms",
                  "a guest learns by another device that it was restored, and there is none here");
    }
    return wrong_with_channel(what, spoken);
}

} // namespace snapproto::world
