// SPDX-License-Identifier: BSL-1.0
// Clients, the endpoint's outputs and the clock. What is done with participants is in
// agent_participants.cpp.
#include "agent.hpp"

#include "commands.hpp"
#include "plugins.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace snapagent {

using namespace snapproto;
using namespace std::chrono_literals;

namespace {

// One freeze may hang in the kernel while others are thawed and somebody looks around.
constexpr std::size_t workers = 4;
// A client that does not read is not read from either.
constexpr std::size_t unread_max = 64 * 1024;

} // namespace

agent::agent(settings how)
    : m_settings(std::move(how)),
      m_workers(workers),
      m_errands(1),
      m_signals(m_io, SIGTERM, SIGINT, SIGHUP),
      m_timer(m_io),
      m_journal(m_settings.log_file),
      m_endpoint(make_conversation(m_settings)) {
    for (const auto& words : m_settings.plugins) {
        m_plugins.push_back(make_plugin(m_io, words));
    }
    adopt();
    if (!m_guarded) {
        write_own_files();
    }
    m_channel = open_channel(m_io, m_settings, [this](auto line) { client_came(line); });
    wait_for_signal();
    wait_for_deadline();
}

void agent::run() {
    m_io.run();
    m_channel.reset();
    if (!m_settings.pid_file.empty()) {
        ::unlink(m_settings.pid_file.c_str());
    }
}

instant agent::now() noexcept {
    return instant{std::chrono::steady_clock::now().time_since_epoch()};
}

// ---- clients ------------------------------------------------------------------------------------

void agent::client_came(std::shared_ptr<client> line) {
    const auto id = ++m_last_client;
    if (!m_endpoint->client_connected(id, now())) {
        return line->close();
    }
    m_clients[id].line = line;
    drain();
    line->listen([this, id](std::string_view bytes) { bytes_came(id, bytes); }, [this] { feed(); });
}

void agent::bytes_came(conversation::client_id id, std::string_view bytes) {
    const auto at = m_clients.find(id);
    if (at == m_clients.end()) {
        return;
    }
    at->second.input += bytes;
    at->second.ended = at->second.ended || bytes.empty();
    feed();
}

/// Gives the endpoint what clients have said, for as long as it takes any of it.
void agent::feed() {
    for (bool more = true; more;) {
        more = false;
        for (auto at = m_clients.begin(); at != m_clients.end();) {
            const auto id = at->first;
            connection& one = (at++)->second; // it may go
            more = feed(id, one) || more;
            if (const auto still = m_clients.find(id);
                still != m_clients.end() && still->second.input.empty() && !still->second.ended) {
                still->second.line->read(); // what waits here is bounded
            }
        }
    }
}

/// @return whether anything was taken
bool agent::feed(conversation::client_id id, connection& one) {
    if (one.line->waiting() > unread_max) {
        return false;
    }
    if (!one.input.empty()) {
        look_after_held();
        const auto bytes = as_bytes(one.input);
        const auto taken = m_endpoint->receive(id, bytes, now());
        one.input.erase(0, taken);
        drain();
        return taken != 0;
    }
    if (one.ended) {
        const bool owes = !m_endpoint->input_ended(id, now());
        drain();
        if (!owes) {
            drop(id);
        }
    }
    return false;
}

void agent::drop(conversation::client_id id) {
    const auto at = m_clients.find(id);
    if (at == m_clients.end()) {
        return;
    }
    const auto line = at->second.line;
    m_clients.erase(at);
    m_endpoint->client_gone(id, now());
    drain();
    line->close_when_sent();
    m_channel->client_gone();
}

// ---- the endpoint -------------------------------------------------------------------------------

void agent::drain() {
    if (std::exchange(m_draining, true)) {
        return; // by an answer that could be given at once
    }
    for (;;) {
        auto next = m_endpoint->poll();
        if (const auto* bytes = std::get_if<endpoint::transmit_bytes>(&next)) {
            if (const auto at = m_clients.find(bytes->client); at != m_clients.end()) {
                at->second.line->send(bytes->bytes);
            }
        } else if (!std::holds_alternative<endpoint::deadline>(next)) {
            m_asked.push_back(std::move(next)); // doing it is new input: all is polled before
        } else if (!m_asked.empty()) {
            const auto what = std::move(m_asked.front());
            m_asked.pop_front();
            perform(what);
        } else {
            break;
        }
    }
    m_draining = false;
    settle();
    wait_for_deadline();
}

void agent::perform(const conversation::output& what) {
    if (const auto* wanted = std::get_if<endpoint::find_participants>(&what)) {
        find(*wanted);
    } else if (const auto* asked = std::get_if<endpoint::operate>(&what)) {
        operate(*asked);
    } else if (const auto* stopped = std::get_if<endpoint::cancel>(&what)) {
        if (const auto& app = m_participants[stopped->participant].app) {
            app->cancel(); // a freeze cannot be stopped
        }
    } else if (const auto* said = std::get_if<endpoint::warning>(&what)) {
        m_journal.say(importance::warning, said->what);
    } else if (const auto* command = std::get_if<endpoint::run_command>(&what)) {
        run(*command);
    } else if (const auto* closed = std::get_if<conversation::close_client>(&what)) {
        drop(closed->client);
    } else if (std::holds_alternative<endpoint::exit_process>(what)) {
        m_io.stop();
    }
}

void agent::answer(participant_index i, participant_event what, std::string_view why) {
    if (!why.empty()) {
        m_journal.say(importance::error, why);
    }
    m_endpoint->participant_answered(i, what, now(), why);
    drain();
    boost::asio::post(m_io, [this] { feed(); }); // who waited for this may go on
}

/// Not by the workers: a disk that does not answer must not keep a thaw waiting.
void agent::run(const endpoint::run_command& asked) {
    boost::asio::post(m_errands, [this, asked] {
        auto result = do_command(asked.verb, asked.time_ns);
        boost::asio::post(m_io, [this, client = asked.client, result = std::move(result)] {
            if (result.failure.empty()) {
                m_endpoint->command_answered(client, result.json);
            } else {
                m_endpoint->command_failed(client, result.failure);
            }
            drain();
            feed();
        });
    });
}

void agent::wait_for_deadline() {
    const auto next = m_endpoint->poll();
    const instant due = std::get<endpoint::deadline>(next).at;
    if (due == never) {
        m_timer.cancel();
        return;
    }
    m_timer.expires_at(std::chrono::steady_clock::time_point{due.time_since_epoch()});
    m_timer.async_wait([this](auto error) {
        if (!error) {
            m_endpoint->handle_timeout(now());
            drain();
            feed();
        }
    });
}

// ---- its own process ----------------------------------------------------------------------------

void agent::wait_for_signal() {
    m_signals.async_wait([this](auto error, int) {
        if (!error) {
            m_endpoint->stop(now());
            drain();
            wait_for_signal();
        }
    });
}

void agent::start_watchdog() {
    if (m_watchdog && m_watchdog->running()) {
        return;
    }
    m_watchdog = std::make_unique<watchdog>(
        std::chrono::ceil<std::chrono::milliseconds>(nanoseconds_of(m_settings.hold_limit_s)));
}

/// What is written to files, which may lie on any filesystem: only while nothing is frozen.
void agent::write_own_files() {
    if (std::exchange(m_own_files, true)) {
        return;
    }
    m_journal.go_on();
    if (!m_settings.pid_file.empty() &&
        !(std::ofstream(m_settings.pid_file) << ::getpid() << '\n')) {
        throw std::runtime_error(
            fmt::format("cannot write {}: {}", m_settings.pid_file, std::strerror(errno)));
    }
}

} // namespace snapagent
