// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/device_judge.hpp"

#include "fuzz/attached/device_run.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace snapproto::fuzz {
namespace {

using conformance::guest_call;
using conformance::guest_mount;
using conformance::is_read_only;
using hyperv::vss_op;

constexpr std::uint64_t memory_most = std::uint64_t{64} << 20U;

bool is_on_disk(const guest_mount& one) {
    return one.source.starts_with("/dev/");
}

/// May be left out of a freeze (SP 36.5).
bool is_optional(const guest_mount& one) {
    return one.source.starts_with("/dev/loop") || one.type == "vfat";
}

} // namespace

device_judge::sources device_judge::without(const sources& all, const sources& some) {
    sources made;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                        std::inserter(made, made.end()));
    return made;
}

std::string device_judge::words(const sources& all) {
    constexpr std::size_t most = 6;
    std::string text;
    std::size_t shown = 0;
    for (auto one = all.begin(); one != all.end() && shown != most; ++one, ++shown) {
        text += (text.empty() ? "" : " ") + *one;
    }
    return all.empty()           ? "nothing"
           : shown == all.size() ? text
                                 : fmt::format("{} and {} more", text, all.size() - shown);
}

std::string daemon_end::words() const {
    return fmt::format("{} {}", by_signal ? "by signal" : "with status", code);
}

message_kind_sent kind_of_message(std::string_view bytes) {
    if (bytes.size() != hyperv::daemon_message_bytes) {
        return message_kind_sent::wrong_length;
    }
    const auto got = hyperv::decode_from_kernel(std::as_bytes(std::span(bytes)));
    if (!got) {
        return message_kind_sent::outside;
    }
    const auto op = static_cast<std::uint8_t>(bytes.front());
    return op == static_cast<std::uint8_t>(vss_op::freeze)       ? message_kind_sent::freeze
           : op == static_cast<std::uint8_t>(vss_op::thaw)       ? message_kind_sent::thaw
           : op == static_cast<std::uint8_t>(vss_op::hot_backup) ? message_kind_sent::hot_backup
                                                                 : message_kind_sent::other_request;
}

void device_judge::complain(snapproto::clause which, std::string sentence, bool crash) {
    if (m_found) {
        return;
    }
    // Without boundaries whatever goes wrong on the device may come of how it was cut.
    const bool by_cut = m_stream && (which.chapter == 33 || which.number == 15 ||
                                     which.number == 17 || which.number == 19);
    const breach made{by_cut ? snapproto::clause{33, 8} : which, {}, std::move(sentence), crash};
    if (m_passes(made)) {
        m_phase = device_phase::unsure;
        return;
    }
    m_found = made;
}

void device_judge::restarted(bool stream) {
    m_stream = stream;
    m_owed.clear();
    m_phase = device_phase::thawed;
    m_foreign.clear();
    m_believed.clear();
    m_freeze_refused.clear();
    m_thaw_refused.clear();
}

void device_judge::refused(std::map<std::string, int> freezes, std::set<std::string> thaws) {
    m_freeze_refused = std::move(freezes);
    m_thaw_refused = std::move(thaws);
}

void device_judge::guest_changed(const sources& frozen_before) {
    const sources& now = m_guest.frozen();
    for (const auto& one : without(now, frozen_before)) {
        m_foreign.insert(one);
    }
    const sources released = without(frozen_before, now);
    for (const auto& one : released) {
        // What it holds is not what it froze any more: whether it is frozen is a matter of opinion.
        if (m_foreign.erase(one) == 0) {
            m_phase = device_phase::unsure;
            m_believed.insert(one);
        }
    }
}

device_judge::sources device_judge::ours() const {
    return without(m_guest.frozen(), m_foreign);
}

device_judge::sources device_judge::held_in_vain() const {
    return without(ours(), m_thaw_refused);
}

bool device_judge::is_hidden(std::size_t mount) const {
    const auto& all = m_guest.mounts;
    return std::any_of(all.begin() + static_cast<std::ptrdiff_t>(mount) + 1, all.end(),
                       [&](const guest_mount& later) { return later.place == all[mount].place; });
}

device_judge::sources device_judge::in_sight(const sources& all) const {
    sources made;
    for (std::size_t i = 0; i < m_guest.mounts.size(); ++i) {
        const guest_mount& one = m_guest.mounts[i];
        if (all.count(one.source) != 0 && !is_hidden(i) && !is_read_only(one)) {
            made.insert(one.source);
        }
    }
    return made;
}

device_judge::sources device_judge::required() const {
    sources all;
    sources not_all; // read-only at one place, or optional by one of its lines
    for (const guest_mount& one : m_guest.mounts) {
        if (is_on_disk(one)) {
            all.insert(one.source);
            if (is_optional(one) || is_read_only(one)) {
                not_all.insert(one.source);
            }
        }
    }
    return without(all, not_all);
}

bool device_judge::is_in_trouble() const {
    bool trouble = !m_freeze_refused.empty() || !m_foreign.empty();
    for (std::size_t i = 0; i < m_guest.mounts.size() && !trouble; ++i) {
        trouble = is_on_disk(m_guest.mounts[i]) && is_hidden(i);
    }
    return trouble;
}

std::vector<guest_call> device_judge::done_since() const {
    std::vector<guest_call> made;
    for (std::size_t i = m_now.calls; i < m_guest.calls().size(); ++i) {
        if (m_guest.calls()[i].result == 0) {
            made.push_back(m_guest.calls()[i]);
        }
    }
    return made;
}

int device_judge::trouble_bits() const {
    return (m_freeze_refused.empty() ? 0 : 1) | (m_thaw_refused.empty() ? 0 : 2) |
           (m_foreign.empty() ? 0 : 4) | (required().empty() ? 8 : 0) |
           (required().size() > 3 ? 16 : 0) | (is_in_trouble() ? 32 : 0);
}

