// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/witness_file.hpp"

#include "conformance/attach/descriptor.hpp"
#include "conformance/effects/file_writer.hpp"
#include "conformance/effects/image.hpp"
#include "conformance/time.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <random>
#include <set>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace snapproto::conformance::effects {
namespace {

/// No filesystem cuts a file's data into smaller or differently aligned pieces than these, and none
/// keeps so many of them inside of its metadata.
constexpr std::size_t block_bytes = 512;
constexpr std::size_t blocks = 128;
using block = std::array<char, block_bytes>;
constexpr duration bound = std::chrono::seconds(2);

block block_of(const std::string& token, std::size_t number) {
    block out{};
    const std::string words = fmt::format("snapproto witness {} block {:03}\n", token, number);
    for (std::size_t at = 0; at < out.size(); ++at) {
        out[at] = words[at % words.size()];
    }
    return out;
}

/// Does something that sleeps in the kernel while the filesystem is frozen. @return whether it has
/// come back within the bound; it goes on in any case
template <class Function>
bool bounded(Function what) {
    const auto done = std::make_shared<std::atomic<bool>>(false);
    std::thread([done, what = std::move(what)] {
        what();
        done->store(true);
    }).detach();
    const instant end = real_now() + bound;
    while (!done->load() && real_now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return done->load();
}

/// @return 0 or errno
int write_blocks(const std::string& path, const std::string& token) {
    const descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) {
        return errno;
    }
    for (std::size_t i = 0; i < blocks; ++i) {
        const block one = block_of(token, i);
        errno = EIO;
        if (::write(file.get(), one.data(), one.size()) != static_cast<ssize_t>(one.size())) {
            return errno;
        }
    }
    return 0;
}

class witness_file final : public witness {
  public:
    witness_file(std::string path, std::string token, std::string bytes)
        : m_path(std::move(path)), m_token(std::move(token)), m_bytes(std::move(bytes)) {}
    ~witness_file() override {
        (void)bounded([path = m_path] { ::unlink(path.c_str()); });
    }

    [[nodiscard]] observed<bool> in_copy() override {
        try {
            const descriptor copy = copy_of(m_bytes);
            std::set<block> missing;
            for (std::size_t i = 0; i < blocks; ++i) {
                missing.insert(block_of(m_token, i));
            }
            const std::string beginning = "snapproto witness " + m_token;
            std::vector<block> read(2048);
            off_t at = 0;
            for (ssize_t got = 0;
                 (got = ::pread(copy.get(), read.data(), read.size() * block_bytes, at)) > 0;
                 at += got) {
                for (std::size_t i = 0; i < static_cast<std::size_t>(got) / block_bytes; ++i) {
                    if (std::string_view(read[i].data(), block_bytes).starts_with(beginning)) {
                        missing.erase(read[i]);
                    }
                }
            }
            return missing.empty();
        } catch (const std::exception& problem) {
            return observed<bool>::unknown(problem.what());
        }
    }

  private:
    std::string m_path;
    std::string m_token;
    std::string m_bytes;
};

} // namespace

observed<std::shared_ptr<witness>> write_witness(const std::string& mount,
                                                 const std::string& bytes) {
    std::random_device random;
    const std::string token = fmt::format("{:08x}{:08x}", random(), random());
    const std::string path = fmt::format("{}/{}witness-{}", mount, file_writer::name_prefix, token);
    struct outcome {
        std::atomic<int> error{0};
        std::atomic<bool> given_up{false};
    };
    const auto came = std::make_shared<outcome>();
    const bool written = bounded([=] {
        came->error = write_blocks(path, token);
        if (came->given_up) {
            ::unlink(path.c_str()); // nobody else will
        }
    });
    if (!written) {
        came->given_up = true;
        return observed<std::shared_ptr<witness>>::unknown(
            "a file could not be written within 2 s (is the filesystem frozen already?)");
    }
    std::shared_ptr<witness> made = std::make_shared<witness_file>(path, token, bytes);
    if (const int error = came->error; error != 0) {
        return observed<std::shared_ptr<witness>>::unknown(
            fmt::format("{}: {}", path, std::strerror(error)));
    }
    return made;
}

} // namespace snapproto::conformance::effects
