// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_FILE_LOCK_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_FILE_LOCK_HPP

// A plug-in for applications that agree on a lock: whoever writes several things that belong
// together has the file locked (flock, shared) while he does, and none of them is half done while
// the agent has it for itself.

#include "application.hpp"
#include "descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace snapagent {

/// Holds by having the lock. With the agent it goes by itself, so that nobody waits for a dead one.
class file_lock final : public application, public std::enable_shared_from_this<file_lock> {
  public:
    /// @param file  the application's; without it nothing is held, and the snapshot fails
    file_lock(boost::asio::io_context& io, std::string file)
        : m_file(std::move(file)), m_timer(io) {}

    [[nodiscard]] std::string name() const override { return "file-lock " + m_file; }
    void hold(clock::time_point until, told ended) override;
    void release(clock::time_point until, told ended) override;
    void cancel() noexcept override { m_cancelled = true; }

  private:
    void try_to_lock(clock::time_point until, const told& ended);

    std::string m_file;
    boost::asio::steady_timer m_timer;
    descriptor m_lock;
    bool m_held = false;
    bool m_cancelled = false;
};

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_FILE_LOCK_HPP
