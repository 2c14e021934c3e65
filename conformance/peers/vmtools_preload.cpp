// SPDX-License-Identifier: BSL-1.0
// Preloaded into vmtoolsd behind hyperv_preload, so that it can be judged on any machine: it takes
// itself to be in a virtual machine, whose host is two sockets of the suite. Registration, dispatch
// and decoding of commands stay the daemon's own; only what crosses to the host is replaced.
//
//   SNAPPROTO_VMTOOLS_COMMANDS  socket (SOCK_SEQPACKET) on which commands come and are answered
//   SNAPPROTO_VMTOOLS_EVENTS    the same for the events of vmbackup, each answered by the host
//   SNAPPROTO_VMTOOLS_CONFIG    folder that stands for /etc/vmware-tools
//   SNAPPROTO_VMTOOLS_SPEED     so many times faster run the timers (a whole number)
//   SNAPPROTO_VMTOOLS_FREEZES   device numbers, "7:3 7:4": what may be frozen. FIFREEZE and FITHAW
//                               of anything else fail here (under hyperv_preload none come here)
//
// Other things that the daemon says to a host are answered here, with success and no text. When
// the command socket ends no other is opened: that host is gone.

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

// What is used of the daemon's own libraries, by their names and with layouts of the same size.

/// A command on its way to its handler (RpcInData).
struct dispatched {
    const char* name;
    const char* arguments;
    std::size_t arguments_size;
    char* result;
    std::size_t result_size;
    int free_result;
    void* application;
    void* client; ///< The channel, until the handler's own.
};

constexpr int readable = 1; // G_IO_IN
constexpr int hung_up = 16; // G_IO_HUP
constexpr int backdoor = 1; // RPCCHANNEL_TYPE_BKDOOR
constexpr std::size_t message_max = std::size_t{64} << 10;

template <class Function>
Function* of_daemon(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

[[noreturn]] void give_up(std::string_view words) {
    (void)!::write(STDERR_FILENO, words.data(), words.size());
    ::_exit(126);
}

const char* setting(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr) {
        give_up("vmtools_preload: a SNAPPROTO_VMTOOLS_ variable is missing\n");
    }
    return value;
}

int connect_to(const char* path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
        give_up("vmtools_preload: the host cannot be reached\n");
    }
    return fd;
}

int commands = -1;
int events = -1;
std::mutex one_event; // The answer to one is awaited before another is sent.

/// One message of the socket; -1 at the end.
ssize_t receive(int fd, char* buffer, std::size_t size) {
    ssize_t got = 0;
    do {
        got = ::recv(fd, buffer, size, 0);
    } while (got < 0 && errno == EINTR);
    return got;
}

/// Handles one command. @return nonzero to be called again
int take_command(int fd, int condition, void* channel) {
    std::string message(message_max, '\0');
    const ssize_t got = receive(fd, message.data(), message.size() - 1);
    // A message may be empty; at the end there is a hang-up as well.
    if (got < 0 || (got == 0 && (condition & hung_up) != 0)) {
        ::close(fd);
        commands = -1;
        return 0;
    }
    message.resize(static_cast<std::size_t>(got));
    dispatched call{};
    call.arguments = message.c_str();
    call.arguments_size = message.size();
    call.client = channel;
    std::string answer =
        of_daemon<int(dispatched*)>("RpcChannel_Dispatch")(&call) != 0 ? "OK " : "ERROR ";
    if (call.result != nullptr) {
        answer.append(call.result, call.result_size);
    }
    if (call.free_result != 0) {
        std::free(call.result);
    }
    (void)::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
    return 1;
}

