// SPDX-License-Identifier: BSL-1.0
// snapsim campaign and merge: many seeds, and many shards of them.
#include "simulator/campaign/results.hpp"
#include "simulator/campaign/runner.hpp"
#include "simulator/campaign/summary.hpp"
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/cli/commands.hpp"
#include "simulator/cli/interruption.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

namespace snapproto::simulator {
namespace {

namespace fs = std::filesystem;
using namespace campaign;
using clock = std::chrono::steady_clock;

constexpr std::string_view results_extension = ".jsonl";
constexpr std::chrono::milliseconds progress_period{200};

// ---- the command line ----

/// Reads "A<between>B" whole.
bool read_pair(std::string_view text, std::string_view between, std::uint64_t& a,
               std::uint64_t& b) {
    const auto at = text.find(between);
    if (at == std::string_view::npos) {
        return false;
    }
    const auto read = [](std::string_view digits, std::uint64_t& to) {
        const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
        return wrong == std::errc{} && end == digits.data() + digits.size();
    };
    return read(text.substr(0, at), a) && read(text.substr(at + between.size()), b);
}

seed_range range_of(const campaign_options& wanted) {
    constexpr std::uint64_t seed_max = std::uint64_t{1} << 62;
    seed_range made;
    if (!read_pair(wanted.seeds, "..", made.first, made.last) || made.first > made.last ||
        made.last > seed_max) {
        throw usage_error(fmt::format("--seeds {}: it is FIRST..LAST, as 1..1000", wanted.seeds));
    }
    if (!read_pair(wanted.shard, "/", made.shard, made.shards) || made.shard >= made.shards) {
        throw usage_error(
            fmt::format("--shard {}: it is I/N with I from 0 to N - 1, as 0/4", wanted.shard));
    }
    return made;
}

results_header header_of(const campaign_options& wanted, world::scenario base) {
    base.seed = 1; // each result has its own
    text_hash hash;
    hash.add(world::to_text(base));
    return {words_of(wanted.what), hash.value(), range_of(wanted)};
}

// ---- the file ----

/// The results of a shard on the disk, if they are wanted there, and what it had from an earlier
/// call.
class results_store {
  public:
    results_store(const std::string& folder, const results_header& header) {
        if (folder.empty()) {
            return;
        }
        std::error_code failed;
        fs::create_directories(folder, failed);
        const auto& seeds = header.seeds;
        m_path =
            fs::path{folder} / fmt::format("seeds-{}-{}-shard-{}-of-{}{}", seeds.first, seeds.last,
                                           seeds.shard, seeds.shards, results_extension);
        if (fs::exists(m_path)) {
            go_on(header);
        }
        m_out.open(m_path, std::ios::binary | std::ios::app);
        if (m_before.empty() && fs::file_size(m_path, failed) == 0) {
            m_out << to_line(header);
        }
        flush();
    }

    [[nodiscard]] const std::vector<seed_result>& before() const noexcept { return m_before; }

    void add(const seed_result& one) {
        if (m_out.is_open()) {
            m_out << to_line(one);
        }
    }

    void flush() {
        if (!m_path.empty() && !m_out.flush()) {
            throw usage_error(fmt::format("cannot write {}", m_path.string()));
        }
    }

  private:
    void go_on(const results_header& header) {
        try {
            const auto text = read_file(m_path);
            if (text.find('\n') == std::string::npos) {
                fs::resize_file(m_path, 0); // it was interrupted at the first line
                return;
            }
            auto file = results_from(text);
            if (file.header != header) {
                throw usage_error(fmt::format("{} holds another campaign: {}", m_path.string(),
                                              file.header.scenario));
            }
            for (std::size_t i = 0; i < file.results.size(); ++i) {
                if (i >= header.seeds.size() || file.results[i].seed != header.seeds.at(i)) {
                    throw usage_error(fmt::format("{}, line {}: not the seed that was expected",
                                                  m_path.string(), i + 2));
                }
            }
            fs::resize_file(m_path, file.whole_bytes);
            m_before = std::move(file.results);
        } catch (const std::invalid_argument& wrong) {
            throw usage_error(fmt::format("{}, {}", m_path.string(), wrong.what()));
        }
    }

    fs::path m_path; // empty: nowhere
    std::ofstream m_out;
    std::vector<seed_result> m_before;
};

// ---- progress ----

class progress_line {
  public:
    explicit progress_line(std::uint64_t all) : m_all(all) {}

