// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_OPTIONS_HPP
#define SNAPPROTO_FUZZ_ATTACHED_OPTIONS_HPP

// What fuzz_attached is asked for, and the files it reads and writes.

#include <snapproto/fuzz/conversation.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace snapproto::fuzz {

extern const char* const usage;

struct options {
    static constexpr std::uint64_t no_bound = std::numeric_limits<std::uint64_t>::max();

    std::string dialect = "qga";
    std::string builtin = "reference";
    std::string shim;
    std::string spawn;
    std::string connect;
    std::string daemon;
    std::string work_dir;
    bool remote = false;
    bool harmless = false;

    std::uint64_t runs = 10'000; ///< `no_bound` where only the time is bounded.
    std::uint64_t seconds = 0;   ///< 0: no bound.
    std::uint64_t seed = 1;
    std::string corpus;
    std::string replay;
    std::string keep;
    std::string out;
    std::vector<std::string> expect;
    std::vector<std::string> passing;
    bool go_on = false;
    bool as_is = false;
    bool strict = false;
    bool catalogue = false;

    /// An agent on the machine's clock.
    [[nodiscard]] bool is_real() const {
        return !spawn.empty() || !connect.empty() || !daemon.empty();
    }
};

/// @throws std::invalid_argument with a sentence
[[nodiscard]] options read_options(int count, char** words);

/// @throws std::invalid_argument
[[nodiscard]] std::string read_file(const std::filesystem::path& file);

/// @throws std::invalid_argument
void write_file(const std::filesystem::path& file, const std::string& content);

/// The contents of a folder's files, in order of name; of no folder where none is named.
/// @throws std::invalid_argument
[[nodiscard]] std::vector<std::string> read_folder(const std::string& folder);

/// The same as conversations. @throws std::invalid_argument
[[nodiscard]] std::vector<conversation> read_corpus(const std::string& folder);

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_OPTIONS_HPP
