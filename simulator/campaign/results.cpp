// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/results.hpp"

#include "simulator/campaign/trace_hash.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace snapproto::campaign {
namespace {

namespace json = boost::json;

results_header header_from(std::string_view line) {
    const auto read = json::parse(line);
    if (read.at("snapsim") != "campaign") {
        throw std::invalid_argument("not the results of a campaign");
    }
    if (read.at("version").to_number<std::uint64_t>() != results_version) {
        throw std::invalid_argument(
            fmt::format("results of another version than {}", results_version));
    }
    results_header made;
    made.scenario = json::value_to<std::string>(read.at("scenario"));
    made.scenario_hash =
        std::stoull(json::value_to<std::string>(read.at("scenario_hash")), nullptr, 16);
    made.seeds = {
        read.at("first").to_number<std::uint64_t>(), read.at("last").to_number<std::uint64_t>(),
        read.at("shard").to_number<std::uint64_t>(), read.at("shards").to_number<std::uint64_t>()};
    if (made.seeds.shards == 0 || made.seeds.shard >= made.seeds.shards ||
        made.seeds.first > made.seeds.last) {
        throw std::invalid_argument("a shard or range that cannot be");
    }
    return made;
}

std::string range_text(std::uint64_t first, std::uint64_t last) {
    return first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
}

} // namespace

std::uint64_t seed_range::size() const noexcept {
    const std::uint64_t all = last - first + 1;
    return all > shard ? (all - shard + shards - 1) / shards : 0;
}

std::string to_line(const results_header& what) {
    json::object made;
    made["snapsim"] = "campaign";
    made["version"] = results_version;
    made["scenario"] = what.scenario;
    made["scenario_hash"] = to_hex(what.scenario_hash);
    made["first"] = what.seeds.first;
    made["last"] = what.seeds.last;
    made["shard"] = what.seeds.shard;
    made["shards"] = what.seeds.shards;
    return json::serialize(made) + "\n";
}

results_file results_from(std::string_view text) {
    results_file made;
    std::size_t number = 0;
    for (auto end = text.find('\n'); end != std::string_view::npos;
         end = text.find('\n', made.whole_bytes)) {
        const auto line = text.substr(made.whole_bytes, end - made.whole_bytes);
        ++number;
        try {
            if (number == 1) {
                made.header = header_from(line);
            } else {
                made.results.push_back(seed_result_from(line));
            }
        } catch (const std::exception& wrong) {
            throw std::invalid_argument(fmt::format("line {}: {}", number, wrong.what()));
        }
        made.whole_bytes = end + 1;
    }
    if (number == 0) {
        throw std::invalid_argument("line 1: not the results of a campaign");
    }
    return made;
}

void merged_results::add(const results_file& file, std::string_view name) {
    const auto& header = file.header;
    if (m_empty) {
        m_empty = false;
        m_scenario = header.scenario;
        m_hash = header.scenario_hash;
    }
    if (header.scenario_hash != m_hash) {
        throw std::invalid_argument(fmt::format("{} is of another scenario: {} ({}), not {} ({})",
                                                name, header.scenario, to_hex(header.scenario_hash),
                                                m_scenario, to_hex(m_hash)));
    }
    auto& last = m_ranges[header.seeds.first];
    last = std::max(last, header.seeds.last);
    for (const auto& one : file.results) {
        const auto [at, added] = m_seeds.emplace(one.seed, one);
        if (!added && at->second != one) {
            m_contradictions.push_back(fmt::format(
                "{} has another result of seed {} than the files before it: hash {}, not {}", name,
                one.seed, to_hex(one.hash), to_hex(at->second.hash)));
        }
    }
}

std::string merged_results::missing() const {
    std::vector<std::string> gaps;
    std::uint64_t next = 0; // all before are accounted for
    for (const auto& [first, last] : m_ranges) {
        next = std::max(next, first);
        while (next <= last) {
            const auto at = m_seeds.lower_bound(next);
            const auto gap_end = at == m_seeds.end() ? last + 1 : std::min(at->first, last + 1);
            if (gap_end > next) {
                gaps.push_back(range_text(next, gap_end - 1));
            }
            next = gap_end + (gap_end <= last ? 1 : 0);
        }
    }
    return fmt::format("{}", fmt::join(gaps, " "));
}

} // namespace snapproto::campaign
