// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TRACE_IMPL_JSONL_MEMBERS_HPP
#define SNAPPROTO_TRACE_IMPL_JSONL_MEMBERS_HPP

// The members of a record on its line: one list, walked by the writer and by the reader.

#include <snapproto/trace/record.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace snapproto::trace::detail {

/// How many members there are.
inline constexpr std::size_t member_count = 26;

/// Calls `visit(name, field, must)` for each member in the order of the line; `must` is true for
/// those that no line may lack.
template <class Record, class Visit>
constexpr void for_each_member(Record& r, Visit&& visit) {
    constexpr auto must = std::true_type{};
    constexpr auto may = std::false_type{};
    visit("at", r.at, must);
    visit("who", r.who, must);
    visit("what", r.what, must);
    visit("agent", r.agent, may);
    visit("item", r.item, may);
    visit("session", r.session.value, may);
    visit("txn", r.txn.value, may);
    visit("seq", r.seq.value, may);
    visit("message", r.message, may);
    visit("outcome", r.outcome, may);
    visit("refusal", r.refusal, may);
    visit("cut", r.cut, may);
    visit("copy", r.copy, may);
    visit("phase", r.phase, may);
    visit("stage", r.stage, may);
    visit("participant", r.participant, may);
    visit("timer", r.timer, may);
    visit("report", r.report, may);
    visit("label", r.label, may);
    visit("wanted", r.wanted, may);
    visit("granted", r.granted, may);
    visit("count", r.count, may);
    visit("deadline", r.deadline, may);
    visit("span", r.span, may);
    visit("clause", r.governed_by, may);
    visit("note", r.note, may);
}

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

} // namespace snapproto::trace::detail

#endif // SNAPPROTO_TRACE_IMPL_JSONL_MEMBERS_HPP
