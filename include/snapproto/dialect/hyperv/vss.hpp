// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_VSS_HPP
#define SNAPPROTO_DIALECT_HYPERV_VSS_HPP

// The operations of the snapshot service with their whole bodies, both ways: SP chapter 32. A guest
// answers by returning the request's body, so that both ways have one form.
//
// Nothing is allocated: lists stay in the packet and are read from there.

#include <snapproto/dialect/hyperv/ic.hpp>

#include <optional>
#include <span>
#include <variant>

namespace snapproto::hyperv {

/// One disk as the host addresses it.
struct lun {
    std::uint8_t bus_type = 0;
    guid controller{};
    std::uint8_t port = 0;
    std::uint8_t target = 0;
    std::uint8_t number = 0;

    friend constexpr bool operator==(const lun&, const lun&) noexcept = default;
};

/// Disks as they lie in a packet, 24 bytes each. Borrows them.
class lun_list {
  public:
    lun_list() noexcept = default;

    /// @param records `lun_bytes` for each; `write_luns` makes them.
    explicit constexpr lun_list(byte_view records) noexcept : m_records(records) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept {
        return m_records.size() / lun_bytes;
    }
    [[nodiscard]] constexpr byte_view records() const noexcept { return m_records; }
    [[nodiscard]] constexpr lun operator[](std::size_t i) const noexcept;

  private:
    byte_view m_records;
};

/// The status of each disk of a cluster, as it lies in a packet. Borrows it.
class lun_status_list {
  public:
    lun_status_list() noexcept = default;

    /// @param words four bytes for each.
    explicit constexpr lun_status_list(byte_view words) noexcept : m_words(words) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return m_words.size() / 4; }
    [[nodiscard]] constexpr byte_view words() const noexcept { return m_words; }
    [[nodiscard]] constexpr std::uint32_t operator[](std::size_t i) const noexcept {
        return codec::load_little<std::uint32_t>(m_words, 4 * i);
    }

  private:
    byte_view m_words;
};

/// create and remove.
struct set_body {
    vss_op op = vss_op::create;
    guid set{};

    /// create, second form only.
    std::optional<std::uint32_t> backup_type{};
};

/// hot_backup, get_dm_info, backup_complete and thaw.
struct flags_body {
    vss_op op = vss_op::thaw;
    std::uint32_t flags = 0;
};

/// freeze and auto_recover.
struct disks_body {
    vss_op op = vss_op::freeze;
    std::uint32_t backup_type = 0;
    std::uint32_t flags = 0;
    lun_list luns{};

    /// The extended form only: where the copy of each disk is. As many as `luns`.
    std::optional<lun_list> shadows{};
};

/// cluster_info.
struct cluster_body {
    guid cluster{};
    std::uint32_t size = 0;
    lun_list luns{};

    /// As many as `luns`.
    lun_status_list statuses{};

    /// The longer form only.
    std::optional<std::uint64_t> last_move{};
};

using vss_body = std::variant<set_body, flags_body, disks_body, cluster_body>;

/// Where the parts of the bodies begin, from the first byte of the body.
namespace vss_offset {
inline constexpr std::size_t op = 0;
inline constexpr std::size_t reserved = 1;
inline constexpr std::size_t payload = vss_header_bytes;
inline constexpr std::size_t set_backup_type = payload + 16;
inline constexpr std::size_t disks_flags = payload + 4;
inline constexpr std::size_t disks_count = payload + 8;
inline constexpr std::size_t disks_luns = payload + 12;
inline constexpr std::size_t disks_shadows = disks_luns + lun_list_bytes;
inline constexpr std::size_t cluster_size = payload + 16;
inline constexpr std::size_t cluster_count = payload + 20;
inline constexpr std::size_t cluster_luns = payload + 24;
inline constexpr std::size_t cluster_statuses = cluster_luns + lun_list_bytes;
inline constexpr std::size_t cluster_last_move = cluster_statuses + luns_max * 4;
} // namespace vss_offset

/// The sizes that a body can have: one, or a longer second form.
struct body_sizes {
    std::size_t first;
    std::size_t second;

    [[nodiscard]] constexpr bool allow(std::size_t size) const noexcept {
        return size == first || size == second;
    }
};

/// The sizes of an operation's body, SP 32.2. `second` is `first` where there is one form only.
[[nodiscard]] constexpr body_sizes sizes_of(vss_op op) noexcept {
    using namespace vss_offset;
    switch (op) {
    case vss_op::create:
        return {set_backup_type, set_backup_type + 4};
    case vss_op::remove:
        return {set_backup_type, set_backup_type};
    case vss_op::freeze:
    case vss_op::auto_recover:
        return {disks_shadows, disks_shadows + lun_list_bytes};
    case vss_op::cluster_info:
        return {cluster_last_move, cluster_last_move + 8};
    default:
        return {payload + 4, payload + 4};
    }
}

