// SPDX-License-Identifier: BSL-1.0
// The first process of a sandbox's process-id namespace, and the keeper of its inner mount
// namespace.
//
//   caller (sandbox.sh, outer mount namespace)
//     `- sandbox_init            waits, passes signals on
//          `- process 1          own ids and own copy of the outer mounts; when it ends, the kernel
//          ends
//               |                everything below it, so no process is ever left over
//               |- process 2     the holder: keeps the inner mount namespace, does nothing
//               `- COMMAND       runs outside, starts agents inside with the prefix it is told
//
// The inner namespace has a small tmpfs as its root and, at the same absolute paths as outside, the
// run directory and the loop mounts. What else was mounted is detached from it.

#include "mount_table.hpp"

#include <linux/fs.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace peers = snapproto::conformance::peers;

constexpr int cannot = 125;                      // exit status: the sandbox could not be set up
constexpr std::chrono::seconds end_patience{10}; // from a signal until the command is killed
constexpr std::chrono::seconds thaw_patience{2}; // the watchdog is there for the rest
constexpr const char* shared_directories[] = {"/mnt", "/run"};

[[noreturn]] void usage(int status) {
    std::fputs(
        "usage: sandbox_init --name NAME [--loops N[,N]...] --directory DIR --enter PROGRAM\n"
        "                    [--set KEY=VALUE]... MOUNT... -- COMMAND [ARG]...\n"
        "\n"
        "Runs COMMAND with SNAPPROTO_SANDBOX_KEY=VALUE in its environment and {key} replaced in\n"
        "its arguments; 'enter' is set to the prefix that starts a program inside the sandbox.\n"
        "DIR holds root/ (the inner root), run/ and mnt/. Called by sandbox.sh.\n"
        "\n"
        "Exit status: that of COMMAND (128+N if a signal ended it); 125 no sandbox; 2 wrong "
        "usage.\n",
        status == 0 ? stdout : stderr);
    std::exit(status);
}

struct options {
    peers::sandbox_contents contents;
    std::string loops;
    std::string directory;
    std::string enter;
    std::vector<std::pair<std::string, std::string>> settings;
    std::vector<std::string> mounts;
    std::vector<std::string> command;
};

options parse(int argc, char** argv) {
    options chosen;
    int at = 1;
    for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at) {
        const std::string word = argv[at];
        const auto value = [&]() -> std::string {
            if (at + 1 >= argc)
                usage(2);
            return argv[++at];
        };
        if (word == "--help" || word == "-h")
            usage(0);
        else if (word == "--name")
            chosen.contents.name = value();
        else if (word == "--loops") {
            chosen.loops = value();
            std::istringstream numbers(chosen.loops);
            for (std::string number; std::getline(numbers, number, ',');)
                chosen.contents.loops.push_back(static_cast<unsigned>(std::stoul(number)));
        } else if (word == "--directory")
            chosen.directory = value();
        else if (word == "--enter")
            chosen.enter = value();
        else if (word == "--set") {
            const std::string pair = value();
            const auto equals = pair.find('=');
            if (equals == std::string::npos)
                usage(2);
            chosen.settings.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
        } else if (word.rfind('-', 0) == 0)
            usage(2);
        else
            chosen.mounts.push_back(word);
    }
    for (++at; at < argc; ++at)
        chosen.command.emplace_back(argv[at]);
    if (chosen.command.empty() || chosen.contents.name.empty() || chosen.directory.empty() ||
        chosen.enter.empty())
        usage(2);
    return chosen;
}

void must(bool good, const std::string& what) {
    if (!good)
        throw std::runtime_error(what + ": " + std::strerror(errno));
}

