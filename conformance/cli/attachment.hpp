// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_ATTACHMENT_HPP
#define SNAPPROTO_CONFORMANCE_CLI_ATTACHMENT_HPP

// An agent that a command is attached to, and that Ctrl-C thaws.

#include "conformance/attach/target.hpp"
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/runner.hpp"

#include <atomic>
#include <memory>

namespace snapproto::conformance {

/// As long as it lives, an interrupt thaws what the agent and the suite may have frozen.
class attachment {
  public:
    /// Attaches, and makes sure that an agent answers there. @throws usage_error, unreachable
    attachment(const agent_options& options, const agent_plan& plan);
    ~attachment();
    attachment(const attachment&) = delete;
    attachment& operator=(const attachment&) = delete;

    [[nodiscard]] target& agent() const noexcept { return *m_agent; }

  private:
    std::atomic<target*> m_attached{nullptr};
    interrupt_guard m_guard;
    std::unique_ptr<target> m_agent;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_ATTACHMENT_HPP
