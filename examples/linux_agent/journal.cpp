// SPDX-License-Identifier: BSL-1.0
#include "journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <utility>

namespace snapagent {

void journal::say(importance level, std::string_view sentence) {
    auto line = fmt::format("<{}>snapagent: {}\n", static_cast<int>(level), sentence);
    if (!m_held) {
        write(line);
    } else if (m_waiting.size() < waiting_max) {
        m_waiting.push_back(std::move(line));
    } else {
        ++m_lost;
    }
}

void journal::go_on() {
    m_held = false;
    for (const auto& line : std::exchange(m_waiting, {})) {
        write(line);
    }
    if (const auto lost = std::exchange(m_lost, 0); lost != 0) {
        say(importance::warning, fmt::format("{} further lines were lost", lost));
    }
}

void journal::write(const std::string& line) noexcept {
    if (!m_file && !m_name.empty()) {
        m_file =
            descriptor{::open(m_name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
    }
    const int to = m_file ? m_file.get() : STDERR_FILENO;
    (void)!::write(to, line.data(), line.size()); // nobody is there to be told of a failure
}

} // namespace snapagent
