// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_HOOKS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_HOOKS_HPP

// Programs that stop an application and let it go on: called with "freeze" before filesystems are
// frozen and with "thaw" after they are thawed, as qemu-ga calls its hook.

#include "descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
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

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_HOOKS_HPP
