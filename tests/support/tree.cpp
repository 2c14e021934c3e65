// SPDX-License-Identifier: BSL-1.0
#include "tests/support/tree.hpp"

namespace snapproto::tests {

std::string source_path(std::string_view file) {
    return std::string{SNAPPROTO_SOURCE_DIR "/"}.append(file);
}

std::string program_path(std::string_view program) {
    return std::string{SNAPPROTO_PROGRAM_DIR "/"}.append(program);
}

} // namespace snapproto::tests
