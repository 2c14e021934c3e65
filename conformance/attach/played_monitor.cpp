// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/played_monitor.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace snapproto::conformance {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view greeting =
    R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, )"
    R"("capabilities": ["oob"]}})"
    "\r\n";

/// What a machine with one virtio disk answers, as far as tools look at it.
struct answer_of {
    std::string_view command;
    std::string_view value;
};
constexpr std::array answers{
    answer_of{"query-version", R"({"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""})"},
    answer_of{"query-status", R"({"status": "running", "singlestep": false, "running": true})"},
    answer_of{"query-name", R"({"name": "snapcheck"})"},
    answer_of{
        "query-commands",
        R"([{"name": "qmp_capabilities"}, {"name": "query-block"}, )"
        R"({"name": "blockdev-snapshot-sync"}, {"name": "blockdev-snapshot"}, )"
        R"({"name": "blockdev-backup"}, {"name": "blockdev-create"}, {"name": "blockdev-add"}, )"
        R"({"name": "blockdev-del"}, )"
        R"({"name": "transaction"}, {"name": "query-jobs"}, {"name": "job-dismiss"}])"},
    answer_of{"query-block",
              R"([{"device": "drive0", "qdev": "/machine/peripheral/disk0", "type": "unknown", )"
              R"("removable": false, "locked": false, "inserted": {"node-name": "disk0", )"
              R"("drv": "qcow2", "file": "/images/disk0.qcow2", "ro": false, "image": )"
              R"({"virtual-size": 1073741824, "filename": "/images/disk0.qcow2", )"
              R"("format": "qcow2"}}}])"},
    answer_of{"query-named-block-nodes",
              R"([{"node-name": "disk0", "drv": "qcow2", "file": "/images/disk0.qcow2", )"
              R"("ro": false, "image": {"virtual-size": 1073741824, )"
              R"("filename": "/images/disk0.qcow2", "format": "qcow2"}}])"},
    answer_of{"query-block-jobs", "[]"},
    answer_of{"query-block-exports", "[]"},
};

constexpr std::array cutting{std::string_view{"blockdev-snapshot-sync"},
                             std::string_view{"blockdev-snapshot"},
                             std::string_view{"blockdev-backup"}, std::string_view{"drive-backup"},
                             std::string_view{"blockdev-mirror"}};

/// The id in the arguments of a command about a job; empty: none.
std::string named_job(const json::value& arguments, std::string_view key) {
    const auto* object = arguments.if_object();
    const auto* found = object != nullptr ? object->if_contains(key) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string{};
}

/// The id of the job that a command or action starts; empty when it starts none.
std::string job_of(std::string_view command, const json::value& arguments) {
    if (!command.ends_with("-backup") && !command.ends_with("-mirror")) {
        return {};
    }
    for (const char* key : {"job-id", "device"}) {
        if (std::string named = named_job(arguments, key); !named.empty()) {
            return named;
        }
    }
    return "job0";
}

struct cut_request {
    bool cuts = false;
    std::string job;
};

/// What query-jobs says of a file that is made.
std::string made_job(std::string_view id) {
    return fmt::format(R"({{"id": "{}", "type": "create", "status": "concluded", )"
                       R"("current-progress": 1, "total-progress": 1}})",
                       id);
}

/// Whether a command cuts, and the job that goes on after it.
cut_request look_at(std::string_view command, const json::value& arguments) {
    cut_request found;
    if (command != "transaction") {
        found.cuts = played_monitor::cuts(command);
        found.job = found.cuts ? job_of(command, arguments) : std::string{};
        return found;
    }
    const auto* object = arguments.if_object();
    const auto* actions = object != nullptr ? object->if_contains("actions") : nullptr;
    for (const auto& one :
         actions != nullptr && actions->is_array() ? actions->get_array() : json::array{}) {
        const auto* action = one.if_object();
        const auto* type = action != nullptr ? action->if_contains("type") : nullptr;
        if (type == nullptr || !type->is_string() || !played_monitor::cuts(type->get_string())) {
            continue;
        }
        found.cuts = true;
        const auto* data = action->if_contains("data");
        const std::string job = job_of(type->get_string(), data != nullptr ? *data : json::value{});
        found.job = found.job.empty() ? job : found.job;
    }
    return found;
}

} // namespace

