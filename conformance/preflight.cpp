// SPDX-License-Identifier: BSL-1.0
#include "conformance/preflight.hpp"

#include "conformance/budget.hpp"
#include "conformance/qga_client.hpp"
#include "conformance/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace snapproto::conformance {
namespace {

constexpr duration bound = std::chrono::seconds(15);
constexpr duration answer_wait = std::chrono::seconds(4);
/// After a reply an agent has nothing more to say; a peer that still talks is none.
constexpr duration quiet = std::chrono::milliseconds(100);
/// What an agent may have left over for us (replies of a client before) before it is called noise.
constexpr std::size_t bytes_max = std::size_t{4} << 20;

/// What one conversation with an unknown peer showed.
struct impression {
    bool agent = false;  ///< A line of the protocol came.
    bool closed = false; ///< The peer closed before that.
    bool endless = false;
    std::string text; ///< The head of what came.
};

/// Sends one request and reads until a line of the protocol and silence, the end, or a bound.
impression ask(target& peer, budget& time, std::string_view request) {
    impression seen;
    const auto stream = peer.connect(time.allow(answer_wait));
    (void)stream->send(request, time.allow(answer_wait));
    const instant end = peer.now() + time.allow(answer_wait);
    std::string line;
    std::size_t total = 0;
    while (true) {
        const duration left = std::max(duration{0}, end - peer.now());
        const receive_result got = stream->receive(seen.agent ? std::min(left, quiet) : left);
        time.look_for_interrupt();
        total += got.bytes.size();
        if (seen.text.size() < 200) {
            seen.text += got.bytes.substr(0, 200 - seen.text.size());
        }
        line += got.bytes;
        for (auto newline = line.find('\n'); newline != std::string::npos;
             newline = line.find('\n')) {
            const reply one = parse_reply(std::string_view(line).substr(0, newline));
            line.erase(0, newline + 1);
            seen.agent = seen.agent || one.is_value() || one.is_error();
        }
        if (got.status == receive_status::closed) {
            seen.closed = true;
            return seen;
        }
        if (seen.agent && got.status == receive_status::nothing) {
            return seen;
        }
        // More bytes than an agent has any reason to send, or still sending at the end of the wait.
        if (total > bytes_max || (peer.now() >= end && got.status == receive_status::data)) {
            seen.endless = true;
            seen.agent = false;
            return seen;
        }
        if (peer.now() >= end) {
            return seen;
        }
    }
}

/// Words for protocols that people connect to by mistake.
std::string_view guess(std::string_view text) {
    if (text.starts_with("{\"QMP\"")) {
        return " (this is QEMU's own monitor, QMP, not the guest agent's socket)";
    }
    if (text.starts_with("SSH-")) {
        return " (this looks like SSH)";
    }
    if (text.starts_with("HTTP/") || text.starts_with("<")) {
        return " (this looks like HTTP)";
    }
    return "";
}

[[noreturn]] void refuse(const target& peer, const impression& seen, double seconds) {
    const std::string who = peer.description();
    if (seen.endless) {
        throw unreachable(fmt::format("{}: the peer sends without end; first: {}", who,
                                      printable(seen.text, 80)));
    }
    if (!seen.text.empty()) {
        throw unreachable(fmt::format("{}: the peer speaks another protocol: {}{}", who,
                                      printable(seen.text, 80), guess(seen.text)));
    }
    if (seen.closed) {
        throw unreachable(
            fmt::format("{}: the connection was accepted and closed at once, with no reply", who));
    }
    throw unreachable(fmt::format("{}: connected, but nothing answered within {:.3g} s (is another "
                                  "client connected, or the agent stuck?)",
                                  who, seconds));
}

void require_thawed(target& agent, budget& time) {
    transcript unused;
    qga_client client(agent.connect(time.allow(answer_wait)), agent, time, unused, "preflight",
                      0x7072'6566'6c69'6768U);
    if (client.sync(std::chrono::seconds(1)) &&
        client.call("guest-fsfreeze-status").returns("frozen")) {
        throw unreachable(fmt::format("{}: the agent says that it is frozen: somebody may be in "
                                      "the middle of a snapshot; thaw it before judging it",
                                      agent.description()));
    }
}

} // namespace

void require_qga_agent(target& agent, const preflight_options& options) {
    budget time(agent, bound, options.timeout_scale);
    // 0xFF first, since an agent may hold half a request of a client before us; an agent that
    // cannot bear it gets a plain request next.
    impression seen = ask(
        agent, time, "\xFF{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 1}}\n");
    if (!seen.agent && !seen.endless) {
        const impression second = ask(agent, time, "{\"execute\": \"guest-ping\"}\n");
        if (second.agent || seen.text.empty()) {
            seen = second;
        }
    }
    if (!seen.agent) {
        refuse(agent, seen, milliseconds(time.scaled(answer_wait)) / 1e3);
    }
    if (options.must_be_thawed) {
        require_thawed(agent, time);
    }
}

} // namespace snapproto::conformance
