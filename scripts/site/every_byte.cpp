// SPDX-License-Identifier: BSL-1.0
// Writes docs/reference/qga-every-byte.md: a session with a real QEMU guest agent as snapcheck has
// recorded it, each byte of it explained, and what the library's codec makes of each message. With
// --check it says whether the page is what it would write.
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;

// ---- the recording ------------------------------------------------------------------------------

/// The bytes of a transcript's text: \n and \xNN stand for one byte each.
std::string bytes_of(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "\\n") {
            out += '\n';
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

// ---- parts of a message -------------------------------------------------------------------------

/// Some bytes of a message that are explained together.
struct part {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string path; ///< Of a value: its members from the outside in. Empty: what is between.
};

/// Cuts a message into its values and what is between them. No byte is left out.
class part_reader {
  public:
    explicit part_reader(std::string_view bytes) : m_bytes(bytes) {}

    std::vector<part> read() {
        while (m_at < m_bytes.size() && (m_bytes[m_at] == '\xff' || m_bytes[m_at] == '\n')) {
            mark();
        }
        value("");
        between();
        while (m_at < m_bytes.size()) {
            mark();
        }
        return std::move(m_parts);
    }

  private:
    void mark() {
        m_parts.push_back({m_at, m_at + 1, m_bytes[m_at] == '\n' ? "line feed" : "sentinel"});
        m_begin = ++m_at;
    }

    /// What has been passed since the last value.
    void between() {
        if (m_begin != m_at) {
            m_parts.push_back({m_begin, m_at, ""});
        }
        m_begin = m_at;
    }

    std::string_view text() {
        const std::size_t first = m_at++;
        while (m_bytes.at(m_at) != '"') {
            m_at += m_bytes[m_at] == '\\' ? 2U : 1U;
        }
        ++m_at;
        return m_bytes.substr(first, m_at - first);
    }

    void blanks() {
        while (m_bytes.at(m_at) == ' ' || m_bytes[m_at] == ',' || m_bytes[m_at] == ':') {
            ++m_at;
        }
    }

    void value(const std::string& path) {
        blanks();
        if (m_bytes.at(m_at) == '{') {
            for (++m_at; blanks(), m_bytes[m_at] != '}';) {
                const auto name = text();
                value(path + (path.empty() ? "" : ".") +
                      std::string{name.substr(1, name.size() - 2)});
            }
            ++m_at;
        } else if (m_bytes[m_at] == '[') {
            for (++m_at; blanks(), m_bytes[m_at] != ']';) {
                value(path + "[]");
            }
            ++m_at;
        } else {
            between();
            if (m_bytes[m_at] == '"') {
                (void)text();
            } else {
                m_at = m_bytes.find_first_of(",}] ", m_at);
            }
            m_parts.push_back({m_begin, m_at, path});
            m_begin = m_at;
        }
    }

    std::string_view m_bytes;
    std::size_t m_at = 0;
    std::size_t m_begin = 0; // of what has been passed and not been told
    std::vector<part> m_parts;
};

// ---- words --------------------------------------------------------------------------------------

std::string returned(qga::verb asked) {
    switch (asked) {
    case qga::verb::sync_delimited:
        return "the number that was sent: from here on both are in step (SP 22.2)";
    case qga::verb::freeze_list:
        return "how many filesystems are frozen now (SP 24.1)";
    case qga::verb::thaw:
        return "how many this call has thawed. The same number as freeze returned is the evidence "
               "that "
               "nobody had let go in between (SP 29.12)";
    case qga::verb::freeze_status:
        return "whether the agent holds anything, in its own words (SP 23.5)";
    default:
        throw std::runtime_error("no words for what this command returns");
    }
}

std::string meaning(const part& what, std::string_view next, bool request, qga::verb asked) {
    static const std::map<std::string, std::string> words{
        {"sentinel", "0xFF, which no JSON text has: whatever the agent had begun to read is void "
                     "(SP 20.10)"},
        {"line feed", "ends the line. A reply has exactly one (SP 20.5); a request needs none "
                      "(SP 20.1)"},
        {"execute", "the command"},
        {"arguments.id", "a number that this host has never used before (SP 22.10)"},
        {"arguments.mountpoints[]", "what is to be frozen, by its mount point (SP 24.1)"},
        {"error.class",
         "the kind of error (SP 21.6). What the agent complains of is the 0xFF: on a "
         "clean stream qemu-ga answers it with one error line (SP 22.4)"},
        {"error.desc", "for people; never compare it (SP 21.21)"}};
    if (what.path.empty()) {
        return next.empty() ? "closes what is open: the message is complete (SP 20.1)"
                            : "up to the value of `" + std::string{next} + "`";
    }
    if (what.path == "sentinel" && !request) {
        return "0xFF, directly before the reply to guest-sync-delimited and nowhere else (SP 22.2)";
    }
    if (what.path == "return") {
        return returned(asked);
    }
    const auto found = words.find(what.path);
    if (found == words.end()) {
        throw std::runtime_error("no words for the member " + what.path);
    }
    return found->second;
}

std::string hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += {digits[byte >> 4U], digits[byte & 15U], ' '};
    }
    return out;
}

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

