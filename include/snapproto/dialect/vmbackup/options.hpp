// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_OPTIONS_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_OPTIONS_HPP

// The options with which an operation is begun: a union in XDR (RFC 4506), SP chapter 42.

#include <snapproto/codec/big_endian.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/vmbackup/wire.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace snapproto::vmbackup {

/// What version 2 adds: for the shadow copies of Windows.
struct vss_options {
    std::uint32_t backup_context = 0;
    std::uint32_t backup_type = 0;
    bool bootable_system_state = false;
    bool partial_file_support = false;

    friend constexpr bool operator==(const vss_options&, const vss_options&) noexcept = default;
};

/// What an operation shall do. The texts belong to whoever has the message.
struct start_options {
    bool manifest = false;    ///< Tell who took part.
    bool applications = true; ///< Quiesce them; where that cannot be done, filesystems alone.
    bool filesystems = true;  ///< Freeze them.
    bool writable = false;    ///< Applications may change the copy.
    bool scripts = true;      ///< Run the hooks.

    /// Handed to the hooks. At most 256 bytes.
    std::string_view script_argument{};

    /// Seconds until the guest undoes the operation by itself; 0 for its own default.
    std::uint32_t timeout_s = 0;

    /// The disks to be held, separated by blanks; empty for all. At most 3200 bytes.
    std::string_view disks{};

    /// Makes it version 2.
    std::optional<vss_options> vss{};

    friend constexpr bool operator==(const start_options&, const start_options&) noexcept = default;
};

namespace detail {

/// Reads the options word by word, and remembers the first thing that is wrong.
class options_reader {
  public:
    constexpr options_reader(byte_view from, std::size_t at, const limits& max) noexcept
        : m_from(from, at), m_max(&max) {}

    [[nodiscard]] constexpr const std::optional<failure>& wrong() const noexcept { return m_wrong; }

    constexpr void refuse(error code, std::uint16_t number, std::size_t at) noexcept {
        if (!m_wrong) {
            m_wrong = failure{code, {42, number}, at};
        }
    }

    constexpr void number(std::uint32_t& out) noexcept {
        if (!m_wrong && !m_from.word(out)) {
            refuse(error::interrupted, 2, m_from.end());
        }
    }

    constexpr void flag(bool& out) noexcept {
        const std::size_t at = m_from.offset();
        std::uint32_t word = 0;
        number(word);
        if (word > 1) {
            refuse(error::bad_number, 3, at);
        }
        out = word == 1;
    }

    void text(std::string_view& out, std::size_t bytes_max) noexcept {
        const std::size_t at = m_from.offset();
        std::uint32_t size = 0;
        number(size);
        if (size > bytes_max) {
            refuse(error::too_long, 4, at);
        }
        byte_view bytes;
        byte_view padding;
        if (m_wrong) {
            return;
        }
        if (!m_from.bytes(size, bytes) || !m_from.bytes((4 - size % 4) % 4, padding)) {
            refuse(error::interrupted, 4, m_from.end());
            return;
        }
        out = as_text(bytes);
        if (const auto nul = out.find('\0'); nul != out.npos) {
            refuse(error::bad_text, 4, at + 4 + nul);
        }
        const auto odd = std::find_if(padding.begin(), padding.end(),
                                      [](std::byte one) { return one != std::byte{0}; });
        if (odd != padding.end()) {
            refuse(error::bad_number, 4,
                   at + 4 + size + static_cast<std::size_t>(odd - padding.begin()));
        }
    }

    void fields(start_options& out) noexcept {
        flag(out.manifest);
        flag(out.applications);
        flag(out.filesystems);
        flag(out.writable);
        flag(out.scripts);
        text(out.script_argument, m_max->script_argument_bytes_max);
        number(out.timeout_s);
        text(out.disks, m_max->disks_bytes_max);
        if (out.vss) {
            number(out.vss->backup_context);
            number(out.vss->backup_type);
            flag(out.vss->bootable_system_state);
            flag(out.vss->partial_file_support);
        }
        if (m_from.left() != 0) {
            refuse(error::too_long, 5, m_from.offset());
        }
    }

    void whole(start_options& out) noexcept {
        const std::size_t at = m_from.offset();
        std::uint32_t version = 0;
        number(version);
        if (version != 1 && version != 2) {
            refuse(error::unsupported_version, 1, at);
        } else if (version == 2) {
            out.vss.emplace();
        }
        bool present = false;
        flag(present);
        if (!present) {
            refuse(error::missing_member, 2, at + 4);
        }
        fields(out);
    }

  private:
    codec::big_reader m_from;
    const limits* m_max;
    std::optional<failure> m_wrong;
};

template <codec::byte_sink Sink>
void put_padded(Sink& sink, std::string_view text) {
    static constexpr std::array<char, 3> zeros{};
    codec::put_big(sink, static_cast<std::uint32_t>(text.size()));
    codec::put(sink, text);
    sink.append(zeros.data(), (4 - text.size() % 4) % 4);
}

} // namespace detail

/// Reads options that begin at byte `at` of a message and reach to its end.
///
/// @pre at <= got.size().
/// Errors: interrupted when they are cut short; unsupported_version; missing_member when the flag
/// says that there are none; bad_number for a truth value that is neither 0 nor 1, or padding that
/// is not 0; too_long for a text beyond its bound, or bytes behind the last field; bad_text for a
/// NUL. Offsets count from the beginning of the message.
/// Clause: SP 42.1 to 42.5.
[[nodiscard]] inline result<start_options> decode_options(
    byte_view got, std::size_t at = 0, const limits& max = default_limits) noexcept {
    detail::options_reader reader{got, at, max};
    start_options out;
    reader.whole(out);
    if (reader.wrong()) {
        return *reader.wrong();
    }
    return out;
}

/// What the caller got wrong about options that are to be sent; nothing when they are fine.
///
/// Errors: too_long; bad_text for a NUL.
[[nodiscard]] inline std::optional<failure> wrong_with(
    const start_options& what, const limits& max = default_limits) noexcept {
    if (what.script_argument.size() > max.script_argument_bytes_max ||
        what.disks.size() > max.disks_bytes_max) {
        return failure{error::too_long, {42, 4}, 0};
    }
    if (what.script_argument.find('\0') != what.script_argument.npos ||
        what.disks.find('\0') != what.disks.npos) {
        return failure{error::bad_text, {42, 4}, 0};
    }
    return std::nullopt;
}

/// Writes options.
/// @pre !wrong_with(what).
template <codec::byte_sink Sink>
void encode(Sink& sink, const start_options& what) {
    codec::put_big(sink, what.vss ? 2U : 1U);
    codec::put_big(sink, 1);
    for (const bool flag :
         {what.manifest, what.applications, what.filesystems, what.writable, what.scripts}) {
        codec::put_big(sink, flag ? 1U : 0U);
    }
    detail::put_padded(sink, what.script_argument);
    codec::put_big(sink, what.timeout_s);
    detail::put_padded(sink, what.disks);
    if (what.vss) {
        codec::put_big(sink, what.vss->backup_context);
        codec::put_big(sink, what.vss->backup_type);
        codec::put_big(sink, what.vss->bootable_system_state ? 1U : 0U);
        codec::put_big(sink, what.vss->partial_file_support ? 1U : 0U);
    }
}

} // namespace snapproto::vmbackup

#endif // SNAPPROTO_DIALECT_VMBACKUP_OPTIONS_HPP
