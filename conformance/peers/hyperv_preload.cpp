// SPDX-License-Identifier: BSL-1.0
// Preloaded into a Hyper-V daemon, so that it can be judged by an ordinary user on any Linux: its
// device is a socket of the suite, its mount table a file of the suite, and what it freezes and
// thaws is asked for at the suite and done to nothing. All but the device serves other agents too
// (vmtools_preload.cpp).
//
//   SNAPPROTO_HYPERV_DEVICE    socket to which each open of /dev/vmbus/hv_vss connects
//   SNAPPROTO_HYPERV_TYPE      "stream": that socket keeps no boundaries; otherwise it does
//   SNAPPROTO_HYPERV_CONTROL   socket (SOCK_SEQPACKET) at which calls on mount points are told
//   SNAPPROTO_HYPERV_MOUNTS    the mount table, as of /proc/mounts
//
// On the control socket one call is one message with one answer, a number in text:
//   "open PLACE"   -> a filesystem's number, or a negative errno
//   "freeze N"     -> 0 or an errno, for FIFREEZE
//   "thaw N"       -> 0 or an errno, for FITHAW
// What is logged goes to standard error. Nothing waits for time here.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <mntent.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr std::string_view device_path = "/dev/vmbus/hv_vss";
constexpr int descriptors_max = 256;
constexpr unsigned loop_major = 7;
constexpr unsigned disk_major = 251; // for experiments: no real disk has it

/// What a descriptor of the daemon stands for: nothing of ours, the device, or 2 + a filesystem.
constexpr int is_device = 1;
constexpr int is_filesystem = 2;
std::array<int, descriptors_max> known{};
std::array<std::size_t, descriptors_max> identity{}; ///< Of filesystems: the same by each mount.

/// Whether the next message does not fit. A socket would cut it, and a device does not.
bool is_too_long(int fd, std::size_t size) {
    int type = 0;
    socklen_t length = sizeof type;
    char first = 0;
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET &&
           ::recv(fd, &first, sizeof first, MSG_PEEK | MSG_TRUNC) > static_cast<ssize_t>(size);
}

int* kind_of(int fd) {
    return fd >= 0 && fd < descriptors_max ? &known[static_cast<std::size_t>(fd)] : nullptr;
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// A variable that must be there: a daemon must not run on the real device by mistake.
const char* setting(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr) {
        static constexpr std::string_view words = "hyperv_preload: a SNAPPROTO_HYPERV_ variable is "
                                                  "missing\n";
        (void)!::write(STDERR_FILENO, words.data(), words.size());
        ::_exit(126);
    }
    return value;
}

int connect_to(const char* path, int type) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
        real<int(int)>("close")(fd);
        return -1;
    }
    return fd;
}

/// One call told, one number back. An agent may freeze on one thread and thaw on another.
int ask(const std::string& words) {
    static std::mutex one_at_a_time;
    static int control = -1;
    const std::lock_guard<std::mutex> alone(one_at_a_time);
    if (control < 0) {
        control = connect_to(setting("SNAPPROTO_HYPERV_CONTROL"), SOCK_SEQPACKET);
    }
    std::array<char, 32> answer{};
    if (control < 0 || ::send(control, words.data(), words.size(), MSG_NOSIGNAL) < 0 ||
        ::recv(control, answer.data(), answer.size() - 1, 0) <= 0) {
        return -EIO;
    }
    return std::atoi(answer.data());
}

/// The source of the last line of the mount table of which this field is `text`; empty: none.
template <class Field>
std::string source_in_table(const char* text, Field field) {
    FILE* const table =
        real<FILE*(const char*, const char*)>("setmntent")(setting("SNAPPROTO_HYPERV_MOUNTS"), "r");
    if (table == nullptr) {
        return {};
    }
    std::string found;
    mntent entry{};
    std::array<char, 4096> buffer{};
    while (::getmntent_r(table, &entry, buffer.data(), buffer.size()) != nullptr) {
        if (std::strcmp(field(entry), text) == 0) {
            found = entry.mnt_fsname;
        }
    }
    ::endmntent(table);
    return found;
}

int open_device() {
    const char* const type = std::getenv("SNAPPROTO_HYPERV_TYPE");
    const bool stream = type != nullptr && std::strcmp(type, "stream") == 0;
    const int fd =
        connect_to(setting("SNAPPROTO_HYPERV_DEVICE"), stream ? SOCK_STREAM : SOCK_SEQPACKET);
    if (int* const kind = kind_of(fd)) {
        *kind = is_device;
        return fd;
    }
    errno = ENOENT;
    return -1;
}

int open_place(const char* path, const std::string& source) {
    const int number = ask(std::string("open ") + path);
    if (number < 0) {
        errno = -number;
        return -1;
    }
    // A directory, as a mount point is, and one whose filesystem knows no freeze.
    const int fd = real<int(const char*, int, ...)>("open")("/proc", O_RDONLY | O_CLOEXEC);
    if (int* const kind = kind_of(fd)) {
        *kind = is_filesystem + number;
        identity[static_cast<std::size_t>(fd)] = std::hash<std::string>{}(source);
    }
    return fd;
}