/// The host's answer to one message: success, and the text behind it.
bool tell(std::string_view bytes, std::string& text) {
    if (bytes.substr(0, 9) != "vmbackup.") {
        return true;
    }
    const std::lock_guard<std::mutex> alone(one_event);
    std::array<char, 4096> answer{};
    if (::send(events, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
        return false;
    }
    const ssize_t got = receive(events, answer.data(), answer.size());
    if (got < 2) {
        return false;
    }
    text.assign(answer.data() + 2, static_cast<std::size_t>(got) - 2);
    return answer[0] == '1';
}

int send_raw(std::string_view bytes, char** result, std::size_t* result_size) {
    std::string text;
    const bool good = tell(bytes, text);
    if (result != nullptr) {
        *result = ::strdup(text.c_str());
    }
    if (result_size != nullptr) {
        *result_size = text.size();
    }
    return good ? 1 : 0;
}

/// Whether the filesystem of this descriptor may be frozen.
bool may_be_frozen(int fd) {
    struct stat seen {};
    const char* const named = std::getenv("SNAPPROTO_VMTOOLS_FREEZES");
    if (named == nullptr || ::fstat(fd, &seen) != 0) {
        return false;
    }
    const std::string wanted =
        " " + std::to_string(major(seen.st_dev)) + ":" + std::to_string(minor(seen.st_dev)) + " ";
    return (" " + std::string(named) + " ").find(wanted) != std::string::npos;
}

unsigned speed() {
    static const int asked = std::atoi(setting("SNAPPROTO_VMTOOLS_SPEED"));
    return asked > 0 ? static_cast<unsigned>(asked) : 1;
}

} // namespace

// The functions of libvmtools, glib and the C library, by their own names and with their types.
// NOLINTBEGIN
extern "C" {

unsigned char VmCheck_IsVirtualWorld() {
    return 1;
}

char* GuestApp_GetConfPath() {
    return ::strdup(setting("SNAPPROTO_VMTOOLS_CONFIG"));
}

// Where its hooks are; on Linux the same.
char* GuestApp_GetInstallPath() {
    return GuestApp_GetConfPath();
}

int RpcChannel_Start(void* channel) {
    if (commands < 0) {
        events = connect_to(setting("SNAPPROTO_VMTOOLS_EVENTS"));
        commands = connect_to(setting("SNAPPROTO_VMTOOLS_COMMANDS"));
        of_daemon<unsigned(int, int, int (*)(int, int, void*), void*)>("g_unix_fd_add")(
            commands, readable | hung_up, take_command, channel);
    }
    return 1;
}

void RpcChannel_Stop(void*) {}

int RpcChannel_Destroy(void*) {
    return 1;
}

int RpcChannel_GetType(void*) {
    return backdoor;
}

int RpcChannel_Send(void*, const char* data, std::size_t size, char** result,
                    std::size_t* result_size) {
    return send_raw({data, size}, result, result_size);
}

int RpcChannel_SendOneRaw(const char* data, std::size_t size, char** result,
                          std::size_t* result_size) {
    return send_raw({data, size}, result, result_size);
}

int RpcChannel_SendOne(char** result, std::size_t* result_size, const char* format, ...) {
    char* words = nullptr;
    va_list arguments;
    va_start(arguments, format);
    const int size = ::vasprintf(&words, format, arguments);
    va_end(arguments);
    if (size < 0) {
        return 0;
    }
    const int good = send_raw({words, static_cast<std::size_t>(size)}, result, result_size);
    std::free(words);
    return good;
}

void* g_timeout_source_new(unsigned milliseconds) {
    return of_daemon<void*(unsigned)>("g_timeout_source_new")(milliseconds / speed());
}

// With milliseconds: whole seconds are too coarse for a clock that runs faster.
void* g_timeout_source_new_seconds(unsigned seconds) {
    return g_timeout_source_new(seconds * 1000);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    if ((request == FIFREEZE || request == FITHAW) && !may_be_frozen(fd)) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return reinterpret_cast<int (*)(int, unsigned long, ...)>(::dlsym(RTLD_NEXT, "ioctl"))(
        fd, request, argument);
}

// What the driver does that holds nothing: it would write back the disks of this machine.
void sync() {}

} // extern "C"
// NOLINTEND
