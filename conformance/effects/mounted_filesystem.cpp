// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/mounted_filesystem.hpp"

#include "conformance/effects/emergency.hpp"
#include "conformance/effects/file_writer.hpp"
#include "conformance/effects/image.hpp"
#include "conformance/effects/witness_file.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace snapproto::conformance::effects {
namespace {

constexpr duration ioctl_bound = std::chrono::seconds(5);
constexpr duration first_write_bound = std::chrono::seconds(1);
constexpr auto tick = std::chrono::milliseconds(1);
constexpr int thaws_max =
    64; // somebody may freeze again in between; this is not a fight to the end

/// Runs an ioctl, which may have to wait for others, in a thread of its own.
/// @return what it came back with (0 or errno), or absent if it is still in the kernel.
std::optional<int> bounded_ioctl(const std::shared_ptr<descriptor>& mount, unsigned long request) {
    constexpr int running = -1;
    const auto outcome = std::make_shared<std::atomic<int>>(running);
    std::thread([mount, outcome, request] {
        *outcome = ::ioctl(mount->get(), request, 0) == 0 ? 0 : errno;
    }).detach();
    const instant end = real_now() + ioctl_bound;
    // Not an interruptible wait: this is also what runs when the user has asked to stop.
    while (*outcome == running && real_now() < end)
        std::this_thread::sleep_for(tick);
    const int came = *outcome;
    return came == running ? std::nullopt : std::optional<int>(came);
}

} // namespace

mounted_filesystem::mounted_filesystem(const std::string& mount, permissions allowed)
    : m_backing(find_backing(mount, allowed)),
      m_mount(
          std::make_shared<descriptor>(::open(mount.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))) {
    if (!*m_mount)
        throw unsuitable(fmt::format("{}: {}", mount, std::strerror(errno)));
    m_probe = std::make_unique<write_probe>(mount);
    if (!remember_for_emergency(m_mount->get()))
        throw unsuitable(mount + ": too many freeze targets");
}

mounted_filesystem::~mounted_filesystem() {
    forget_for_emergency(m_mount->get());
}

support mounted_filesystem::can(capability what) const {
    switch (what) {
    case capability::freeze_target:
    case capability::kernel_truth:
    case capability::device_digest:
    case capability::writer:
    case capability::window_copy:
    case capability::foreign_freeze:
    case capability::state_on_target:
        return support::yes();
    case capability::freeze_target_alias:
        return m_backing.alias ? support::yes()
                               : support::no(mount() + " is mounted at one place only");
    default:
        return support::no("a filesystem has no say in this");
    }
}

observed<std::string> mounted_filesystem::device_digest() {
    try {
        return digest_of(m_backing.bytes);
    } catch (const std::exception& problem) {
        return observed<std::string>::unknown(problem.what());
    }
}

observed<std::shared_ptr<writer>> mounted_filesystem::start_writer() {
    auto started = std::make_shared<file_writer>(mount());
    // A writer that never got to write would look like one that a freeze has stopped.
    const instant end = real_now() + first_write_bound;
    while (started->progress() == 0 && started->failure().empty() && real_now() < end)
        std::this_thread::sleep_for(tick);
    if (!started->failure().empty())
        return observed<std::shared_ptr<writer>>::unknown(started->failure());
    if (started->progress() == 0)
        return observed<std::shared_ptr<writer>>::unknown(
            "the writer has not written anything within 1 s (is the filesystem frozen already?)");
    return std::shared_ptr<writer>(std::move(started));
}

observed<copy_report> mounted_filesystem::examine_copy() {
    try {
        return examine(copy_of(m_backing.bytes).get());
    } catch (const std::exception& problem) {
        return observed<copy_report>::unknown(problem.what());
    }
}

observed<std::shared_ptr<witness>> mounted_filesystem::leave_witness() {
    return write_witness(mount(), m_backing.bytes);
}

observed<bool> mounted_filesystem::foreign_freeze() {
    const auto came = bounded_ioctl(m_mount, FIFREEZE);
    if (!came)
        return observed<bool>::unknown("freezing takes longer than 5 s");
    if (*came != 0 && *came != EBUSY)
        return observed<bool>::unknown(fmt::format("FIFREEZE: {}", std::strerror(*came)));
    return is_frozen();
}

observed<bool> mounted_filesystem::foreign_thaw() {
    for (int count = 0; count < thaws_max; ++count) {
        const auto came = bounded_ioctl(m_mount, FITHAW);
        if (!came)
            return observed<bool>::unknown("thawing takes longer than 5 s");
        if (*came == EINVAL)
            break; // nothing is frozen any more
        if (*came != 0)
            return observed<bool>::unknown(fmt::format("FITHAW: {}", std::strerror(*came)));
    }
    const auto frozen = is_frozen();
    return frozen ? observed<bool>(!*frozen) : frozen;
}

std::unique_ptr<freeze_target> open_freeze_target(const std::string& mount, permissions allowed) {
    return std::make_unique<mounted_filesystem>(mount, allowed);
}

} // namespace snapproto::conformance::effects
