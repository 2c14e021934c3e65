// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_QGA_GRAMMAR_HPP
#define SNAPPROTO_FUZZ_QGA_GRAMMAR_HPP

// What clients say to a QGA agent: requests as they should be, and all the ways in which they are
// not.

#include <snapproto/dialect/qga/wire.hpp>
#include <snapproto/fuzz/agent.hpp>
#include <snapproto/fuzz/random.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// Makes texts of requests.
class qga_grammar {
  public:
    /// @param given must outlive the grammar
    qga_grammar(const world& given, random_source& random) : m_world(given), m_random(random) {}

    /// A command that an agent has told of: it will be asked for.
    void learn(const std::string& command) { m_learned.push_back(command); }

    /// What one client says at once: mostly one good request.
    [[nodiscard]] std::string text() {
        std::string made = m_random.once_in(8) ? "\xff" : "";
        const std::size_t count = m_random.once_in(8) ? 2 + m_random.below(3) : 1;
        for (std::size_t i = 0; i < count; ++i) {
            made += message();
            made += m_random.one_of(endings);
        }
        return made;
    }

  private:
    static constexpr auto endings =
        std::to_array<std::string_view>({"\n", "\n", "\n", "\n", "", "\r\n", " ", "\n\n \t"});
    static constexpr auto names = std::to_array<std::string_view>(
        {"guest-no-such-command", "", "Guest-Ping", "GUEST-PING", "guest-ping ", "guest-pin",
         "guest-get-osinfo", "guest-get-time"});
    static constexpr auto numbers = std::to_array<std::string_view>(
        {"1", "0", "-1", "8472", "2147483648", "-4294967297", "9007199254740993",
         "9223372036854775807", "-9223372036854775808"});
    static constexpr auto no_integers = std::to_array<std::string_view>(
        {"1.0", "1e0", "9223372036854775808", "\"1\"", "null", "[]", "-0.5"});
    static constexpr auto ids = std::to_array<std::string_view>(
        {"1", "-7", "\"a\"", "\"\\u00e9\\n\"", "null", "true", "[1, {\"a\": []}]", "{\"b\": 2.5}"});
    static constexpr auto broken = std::to_array<std::string_view>(
        {"{\"execute\": [}\n", "nonsense\n", "{\"execute\"\n", "{'\xc3\x28'}\n",
         "{\"execute\": \"guest-ping\xe9\"}\n", "{\"a\": 1, \"a\": 2}\n", "[\n",
         "{\"a\": \"\x01\"}\n", "{\"execute\": \"\\ud800\"}\n"});
    static constexpr auto no_requests = std::to_array<std::string_view>(
        {"[]", "{}", "\"text\" ", "{\"execute\": 1}", "{\"execute\": \"guest-ping\", \"x\": 1}",
         "{\"execute\": \"guest-ping\", \"x\": 1, \"id\": 4}",
         "{\"execute\": \"guest-ping\", \"arguments\": []}", "{\"id\": 3}"});

    std::string message() {
        switch (m_random.below(16)) {
        case 0:
            return std::string{m_random.one_of(broken)};
        case 1:
            return std::string{m_random.one_of(no_requests)};
        case 2: { // half of one
            const std::string whole = request();
            const std::string half = whole.substr(0, m_random.below(whole.size()));
            return half + (m_random.once_in(2) ? "\xff" : "");
        }
        case 3: // more of one than is ever needed
            return "{\"execute\": \"guest-ping\", \"id\": [" + repeated("0,", 500) +
                   (m_random.once_in(2) ? "0]}" : "");
        default:
            return request();
        }
    }

    std::string request() {
        const std::string id = some_id();
        const bool id_first = m_random.once_in(4);
        std::string made = "{";
        made += id_first && !id.empty() ? "\"id\": " + id + ", " : "";
        const qga::verb verb = some_verb();
        made += "\"execute\": \"" + name_of(verb) + "\"";
        const std::string arguments = arguments_of(verb);
        made += arguments.empty() ? "" : ", \"arguments\": {" + arguments + "}";
        made += !id_first && !id.empty() ? ", \"id\": " + id : "";
        return made + "}";
    }

    qga::verb some_verb() {
        using qga::verb;
        static constexpr auto all = std::to_array<verb>(
            {verb::freeze, verb::freeze_list, verb::thaw, verb::thaw, verb::freeze_status,
             verb::freeze_status, verb::info, verb::ping, verb::sync, verb::sync_delimited,
             verb::unknown, verb::freeze_list});
        return m_random.one_of(all);
    }

    std::string name_of(qga::verb verb) {
        if (verb == qga::verb::unknown) {
            return m_learned.empty() || m_random.once_in(2)
                       ? std::string{m_random.one_of(names)}
                       : m_learned[m_random.below(m_learned.size())];
        }
        std::string name{to_string(verb)};
        if (m_random.once_in(16)) {
            const std::size_t at = m_random.below(name.size());
            const std::string_view digits = "0123456789abcdef";
            const auto letter = static_cast<unsigned char>(name[at]);
            name.replace(at, 1, std::string{"\\u00"} + digits[letter >> 4U] + digits[letter & 15U]);
        }
        return name;
    }

    std::string arguments_of(qga::verb verb) {
        const std::string_view name = shape(verb).argument;
        if (m_random.once_in(12)) {
            return "\"unknown\": 1";
        }
        if (name.empty()) {
            return {};
        }
        return "\"" + std::string{name} + "\": " +
               (verb == qga::verb::freeze_list
                    ? list_of_mounts()
                    : std::string{m_random.once_in(6) ? m_random.one_of(no_integers)
                                                      : m_random.one_of(numbers)});
    }

    std::string list_of_mounts() {
        if (m_random.once_in(12)) {
            return m_random.once_in(2) ? "[1]" : "\"/\"";
        }
        std::string made;
        for (std::size_t i = m_random.below(4); i != 0; --i) {
            const bool unknown = m_world.mounts.empty() || m_random.once_in(5);
            made += made.empty() ? "" : ", ";
            made += '"' +
                    (unknown ? "/no/such/mount"
                             : m_world.mounts[m_random.below(m_world.mounts.size())]) +
                    '"';
        }
        return "[" + made + "]";
    }

    std::string some_id() {
        switch (m_random.below(24)) {
        case 0:
            return repeated("[", 31) + repeated("]", 31);
        case 1:
            return repeated("[", 600) + repeated("]", 600);
        case 2:
            return "[[[[[[[7]]]]]]]";
        case 3:
            return '"' + repeated("long ", 1000) + '"';
        default:
            return m_random.once_in(2) ? std::string{} : std::string{m_random.one_of(ids)};
        }
    }

    static std::string repeated(std::string_view what, std::size_t times) {
        std::string made;
        for (; times != 0; --times) {
            made += what;
        }
        return made;
    }

    const world& m_world;
    random_source& m_random;
    std::vector<std::string> m_learned{};
};

/// The words of the protocol, for engines that take a dictionary: one entry a line.
[[nodiscard]] inline std::string qga_dictionary() {
    std::string made;
    const auto add = [&](std::string_view word) {
        made += "\"\\\"" + std::string{word} + "\\\"\"\n";
    };
    for (const qga::command_shape& command : qga::commands) {
        if (!command.name.empty()) {
            add(command.name);
        }
    }
    for (const std::string_view word :
         {qga::member_execute, qga::member_arguments, qga::member_id}) {
        add(word);
    }
    return made + "\"\\xff\"\n";
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_QGA_GRAMMAR_HPP
