// SPDX-License-Identifier: BSL-1.0
// A dialect of one's own: a codec that knows lines and no state, and an adapter that makes up for
// what the dialect lacks. A host says `freeze 7` and `thaw 7`; a guest answers `frozen 7 1` and
// `thawed 7 clean`, or `refused 7` and why. docs/guides/add-a-dialect.md has what comes after
// this.
#include <snapproto/endpoint/agent.hpp>

#include <charconv>
#include <deque>
#include <iostream>
#include <string>
#include <string_view>
#include <type_traits>

using namespace snapproto;

namespace {

struct request {
    enum class verb { malformed, freeze, thaw } what = verb::malformed;
    std::uint64_t txn = 0;
};

/// Lines to requests. What it says does not depend on how the bytes are cut (SP 16.4), and what it
/// keeps has a bound (SP 16.3).
class decoder {
  public:
    static constexpr std::size_t line_max = 32;

    /// @return one request for each line that has come to its end
    std::deque<request> feed(std::string_view bytes) {
        std::deque<request> whole;
        for (const char c : bytes) {
            if (c == '\n') {
                whole.push_back(read());
                m_line.clear();
            } else if (m_line.size() <= line_max) { // one more, so that too long is seen
                m_line += c;
            }
        }
        return whole;
    }

  private:
    [[nodiscard]] request read() const {
        request made;
        const auto space = m_line.find(' ');
        if (space == std::string::npos || m_line.size() > line_max) {
            return made;
        }
        const char* const end = m_line.data() + m_line.size();
        const auto number = std::from_chars(m_line.data() + space + 1, end, made.txn);
        const std::string_view verb = std::string_view(m_line).substr(0, space);
        if (number.ec == std::errc{} && number.ptr == end && made.txn != 0) {
            made.what = verb == "freeze" ? request::verb::freeze
                        : verb == "thaw" ? request::verb::thaw
                                         : request::verb::malformed;
        }
        return made;
    }

    std::string m_line;
};

/// The library's agent behind that codec. The dialect has no Hello, so the adapter says it: a
/// session is a channel. It has no Prepare, so Freeze stands for both. It does not say how the cut
/// went.
class agent {
  public:
    explicit agent(instant now) {
        hello opening;
        opening.header = {{1}, {}, {1}};
        opening.versions = {{1, 0}};
        opening.wanted = capability::implicit_prepare | capability::transactions;
        m_agent.handle(opening, now);
        work(now);
    }

    /// @return what the host is told
    std::string receive(std::string_view bytes, instant now) {
        m_told.clear();
        for (const request& one : m_decoder.feed(bytes)) {
            switch (one.what) {
            case request::verb::malformed:
                m_told += "malformed\n";
                break;
            case request::verb::freeze:
                ask(freeze_request{}, one.txn, now);
                break;
            case request::verb::thaw:
                ask(thaw_request{}, one.txn, now);
                break;
            }
        }
        return m_told;
    }

  private:
    template <class Message>
    void ask(Message message, std::uint64_t txn, instant now) {
        message.header = {{1}, {txn}, {++m_seq}};
        m_agent.handle(message, now);
        work(now);
    }
    void work(instant now) {
        std::deque<endpoint::agent_output> asked;
        do {
            if (!asked.empty()) {
                act(asked.front(), now);
                asked.pop_front();
            }
            for (auto next = m_agent.poll(); next.index() != 0; next = m_agent.poll()) {
                asked.push_back(std::move(next));
            }
        } while (!asked.empty());
    }
    void act(const endpoint::agent_output& what, instant now) {
        using machine::participant_event;
        if (const auto* sent = std::get_if<endpoint::transmit>(&what)) {
            std::visit([this](const auto& message) { tell(message); }, sent->message);
        } else if (std::holds_alternative<endpoint::find_participants>(what)) {
            const participant_summary disk{"/srv", participant_kind::filesystem};
            m_agent.participants_found({&disk, 1}, now);
        } else if (const auto* asked = std::get_if<endpoint::operate>(&what);
                   asked != nullptr && asked->what != endpoint::operation::finish) {
            m_agent.participant_answered(
                asked->participant,
                asked->what == endpoint::operation::hold      ? participant_event::held
                : asked->what == endpoint::operation::release ? participant_event::released
                                                              : participant_event::prepared,
                now);
        }
    }
    template <class Message>
    void tell(const Message& message) {
        const std::string number = std::to_string(message.header.txn.value);
        if constexpr (std::is_same_v<Message, frozen_report>) {
            m_told += "frozen " + number + ' ' + std::to_string(message.held) + '\n';
        } else if constexpr (std::is_same_v<Message, thawed_report>) {
            m_told += "thawed " + number + ' ' + std::string(to_string(message.outcome)) + '\n';
        } else if constexpr (std::is_same_v<Message, nak>) {
            m_told += "refused " + number + ' ' + std::string(to_string(message.code)) + '\n';
        } else if constexpr (std::is_same_v<Message, error_report>) {
            m_told += "refused " + number + ' ' + std::string(to_string(message.reason)) + '\n';
        }
    }

    endpoint::agent_endpoint m_agent;
    decoder m_decoder;
    std::string m_told;
    std::uint64_t m_seq = 1;
};

} // namespace

int main() {
    const std::string_view host =
        "freeze 7\nfreeze 8\nthaw 8\nthaw 7\nthaw seven\nfreeze 9\nthaw 9\n";
    const instant now{};
    agent whole(now);
    const std::string told = whole.receive(host, now);
    std::cout << told;
    agent in_pieces(now);
    std::string told_in_pieces;
    for (const char c : host) {
        told_in_pieces += in_pieces.receive({&c, 1}, now);
    }
    const bool right = told == "frozen 7 1\nrefused 8 busy\nrefused 8 unknown_txn\nthawed 7 clean\n"
                               "malformed\nfrozen 9 1\nthawed 9 clean\n";
    return right && told == told_in_pieces ? 0 : 1;
}
