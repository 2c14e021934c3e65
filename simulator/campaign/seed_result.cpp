// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/seed_result.hpp"

#include "simulator/campaign/swarm.hpp"
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/judge/verdict.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <stdexcept>

namespace snapproto::campaign {
namespace {

namespace json = boost::json;

constexpr std::size_t findings_max = 8; // in a line; one is enough to look at a seed

outcome_counts count_outcomes(const std::vector<world::attempt>& attempts) {
    outcome_counts made;
    for (const auto& one : attempts) {
        if (!one.ended) {
            ++made.untold;
        } else if (one.outcome == session_outcome::success) {
            ++made.success;
        } else if (one.outcome == session_outcome::degraded) {
            ++made.degraded;
        } else {
            ++made.failed;
        }
    }
    return made;
}

std::uint64_t hex(const json::value& from) {
    const std::string_view text = from.as_string();
    std::uint64_t value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (wrong != std::errc{} || end != text.data() + text.size()) {
        throw std::invalid_argument("a hash is not hexadecimal");
    }
    return value;
}

} // namespace

seed_result play_planned(const world::scenario& what) {
    const auto run = world::play(what);
    seed_result made;
    made.seed = what.seed;
    made.hash = trace_hash(run);
    made.events = run.events;
    made.outcomes = count_outcomes(run.attempts);
    made.findings = findings_of(run, judge::judge(run));
    if (made.findings.size() > findings_max) {
        made.findings.resize(findings_max);
    }
    return made;
}

seed_result play_seed(const world::scenario& base, std::uint64_t seed) {
    return play_planned(planned(base, seed));
}

std::string to_line(const seed_result& what) {
    json::object made;
    made["seed"] = what.seed;
    made["hash"] = to_hex(what.hash);
    made["events"] = what.events;
    made["success"] = what.outcomes.success;
    made["degraded"] = what.outcomes.degraded;
    made["failed"] = what.outcomes.failed;
    made["untold"] = what.outcomes.untold;
    if (!what.findings.empty()) {
        json::array findings;
        for (const auto& one : what.findings) {
            findings.push_back(json::object{{"kind", one.kind}, {"what", one.what}});
        }
        made["findings"] = std::move(findings);
    }
    return json::serialize(made) + "\n";
}

seed_result seed_result_from(std::string_view line) {
    try {
        const auto read = json::parse(line);
        seed_result made;
        made.seed = read.at("seed").to_number<std::uint64_t>();
        made.hash = hex(read.at("hash"));
        made.events = read.at("events").to_number<std::uint64_t>();
        made.outcomes = {read.at("success").to_number<std::uint64_t>(),
                         read.at("degraded").to_number<std::uint64_t>(),
                         read.at("failed").to_number<std::uint64_t>(),
                         read.at("untold").to_number<std::uint64_t>()};
        if (const auto* const findings = read.as_object().if_contains("findings")) {
            for (const auto& one : findings->as_array()) {
                made.findings.push_back({json::value_to<std::string>(one.at("kind")),
                                         json::value_to<std::string>(one.at("what"))});
            }
        }
        return made;
    } catch (const std::exception& wrong) {
        throw std::invalid_argument(std::string{"not the result of a seed: "} + wrong.what());
    }
}

} // namespace snapproto::campaign
