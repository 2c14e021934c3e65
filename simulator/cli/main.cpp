// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/program.hpp"

int main(int argc, char** argv) {
    return snapproto::simulator::run_program(argc, argv);
}
