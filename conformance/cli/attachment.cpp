// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/attachment.hpp"

#include "conformance/dialects/dialect.hpp"
#include "conformance/effects/emergency.hpp"
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
    const dialect& spoken = find_dialect(options.dialect);
    if (!plan.embedded && spoken.greet != nullptr) {
        spoken.greet(*m_agent, options);
    }
}

attachment::~attachment() {
    m_attached.store(nullptr);
}

} // namespace snapproto::conformance
