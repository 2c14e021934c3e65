// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_JOURNAL_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_JOURNAL_HPP

#include "descriptor.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapagent {

/// Levels of syslog; the systemd journal reads them as "<4>" in front of a line.
enum class importance { error = 3, warning = 4, notice = 5, info = 6 };

/// The agent's log. While filesystems may be frozen it only remembers, because the file may lie on
/// one of them and a write would wait for the thaw that the writer has to make (SP 6.10).
class journal {
  public:
    /// @param file  appended to; empty for standard error. It is opened when something is written.
    explicit journal(std::string file) : m_name(std::move(file)) {}

    void say(importance level, std::string_view sentence);

    /// From now on nothing is written; what is said meanwhile waits, up to a bound.
    void hold() noexcept { m_held = true; }

    /// Writes what has waited.
    void go_on();

  private:
    static constexpr std::size_t waiting_max = 512; // lines

    void write(const std::string& line) noexcept;

    std::string m_name;
    descriptor m_file;
    bool m_held = false;
    std::vector<std::string> m_waiting;
    std::size_t m_lost = 0;
};

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_JOURNAL_HPP
