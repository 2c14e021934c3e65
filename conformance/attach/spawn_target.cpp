// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/spawn_target.hpp"

#include "conformance/attach/address.hpp"
#include "conformance/attach/reach.hpp"
#include "conformance/attach/session_resources.hpp"
#include "conformance/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/stat.h>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

constexpr duration start_wait = std::chrono::seconds(10);

/// The last bytes of a file; nothing if it cannot be read.
std::string tail_of(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) {
        return {};
    }
    const auto size = static_cast<std::streamoff>(file.tellg());
    file.seekg(std::max<std::streamoff>(0, size - static_cast<std::streamoff>(most)));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void make_empty(const std::string& path, bool keep) {
    std::error_code ignored;
    if (!keep) {
        fs::remove_all(path, ignored);
    }
    std::error_code failure;
    fs::create_directories(path, failure);
    if (failure) {
        throw unreachable(fmt::format("{}: {}", path, failure.message()));
    }
}

} // namespace

work_directory::work_directory(const std::string& parent) {
    const char* temporary = std::getenv("TMPDIR");
    std::string pattern =
        !parent.empty() ? parent : (temporary != nullptr && *temporary != 0 ? temporary : "/tmp");
    pattern += "/snapcheck-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw unreachable(fmt::format("{}: {}", pattern, std::strerror(errno)));
    }
    m_path = pattern;
    // An agent that runs as somebody else has to get in.
    ::chmod(m_path.c_str(), 0755);
}

work_directory::~work_directory() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

spawn_target::spawn_target(spawn_command command, freeze_target_list filesystems,
                           const std::string& work_parent, double timeout_scale,
                           std::string dialect)
    : real_target(std::move(filesystems)),
      m_command(std::move(command)),
      m_dialect(std::move(dialect)),
      m_timeout_scale(timeout_scale),
      m_work_parent(work_parent),
      m_work(work_parent) {
    if (m_command.has_hook()) {
        make_empty(file("hook.d"), false);
        const auto known = freeze_targets();
        freeze_target* first = known.empty() ? nullptr : known.front();
        m_hook = std::make_unique<script_hook>(file("hook.d"), [first]() -> std::optional<bool> {
            return first != nullptr ? first->is_frozen().value : std::nullopt;
        });
    }
    start({});
}

spawn_target::~spawn_target() {
    stop();
}

std::string spawn_target::description() const {
    return "spawned: " + m_command.text();
}

std::string spawn_target::replay_flags() const {
    std::string flags = (m_dialect == "qga" ? "" : "--dialect " + m_dialect + ' ') + "--spawn " +
                        shell_quoted(m_command.text());
    if (!m_work_parent.empty()) {
        flags += " --work-dir " + shell_quoted(m_work_parent);
    }
    return flags;
}

support spawn_target::can(capability what) const {
    const auto placeholder = [](bool there, const char* which) {
        return there ? support::yes()
                     : support::no(fmt::format("the command of --spawn has no {}", which));
    };
    switch (what) {
    case capability::reconnect:
    case capability::second_client:
    case capability::connection_oriented:
    case capability::half_close:
    case capability::restart:
    case capability::signal:
        return support::yes();
    case capability::hook:
        return placeholder(m_command.has_hook(), "{hook}");
    case capability::keep_state:
        return placeholder(m_command.has_state(), "{state}");
    case capability::block_list:
        return placeholder(m_command.has_block_list(), "{block:FLAG}");
    case capability::freeze_everything: {
        std::vector<std::string> known;
        for (freeze_target* one : const_cast<spawn_target*>(this)->freeze_targets()) {
            known.push_back(one->mount());
        }
        return known.empty() ? real_target::can(capability::freeze_target)
               : m_process   ? reaches_only(m_process->id(), known)
                             : support::no("the agent does not run");
    }
    case capability::failing_mount: // a hidden mount cannot be opened, and is always there
    case capability::hidden_mount:
        return m_process ? has_hidden_mount(m_process->id())
                         : support::no("the agent does not run");
    case capability::state_on_target: {
        if (!m_command.has_state()) {
            return placeholder(false, "{state}");
        }
        auto known = const_cast<spawn_target*>(this)->freeze_targets();
        return known.empty() ? real_target::can(capability::freeze_target)
                             : known.front()->can(what);
    }
    default:
        return real_target::can(what);
    }
}

