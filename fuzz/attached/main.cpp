// SPDX-License-Identifier: BSL-1.0
// fuzz_attached: hunts in an agent that snapcheck can be attached to on virtual time.
#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/unusual.hpp"
#include "conformance/shim/shim_target.hpp"
#include "fuzz/attached/attached_agent.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

namespace fs = std::filesystem;
using namespace snapproto;
using namespace snapproto::fuzz;
using steady = std::chrono::steady_clock;

constexpr const char* usage = R"(
usage: fuzz_attached [--builtin NAME | --shim COMMAND] [OPTION]...
       fuzz_attached --catalogue [OPTION]...

Plays conversations to an agent until one shows that it breaks a clause. The second form hunts in
each faulty agent of the catalogue, which it has to find, and in those that only are unusual.

  --builtin NAME    the embedded agent of that name (default: reference)
  --shim COMMAND    an adapter on standard input and output (docs/shim.md)
  --runs N          conversations at most, for each agent (default: 10000); of the catalogue four
                    times as many for a faulty one: how soon it is found is luck
  --seed N          of what is drawn (default: 1)
  --corpus FOLDER   conversations to begin with (default: none)
  --replay FILE     plays this one only
  --keep FOLDER     where conversations that reach something new are written
  --out FILE        where a finding is written, and as FILE.jsonl what snapcheck trace reads

Status: 0 nothing was found (of the catalogue: everything was), 1 otherwise, 2 wrong usage, 3 there
is no agent.
)";

struct options {
    std::string builtin = "reference";
    std::string shim;
    std::uint64_t runs = 10'000;
    std::uint64_t seed = 1;
    std::string corpus;
    std::string replay;
    std::string keep;
    std::string out;
    bool catalogue = false;
};

/// @throws std::invalid_argument with a sentence
options read_options(int count, char** words) {
    options made;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--catalogue") {
            made.catalogue = true;
            continue;
        }
        std::string* const text = word == "--builtin"  ? &made.builtin
                                  : word == "--shim"   ? &made.shim
                                  : word == "--corpus" ? &made.corpus
                                  : word == "--replay" ? &made.replay
                                  : word == "--keep"   ? &made.keep
                                  : word == "--out"    ? &made.out
                                                       : nullptr;
        std::uint64_t* const number = word == "--runs"   ? &made.runs
                                      : word == "--seed" ? &made.seed
                                                         : nullptr;
        if (text == nullptr && number == nullptr) {
            throw std::invalid_argument("there is no option '" + std::string{word} + "'");
        }
        if (++i == count) {
            throw std::invalid_argument(std::string{word} + " needs a value");
        }
        const std::string_view value = words[i];
        if (text != nullptr) {
            *text = value;
            continue;
        }
        const char* const end = value.data() + value.size();
        if (const auto [at, failed] = std::from_chars(value.data(), end, *number);
            failed != std::errc{} || at != end) {
            throw std::invalid_argument(std::string{word} + " takes a whole number, not '" +
                                        std::string{value} + "'");
        }
    }
    return made;
}

/// @throws std::invalid_argument
conversation read_conversation(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) {
        throw std::invalid_argument(file.string() + ": cannot be read");
    }
    return decode(std::string{std::istreambuf_iterator<char>{in}, {}});
}

void write(const fs::path& file, const std::string& content) {
    std::ofstream out{file, std::ios::binary};
    if (!(out << content).flush()) {
        throw std::invalid_argument(file.string() + ": cannot be written");
    }
}

/// In order of name. @throws std::invalid_argument
std::vector<conversation> read_corpus(const std::string& folder) {
    std::vector<conversation> all;
    if (folder.empty()) {
        return all;
    }
    if (!fs::is_directory(folder)) {
        throw std::invalid_argument(folder + ": is no folder");
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        all.push_back(read_conversation(file));
    }
    return all;
}

double seconds_since(steady::time_point began) {
    return std::chrono::duration<double>(steady::now() - began).count();
}

