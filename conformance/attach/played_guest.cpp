// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/played_guest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>

namespace snapproto::conformance {

bool is_read_only(const guest_mount& one) {
    for (std::string_view left = one.options; !left.empty();) {
        const auto end = std::min(left.find(','), left.size());
        if (left.substr(0, end) == "ro") {
            return true;
        }
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    return false;
}

std::string played_guest::table() const {
    std::string text;
    for (const guest_mount& one : mounts) {
        text += fmt::format("{} {} {} {} 0 0\n", one.source, one.place, one.type, one.options);
    }
    return text;
}

int played_guest::open(std::string_view place) {
    const auto found = std::find_if(mounts.rbegin(), mounts.rend(),
                                    [&](const guest_mount& one) { return one.place == place; });
    if (found == mounts.rend()) {
        return -ENOENT;
    }
    m_opened.push_back(*found);
    return static_cast<int>(m_opened.size()) - 1;
}

int played_guest::call(int number, bool freezes) {
    if (number < 0 || static_cast<std::size_t>(number) >= m_opened.size()) {
        return EBADF;
    }
    const guest_mount& on = m_opened[static_cast<std::size_t>(number)];
    const auto& failures = freezes ? freeze_fails : thaw_fails;
    const bool frozen = is_frozen(on.source);
    int result = 0;
    if (const auto failure = failures.find(on.source); failure != failures.end()) {
        result = failure->second;
    } else if (freezes && !on.source.starts_with("/dev/")) {
        result = EOPNOTSUPP; // as of proc and tmpfs
    } else if (freezes == frozen) {
        result = freezes ? EBUSY : EINVAL;
    } else if (freezes) {
        m_frozen.insert(on.source);
    } else {
        m_frozen.erase(on.source);
    }
    m_calls.push_back({freezes, on.source, on.place, result});
    return result;
}

void played_guest::reset() {
    *this = {};
    mounts = {{"proc", "/proc", "proc"},
              {"/dev/vda1", "/"},
              {"tmpfs", "/run", "tmpfs"},
              {"/dev/vdb1", "/srv"},
              {"/dev/vdc1", "/var/lib/data", "xfs"}};
}

std::string held_in(const played_guest& guest) {
    return guest.frozen().empty() ? "nothing" : fmt::format("{}", fmt::join(guest.frozen(), " "));
}

std::string places_of(const played_guest& guest, bool freezes) {
    std::vector<std::string> all;
    for (const guest_call& one : guest.calls()) {
        if (one.freezes == freezes) {
            all.push_back(one.place);
        }
    }
    return fmt::format("{}", fmt::join(all, " "));
}

} // namespace snapproto::conformance
