// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_SRC_HPP
#define SNAPPROTO_MACHINE_SRC_HPP

// For programs of many sources: define SNAPPROTO_SEPARATE_COMPILATION for all of them and include
// this header in one. Only that one then pays for what Boost.MSM makes of the tables.

#ifndef SNAPPROTO_SEPARATE_COMPILATION
#error "define SNAPPROTO_SEPARATE_COMPILATION for every source of the program, this one included"
#endif

#include <snapproto/machine/agent.hpp>
#include <snapproto/machine/hyperv_util.hpp>
#include <snapproto/machine/orchestrator.hpp>
#include <snapproto/machine/participant.hpp>
#include <snapproto/machine/provider.hpp>
#include <snapproto/machine/vmbackup_guest.hpp>

namespace snapproto::machine {

template class flat_machine<agent::spec>;
template class flat_machine<hyperv_util::spec>;
template class flat_machine<orchestrator::spec>;
template class flat_machine<participant::spec>;
template class flat_machine<provider::spec>;
template class flat_machine<vmbackup_guest::spec>;

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_SRC_HPP
