// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/truth.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::fleet {
namespace {

double in_seconds(ticks span) {
    return static_cast<double>(span) / static_cast<double>(kernel::second);
}

} // namespace

void held_set::hold(ticks now) noexcept {
    first_held = std::min(first_held, now);
    if (++held == count) {
        all_held = now;
    }
}

void held_set::ask_to_release(ticks now) noexcept {
    let_go = std::min(let_go, now);
}

void held_set::release(ticks now) noexcept {
    if (held != 0 && --held == 0) {
        all_released = now;
    }
}

void held_set::vanish(ticks now) noexcept {
    ask_to_release(now);
    if (held != 0) {
        held = 0;
        all_released = now;
    }
}

ticks guest_truth::stopped() const noexcept {
    const ticks from = std::min(applications.first_held, filesystems.first_held);
    const auto end_of = [](const held_set& of) {
        return of.first_held == end_of_time ? ticks{0} : of.all_released;
    };
    const ticks to = std::max(end_of(applications), end_of(filesystems));
    return from == end_of_time ? 0 : to - from;
}

ticks guest_truth::held() const noexcept {
    return filesystems.first_held == end_of_time
               ? 0
               : filesystems.all_released - filesystems.first_held;
}

std::string untrue_claim(consistency label, const cut_truth& cut,
                         std::span<const guest_truth> guests) {
    if (label == consistency::none) {
        return {};
    }
    if (!cut.done) {
        return fmt::format("{} is claimed of a copy that was never cut", to_string(label));
    }
    for (std::size_t i = 0; i < guests.size(); ++i) {
        const bool frozen = guests[i].filesystems.held_throughout(cut.from, cut.to);
        const bool quiet = guests[i].applications.held_throughout(cut.from, cut.to);
        if (label >= consistency::filesystem && !frozen) {
            return fmt::format("{} is claimed, and guest {} was not frozen during the cut",
                               to_string(label), i);
        }
        if (label == consistency::application && !quiet) {
            return fmt::format("application is claimed, and guest {} was not quiet during the cut",
                               i);
        }
    }
    return {};
}

std::string broken_limit(const guest_truth& guest, ticks limit) {
    const auto& files = guest.filesystems;
    if (files.first_held == end_of_time || files.let_go - files.first_held <= limit) {
        return {};
    }
    if (files.let_go == end_of_time) {
        return "a filesystem is held and was never asked to go on";
    }
    return fmt::format("filesystems were held for {:.3f} s, and the limit is {:.3f} s",
                       in_seconds(files.let_go - files.first_held), in_seconds(limit));
}

} // namespace snapproto::fleet
