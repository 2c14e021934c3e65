// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/qga_wire.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::clauses {

std::string ping(std::string_view raw_id) {
    return fmt::format(R"({{"execute": "guest-ping", "id": {}}})", raw_id);
}

lines answers(run_context& run, std::string_view bytes) {
    qga_client& client = run.client();
    const std::int64_t id = client.fresh_id();
    std::string all(bytes);
    all += qga_client::request("guest-sync", boost::json::object{{"id", id}});
    client.send(all);
    lines got;
    for (;;) {
        reply line = client.read();
        if (line.returns(id)) {
            return got;
        }
        run.require(line.kind != reply_kind::none && line.kind != reply_kind::closed,
                    "requests are answered, and so is the synchronisation behind them",
                    fmt::format("return is {}, after the replies to what was sent before", id),
                    fmt::format("{}; before it {}", line.words(), words_of(got)));
        got.push_back(std::move(line));
    }
}

lines answers_and_reset(run_context& run, std::string_view bytes) {
    qga_client& client = run.client();
    client.send(bytes);
    run.require(client.sync(), "after any bytes 0xFF and guest-sync-delimited are answered",
                "0xFF and the id of the synchronisation",
                client.discarded().empty() ? std::string("nothing")
                                           : "other lines only, " + words_of(client.discarded()));
    return client.discarded();
}

std::string words_of(const lines& got) {
    if (got.empty()) {
        return "no line";
    }
    std::string words = got.front().words();
    if (got.size() > 1) {
        words = fmt::format("{} lines, the first: {}", got.size(), words);
    }
    return words;
}

bool same_value(const boost::json::value& a, const boost::json::value& b) {
    if (a.is_double() && !b.is_double()) {
        return same_value(b, a);
    }
    if (const auto* list = a.if_array()) {
        const auto* other = b.if_array();
        return other != nullptr &&
               std::equal(list->begin(), list->end(), other->begin(), other->end(), same_value);
    }
    if (const auto* object = a.if_object()) {
        const auto* other = b.if_object();
        return other != nullptr && object->size() == other->size() &&
               std::all_of(object->begin(), object->end(), [&](const auto& member) {
                   const auto* value = other->if_contains(member.key());
                   return value != nullptr && same_value(member.value(), *value);
               });
    }
    if (a.is_int64() && b.is_double()) {
        // Both ways, since an integer of 64 bits may have no equal among the doubles.
        const double number = b.get_double();
        constexpr double beyond = 9223372036854775808.0;
        return number >= -beyond && number < beyond &&
               static_cast<double>(static_cast<std::int64_t>(number)) == number &&
               static_cast<std::int64_t>(number) == a.get_int64();
    }
    return a == b;
}

bool has_id(const reply& line, const boost::json::value& id) {
    return line.id && same_value(*line.id, id);
}

bool has_text_id(const reply& line, std::string_view id) {
    return line.id && line.id->is_string() && line.id->get_string() == id;
}

std::size_t count(const lines& got, reply_kind kind) {
    return static_cast<std::size_t>(
        std::count_if(got.begin(), got.end(), [&](const reply& one) { return one.kind == kind; }));
}

bool something_succeeded(const lines& got) {
    return count(got, reply_kind::value) > 0;
}

void expect_malformed(run_context& run, const lines& got, std::string_view name) {
    const bool right = !got.empty() && std::all_of(got.begin(), got.end(), [](const reply& one) {
        return one.is_error() && one.error_class == "GenericError" && !one.id;
    });
    run.expect(right, fmt::format("malformed input is answered with an error: {}", name),
               "at least one error of class GenericError without id, and nothing else",
               words_of(got));
}

void expect_refused(run_context& run, const lines& got, std::string_view name) {
    run.expect(count(got, reply_kind::error) > 0 && count(got, reply_kind::error) == got.size(),
               fmt::format("it is refused and never executed: {}", name),
               "at least one error, and no success", words_of(got));
}

void expect_one_error(run_context& run, const lines& got, std::string_view error_class,
                      std::string_view name) {
    run.expect(got.size() == 1 && got.front().is_error() && got.front().error_class == error_class,
               fmt::format("it is refused: {}", name),
               fmt::format("one error of class {}", error_class), words_of(got));
}

void expect_one_value(run_context& run, const lines& got, std::string_view name) {
    run.expect(got.size() == 1 && got.front().is_value(), fmt::format("it is accepted: {}", name),
               "one reply with 'return'", words_of(got));
}

void expect_each_malformed(run_context& run, std::span<const sample> samples) {
    run.must_sync();
    for (const sample& one : samples) {
        const std::int64_t id = run.client().fresh_id();
        const std::string marker =
            qga_client::request("guest-sync", boost::json::object{{"id", id}});
        lines got = answers_and_reset(run, fmt::format("{}\n{}", one.bytes, marker));
        const auto answer = std::find_if(got.begin(), got.end(),
                                         [&](const reply& line) { return line.returns(id); });
        if (answer != got.end()) {
            // What follows is about the 0xFF, which a reset sends in any case.
            got.erase(answer, got.end());
        }
        expect_malformed(run, got, one.name);
    }
}

void expect_each_refused(run_context& run, std::span<const sample> samples) {
    run.must_sync();
    for (const sample& one : samples) {
        expect_refused(run, answers_and_reset(run, one.bytes), one.name);
    }
}

void require_usable(run_context& run, std::string_view after) {
    const std::string id = fmt::format("usable-{}", run.random()() % 1'000'000);
    const reply pong =
        run.client().call("guest-ping", nullptr,
                          {.wait = std::chrono::seconds(5), .id = boost::json::value(id.c_str())});
    run.require(pong.is_value() && has_text_id(pong, id),
                fmt::format("the agent answers the next request after {}", after),
                fmt::format("return, with the id \"{}\"", id), pong.words());
}

void require_still_thawed(run_context& run, std::string_view after) {
    run.require_text(run.status(), "thawed", fmt::format("guest-fsfreeze-status after {}", after));
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string all;
    all.reserve(part.size() * times);
    for (std::size_t i = 0; i < times; ++i) {
        all += part;
    }
    return all;
}

} // namespace snapproto::conformance::clauses
