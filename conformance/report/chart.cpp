// SPDX-License-Identifier: BSL-1.0
// The sequence chart of one case as inline SVG. Colours come from the page's style sheet.
#include "conformance/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace snapproto::conformance {
namespace {

constexpr std::size_t rows_max = 150;
constexpr int time_width = 86;
constexpr int line_height = 15;
constexpr int glyph_width_tenths = 73; ///< Of the 12 px monospaced face, rounded up.
constexpr std::array lanes{lane::orchestrator, lane::agent, lane::hook, lane::filesystem,
                           lane::provider};

/// Cuts text into lines of at most `columns` characters (not bytes), `most` lines.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns, std::size_t most) {
    std::vector<std::string> lines(1);
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 1;
        while (i + length < text.size() &&
               (static_cast<unsigned char>(text[i + length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        if (used == columns) {
            if (lines.size() == most) {
                lines.back() += "…";
                break;
            }
            // At a blank if there is one in the last third, so that words stay whole.
            const auto blank = lines.back().rfind(' ');
            std::string carried;
            if (text[i] != ' ' && blank != std::string::npos && blank > columns * 2 / 3) {
                carried = lines.back().substr(blank + 1);
                lines.back().erase(blank);
            }
            used = carried.size();
            lines.push_back(std::move(carried));
            if (text[i] == ' ') {
                i += length;
                continue;
            }
        }
        lines.back().append(text.substr(i, length));
        ++used;
        i += length;
    }
    return lines;
}

class chart {
  public:
    explicit chart(const case_result& one) : m_case(one) { place_lanes(); }

    std::string draw() {
        m_y = 46;
        const std::size_t total = m_case.transcript.size();
        for (std::size_t i = 0; i < total; ++i) {
            if (total > rows_max && i == rows_max / 2) {
                const std::size_t left_out = total - rows_max;
                text(at(lane::orchestrator) + 12, m_y + 4, "event",
                     fmt::format("… {} entries are left out of this chart …", left_out));
                m_y += 2 * line_height;
                i += left_out;
            }
            note_pause(i);
            const transcript_entry& entry = m_case.transcript[i];
            if (entry.from == entry.to) {
                draw_event(entry);
            } else {
                draw_arrow(entry);
            }
        }
        return finish();
    }

  private:
    void place_lanes() {
        m_x.fill(-1);
        int x = time_width + 70;
        for (const lane one : lanes) {
            const bool used =
                one == lane::orchestrator || one == lane::agent ||
                std::any_of(m_case.transcript.begin(), m_case.transcript.end(),
                            [&](const auto& e) { return e.from == one || e.to == one; });
            if (used) {
                m_x[index(one)] = x;
                m_last = x;
                x += one == lane::orchestrator ? 400 : 230;
            }
        }
        m_width = m_last + 250;
    }

    static std::size_t index(lane one) { return static_cast<std::size_t>(one); }
    [[nodiscard]] int at(lane one) const { return m_x[index(one)]; }

    /// Free room to the right of a lane, in characters.
    [[nodiscard]] std::size_t columns_after(lane one) const {
        int next = m_width;
        for (const int x : m_x) {
            if (x > at(one)) {
                next = std::min(next, x);
            }
        }
        return static_cast<std::size_t>((next - at(one) - 22) * 10 / glyph_width_tenths);
    }

    void text(int x, int y, std::string_view style, std::string_view words) {
        m_body += fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, style,
                              escaped(words));
    }

    void time_label(instant when) {
        const double ms = milliseconds(when - m_case.transcript.front().at);
        text(time_width - 6, m_y + 4, "when",
             ms < 10'000 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.2f} s", ms / 1e3));
    }

    /// A stretch of time in which nothing happened is a thing that happened.
    void note_pause(std::size_t i) {
        if (i == 0) {
            return;
        }
        const duration gap = m_case.transcript[i].at - m_case.transcript[i - 1].at;
        if (gap < std::chrono::milliseconds(400)) {
            return;
        }
        m_body += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"pause\"/>\n",
                              time_width, m_y, m_last + 40, m_y);
        text(time_width + 4, m_y - 3, "gap", fmt::format("{:.1f} s pass", milliseconds(gap) / 1e3));
        m_y += 16;
    }

    void draw_event(const transcript_entry& entry) {
        const bool bad = entry.text.starts_with("does not hold");
        const auto lines = wrapped(entry.text, columns_after(entry.from), 4);
        m_body += fmt::format("<g><title>{}</title>\n", escaped(entry.text));
        time_label(entry.at);
        m_body += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"4\" class=\"{}\"/>\n",
                              at(entry.from), m_y, bad ? "bad" : "dot");
        for (const auto& line : lines) {
            text(at(entry.from) + 12, m_y + 4, bad ? "event bad" : "event", line);
            m_y += line_height;
        }
        m_body += "</g>\n";
        m_y += 9;
    }

    void draw_arrow(const transcript_entry& entry) {
        const int from = at(entry.from);
        const int to = at(entry.to);
        const int left = std::min(from, to);
        const auto columns =
            static_cast<std::size_t>((std::max(from, to) - left - 16) * 10 / glyph_width_tenths);
        std::string words = entry.text;
        if (!entry.client.empty() && entry.client != "first") {
            words = "[" + entry.client + "] " + words;
        }
        m_body += fmt::format("<g><title>{}</title>\n", escaped(words));
        for (const auto& line : wrapped(words, columns, 4)) {
            text(left + 8, m_y + 4, entry.message ? "bytes" : "event", line);
            m_y += line_height;
        }
        m_y -= 4;
        time_label(entry.at);
        const int head = to > from ? -7 : 7;
        m_body += fmt::format("<line x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\" class=\"{3}\"/>\n"
                              "<path d=\"M{2} {1} l{4} -4 v8 z\" class=\"head\"/></g>\n",
                              from, m_y, to, entry.message ? "arrow" : "arrow soft", head);
        m_y += 20;
    }

    std::string finish() const {
        std::string out = fmt::format(
            "<svg class=\"chart\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "role=\"img\" "
            "aria-label=\"sequence chart of {2}\" xmlns=\"http://www.w3.org/2000/svg\">\n",
            m_width, m_y + 10, escaped(m_case.id));
        for (const lane one : lanes) {
            if (at(one) < 0) {
                continue;
            }
            out +=
                fmt::format("<line x1=\"{0}\" y1=\"30\" x2=\"{0}\" y2=\"{1}\" class=\"life\"/>\n"
                            "<rect x=\"{2}\" y=\"6\" width=\"112\" height=\"24\" rx=\"5\" "
                            "class=\"lane\"/><text x=\"{0}\" y=\"22\" class=\"name\">{3}</text>\n",
                            at(one), m_y + 6, at(one) - 56, name(one));
        }
        return out + m_body + "</svg>\n";
    }

    const case_result& m_case;
    std::array<int, lanes.size()> m_x{};
    int m_last = 0;
    int m_width = 0;
    int m_y = 0;
    std::string m_body;
};

} // namespace

std::string sequence_chart(const case_result& one) {
    return one.transcript.empty() ? std::string{} : chart(one).draw();
}

} // namespace snapproto::conformance
