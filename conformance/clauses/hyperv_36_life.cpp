// SPDX-License-Identifier: BSL-1.0
// SP 36: the end of the device, messages of a wrong length, the end of the daemon.
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/hyperv_kernel.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace snapproto::conformance::clauses {
namespace {

using hyperv::vss_op;

// catches: an agent that keeps the guest frozen when its kernel has gone
void the_end_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.close();
    kernel.must_let_go("after the end of the device everything is thawed");
}

// catches: the same, where the device does not come back
void the_end_for_good_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.daemon().allow_open(false);
    kernel.close();
    kernel.must_let_go(
        "after the end of the device everything is thawed, also when it is for good");
}

// catches: an agent that does not notice that its reply reached nobody
void the_end_during_a_freeze(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.ask(vss_op::freeze);
    kernel.close(); // the calls of the freeze are answered only from here on
    const instant end = run.now() + run.limit(hyperv_kernel::reply_wait);
    if (!kernel.daemon().plays_guest()) {
        (void)kernel.comes_back(); // a real freeze may not have begun yet, or have ended in time
    } else {
        while (kernel.guest().calls().empty() && kernel.daemon().alive() && run.now() < end) {
            kernel.daemon().sleep_for(std::chrono::milliseconds(5));
        }
    }
    kernel.must_let_go("a freeze whose reply reached nobody is undone");
}

// catches: an agent that takes what its last freeze found for what it holds
void the_end_after_a_freeze_of_nothing(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    auto mounts = std::exchange(kernel.guest().mounts, {{"proc", "/proc", "proc"}});
    (void)kernel.call(vss_op::freeze); // its answer is for SP 36.7
    kernel.guest().mounts = std::move(mounts);
    kernel.close();
    kernel.must_let_go("after the end of the device everything is thawed, whatever later freezes "
                       "have found");
}

// catches: an agent that ends at the first hiccup
void it_comes_back(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.close();
    (void)kernel.must_come_back("after the end of the device it is opened again");
}

// catches: an agent that stays without a device, or calls that a good end
void it_ends_without_a_device(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.daemon().allow_open(false);
    kernel.close();
    const auto ended = kernel.daemon().wait_exit(run.limit(hyperv_kernel::reply_wait));
    run.require(ended.has_value() && !ended->by_signal && ended->code != 0,
                "a daemon whose device cannot be opened again ends with a status that is not 0",
                "a status that is not 0",
                !ended             ? "it still runs"
                : ended->by_signal ? fmt::format("ended by signal {}", ended->code)
                                   : fmt::format("status {}", ended->code));
}

void wrong_length(run_context& run, std::size_t bytes) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.send(std::string(bytes, '\x06'), fmt::format("{} bytes", bytes));
    kernel.must_let_go(fmt::format("after a message of {} bytes everything is thawed", bytes));
}

// catches: an agent that takes a short message for a request, or passes over it
void a_short_message_while_frozen(run_context& run) {
    wrong_length(run, 5);
}

// catches: an agent that takes the version, sent again, for nothing
void four_bytes_while_frozen(run_context& run) {
    wrong_length(run, 4);
}

// catches: an agent that cannot be used after a message of a wrong length
void it_registers_anew(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.send(std::string(5, '\0'), "5 bytes");
    const daemon_said said = kernel.read();
    if (said.is_registration()) {
        return; // on the same device
    }
    run.require(said.status == receive_status::closed,
                "after a message of another length it starts over", "the device is closed",
                said.words());
    kernel.close();
    (void)kernel.must_come_back("after a message of another length it registers anew");
}

// catches: an agent that leaves the guest frozen when it is told to end
void told_to_end_while_frozen(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.freeze();
    kernel.daemon().terminate();
    (void)kernel.daemon().wait_exit(run.limit(hyperv_kernel::reply_wait));
    kernel.must_hold("nothing", "a daemon that is told to end thaws first");
}

// catches: an agent that cannot be ended
void told_to_end_while_thawed(run_context& run) {
    hyperv_kernel kernel(run);
    kernel.begin();
    kernel.must_succeed(vss_op::hot_backup, "hot_backup succeeds");
    kernel.daemon().terminate();
    const auto ended = kernel.daemon().wait_exit(run.limit(hyperv_kernel::reply_wait));
    run.require(ended.has_value(), "a daemon that is told to end, ends", "an end", "it still runs");
}

} // namespace

void hyperv_36_life(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = {capability::restart, capability::signal},
                    .run = run});
    };
    add(sec<36, 16>::value, 1, "when the device ends everything is thawed", the_end_while_frozen);
    add(sec<36, 16>::value, 2, "when the device ends for good everything is thawed",
        the_end_for_good_while_frozen);
    add(sec<36, 16>::value, 3, "when the device ends during a freeze it is undone",
        the_end_during_a_freeze);
    add(sec<36, 16>::value, 4,
        "when the device ends everything is thawed, also after a freeze that found nothing",
        the_end_after_a_freeze_of_nothing);
    add(sec<36, 17>::value, 1, "when the device ends it is opened again", it_comes_back);
    add(sec<36, 17>::value, 2, "without a device the daemon ends, with a status that says so",
        it_ends_without_a_device);
    add(sec<36, 18>::value, 1, "after a short message everything is thawed",
        a_short_message_while_frozen);
    add(sec<36, 18>::value, 2, "after a version that nobody asked for everything is thawed",
        four_bytes_while_frozen);
    add(sec<36, 19>::value, 1, "after a message of another length it registers anew",
        it_registers_anew);
    add(sec<36, 20>::value, 1, "a daemon that is told to end while frozen thaws first",
        told_to_end_while_frozen);
    add(sec<36, 20>::value, 2, "a daemon that is told to end, ends", told_to_end_while_thawed);
}

} // namespace snapproto::conformance::clauses
