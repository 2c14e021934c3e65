// SPDX-License-Identifier: BSL-1.0
#include "tests/tidy/source_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace snapproto::tidy {
namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t library_lines_max = 500;
constexpr std::string_view licence_line = "// SPDX-License-Identifier: BSL-1.0";

// In two halves, so that this file does not offend against its own rule.
constexpr std::array<std::string_view, 3> forbidden_words{"TO"
                                                          "DO",
                                                          "FIX"
                                                          "ME",
                                                          "XX"
                                                          "X"};

/// True when the line says with this word that something is not done: the word stands behind the
/// slashes of a comment. Elsewhere it may be somebody's syntax (TAP has one of them).
bool marks_unfinished(std::string_view line, std::string_view word) {
    const auto comment = line.find("//");
    if (comment == std::string_view::npos) {
        return false;
    }
    const auto at = line.find(word, comment);
    const auto end = at + word.size();
    const auto letter = [&](std::size_t i) {
        return i < line.size() && std::isalpha(static_cast<unsigned char>(line[i])) != 0;
    };
    return at != std::string_view::npos && !letter(end) && !letter(at - 1) &&
           line.substr(0, end).find('"') == std::string_view::npos;
}

struct layer_rule {
    std::string_view layer;
    std::vector<std::string_view> may_include;
};

// Every layer may include itself and version.hpp; nothing points back.
const std::vector<layer_rule>& layer_rules() {
    static const std::vector<layer_rule> rules{
        {"core", {}},
        {"message", {"core"}},
        {"codec", {"core", "message"}},
        {"dialect", {"core", "message", "codec"}},
        {"machine", {"core", "message"}},
        {"trace", {"core", "message", "codec"}},
        {"monitor", {"core", "message", "trace"}},
        {"endpoint",
         {"core", "message", "codec", "dialect", "machine", "trace", "monitor", "root"}},
        {"fuzz", {"core", "message", "codec", "dialect", "trace", "monitor"}},
        {"root", {"core", "message", "codec", "trace", "fuzz"}}, // fuzz.hpp
    };
    return rules;
}

// The library takes time, randomness and bytes as arguments; these headers are how one would not.
constexpr std::array<std::string_view, 17> outside_world{"condition_variable",
                                                         "csignal",
                                                         "cstdio",
                                                         "ctime",
                                                         "filesystem",
                                                         "fstream",
                                                         "future",
                                                         "iomanip",
                                                         "iostream",
                                                         "latch",
                                                         "mutex",
                                                         "random",
                                                         "semaphore",
                                                         "sstream",
                                                         "stop_token",
                                                         "syncstream",
                                                         "thread"};

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool is_header(std::string_view path) {
    return path.ends_with(".hpp");
}

// Columns a reader counts: bytes that continue a UTF-8 character are none.
std::size_t columns(std::string_view line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

std::string guard_of(std::string_view path) {
    if (path.starts_with("include/snapproto/")) {
        path.remove_prefix(std::string_view{"include/snapproto/"}.size());
    }
    std::string guard = "SNAPPROTO_";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        guard += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
    }
    return guard;
}

// The parts of the suite that judge: they have their own idea of right and wrong.
bool is_judge(std::string_view path) {
    if (!path.starts_with("conformance/") || path.starts_with("conformance/attach/builtin")) {
        return false;
    }
    const auto rest = path.substr(std::string_view{"conformance/"}.size());
    return rest.find('/') == std::string_view::npos ||
           starts_with_any(rest,
                           {"attach/", "clauses/", "cli/", "effects/", "orchestrator/", "report/"});
}

bool is_embedded_agent(std::string_view path) {
    return starts_with_any(path, {"conformance/builtin/", "conformance/attach/builtin"});
}

void check_library_include(std::string_view path, const include_line& include,
                           std::vector<finding>& findings) {
    const auto add = [&](std::string text) {
        findings.push_back({std::string{path}, include.line, std::move(text)});
    };
    const std::string& target = include.target;
    if (target.starts_with("snapproto/")) {
        const auto from = layer_of(path);
        const auto to = layer_of("include/" + target);
        if (from == to || target == "snapproto/version.hpp") {
            return;
        }
        for (const auto& rule : layer_rules()) {
            if (rule.layer == from) {
                if (std::find(rule.may_include.begin(), rule.may_include.end(), to) ==
                    rule.may_include.end()) {
                    add(from + " must not include " + to);
                }
                return;
            }
        }
        add("'" + from + "' is no layer");
    } else if (target == "emmintrin.h" && path == "include/snapproto/codec/skip.hpp") {
        // The compiler's own header, behind a question whether the machine has these instructions.
    } else if (!target.starts_with("boost/") && target.find_first_of("/.") != std::string::npos) {
        add("the library includes Boost and the standard library only, not " + target);
    } else if (std::find(outside_world.begin(), outside_world.end(), target) !=
               outside_world.end()) {
        add("the library does no I/O and reads no clock, so it has no use for <" + target + ">");
    }
}

// The simulator's kernel can be taken out of the tree: it knows itself and the standard library.
void check_kernel_include(std::string_view path, const include_line& include,
                          std::vector<finding>& findings) {
    if (include.target.find_first_of("/.") != std::string::npos &&
        !include.target.starts_with("simulator/kernel/")) {
        findings.push_back({std::string{path}, include.line,
                            "the simulator's kernel includes itself and the standard library "
                            "only, not " +
                                include.target});
    }
}

