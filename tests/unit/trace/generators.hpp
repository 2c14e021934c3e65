// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_TRACE_GENERATORS_HPP
#define SNAPPROTO_TESTS_UNIT_TRACE_GENERATORS_HPP

// Arbitrary records for RapidCheck.

#include <snapproto/trace/record.hpp>

#include <rapidcheck.h>

#include <optional>
#include <string>

namespace snapproto::trace::testing {

template <class T>
rc::Gen<std::optional<T>> maybe(rc::Gen<T> some) {
    return rc::gen::oneOf(rc::gen::just(std::optional<T>{}),
                          rc::gen::map(std::move(some), [](T v) { return std::optional<T>{v}; }));
}

template <vocabulary Enum>
rc::Gen<Enum> word() {
    return rc::gen::map(rc::gen::inRange<std::size_t>(0, value_count<Enum>),
                        [](std::size_t i) { return static_cast<Enum>(i); });
}

/// A text of characters of all lengths, short enough for a note.
inline rc::Gen<std::string> note() {
    using namespace std::string_literals;
    const auto character =
        rc::gen::element("a"s, " "s, "\""s, "\\"s, "\n"s, "\0"s, "\x1f"s, "\x7f"s, "\u00fc"s,
                         "\u20ac"s, "\U0001F600"s, "\U0010FFFF"s);
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(character),
                        [](const std::vector<std::string>& parts) {
                            std::string all;
                            for (const auto& part : parts) {
                                all += part;
                            }
                            return all.size() <= note_bytes_max ? all : std::string{};
                        });
}

/// Any record that the writer can write without loss.
inline record any_record() {
    const auto time = [] {
        return *rc::gen::oneOf(rc::gen::arbitrary<duration::rep>(),
                               rc::gen::just(never.time_since_epoch().count()));
    };
    record r;
    r.at = instant{duration{time()}};
    r.who = *word<role>();
    r.what = *word<record_kind>();
    r.agent = *rc::gen::arbitrary<agent_index>();
    r.item = *rc::gen::arbitrary<participant_index>();
    r.session.value = *rc::gen::arbitrary<std::uint64_t>();
    r.txn.value = *rc::gen::arbitrary<std::uint64_t>();
    r.seq.value = *rc::gen::arbitrary<std::uint64_t>();
    r.message = *maybe(word<message_kind>());
    r.outcome = *maybe(word<verdict>());
    r.refusal = *maybe(word<nak_code>());
    r.cut = *maybe(word<cut_outcome>());
    r.copy = *maybe(word<copy_result>());
    r.phase = *maybe(word<agent_phase>());
    r.stage = *maybe(word<orchestrator_phase>());
    r.participant = *maybe(word<participant_kind>());
    r.timer = *maybe(word<timer_kind>());
    r.report = *maybe(word<session_outcome>());
    r.label = *maybe(word<consistency>());
    r.wanted = *maybe(word<consistency>());
    if (const auto bits = *maybe(rc::gen::arbitrary<std::uint32_t>())) {
        r.granted = static_cast<capability>(*bits);
    }
    r.count = *maybe(rc::gen::arbitrary<std::uint32_t>());
    if (*rc::gen::arbitrary<bool>()) {
        r.deadline = instant{duration{time()}};
    }
    if (*rc::gen::arbitrary<bool>()) {
        r.span = duration{time()};
    }
    r.governed_by.chapter = *rc::gen::inRange<std::uint16_t>(0, 30);
    r.governed_by.number =
        r.governed_by ? *rc::gen::inRange<std::uint16_t>(0, 40) : std::uint16_t{0};
    r.note = *note();
    return r;
}

} // namespace snapproto::trace::testing

#endif // SNAPPROTO_TESTS_UNIT_TRACE_GENERATORS_HPP
