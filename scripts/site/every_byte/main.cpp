// SPDX-License-Identifier: BSL-1.0
// Writes docs/reference/*-every-byte.md: a session with a real agent as snapcheck has recorded it, each
// byte of it explained, and what the library's codec makes of each message. With --check it says
// whether the page is what it would write.
#include "dialects.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

std::string hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += {digits[byte >> 4U], digits[byte & 15U], ' '};
    }
    return out;
}

namespace {

// ---- the recording ------------------------------------------------------------------------------

/// The bytes of a transcript's text: \n, \t, \r and \xNN stand for one byte each.
std::string bytes_of(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto escape = text[i] == '\\' && i + 1 < text.size()
                                ? std::string_view{"ntr"}.find(text[i + 1])
                                : std::string_view::npos;
        if (escape != std::string_view::npos) {
            out += "\n\t\r"[escape];
            ++i;
        } else if (text.substr(i, 2) == "\\x" && i + 3 < text.size()) {
            out += static_cast<char>(std::stoi(std::string{text.substr(i + 2, 2)}, nullptr, 16));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

// ---- the page -----------------------------------------------------------------------------------

/// Sixteen bytes a line: place, bytes, characters.
std::string dump(std::string_view bytes) {
    std::string out = "```text\n";
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        const auto row = bytes.substr(at, 16);
        const std::string place = std::to_string(at);
        std::string left = hex(row);
        left.resize(48, ' ');
        out += std::string(4 - place.size(), ' ') + place + "  " + left + ' ';
        for (const char c : row) {
            out += c >= ' ' && c <= '~' ? c : '.';
        }
        out += '\n';
    }
    return out + "```\n";
}

std::string milliseconds(std::int64_t microseconds) {
    const std::string behind = std::to_string(microseconds % 1000);
    return std::to_string(microseconds / 1000) + '.' + std::string(3 - behind.size(), '0') + behind;
}

std::unique_ptr<explainer> explainer_for(const std::string& dialect) {
    if (dialect == "hyperv") {
        return hyperv_explainer();
    }
    if (dialect == "vmbackup") {
        return vmbackup_explainer();
    }
    if (dialect == "qga") {
        return qga_explainer();
    }
    throw std::runtime_error("no words for the dialect " + dialect);
}

/// The table of a message, of which no byte may be left out.
std::string table_of(const explained_message& message, std::string_view bytes) {
    std::string out = "\n| bytes | | what they are |\n|---|---|---|\n";
    std::size_t explained = 0;
    for (const explained_part& one : message.parts) {
        if (one.begin != explained || one.end <= one.begin) {
            throw std::runtime_error("a byte is not explained: " + hex(bytes));
        }
        explained = one.end;
        out += "| " + std::to_string(one.begin) +
               (one.end - one.begin > 1 ? " to " + std::to_string(one.end - 1) : "") + " | " +
               one.shown + " | " + one.meaning + " |\n";
    }
    if (explained != bytes.size()) {
        throw std::runtime_error("the end is not explained: " + hex(bytes));
    }
    return out;
}

/// Words of the record that only repeat the message beside them.
bool repeats(const std::string& text, const std::string& bytes) {
    std::string digits = hex(bytes);
    digits.pop_back();
    return text.ends_with(digits);
}

std::string page_of(const nlohmann::json& report, const std::string& recording) {
    const auto words = explainer_for(report.at("dialect"));
    const auto& session = report.at("cases").at(0);
    std::string out =
        "# " + words->title() +
        ": one conversation, every byte\n\n"
        "<!-- Written by scripts/generate_docs.sh; do not edit. -->\n\n"
        "One snapshot with a real agent (" +
        report.at("target").get<std::string>() + "), as `snapcheck` recorded it in its check " +
        session.at("id").get<std::string>() + ", " + words->surroundings() +
        ". The recording is "
        "[" +
        recording + "](" + recording +
        "). Open a message to see its bytes and what each "
        "means; "
        "what the library's codec makes of it stands below. Times are in milliseconds.\n";
    std::string last;
    const auto& transcript = session.at("transcript");
    for (std::size_t i = 0; i < transcript.size(); ++i) {
        const auto& entry = transcript[i];
        const std::string from = entry.at("from");
        const std::string text = entry.at("text");
        const std::string at = milliseconds(entry.at("at_us"));
        if (!entry.contains("bytes")) {
            const bool behind = !last.empty() && repeats(text, last);
            const bool before =
                i + 1 < transcript.size() && transcript[i + 1].contains("bytes") &&
                repeats(text, bytes_of(transcript[i + 1].at("text").get<std::string>()));
            if (!behind && !before) {
                out += "\n*" + at + ", " + from + ": " + text + "*\n";
            }
            continue;
        }
        const std::string bytes = bytes_of(text);
        if (bytes.empty() || bytes.size() != entry.at("bytes").get<std::size_t>()) {
            throw std::runtime_error("a message has another length than was recorded: " + text);
        }
        const bool by_host = from == "orchestrator";
        const std::string channel = entry.value("client", "");
        const explained_message message = words->explain({by_host, channel, bytes});
        out += "\n<details markdown=\"1\">\n<summary>" + at + " " + words->way(by_host) + ": " +
               std::to_string(bytes.size()) + " bytes</summary>\n\n" + dump(bytes) +
               table_of(message, bytes) + "\n</details>\n\nThe codec sees " + message.seen + ".\n";
        last = bytes;
    }
    return out;
}

std::string contents_of(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) {
        throw std::runtime_error("cannot read " + file);
    }
    return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() != 2 && !(words.size() == 3 && words[0] == "--check")) {
        std::cerr << "usage: every_byte [--check] RECORDING PAGE\n";
        return 2;
    }
    try {
        const std::filesystem::path recording = words[words.size() - 2];
        const auto page = page_of(nlohmann::json::parse(contents_of(recording.string())),
                                  recording.filename().string());
        if (words.size() == 2) {
            std::ofstream{words.back(), std::ios::binary} << page;
        } else if (contents_of(words.back()) != page) {
            std::cerr << words.back() << " is old: scripts/generate_docs.sh writes it anew\n";
            return 1;
        }
    } catch (const std::exception& why) {
        std::cerr << "every_byte: " << why.what() << '\n';
        return 1;
    }
    return 0;
}
