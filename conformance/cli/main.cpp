// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/program.hpp"

int main(int argc, char** argv) {
    return snapproto::conformance::run_program(argc, argv);
}
