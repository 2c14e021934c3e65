// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_AGENT_DIALECT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_AGENT_DIALECT_HPP

// The library's agent of any dialect, as the process that it runs in sees it. What is here costs
// little to include; the agents are in agent_dialects.cpp alone.

#include "simulator/world/options.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/core/ids.hpp>
#include <snapproto/endpoint/io.hpp>
#include <snapproto/trace/record.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::machine {
enum class participant_event : std::uint8_t;
} // namespace snapproto::machine

namespace snapproto::world {

/// Send this on the channel: where it keeps messages apart, one message.
struct say {
    std::string bytes;
};

/// What an agent asks its process for.
using agent_wish = std::variant<endpoint::deadline, say, endpoint::find_participants,
                                endpoint::operate, endpoint::cancel, endpoint::close_channel,
                                endpoint::exit_process, endpoint::reseed, endpoint::warning>;

/// An agent. After each call that takes something in, `poll` is called until it yields a deadline.
class agent_dialect {
  public:
    agent_dialect() = default;
    agent_dialect(const agent_dialect&) = delete;
    agent_dialect& operator=(const agent_dialect&) = delete;
    virtual ~agent_dialect() = default;

    virtual void record_to(std::vector<trace::record>* recording) = 0;

    /// @return whether the channel is of use.
    virtual bool channel_up(instant now) = 0;
    virtual void channel_lost(instant now) = 0;
    /// @return how many bytes it has taken; the others are to be handed over again later.
    virtual std::size_t receive(byte_view bytes, instant now) = 0;

    virtual void participants_found(std::span<const participant_summary> found, instant now) = 0;
    virtual void participant_answered(participant_index participant,
                                      machine::participant_event answer, instant now,
                                      std::string_view why) = 0;
    virtual void participant_let_go(participant_index participant, instant now) = 0;
    virtual void handle_timeout(instant now) = 0;
    virtual void stop(instant now) = 0;
    virtual void generation_changed(generation_id generation, instant now) = 0;
    /// Takes over what a predecessor left held, before any other input.
    virtual void adopt(std::span<const participant_summary> held, instant now) = 0;

    [[nodiscard]] virtual agent_wish poll(instant now) = 0;
};

/// @param dialect the name of one. @param life how manieth process of its guest this is, from 0.
[[nodiscard]] std::unique_ptr<agent_dialect> make_agent(std::string_view dialect,
                                                        const agent_process_options& options,
                                                        std::uint64_t life);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_AGENT_DIALECT_HPP
