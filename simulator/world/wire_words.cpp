// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/wire_words.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/trace/of_message.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <variant>

namespace snapproto::world {
namespace {

// ---- native -------------------------------------------------------------------------------------

/// The fields that decide something, as a record has them.
std::string details(const trace::record& one) {
    std::string text;
    const auto add = [&text](const auto&... parts) {
        ((text += text.empty() ? ": " : ", "), ..., (text += parts));
    };
    if (one.outcome) {
        add(to_string(*one.outcome));
    }
    if (one.refusal) {
        add(to_string(*one.refusal));
    }
    if (one.cut) {
        add("the cut is ", to_string(*one.cut));
    }
    if (one.copy) {
        add("the copy is ", to_string(*one.copy));
    }
    if (one.phase) {
        std::string state{to_string(*one.phase)};
        std::transform(state.begin(), state.end(), state.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        add("the agent is in ", state);
    }
    if (one.count) {
        add(fmt::format("{} of them", *one.count));
    }
    return text;
}

std::optional<std::string> of_native(direction way, std::string_view bytes) {
    const bool to_guest = way == direction::to_guest;
    native::decoder reader{to_guest ? native::direction::requests : native::direction::reports};
    auto rest = as_bytes(bytes);
    std::string text;
    while (!rest.empty()) {
        rest = rest.subspan(reader.feed(rest));
        const auto got = reader.next();
        if (!got.has_value()) {
            return std::nullopt;
        }
        const trace::record one =
            trace::of_message({}, trace::record_kind::sent,
                              to_guest ? trace::role::orchestrator : trace::role::agent, 0, **got);
        text += (text.empty() ? "" : "; ") + message_words(one);
    }
    return text.empty() ? std::nullopt : std::optional{text};
}

// ---- Hyper-V ------------------------------------------------------------------------------------

std::string name_of(std::uint8_t op) {
    const auto known = static_cast<hyperv::vss_op>(op);
    return known <= hyperv::vss_op::cluster_info ? std::string{to_string(known)}
                                                 : fmt::format("operation {}", op);
}

std::optional<std::string> of_hyperv(direction way, std::string_view bytes) {
    const auto message = as_bytes(bytes);
    if (way == direction::to_guest) {
        const auto got = hyperv::decode_from_kernel(message);
        if (!got) {
            return std::nullopt;
        }
        const auto* const request = std::get_if<hyperv::kernel_request>(&*got);
        return request != nullptr ? name_of(request->op) : "the version of a registration";
    }
    const auto got = hyperv::decode_from_daemon(message);
    if (!got) {
        return std::nullopt;
    }
    const auto* const reply = std::get_if<hyperv::daemon_reply>(&*got);
    if (reply == nullptr) {
        return "registers";
    }
    return reply->error == 0
               ? "success"
               : fmt::format("failure, 0x{:08X}", static_cast<std::uint32_t>(reply->error));
}

} // namespace

std::string message_words(const trace::record& one) {
    std::string text{to_string(*one.message)};
    text += one.txn.value != 0 ? fmt::format(" of transaction {}", one.txn.value) : "";
    return text + fmt::format(" ({})", one.seq.value) + details(one);
}

std::string in_words(const dialect& spoken, direction way, std::string_view bytes) {
    std::optional<std::string> words;
    if (spoken.name == "native") {
        words = of_native(way, bytes);
    } else if (spoken.name == "hyperv") {
        words = of_hyperv(way, bytes);
    }
    return words ? *words : readable(bytes);
}

} // namespace snapproto::world
