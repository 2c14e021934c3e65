// SPDX-License-Identifier: BSL-1.0
// The program that ends a freeze whatever happens to everybody else.
//
// It holds an open descriptor of every mount it guards, keeps its memory locked (so that it never
// has to read a page from a frozen disk), and thaws a filesystem that stays frozen longer than a
// bound. It thaws everything at once when the process it serves dies, when its standard input ends,
// or when it is asked to end. It is the last to leave: on its way out it can also detach and remove
// a directory.
//
// A frozen filesystem is recognised without changing anything: `unlinkat` of a name that does not
// exist takes write access to the filesystem before it looks the name up, so the call sleeps
// exactly as long as the filesystem is frozen, and otherwise returns ENOENT having touched nothing.

#include <linux/fs.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds probe_interval{50};
constexpr milliseconds tick{50};
constexpr milliseconds last_thaw_patience{30000};
constexpr int thaws_max = 64; // a freeze may come again in between; this is not a fight to the end
constexpr const char* absent_name = ".snapproto-no-such-name";

std::int64_t now_ms() {
    return std::chrono::duration_cast<milliseconds>(clock_type::now().time_since_epoch()).count();
}

struct guarded {
    std::string path;
    int descriptor = -1;
    std::atomic<std::int64_t>* probing_since =
        nullptr; ///< shared; 0: the probe is not in the kernel
    std::atomic<bool> thawing{false};
};

using guarded_list = std::vector<std::shared_ptr<guarded>>;

int log_descriptor = -1;
std::atomic<bool> anything_thawed{false};

// One write per line, so that lines of several programs in one log never mix.
__attribute__((format(printf, 1, 2))) void say(const char* format, ...) {
    char line[512];
    const auto wall = std::chrono::duration_cast<milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    int length =
        std::snprintf(line, sizeof line,
                      "freeze_watchdog %lld.%03d: ", static_cast<long long>(wall.count() / 1000),
                      static_cast<int>(wall.count() % 1000));
    std::va_list arguments;
    va_start(arguments, format);
    length += std::vsnprintf(line + length, sizeof line - static_cast<std::size_t>(length) - 1,
                             format, arguments);
    va_end(arguments);
    length = std::min<int>(length, static_cast<int>(sizeof line) - 2);
    line[length++] = '\n';
    for (const int descriptor : {STDERR_FILENO, log_descriptor})
        if (descriptor >= 0)
            (void)!write(descriptor, line, static_cast<std::size_t>(length));
}

