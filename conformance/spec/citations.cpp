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
            lines[i - 1] += trimmed(lines[i]);
            lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
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

std::vector<citation> read_citations(const std::string& root) {
    const fs::path base(root);
    if (!fs::is_directory(base / "tests")) {
        throw no_source_tree(fmt::format("{}: no source tree: there is no tests/", root));
    }
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(base / "tests")) {
        const auto extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp")) {
            paths.push_back(fs::relative(entry.path(), base).generic_string());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<citation> all;
    for (const std::string& path : paths) {
        for (auto& one : citations_of_test(path, read_source(base / path))) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

} // namespace snapproto::conformance
