// SPDX-License-Identifier: BSL-1.0
#include "fuzz/seeds/seeds.hpp"

namespace snapproto::fuzz {

std::string numbered(std::string_view name, std::size_t number) {
    const std::string digits = std::to_string(number);
    return "model-" + std::string{name} + "-" +
           std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

std::string entry(std::string_view word) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string line = "\"";
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += {'\\', c};
        } else if (byte < 0x20 || byte > 0x7e) {
            line += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
        } else {
            line += c;
        }
    }
    return line + "\"\n";
}

std::string json_words() {
    std::string json{licence};
    for (const std::string_view word :
         {"{", "}", "[", "]", ",", ":", "null", "true", "false", "\"\"", "\\u0000",
          "\\ud83d\\ude00", "-9223372036854775808", "18446744073709551616", "1e400", "-0", "\n",
          "\xff", "\xc3\xa9"}) {
        json += entry(word);
    }
    return json;
}

} // namespace snapproto::fuzz