int replay(attached_agent& agent, const world& given, const std::string& file) {
    const conversation steps = read_conversation(file);
    const played got = play(agent, given, steps);
    std::printf("%s%s\n", describe(steps).c_str(),
                got.found ? describe(*got.found).c_str() : "no clause is broken");
    return got.found ? 1 : 0;
}

int hunt_one(const options& asked) {
    const auto target = asked.shim.empty() ? conformance::make_builtin(asked.builtin, 1)
                                           : conformance::make_shim(asked.shim, 1);
    attached_agent agent{*target};
    const world given = agent.surroundings();
    if (!asked.replay.empty()) {
        return replay(agent, given, asked.replay);
    }
    std::vector<conversation> corpus = read_corpus(asked.corpus);
    const auto began = steady::now();
    const hunt_result got =
        hunt(agent, given, corpus, asked.seed, static_cast<std::size_t>(asked.runs));
    const double took = seconds_since(began);
    std::printf("%zu conversations in %.1f s, %.0f a second; %zu of %zu counters reached\n",
                got.runs, took, static_cast<double>(got.runs) / took, got.reached, coverage::size);
    for (std::size_t i = 0; !asked.keep.empty() && i < corpus.size(); ++i) {
        write(fs::path{asked.keep} / ("kept-" + std::to_string(i)), encode(corpus[i]));
    }
    conformance::require_sound_shim(*target);
    if (!got.found) {
        return 0;
    }
    const conversation small = minimised(agent, given, got.input);
    const played again = play(agent, given, small);
    std::printf("%s%s\n", describe(small).c_str(), describe(again.found.value()).c_str());
    if (!asked.out.empty()) {
        write(asked.out, encode(small));
        write(asked.out + ".jsonl", lines_of(again.recording));
    }
    return 1;
}

/// @return whether the hunt came to what it has to
bool hunt_in(const conformance::fault_info& which, bool faulty, const options& asked,
             const std::vector<conversation>& corpus) {
    const auto target = conformance::make_builtin(which.name, 1);
    attached_agent agent{*target};
    world given = agent.surroundings();
    if (faulty) {
        given.hold_limit = std::chrono::seconds{10};
    }
    auto kept = corpus;
    const auto began = steady::now();
    const auto runs = static_cast<std::size_t>(faulty ? 4 * asked.runs : asked.runs);
    const hunt_result got = hunt(agent, given, kept, asked.seed, runs);
    std::printf("%-32s %7zu %8.3f  %s\n", std::string{which.name}.c_str(), got.runs,
                seconds_since(began), got.found ? describe(*got.found).c_str() : "nothing found");
    std::fflush(stdout);
    if (got.found && faulty && !asked.keep.empty()) {
        write(fs::path{asked.keep} / ("finding-" + std::string{which.name}),
              encode(minimised(agent, given, got.input)));
    }
    return got.found.has_value() == faulty;
}

int hunt_in_catalogue(const options& asked) {
    const auto corpus = read_corpus(asked.corpus);
    std::size_t wrong = 0;
    std::printf("%-32s %7s %8s  %s\n", "agent", "runs", "seconds", "what is found");
    wrong += hunt_in({"reference", "", "", ""}, false, asked, corpus) ? 0U : 1U;
    for (const auto& one : conformance::builtin_unusual_agents()) {
        wrong += hunt_in(one, false, asked, corpus) ? 0U : 1U;
    }
    for (const auto& one : conformance::builtin_faults()) {
        wrong += hunt_in(one, true, asked, corpus) ? 0U : 1U;
    }
    std::printf("%zu agents with another result than they have to have\n", wrong);
    return wrong == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
    try {
        const options asked = read_options(count, words);
        return asked.catalogue ? hunt_in_catalogue(asked) : hunt_one(asked);
    } catch (const std::invalid_argument& wrong) {
        std::fprintf(stderr, "fuzz_attached: %s\n%s", wrong.what(), usage);
        return 2;
    } catch (const conformance::unreachable& wrong) {
        std::fprintf(stderr, "fuzz_attached: %s\n", wrong.what());
        return 3;
    }
}
