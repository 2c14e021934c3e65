// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/connect_target.hpp"

#include "conformance/attach/command_line.hpp"

namespace snapproto::conformance {

std::string connect_target::replay_flags() const {
    return (m_dialect == "qga" ? "" : "--dialect " + m_dialect + ' ') + "--connect " +
           shell_quoted(m_where.text());
}

support connect_target::can(capability what) const {
    switch (what) {
    case capability::reconnect:
        return support::yes();
    case capability::connection_oriented:
    case capability::half_close:
    case capability::second_client:
        return m_where.kind == address_kind::pty
                   ? support::no("a terminal has no notion of a connection")
                   : support::yes();
    default:
        return real_target::can(what);
    }
}

} // namespace snapproto::conformance
