// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SUPPORT_NATIVE_WORDS_HPP
#define SNAPPROTO_FUZZ_SUPPORT_NATIVE_WORDS_HPP

// Messages of the abstract protocol, decided by the input: requests of an orchestrator that keeps
// to nothing, and answers of an agent that does not either.

#include "fuzz/support/target.hpp"

#include <snapproto/message/any_message.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace snapproto::fuzz {

/// All that an agent can be asked for.
inline constexpr auto everything = capability::explicit_prepare | capability::implicit_prepare |
                                   capability::completion | capability::recovery |
                                   capability::hold_limit | capability::keep_alive |
                                   capability::transactions;

/// Makes requests. No id begins twice (SP 3.2); apart from that session, transaction and number
/// are the ones that go on, or others nearby.
class native_requests {
  public:
    static constexpr std::size_t kinds = 12;

    /// @param which below `kinds`
    any_message next(std::size_t which, decisions& input) {
        switch (which) {
        case 0:
            return finished(open(input), input);
        case 1:
            return finished(query{}, input);
        case 2:
            return finished(ping{.header = {}, .cookie = 5}, input);
        case 3:
            return finished(prepare(input), input);
        case 4:
            return finished(freeze(input), input);
        case 5: {
            const auto how = static_cast<cut_outcome>(input.below(3));
            return finished(thaw_request{{}, how}, input);
        }
        case 6: {
            const auto how = static_cast<copy_result>(input.below(3));
            return finished(complete_request{{}, how}, input);
        }
        case 7:
            return finished(abort_request{}, input);
        case 8:
            return finished(recover_request{}, input);
        case 9:
            return finished(hello_ack{}, input); // what an orchestrator never sends
        case 10:
            return finished(thawed_report{}, input);
        default:
            return finished(nak{}, input);
        }
    }

    /// A Hello that has to be answered whatever was before.
    hello fresh_hello() {
        hello made;
        made.versions = {{1, 0}};
        made.wanted = everything;
        made.header.session = {m_session += 2};
        made.header.seq = {++m_seq};
        return made;
    }

  private:
    static hello open(decisions& input) {
        hello made;
        const std::uint8_t how = input.byte();
        made.versions = {{static_cast<std::uint16_t>((how & 1U) == 0 ? 1 : 2), 0}};
        made.wanted = (how & 2U) == 0 ? everything : static_cast<capability>(input.byte() & 0x7fU);
        return made;
    }

    static prepare_request prepare(decisions& input) {
        prepare_request made;
        const std::uint8_t how = input.byte();
        made.hold_limit = std::chrono::seconds{how & 63U};
        made.level = (how & 64U) == 0 ? quiesce_level::application : quiesce_level::filesystem;
        return made;
    }

    static freeze_request freeze(decisions& input) {
        freeze_request made;
        const std::uint8_t how = input.byte();
        if ((how & 1U) != 0) {
            made.hold_limit = std::chrono::seconds{how >> 1U};
        }
        return made;
    }

    /// With its header.
    template <class Message>
    any_message finished(Message made, decisions& input) {
        const std::uint8_t how = input.byte();
        if (std::is_same_v<Message, hello> && (how & 1U) == 0) {
            ++m_session;
        }
        if ((how & 2U) != 0) {
            ++m_txn;
        }
        made.header.session = {(how & 4U) != 0 ? m_session + 1 : m_session};
        made.header.txn = {(how & 8U) != 0 ? (how & 16U) != 0 ? 0 : m_txn + 1 : m_txn};
        if constexpr (std::is_same_v<Message, freeze_request> ||
                      std::is_same_v<Message, prepare_request>) {
            m_txn = std::max(m_txn, made.header.txn.value);
        }
        made.header.seq = {(how & 32U) != 0 ? m_seq : ++m_seq};
        return any_message{std::in_place_type<Message>, std::move(made)};
    }

    std::uint64_t m_session = 0;
    std::uint64_t m_txn = 1;
    std::uint64_t m_seq = 0;
};

namespace detail {

template <class Message>
any_message with_header(const message_header& head) {
    Message made;
    made.header = head;
    return any_message{std::in_place_type<Message>, std::move(made)};
}

/// What a good agent would answer to a request.
inline any_message fitting_answer(const any_message& asked, const message_header& head,
                                  instant now) {
    switch (kind_of(asked)) {
    case message_kind::hello: {
        hello_ack made;
        made.header = head;
        made.selected = protocol_version{1, 0};
        made.granted = std::get<hello>(asked).wanted;
        made.hold_max = std::chrono::seconds{60};
        return made;
    }
    case message_kind::prepare:
        return prepared_report{head, {{"fs", participant_kind::filesystem}}};
    case message_kind::freeze:
        return frozen_report{head, 1, now, now + std::chrono::seconds{10}};
    case message_kind::thaw: {
        thawed_report made;
        made.header = head;
        made.outcome = verdict::clean;
        made.released = 1;
        return made;
    }
    case message_kind::complete:
        return completed_report{head};
    case message_kind::abort:
        return aborted_report{head};
    default:
        return pong{head, 0, agent_phase::idle};
    }
}

inline any_message any_answer(const message_header& head, decisions& input, instant now) {
    switch (input.below(10)) {
    case 0:
        return with_header<hello_ack>(head);
    case 1: {
        const auto held = static_cast<std::uint32_t>(input.below(3));
        return frozen_report{head, held, now, now + std::chrono::seconds{input.byte()}};
    }
    case 2:
        return thawed_report{head, static_cast<verdict>(input.below(10)), {}, 1, {}};
    case 3: {
        const auto why = static_cast<verdict>(input.below(10));
        return error_report{head, agent_phase::freeze, why, std::nullopt, input.yes()};
    }
    case 4:
        return nak{head, static_cast<nak_code>(input.below(8)), agent_phase::idle};
    case 5:
        return progress_report{head, agent_phase::freeze, 1};
    case 6:
        return status_report{head, agent_phase::frozen, 1, now, {}, verdict::none};
    case 7:
        return aborted_report{head};
    case 8:
        return prepared_report{head, {}};
    default:
        return with_header<freeze_request>(head); // what an agent never sends
    }
}

} // namespace detail

/// An answer to a request: bits 5 to 7 of `how` change its header, bit 4 makes it any.
inline any_message native_answer(const any_message& asked, std::uint8_t how, decisions& input,
                                 instant now) {
    message_header head = header_of(asked);
    head.session.value += (how & 32U) != 0 ? 1 : 0;
    head.txn.value += (how & 64U) != 0 ? 1 : 0;
    head.seq.value += (how & 128U) != 0 ? 1 : 0;
    return (how & 16U) == 0 ? detail::fitting_answer(asked, head, now)
                            : detail::any_answer(head, input, now);
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SUPPORT_NATIVE_WORDS_HPP
