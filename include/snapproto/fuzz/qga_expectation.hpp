// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_QGA_EXPECTATION_HPP
#define SNAPPROTO_FUZZ_QGA_EXPECTATION_HPP

// What the bytes of a client ask for: requests that are owed one reply each, and bytes that are no
// request and may be answered by errors (SP chapters 20 and 21).
//
// It knows nothing of what the agent does, and never includes a machine.

#include <snapproto/core/time.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/fuzz/detail/same_json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// Something that a client has said, and what it may be answered by.
struct expectation {
    enum class kind : std::uint8_t {
        request,   ///< A good request of a command, known or not.
        refused,   ///< An object that is no good request: one error with its id.
        malformed, ///< No object at all: errors without id, one at least once 0xFF has followed.
        cut,       ///< A 0xFF, or more that is no object: errors or none (SP 20.27, SP 22.8).
    };

    kind what = kind::request;
    qga::verb verb = qga::verb::unknown;
    bool bad_argument = false; ///< refused: the command was known, and comes before its arguments
    std::string name{};        ///< Of the command.
    std::string id{};          ///< JSON text; empty: none.
    std::int64_t sync_id = 0;
    std::optional<std::vector<std::string>> mounts{}; ///< Of a list.
    bool either = false;   ///< Long or deep: it may be refused instead (SP 20.12, SP 20.14).
    bool optional = false; ///< It may be swallowed (SP 20.24).
    bool answered = false; ///< malformed: by one error at least.
    std::uint64_t txn = 0; ///< Of a freeze or thaw, made up (SP 29.10).
    instant due{};         ///< When the reply has to be there.
};

namespace detail {

/// True when nothing but errors may follow, and perhaps none.
[[nodiscard]] inline bool is_noise(const expectation& of) {
    return of.what == expectation::kind::malformed || of.what == expectation::kind::cut;
}

[[nodiscard]] inline bool is_owed(const expectation& of) {
    return !of.optional && !of.answered;
}

[[nodiscard]] inline bool changes_state(const expectation& of) {
    return of.what == expectation::kind::request &&
           (of.verb == qga::verb::freeze || of.verb == qga::verb::freeze_list ||
            of.verb == qga::verb::thaw);
}

} // namespace detail

/// Reads what one client says.
class request_reader {
  public:
    /// Adds what the bytes ask for to `to`.
    void read(std::string_view bytes, instant now, std::deque<expectation>& to) {
        while (!bytes.empty()) {
            const std::size_t taken = m_decoder.feed(as_bytes(bytes));
            note_cuts(bytes.substr(0, taken), now, to);
            const auto piece = bytes.substr(0, taken);
            bytes.remove_prefix(taken);
            m_message_bytes += taken;
            m_brackets += static_cast<std::size_t>(std::count_if(
                piece.begin(), piece.end(), [](char c) { return c == '[' || c == '{'; }));
            const auto outcome = m_decoder.next();
            if (outcome.needs_more()) {
                continue;
            }
            const bool by_cut =
                !piece.empty() && static_cast<unsigned char>(piece.back()) == qga::sentinel;
            if (outcome.has_value() || !by_cut) { // the 0xFF is noted
                add(outcome, now, to);
            }
            m_message_bytes = m_brackets = 0;
        }
        if (!m_adrift && m_decoder.pending() && is_large(m_brackets)) { // it is refused already
            m_adrift = true;
            add_noise(expectation::kind::cut, now, to);
        }
    }

    /// Bytes of a request that has not ended.
    [[nodiscard]] std::size_t pending_bytes() const noexcept {
        return m_decoder.pending() ? m_message_bytes : 0;
    }

    /// After bytes that are no JSON, and until a 0xFF, an agent may find its feet where it likes.
    [[nodiscard]] bool adrift() const noexcept { return m_adrift; }

    /// What every agent has to take (SP 20.13, SP 21.20).
    static constexpr std::size_t nesting_taken = 32;
    static constexpr std::size_t message_bytes_taken = 60'000;
    static constexpr std::size_t mounts_taken = 64;

  private:
    void note_cuts(std::string_view bytes, instant now, std::deque<expectation>& to) {
        for (auto i = std::count(bytes.begin(), bytes.end(), static_cast<char>(qga::sentinel));
             i != 0; --i) {
            for (expectation& each : to) {
                each.optional = each.optional && each.what != expectation::kind::malformed;
            }
            add_noise(expectation::kind::cut, now, to);
            m_adrift = false;
        }
    }

    static void add_noise(expectation::kind what, instant now, std::deque<expectation>& to) {
        expectation made;
        made.what = what;
        made.optional = true;
        made.due = now;
        to.push_back(std::move(made));
    }

    /// Larger than it has to be taken.
    [[nodiscard]] bool is_large(std::size_t nesting) const noexcept {
        return m_message_bytes > message_bytes_taken || nesting > nesting_taken;
    }

    void add(const decoded<qga::request>& outcome, instant now, std::deque<expectation>& to) {
        expectation made;
        made.due = now;
        made.optional = m_adrift;
        if (outcome.has_value()) {
            made.verb = outcome->verb;
            made.name = outcome->name;
            made.id = outcome->id.text;
            made.sync_id = outcome->sync_id;
            if (outcome->mountpoints) {
                made.mounts.emplace(outcome->mountpoints->begin(), outcome->mountpoints->end());
            }
            take_size(made);
            to.push_back(std::move(made));
            return;
        }
        const qga::rejection& why = m_decoder.rejected();
        switch (why.why.code) {
        case error::not_an_object:
        case error::missing_member:
        case error::unexpected_member:
        case error::wrong_type:
            made.what = expectation::kind::refused;
            made.verb = why.verb;
            made.name = why.name;
            made.id = why.id.text;
            made.bad_argument = why.kind == qga::rejection::subject_kind::argument;
            take_size(made);
            break;
        default:
            // Of several only the first is sure to be answered, and that once a 0xFF has followed.
            add_noise(m_adrift ? expectation::kind::cut : expectation::kind::malformed, now, to);
            m_adrift = true;
            return;
        }
        to.push_back(std::move(made));
    }

    /// What is larger than it has to be taken may be refused, and its rest be read as anything.
    void take_size(expectation& of) {
        of.either = is_large(nesting_of(of.id)) || (of.mounts && of.mounts->size() > mounts_taken);
        m_adrift = m_adrift || of.either;
    }

    /// A bound of how deep the brackets of a JSON text are nested: those in strings count too.
    static std::size_t nesting_of(std::string_view json) {
        std::size_t depth = 1;
        std::size_t deepest = 1;
        for (const char c : json) {
            depth += c == '[' || c == '{' ? 1U : 0U;
            depth -= (c == ']' || c == '}') && depth > 1 ? 1U : 0U;
            deepest = std::max(deepest, depth);
        }
        return deepest;
    }

    qga::request_decoder m_decoder{detail::generous};
    std::size_t m_message_bytes = 0;
    std::size_t m_brackets = 0; ///< Opened in the message, those in strings too.
    bool m_adrift = false;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_QGA_EXPECTATION_HPP