std::string shown(std::string_view bytes) {
    if (bytes == "\n") {
        return "`0a`";
    }
    return bytes == "\xff" ? "`ff`" : "`" + std::string{bytes} + "`";
}

// ---- what the codec makes of it -----------------------------------------------------------------

/// The first message that a decoder finds in these bytes.
template <class Decoder>
auto first_of(Decoder& decoder, std::string_view bytes) {
    for (std::size_t taken = 0; taken < bytes.size();) {
        taken += decoder.feed(as_bytes(bytes.substr(taken)));
        if (const auto next = decoder.next()) {
            return *next;
        }
    }
    throw std::runtime_error("the codec finds no message");
}

std::string decoded_request(std::string_view bytes, qga::verb& asked) {
    qga::request_decoder decoder;
    const auto request = first_of(decoder, bytes);
    asked = request.verb;
    std::string out = "`" + std::string{to_string(asked)} + "`";
    if (asked == qga::verb::sync_delimited) {
        out += " with the number " + std::to_string(request.sync_id);
    }
    if (request.mountpoints) {
        out += ", mount points: " + std::to_string(request.mountpoints->size());
    }
    return out;
}

std::string decoded_reply(std::string_view bytes) {
    qga::reply_decoder decoder;
    const auto reply = first_of(decoder, bytes);
    const std::string behind = reply.delimited ? ", delimited by the sentinel" : "";
    if (reply.kind == qga::reply_kind::refused) {
        return "an error of the class " + std::string{reply.error_class} + behind;
    }
    if (const auto number = reply.integer()) {
        return "the number " + std::to_string(*number) + behind;
    }
    if (const auto status = reply.status()) {
        return "the status " + std::string{to_string(*status)} + behind;
    }
    throw std::runtime_error("the codec finds a reply that this page has no words for");
}

// ---- the page -----------------------------------------------------------------------------------

std::string milliseconds(std::int64_t microseconds) {
    const std::string behind = std::to_string(microseconds % 1000);
    return std::to_string(microseconds / 1000) + '.' + std::string(3 - behind.size(), '0') + behind;
}

std::string page_of(const nlohmann::json& report) {
    const auto& session = report.at("cases").at(0);
    std::string out =
        "# QEMU guest agent: one conversation, every byte\n\n"
        "<!-- Written by scripts/generate_docs.sh; do not edit. -->\n\n"
        "One snapshot with a real agent (" +
        report.at("target").get<std::string>() + "), as `snapcheck` recorded it in its check " +
        session.at("id").get<std::string>() +
        ", in a sandbox with filesystems made for it. The recording is "
        "[qga-session.json](qga-session.json). Open a message to see its bytes and what each "
        "means; "
        "what the library's codec makes of it stands below. Times are in milliseconds.\n";
    qga::verb asked = qga::verb::unknown;
    for (const auto& entry : session.at("transcript")) {
        const std::string from = entry.at("from");
        const std::string text = entry.at("text");
        const std::string at = milliseconds(entry.at("at_us"));
        if (!entry.contains("bytes")) {
            out += "\n*" + at + ", " + from + ": " + text + "*\n";
            continue;
        }
        const std::string bytes = bytes_of(text);
        if (bytes.size() != entry.at("bytes").get<std::size_t>()) {
            throw std::runtime_error("a message has another length than was recorded: " + text);
        }
        const bool request = from == "orchestrator";
        const std::string seen = request ? decoded_request(bytes, asked) : decoded_reply(bytes);
        out += "\n<details markdown=\"1\">\n<summary>" + at +
               (request ? " host → agent: " : " agent → host: ") + std::to_string(bytes.size()) +
               " bytes</summary>\n\n" + dump(bytes) +
               "\n| bytes | | what they are |\n|---|---|---|\n";
        const auto parts = part_reader{bytes}.read();
        std::size_t explained = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const part& one = parts[i];
            if (one.begin != explained) {
                throw std::runtime_error("a byte is not explained: " + text);
            }
            explained = one.end;
            const bool last = i + 1 == parts.size() || parts[i + 1].path == "line feed";
            out += "| " + std::to_string(one.begin) +
                   (one.end - one.begin > 1 ? " to " + std::to_string(one.end - 1) : "") + " | " +
                   shown(std::string_view{bytes}.substr(one.begin, one.end - one.begin)) + " | " +
                   meaning(one, last ? "" : parts[i + 1].path, request, asked) + " |\n";
        }
        if (explained != bytes.size()) {
            throw std::runtime_error("the end is not explained: " + text);
        }
        out += "\n</details>\n\nThe codec sees " + seen + ".\n";
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
        const auto page = page_of(nlohmann::json::parse(contents_of(words[words.size() - 2])));
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
