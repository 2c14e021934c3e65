// SPDX-License-Identifier: BSL-1.0
// The embedded reference agent behind the harness for third parties: whole conversations on virtual
// time, judged by what it says and by what it does.
#include "conformance/builtin/builtin.hpp"
#include "fuzz/attached/attached_agent.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace snapproto;

struct reference {
    std::unique_ptr<conformance::target> embedded = conformance::make_builtin("reference", 1);
};

class reference_agent final : reference, public fuzz::attached_agent {
  public:
    reference_agent() : attached_agent(*embedded) {}
};

} // namespace

SNAPPROTO_FUZZ_AGENT(reference_agent, (fuzz::world{.mounts = {"/virtual/a", "/virtual/b"},
                                                   .hold_limit = std::chrono::seconds{10}}))