std::string spawn_target::file(const char* name) const {
    return m_work.path() + '/' + name;
}

std::string spawn_target::directory_on_target() const {
    return const_cast<spawn_target*>(this)->freeze_targets().front()->mount() +
           "/snapcheck-agent-state";
}

std::unique_ptr<channel> spawn_target::connect(duration wait) {
    if (m_first) {
        return std::move(m_first);
    }
    return connect_to({.kind = address_kind::unix_socket, .place = file("socket")}, wait);
}

void spawn_target::stop() {
    m_first.reset();
    if (m_process) {
        m_process->kill_group();
        m_process.reset();
    }
}

void spawn_target::start(const start_options& options) {
    if (m_process) {
        m_process->kill_group();
        if (m_process->alive()) {
            throw unreachable("the agent of the run before cannot be ended (is it waiting for a "
                              "frozen filesystem?)");
        }
    }
    stop();
    std::error_code ignored;
    fs::remove(file("socket"), ignored);
    fs::remove(file("pidfile"), ignored);
    const std::string home = options.state_on_target ? directory_on_target() : m_work.path();
    make_empty(home + "/state", options.keep_state);
    m_log_path = home + "/log";
    if (options.hook && m_hook) {
        m_hook->play(*options.hook);
    }
    placeholder_values values;
    values.socket = file("socket");
    values.state = home + "/state";
    values.pidfile = file("pidfile");
    values.log = m_log_path;
    values.block_list = options.block_list;
    if (options.hook && m_hook) {
        values.hook = m_hook->path();
    }
    m_process = std::make_unique<process>(m_command.words(values));
    wait_until_up();
}

void spawn_target::wait_until_up() {
    const auto wait = std::chrono::duration_cast<duration>(start_wait * m_timeout_scale);
    const instant end = now() + wait;
    std::string last = "no attempt was made";
    while (now() < end) {
        try {
            m_first = connect_to({.kind = address_kind::unix_socket, .place = file("socket")},
                                 std::chrono::milliseconds(100));
            return;
        } catch (const unreachable& failure) {
            last = failure.what();
        }
        if (const auto ended = m_process->wait_exit(std::chrono::milliseconds(2))) {
            throw unreachable(fmt::format(
                "the agent ended at its start, {} {}{}", ended->by_signal ? "by signal" : "status",
                ended->code, agent_output().empty() ? "" : ": " + printable(agent_output(), 400)));
        }
    }
    throw unreachable(fmt::format("the agent did not listen within {:.3g} s of its start ({})",
                                  milliseconds(wait) / 1e3, last));
}

bool spawn_target::alive() {
    return m_process && m_process->alive();
}

void spawn_target::terminate() {
    if (m_process) {
        m_process->signal(SIGTERM);
    }
}

void spawn_target::kill() {
    m_first.reset();
    if (m_process) {
        m_process->kill_group();
    }
}

std::optional<exit_report> spawn_target::wait_exit(duration bound) {
    return m_process ? m_process->wait_exit(bound) : std::optional(exit_report{});
}

observed<resource_use> spawn_target::resources() {
    return m_process ? resources_of_session(m_process->id())
                     : observed<resource_use>::unknown("the agent does not run");
}

std::string spawn_target::agent_output() const {
    std::string text = m_process ? m_process->output() : std::string{};
    // A log on a frozen filesystem can be read all the same.
    text += tail_of(m_log_path, process::output_bytes_max - text.size());
    return text;
}

} // namespace snapproto::conformance
