// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/report_files.hpp"

#include "conformance/cli/commands.hpp"
#include "conformance/report/report.hpp"
#include "conformance/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

report_request read_report(const std::string& text) {
    const auto equals = text.find('=');
    const std::string kind = text.substr(0, equals);
    const std::vector<std::string> kinds(report_kinds.begin(), report_kinds.end());
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
        const std::string_view near = nearest(kind, kinds);
        throw usage_error(fmt::format("--report '{}': unknown kind '{}'; {}", text, kind,
                                      near.empty()
                                          ? fmt::format("there are: {}", fmt::join(kinds, " "))
                                          : fmt::format("did you mean {}?", near)));
    }
    if (equals == std::string::npos || equals + 1 == text.size()) {
        throw usage_error(fmt::format("--report '{}': the file is missing: {}=FILE", text, kind));
    }
    return {kind, text.substr(equals + 1)};
}

} // namespace

report_requests read_reports(const std::vector<std::string>& values) {
    report_requests out;
    for (const auto& text : values) {
        out.all.push_back(read_report(text));
        if (out.all.back().file == "-") {
            if (out.on_stdout) {
                throw usage_error("only one report can go to standard output");
            }
            out.on_stdout = true;
        } else {
            require_directory_of("--report", out.all.back().file);
        }
    }
    return out;
}

void require_directory_of(const std::string& flag, const std::string& file) {
    const fs::path parent = fs::path(file).parent_path();
    std::error_code ignored;
    if (!parent.empty() && !fs::is_directory(parent, ignored)) {
        throw usage_error(
            fmt::format("{} {}: there is no directory {}", flag, file, parent.string()));
    }
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        throw std::runtime_error(fmt::format("{}: cannot be written", path));
    }
}

void write_reports(const report_requests& wanted, const run_result& run, bool strict) {
    for (const auto& one : wanted.all) {
        const std::string text = make_report(one.kind, run, strict);
        if (one.file == "-") {
            std::fwrite(text.data(), 1, text.size(), stdout);
            std::fflush(stdout);
        } else {
            write_file(one.file, text);
        }
    }
}

} // namespace snapproto::conformance
