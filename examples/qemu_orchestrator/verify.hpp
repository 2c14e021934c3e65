// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_VERIFY_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_VERIFY_HPP

// Opens a copy and looks at what is in it: the image, each filesystem, and what a judge of the
// caller's says of a folder. The image itself is only ever read.

#include <snapproto/core/time.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace snaptake {

/// What is to be looked at.
struct verify_settings {
    std::string image;
    std::string format;     ///< As qemu-img calls it; empty: what it finds.
    std::string folder;     ///< In the filesystem, for the judge; an absolute path.
    std::string judge;      ///< For a shell; {folder} is replaced. Status 0: it is as it should be.
    unsigned partition = 0; ///< Where the folder is; 0: there is one filesystem.
    bool recover = false;   ///< A crash-consistent copy: its journal is replayed first.
    std::string work;       ///< Where copies are made; empty: where temporary files go.
    snapproto::duration limit = std::chrono::minutes{10}; ///< For each tool.
};

/// What was found out in one respect.
struct verify_step {
    enum class verdict { pass, fail, skip };

    std::string about; ///< "image", "filesystem", "folder".
    verdict found = verdict::skip;
    std::string words;
};

/// Looks at a copy.
/// Errors: `std::runtime_error` when it cannot be opened, with the reason.
[[nodiscard]] std::vector<verify_step> verify_image(const verify_settings& how);

[[nodiscard]] boost::json::object to_json(const std::vector<verify_step>& steps);
[[nodiscard]] std::string to_table(const std::vector<verify_step>& steps);
/// 0: all passed; 1: something failed; 3: something could not be looked at.
[[nodiscard]] int status_of(const std::vector<verify_step>& steps) noexcept;

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_VERIFY_HPP