static_assert(sizes_of(vss_op::freeze).first == 6260 && sizes_of(vss_op::freeze).second == 12500 &&
              sizes_of(vss_op::cluster_info).first == 7312);

namespace detail {

namespace lun_offset {
inline constexpr std::size_t controller = 4;
inline constexpr std::size_t port = 20;
inline constexpr std::size_t target = 21;
inline constexpr std::size_t number = 22;
inline constexpr std::size_t reserved = 23;
} // namespace lun_offset

[[nodiscard]] constexpr guid load_guid(byte_view bytes, std::size_t at) noexcept {
    guid out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = std::to_integer<std::uint8_t>(bytes[at + i]);
    }
    return out;
}

constexpr void store_guid(std::span<std::byte> bytes, std::size_t at, const guid& what) noexcept {
    for (std::size_t i = 0; i < what.size(); ++i) {
        bytes[at + i] = static_cast<std::byte>(what[i]);
    }
}

/// The first reserved byte of these records that is not 0, from their beginning.
[[nodiscard]] constexpr std::optional<std::size_t> wrong_in_luns(byte_view records) noexcept {
    for (std::size_t at = 0; at < records.size(); at += lun_bytes) {
        if (const auto wrong = codec::first_nonzero(records, at + 1, 3); wrong != at + 4) {
            return wrong;
        }
        if (records[at + lun_offset::reserved] != std::byte{0}) {
            return at + lun_offset::reserved;
        }
    }
    return std::nullopt;
}

/// Reads the used part of a list of disks.
[[nodiscard]] constexpr result<lun_list> load_luns(byte_view body, std::size_t at,
                                                   std::uint32_t count) noexcept {
    const byte_view records = body.subspan(at, count * lun_bytes);
    if (const auto wrong = wrong_in_luns(records)) {
        return failure{error::bad_number, {30, 4}, ic_offset::body + at + *wrong};
    }
    return lun_list{records};
}

[[nodiscard]] constexpr result<std::uint32_t> load_count(byte_view body, std::size_t at) noexcept {
    const auto count = codec::load_little<std::uint32_t>(body, at);
    if (count > luns_max) {
        return failure{error::too_many, {32, 4}, ic_offset::body + at};
    }
    return count;
}

[[nodiscard]] constexpr result<vss_body> load_disks(vss_op op, byte_view body) noexcept {
    using namespace vss_offset;
    const auto count = load_count(body, disks_count);
    if (!count) {
        return count.error();
    }
    disks_body got{op, codec::load_little<std::uint32_t>(body, payload),
                   codec::load_little<std::uint32_t>(body, disks_flags)};
    const auto luns = load_luns(body, disks_luns, *count);
    if (!luns) {
        return luns.error();
    }
    got.luns = *luns;
    if (body.size() != sizes_of(op).first) {
        const auto shadows = load_luns(body, disks_shadows, *count);
        if (!shadows) {
            return shadows.error();
        }
        got.shadows = *shadows;
    }
    return vss_body{got};
}

[[nodiscard]] constexpr result<vss_body> load_cluster(byte_view body) noexcept {
    using namespace vss_offset;
    const auto count = load_count(body, cluster_count);
    if (!count) {
        return count.error();
    }
    const auto luns = load_luns(body, cluster_luns, *count);
    if (!luns) {
        return luns.error();
    }
    cluster_body got{load_guid(body, payload),
                     codec::load_little<std::uint32_t>(body, cluster_size), *luns,
                     lun_status_list{body.subspan(cluster_statuses, *count * 4U)}, std::nullopt};
    if (body.size() != sizes_of(vss_op::cluster_info).first) {
        got.last_move = codec::load_little<std::uint64_t>(body, cluster_last_move);
    }
    return vss_body{got};
}

} // namespace detail

constexpr lun lun_list::operator[](std::size_t i) const noexcept {
    namespace offset = detail::lun_offset;
    const byte_view record = m_records.subspan(i * lun_bytes, lun_bytes);
    const auto byte = [&](std::size_t at) { return std::to_integer<std::uint8_t>(record[at]); };
    return {byte(0), detail::load_guid(record, offset::controller), byte(offset::port),
            byte(offset::target), byte(offset::number)};
}

