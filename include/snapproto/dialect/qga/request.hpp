// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_REQUEST_HPP
#define SNAPPROTO_DIALECT_QGA_REQUEST_HPP

// A request as a value, the same for who sends it and who receives it.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/dialect/qga/wire.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace snapproto::qga {

/// One request. Borrows its texts.
struct request {
    /// What it asks for.
    qga::verb verb = verb::unknown;

    /// The command's name. Set by the decoder always; an encoder needs it for `unknown` only.
    std::string_view name{};

    /// The value that the reply must carry, as JSON text; empty when there is none.
    codec::raw_json id{};

    /// The member `arguments` as JSON text; empty when there is none. An encoder uses it for
    /// commands whose arguments have no field here.
    codec::raw_json arguments{};

    /// sync, sync_delimited: the number to be returned.
    std::int64_t sync_id = 0;

    /// freeze_list: the mount points in order; nothing when the argument is absent, which means
    /// every filesystem, while an empty list means none.
    std::optional<std::span<const std::string_view>> mountpoints{};

    /// set_time: nanoseconds since 1970; nothing: take the hardware clock's.
    std::optional<std::int64_t> time_ns{};
};

[[nodiscard]] inline request make_request(verb what, codec::raw_json id = {}) noexcept {
    request made;
    made.verb = what;
    made.name = to_string(what);
    made.id = id;
    return made;
}

[[nodiscard]] inline request make_sync(std::int64_t sync_id, codec::raw_json id = {}) noexcept {
    request made = make_request(verb::sync, id);
    made.sync_id = sync_id;
    return made;
}

[[nodiscard]] inline request make_sync_delimited(std::int64_t sync_id,
                                                 codec::raw_json id = {}) noexcept {
    request made = make_request(verb::sync_delimited, id);
    made.sync_id = sync_id;
    return made;
}

/// A freeze of the listed mount points.
[[nodiscard]] inline request make_freeze_list(std::span<const std::string_view> mountpoints,
                                              codec::raw_json id = {}) noexcept {
    request made = make_request(verb::freeze_list, id);
    made.mountpoints = mountpoints;
    return made;
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_REQUEST_HPP
