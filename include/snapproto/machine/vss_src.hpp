// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_SRC_HPP
#define SNAPPROTO_MACHINE_VSS_SRC_HPP

// As src.hpp, for the machines of VSS and FSRVP, which few programs need: define
// SNAPPROTO_SEPARATE_COMPILATION for all sources of a program that does, and include this in one.

#ifndef SNAPPROTO_SEPARATE_COMPILATION
#error "define SNAPPROTO_SEPARATE_COMPILATION for every source of the program, this one included"
#endif

#include <snapproto/machine/fsrvp_server.hpp>
#include <snapproto/machine/vss_coordinator.hpp>
#include <snapproto/machine/vss_provider.hpp>
#include <snapproto/machine/vss_requester.hpp>
#include <snapproto/machine/vss_writer.hpp>

namespace snapproto::machine {

template class flat_machine<fsrvp_server::spec>;
template class flat_machine<vss_coordinator::spec>;
template class flat_machine<vss_provider::spec>;
template class flat_machine<vss_requester::spec>;
template class flat_machine<vss_writer::spec>;

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_SRC_HPP
