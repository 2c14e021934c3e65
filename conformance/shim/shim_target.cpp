// SPDX-License-Identifier: BSL-1.0
#include "conformance/shim/shim_target.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/builtin/virtual_world.hpp"
#include "conformance/shim/adapter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

namespace snapproto::conformance {
namespace shim {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// What every look at a stream takes, so that a loop that only looks still lets time pass.
constexpr duration a_moment = 10us;
/// Bytes in one command; their answer has to fit into a line.
constexpr std::size_t piece_bytes_max = 16 * 1024;
/// How often an agent may ask to be woken at once, one time after the other.
constexpr int wake_ups_at_once_max = 1000;

std::string hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string made;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        made += digits[byte >> 4U];
        made += digits[byte & 15U];
    }
    return made;
}

struct stream {
    std::uint32_t client = 0;
    std::string to_client;
    bool agent_closed = false;
};

class shim_target;

/// A mount point that the adapter has named. The suite's own picture of the device follows what
/// the adapter says is frozen.
class shim_filesystem final : public freeze_target {
  public:
    shim_filesystem(shim_target& at, builtin::virtual_clock& clock, std::string mount)
        : m_target(at), m_picture(clock, std::move(mount), "", true) {}

    void show(bool frozen) {
        if (frozen != m_picture.frozen()) {
            (void)(frozen ? m_picture.kernel_freeze() : m_picture.kernel_thaw());
        }
    }
    [[nodiscard]] bool frozen() const noexcept { return m_picture.frozen(); }

    [[nodiscard]] std::string mount() const override { return m_picture.mount(); }
    [[nodiscard]] std::optional<std::string> alias() const override { return std::nullopt; }
    [[nodiscard]] observed<bool> is_frozen() override { return m_picture.is_frozen(); }
    [[nodiscard]] observed<std::string> device_digest() override {
        return m_picture.device_digest();
    }
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override {
        return m_picture.start_writer();
    }
    [[nodiscard]] observed<copy_report> examine_copy() override { return m_picture.examine_copy(); }
    [[nodiscard]] observed<std::shared_ptr<witness>> leave_witness() override {
        return m_picture.leave_witness();
    }
    [[nodiscard]] observed<bool> foreign_freeze() override;
    [[nodiscard]] observed<bool> foreign_thaw() override;

  private:
    shim_target& m_target;
    builtin::virtual_filesystem m_picture;
};

class shim_channel final : public channel {
  public:
    shim_channel(shim_target& at, std::shared_ptr<stream> one)
        : m_target(at), m_stream(std::move(one)) {}
    ~shim_channel() override;

    send_result send(std::string_view bytes, duration wait) override;
    receive_result receive(duration wait) override;
    bool half_close() override;
    void close() override;

  private:
    shim_target& m_target;
    std::shared_ptr<stream> m_stream;
    bool m_finished = false;
    bool m_closed = false;
};

class shim_target final : public target {
  public:
    shim_target(std::string command, double timeout_scale)
        : m_adapter(std::move(command), std::chrono::duration_cast<duration>(
                                            std::chrono::duration<double>(10 * timeout_scale))),
          m_hook(m_clock, [this]() -> std::optional<bool> {
              return m_filesystems.empty() ? std::nullopt
                                           : std::optional{m_filesystems.front()->frozen()};
          }) {
        start({});
    }

    [[nodiscard]] std::string description() const override {
        return "shim: " + m_adapter.command();
    }
    [[nodiscard]] std::string replay_flags() const override {
        return "--shim " + shell_quoted(m_adapter.command());
    }
    [[nodiscard]] support can(capability what) const override;

    [[nodiscard]] instant now() const override { return m_clock.now(); }
    void sleep_for(duration span) override { m_clock.run_until(now() + span); }

    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    void start(const start_options& options) override;
    [[nodiscard]] bool alive() override { return m_alive; }
    void terminate() override { (void)tell("terminate"); }
    void kill() override {
        if (m_alive) {
            (void)tell("kill");
            end({true, 9});
        }
    }
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override {
        m_clock.run_until(now() + bound, [this] { return !m_alive; });
        return m_alive ? std::nullopt : std::optional{m_ending};
    }
    [[nodiscard]] std::string agent_output() const override { return m_adapter.output(); }
    [[nodiscard]] observed<resource_use> resources() override {
        return observed<resource_use>::unknown("an adapter does not tell what its agent uses");
    }
    [[nodiscard]] played_hook* hook() noexcept override {
        return declared("hook") ? &m_hook : nullptr;
    }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override {
        std::vector<freeze_target*> all;
        for (const auto& one : m_filesystems) {
            all.push_back(one.get());
        }
        return all;
    }

