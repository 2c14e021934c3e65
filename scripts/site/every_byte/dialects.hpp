// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SCRIPTS_SITE_EVERY_BYTE_DIALECTS_HPP
#define SNAPPROTO_SCRIPTS_SITE_EVERY_BYTE_DIALECTS_HPP

// How the page "one conversation, every byte" explains a message, by dialect. What the library's codec
// makes of the message is asked of the codec.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Some bytes of a message that are explained together.
struct explained_part {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string shown;   ///< The bytes as the table has them.
    std::string meaning; ///< What they are.
};

struct explained_message {
    std::vector<explained_part> parts; ///< All bytes, in order.
    std::string seen;                  ///< What the codec makes of it: "`thaw`".
};

/// One message of a recording.
struct recorded_message {
    bool by_host = false;
    std::string_view channel;
    std::string_view bytes;
};

/// Explains the messages of one conversation, in order. Errors: std::runtime_error for what it has
/// no words for, so that no byte is left out in silence.
class explainer {
  public:
    explainer() = default;
    explainer(const explainer&) = delete;
    explainer& operator=(const explainer&) = delete;
    virtual ~explainer() = default;

    [[nodiscard]] virtual std::string title() const = 0;
    /// Where the agent ran: "in a sandbox with filesystems made for it".
    [[nodiscard]] virtual std::string surroundings() const = 0;
    /// From whom to whom: "host → agent".
    [[nodiscard]] virtual std::string way(bool by_host) const = 0;
    [[nodiscard]] virtual explained_message explain(const recorded_message& what) = 0;
};

[[nodiscard]] std::unique_ptr<explainer> qga_explainer();
[[nodiscard]] std::unique_ptr<explainer> hyperv_explainer();
[[nodiscard]] std::unique_ptr<explainer> vmbackup_explainer();

/// Bytes as people read them, each with a space behind it: "05 00 ".
[[nodiscard]] std::string hex(std::string_view bytes);

#endif // SNAPPROTO_SCRIPTS_SITE_EVERY_BYTE_DIALECTS_HPP
