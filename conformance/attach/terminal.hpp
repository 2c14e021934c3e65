// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_TERMINAL_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_TERMINAL_HPP

// A pseudo-terminal that stands for a character device in the root directory of another process.

#include "conformance/attach/descriptor.hpp"

#include <string>

namespace snapproto::conformance {

/// A pair of terminals in raw mode, of which the other end has a name in a root directory.
///
/// What is written at one end is read at the other, without boundaries. When this end is closed the
/// other one is hung up, for good: its name does not lead to anything any more.
class terminal {
  public:
    /// @param root a directory whose dev/pts is a devpts of its own. @throws unreachable
    explicit terminal(const std::string& root);

    /// Its name for who has that root directory: "/dev/pts/3".
    [[nodiscard]] const std::string& name() const noexcept { return m_name; }
    [[nodiscard]] int get() const noexcept { return m_master.get(); }
    /// Gives this end away.
    [[nodiscard]] descriptor take() { return std::move(m_master); }

  private:
    descriptor m_master;
    std::string m_name;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_TERMINAL_HPP
