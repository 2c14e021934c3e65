// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_CONSOLE_HPP
#define SNAPPROTO_TESTS_SUPPORT_CONSOLE_HPP

// What a page shows on a console, and whether that is what happens there.

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace snapproto::tests {

/// A block "```console": commands after "$ ", and all that they print. A line "..." stands for any
/// lines.
struct console_block {
    std::string commands;
    std::vector<std::string> output;
};

[[nodiscard]] inline std::string contents_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

[[nodiscard]] inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

[[nodiscard]] inline std::vector<console_block> blocks_of(const std::string& document) {
    std::vector<console_block> all;
    bool inside = false;
    for (const auto& line : lines_of(document)) {
        if (line == "```console") {
            inside = true;
            all.emplace_back();
        } else if (line == "```") {
            inside = false;
        } else if (inside && line.starts_with("$ ")) {
            all.back().commands += line.substr(2) + "\n";
        } else if (inside) {
            all.back().output.push_back(line);
        }
    }
    return all;
}

/// Whether these lines are those shown, from the places given on.
[[nodiscard]] inline bool same(const std::vector<std::string>& shown,
                               const std::vector<std::string>& printed, std::size_t i = 0,
                               std::size_t j = 0) {
    for (; i < shown.size() && shown[i] != "..."; ++i, ++j) {
        if (j == printed.size() || shown[i] != printed[j]) {
            return false;
        }
    }
    if (i == shown.size()) {
        return j == printed.size();
    }
    for (; j <= printed.size(); ++j) {
        if (same(shown, printed, i + 1, j)) {
            return true;
        }
    }
    return false;
}

/// What the commands of a block print in a folder, with the project's programs at hand.
[[nodiscard]] inline std::string printed_by(const console_block& block, const std::string& folder,
                                            const std::string& programs) {
    std::ofstream(folder + "/commands") << block.commands;
    const std::string run =
        "cd '" + folder + "' && PATH='" + programs + "':\"$PATH\" sh commands > printed 2>&1";
    (void)std::system(run.c_str());
    return contents_of(folder + "/printed");
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_CONSOLE_HPP