    /// Sends a command and takes in what its answer says. @return false when it is unsupported
    bool tell(std::string_view what, json::object more = {});
    [[nodiscard]] builtin::virtual_clock& clock() noexcept { return m_clock; }
    [[nodiscard]] const adapter& behind() const noexcept { return m_adapter; }

  private:
    [[nodiscard]] bool declared(std::string_view what) const {
        return std::find(m_can.begin(), m_can.end(), what) != m_can.end();
    }
    void take(const answer& what);
    void wake_up_at(std::optional<std::int64_t> due);
    void start_hook(const hook_start& what);
    void end(exit_report how);

    builtin::virtual_clock m_clock;
    adapter m_adapter;
    builtin::virtual_hook m_hook;
    std::vector<std::unique_ptr<shim_filesystem>> m_filesystems;
    std::vector<std::string> m_can;
    std::map<std::uint32_t, std::shared_ptr<stream>> m_streams;
    std::map<std::uint32_t, std::uint64_t> m_hook_calls; ///< The adapter's number, the hook's.
    builtin::virtual_clock::event_id m_wake_up{};
    std::uint32_t m_last_client = 0;
    int m_wake_ups_at_once = 0;
    bool m_alive = false;
    exit_report m_ending;
};

// ---- filesystem ---------------------------------------------------------------------------------

observed<bool> shim_filesystem::foreign_freeze() {
    if (!m_target.tell("freeze", {{"mount", mount()}})) {
        return observed<bool>::unknown("the adapter does not support it");
    }
    return frozen();
}

observed<bool> shim_filesystem::foreign_thaw() {
    if (frozen() && !m_target.tell("thaw", {{"mount", mount()}})) {
        return observed<bool>::unknown("the adapter does not support it");
    }
    return !frozen();
}

// ---- channel ------------------------------------------------------------------------------------

shim_channel::~shim_channel() {
    try {
        close();
    } catch (const unreachable&) { // the adapter keeps its trouble for require_sound_shim()
        m_closed = true;
    }
}

send_result shim_channel::send(std::string_view bytes, duration) {
    send_result result;
    auto& clock = m_target.clock();
    clock.run_until(clock.now() + a_moment);
    while (result.sent < bytes.size()) {
        if (m_closed || m_finished || m_stream->agent_closed) {
            result.status = send_status::closed;
            return result;
        }
        const auto piece = bytes.substr(result.sent, piece_bytes_max);
        result.sent += piece.size();
        (void)m_target.tell("bytes", {{"client", m_stream->client}, {"hex", hex(piece)}});
    }
    return result;
}

receive_result shim_channel::receive(duration wait) {
    if (m_closed) {
        return {receive_status::closed, {}};
    }
    auto& clock = m_target.clock();
    clock.run_until(clock.now() + std::max(wait, a_moment),
                    [this] { return !m_stream->to_client.empty() || m_stream->agent_closed; });
    if (!m_stream->to_client.empty()) {
        constexpr std::size_t chunk = 64 * 1024;
        receive_result got{receive_status::data, m_stream->to_client.substr(0, chunk)};
        m_stream->to_client.erase(0, chunk);
        return got;
    }
    return {m_stream->agent_closed ? receive_status::closed : receive_status::nothing, {}};
}

bool shim_channel::half_close() {
    m_finished = m_target.tell("finish", {{"client", m_stream->client}});
    return m_finished;
}

void shim_channel::close() {
    if (!std::exchange(m_closed, true) && !m_stream->agent_closed) {
        (void)m_target.tell("close", {{"client", m_stream->client}});
    }
}

// ---- target -------------------------------------------------------------------------------------

support shim_target::can(capability what) const {
    const auto needs = [this](std::string_view word) {
        return declared(word)
                   ? support::yes()
                   : support::no(fmt::format("the adapter does not say that it can '{}'", word));
    };
    const auto with_mounts = [this](std::size_t least, support otherwise) {
        return m_filesystems.size() >= least
                   ? std::move(otherwise)
                   : support::no(fmt::format("the adapter names {} mounts", m_filesystems.size()));
    };
    switch (what) {
    case capability::reconnect:
    case capability::connection_oriented:
    case capability::restart:
    case capability::virtual_time:
        return support::yes();
    case capability::second_client:
        return needs("second_client");
    case capability::half_close:
        return needs("finish");
    case capability::signal:
        return needs("signal");
    case capability::hook:
        return needs("hook");
    case capability::keep_state:
        return needs("keep_state");
    case capability::block_list:
        return needs("block");
    case capability::two_freeze_targets:
        return with_mounts(2, support::yes());
    case capability::freeze_target:
    case capability::freeze_everything:
    case capability::kernel_truth:
    case capability::device_digest:
    case capability::writer:
    case capability::window_copy:
        return with_mounts(1, support::yes());
    case capability::foreign_freeze:
        return with_mounts(1, needs("foreign"));
    default:
        return support::no("an adapter has no words for it");
    }
}