void device_judge::registered(std::string_view bytes) {
    if (bytes.size() != hyperv::daemon_message_bytes) {
        return complain({33, 1},
                        fmt::format("a registration of {} bytes: {}", bytes.size(), hex_of(bytes)));
    }
    if (static_cast<std::uint8_t>(bytes.front()) != hyperv::op_register_versioned) {
        return complain({33, 5}, "it begins with another message: " + hex_of(bytes));
    }
    if (bytes.find_first_not_of('\0', 1) != std::string_view::npos) {
        const device_phase before = m_phase;
        complain({33, 6}, "a registration with bytes that are not 0: " + hex_of(bytes));
        m_phase = before; // that is of no consequence
    }
}

void device_judge::asked(std::string_view bytes) {
    request made;
    made.bytes = bytes;
    made.kind = kind_of_message(bytes);
    made.alone = m_owed.empty();
    made.frozen = m_guest.frozen();
    made.held = ours();
    made.calls = m_guest.calls().size();
    if (!m_owed.empty()) {
        m_owed.front().alone = false;
    }
    m_owed.push_back(std::move(made));
}

void device_judge::answered(std::string_view bytes) {
    m_now = m_owed.front();
    m_owed.erase(m_owed.begin());
    if (bytes.size() != hyperv::daemon_message_bytes) {
        return complain({33, 1},
                        fmt::format("a reply of {} bytes: {}", bytes.size(), hex_of(bytes)));
    }
    const auto lowest = static_cast<std::uint8_t>(bytes.front());
    if (lowest == hyperv::op_register || lowest == hyperv::op_register_versioned) {
        const bool as_error = std::any_of(m_freeze_refused.begin(), m_freeze_refused.end(),
                                          [&](const auto& one) { return one.second == lowest; });
        return complain(as_error ? snapproto::clause{33, 7} : snapproto::clause{36, 15},
                        "the answer looks like a registration: " + hex_of(bytes));
    }
    const auto got = hyperv::decode_from_daemon(std::as_bytes(std::span(bytes)));
    const auto error = std::get<hyperv::daemon_reply>(*got).error;
    if (bytes.substr(hyperv::daemon_offset::echoed) !=
        std::string_view(m_now.bytes).substr(hyperv::daemon_offset::echoed)) {
        complain({33, 4},
                 "bytes 4 to 11 of the reply are not those of the request: " + hex_of(bytes));
    }
    if (error > 0 && m_now.kind != message_kind_sent::outside) {
        complain({33, 3}, "the error is no negative number: " + hex_of(bytes));
    }
    switch (m_now.kind) {
    case message_kind_sent::freeze:
        return on_freeze(error == 0);
    case message_kind_sent::thaw:
        return on_thaw(error == 0, m_now.alone);
    case message_kind_sent::hot_backup:
        return on_check(error == 0);
    case message_kind_sent::other_request:
        return on_other(error == 0);
    default:
        m_phase = ours().empty() ? device_phase::thawed : device_phase::unsure;
    }
}

void device_judge::said_unasked(std::string_view bytes) {
    complain({36, 15}, "it says something that nobody has asked for: " + hex_of(bytes));
}

void device_judge::silent() {
    const auto kind = m_owed.empty() ? message_kind_sent::outside : m_owed.front().kind;
    if (kind != message_kind_sent::outside && kind != message_kind_sent::wrong_length) {
        complain({36, 15}, "no answer in time to " + hex_of(m_owed.front().bytes));
    }
    m_owed.clear();
    m_phase = device_phase::unsure;
}

void device_judge::closed_device() {
    const auto kind = m_owed.empty() ? message_kind_sent::outside : m_owed.front().kind;
    if (kind != message_kind_sent::outside && kind != message_kind_sent::wrong_length) {
        complain({36, 15},
                 "it closes the device instead of an answer to " + hex_of(m_owed.front().bytes));
    }
    m_owed.clear();
    m_phase = device_phase::unsure;
}

void device_judge::should_have_let_go(snapproto::clause which, std::string_view after) {
    m_owed.clear();
    m_believed.clear();
    m_phase = ours().empty() ? device_phase::thawed : device_phase::unsure;
    if (!held_in_vain().empty()) {
        complain(which, fmt::format("{} it holds {}", after, words(held_in_vain())));
    }
}

void device_judge::should_have_come_back(bool back, snapproto::clause which,
                                         std::string_view after) {
    if (!back) {
        complain(which, fmt::format("{} it does not register again", after));
    }
}

void device_judge::ended(const daemon_end& how, std::string_view why) {
    const auto clause = why.empty() ? snapproto::clause{36, 15} : snapproto::clause{36, 17};
    const std::string sentence =
        fmt::format("the daemon has ended {}{}{}", how.words(), why.empty() ? "" : " ",
                    why.empty() ? ", and nobody had told it to" : why);
    if (how.by_signal) {
        complain(clause, sentence, true);
    } else if (why.empty() && !m_owed.empty()) {
        complain(clause, sentence);
    } else if (how.code == 0) {
        complain({36, 17}, sentence);
    }
    should_have_let_go({36, 16}, "after its end");
}

void device_judge::ended_as_told() {
    m_owed.clear();
    if (!held_in_vain().empty()) {
        complain({36, 20}, fmt::format("told to end, it leaves {} frozen", words(held_in_vain())));
    }
}

void device_judge::memory(std::uint64_t bytes) {
    if (bytes > memory_most) {
        complain({16, 3}, fmt::format("the daemon holds {} bytes", bytes));
    }
}

} // namespace snapproto::fuzz