int open_any(const char* name, const char* path, int flags, mode_t mode) {
    if (path == device_path) {
        return open_device();
    }
    if (std::string_view(path) == "/proc/mounts" || std::string_view(path) == "/proc/self/mounts") {
        path = setting("SNAPPROTO_HYPERV_MOUNTS");
    } else if ((flags & O_CREAT) == 0) {
        const std::string source =
            source_in_table(path, [](const mntent& one) { return one.mnt_dir; });
        if (!source.empty()) {
            return open_place(path, source);
        }
    }
    return real<int(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

/// The end of the device, as the kernel tells it.
ssize_t gone() {
    errno = EBADF;
    return -1;
}

void log_line(const char* format, va_list arguments) {
    std::array<char, 512> line{};
    const int size = std::vsnprintf(line.data(), line.size() - 1, format, arguments);
    std::size_t end = std::min(line.size() - 2, static_cast<std::size_t>(std::max(size, 0)));
    if (end == 0 || line[end - 1] != '\n') {
        line[end++] = '\n';
    }
    (void)!real<ssize_t(int, const void*, size_t)>("write")(STDERR_FILENO, line.data(), end);
}

} // namespace

// The functions of the C library, by their own names and with its types.
// NOLINTBEGIN
namespace {

/// What a program sends without having written it must not look like zeros by luck: the part of the
/// stack that main will have is filled before it runs, so that it is told the same way each time.
[[gnu::constructor, gnu::noinline]] void paint_the_stack() {
    std::array<unsigned char, 32768> below; // NOLINT: filled here
    below.fill(0xa5);
    asm volatile("" : : "r"(below.data()) : "memory"); // or the compiler leaves it out
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any("open64", path, flags, mode);
}

int close(int fd) {
    if (int* const kind = kind_of(fd)) {
        *kind = 0;
    }
    return real<int(int)>("close")(fd);
}

ssize_t read(int fd, void* buffer, size_t size) {
    const int* const kind = kind_of(fd);
    if (kind != nullptr && *kind == is_device && is_too_long(fd, size)) {
        errno = EINVAL; // as the kernel says of a buffer that is too small
        return -1;
    }
    const ssize_t got = real<ssize_t(int, void*, size_t)>("read")(fd, buffer, size);
    const bool ended = got == 0 || (got < 0 && errno == ECONNRESET);
    return kind != nullptr && *kind == is_device && size != 0 && ended ? gone() : got;
}

ssize_t write(int fd, const void* buffer, size_t size) {
    const int* const kind = kind_of(fd);
    if (kind == nullptr || *kind != is_device) {
        return real<ssize_t(int, const void*, size_t)>("write")(fd, buffer, size);
    }
    const ssize_t put = ::send(fd, buffer, size, MSG_NOSIGNAL);
    return put < 0 ? gone() : put;
}

int ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    const int* const kind = kind_of(fd);
    if (request != FIFREEZE && request != FITHAW) {
        return real<int(int, unsigned long, ...)>("ioctl")(fd, request, argument);
    }
    // Never passed on, whatever it is for: nothing is frozen under this.
    if (kind == nullptr || *kind < is_filesystem) {
        errno = EOPNOTSUPP;
        return -1;
    }
    const int failure =
        ask((request == FIFREEZE ? "freeze " : "thaw ") + std::to_string(*kind - is_filesystem));
    errno = std::abs(failure);
    return failure == 0 ? 0 : -1;
}

FILE* setmntent(const char* path, const char* mode) {
    const std::string_view wanted(path);
    return real<FILE*(const char*, const char*)>("setmntent")(
        wanted == "/proc/mounts" || wanted == "/proc/self/mounts" || wanted == "/etc/mtab"
            ? setting("SNAPPROTO_HYPERV_MOUNTS")
            : path,
        mode);
}

int stat(const char* path, struct stat* out) {
    if (std::strncmp(path, "/dev/", 5) != 0 ||
        source_in_table(path, [](const mntent& one) { return one.mnt_fsname; }).empty()) {
        return real<int(const char*, struct stat*)>("stat")(path, out);
    }
    *out = {};
    const bool loop = std::strncmp(path, "/dev/loop", 9) == 0;
    out->st_mode = S_IFBLK | 0600;
    out->st_rdev = makedev(loop ? loop_major : disk_major, 0);
    return 0;
}

int fstatfs64(int fd, struct statfs64* out) {
    const int result = real<int(int, struct statfs64*)>("fstatfs64")(fd, out);
    const int* const kind = kind_of(fd);
    if (result == 0 && kind != nullptr && *kind >= is_filesystem) {
        std::memcpy(&out->f_fsid, &identity[static_cast<std::size_t>(fd)], sizeof out->f_fsid);
    }
    return result;
}

// A block device is a loop device where sysfs has this folder for it.
int access(const char* path, int mode) {
    const std::string_view wanted(path);
    if (wanted == "/sys/dev/block/7:0/loop") {
        return 0;
    }
    if (wanted == "/sys/dev/block/251:0/loop") {
        errno = ENOENT;
        return -1;
    }
    return real<int(const char*, int)>("access")(path, mode);
}

void syslog(int, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_line(format, arguments);
    va_end(arguments);
}

void __syslog_chk(int, int, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_line(format, arguments);
    va_end(arguments);
}

} // extern "C"
// NOLINTEND
