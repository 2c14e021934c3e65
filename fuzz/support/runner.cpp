// SPDX-License-Identifier: BSL-1.0
// A target without a fuzzing engine: replays files and folders, and can mutate them for a while.
#include "fuzz/support/target.hpp"

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using steady = std::chrono::steady_clock;

constexpr const char* usage = R"( [OPTION]... [FILE | FOLDER]...

Runs each file, and each file of each folder, as one input; no engine is needed for that. An input
that breaks something ends the program as a crash does.

  --mutate SECONDS  then changes the inputs at random for so long, and prints the rate
  --rate SECONDS    then runs the inputs round and round for so long, and prints the rate
  --seed N          of the changes (default: 1)
  --save FILE       where the input in work is kept while inputs are mutated (default: nowhere)
)";

struct options {
    std::uint64_t mutate_seconds = 0;
    std::uint64_t rate_seconds = 0;
    std::uint64_t seed = 1;
    fs::path save;
    std::vector<fs::path> paths;
};

/// @throws std::invalid_argument with a sentence
std::uint64_t number_of(std::string_view option, std::string_view word) {
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failed != std::errc{} || end != word.data() + word.size()) {
        throw std::invalid_argument(std::string{option} + " takes a whole number, not '" +
                                    std::string{word} + "'");
    }
    return number;
}

/// @throws std::invalid_argument with a sentence
options read_options(int count, char** words) {
    options made;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (!word.starts_with("-")) {
            if (!fs::exists(word)) {
                throw std::invalid_argument("there is no file or folder '" + std::string{word} +
                                            "'");
            }
            made.paths.emplace_back(word);
            continue;
        }
        std::uint64_t* const number = word == "--mutate" ? &made.mutate_seconds
                                      : word == "--rate" ? &made.rate_seconds
                                      : word == "--seed" ? &made.seed
                                                         : nullptr;
        if (number == nullptr && word != "--save") {
            throw std::invalid_argument("there is no option '" + std::string{word} + "'");
        }
        if (++i == count) {
            throw std::invalid_argument(std::string{word} + " needs a value");
        }
        if (number != nullptr) {
            *number = number_of(word, words[i]);
        } else {
            made.save = words[i];
        }
    }
    return made;
}

std::vector<fs::path> files_of(const std::vector<fs::path>& paths) {
    std::vector<fs::path> files;
    for (const fs::path& path : paths) {
        if (!fs::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator{path}) {
            if (entry.is_regular_file()) {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string content_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    snapproto::fuzz::require(in.good(), "an input can be read", path.string());
    return {std::istreambuf_iterator<char>{in}, {}};
}

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

/// Changes an input a little, or takes a part of another one into it.
class mutator {
  public:
    mutator(const std::vector<std::string>& from, std::uint64_t seed)
        : m_from(from), m_random(seed) {}

    std::string next() {
        std::string made = m_from.empty() ? std::string{} : m_from[below(m_from.size())];
        for (std::size_t changes = 1 + below(4); changes != 0; --changes) {
            change(made);
        }
        return made.substr(0, bytes_max);
    }

  private:
    static constexpr std::size_t bytes_max = 4096;

    std::size_t below(std::size_t count) { return m_random() % count; }

    void change(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        const std::size_t left = text.size() - at;
        switch (below(6)) {
        case 0:
            text.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 1:
            text.erase(at, below(8));
            break;
        case 2:
            text.replace(at, std::min<std::size_t>(left, 1), 1, static_cast<char>(below(256)));
            break;
        case 3: // something new
            for (std::size_t more = below(16); more != 0; --more) {
                text.insert(at, 1, static_cast<char>(below(below(2) == 0 ? 256 : 24)));
            }
            break;
        case 4: // a part of itself once more
            text.insert(at, text.substr(below(text.size() + 1), below(32)));
            break;
        default:
            if (!m_from.empty()) {
                const std::string& other = m_from[below(m_from.size())];
                text.replace(at, left, other.substr(below(other.size() + 1)));
            }
        }
    }

    const std::vector<std::string>& m_from;
    std::mt19937_64 m_random;
};

/// Runs `next()` again and again until the time is over, and prints how often per second.
template <class Next>
void run_for(std::uint64_t seconds, std::string_view what, Next&& next) {
    const auto began = steady::now();
    const auto passed = [&] {
        return std::chrono::duration<double>(steady::now() - began).count();
    };
    std::size_t runs = 0;
    while ((runs & 63U) != 0 || passed() < static_cast<double>(seconds)) {
        next();
        ++runs;
    }
    std::printf("%.*s: %zu inputs in %.1f s, %.0f per second\n", static_cast<int>(what.size()),
                what.data(), runs, passed(), static_cast<double>(runs) / passed());
}

} // namespace

int main(int count, char** words) {
    options asked;
    try {
        asked = read_options(count, words);
    } catch (const std::invalid_argument& wrong) {
        std::fprintf(stderr, "%s: %s\n\nusage: %s%s", words[0], wrong.what(), words[0], usage);
        return 2;
    }
    std::vector<std::string> inputs;
    for (const fs::path& file : files_of(asked.paths)) {
        inputs.push_back(content_of(file));
        run(inputs.back());
    }
    std::printf("%zu inputs replayed\n", inputs.size());
    if (asked.rate_seconds > 0 && !inputs.empty()) {
        std::size_t turn = 0;
        run_for(asked.rate_seconds, "replayed", [&] { run(inputs[turn++ % inputs.size()]); });
    }
    if (asked.mutate_seconds > 0) {
        mutator changes{inputs, asked.seed};
        run_for(asked.mutate_seconds, "mutated", [&] {
            const std::string input = changes.next();
            if (!asked.save.empty()) {
                std::ofstream{asked.save, std::ios::binary} << input;
            }
            run(input);
        });
    }
    // A test that replays nothing shows nothing.
    return inputs.empty() && !asked.paths.empty() ? 1 : 0;
}
