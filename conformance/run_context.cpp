// SPDX-License-Identifier: BSL-1.0
#include "conformance/run_context.hpp"

#include "conformance/watched_filesystem.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <utility>

namespace snapproto::conformance {
namespace json = boost::json;
namespace {

constexpr duration connect_wait = std::chrono::seconds(5);

} // namespace

run_context::run_context(target& agent, const settings& how)
    : judgement(agent, lane::orchestrator, how.seed),
      m_agent(agent),
      m_time(agent, how.bound, how.timeout_scale) {
    for (freeze_target* known : agent.freeze_targets()) {
        m_watched.push_back(std::make_unique<watched_filesystem>(*known, agent, log()));
    }
}

run_context::~run_context() = default;

qga_client& run_context::client() {
    if (!m_client) {
        m_client = connect(m_connections == 0 ? "first" : fmt::format("#{}", m_connections + 1));
    }
    return *m_client;
}

qga_client& run_context::reconnect() {
    disconnect();
    return client();
}

void run_context::disconnect() {
    m_client.reset();
}

std::unique_ptr<qga_client> run_context::connect(std::string name) {
    ++m_connections;
    const std::uint64_t seed = random()();
    return std::make_unique<qga_client>(m_agent.connect(m_time.allow(connect_wait)), m_agent,
                                        m_time, log(), std::move(name), seed);
}

void run_context::start(const start_options& options) {
    disconnect();
    m_started = true;
    m_time.look_for_interrupt();
    log().event(now(), lane::agent, "is started afresh");
    m_agent.start(options);
}

freeze_target& run_context::filesystem(std::size_t index) {
    if (index >= m_watched.size()) {
        skip(fmt::format("only {} filesystem(s) that may be frozen are known (--freeze-target)",
                         m_watched.size()));
    }
    return *m_watched[index];
}

std::vector<std::string> run_context::mounts() {
    std::vector<std::string> names;
    for (const auto& one : m_watched) {
        names.push_back(one->mount());
    }
    return names;
}

played_hook& run_context::hook() {
    played_hook* played = m_agent.hook();
    if (played == nullptr) {
        skip(m_agent.can(capability::hook).why);
    }
    return *played;
}

reply run_context::status(duration wait) {
    return client().call("guest-fsfreeze-status", nullptr, {.wait = wait, .id = {}});
}

reply run_context::freeze(const std::vector<std::string>& mount_points, duration wait) {
    json::array list;
    for (const auto& one : mount_points) {
        list.emplace_back(one);
    }
    return client().call("guest-fsfreeze-freeze-list",
                         json::object{{"mountpoints", std::move(list)}}, {.wait = wait, .id = {}});
}

reply run_context::thaw(duration wait) {
    return client().call("guest-fsfreeze-thaw", nullptr, {.wait = wait, .id = {}});
}

std::int64_t run_context::must_freeze() {
    const std::string mount = filesystem().mount();
    must_sync();
    const reply frozen = freeze({mount});
    const auto count = frozen.number();
    require(count && *count >= 1, "a freeze of a thawed filesystem succeeds",
            fmt::format("return is the number of filesystems frozen, for the list [{}]", mount),
            frozen.words());
    return count.value_or(0);
}

void run_context::must_sync() {
    if (client().sync(std::chrono::seconds(2)) || client().sync_plain(std::chrono::seconds(2))) {
        return;
    }
    const auto& passed = client().discarded();
    fail("an idle agent answers a synchronisation", "the id of the synchronisation comes back",
         passed.empty() ? std::string("nothing, to none of the attempts")
                        : "other lines only, the last: " + passed.back().words());
}

void run_context::sleep_for(duration span) {
    m_agent.sleep_for(m_time.allow(span));
    m_time.look_for_interrupt();
}

void run_context::require_value(const reply& got, std::string_view what) {
    require(got.is_value(), fmt::format("{} succeeds", what), "a reply with 'return'", got.words());
}

void run_context::require_number(const reply& got, std::int64_t number, std::string_view what) {
    require(got.returns(number), fmt::format("{} returns {}", what, number),
            fmt::format("return is {}", number), got.words());
}

void run_context::require_text(const reply& got, std::string_view text, std::string_view what) {
    require(got.returns(text), fmt::format("{} returns \"{}\"", what, text),
            fmt::format("return is \"{}\"", text), got.words());
}

void run_context::require_error(const reply& got, std::string_view error_class,
                                std::string_view what) {
    const bool right = got.is_error() && (error_class.empty() || got.error_class == error_class);
    require(right, fmt::format("{} is refused with an error", what),
            error_class.empty() ? std::string("a reply with 'error'")
                                : fmt::format("error of class {}", error_class),
            got.words());
}

} // namespace snapproto::conformance
