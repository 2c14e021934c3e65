// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/hyperv_alphabet.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <utility>

namespace snapproto::conformance::suites {
namespace {

using hyperv::vss_op;

/// In the order of the inputs.
constexpr auto names = std::to_array<std::string_view>(
    {"freeze", "freeze-none", "freeze-fails", "thaw", "thaw-fails", "thaw-hidden", "check",
     "unknown", "reopen", "wrong-length", "terminate"});
static_assert(names.size() == static_cast<std::size_t>(hyperv_input::terminate) + 1);

constexpr std::uint8_t no_such_operation = 100; // below those that a daemon registers with

// The filesystem that is in trouble: another one is frozen before it, and one after it.
const std::string odd_one = "/dev/vdc1";
const std::string its_place = "/var/lib/data";

std::string_view word_for(const daemon_said& said) {
    switch (said.status) {
    case receive_status::nothing:
        return "no reply";
    case receive_status::closed:
        return "closed";
    default:
        break;
    }
    return said.is_registration() ? "registers"
           : said.succeeded()     ? "success"
           : said.failed()        ? "failure"
                                  : "nonsense";
}

/// The daemon registers on a device that has begun anew, or ends.
std::string_view begins_anew(hyperv_kernel& kernel) {
    if (!kernel.comes_back()) {
        return kernel.daemon().alive() ? "no reply" : "ends";
    }
    const auto said = kernel.read();
    if (said.is_registration()) {
        kernel.send_version();
    }
    return word_for(said);
}

std::string_view reopen(hyperv_kernel& kernel) {
    kernel.close();
    return begins_anew(kernel);
}

std::string_view send_wrong_length(hyperv_kernel& kernel) {
    kernel.send(std::string(5, '\0'), "5 bytes");
    const auto said = kernel.read();
    if (said.is_registration()) { // on the same device
        kernel.send_version();
        return word_for(said);
    }
    return said.status == receive_status::closed ? reopen(kernel) : word_for(said);
}

std::string terminate(run_context& run, hyperv_kernel& kernel) {
    kernel.daemon().terminate();
    const bool ended = kernel.daemon().wait_exit(run.limit(hyperv_kernel::reply_wait)).has_value();
    std::string answer = with_held(ended ? "ends" : "still runs", kernel.guest().frozen().size());
    kernel.begin_again();
    return answer;
}

std::string_view answer_to(hyperv_kernel& kernel, hyperv_input what) {
    played_guest& guest = kernel.guest();
    switch (what) {
    case hyperv_input::freeze:
        return word_for(kernel.call(vss_op::freeze));
    case hyperv_input::freeze_none: {
        const auto before = std::exchange(guest.mounts, {{"proc", "/proc", "proc"}});
        const auto said = kernel.call(vss_op::freeze);
        guest.mounts = before;
        return word_for(said);
    }
    case hyperv_input::freeze_fails: {
        if (!guest.is_frozen(odd_one)) { // of a frozen one the kernel says EBUSY, whatever it has
            guest.freeze_fails[odd_one] = EIO;
        }
        const auto said = kernel.call(vss_op::freeze);
        guest.freeze_fails.clear();
        return word_for(said);
    }
    case hyperv_input::thaw:
        return word_for(kernel.call(vss_op::thaw));
    case hyperv_input::thaw_fails: {
        if (guest.is_frozen(odd_one)) { // of another one it says EINVAL
            guest.thaw_fails[odd_one] = EIO;
        }
        const auto said = kernel.call(vss_op::thaw);
        guest.thaw_fails.clear();
        return word_for(said);
    }
    case hyperv_input::thaw_hidden: {
        guest.mounts.push_back({"tmpfs", its_place, "tmpfs"});
        const auto said = kernel.call(vss_op::thaw);
        guest.mounts.pop_back();
        return word_for(said);
    }
    case hyperv_input::check:
        return word_for(kernel.call(vss_op::hot_backup));
    case hyperv_input::unknown:
        return word_for(kernel.call(no_such_operation));
    case hyperv_input::reopen:
        return reopen(kernel);
    case hyperv_input::wrong_length:
        return send_wrong_length(kernel);
    case hyperv_input::terminate:
        break;
    }
    return "nonsense";
}

} // namespace

std::vector<hyperv_input> hyperv_alphabet() {
    std::vector<hyperv_input> made;
    for (std::size_t i = 0; i < names.size(); ++i) {
        made.push_back(static_cast<hyperv_input>(i));
    }
    return made;
}

std::vector<std::string> names_of(const std::vector<hyperv_input>& inputs) {
    std::vector<std::string> made;
    for (const auto one : inputs) {
        made.emplace_back(names.at(static_cast<std::size_t>(one)));
    }
    return made;
}

std::string with_held(std::string_view answer, std::size_t held) {
    return held == 0 ? fmt::format("{}, nothing held", answer)
                     : fmt::format("{}, {} held", answer, held);
}

std::string give(run_context& run, hyperv_kernel& kernel, hyperv_input what) {
    if (!kernel.daemon().alive()) {
        throw unreachable("the daemon has ended");
    }
    if (what == hyperv_input::terminate) {
        return terminate(run, kernel);
    }
    const auto answer = answer_to(kernel, what);
    return with_held(answer, kernel.guest().frozen().size());
}

} // namespace snapproto::conformance::suites
