// SPDX-License-Identifier: BSL-1.0
#include "overlays.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace snaptake {

namespace json = boost::json;

namespace {

std::string_view text(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string())
                                                  : std::string_view{};
}

/// The job with that id in the reply to query-jobs; nothing if it is not there.
const json::object* job_of(const json::value& reply, std::string_view id) {
    const auto* all = reply.if_array();
    if (all != nullptr) {
        const auto at = std::find_if(all->begin(), all->end(), [&](const json::value& one) {
            return one.is_object() && text(one.get_object(), "id") == id;
        });
        return at != all->end() ? &at->get_object() : nullptr;
    }
    return nullptr;
}

} // namespace

void overlay_maker::make(done made) {
    m_made = std::move(made);
    go_on();
}

void overlay_maker::go_on() {
    if (m_number == m_copies.size()) {
        end({});
        return;
    }
    disk_copy& one = m_copies[m_number];
    m_concluded = false;
    const auto begun = [this](const qmp_reply& reply) { job_begun(reply); };
    const auto over = [this](const qmp_reply& reply) { step_over(reply); };
    if (m_stopped) {
        end("it was given up");
    } else if (one.of.bytes == 0) {
        end(fmt::format("its monitor does not tell how large {} is", one.of.name()));
    } else if (m_step == step::file) {
        one.state = file_state::unknown; // until there is an answer
        m_monitor.ask("blockdev-create", overlay_file_arguments(one), begun);
    } else if (m_step == step::node) {
        m_monitor.ask("blockdev-add", overlay_node_arguments(one), over);
    } else if (m_step == step::image) {
        m_monitor.ask("blockdev-create", overlay_image_arguments(one), begun);
    } else {
        m_monitor.ask("blockdev-del", {{"node-name", one.node}}, over);
    }
}

void overlay_maker::job_begun(const qmp_reply& reply) {
    if (reply.ok) {
        ask_for_job();
        return;
    }
    if (m_step == step::file && !reply.lost) {
        m_copies[m_number].state = file_state::absent;
    }
    step_over(reply);
}

/// It may be over before the answer to the command that began it.
void overlay_maker::ask_for_job() {
    m_monitor.ask("query-jobs", {}, [this](const qmp_reply& reply) { look_at_job(reply); });
}

void overlay_maker::look_at_job(const qmp_reply& reply) {
    if (!reply.ok) {
        step_over(reply);
        return;
    }
    const std::string& id = m_copies[m_number].job;
    const auto* job = job_of(reply.value, id);
    qmp_reply result;
    result.ok = job != nullptr && !job->contains("error");
    result.why = job == nullptr ? "the job that makes it has gone" : text(*job, "error");
    if (job != nullptr && text(*job, "status") != "concluded") {
        m_waits = !m_concluded;
        if (m_concluded) { // while this answer was on its way
            ask_for_job();
        }
        return;
    }
    m_copies[m_number].state = file_state::left; // until a machine goes on in it
    m_monitor.ask("job-dismiss", {{"id", id}}, [this, result](const qmp_reply& dismissed) {
        step_over(dismissed.lost ? dismissed : result);
    });
}

void overlay_maker::happened(const qmp_event& event) {
    if (m_number < m_copies.size() && event.name == "JOB_STATUS_CHANGE" &&
        text(event.data, "id") == m_copies[m_number].job &&
        text(event.data, "status") == "concluded") {
        m_concluded = true;
        if (std::exchange(m_waits, false)) {
            ask_for_job();
        }
    }
}

void overlay_maker::lost(std::string_view why) {
    if (std::exchange(m_waits, false)) {
        end(why);
    }
}

void overlay_maker::step_over(const qmp_reply& reply) {
    if (!reply.ok) {
        end(fmt::format("cannot make {}: {}", m_copies[m_number].file, reply.why));
        return;
    }
    m_number += m_step == step::close ? 1U : 0U;
    m_step = m_step == step::close ? step::file : static_cast<step>(static_cast<int>(m_step) + 1);
    go_on();
}

void overlay_maker::end(std::string_view why) {
    if (const auto made = std::exchange(m_made, nullptr)) {
        made(why);
    }
}

} // namespace snaptake
