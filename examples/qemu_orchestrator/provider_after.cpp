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
    const bool busy = m_prepared == step::in_work || m_cut == step::in_work || m_jobs != 0;
    if (!m_on_settled || m_cleaning || (busy && !m_impatient)) {
        return;
    }
    if (m_cut == step::unknown && !m_asked_again && !m_impatient) {
        find_out();
        return;
    }
    clean();
}

/// A cut without an answer: asks on a new connection what became of it.
void provider::find_out() {
    m_asked_again = true;
    m_monitor.open([this](std::string_view) { go_on(); });
}

void provider::clean() {
    m_cleaning = true;
    have_patience();
    if (m_how.method == cut_method::backup) {
        clean_target(0);
    } else if (m_cut == step::none || (m_cut == step::done && !m_discarded)) {
        end();
    } else {
        m_monitor.ask("query-block", {}, [this](const qmp_reply& reply) { clean_overlays(reply); });
    }
}

/// What a machine goes on in stays; a file that QEMU made in vain goes.
void provider::clean_overlays(const qmp_reply& reply) {
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

/// Has QEMU close the file of a backup, and deletes it unless it is wanted; then the next one.
void provider::clean_target(std::size_t number) {
    if (number == m_copies.size()) {
        end();
        return;
    }
    disk_copy& one = m_copies[number];
    if (one.state == file_state::absent) {
        clean_target(number + 1);
        return;
    }
    m_monitor.ask(
        "blockdev-del", {{"node-name", one.node}}, [this, number](const qmp_reply& reply) {
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
            clean_target(number + 1);
        });
}

void provider::end() {
    m_patience.cancel();
    if (const auto settled = std::exchange(m_on_settled, nullptr)) {
        settled({});
    }
}

} // namespace snaptake