/// Puts disks into the form of the wire, for a message that is to be encoded.
///
/// Errors: too_many; too_long when the room is too small, and the offset is what is needed.
[[nodiscard]] constexpr result<lun_list> write_luns(std::span<std::byte> room,
                                                    std::span<const lun> disks) noexcept {
    namespace offset = detail::lun_offset;
    if (disks.size() > luns_max) {
        return failure{error::too_many, {32, 4}, 0};
    }
    if (room.size() < disks.size() * lun_bytes) {
        return fail(error::too_long, disks.size() * lun_bytes);
    }
    const auto records = room.first(disks.size() * lun_bytes);
    std::fill(records.begin(), records.end(), std::byte{0});
    for (std::size_t i = 0; i < disks.size(); ++i) {
        const auto record = records.subspan(i * lun_bytes, lun_bytes);
        record[0] = static_cast<std::byte>(disks[i].bus_type);
        detail::store_guid(record, offset::controller, disks[i].controller);
        record[offset::port] = static_cast<std::byte>(disks[i].port);
        record[offset::target] = static_cast<std::byte>(disks[i].target);
        record[offset::number] = static_cast<std::byte>(disks[i].number);
    }
    return lun_list{records};
}

/// The operation that a body asks for.
[[nodiscard]] constexpr vss_op op_of(const vss_body& body) noexcept {
    if (const auto* set = std::get_if<set_body>(&body)) {
        return set->op;
    }
    if (const auto* flags = std::get_if<flags_body>(&body)) {
        return flags->op;
    }
    if (const auto* disks = std::get_if<disks_body>(&body)) {
        return disks->op;
    }
    return vss_op::cluster_info;
}

/// Reads the body of a snapshot message.
///
/// Errors: unknown_message for another service and for an operation that a host does not send;
/// unsupported_version for one that the message's version does not have; interrupted or too_long
/// for a body of another size than the operation's; too_many disks; bad_number where a reserved
/// field is not 0.
/// Clause: SP 32.1 to 32.5.
[[nodiscard]] constexpr result<vss_body> decode_vss(const ic_message& got) noexcept {
    using namespace vss_offset;
    const byte_view body = got.body;
    if (got.header.type != ic_type::vss) {
        return failure{error::unknown_message, {30, 8}, ic_offset::type};
    }
    if (body.size() < payload) {
        return failure{error::interrupted, {32, 1}, ic_offset::body + body.size()};
    }
    const auto number = std::to_integer<std::size_t>(body[vss_offset::op]);
    if (number >= value_count<vss_op>) {
        return failure{error::unknown_message, {32, 5}, ic_offset::body + vss_offset::op};
    }
    const auto what = static_cast<vss_op>(number);
    if (const auto at = codec::first_nonzero(body, reserved, payload - reserved); at != payload) {
        return failure{error::bad_number, {32, 1}, ic_offset::body + at};
    }
    if (got.header.message < first_version_of(what)) {
        return failure{error::unsupported_version, {32, 3}, ic_offset::message};
    }
    const body_sizes sizes = sizes_of(what);
    if (!sizes.allow(body.size())) {
        const bool cut = body.size() < sizes.second;
        return failure{cut ? error::interrupted : error::too_long,
                       {32, 2},
                       ic_offset::body + (cut ? body.size() : sizes.second)};
    }
    switch (what) {
    case vss_op::create:
    case vss_op::remove: {
        set_body set{what, detail::load_guid(body, payload), std::nullopt};
        if (body.size() != sizes.first) {
            set.backup_type = codec::load_little<std::uint32_t>(body, set_backup_type);
        }
        return vss_body{set};
    }
    case vss_op::freeze:
    case vss_op::auto_recover:
        return detail::load_disks(what, body);
    case vss_op::cluster_info:
        return detail::load_cluster(body);
    default:
        return vss_body{flags_body{what, codec::load_little<std::uint32_t>(body, payload)}};
    }
}