    void show(std::uint64_t done, std::uint64_t played, std::uint64_t violating) {
        const auto now = clock::now();
        if (!m_shows || now - m_last < progress_period) {
            return;
        }
        m_last = now;
        const auto rate = static_cast<double>(played) / seconds();
        fmt::print(stderr, "\r\x1b[K{} of {} seeds, {:.0f}/s, {} violated, {:.0f} s left", done,
                   m_all, rate, violating, static_cast<double>(m_all - done) / rate);
        std::fflush(stderr);
    }
    void end() const {
        if (m_shows) {
            fmt::print(stderr, "\r\x1b[K");
        }
    }
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(clock::now() - m_begun).count();
    }

  private:
    std::uint64_t m_all;
    bool m_shows = ::isatty(STDERR_FILENO) != 0;
    clock::time_point m_begun = clock::now();
    clock::time_point m_last = m_begun;
};

void read_results(merged_results& all, const fs::path& path) {
    try {
        all.add(results_from(read_file(path)), path.string());
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(fmt::format("{}: {}", path.string(), wrong.what()));
    }
}

std::vector<fs::path> results_below(const std::string& folder) {
    if (fs::is_regular_file(folder)) {
        return {folder};
    }
    std::vector<fs::path> found;
    if (fs::is_directory(folder)) {
        for (const auto& entry : fs::recursive_directory_iterator{folder}) {
            if (entry.is_regular_file() && entry.path().extension() == results_extension) {
                found.push_back(entry.path());
            }
        }
    }
    if (found.empty()) {
        throw usage_error(fmt::format("no results in {}", folder));
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

unsigned jobs_of(unsigned wanted) {
    return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

int run_campaign(const campaign_options& wanted) {
    const auto base = load(wanted.what);
    const auto header = header_of(wanted, base);
    const auto& seeds = header.seeds;
    results_store store{wanted.out, header};
    summary sum;
    for (const auto& one : store.before()) {
        sum.add(one);
    }
    const interruption ctrl_c;
    progress_line progress{seeds.size()};
    const std::uint64_t before = sum.seeds();
    auto flushed = clock::now();
    runner_options how;
    how.jobs = jobs_of(wanted.jobs);
    how.done_before = before;
    how.take = [&](const seed_result& one) {
        sum.add(one);
        store.add(one);
        if (clock::now() - flushed > std::chrono::seconds{1}) {
            store.flush();
            flushed = clock::now();
        }
        progress.show(sum.seeds(), sum.seeds() - before, sum.violating());
        return true;
    };
    run_seeds(base, seeds, how, ctrl_c.came());
    store.flush();
    progress.end();
    fmt::print("{}", sum.text(header.scenario));
    const auto played = sum.seeds() - before;
    fmt::print(stderr, "{} seeds in {:.1f} s, {:.1f}/s with {} job{}{}\n", played,
               progress.seconds(), static_cast<double>(played) / progress.seconds(), how.jobs,
               how.jobs == 1 ? "" : "s",
               before != 0 ? fmt::format("; {} were there already", before) : "");
    if (sum.seeds() != seeds.size()) {
        fmt::print("NOT COMPLETE: {} of {} seeds{}\n", sum.seeds(), seeds.size(),
                   wanted.out.empty() ? "" : "; the same command goes on");
        return exit_violated;
    }
    return sum.violating() == 0 ? exit_held : exit_violated;
}

int run_merge(const merge_options& wanted) {
    merged_results all;
    std::size_t files = 0;
    for (const auto& folder : wanted.folders) {
        for (const auto& path : results_below(folder)) {
            read_results(all, path);
            ++files;
        }
    }
    summary sum;
    for (const auto& [seed, one] : all.seeds()) {
        sum.add(one);
    }
    fmt::print("{} files of {}\n{}", files, all.scenario(), sum.text(all.scenario()));
    for (const auto& one : all.contradictions()) {
        fmt::print("NOT DETERMINISTIC: {}\n", one);
    }
    const auto missing = all.missing();
    if (!missing.empty()) {
        fmt::print("NOT COMPLETE: these seeds are missing: {}\n", missing);
    }
    return sum.violating() == 0 && missing.empty() && all.contradictions().empty() ? exit_held
                                                                                   : exit_violated;
}

} // namespace snapproto::simulator
