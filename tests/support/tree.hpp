// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_TREE_HPP
#define SNAPPROTO_TESTS_SUPPORT_TREE_HPP

// Where the project lies that is tested. One source only is compiled with these paths, so that a
// compiler's cache serves every other one in each clone of the project.

#include <string>
#include <string_view>

namespace snapproto::tests {

/// The path of a file of the project, which is given from its root.
[[nodiscard]] std::string source_path(std::string_view file);

/// The path of a program that was built.
[[nodiscard]] std::string program_path(std::string_view program);

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_TREE_HPP
