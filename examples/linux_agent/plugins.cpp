// SPDX-License-Identifier: BSL-1.0
#include "plugins.hpp"

#include "file_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace snapagent {

namespace {

template <class Plugin>
std::shared_ptr<application> made(boost::asio::io_context& io, const std::string& argument) {
    return std::make_shared<Plugin>(io, argument);
}

constexpr std::array kinds{
    plugin_kind{"file-lock", "FILE",
                "takes the lock (flock) that an application has while it "
                "writes what belongs together",
                made<file_lock>},
};

} // namespace

std::span<const plugin_kind> plugin_kinds() {
    return kinds;
}

std::shared_ptr<application> make_plugin(boost::asio::io_context& io, const std::string& words) {
    const auto sign = words.find('=');
    const auto name = words.substr(0, sign);
    const auto known = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const plugin_kind& one) { return one.name == name; });
    if (known == kinds.end()) {
        throw std::runtime_error(fmt::format("there is no plug-in {}", name));
    }
    if (sign == std::string::npos || sign + 1 == words.size()) {
        throw std::runtime_error(
            fmt::format("the plug-in {} takes {}={}", name, name, known->takes));
    }
    return known->make(io, words.substr(sign + 1));
}

} // namespace snapagent
