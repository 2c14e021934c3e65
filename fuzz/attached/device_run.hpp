// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_DEVICE_RUN_HPP
#define SNAPPROTO_FUZZ_ATTACHED_DEVICE_RUN_HPP

// What is done to a daemon of Hyper-V, step by step: messages on its device, the device's end,
// changes of the guest around it; and its form as bytes, for files.

#include "conformance/attach/played_guest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// How a registration is answered.
enum class version_answer : std::uint8_t {
    right,     ///< 4 bytes, the number of the registration.
    another,   ///< 4 bytes, another number: nobody looks at it (SP 33.1).
    short_one, ///< 3 bytes.
    a_request, ///< 12 bytes, freeze: the version is read before anything else (SP 33.5).
};
inline constexpr std::size_t version_answers = 4;

/// What happens to the guest's mounts and filesystems, besides what the daemon does.
enum class guest_change : std::uint8_t {
    freeze_refused, ///< By one filesystem, with EIO, from now on.
    freeze_refused_by_root,
    freeze_refused_128, ///< With the errno 128, and 129: SP 33.7.
    freeze_refused_129,
    thaw_refused,
    thaw_refused_by_root,
    all_well, ///< Nothing is refused any more.
    hidden,   ///< Another mount lies over one filesystem.
    gone,     ///< One filesystem is in the table no more.
    all_gone, ///< Nor is any that is on a disk.
    ordinary, ///< The table is as at the beginning.
    read_only,
    read_only_word, ///< Writable, with "ro" in another word of its options.
    second_place,   ///< One filesystem is mounted twice.
    root_twice,
    new_disk,
    vfat,
    loop,
    other_type,
    long_name,
    many_disks,
    frozen_by_other,
    thawed_by_other,
    root_frozen_by_other,
};
inline constexpr std::size_t guest_changes = 24;

/// One step.
struct device_step {
    enum class kind : std::uint8_t {
        message,      ///< `bytes` are sent.
        version,      ///< From now on registrations are answered as `value` says.
        end,          ///< The device ends.
        end_in_work,  ///< `bytes` are sent, and it ends before an answer is read.
        end_for_good, ///< It ends and cannot be opened again, until the daemon has ended.
        change,       ///< The guest changes as `value` says.
        terminate,    ///< The daemon is told to end; afterwards it is started anew.
    };

    kind what = kind::message;
    std::string bytes{}; ///< 1 to 255.
    bool hasty = false;  ///< The next message does not wait for the answer.
    std::uint8_t value = 0;

    friend bool operator==(const device_step&, const device_step&) = default;
};
inline constexpr std::size_t device_step_kinds = 7;

/// A run from the start of a daemon to its end.
struct device_run {
    bool stream = false;   ///< The device keeps no boundaries between messages (SP 33.8).
    std::size_t piece = 0; ///< Of a stream: messages come in pieces of so many bytes; 0: whole.
    std::vector<device_step> steps{};

    friend bool operator==(const device_run&, const device_run&) = default;
};

inline constexpr std::size_t device_steps_max = 48;
inline constexpr std::size_t device_message_max = 255;

[[nodiscard]] std::string encode(const device_run& run);
/// All bytes mean a run: what is missing counts as 0.
[[nodiscard]] device_run decode_device_run(std::string_view bytes);

/// For people, a line for each step, from number `first` on.
[[nodiscard]] std::string describe(const device_run& run);
[[nodiscard]] std::string describe(const device_step& step);

/// Bytes for people: "06 00 00".
[[nodiscard]] std::string hex_of(std::string_view bytes);

/// Changes what is mounted, or who has frozen what; what is refused is not in here.
void apply(guest_change what, conformance::played_guest& guest);

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_DEVICE_RUN_HPP
