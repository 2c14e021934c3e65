// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_AGENT_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_AGENT_HPP

// The surroundings of the library's endpoint: clients, filesystems, hooks and a clock.

#include "application.hpp"
#include "channel.hpp"
#include "conversation.hpp"
#include "freezer.hpp"
#include "journal.hpp"
#include "mounts.hpp"
#include "settings.hpp"
#include "watchdog.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapagent {

/// A guest agent. One thread serves clients and decides; what the kernel may keep waiting is done
/// by others, so that the agent answers while a freeze hangs (SP 2.14).
class agent {
  public:
    /// Takes over what a predecessor left frozen, then opens the channel.
    /// Errors: `std::runtime_error`, which says what cannot be opened and why.
    explicit agent(settings how);

    /// Serves until it is told to end and holds nothing any more.
    void run();

  private:
    using participant_index = snapproto::participant_index;
    using participant_event = snapproto::machine::participant_event;

    /// Who takes part in the transaction that runs.
    struct participant {
        std::string name;
        std::shared_ptr<application> app; ///< Without: a filesystem.
        std::optional<filesystem> files;
        bool held = false;
        std::shared_ptr<sentinel> watcher;                           ///< Of a filesystem.
        std::shared_ptr<boost::asio::posix::stream_descriptor> word; ///< Of the watcher.
    };

    struct connection {
        std::shared_ptr<client> line;
        std::string input; ///< Not taken yet.
        bool ended = false;
    };

    static snapproto::instant now() noexcept;
    [[nodiscard]] watchdog::clock::time_point limit(std::chrono::nanoseconds more = {}) const;

    // Clients.
    void client_came(std::shared_ptr<client> line);
    void bytes_came(conversation::client_id id, std::string_view bytes);
    void feed();
    bool feed(conversation::client_id id, connection& one);
    void drop(conversation::client_id id);

    // The endpoint.
    void drain();
    void perform(const conversation::output& what);
    void run(const snapproto::endpoint::run_command& asked);
    void answer(participant_index i, participant_event what, std::string_view why = {});
    void wait_for_deadline();

    // Participants.
    void adopt();
    void find(const snapproto::endpoint::find_participants& wanted);
    void found(filesystems what, std::vector<std::shared_ptr<sentinel>> posted,
               const std::vector<std::shared_ptr<application>>& applications);
    [[nodiscard]] std::vector<std::shared_ptr<application>> applications(bool with_hooks);
    void operate(const snapproto::endpoint::operate& what);
    static void let_go(participant& one);
    void ask(participant_index i, bool hold);
    void told_by_application(participant_index i, bool hold, application::answer what,
                             std::string_view why);
    void hold(participant_index i);
    void held(participant_index i, kernel_result result);
    void listen_to_sentinel(participant_index i);
    void look_after_held();
    void release(participant_index i);
    void released(participant_index i, kernel_result result);
    void settle();

    // Its own process.
    void wait_for_signal();
    void start_watchdog();
    void write_own_files();

    settings m_settings;
    boost::asio::io_context m_io;
    boost::asio::thread_pool m_workers;
    boost::asio::thread_pool m_errands; ///< Commands that have nothing to do with snapshots.
    boost::asio::signal_set m_signals;
    boost::asio::steady_timer m_timer;
    journal m_journal;
    std::unique_ptr<watchdog> m_watchdog;
    std::unique_ptr<conversation> m_endpoint;
    std::unique_ptr<channel> m_channel;

    std::map<conversation::client_id, connection> m_clients;
    conversation::client_id m_last_client = 0;
    std::vector<std::shared_ptr<application>> m_plugins;
    std::vector<participant> m_participants;
    unsigned m_round = 0; ///< Whose participants these are.
    std::deque<conversation::output> m_asked;
    bool m_draining = false;
    bool m_guarded = false;   ///< Something may be frozen.
    bool m_own_files = false; ///< The log and the pid file are written.
};

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_AGENT_HPP
