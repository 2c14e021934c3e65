// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/builtin.hpp"

#include "conformance/builtin/fault.hpp"
#include "conformance/builtin/made_agent.hpp"
#include "conformance/builtin/unusual.hpp"
#include "conformance/builtin/virtual_agent.hpp"
#include "conformance/builtin/virtual_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace snapproto::conformance {

namespace builtin {

namespace {

using namespace std::chrono_literals;

/// What every look at a stream takes, so that a loop that only looks still lets time pass.
constexpr duration a_moment = 10us;
/// Bytes that fit between client and agent.
constexpr std::size_t pipe_bytes_max = 1024 * 1024;

class embedded_target;

class embedded_channel final : public channel {
  public:
    embedded_channel(embedded_target& at, std::shared_ptr<virtual_stream> stream)
        : m_target(at), m_stream(std::move(stream)) {}
    ~embedded_channel() override { close_stream(); }

    send_result send(std::string_view bytes, duration wait) override;
    receive_result receive(duration wait) override;
    bool half_close() override;
    void close() override { close_stream(); }

  private:
    void close_stream();

    embedded_target& m_target;
    std::shared_ptr<virtual_stream> m_stream;
};

class embedded_target final : public target {
  public:
    embedded_target(std::shared_ptr<const fault> with, std::string name)
        : m_fault(std::move(with)), m_name(std::move(name)) {
        start({});
    }

    [[nodiscard]] std::string description() const override {
        return fmt::format("embedded agent '{}'", m_name);
    }
    [[nodiscard]] support can(capability) const override { return support::yes(); }
    [[nodiscard]] std::string replay_flags() const override {
        return fmt::format("--builtin {}", m_name);
    }

    [[nodiscard]] instant now() const override { return m_world.clock.now(); }
    void sleep_for(duration span) override { m_world.clock.run_until(now() + span); }

    [[nodiscard]] std::unique_ptr<channel> connect(duration) override {
        if (!m_agent->alive()) {
            throw unreachable("the embedded agent has ended");
        }
        return std::make_unique<embedded_channel>(*this, m_agent->connect());
    }

    void start(const start_options& options) override {
        m_agent.reset();
        m_world.furnish(options.failing_mount, options.nested_mount);
        m_world.hook.forget();
        m_world.hook.play(options.hook.value_or(hook_script{}));
        m_agent = virtual_agent::make(m_world, m_fault.get(), options);
    }
    [[nodiscard]] bool alive() override { return m_agent->alive(); }
    void terminate() override { m_agent->terminate(); }
    void kill() override { m_agent->kill(); }
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override {
        m_world.clock.run_until(now() + bound, [this] { return !m_agent->alive(); });
        return m_agent->alive() ? std::nullopt : std::optional{m_agent->ending()};
    }

    [[nodiscard]] observed<resource_use> resources() override {
        return m_agent->alive() ? observed<resource_use>(m_agent->resources())
                                : observed<resource_use>::unknown("the agent does not run");
    }

    [[nodiscard]] played_hook* hook() noexcept override { return &m_world.hook; }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override {
        std::vector<freeze_target*> made;
        for (const auto& one : m_world.filesystems) {
            if (one->is_target()) {
                made.push_back(one.get());
            }
        }
        return made;
    }

    [[nodiscard]] virtual_world& world() noexcept { return m_world; }
    void pump() {
        if (m_agent) {
            m_agent->pump();
        }
    }

  private:
    std::shared_ptr<const fault> m_fault; ///< Null for the reference.
    std::string m_name;
    virtual_world m_world;
    std::unique_ptr<virtual_agent> m_agent;
};

send_result embedded_channel::send(std::string_view bytes, duration wait) {
    if (m_stream->client_closed || m_stream->client_finished || m_stream->agent_closed) {
        return {send_status::closed, 0};
    }
    auto& clock = m_target.world().clock;
    const instant until = clock.now() + wait;
    clock.run_until(clock.now() + a_moment);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const std::size_t room =
            pipe_bytes_max - std::min(pipe_bytes_max, m_stream->to_agent.size());
        const auto piece = bytes.substr(sent, room);
        m_stream->to_agent += piece;
        sent += piece.size();
        m_target.pump();
        if (m_stream->agent_closed) {
            return {send_status::closed, sent};
        }
        if (m_stream->to_agent.size() >= pipe_bytes_max && sent < bytes.size()) {
            if (clock.now() >= until) {
                return {send_status::partial, sent};
            }
            clock.run_until(std::min(until, clock.now() + 10ms));
        }
    }
    return {send_status::complete, sent};
}

receive_result embedded_channel::receive(duration wait) {
    if (m_stream->client_closed) {
        return {receive_status::closed, {}};
    }
    auto& clock = m_target.world().clock;
    const auto there = [this] { return !m_stream->to_client.empty() || m_stream->agent_closed; };
    m_target.pump();
    clock.run_until(clock.now() + std::max(wait, a_moment), there);
    if (!m_stream->to_client.empty()) {
        constexpr std::size_t chunk = 64 * 1024;
        receive_result got{receive_status::data, m_stream->to_client.substr(0, chunk)};
        m_stream->to_client.erase(0, chunk);
        m_target.pump(); // there is room again
        return got;
    }
    return {m_stream->agent_closed ? receive_status::closed : receive_status::nothing, {}};
}

bool embedded_channel::half_close() {
    m_stream->client_finished = true;
    m_target.pump();
    return true;
}

void embedded_channel::close_stream() {
    if (!std::exchange(m_stream->client_closed, true)) {
        m_target.pump();
    }
}

} // namespace

std::unique_ptr<target> make_embedded(fault with, std::string name) {
    return std::make_unique<embedded_target>(std::make_shared<const fault>(std::move(with)),
                                             std::move(name));
}

const std::vector<fault>& all_faults() {
    static const std::vector<fault> faults = [] {
        std::vector<fault> all;
        for (auto family : {wire_faults(), freeze_faults(), life_faults()}) {
            std::move(family.begin(), family.end(), std::back_inserter(all));
        }
        std::sort(all.begin(), all.end(),
                  [](const fault& a, const fault& b) { return a.info.name < b.info.name; });
        return all;
    }();
    return faults;
}

} // namespace builtin

std::unique_ptr<target> make_builtin(std::string_view fault_or_reference, std::uint64_t) {
    if (fault_or_reference == "reference") {
        return std::make_unique<builtin::embedded_target>(nullptr, "reference");
    }
    for (const auto* list : {&builtin::all_faults(), &builtin::unusual_agents()}) {
        for (const auto& one : *list) {
            if (one.info.name == fault_or_reference) {
                return builtin::make_embedded(one, std::string{one.info.name});
            }
        }
    }
    throw std::invalid_argument(fmt::format("no embedded agent is named '{}'", fault_or_reference));
}

std::span<const fault_info> builtin_faults() {
    static const std::vector<fault_info> infos = [] {
        std::vector<fault_info> made;
        for (const auto& one : builtin::all_faults()) {
            made.push_back(one.info);
        }
        return made;
    }();
    return infos;
}

} // namespace snapproto::conformance