// Who judges a simulated run reads what is left of it, and knows nothing of those who took part.
void check_simulator_judge_include(std::string_view path, const include_line& include,
                                   std::vector<finding>& findings) {
    const std::string_view target = include.target;
    const bool ours = target.starts_with("simulator/") || target.starts_with("snapproto/");
    const bool allowed = starts_with_any(
        target,
        {"simulator/judge/", "simulator/world/dialect.hpp", "simulator/world/disk_format.hpp",
         "simulator/world/history.hpp", "simulator/world/host.hpp", "simulator/world/witness.hpp",
         "snapproto/core/", "snapproto/message/", "snapproto/trace/", "snapproto/monitor/"});
    if (ours && !allowed) {
        findings.push_back({std::string{path}, include.line,
                            "a judge of the simulator must not include " + include.target});
    }
}

// The path from the root of the tree that an include line of the project means.
std::string resolve(const std::string& target) {
    return target.starts_with("snapproto/") ? "include/" + target : target;
}

} // namespace

std::vector<include_line> includes_of(std::string_view text) {
    std::vector<include_line> includes;
    std::size_t number = 0;
    for (auto line : lines_of(text)) {
        ++number;
        const auto skip_blanks = [&] {
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        };
        skip_blanks();
        if (!line.starts_with('#')) {
            continue;
        }
        line.remove_prefix(1);
        skip_blanks();
        if (!line.starts_with("include")) {
            continue;
        }
        const auto open = line.find_first_of("<\"");
        const auto close =
            open == std::string_view::npos ? open : line.find_first_of(">\"", open + 1);
        if (close != std::string_view::npos) {
            includes.push_back({number, std::string{line.substr(open + 1, close - open - 1)}});
        }
    }
    return includes;
}

std::string layer_of(std::string_view path) {
    constexpr std::string_view root = "include/snapproto/";
    if (!path.starts_with(root)) {
        return {};
    }
    path.remove_prefix(root.size());
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? "root" : std::string{path.substr(0, slash)};
}

std::vector<finding> check_text(std::string_view path, std::string_view text) {
    std::vector<finding> findings;
    const auto add = [&](std::size_t line, std::string what) {
        findings.push_back({std::string{path}, line, std::move(what)});
    };
    const auto lines = lines_of(text);
    if (lines.empty() || lines.front() != licence_line) {
        add(1, "the first line is not '" + std::string{licence_line} + "'");
    }
    if (!text.empty() && !text.ends_with('\n')) {
        add(lines.size(), "the last line has no end");
    }
    if (is_header(path)) {
        const auto guard = guard_of(path);
        const bool opened =
            lines.size() > 2 && lines[1] == "#ifndef " + guard && lines[2] == "#define " + guard;
        if (!opened) {
            add(2, "lines 2 and 3 do not open the guard " + guard);
        }
        if (lines.empty() || lines.back() != "#endif // " + guard) {
            add(lines.size(), "the last line is not '#endif // " + guard + "'");
        }
    }
    if (path.starts_with("include/") && lines.size() > library_lines_max) {
        add(library_lines_max + 1, "a header of more than 500 lines");
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = lines[i];
        if (columns(line) > columns_max) {
            add(i + 1, "a line of more than 100 columns");
        }
        if (line.find('\t') != std::string_view::npos) {
            add(i + 1, "a tab");
        }
        if (line.ends_with(' ') || line.ends_with('\r')) {
            add(i + 1, "a blank or a carriage return at the end of the line");
        }
        for (const auto word : forbidden_words) {
            if (marks_unfinished(line, word)) {
                add(i + 1, "the word " + std::string{word});
            }
        }
    }
    return findings;
}

std::vector<finding> check_includes(std::string_view path, std::string_view text) {
    std::vector<finding> findings;
    for (const auto& include : includes_of(text)) {
        const auto add = [&](std::string what) {
            findings.push_back({std::string{path}, include.line, std::move(what)});
        };
        if (path.starts_with("include/")) {
            check_library_include(path, include, findings);
        }
        if (path.starts_with("simulator/kernel/")) {
            check_kernel_include(path, include, findings);
        }
        if (path.starts_with("simulator/judge/")) {
            check_simulator_judge_include(path, include, findings);
        }
        if (include.target.starts_with("boost/msm") && layer_of(path) != "machine") {
            add("Boost.MSM outside of include/snapproto/machine/");
        }
        if (is_judge(path)) {
            const auto layer = layer_of(resolve(include.target));
            if (layer == "machine" || layer == "endpoint") {
                add("a judge must not include " + layer + "/");
            }
        }
        if (starts_with_any(path, {"conformance/clauses/", "conformance/effects/"}) &&
            is_embedded_agent(include.target)) {
            add("a check must not know the embedded agent");
        }
    }
    return findings;
}

std::vector<finding> check_judges(const source_tree& files) {
    std::vector<finding> findings;
    for (const auto& [judge, judge_text] : files) {
        if (!is_judge(judge)) {
            continue;
        }
        std::set<std::string> seen{judge};
        std::vector<std::vector<std::string>> open{{judge}};
        while (!open.empty()) {
            const auto way = std::move(open.back());
            open.pop_back();
            const auto file = files.find(way.back());
            if (file == files.end() || is_embedded_agent(way.back())) {
                continue;
            }
            for (const auto& include : includes_of(file->second)) {
                auto next = resolve(include.target);
                if (!seen.insert(next).second) {
                    continue;
                }
                if (layer_of(next) == "machine") {
                    std::string text = "a judge reaches a machine:";
                    for (const auto& step : way) {
                        text += " " + step + " >";
                    }
                    findings.push_back({judge, 1, text + " " + next});
                    continue;
                }
                auto longer = way;
                longer.push_back(std::move(next));
                open.push_back(std::move(longer));
            }
        }
    }
    return findings;
}

} // namespace snapproto::tidy
