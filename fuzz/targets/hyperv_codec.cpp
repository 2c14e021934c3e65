// SPDX-License-Identifier: BSL-1.0
// The three forms of the Hyper-V dialect: whatever the bytes are, they are refused at one of them
// and with words, or what is read is written to what is read to the same. The first byte says which
// form the rest is taken for.
#include "fuzz/support/target.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/dialect/hyperv/describe.hpp>
#include <snapproto/dialect/hyperv/freebsd.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::require;
using hyperv::direction;
using hyperv::wire_form;

using octets = std::vector<std::byte>;

void look_at(wire_form form, const failure& why, byte_view seen) {
    require(why.offset <= seen.size() || why.code == error::too_long,
            "a refusal points into the message");
    std::string words;
    codec::container_sink sink{words};
    hyperv::describe(sink, form, why, seen);
    require(!words.empty() && words.size() <= 200 && words.find('\n') == words.npos,
            "each refusal has one short line", words);
}

bool equal(byte_view a, byte_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// What is kept of a list: what lies behind its count is the sender's rest and is not sent again.
void look_at_vss(const hyperv::ic_message& got, byte_view packet, direction way) {
    const auto body = decode_vss(got);
    if (!body) {
        look_at(wire_form::ic, body.error(), packet);
        return;
    }
    octets once(13312);
    const auto size = encode_vss(once, way, got.header, *body);
    require(bool(size), "what is read can be written");
    require(*size == hyperv::ic_headers_bytes + got.body.size(), "with the size that it had");
    once.resize(*size);
    const auto again = decode_ic(once, way);
    require(bool(again) && again->header == got.header, "the headers are the same");
    const auto body_again = decode_vss(*again);
    require(bool(body_again), "what is written can be read");
    octets twice(13312);
    const auto size_again = encode_vss(twice, way, got.header, *body_again);
    require(bool(size_again) && *size_again == *size, "twice the same size");
    twice.resize(*size_again);
    require(once == twice, "twice the same bytes");
    if (body->index() < 2) { // a set or flags: no lists
        require(equal(got.body, byte_view{once}.subspan(hyperv::ic_headers_bytes)),
                "a body without lists comes back byte for byte");
    }
}

void look_at_offer(const hyperv::ic_message& got, byte_view packet) {
    const auto offer = decode_offer(got);
    if (!offer) {
        look_at(wire_form::ic, offer.error(), packet);
        return;
    }
    std::vector<hyperv::version> framework;
    std::vector<hyperv::version> message;
    for (std::size_t i = 0; i < offer->framework.size(); ++i) {
        framework.push_back(offer->framework[i]);
    }
    for (std::size_t i = 0; i < offer->message.size(); ++i) {
        message.push_back(offer->message[i]);
    }
    octets again(1024);
    const auto size = encode_offer(again, got.header, framework, message);
    require(bool(size) &&
                equal(got.body, byte_view{again}.first(*size).subspan(hyperv::ic_headers_bytes)),
            "an offer comes back byte for byte");
    const auto choice = choose(*offer, framework, message);
    require(choice.has_value() == (!framework.empty() && !message.empty()),
            "who has the same versions takes the first of them");
    octets answer{packet.begin(), packet.end()};
    const auto answered = answer_offer_in_place(answer, choice);
    require(bool(answered) == (packet.size() >= 44), "an offer of two versions has room");
    if (answered) {
        const auto read = decode_ic(answer, direction::response);
        if (!read) { // no room for 16 bytes inside of the pipe's message, only in its padding
            require(got.body.size() < hyperv::version_choice_bytes, "an answer can be read");
            return;
        }
        const auto chosen = decode_choice(*read);
        require(bool(chosen) && *chosen == choice, "the answer says what was chosen");
    }
}

void look_at_ic(byte_view packet, direction way) {
    const auto got = decode_ic(packet, way);
    if (!got) {
        look_at(wire_form::ic, got.error(), packet);
    } else if (got->header.type == hyperv::ic_type::vss) {
        look_at_vss(*got, packet, way);
    } else if (got->header.type == hyperv::ic_type::negotiate && way == direction::request) {
        look_at_offer(*got, packet);
    } else if (got->header.type == hyperv::ic_type::negotiate) {
        const auto choice = decode_choice(*got);
        if (!choice) {
            look_at(wire_form::ic, choice.error(), packet);
        }
    }
}

void look_at_kernel(byte_view bytes) {
    const auto got = hyperv::decode_from_kernel(bytes);
    if (!got) {
        look_at(wire_form::kernel, got.error(), bytes);
        return;
    }
    std::visit([&](const auto& one) { require(equal(encode(one), bytes), "byte for byte"); }, *got);
}

void look_at_daemon(byte_view bytes) {
    const auto got = hyperv::decode_from_daemon(bytes);
    if (!got) {
        look_at(wire_form::daemon, got.error(), bytes);
    } else if (const auto* reply = std::get_if<hyperv::daemon_reply>(&*got)) {
        const auto again = encode(*reply);
        require(bool(again) && equal(*again, bytes), "byte for byte");
    }
}

void look_at_freebsd(byte_view bytes, direction way) {
    const auto got = hyperv::freebsd::decode(bytes, way);
    if (!got) {
        look_at(wire_form::freebsd, got.error(), bytes);
        return;
    }
    require(equal(encode(*got), bytes), "byte for byte");
}

/// The length rule: what comes out is what went in, however it was cut.
void look_at_stream(byte_view bytes, std::uint8_t seed) {
    hyperv::record_splitter splitter{hyperv::version_reply_bytes};
    fuzz::cuts pieces{seed};
    octets seen;
    for (byte_view left = bytes; !left.empty();) {
        byte_view piece = left.first(pieces.next(left.size()));
        left = left.subspan(piece.size());
        while (!piece.empty()) {
            const auto record = splitter.feed(piece);
            if (record.has_value()) {
                require(record->size() == (seen.empty() ? 4U : 12U), "4 bytes, and then 12 each");
                seen.insert(seen.end(), record->begin(), record->end());
                splitter.expect(hyperv::daemon_message_bytes);
            }
        }
    }
    require(seen.size() + splitter.pending() == bytes.size(), "no byte is lost");
    require(equal(seen, bytes.first(seen.size())), "no byte is changed");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::decisions input{fuzz::text_of(data, size)};
    const std::size_t form = input.below(7);
    const auto way = form % 2 == 0 ? direction::request : direction::response;
    const std::uint8_t seed = form == 6 ? input.byte() : std::uint8_t{0};
    const byte_view bytes = as_bytes(input.rest());
    switch (form) {
    case 0:
    case 1:
        look_at_ic(bytes, way);
        break;
    case 2:
    case 3:
        look_at_freebsd(bytes, way);
        break;
    case 4:
        look_at_kernel(bytes);
        break;
    case 5:
        look_at_daemon(bytes);
        break;
    default:
        look_at_stream(bytes, seed);
        break;
    }
    return 0;
}
