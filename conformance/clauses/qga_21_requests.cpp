// SPDX-License-Identifier: BSL-1.0
// SP 21: requests, replies, errors.
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/serialize.hpp>

namespace snapproto::conformance::clauses {
namespace {

void ping_returns_empty_object(run_context& run) {
    run.must_sync();
    const reply pong = run.client().call("guest-ping");
    run.require_value(pong, "guest-ping");
    run.require(pong.returned.is_object() && pong.returned.get_object().empty(),
                "guest-ping succeeds with nothing to tell", "return is {}", pong.words());
    run.require(!pong.id, "a reply has an id only if the request has one", "no id", pong.words());
}

void unknown_command_is_named_so(run_context& run) {
    run.must_sync();
    const reply refusal = run.client().call("snapproto-no-such-command");
    run.require_error(refusal, "CommandNotFound", "a command that does not exist");
    run.require_value(run.client().call("guest-ping"), "guest-ping after an unknown command");
}

} // namespace

void qga_21_requests(registry& checks) {
    checks.add({.about = sec<21, 1>::value,
                .index = 1,
                .title = "guest-ping returns an empty object",
                .run = ping_returns_empty_object});
    checks.add({.about = sec<21, 4>::value,
                .index = 1,
                .title = "an unknown command is refused with class CommandNotFound",
                .run = unknown_command_is_named_so});
}

} // namespace snapproto::conformance::clauses
