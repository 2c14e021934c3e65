// SPDX-License-Identifier: BSL-1.0
#include "qmp_session.hpp"

#include <fmt/format.h>

#include <boost/json/parse_options.hpp>
#include <boost/json/serialize.hpp>

#include <cassert>
#include <utility>

namespace snaptake {

namespace json = boost::json;

namespace {

json::parse_options limits() {
    json::parse_options made;
    made.max_depth = qmp_session::nesting_max;
    return made;
}

/// The words of an error; there is nothing in its class that would help a reader.
std::string words_of(const json::value& error) {
    if (const auto* object = error.if_object()) {
        if (const auto* found = object->if_contains("desc"); found && found->is_string()) {
            return std::string(found->get_string());
        }
    }
    return "an error without words";
}

} // namespace

qmp_session::qmp_session() : m_parser(json::storage_ptr{}, limits()) {}

void qmp_session::connected() {
    m_parser.reset();
    m_message_bytes = 0;
    m_stage = stage::greeting;
    m_bytes.clear();
    m_outputs.clear();
}

void qmp_session::receive(std::string_view bytes) {
    while (!bytes.empty() && m_stage != stage::broken) {
        if (m_message_bytes == 0) { // white space between messages begins none
            bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
            if (bytes.empty()) {
                return;
            }
        }
        boost::system::error_code wrong;
        const auto taken = m_parser.write_some(bytes.data(), bytes.size(), wrong);
        m_message_bytes += taken;
        if (wrong) {
            give_up(fmt::format("what the monitor says is no JSON: {}", wrong.message()));
        } else if (m_message_bytes > message_bytes_max) {
            give_up(fmt::format("a message of more than {} bytes", message_bytes_max));
        } else if (m_parser.done()) {
            json::value message = m_parser.release();
            m_parser.reset();
            m_message_bytes = 0;
            take(std::move(message));
        }
        bytes.remove_prefix(taken);
    }
}

void qmp_session::take(json::value message) {
    auto* object = message.if_object();
    if (object == nullptr) {
        give_up("a message of the monitor is no object");
    } else if (m_stage == stage::greeting) {
        if (!object->contains("QMP")) {
            give_up("the monitor does not greet as QMP does");
            return;
        }
        m_stage = stage::negotiating;
        m_negotiation = ++m_ids;
        send(m_negotiation, "qmp_capabilities", {});
    } else if (const auto* name = object->if_contains("event")) {
        qmp_event happened;
        if (const auto* words = name->if_string()) {
            happened.name = std::string(*words);
        }
        if (auto* data = object->if_contains("data"); data && data->is_object()) {
            happened.data = std::move(data->get_object());
        }
        m_outputs.emplace_back(std::move(happened));
    } else {
        take_reply(*object);
    }
}

void qmp_session::take_reply(json::object& message) {
    qmp_reply reply;
    const auto* error = message.if_contains("error");
    auto* value = message.if_contains("return");
    const auto* id = message.if_contains("id");
    if ((error == nullptr) == (value == nullptr)) {
        give_up("a message of the monitor is neither reply nor event");
        return;
    }
    reply.ok = error == nullptr;
    if (reply.ok) {
        reply.value = std::move(*value);
    } else {
        reply.why = words_of(*error);
    }
    boost::system::error_code none;
    reply.id = id != nullptr && id->is_number() ? id->to_number<std::uint64_t>(none) : 0;
    if (reply.id == 0 || none) {
        give_up(fmt::format("the monitor answers no command of ours{}{}", reply.ok ? "" : ": ",
                            reply.why));
    } else if (m_stage == stage::open) {
        m_outputs.emplace_back(std::move(reply));
    } else if (reply.id != m_negotiation || !reply.ok) {
        give_up(fmt::format("the monitor refuses the negotiation: {}", reply.why));
    } else {
        m_stage = stage::open;
        m_outputs.emplace_back(qmp_ready{});
    }
}

std::uint64_t qmp_session::ask(std::string_view command, json::object arguments) {
    assert(ready());
    send(++m_ids, command, std::move(arguments));
    return m_ids;
}

void qmp_session::send(std::uint64_t id, std::string_view command, json::object arguments) {
    json::object message{{"execute", command}, {"id", id}};
    if (!arguments.empty()) {
        message["arguments"] = std::move(arguments);
    }
    m_bytes += json::serialize(message);
    m_bytes += "\r\n";
}

void qmp_session::give_up(std::string why) {
    m_stage = stage::broken;
    m_outputs.emplace_back(qmp_broken{std::move(why)});
}

std::string qmp_session::take_bytes() {
    return std::exchange(m_bytes, {});
}

qmp_output qmp_session::poll() {
    if (m_outputs.empty()) {
        return {};
    }
    qmp_output next = std::move(m_outputs.front());
    m_outputs.pop_front();
    return next;
}

} // namespace snaptake
