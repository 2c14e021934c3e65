// SPDX-License-Identifier: BSL-1.0
// What is asked of filesystems and applications, and what becomes of it.
#include "agent.hpp"

#include "hooks.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

namespace snapagent {

using namespace snapproto;
using namespace std::chrono_literals;

namespace {

// By how much the watchdog lets the agent be late, which has the same limit.
constexpr auto patience = 2s;

} // namespace

watchdog::clock::time_point agent::limit(std::chrono::nanoseconds more) const {
    return watchdog::clock::now() + nanoseconds_of(m_settings.hold_limit_s) + patience +
           std::chrono::ceil<watchdog::clock::duration>(more);
}

/// Whatever is frozen now was frozen by a predecessor, with or without a record of it (SP 27.16).
void agent::adopt() {
    auto around = find_filesystems(std::nullopt);
    std::vector<std::shared_ptr<sentinel>> posted;
    for (const auto& one : around.found) {
        posted.push_back(std::make_shared<sentinel>(one.handle->get()));
        posted.back()->begin();
    }
    for (const auto& app : applications(true)) {
        m_participants.push_back({app->name(), app, std::nullopt, true, nullptr, nullptr});
    }
    const std::size_t first = m_participants.size();
    for (std::size_t i = 0; i < posted.size(); ++i) {
        // It may also sleep for the disk, but not for long.
        if (posted[i]->falls_asleep(2s, 100ms)) {
            m_participants.push_back(
                {around.found[i].mount_point, nullptr, around.found[i], true, posted[i], nullptr});
        }
    }
    if (m_participants.size() == first) {
        m_participants.clear();
        return relieve_predecessors();
    }
    m_journal.hold();
    m_guarded = true;
    start_watchdog();
    std::vector<participant_summary> summaries;
    for (const auto& one : m_participants) {
        summaries.push_back({one.name, one.app ? one.app->kind() : participant_kind::filesystem});
        if (one.files) {
            m_journal.say(importance::warning,
                          fmt::format("{} is frozen and is taken over", one.name));
            (void)m_watchdog->guard(one.files->handle->get(), limit());
        }
    }
    relieve_predecessors();
    m_endpoint->adopt(summaries, now());
    drain();
    for (std::size_t i = first; i < m_participants.size(); ++i) {
        listen_to_sentinel(static_cast<participant_index>(i));
    }
}

/// In hold order: what is linked in is held last, for it is the quickest.
std::vector<std::shared_ptr<application>> agent::applications(bool with_hooks) {
    std::vector<std::shared_ptr<application>> all;
    for (auto& program : find_hooks(with_hooks ? m_settings.hook : std::string{})) {
        all.push_back(std::make_shared<hook>(m_io, std::move(program)));
    }
    all.insert(all.end(), m_plugins.begin(), m_plugins.end());
    return all;
}

void agent::find(const endpoint::find_participants& wanted) {
    std::vector<std::shared_ptr<application>> taking_part;
    if (wanted.level == quiesce_level::application) {
        taking_part = applications(wanted.run_hooks);
    }
    boost::asio::post(m_workers, [this, mounts = wanted.scope.mounts, taking_part] {
        auto what = find_filesystems(mounts);
        std::vector<std::shared_ptr<sentinel>> posted;
        for (const auto& one : what.found) {
            posted.push_back(std::make_shared<sentinel>(one.handle->get()));
        }
        boost::asio::post(m_io, [this, what = std::move(what), posted = std::move(posted),
                                 taking_part]() mutable {
            found(std::move(what), std::move(posted), taking_part);
        });
    });
}

void agent::found(filesystems what, std::vector<std::shared_ptr<sentinel>> posted,
                  const std::vector<std::shared_ptr<application>>& applications) {
    for (const auto& remark : what.remarks) {
        m_journal.say(importance::warning, remark);
    }
    if (!what.refusal.empty()) {
        m_journal.say(importance::error, what.refusal);
        m_endpoint->participants_failed(what.refusal, now());
        drain();
        return feed();
    }
    ++m_round;
    m_participants.clear();
    std::vector<participant_summary> summaries;
    for (const auto& app : applications) {
        summaries.push_back({app->name(), app->kind()});
        m_participants.push_back({app->name(), app, std::nullopt, false, nullptr, nullptr});
    }
    for (std::size_t i = 0; i < what.found.size(); ++i) {
        const auto& one = what.found[i];
        summaries.push_back({one.mount_point, participant_kind::filesystem});
        m_participants.push_back({one.mount_point, nullptr, one, false, posted[i], nullptr});
    }
    start_watchdog();
    m_endpoint->participants_found(summaries, now());
    drain();
    feed();
}

void agent::operate(const endpoint::operate& what) {
    using endpoint::operation;
    const auto i = what.participant;
    participant& one = m_participants[i];
    switch (what.what) {
    case operation::prepare:
        return answer(i, participant_event::prepared);
    case operation::hold:
        return one.app ? ask(i, true) : hold(i);
    case operation::release:
        return one.app ? ask(i, false) : release(i);
    case operation::recover:
        return answer(i, participant_event::finished);
    case operation::finish:
        return let_go(one);
    }
}

/// It takes no further part, and an open handle would keep it from being unmounted.
void agent::let_go(participant& one) {
    if (one.files) {
        one.files->handle = nullptr;
    }
    one.watcher = nullptr;
}

// ---- applications -------------------------------------------------------------------------------

void agent::ask(participant_index i, bool hold) {
    const auto told = [this, i, hold, round = m_round](application::answer what, std::string why) {
        boost::asio::post(m_io, [this, i, hold, round, what, why = std::move(why)] {
            if (round == m_round) { // else nobody waits for it any more
                told_by_application(i, hold, what, why);
            }
        });
    };
    const auto until = application::clock::now() + std::chrono::ceil<application::clock::duration>(
                                                       nanoseconds_of(m_settings.hook_limit_s));
    const auto app = m_participants[i].app;
    if (hold) {
        app->hold(until, told);
    } else {
        app->release(until, told);
    }
}

void agent::told_by_application(participant_index i, bool hold, application::answer what,
                                std::string_view why) {
    switch (what) {
    case application::answer::done:
        return answer(i, hold ? participant_event::held : participant_event::released, why);
    case application::answer::not_held:
        return answer(i, hold ? participant_event::vetoed : participant_event::not_held, why);
    case application::answer::failed:
        return answer(i, hold ? participant_event::vetoed : participant_event::release_failed, why);
    }
}

// ---- filesystems --------------------------------------------------------------------------------

void agent::hold(participant_index i) {
    m_journal.hold();
    m_guarded = true;
    const auto files = *m_participants[i].files;
    if (!m_watchdog->guard(files.handle->get(), limit(timer_limits{}.freeze))) {
        return answer(i, participant_event::vetoed, "the watchdog is not there; nothing is frozen");
    }
    boost::asio::post(m_workers, [this, i, files, watcher = m_participants[i].watcher] {
        const kernel_result result = freeze(files.handle->get());
        if (result.answer == kernel_answer::done) {
            watcher->begin();
            (void)watcher->falls_asleep(50ms, 0ms); // from now on a thaw is seen at once
            watcher->give_way();
        }
        boost::asio::post(m_io, [this, i, result] { held(i, result); });
    });
}

void agent::held(participant_index i, kernel_result result) {
    participant& one = m_participants[i];
    switch (result.answer) {
    case kernel_answer::done:
        one.held = true;
        listen_to_sentinel(i);
        (void)m_watchdog->postpone(limit(timer_limits{}.freeze));
        return answer(i, participant_event::held);
    case kernel_answer::not_so: // frozen by somebody else, who will thaw it
    case kernel_answer::incapable:
        let_go(one);
        m_endpoint->participant_skipped(i, now());
        drain();
        return feed();
    case kernel_answer::failed:
        return answer(i, participant_event::vetoed,
                      fmt::format("cannot freeze {}: {}", one.name, std::strerror(result.error)));
    }
}

/// From its word on, which comes also when nobody asks.
void agent::listen_to_sentinel(participant_index i) {
    participant& one = m_participants[i];
    if (one.watcher->line() < 0) {
        return;
    }
    one.word =
        std::make_shared<boost::asio::posix::stream_descriptor>(m_io, ::dup(one.watcher->line()));
    one.word->async_wait(
        boost::asio::posix::stream_descriptor::wait_read, [this, i, word = one.word](auto error) {
            if (!error && i < m_participants.size() && m_participants[i].word == word) {
                m_participants[i].word = nullptr;
                look_after_held();
                feed();
            }
        });
}

/// When others have thawed all, nothing is held that a host could rely on (SP 6.6). While some is,
/// the dialect has it counted by the thaw (SP 25.4).
void agent::look_after_held() {
    std::vector<participant_index> gone;
    for (std::size_t i = 0; i < m_participants.size(); ++i) {
        const participant& one = m_participants[i];
        if (one.held && one.files) {
            if (one.watcher->line() < 0 || !one.watcher->woken()) {
                return;
            }
            gone.push_back(static_cast<participant_index>(i));
        }
    }
    for (const auto i : gone) {
        participant& one = m_participants[i];
        one.held = false;
        one.word = nullptr;
        m_journal.say(importance::warning, fmt::format("{} was thawed by somebody else", one.name));
        m_endpoint->participant_let_go(i, now());
        drain();
    }
}

void agent::release(participant_index i) {
    participant& one = m_participants[i];
    one.held = false;
    one.word = nullptr;
    boost::asio::post(m_workers, [this, i, files = *one.files] {
        const kernel_result result = thaw(files.handle->get());
        boost::asio::post(m_io, [this, i, result] { released(i, result); });
    });
}

void agent::released(participant_index i, kernel_result result) {
    participant& one = m_participants[i];
    std::shared_ptr<sentinel> relieved; // behind the answer: its process is waited for
    switch (result.answer) {
    case kernel_answer::done:
    case kernel_answer::not_so:
        relieved = std::move(one.watcher);
        let_go(one);
        return answer(i, result.answer == kernel_answer::done ? participant_event::released
                                                              : participant_event::not_held);
    default:
        return answer(i, participant_event::release_failed,
                      fmt::format("cannot thaw {}: {}", one.name, std::strerror(result.error)));
    }
}

/// Once nothing can be frozen any more the watchdog is dismissed, and files may be written.
void agent::settle() {
    if (!m_guarded || m_endpoint->may_hold_a_filesystem()) {
        return;
    }
    m_guarded = false;
    m_watchdog->dismiss();
    m_journal.go_on();
    boost::asio::post(m_io, [this] { write_own_files(); });
}

} // namespace snapagent
