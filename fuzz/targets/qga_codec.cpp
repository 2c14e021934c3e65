// SPDX-License-Identifier: BSL-1.0
// The QGA codec in both directions: the same however the bytes are cut, what is decoded is encoded
// to what is decoded to the same, and what Boost.JSON says of a request is what the decoder says.
#include "fuzz/support/encoded.hpp"
#include "fuzz/support/target.hpp"

#include <snapproto/dialect/qga/describe.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include <boost/json.hpp>

#include <vector>

namespace {

using namespace snapproto;
using fuzz::encoded;
using fuzz::require;

std::string told(const failure& why) {
    return std::string{to_string(why.code)} + "@" + std::to_string(why.offset) + " SP " +
           std::to_string(why.governed_by.chapter) + "." + std::to_string(why.governed_by.number);
}

boost::json::value tree_of(std::string_view json, boost::json::error_code& failed) {
    boost::json::parse_options options;
    options.max_depth = 128;
    return boost::json::parse(json, failed, {}, options);
}

/// What a JSON text means: encoders write the same value in other letters, ASCII and on one line.
/// A number that is beyond a double means its own letters.
std::string meaning_of(std::string_view json) {
    boost::json::error_code failed;
    const auto tree = tree_of(json, failed);
    require(!failed || failed == boost::json::error::exponent_overflow,
            "what is taken for JSON is JSON", std::string{json} + failed.message());
    return failed ? "beyond a double" : boost::json::serialize(tree);
}

std::string told(const qga::request& got) {
    std::string out{got.name};
    out += " " + std::to_string(got.sync_id);
    if (got.mountpoints) {
        for (const std::string_view one : *got.mountpoints) {
            out += " [" + std::string{one} + "]";
        }
    }
    out += got.time_ns ? " at " + std::to_string(*got.time_ns) : "";
    out += got.id ? " id " + meaning_of(got.id.text) : "";
    return out;
}

std::string told(const qga::reply_view& got) {
    std::string out = got.delimited ? "FF " : "";
    out += std::to_string(static_cast<int>(got.kind)) + " " + meaning_of(got.value.raw());
    out += got.id ? " id " + meaning_of(got.id.text) : "";
    return out;
}

std::string told(const qga::rejection& why) {
    require(!qga::describe(why).text().empty(), "each refusal has words");
    return told(why.why) + " " + std::string{why.subject} + " id " + std::string{why.id.text};
}

std::string tell(const qga::request_decoder& from, const decoded<qga::request>& outcome) {
    return outcome.has_value() ? told(*outcome) : told(from.rejected());
}

std::string tell(const qga::reply_decoder&, const decoded<qga::reply_view>& outcome) {
    return outcome.has_value() ? told(*outcome) : told(outcome.error());
}

/// Feeds bytes in pieces; `look` sees each outcome while its texts are valid.
template <class Decoder, class Look>
std::vector<std::string> outcomes(std::string_view bytes, fuzz::cuts pieces, Look&& look) {
    Decoder decoder;
    std::vector<std::string> all;
    while (!bytes.empty()) {
        byte_view piece = as_bytes(bytes.substr(0, pieces.next(bytes.size())));
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            const std::size_t taken = decoder.feed(piece);
            const auto outcome = decoder.next();
            require(taken <= piece.size(), "no more is taken than was given");
            require(taken != 0 || !outcome.needs_more(), "each call makes headway");
            piece = piece.subspan(taken);
            if (!outcome.needs_more()) {
                all.push_back(tell(decoder, outcome));
                look(outcome);
            }
        }
    }
    return all;
}

/// The one outcome of a text that was encoded.
template <class Decoder>
std::string decoded_again(std::string_view bytes) {
    const auto all = outcomes<Decoder>(bytes, fuzz::cuts{0}, [](const auto& outcome) {
        require(outcome.has_value(), "what is encoded is accepted");
    });
    require(all.size() == 1, "what is encoded is one message", std::string{bytes});
    return all.front();
}

/// What another library makes of the request that was sent.
void check_with_boost(const qga::request& got, std::string_view line) {
    boost::json::error_code failed;
    const auto tree = tree_of(line, failed);
    if (failed == boost::json::error::exponent_overflow) {
        return;
    }
    require(!failed && tree.is_object(), "an encoded request is an object",
            std::string{line} + failed.message());
    const auto& object = tree.get_object();
    const auto* const name = object.if_contains("execute");
    require(name != nullptr && name->is_string() &&
                std::string_view{name->get_string()} == got.name,
            "the name of the command survives");
    const auto* const id = object.if_contains("id");
    require((id != nullptr) == static_cast<bool>(got.id), "the id survives");
}

void look_at_request(const decoded<qga::request>& outcome) {
    if (!outcome.has_value()) {
        return;
    }
    const std::string line = encoded(*outcome);
    const std::string again = decoded_again<qga::request_decoder>(line);
    require(again == told(*outcome), "a request that is encoded and decoded is the same",
            again + "\n" + told(*outcome));
    check_with_boost(*outcome, line);
}

qga::reply reply_of(const qga::reply_view& got) {
    qga::reply made;
    made.id = got.id;
    made.delimited = got.delimited;
    if (got.kind == qga::reply_kind::refused) {
        made.body = qga::error_reply{got.error, got.desc};
    } else {
        made.body = codec::raw_json{got.value.raw()};
    }
    return made;
}

void look_at_reply(const decoded<qga::reply_view>& outcome) {
    if (!outcome.has_value() || outcome->kind == qga::reply_kind::other) {
        return;
    }
    const qga::reply made = reply_of(*outcome);
    const std::string line = encoded(made);
    const auto once = decoded_again<qga::reply_decoder>(line);
    if (outcome->kind == qga::reply_kind::returned) {
        require(once == told(*outcome), "a reply that is encoded and decoded is the same", line);
    }
    (void)outcome->for_each_command([](const qga::command_entry&) {});
    (void)outcome->version();
    (void)outcome->status();
    (void)outcome->integer();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::decisions input{fuzz::text_of(data, size)};
    const bool replies = input.yes();
    const std::uint8_t seed = input.byte();
    const std::string_view text = input.rest();
    const auto blind = [](const auto&) {};
    if (replies) {
        require(outcomes<qga::reply_decoder>(text, fuzz::cuts{0}, look_at_reply) ==
                    outcomes<qga::reply_decoder>(text, fuzz::cuts{seed}, blind),
                "replies are the same however they are cut");
    } else {
        require(outcomes<qga::request_decoder>(text, fuzz::cuts{0}, look_at_request) ==
                    outcomes<qga::request_decoder>(text, fuzz::cuts{seed}, blind),
                "requests are the same however they are cut");
    }
    return 0;
}