played_monitor::played_monitor(const address& where, std::function<void(cut_sign)> cut_seen)
    : m_cut_seen(std::move(cut_seen)),
      m_hub(where, {.opened = [this](std::uint32_t number) { m_hub.send(number, greeting); },
                    .received =
                        [this](std::uint32_t number, std::string_view bytes) {
                            auto& decoder = m_decoders[number];
                            while (!bytes.empty()) {
                                const std::size_t taken = decoder.feed(as_bytes(bytes));
                                const auto got = decoder.next();
                                if (got.has_value()) {
                                    answer(number, *got);
                                } else if (got.has_failure()) {
                                    reply(number,
                                          R"("error": {"class": "GenericError", "desc": "JSON )"
                                          R"(parse error"})",
                                          {});
                                } else if (taken == 0) {
                                    return;
                                }
                                bytes.remove_prefix(taken);
                            }
                        },
                    .closed = [this](std::uint32_t number) { m_decoders.erase(number); }}) {}

bool played_monitor::cuts(std::string_view command) {
    return std::find(cutting.begin(), cutting.end(), command) != cutting.end();
}

void played_monitor::reset() {
    m_later.clear();
    m_made.clear();
    m_decoders.clear();
    m_hub.close_all();
}

bool played_monitor::serve(instant now) {
    m_now = now;
    bool moved = m_hub.serve();
    while (!m_later.empty() && m_later.begin()->first <= now) {
        const auto due = m_later.extract(m_later.begin());
        due.mapped()();
        moved = true;
    }
    return moved;
}

void played_monitor::later(duration span, std::function<void()> what) {
    m_later.emplace(m_now + span, std::move(what));
}

void played_monitor::answer(std::uint32_t to, const qga::request& command) {
    const std::string id(command.id.text);
    boost::system::error_code broken;
    const json::value arguments =
        command.arguments ? json::parse(command.arguments.text, broken) : json::value{};
    const cut_request cut_of = look_at(command.name, arguments);
    if (cut_of.cuts) {
        cut(to, id, cut_of.job);
        return;
    }
    if (command.name == "blockdev-create") {
        create(to, id, named_job(arguments, "job-id"));
        return;
    }
    if (command.name == "query-jobs") {
        reply(to, fmt::format("\"return\": [{}]", fmt::join(m_made, ", ")), id);
        return;
    }
    if (command.name == "job-dismiss") {
        // One of them: the machines of a group may share this monitor, and have the same names.
        const auto at =
            std::find(m_made.begin(), m_made.end(), made_job(named_job(arguments, "id")));
        if (at != m_made.end()) {
            m_made.erase(at);
        }
    }
    const auto* const known =
        std::find_if(answers.begin(), answers.end(),
                     [&](const answer_of& one) { return one.command == command.name; });
    reply(to, fmt::format("\"return\": {}", known != answers.end() ? known->value : "{}"), id);
}

/// A file is made at once, by a job that stays until it is dismissed.
void played_monitor::create(std::uint32_t to, const std::string& id, const std::string& job) {
    reply(to, "\"return\": {}", id);
    m_made.push_back(made_job(job));
    event(to, "JOB_STATUS_CHANGE", fmt::format(R"({{"id": "{}", "status": "concluded"}})", job));
}

void played_monitor::cut(std::uint32_t to, const std::string& id, std::string_view job) {
    m_cut_seen(cut_sign::begun);
    if (m_plan.ends == cut_plan::end::never) {
        return;
    }
    later(m_plan.takes, [this, to, id, job = std::string(job)] {
        if (m_plan.ends == cut_plan::end::fails) {
            m_cut_seen(cut_sign::failed);
            reply(to, R"("error": {"class": "GenericError", "desc": "No space left on device"})",
                  id);
            return;
        }
        m_cut_seen(cut_sign::done);
        reply(to, "\"return\": {}", id);
        if (!job.empty()) {
            // The copy is written for a while yet; the snapshot point is that of the start.
            later(100ms, [this, to, job] {
                event(to, "BLOCK_JOB_COMPLETED",
                      fmt::format(R"({{"device": "{}", "type": "backup", "len": 1, )"
                                  R"("offset": 1, "speed": 0}})",
                                  job));
                event(to, "JOB_STATUS_CHANGE",
                      fmt::format(R"({{"id": "{}", "status": "concluded"}})", job));
            });
        }
    });
}

void played_monitor::reply(std::uint32_t to, std::string_view member, const std::string& id) {
    m_hub.send(to, fmt::format("{{{}{}{}}}\r\n", member, id.empty() ? "" : ", \"id\": ", id));
}

void played_monitor::event(std::uint32_t to, std::string_view what, std::string_view data) {
    m_hub.send(to, fmt::format("{{\"timestamp\": {{\"seconds\": 1, \"microseconds\": 0}}, "
                               "\"event\": \"{}\", \"data\": {}}}\r\n",
                               what, data));
}

} // namespace snapproto::conformance
