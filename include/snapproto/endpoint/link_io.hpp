// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_LINK_IO_HPP
#define SNAPPROTO_ENDPOINT_LINK_IO_HPP

// What a link yields: one guest of a dialect that has less than the abstract protocol, made to look
// like an agent of it. `linked_orchestrator` has one for each guest.

#include <snapproto/endpoint/io.hpp>
#include <snapproto/message/any_message.hpp>

#include <string>
#include <variant>

namespace snapproto::endpoint {

/// Send these bytes: where the transport keeps messages apart, exactly one message.
struct link_bytes {
    std::string bytes;
};

/// An answer for the orchestrator, with what the guest said about it, if anything.
struct link_answer {
    any_message message;
    std::string why;
};

/// End the channel: what comes on it next could not be told from what is awaited. The link has
/// forgotten it already.
struct link_closed {};

/// What a link yields.
using link_output = std::variant<deadline, link_bytes, link_answer, link_closed>;

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_LINK_IO_HPP
