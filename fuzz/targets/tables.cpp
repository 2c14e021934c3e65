// SPDX-License-Identifier: BSL-1.0
// The agent's and the orchestrator's machine beside an interpretation of their tables.
#include "fuzz/support/target.hpp"
#include "fuzz/tables/table_run.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static snapproto::fuzz::rows_taken taken;
    snapproto::fuzz::run_tables(snapproto::fuzz::text_of(data, size), taken);
    return 0;
}
