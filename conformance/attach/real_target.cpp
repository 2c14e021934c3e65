// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/real_target.hpp"

#include "conformance/attach/descriptor.hpp"

#include <stdexcept>

namespace snapproto::conformance {
namespace {

[[noreturn]] void no_process() {
    throw std::logic_error("this target has no process under the suite's control");
}

} // namespace

std::vector<freeze_target*> pointers_to(const freeze_target_list& filesystems) {
    std::vector<freeze_target*> all;
    for (const auto& one : filesystems) {
        all.push_back(one.get());
    }
    return all;
}

std::optional<support> filesystems_can(const freeze_target_list& filesystems, capability what) {
    const bool any = !filesystems.empty();
    const support none = support::no("none was named with --freeze-target");
    switch (what) {
    case capability::freeze_target:
        return any ? support::yes() : none;
    case capability::two_freeze_targets:
        return filesystems.size() >= 2 ? support::yes()
                                       : support::no("fewer than two were named with "
                                                     "--freeze-target");
    case capability::freeze_target_alias:
        if (!any) {
            return none;
        }
        return filesystems.front()->alias()
                   ? support::yes()
                   : support::no("the first freeze target is mounted at one place only");
    case capability::kernel_truth:
    case capability::device_digest:
    case capability::writer:
    case capability::window_copy:
    case capability::foreign_freeze:
        return any ? filesystems.front()->can(what) : none;
    default:
        return std::nullopt;
    }
}

instant real_target::now() const {
    return real_now();
}

void real_target::sleep_for(duration span) {
    real_sleep(span);
}

std::vector<freeze_target*> real_target::freeze_targets() noexcept {
    return pointers_to(m_filesystems);
}

support real_target::can(capability what) const {
    if (auto answer = filesystems_can(m_filesystems, what)) {
        return *std::move(answer);
    }
    switch (what) {
    case capability::freeze_everything:
        return support::no("what else the agent would freeze cannot be seen");
    case capability::failing_mount:
        return support::no("the suite cannot make a mount fail here");
    case capability::nested_mount:
        return support::no("the suite does not mount filesystems");
    case capability::hidden_mount:
        return support::no("the mounts that the agent sees cannot be read");
    case capability::virtual_time:
        return support::no("the agent runs on the real clock");
    default:
        break;
    }
    return support::no("the agent is not started by the suite (--spawn starts it)");
}

void real_target::start(const start_options&) {
    no_process();
}
bool real_target::alive() {
    no_process();
}
void real_target::terminate() {
    no_process();
}
void real_target::kill() {
    no_process();
}
std::optional<exit_report> real_target::wait_exit(duration) {
    no_process();
}

} // namespace snapproto::conformance
