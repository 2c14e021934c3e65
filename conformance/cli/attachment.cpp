// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/attachment.hpp"

#include "conformance/effects/emergency.hpp"
#include "conformance/preflight.hpp"
#include "conformance/restore.hpp"

namespace snapproto::conformance {

attachment::attachment(const agent_options& options, const agent_plan& plan)
    : m_guard([this] {
          effects::thaw_all();
          if (target* const agent = m_attached.load()) {
              (void)thaw_from_outside(*agent);
          }
      }),
      m_agent(attach(options)) {
    m_attached.store(m_agent.get());
    if (!plan.embedded) {
        require_qga_agent(*m_agent, {.timeout_scale = options.timeout_scale,
                                     .must_be_thawed = !options.connect.empty()});
    }
}

attachment::~attachment() {
    m_attached.store(nullptr);
}

run_options run_options_of(const agent_options& options, const agent_plan& plan) {
    run_options how;
    how.seed = options.seed;
    how.timeout_scale = options.timeout_scale;
    how.target_name = options.target_name;
    how.replay_head = options.replay_head;
    how.replay_tail = plan.replay_tail;
    return how;
}

} // namespace snapproto::conformance
