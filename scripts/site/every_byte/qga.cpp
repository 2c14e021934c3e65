// SPDX-License-Identifier: BSL-1.0
// The QEMU guest agent: JSON, member by member.
#include "dialects.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include <map>
#include <stdexcept>
#include <utility>

namespace {

using namespace snapproto;

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

/// The words for a conversation with a guest agent of QEMU.
class qga_words final : public explainer {
  public:
    [[nodiscard]] std::string title() const override { return "QEMU guest agent"; }
    [[nodiscard]] std::string surroundings() const override {
        return "in a sandbox with filesystems made for it";
    }
    [[nodiscard]] std::string way(bool by_host) const override {
        return by_host ? "host → agent" : "agent → host";
    }
    [[nodiscard]] explained_message explain(const recorded_message& what) override {
        explained_message out;
        out.seen = what.by_host ? decoded_request(what.bytes, m_asked) : decoded_reply(what.bytes);
        const auto parts = part_reader{what.bytes}.read();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const part& one = parts[i];
            const bool last = i + 1 == parts.size() || parts[i + 1].path == "line feed";
            out.parts.push_back(
                {one.begin, one.end, shown(what.bytes.substr(one.begin, one.end - one.begin)),
                 meaning(one, last ? "" : parts[i + 1].path, what.by_host, m_asked)});
        }
        return out;
    }

  private:
    qga::verb m_asked = qga::verb::unknown;
};

} // namespace

std::unique_ptr<explainer> qga_explainer() {
    return std::make_unique<qga_words>();
}