std::unique_ptr<channel> shim_target::connect(duration) {
    if (!m_alive) {
        throw unreachable("the agent has ended");
    }
    const std::uint32_t client = ++m_last_client;
    const auto made = std::make_shared<stream>();
    made->client = client;
    m_streams[client] = made;
    if (!tell("open", {{"client", client}})) {
        throw unreachable("the adapter does not support a further connection");
    }
    return std::make_unique<shim_channel>(*this, made);
}

void shim_target::start(const start_options& options) {
    end({true, 9});
    m_hook.forget();
    m_hook.play(options.hook.value_or(hook_script{}));
    json::array blocked(options.block_list.begin(), options.block_list.end());
    m_alive = true;
    if (!tell("reset", {{"hook", options.hook.has_value()},
                        {"block", std::move(blocked)},
                        {"keep_state", options.keep_state}})) {
        throw unreachable(
            fmt::format("the adapter '{}' does not support 'reset'", m_adapter.command()));
    }
}

bool shim_target::tell(std::string_view what, json::object more) {
    more["do"] = what;
    more["at"] = now().time_since_epoch() / 1us;
    const answer got = m_adapter.tell(more);
    if (got.unsupported) {
        return false;
    }
    if (what == "reset") {
        m_can = got.can;
        if (m_filesystems.empty()) {
            for (const auto& mount : got.mounts) {
                m_filesystems.push_back(std::make_unique<shim_filesystem>(*this, m_clock, mount));
            }
        }
    }
    take(got);
    return true;
}

void shim_target::take(const answer& what) {
    for (const auto& one : m_filesystems) {
        one->show(std::find(what.frozen.begin(), what.frozen.end(), one->mount()) !=
                  what.frozen.end());
    }
    for (const auto& [client, bytes] : what.out) {
        if (const auto to = m_streams.find(client); to != m_streams.end()) {
            to->second->to_client += bytes;
        }
    }
    for (const auto client : what.closed) {
        if (const auto to = m_streams.find(client); to != m_streams.end()) {
            to->second->agent_closed = true;
        }
    }
    wake_up_at(what.due);
    if (what.ended) {
        end({false, static_cast<int>(*what.ended)});
    }
    for (const auto& one : what.hook) {
        start_hook(one);
    }
    for (const auto call : what.kill) {
        if (const auto known = m_hook_calls.find(call); known != m_hook_calls.end()) {
            m_hook.kill(known->second);
        }
    }
}

void shim_target::wake_up_at(std::optional<std::int64_t> due) {
    m_clock.cancel(m_wake_up);
    if (!due) {
        return;
    }
    const instant when{std::chrono::microseconds(*due)};
    m_wake_ups_at_once = when <= now() ? m_wake_ups_at_once + 1 : 0;
    if (m_wake_ups_at_once > wake_ups_at_once_max) {
        m_adapter.fail(
            fmt::format("asked {} times in a row to be woken at once", m_wake_ups_at_once));
    }
    m_wake_up = m_clock.at(when, [this] { (void)tell("advance"); });
}

void shim_target::start_hook(const hook_start& what) {
    m_hook_calls[what.call] =
        m_hook.run(what.argument, [this, call = what.call](const auto& ending) {
            m_hook_calls.erase(call);
            (void)tell("hook_ended", {{"call", call}, {"ok", ending.ok}, {"why", ending.why}});
        });
}

void shim_target::end(exit_report how) {
    if (!std::exchange(m_alive, false)) {
        return;
    }
    m_ending = how;
    for (const auto& [client, one] : m_streams) {
        one->agent_closed = true;
    }
    m_streams.clear();
    m_hook.abandon();
    m_hook_calls.clear();
}

} // namespace
} // namespace shim

std::unique_ptr<target> make_shim(std::string command, double timeout_scale) {
    return std::make_unique<shim::shim_target>(std::move(command), timeout_scale);
}

void require_sound_shim(const target& agent) {
    const auto* const one = dynamic_cast<const shim::shim_target*>(&agent);
    if (one != nullptr && !one->behind().trouble().empty()) {
        throw unreachable(one->behind().trouble());
    }
}

} // namespace snapproto::conformance
