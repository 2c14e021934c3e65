// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_PLUGINS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_PLUGINS_HPP

// Applications whose participants are linked into the agent. To add one: derive from `application`,
// and add a line to the table in plugins.cpp.

#include "application.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace snapagent {

/// One kind of them.
struct plugin_kind {
    std::string_view name;  ///< In the settings, before "=".
    std::string_view takes; ///< What stands behind it, for people: "FILE".
    std::string_view does;  ///< For people.
    std::shared_ptr<application> (*make)(boost::asio::io_context& io, const std::string& argument);
};

/// All that are linked in.
[[nodiscard]] std::span<const plugin_kind> plugin_kinds();

/// @param words  "NAME=ARGUMENT"
/// Errors: `std::runtime_error`, which says what is wrong with the words.
[[nodiscard]] std::shared_ptr<application> make_plugin(boost::asio::io_context& io,
                                                       const std::string& words);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_PLUGINS_HPP
