// SPDX-License-Identifier: BSL-1.0
// Starts a program inside the sandbox: `sandbox_enter --name N --loops 1,2 --holder PID --
// PROGRAM...`
//
// It joins the mount namespace of the holder, looks at what is mounted there, refuses if anything
// is not the sandbox's own, gives up the rights with which a program could still reach the machine,
// and becomes the program. There is no process in between: a signal to its id reaches the program
// itself.

#include "mount_table.hpp"

#include <linux/capability.h>
#include <linux/close_range.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <sstream>
#include <string>

namespace {

namespace peers = snapproto::conformance::peers;

[[noreturn]] void refuse(const std::string& why) {
    std::fprintf(stderr, "sandbox_enter: %s\n", why.c_str());
    std::exit(126);
}

[[noreturn]] void usage(int status) {
    std::fputs(
        "usage: sandbox_enter --name NAME [--loops N[,N]...] --holder PID -- PROGRAM [ARG]...\n"
        "\n"
        "Becomes PROGRAM inside the sandbox whose mount namespace process PID holds. NAME is the\n"
        "source name of the sandbox's own tmpfs mounts, N the numbers of its loop devices.\n"
        "\n"
        "Exit status: that of PROGRAM; 2 wrong usage; 126 refused; 127 PROGRAM cannot be run.\n",
        status == 0 ? stdout : stderr);
    std::exit(status);
}

// Freezing needs CAP_SYS_ADMIN, which stays. These rights could change the machine itself: its
// clock, its power, its kernel, or (by making a device node) its disks.
void give_up_rights() {
    for (const int right : {CAP_SYS_BOOT, CAP_SYS_TIME, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_MKNOD})
        if (prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0 && errno != EINVAL)
            refuse(std::string("cannot give up a right: ") + std::strerror(errno));
}

} // namespace

int main(int argc, char** argv) try {
    peers::sandbox_contents contents;
    std::string holder;
    int at = 1;
    for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at) {
        const std::string word = argv[at];
        if (word == "--help" || word == "-h")
            usage(0);
        if (at + 1 >= argc)
            usage(2);
        const std::string value = argv[++at];
        if (word == "--name")
            contents.name = value;
        else if (word == "--loops") {
            std::istringstream numbers(value);
            for (std::string number; std::getline(numbers, number, ',');)
                contents.loops.push_back(static_cast<unsigned>(std::stoul(number)));
        } else if (word == "--holder")
            holder = value;
        else
            usage(2);
    }
    if (at + 1 >= argc || contents.name.empty() || holder.empty())
        usage(2);
    char** const program = argv + at + 1;

    const std::string place = "/proc/" + holder + "/ns/mnt";
    const int space = open(place.c_str(), O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNS) != 0)
        refuse("cannot join " + place + ": " + std::strerror(errno));
    const std::string objection = objection_to(peers::read_mount_table(), contents);
    if (!objection.empty())
        refuse("not starting anything here: " + objection);
    if (chdir("/") != 0)
        refuse(std::string("cannot go to the root: ") + std::strerror(errno));
    give_up_rights();
    // Descriptors of files outside would be a way out.
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        refuse(std::string("cannot close descriptors: ") + std::strerror(errno));
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    execvp(program[0], program);
    std::fprintf(stderr, "sandbox_enter: cannot run %s: %s\n", program[0], std::strerror(errno));
    return 127;
} catch (const std::exception& problem) {
    refuse(problem.what());
}
