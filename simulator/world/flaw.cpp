// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/flaw.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::world {
namespace {

/// Applies `change` to each line of the text. What is behind the last newline is left.
template <class Change>
std::string change_lines(std::string& text, Change&& change) {
    std::string changed;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        std::string line = text.substr(begin, end + 1 - begin);
        change(line);
        changed += line;
        begin = end + 1;
    }
    std::string rest = text.substr(begin);
    text = std::move(changed);
    return rest;
}

} // namespace

std::string line_tap::sent(direction way, std::string& bytes) {
    std::string answer;
    const auto rest = change_lines(bytes, [&](std::string& line) {
        way == direction::to_guest ? m_flaw.host_says(line, answer) : m_flaw.agent_says(line);
    });
    bytes += rest;
    return answer;
}

std::string line_tap::received(direction way, std::string& bytes) {
    std::string answer;
    std::string& rest = m_rest[static_cast<std::size_t>(way)];
    bytes = std::exchange(rest, {}) + bytes;
    rest = change_lines(bytes, [&](std::string& line) {
        way == direction::to_guest ? m_flaw.agent_hears(line, answer) : m_flaw.host_hears(line);
    });
    return answer;
}

const std::vector<faulty_endpoint>& faulty_endpoints() {
    static const std::vector<faulty_endpoint> all = [] {
        auto made = faulty_agents();
        const auto hosts = faulty_hosts();
        made.insert(made.end(), hosts.begin(), hosts.end());
        return made;
    }();
    return all;
}

std::unique_ptr<flaw> make_flaw(std::string_view name) {
    const auto& all = faulty_endpoints();
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const faulty_endpoint& one) { return one.name == name; });
    return at == all.end() ? nullptr : at->make();
}

} // namespace snapproto::world
