// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/qga_alphabet.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::suites {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::string_view no_such_mount = "/no/such/mount/point";

std::string words_for(const reply& got) {
    switch (got.kind) {
    case reply_kind::error:
        return "error";
    case reply_kind::none:
        return "no reply";
    case reply_kind::closed:
        return "closed";
    case reply_kind::unreadable:
        return "nonsense";
    case reply_kind::value:
        break;
    }
    if (const auto number = got.number()) {
        return fmt::format("returns {}", *number);
    }
    for (const std::string_view status : {"thawed", "frozen"}) {
        if (got.returns(status)) {
            return std::string{status};
        }
    }
    return "nonsense";
}

std::string in_step(qga_client& client) {
    if (client.sync(2s)) {
        return "in step";
    }
    return client.is_open() ? "no reply" : "closed";
}

/// While it lives, the hook fails.
class failing_hook {
  public:
    explicit failing_hook(run_context& run) : m_hook(run.hook()) {
        m_hook.play({.file = {}, .on_freeze = {.exit_status = 1}, .on_thaw = {.exit_status = 1}});
    }
    ~failing_hook() { m_hook.play({}); }
    failing_hook(const failing_hook&) = delete;
    failing_hook& operator=(const failing_hook&) = delete;

  private:
    played_hook& m_hook;
};

} // namespace

const std::array<qga_input_info, 14>& qga_inputs() {
    using enum capability;
    static const std::array<qga_input_info, 14> all{{
        {qga_input::freeze, "freeze", "a freeze of the first freeze target", {freeze_target}},
        {qga_input::freeze_both,
         "freeze-both",
         "a freeze of the first two freeze targets",
         {two_freeze_targets}},
        {qga_input::freeze_none, "freeze-none", "a freeze of an empty list", {}},
        {qga_input::freeze_unknown, "freeze-unknown", "a freeze of a mount that is not there", {}},
        {qga_input::thaw, "thaw", "a thaw", {}},
        {qga_input::thaw_args, "thaw-args", "a thaw with an argument that it does not have", {}},
        {qga_input::status, "status", "the status is asked", {}},
        {qga_input::sync, "sync", "0xFF and a synchronisation", {}},
        {qga_input::garbage, "garbage", "a line that is no request, then sync", {}},
        {qga_input::reconnect, "reconnect", "another client, and sync", {reconnect}},
        {qga_input::freeze_hook_fails,
         "freeze-hook-fails",
         "freeze with a hook that fails",
         {freeze_target, hook, virtual_time}},
        {qga_input::thaw_hook_fails,
         "thaw-hook-fails",
         "thaw with a hook that fails",
         {hook, virtual_time}},
        {qga_input::limit, "limit", "time passes, longer than any hold limit", {virtual_time}},
        {qga_input::restart,
         "restart",
         "the agent is killed and started again",
         {capability::restart, signal, keep_state, virtual_time}},
    }};
    return all;
}

std::vector<qga_input> alphabet_for(const target& agent) {
    std::vector<qga_input> made;
    for (const auto& one : qga_inputs()) {
        if (std::all_of(one.needs.begin(), one.needs.end(),
                        [&](capability need) { return agent.can(need).present; })) {
            made.push_back(one.which);
        }
    }
    return made;
}

std::vector<std::string> names_of(const std::vector<qga_input>& inputs) {
    std::vector<std::string> made;
    for (const auto one : inputs) {
        made.emplace_back(qga_inputs()[static_cast<std::size_t>(one)].name);
    }
    return made;
}

std::string give(run_context& run, qga_input what) {
    switch (what) {
    case qga_input::freeze:
        return words_for(run.freeze({run.filesystem().mount()}));
    case qga_input::freeze_both:
        return words_for(run.freeze({run.filesystem(0).mount(), run.filesystem(1).mount()}));
    case qga_input::freeze_none:
        return words_for(run.freeze({}));
    case qga_input::freeze_unknown:
        return words_for(run.freeze({std::string{no_such_mount}}));
    case qga_input::thaw:
        return words_for(run.thaw());
    case qga_input::thaw_args:
        return words_for(run.client().call("guest-fsfreeze-thaw", json::object{{"force", true}}));
    case qga_input::status:
        return words_for(run.status());
    case qga_input::sync:
        return in_step(run.client());
    case qga_input::garbage:
        run.client().send("{\"execute\": ]\n");
        return in_step(run.client());
    case qga_input::reconnect:
        return in_step(run.reconnect());
    case qga_input::freeze_hook_fails: {
        const failing_hook during{run};
        return words_for(run.freeze({run.filesystem().mount()}));
    }
    case qga_input::thaw_hook_fails: {
        const failing_hook during{run};
        return words_for(run.thaw());
    }
    case qga_input::limit:
        run.sleep_for(2h);
        return "done";
    case qga_input::restart:
        run.agent().kill();
        if (!run.agent().wait_exit(run.limit(2s))) {
            return "still runs";
        }
        run.start({.hook = hook_script{}, .block_list = {}, .keep_state = true});
        return in_step(run.client());
    }
    return "nonsense";
}

} // namespace snapproto::conformance::suites