// The probe is a process of its own, not a thread: asleep in a frozen filesystem it cannot be
// ended, and a watchdog with such a thread could not be seen to be dead if somebody killed it.
void start_probe(const guarded& mount) {
    const pid_t watchdog = getpid();
    const pid_t probe = fork();
    if (probe < 0) {
        say("cannot start a probe: %s", std::strerror(errno));
        _exit(3);
    }
    if (probe > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mlockall(MCL_CURRENT | MCL_FUTURE);
    while (getppid() == watchdog) {
        *mount.probing_since = now_ms();
        (void)unlinkat(mount.descriptor, absent_name, 0);
        *mount.probing_since = 0;
        std::this_thread::sleep_for(probe_interval);
    }
    _exit(0);
}

// Thawing waits while a freeze of the same filesystem is still under way, which may itself wait for
// another filesystem to be thawed: so every mount gets a thread of its own and nobody waits for it.
void thaw(const std::shared_ptr<guarded>& mount, const char* reason) {
    if (mount->thawing.exchange(true))
        return;
    std::thread([mount, reason] {
        int count = 0;
        while (count < thaws_max && ioctl(mount->descriptor, FITHAW, 0) == 0)
            ++count;
        const int why = errno;
        if (count > 0) {
            anything_thawed = true;
            say("FORCED THAW of %s: %s", mount->path.c_str(), reason);
        } else if (why != EINVAL)
            say("cannot thaw %s: %s", mount->path.c_str(), std::strerror(why));
        mount->thawing = false;
    }).detach();
}

bool frozen_longer_than(const guarded& mount, milliseconds bound) {
    const auto since = mount.probing_since->load();
    return since != 0 && now_ms() - since > bound.count();
}

// True while a process in another mount namespace still sees the directory: one that is being
// killed may be in the middle of a freeze, which would be complete after the thaw meant for it.
bool seen_by_others(const std::string& directory) {
    std::error_code none;
    const auto own = std::filesystem::read_symlink("/proc/self/ns/mnt", none);
    for (const auto& process : std::filesystem::directory_iterator("/proc", none)) {
        const auto number = process.path().filename().string();
        if (number.find_first_not_of("0123456789") != std::string::npos)
            continue;
        const auto space = std::filesystem::read_symlink(process.path() / "ns/mnt", none);
        if (none || space == own)
            continue;
        std::ifstream table(process.path() / "mountinfo");
        for (std::string line; std::getline(table, line);)
            if (line.find(directory) != std::string::npos)
                return true;
    }
    return false;
}

// Thaws all until nobody is left who could freeze again and every probe gets through.
void thaw_everything(const guarded_list& mounts, const std::string& directory, const char* reason) {
    const auto deadline = clock_type::now() + last_thaw_patience;
    for (;;) {
        const bool alone = directory.empty() || !seen_by_others(directory);
        for (const auto& mount : mounts)
            thaw(mount, reason);
        std::this_thread::sleep_for(tick);
        bool quiet = alone;
        for (const auto& mount : mounts)
            quiet = quiet && !mount->thawing && !frozen_longer_than(*mount, tick / 2);
        if (quiet)
            return;
        if (clock_type::now() > deadline) {
            say("after %lld ms of thawing something is still frozen or somebody still there",
                static_cast<long long>(last_thaw_patience.count()));
            return;
        }
    }
}

struct options {
    milliseconds bound{20000};
    pid_t served = 0;
    std::string log;
    std::string remove;
    std::vector<std::string> mounts;
};

[[noreturn]] void usage(int status) {
    std::fputs(
        "usage: freeze_watchdog [--bound SECONDS] [--serve PID] [--log FILE]\n"
        "                       [--remove DIRECTORY] MOUNT...\n"
        "\n"
        "Thaws each MOUNT that stays frozen for more than SECONDS (default 20), and all of\n"
        "them at once when process PID dies, when standard input ends, or on SIGTERM.\n"
        "Prints 'ready' on standard output once it watches. Every forced thaw is reported on\n"
        "standard error and in FILE. With --remove it detaches everything mounted at\n"
        "DIRECTORY and below when it leaves, and removes the directory; before that it waits for\n"
        "the last process elsewhere that sees DIRECTORY, and thaws what such a one freezes.\n"
        "\n"
        "Exit status: 0 nothing had to be thawed; 1 something had; 2 wrong usage;\n"
        "3 a mount cannot be watched.\n",
        status == 0 ? stdout : stderr);
    std::exit(status);
}

options parse(int argc, char** argv) {
    options chosen;
    for (int at = 1; at < argc; ++at) {
        const std::string word = argv[at];
        const auto value = [&]() -> std::string {
            if (at + 1 >= argc)
                usage(2);
            return argv[++at];
        };
        if (word == "--help" || word == "-h")
            usage(0);
        else if (word == "--bound") {
            chosen.bound = milliseconds(static_cast<long>(std::atof(value().c_str()) * 1000));
            if (chosen.bound <= tick)
                usage(2);
        } else if (word == "--serve") {
            chosen.served = std::atoi(value().c_str());
            if (chosen.served <= 0)
                usage(2);
        } else if (word == "--log")
            chosen.log = value();
        else if (word == "--remove")
            chosen.remove = value();
        else if (word.rfind('-', 0) == 0)
            usage(2);
        else
            chosen.mounts.push_back(word);
    }
    if (chosen.mounts.empty() && chosen.remove.empty())
        usage(2);
    return chosen;
}

// Waits for a reason to leave, thawing what stays frozen too long meanwhile.
const char* watch(const guarded_list& mounts, milliseconds bound, int signals, int served) {
    pollfd waited[3] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}, {served, POLLIN, 0}};
    for (;;) {
        const int ready = poll(waited, served >= 0 ? 3 : 2, static_cast<int>(tick.count()));
        if (ready > 0) {
            if (waited[1].revents != 0)
                return "asked to end";
            if (served >= 0 && waited[2].revents != 0)
                return "the process it serves is dead";
            char ignored[64];
            if (waited[0].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
                return "its standard input has ended";
        }
        for (const auto& mount : mounts)
            if (frozen_longer_than(*mount, bound))
                thaw(mount, "frozen for longer than the bound");
    }
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = parse(argc, argv);

    // Signals are read from a descriptor; the threads started below inherit the mask.
    sigset_t mask;
    sigemptyset(&mask);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
        sigaddset(&mask, number);
    pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    sigdelset(&mask, SIGINT); // a terminal's Ctrl-C is for the others; this one leaves last
    sigdelset(&mask, SIGHUP);
    sigdelset(&mask, SIGPIPE);
    const int signals = signalfd(-1, &mask, SFD_CLOEXEC);

    int served = -1;
    if (chosen.served > 0) {
        served = static_cast<int>(syscall(SYS_pidfd_open, chosen.served, 0));
        if (served < 0) {
            std::fprintf(stderr, "freeze_watchdog: cannot watch process %d: %s\n", chosen.served,
                         std::strerror(errno));
            return 3;
        }
    }
    if (!chosen.log.empty())
        log_descriptor = open(chosen.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

    guarded_list mounts;
    for (const auto& path : chosen.mounts) {
        auto mount = std::make_shared<guarded>();
        mount->path = path;
        mount->descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (mount->descriptor < 0) {
            say("cannot open %s: %s", path.c_str(), std::strerror(errno));
            return 3;
        }
        void* const shared = mmap(nullptr, sizeof(std::atomic<std::int64_t>),
                                  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) {
            say("no memory: %s", std::strerror(errno));
            return 3;
        }
        mount->probing_since = new (shared) std::atomic<std::int64_t>(0);
        mounts.push_back(mount);
    }
    if (chdir("/") != 0)
        say("cannot leave the working directory: %s", std::strerror(errno));
    // Locked memory includes the stacks of threads, and these threads need little.
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 * 1024);
    pthread_setattr_default_np(&small);
    if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
        say("memory cannot be locked (%s); going on", std::strerror(errno));
    for (const auto& mount : mounts)
        start_probe(*mount);

    (void)!write(STDOUT_FILENO, "ready\n", 6);

    const char* const reason = watch(mounts, chosen.bound, signals, served);
    thaw_everything(mounts, chosen.remove, reason);
    if (!chosen.remove.empty()) {
        if (umount2(chosen.remove.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT)
            say("cannot detach %s: %s", chosen.remove.c_str(), std::strerror(errno));
        if (rmdir(chosen.remove.c_str()) != 0 && errno != ENOENT)
            say("cannot remove %s: %s", chosen.remove.c_str(), std::strerror(errno));
    }
    // The probes end with this process; one that is asleep in the kernel is not waited for.
    _exit(anything_thawed ? 1 : 0);
}
