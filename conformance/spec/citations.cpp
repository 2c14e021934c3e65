// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/citations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

using clause_set = std::set<snapproto::clause>;

snapproto::clause clause_from(const std::string& chapter, const std::string& number) {
    return {static_cast<std::uint16_t>(std::stoul(chapter)),
            static_cast<std::uint16_t>(std::stoul(number))};
}

/// "SP 3.5, 3.6 and SP 3.7" names three clauses.
clause_set spelled_in(const std::string& line) {
    static const std::regex group(
        R"(SP \d{1,3}\.\d{1,3}(?:(?:,| and|, and| or) (?:SP )?\d{1,3}\.\d{1,3})*)");
    static const std::regex one(R"((\d{1,3})\.(\d{1,3}))");
    clause_set found;
    for (std::sregex_iterator g(line.begin(), line.end(), group), end; g != end; ++g) {
        const std::string text = g->str();
        for (std::sregex_iterator i(text.begin(), text.end(), one); i != end; ++i) {
            found.insert(clause_from((*i)[1], (*i)[2]));
        }
    }
    return found;
}

/// The properties that a test of the monitors expects to be broken: `expect(s, {1, 17})`.
clause_set properties_in(const std::string& line) {
    static const std::regex call(R"(\bexpect(?:_in_the_end)?\(.*\{([0-9, ]+)\})");
    static const std::regex number(R"(\d{1,3})");
    clause_set found;
    std::smatch match;
    if (std::regex_search(line, match, call)) {
        const std::string numbers = match[1];
        for (std::sregex_iterator i(numbers.begin(), numbers.end(), number), end; i != end; ++i) {
            found.insert(clause_from("18", i->str()));
        }
    }
    return found;
}

/// The clauses that a monitor gives to a violation: `{13, 11}`.
clause_set braced_in(const std::string& line) {
    static const std::regex pair(R"(\{(\d{1,2}), (\d{1,2})\})");
    clause_set found;
    for (std::sregex_iterator i(line.begin(), line.end(), pair), end; i != end; ++i) {
        found.insert(clause_from((*i)[1], (*i)[2]));
    }
    return found;
}

std::string comment_of(const std::string& line) {
    const auto at = line.find("//");
    return at == std::string::npos ? std::string{} : line.substr(at);
}

std::string trimmed(const std::string& line) {
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Collects citations, each once, in the order in which they come.
class collector {
  public:
    explicit collector(std::string_view path) : m_path(path) {}

    void add(const clause_set& clauses, const std::string& name) {
        for (const snapproto::clause about : clauses) {
            citation next{about, m_path, name};
            if (std::find(m_found.begin(), m_found.end(), next) == m_found.end()) {
                m_found.push_back(std::move(next));
            }
        }
    }
    [[nodiscard]] std::vector<citation> take() { return std::move(m_found); }

  private:
    std::string m_path;
    std::vector<citation> m_found;
};

std::string read_source(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
        throw no_source_tree(fmt::format("{}: cannot be read", path.string()));
    }
    return text;
}

template <class Read>
std::vector<citation> read_folder(const fs::path& root, const char* folder, Read read) {
    if (!fs::is_directory(root / folder)) {
        throw no_source_tree(
            fmt::format("{}: no source tree: there is no {}", root.string(), folder));
    }
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        const auto extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp")) {
            paths.push_back(fs::relative(entry.path(), root).generic_string());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<citation> all;
    for (const std::string& path : paths) {
        for (auto& one : read(path, read_source(root / path))) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

} // namespace

std::vector<citation> citations_of_test(std::string_view path, std::string_view text) {
    static const std::regex head(
        R"(^(?:BOOST_AUTO_TEST_CASE|BOOST_FIXTURE_TEST_CASE|RC_BOOST_PROP)\((\w+))");
    const bool only_comments = path.starts_with("tests/conformance/");
    const bool of_monitors = path.starts_with("tests/unit/monitor/");
    collector found(path);
    std::string name;   // of the case that the line is in
    clause_set pending; // from the comment right above
    auto lines = lines_of(text);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i - 1] == "BOOST_AUTO_TEST_CASE(") { // the name is too long for the same line
            lines[i] = lines[i - 1] + trimmed(lines[i]);
            lines[i - 1].clear();
        }
    }
    for (const std::string& line : lines) {
        std::smatch match;
        if (std::regex_search(line, match, head)) {
            name = match[1];
            found.add(pending, name);
            pending.clear();
        } else if (name.empty() && line.starts_with("//")) {
            pending.merge(spelled_in(line));
            continue;
        }
        found.add(pending, ""); // a comment above something else
        pending.clear();
        found.add(spelled_in(only_comments ? comment_of(line) : line), name);
        if (of_monitors) {
            found.add(properties_in(line), name);
        }
        if (line.starts_with("}")) {
            name.clear();
        }
    }
    found.add(pending, "");
    return found.take();
}

std::vector<citation> citations_of_monitor(std::string_view path, std::string_view text) {
    static const std::regex head(R"(^class (\w+_monitor) )");
    const auto lines = lines_of(text);
    std::smatch match;
    const auto defined = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
        return std::regex_search(line, match, head);
    });
    if (defined == lines.end()) {
        return {};
    }
    const std::string name = match[1];
    collector found(path);
    for (auto line = lines.begin(); line != lines.end(); ++line) {
        if (line < defined) {
            found.add(spelled_in(*line), name);
        }
        found.add(braced_in(*line), name);
    }
    return found.take();
}

citations read_citations(const std::string& root) {
    return {read_folder(root, "tests", citations_of_test),
            read_folder(root, "include/snapproto/monitor", citations_of_monitor)};
}

} // namespace snapproto::conformance
