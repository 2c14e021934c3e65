// SPDX-License-Identifier: BSL-1.0
// What leads to a cut. What comes after it is in provider_after.cpp.
#include "provider.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace snaptake {

namespace json = boost::json;

namespace {

/// Makes a file of that size without any data in it. @return why it could not
std::string make_file(const std::string& path, std::uint64_t bytes) {
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) {
        return std::strerror(errno);
    }
    const bool sized = ::ftruncate(file, static_cast<off_t>(bytes)) == 0;
    const std::string why = sized ? "" : std::strerror(errno);
    ::close(file);
    if (!sized) {
        ::unlink(path.c_str());
    }
    return why;
}

} // namespace

provider::provider(boost::asio::io_context& io, const machine_settings& machine,
                   const settings& how)
    : m_io(io),
      m_how(how),
      m_machine(machine),
      m_monitor(io, machine.qmp,
                {.happened = [this](const qmp_event& event) { happened(event); },
                 .lost = [this](std::string_view why) { monitor_lost(why); }}),
      m_patience(io),
      m_overlays(m_monitor, m_copies) {}

// ---- before -------------------------------------------------------------------------------------

void provider::look(done looked) {
    m_monitor.open([this, looked = std::move(looked)](std::string_view why) {
        if (!why.empty()) {
            looked(fmt::format("its monitor {}: {}", m_machine.qmp, why));
            return;
        }
        m_monitor.ask("query-status", {}, [this, looked](const qmp_reply& reply) {
            const auto* status = reply.value.if_object();
            const auto* running = status != nullptr ? status->if_contains("running") : nullptr;
            if (running == nullptr || !running->is_bool()) {
                looked(fmt::format("its monitor does not tell its status {}", reply.why));
            } else if (!running->get_bool()) {
                looked("it does not run, so its agent cannot answer");
            } else {
                m_monitor.ask("query-block", {},
                              [this, looked](const qmp_reply& blocks) { find(blocks, looked); });
            }
        });
    });
}

void provider::find(const qmp_reply& reply, const done& looked) {
    std::string why = reply.why;
    try {
        if (reply.ok) {
            found_disks found = find_disks(reply.value, m_machine.disks);
            m_remarks = std::move(found.remarks);
            m_copies = plan_copies(found.disks, m_how,
                                   m_how.machines.size() > 1 ? m_machine.name : std::string{});
        }
        for (const disk_copy& one : m_copies) {
            if (std::filesystem::exists(one.file)) {
                throw std::runtime_error(fmt::format("{} is there already", one.file));
            }
        }
    } catch (const std::exception& error) {
        m_copies.clear();
        why = error.what();
    }
    looked(why);
}

void provider::prepare(done made) {
    m_on_prepared = std::move(made);
    m_prepared = step::in_work;
    // Nobody is answered from inside of a call.
    boost::asio::post(m_io, [this] {
        if (m_how.method == cut_method::overlay) {
            m_overlays.make([this](std::string_view why) { prepared(why); });
        } else {
            add_target(0);
        }
    });
}

/// Makes the file of a backup and opens it in QEMU; then the next one.
void provider::add_target(std::size_t number) {
    if (number == m_copies.size() || m_discarded) {
        prepared(m_discarded ? "it was given up" : "");
        return;
    }
    disk_copy& one = m_copies[number];
    if (const std::string why = make_file(one.file, one.of.bytes); !why.empty()) {
        prepared(fmt::format("cannot make {}: {}", one.file, why));
        return;
    }
    one.state = file_state::left; // until there is a copy in it
    m_monitor.ask("blockdev-add", target_arguments(one), [this, number](const qmp_reply& reply) {
        if (reply.ok) {
            add_target(number + 1);
        } else {
            prepared(reply.why);
        }
    });
}

void provider::prepared(std::string_view why) {
    m_prepared = why.empty() ? step::done : step::failed;
    if (const auto made = std::exchange(m_on_prepared, nullptr)) {
        made(why);
    }
    go_on();
}

// ---- the cut ------------------------------------------------------------------------------------

void provider::cut(done over) {
    m_on_cut = std::move(over);
    m_cut = step::in_work;
    // Nobody is answered from inside of a call.
    boost::asio::post(m_io, [this] { send_cut(); });
}

void provider::send_cut() {
    if (m_discarded) {
        cut_over(step::failed, "it was given up before it began");
    } else {
        for (disk_copy& one : m_copies) {
            one.state = m_how.method == cut_method::overlay ? file_state::unknown : one.state;
        }
        m_monitor.ask("transaction", cut_arguments(m_copies, m_how.method),
                      [this](const qmp_reply& reply) {
                          cut_over(reply.ok     ? step::done
                                   : reply.lost ? step::unknown
                                                : step::failed,
                                   reply.why);
                      });
    }
}

void provider::cut_over(step how, std::string_view why) {
    m_cut = how;
    for (disk_copy& one : m_copies) {
        if (how != step::done) {
            one.trouble = why;
        } else if (m_how.method == cut_method::overlay) {
            one.state = file_state::made;
        }
    }
    m_jobs = how == step::done && m_how.method == cut_method::backup ? m_copies.size() : 0;
    if (m_discarded) {
        discard(); // what has begun meanwhile
    }
    if (const auto over = std::exchange(m_on_cut, nullptr)) {
        over(why);
    }
    go_on();
}

} // namespace snaptake
