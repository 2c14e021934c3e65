// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/daemon_target.hpp"

#include "conformance/attach/session_resources.hpp"

#include <chrono>

#include <sys/socket.h>
#include <unistd.h>

namespace snapproto::conformance {
namespace {

constexpr duration start_wait = std::chrono::seconds(10);

} // namespace

daemon_target::daemon_target(const std::string& command, const std::string& work_parent,
                             double timeout_scale)
    : m_daemon(command, work_parent, {"hyperv_preload.so"}, guest()),
      m_timeout_scale(timeout_scale) {
    start({});
}

std::string daemon_target::description() const {
    return "spawned: " + m_daemon.text();
}

std::string daemon_target::replay_flags() const {
    return "--dialect hyperv" + m_daemon.replay_flags();
}

support daemon_target::can(capability what) const {
    switch (what) {
    case capability::restart:
    case capability::signal:
        return support::yes();
    case capability::freeze_target:
    case capability::two_freeze_targets:
        return support::no("its filesystems are played; --freeze-target names real ones");
    case capability::virtual_time:
        return support::no("the daemon runs on the real clock");
    default:
        return support::no("a daemon of Hyper-V has no such thing");
    }
}

void daemon_target::sleep_for(duration span) {
    m_daemon.publish_mounts();
    (void)m_daemon.serve_until_readable(-1, span);
}

observed<resource_use> daemon_target::resources() {
    return m_daemon.alive() ? resources_of_session(m_daemon.id())
                            : observed<resource_use>::unknown("the daemon does not run");
}

void daemon_target::allow_open(bool allowed) {
    if (!allowed) {
        m_device.reset();
        ::unlink(m_daemon.file("device").c_str());
    } else if (!m_device) {
        m_device = listen_at(m_daemon.file("device"), stream() ? SOCK_STREAM : SOCK_SEQPACKET);
    }
}

void daemon_target::start(const start_options&) {
    m_first.reset();
    m_daemon.stop();
    m_device.reset();
    guest().reset();
    allow_open(true);
    std::vector<std::string> variables{"SNAPPROTO_HYPERV_DEVICE=" + m_daemon.file("device")};
    if (stream()) {
        variables.emplace_back("SNAPPROTO_HYPERV_TYPE=stream");
    }
    m_first = m_daemon.start(variables, m_device,
                             std::chrono::duration_cast<duration>(start_wait * m_timeout_scale));
}

std::unique_ptr<channel> daemon_target::connect(duration wait) {
    if (m_first) {
        return make_channel(m_daemon, std::move(m_first));
    }
    if (m_daemon.serve_until_readable(m_device ? m_device.get() : -1, wait)) {
        descriptor opened(::accept4(m_device.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (opened) {
            return make_channel(m_daemon, std::move(opened));
        }
    }
    throw unreachable("the daemon did not open its device");
}

} // namespace snapproto::conformance
