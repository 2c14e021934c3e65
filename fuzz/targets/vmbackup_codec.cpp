// SPDX-License-Identifier: BSL-1.0
// The messages of the vmbackup dialect and the packets that carry them on vsock: whatever the bytes
// are, they are refused at one of them and with words, or what is read is written to what is read
// to the same. The first byte says what the rest is taken for.
#include "fuzz/support/target.hpp"

#include <snapproto/dialect/vmbackup/describe.hpp>
#include <snapproto/dialect/vmbackup/history.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace snapproto;
using fuzz::require;
using vmbackup::wire_form;

void look_at_refusal(wire_form form, const failure& why, byte_view seen) {
    require(why.offset <= seen.size() || why.code == error::too_long,
            "a refusal points into the message");
    std::string words;
    codec::container_sink sink{words};
    vmbackup::describe(sink, form, why, seen);
    require(!words.empty() && words.size() <= 200 && words.find('\n') == words.npos,
            "each refusal has one short line", words);
}

template <class Message>
std::string written(const Message& what) {
    std::string out;
    codec::container_sink sink{out};
    vmbackup::encode(sink, what);
    return out;
}

/// What `decode` reads is written to what it reads to the same.
/// @return the bytes that were written; nothing when it is refused.
template <class Decode>
std::string look_at(wire_form form, byte_view bytes, Decode&& decode) {
    const auto got = decode(bytes);
    if (!got) {
        look_at_refusal(form, got.error(), bytes);
        return {};
    }
    std::string again = written(*got);
    const auto back = decode(as_bytes(again));
    require(bool(back), "what is written can be read", again);
    require(*back == *got, "and is the same", again);
    return again;
}

void look_at_command(byte_view bytes) {
    const std::string again = look_at(wire_form::command, bytes, [](byte_view some) {
        const auto got = vmbackup::decode_command(some);
        require(!got || !vmbackup::wrong_with(*got), "what is read may be sent");
        return got;
    });
    require(again.empty() || again == as_text(bytes) ||
                std::string{as_text(bytes)} == again + ' ' ||
                vmbackup::named_command(bytes) == vmbackup::command::start,
            "byte for byte, but for a space behind which nothing comes", again);
}

void look_at_text(wire_form form, byte_view bytes) {
    std::string again;
    switch (form) {
    case wire_form::event:
        again = look_at(form, bytes, [](byte_view some) { return vmbackup::decode_event(some); });
        break;
    case wire_form::guest_reply:
        again =
            look_at(form, bytes, [](byte_view some) { return vmbackup::decode_guest_reply(some); });
        break;
    default:
        again =
            look_at(form, bytes, [](byte_view some) { return vmbackup::decode_host_reply(some); });
        break;
    }
    const bool ended = form == wire_form::event && as_text(bytes).ends_with('\0');
    require(again.empty() || again == as_text(bytes.first(bytes.size() - (ended ? 1 : 0))),
            "byte for byte, but for a NUL behind an event", again);
}

void look_at_packet(byte_view fields) {
    const auto got = vmbackup::decode_packet(fields);
    if (!got) {
        look_at_refusal(wire_form::packet, got.error(), fields);
        return;
    }
    const std::string again = written(*got);
    const auto back =
        vmbackup::decode_packet(as_bytes(again).subspan(vmbackup::packet_count_bytes));
    require(bool(back), "what is written can be read");
    require(back->type == got->type && back->fast_close == got->fast_close &&
                as_text(back->payload) == as_text(got->payload),
            "and is the same");
}

/// A stream means the same however it is cut.
void look_at_stream(byte_view bytes, std::uint8_t seed) {
    const auto split = [&](std::uint8_t how) {
        vmbackup::packet_splitter splitter;
        fuzz::cuts pieces{how};
        std::string seen;
        for (byte_view left = bytes; !left.empty();) {
            byte_view piece = left.first(pieces.next(left.size()));
            left = left.subspan(piece.size());
            while (!piece.empty()) {
                const auto fields = splitter.feed(piece);
                if (fields.has_failure()) {
                    seen += "|lost";
                } else if (fields.has_value()) {
                    seen += "|" + std::string{as_text(*fields)};
                }
            }
        }
        return seen + "|" + std::to_string(splitter.pending());
    };
    require(split(0) == split(seed), "however it is cut");
}

/// The bytes are events, one a byte, and what the host does: a success is never concluded from a
/// history that has no commit, snapshotDone and done in this order.
void look_at_history(std::string_view events) {
    vmbackup::operation_history history;
    std::string order;
    for (const char one : events) {
        const auto which = static_cast<std::uint8_t>(one) % (value_count<vmbackup::event> + 1);
        if (which == value_count<vmbackup::event>) {
            history.snapshot_done_taken({});
            order += 's';
        } else {
            const auto what = static_cast<vmbackup::event>(which);
            order = what == vmbackup::event::reset ? "" : order;
            order += what == vmbackup::event::commit ? "c"
                     : what == vmbackup::event::done ? "d"
                                                     : "";
            history.take({what, {}, {}}, {});
        }
        if (history.state() == vmbackup::operation_state::succeeded) {
            const auto commit = order.find('c');
            const auto shot = order.find('s', commit);
            require(commit != order.npos && shot != order.npos &&
                        order.find('d', shot) != order.npos,
                    "a success went the whole way", order);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::decisions input{fuzz::text_of(data, size)};
    const std::size_t form = input.below(7);
    const std::uint8_t seed = form == 5 ? input.byte() : std::uint8_t{0};
    const std::string_view rest = input.rest();
    switch (form) {
    case 0:
        look_at_command(as_bytes(rest));
        break;
    case 1:
        look_at_text(wire_form::guest_reply, as_bytes(rest));
        break;
    case 2:
        look_at_text(wire_form::event, as_bytes(rest));
        break;
    case 3:
        look_at_text(wire_form::host_reply, as_bytes(rest));
        break;
    case 4:
        look_at_packet(as_bytes(rest));
        break;
    case 5:
        look_at_stream(as_bytes(rest), seed);
        break;
    default:
        look_at_history(rest);
        break;
    }
    return 0;
}
