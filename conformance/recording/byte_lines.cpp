// SPDX-License-Identifier: BSL-1.0
// Recordings of bytes as JSON Lines: {"at":1000,"from":"agent","text":"{\"return\": 0}\n"}.
#include "conformance/recording/piece.hpp"

#include <boost/algorithm/hex.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>

namespace snapproto::conformance::recording {
namespace {

class line_reader {
  public:
    piece read(std::string_view line, std::size_t number) {
        m_made = {};
        m_made.place = number;
        boost::json::error_code wrong;
        boost::json::monotonic_resource memory{m_memory.data(), m_memory.size()};
        const auto value = boost::json::parse({line.data(), line.size()}, wrong, &memory);
        if (wrong || !value.is_object()) {
            refuse("no JSON object");
        }
        std::size_t contents = 0;
        bool has_time = false;
        bool has_sender = false;
        for (const auto& member : value.get_object()) {
            const std::string_view name{member.key().data(), member.key().size()};
            if (name == "at") {
                m_made.at = snapproto::instant{
                    std::min(snapproto::duration{number_of(name, member.value())}, latest)};
                has_time = true;
            } else if (name == "connection") {
                m_made.connection = static_cast<std::size_t>(number_of(name, member.value()));
            } else if (name == "from") {
                m_made.from_agent = is_agent(member.value());
                has_sender = true;
            } else if (name == "text") {
                m_bytes = text_of(name, member.value());
                ++contents;
            } else if (name == "hex") {
                unhex(text_of(name, member.value()));
                ++contents;
            } else if (name == "closed") {
                if (!member.value().is_bool() || !member.value().get_bool()) {
                    refuse("\"closed\" is true or is left out");
                }
                m_made.closed = true;
                ++contents;
            } else {
                refuse(fmt::format("there is no member \"{}\": allowed are at, connection, from, "
                                   "text, hex and closed",
                                   name));
            }
        }
        if (!has_time || !has_sender || contents != 1) {
            refuse("a line has at, from, and one of text, hex and closed");
        }
        m_made.bytes = m_made.closed ? std::string_view{} : std::string_view{m_bytes};
        return m_made;
    }

  private:
    [[noreturn]] void refuse(std::string_view why) const {
        throw unreadable{fmt::format("line {}: {}", m_made.place, why)};
    }
    std::int64_t number_of(std::string_view name, const boost::json::value& from) const {
        const auto* whole = from.if_int64();
        if (whole == nullptr || *whole < 0) {
            refuse(fmt::format("\"{}\" is a whole number of 0 or more", name));
        }
        return *whole;
    }
    std::string_view text_of(std::string_view name, const boost::json::value& from) const {
        const auto* text = from.if_string();
        if (text == nullptr) {
            refuse(fmt::format("\"{}\" is a string", name));
        }
        return {text->data(), text->size()};
    }
    bool is_agent(const boost::json::value& from) const {
        const std::string_view who = text_of("from", from);
        if (who != "agent" && who != "orchestrator") {
            refuse(R"("from" is "agent" or "orchestrator")");
        }
        return who == "agent";
    }
    void unhex(std::string_view digits) {
        m_bytes.clear();
        try {
            boost::algorithm::unhex(digits.begin(), digits.end(), std::back_inserter(m_bytes));
        } catch (const boost::algorithm::hex_decode_error&) {
            refuse("\"hex\" has two digits, 0 to 9 and a to f, for each byte");
        }
    }

    piece m_made;
    std::string m_bytes;
    std::array<unsigned char, 4096> m_memory;
};

} // namespace

void read_byte_lines(std::string_view text, const piece_taker& take) {
    line_reader reader;
    snapproto::instant last{};
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const piece read = reader.read(line, number);
        if (read.at < last) {
            throw unreadable{
                fmt::format("line {}: the instant is before that of the line above", number)};
        }
        last = read.at;
        take(read);
    }
}

} // namespace snapproto::conformance::recording
