// SPDX-License-Identifier: BSL-1.0
// What comes after a cut: the copies of a backup, and what is not wanted.
#include "provider.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <unistd.h>

namespace snaptake {

namespace json = boost::json;

namespace {

// How much longer than a cut may take is waited for QEMU before its files are given up.
constexpr snapproto::duration patience_more = std::chrono::seconds{5};

std::string text(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

/// Deletes a file that nobody uses.
void remove_file(disk_copy& one) {
    if (::unlink(one.file.c_str()) == 0) {
        one.state = file_state::removed;
    } else if (errno == ENOENT) {
        one.state = file_state::absent;
    } else {
        one.state = file_state::left;
        one.trouble = std::strerror(errno);
    }
}

} // namespace

// ---- backups ------------------------------------------------------------------------------------

void provider::happened(const qmp_event& event) {
    m_overlays.happened(event);
    const std::string job = text(event.data, event.name == "JOB_STATUS_CHANGE" ? "id" : "device");
    const auto at = std::find_if(m_copies.begin(), m_copies.end(),
                                 [&](const disk_copy& one) { return one.job == job; });
    if (at == m_copies.end() || m_jobs == 0) {
        return;
    }
    if (event.name == "BLOCK_JOB_COMPLETED") {
        at->trouble = text(event.data, "error");
    } else if (event.name == "BLOCK_JOB_CANCELLED") {
        at->trouble = "its copying was cancelled";
    } else if (event.name == "JOB_STATUS_CHANGE" && text(event.data, "status") == "concluded") {
        m_monitor.ask("job-dismiss", {{"id", job}},
                      [this, one = &*at](const qmp_reply&) { job_over(*one); });
    }
}

void provider::job_over(disk_copy& one) {
    one.state = one.trouble.empty() ? file_state::made : file_state::left;
    m_jobs -= m_jobs != 0 ? 1U : 0U;
    go_on();
}

void provider::monitor_lost(std::string_view why) {
    m_overlays.lost(why);
    if (m_jobs != 0) {
        m_jobs = 0;
        for (disk_copy& one : m_copies) {
            if (one.state != file_state::made) {
                one.state = file_state::unknown;
                one.trouble = fmt::format("the monitor was lost while it was copied: {}", why);
            }
        }
        go_on();
    }
}

void provider::discard() {
    m_discarded = true;
    m_overlays.stop();
    for (const disk_copy& one : m_copies) {
        if (m_jobs != 0 && one.state != file_state::made) {
            m_monitor.ask("job-cancel", {{"id", one.job}}, [](const qmp_reply&) {});
        }
    }
    if (m_on_settled) {
        have_patience();
        go_on();
    }
}

// ---- the end ------------------------------------------------------------------------------------

void provider::settle(done settled) {
    m_on_settled = std::move(settled);
    if (m_discarded) {
        have_patience();
    }
    boost::asio::post(m_io, [this] { go_on(); });
}

void provider::have_patience() {
    m_patience.expires_after(m_how.cut_limit + patience_more);
    m_patience.async_wait([this](const auto& error) {
        if (!error) {
            m_impatient = true;
            if (m_cleaning) {
                end();
            } else {
                go_on();
            }
        }
    });
}

/// The next step to rest, as soon as nothing is in work.
void provider::go_on() {
    const bool busy =
        m_prepared == step::in_work || m_cut == step::in_work || m_jobs != 0 || m_asks_again;
    if (!m_on_settled || m_cleaning || (busy && !m_impatient)) {
        return;
    }
    const bool lost = m_cut == step::unknown || m_prepared == step::failed;
    if (lost && !m_monitor.ready() && !m_asked_again && !m_impatient) {
        find_out();
        return;
    }
    clean();
}

/// Something without an answer: asks on a new connection what became of it.
void provider::find_out() {
    m_asked_again = m_asks_again = true;
    m_monitor.open([this](std::string_view) {
        m_asks_again = false;
        go_on();
    });
}

void provider::clean() {
    m_cleaning = true;
    have_patience();
    if (m_how.method == cut_method::backup || m_cut == step::none) {
        clean_file(0);
    } else if (m_cut == step::done && !m_discarded) {
        end();
    } else {
        m_monitor.ask("query-block", {}, [this](const qmp_reply& reply) { spare_overlays(reply); });
    }
}

/// What a machine goes on in stays, and so does what nobody can tell of.
void provider::spare_overlays(const qmp_reply& reply) {
    for (disk_copy& one : m_copies) {
        try {
            if (m_cut == step::done || (reply.ok && is_in_use(reply.value, one.file))) {
                one.state = file_state::left;
                one.trouble = "the machine goes on in it";
            } else if (reply.ok && m_cut != step::in_work) {
                remove_file(one);
            } else {
                one.trouble = reply.ok ? "QEMU has not said what became of it" : reply.why;
            }
        } catch (const std::exception& error) {
            one.trouble = error.what();
        }
    }
    end();
}

/// Has QEMU close a file, and deletes it unless it is wanted; then the next one.
void provider::clean_file(std::size_t number) {
    if (number == m_copies.size()) {
        end();
    } else if (m_copies[number].state == file_state::absent) {
        clean_file(number + 1);
    } else if (m_how.method == cut_method::overlay) {
        // Of a job that is not over this is refused, and then the file is not closed either.
        m_monitor.ask("job-dismiss", {{"id", m_copies[number].job}},
                      [this, number](const qmp_reply&) { close_file(number); });
    } else {
        close_file(number);
    }
}

void provider::close_file(std::size_t number) {
    m_monitor.ask("blockdev-del", {{"node-name", m_copies[number].node}},
                  [this, number](const qmp_reply& reply) { file_closed(number, reply); });
}

void provider::file_closed(std::size_t number, const qmp_reply& reply) {
    disk_copy& closed = m_copies[number];
    const bool wanted = closed.state == file_state::made && !m_discarded;
    // A node that is not there is not in use either.
    const bool at_rest = reply.ok || reply.why.find("find node") != std::string::npos;
    if (!at_rest) {
        closed.state = wanted ? closed.state : file_state::unknown;
        closed.trouble = fmt::format("it is not closed: {}", reply.why);
    } else if (!wanted) {
        remove_file(closed);
    }
    clean_file(number + 1);
}

void provider::end() {
    m_patience.cancel();
    if (const auto settled = std::exchange(m_on_settled, nullptr)) {
        settled({});
    }
}

} // namespace snaptake
