// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_QGA_WIRE_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_QGA_WIRE_HPP

// What the checks about bytes share: send something, bring both sides to a known point, and look at
// the lines that came in between. No judgement needs a pause: replies come in order, so the answer
// to a synchronisation proves that whatever was owed before it has been sent.

#include "conformance/run_context.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::clauses {

/// Bytes to send, and what they are, for findings.
struct sample {
    std::string_view name;
    std::string_view bytes;
};

using lines = std::vector<reply>;

/// `{"execute": "guest-ping", "id": ID}` with the id exactly as written, without a newline.
[[nodiscard]] std::string ping(std::string_view raw_id);

/// Sends the bytes and a guest-sync behind them in one write, without any 0xFF.
///
/// For streams that stay well-formed. Fails the check if the synchronisation is not answered.
/// @return every line before its answer, in order
[[nodiscard]] lines answers(run_context& run, std::string_view bytes);

/// Sends the bytes, then 0xFF and guest-sync-delimited.
///
/// For streams that may leave the agent's parser anywhere; the 0xFF itself may add an error line.
/// Fails the check if the synchronisation is not answered.
/// @return every line before its answer, in order
[[nodiscard]] lines answers_and_reset(run_context& run, std::string_view bytes);

/// The lines for "actual": the first of them, and how many there are.
[[nodiscard]] std::string words_of(const lines& got);

/// True if two values are equal as JSON values: 1e2 is 100, members may come in any order.
[[nodiscard]] bool same_value(const boost::json::value& a, const boost::json::value& b);

/// True if the reply has an id, and it is the same value as this one.
[[nodiscard]] bool has_id(const reply& line, const boost::json::value& id);

/// True if the reply has an id, and it is this string.
[[nodiscard]] bool has_text_id(const reply& line, std::string_view id);

/// How many of the lines are of this kind.
[[nodiscard]] std::size_t count(const lines& got, reply_kind kind);

/// True if some line is a success, which the bytes sent must not have led to.
[[nodiscard]] bool something_succeeded(const lines& got);

/// Expects at least one error, all of them GenericError and without id, and no success.
void expect_malformed(run_context& run, const lines& got, std::string_view name);

/// Expects at least one error, of whatever class and with or without id, and no success.
void expect_refused(run_context& run, const lines& got, std::string_view name);

/// Expects exactly one line: an error of this class.
void expect_one_error(run_context& run, const lines& got, std::string_view error_class,
                      std::string_view name);

/// Expects exactly one line: a success.
void expect_one_value(run_context& run, const lines& got, std::string_view name);

/// Sends each sample with a guest-sync and then a reset behind it, and expects errors only.
///
/// Of class GenericError, without id, at least one; and if the guest-sync was answered, so that the
/// agent had found its feet without the 0xFF, at least one before that: it must not have passed
/// over the malformed bytes in silence. @pre brackets and quotes balance in each sample
void expect_each_malformed(run_context& run, std::span<const sample> samples);

/// Sends each sample on its own, with a reset behind it, and expects what expect_refused says.
void expect_each_refused(run_context& run, std::span<const sample> samples);

/// Requires that the agent answers guest-ping, with its id, at once.
void require_usable(run_context& run, std::string_view after);

/// Requires the status "thawed", which nothing that was refused may have changed.
void require_still_thawed(run_context& run, std::string_view after);

/// `part` so many times.
[[nodiscard]] std::string repeated(std::string_view part, std::size_t times);

} // namespace snapproto::conformance::clauses

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_QGA_WIRE_HPP
