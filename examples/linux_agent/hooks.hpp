// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_HOOKS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_HOOKS_HPP

// Programs that stop an application and let it go on: called with "freeze" before filesystems are
// frozen and with "thaw" after they are thawed, as qemu-ga calls its hook.

#include "application.hpp"
#include "descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapagent {

/// The hooks to run, in hold order: the file itself, or the programs of a directory by name.
[[nodiscard]] std::vector<std::string> find_hooks(const std::string& file_or_directory);

/// One call of a hook. It lives until its process has ended.
class hook_call : public std::enable_shared_from_this<hook_call> {
  public:
    /// @param ended  told once: whether it succeeded, and why not
    using ending = std::function<void(bool, std::string)>;

    hook_call(boost::asio::io_context& io, ending ended)
        : m_errors(io), m_process(io), m_ended(std::move(ended)) {}

    void start(const std::string& program, const char* argument);

    /// Ends its process and all that it started in its group.
    void kill() noexcept;

  private:
    static constexpr std::size_t quoted_max = 1024; // bytes of its standard error

    void read_errors();
    void finish();

    boost::asio::posix::stream_descriptor m_errors;
    boost::asio::posix::stream_descriptor m_process;
    int m_number = -1;
    ending m_ended;
    std::string m_name;
    std::string m_said;
    std::array<char, 1024> m_buffer{};
};

/// A hook as one that takes part: it stands for the applications that it stops.
class hook final : public application, public std::enable_shared_from_this<hook> {
  public:
    hook(boost::asio::io_context& io, std::string program)
        : m_io(io), m_program(std::move(program)) {}

    [[nodiscard]] std::string name() const override { return m_program; }
    [[nodiscard]] snapproto::participant_kind kind() const noexcept override {
        return snapproto::participant_kind::hook;
    }
    void hold(clock::time_point /*until*/, told ended) override { call("freeze", ended); }
    void release(clock::time_point /*until*/, told ended) override { call("thaw", ended); }
    void cancel() noexcept override {
        if (m_call) {
            m_call->kill();
        }
    }

  private:
    void call(const char* argument, const told& ended);

    boost::asio::io_context& m_io;
    std::string m_program;
    std::shared_ptr<hook_call> m_call; ///< In work.
};

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_HOOKS_HPP