namespace detail {

[[nodiscard]] constexpr std::size_t body_bytes_of(const vss_body& body) noexcept {
    const body_sizes sizes = sizes_of(op_of(body));
    const auto* set = std::get_if<set_body>(&body);
    const auto* disks = std::get_if<disks_body>(&body);
    const auto* cluster = std::get_if<cluster_body>(&body);
    const bool second = (set != nullptr && set->backup_type) ||
                        (disks != nullptr && disks->shadows) ||
                        (cluster != nullptr && cluster->last_move);
    return second ? sizes.second : sizes.first;
}

/// What the caller got wrong about a body.
[[nodiscard]] constexpr std::optional<failure> wrong_with_body(const vss_body& body) noexcept {
    const auto wrong_argument = [] { return fail(error::bad_argument, ic_offset::body); };
    const auto too_many = [](std::size_t at) {
        return failure{error::too_many, {32, 4}, ic_offset::body + at};
    };
    const vss_op op = op_of(body);
    if (const auto* set = std::get_if<set_body>(&body)) {
        const bool fits = op == vss_op::create || (op == vss_op::remove && !set->backup_type);
        return fits ? std::nullopt : std::optional{wrong_argument()};
    }
    if (const auto* disks = std::get_if<disks_body>(&body)) {
        if (disks->luns.size() > luns_max) {
            return too_many(vss_offset::disks_count);
        }
        const bool fits = (op == vss_op::freeze || op == vss_op::auto_recover) &&
                          (!disks->shadows || disks->shadows->size() == disks->luns.size());
        return fits ? std::nullopt : std::optional{wrong_argument()};
    }
    if (const auto* cluster = std::get_if<cluster_body>(&body)) {
        if (cluster->luns.size() > luns_max) {
            return too_many(vss_offset::cluster_count);
        }
        const bool fits = cluster->statuses.size() == cluster->luns.size();
        return fits ? std::nullopt : std::optional{wrong_argument()};
    }
    const bool fits = op == vss_op::hot_backup || op == vss_op::get_dm_info ||
                      op == vss_op::backup_complete || op == vss_op::thaw;
    return fits ? std::nullopt : std::optional{wrong_argument()};
}

/// Writes a body into bytes that are 0.
struct body_store {
    std::span<std::byte> to;

    void copy(std::size_t at, byte_view what) const noexcept {
        std::copy(what.begin(), what.end(), to.begin() + static_cast<std::ptrdiff_t>(at));
    }
    void operator()(const set_body& set) const noexcept {
        store_guid(to, vss_offset::payload, set.set);
        if (set.backup_type) {
            codec::store_little(to, vss_offset::set_backup_type, *set.backup_type);
        }
    }
    void operator()(const flags_body& flags) const noexcept {
        codec::store_little(to, vss_offset::payload, flags.flags);
    }
    void operator()(const disks_body& disks) const noexcept {
        codec::store_little(to, vss_offset::payload, disks.backup_type);
        codec::store_little(to, vss_offset::disks_flags, disks.flags);
        codec::store_little(to, vss_offset::disks_count,
                            static_cast<std::uint32_t>(disks.luns.size()));
        copy(vss_offset::disks_luns, disks.luns.records());
        if (disks.shadows) {
            copy(vss_offset::disks_shadows, disks.shadows->records());
        }
    }
    void operator()(const cluster_body& cluster) const noexcept {
        store_guid(to, vss_offset::payload, cluster.cluster);
        codec::store_little(to, vss_offset::cluster_size, cluster.size);
        codec::store_little(to, vss_offset::cluster_count,
                            static_cast<std::uint32_t>(cluster.luns.size()));
        copy(vss_offset::cluster_luns, cluster.luns.records());
        copy(vss_offset::cluster_statuses, cluster.statuses.words());
        if (cluster.last_move) {
            codec::store_little(to, vss_offset::cluster_last_move, *cluster.last_move);
        }
    }
};

} // namespace detail

/// Writes a snapshot message.
///
/// @param header its type is taken to be vss.
/// @return the bytes used.
/// Errors: too_long when the buffer is too small, and the offset is the size that is needed;
/// unsupported_version; too_many; bad_argument for a body that does not go with its operation.
[[nodiscard]] inline result<std::size_t> encode_vss(std::span<std::byte> buffer, direction way,
                                                    const ic_header& header,
                                                    const vss_body& body) noexcept {
    if (const auto wrong = detail::wrong_with_body(body)) {
        return *wrong;
    }
    if (header.message < first_version_of(op_of(body))) {
        return failure{error::unsupported_version, {32, 3}, ic_offset::message};
    }
    const std::size_t body_bytes = detail::body_bytes_of(body);
    const auto room = detail::cleared_room(buffer, body_bytes);
    if (!room) {
        return room.error();
    }
    ic_header typed = header;
    typed.type = ic_type::vss;
    detail::store_headers(*room, way, typed, body_bytes);
    const auto to = room->subspan(ic_offset::body);
    to[vss_offset::op] = static_cast<std::byte>(op_of(body));
    std::visit(detail::body_store{to}, body);
    return room->size();
}

} // namespace snapproto::hyperv

#endif // SNAPPROTO_DIALECT_HYPERV_VSS_HPP