// Moves the calling process into the inner mount namespace and leaves nothing else visible there.
void build_inner_namespace(const options& chosen) {
    const std::string root = chosen.directory + "/root";
    must(unshare(CLONE_NEWNS) == 0, "cannot make the inner mount namespace");
    must(mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "cannot make mounts private");
    for (const char* const shared : shared_directories) {
        const std::string from = chosen.directory + shared;
        const std::string to = root + from;
        must(mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0,
             "cannot show " + from + " inside");
    }
    must(mount("proc", (root + "/proc").c_str(), "proc",
               MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0,
         "cannot mount proc inside");
    must(chdir(root.c_str()) == 0, "cannot go to " + root);
    must(syscall(SYS_pivot_root, ".", ".") == 0, "cannot change the root");
    must(umount2(".", MNT_DETACH) == 0, "cannot detach the old root");
    must(chdir("/") == 0, "cannot go to the new root");
    const std::string objection = objection_to(peers::read_mount_table(), chosen.contents);
    if (!objection.empty())
        throw std::runtime_error("the sandbox is not tight: " + objection);
}

// Starts the holder. Returns when the inner namespace is there and was found tight.
pid_t start_holder(const options& chosen) {
    int ready[2];
    must(pipe2(ready, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t holder = fork();
    must(holder >= 0, "cannot start the holder");
    if (holder == 0) {
        try {
            close(ready[0]);
            build_inner_namespace(chosen);
            (void)!write(ready[1], "+", 1);
        } catch (const std::exception& problem) {
            std::fprintf(stderr, "sandbox: %s\n", problem.what());
            _exit(cannot);
        }
        for (const int descriptor : {ready[1], STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            close(descriptor);
        for (;;)
            pause();
    }
    close(ready[1]);
    char answer = 0;
    const bool good = read(ready[0], &answer, 1) == 1;
    close(ready[0]);
    if (!good)
        throw std::runtime_error("no inner namespace, so nothing is started");
    return holder;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

pid_t start_command(options chosen, pid_t holder, const sigset_t& mask) {
    chosen.settings.emplace_back("enter", chosen.enter + " --name " + chosen.contents.name +
                                              (chosen.loops.empty() ? "" : " --loops ") +
                                              chosen.loops + " --holder " + std::to_string(holder) +
                                              " --");
    const pid_t command = fork();
    must(command >= 0, "cannot start the command");
    if (command != 0)
        return command;
    for (auto& [key, value] : chosen.settings)
        for (const auto& [word, meaning] : chosen.settings)
            if (word != key)
                replace_all(value, "{" + word + "}", meaning);
    for (const auto& [key, value] : chosen.settings) {
        std::string name = "SNAPPROTO_SANDBOX_";
        for (const char letter : key)
            name += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        setenv(name.c_str(), value.c_str(), 1);
        for (auto& word : chosen.command)
            replace_all(word, "{" + key + "}", value);
    }
    std::vector<char*> words;
    for (auto& word : chosen.command)
        words.push_back(word.data());
    words.push_back(nullptr);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
        std::signal(number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &mask, nullptr);
    execvp(words[0], words.data());
    std::fprintf(stderr, "sandbox: cannot run %s: %s\n", words[0], std::strerror(errno));
    _exit(127);
}

// A process asleep in a frozen filesystem cannot be ended, so thaw before leaving. Every filesystem
// has a thread of its own: thawing one may have to wait until another one is thawed.
void thaw_all(const std::vector<std::pair<std::string, int>>& mounts) {
    const auto running = std::make_shared<std::atomic<std::size_t>>(mounts.size());
    for (const auto& mount : mounts)
        std::thread([running, mount] {
            if (ioctl(mount.second, FITHAW, 0) == 0)
                std::fprintf(stderr, "sandbox: %s was left frozen; thawed\n", mount.first.c_str());
            --*running;
        }).detach();
    const auto deadline = std::chrono::steady_clock::now() + thaw_patience;
    while (*running != 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

int exit_status(int waited) {
    return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
}

sigset_t block_signals() {
    sigset_t mask;
    sigemptyset(&mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        sigaddset(&mask, number);
    sigprocmask(SIG_BLOCK, &mask, nullptr);
    return mask;
}

// Waits for a child, buries all others, and passes signals on to it; kills it if it does not heed
// them.
int supervise(pid_t child, const sigset_t& mask, std::chrono::seconds patience) {
    const int signals = signalfd(-1, &mask, SFD_CLOEXEC);
    auto deadline = std::chrono::steady_clock::time_point::max();
    for (;;) {
        int status = 0;
        for (pid_t gone = 0; (gone = waitpid(-1, &status, WNOHANG)) > 0;)
            if (gone == child)
                return exit_status(status);
        if (std::chrono::steady_clock::now() > deadline)
            kill(child, SIGKILL);
        pollfd waited{signals, POLLIN, 0};
        poll(&waited, 1, 200);
        signalfd_siginfo caught{};
        // What comes from the terminal itself (Ctrl-C) goes to all of us, the command included.
        if (waited.revents == 0 || read(signals, &caught, sizeof caught) != sizeof caught ||
            caught.ssi_signo == SIGCHLD || caught.ssi_code == SI_KERNEL)
            continue;
        kill(child, static_cast<int>(caught.ssi_signo));
        if (deadline == std::chrono::steady_clock::time_point::max())
            deadline = std::chrono::steady_clock::now() + patience;
    }
}

[[noreturn]] void be_process_one(const options& chosen, const sigset_t& mask) {
    int status = cannot;
    std::vector<std::pair<std::string, int>> mounts;
    try {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        must(mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0,
             "cannot make mounts private");
        must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0,
             "cannot mount proc");
        for (const auto& path : chosen.mounts) {
            mounts.emplace_back(path, open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            must(mounts.back().second >= 0, "cannot open " + path);
        }
        const pid_t holder = start_holder(chosen);
        status = supervise(start_command(chosen, holder, mask), mask, end_patience);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "sandbox: %s\n", problem.what());
    }
    thaw_all(mounts);
    std::fflush(stderr);
    _exit(status);
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = parse(argc, argv);
    const pid_t caller = getppid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != caller)
        return cannot; // the caller died before the kernel was told to watch it
    const sigset_t mask = block_signals();
    if (unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) {
        std::fprintf(stderr, "sandbox: cannot make namespaces: %s\n", std::strerror(errno));
        return cannot;
    }
    const pid_t first = fork();
    if (first < 0) {
        std::fprintf(stderr, "sandbox: cannot fork: %s\n", std::strerror(errno));
        return cannot;
    }
    if (first == 0)
        be_process_one(chosen, mask);
    return supervise(first, mask, end_patience + 2 * thaw_patience);
}
