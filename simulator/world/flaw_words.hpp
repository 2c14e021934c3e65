// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_FLAW_WORDS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_FLAW_WORDS_HPP

// Small helpers in which flaws are written. They know QGA lines only as far as flaws need.

#include <memory>
#include <string>
#include <string_view>

namespace snapproto::world {

class flaw;

template <class Flaw>
std::unique_ptr<flaw> make_one() {
    return std::make_unique<Flaw>();
}

/// Whether a line is this command: "guest-fsfreeze-freeze".
inline bool is_command(const std::string& line, std::string_view command) {
    return line.find(std::string{"\""}.append(command).append("\"")) != std::string::npos;
}

inline bool is_freeze(const std::string& line) {
    return is_command(line, "guest-fsfreeze-freeze");
}
inline bool is_thaw(const std::string& line) {
    return is_command(line, "guest-fsfreeze-thaw");
}
inline bool is_status(const std::string& line) {
    return is_command(line, "guest-fsfreeze-status");
}

/// The digits of the id that a command has and its reply returns; empty when there is none.
inline std::string id_of(const std::string& line) {
    constexpr std::string_view key{"\"id\": "};
    const auto at = line.rfind(key);
    if (at == std::string::npos) {
        return {};
    }
    const auto begin = at + key.size();
    return line.substr(begin, line.find_first_not_of("0123456789", begin) - begin);
}

/// Puts other digits in the place of the id, where there is one.
inline void set_id(std::string& line, const std::string& id) {
    const auto old = id_of(line);
    if (!old.empty()) {
        line.replace(line.rfind(old), old.size(), id);
    }
}

/// A reply to that command.
inline std::string returned(const std::string& command, std::string_view value) {
    const auto id = id_of(command);
    return std::string{"{\"return\": "}
        .append(value)
        .append(id.empty() ? "" : ", \"id\": " + id)
        .append("}\n");
}

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_FLAW_WORDS_HPP
