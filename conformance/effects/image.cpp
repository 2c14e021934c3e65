// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace snapproto::conformance::effects {
namespace {

constexpr std::size_t block_bytes = 4096;
constexpr std::size_t chunk_bytes = 256 * block_bytes;
constexpr std::uint64_t copy_bytes_max = std::uint64_t{1} << 30;

[[noreturn]] void fail(const std::string& path) {
    throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno)));
}

using block_sink = std::function<void(std::uint64_t offset, const unsigned char* block)>;

/// Calls `sink` for each block that is not all zeros. @return the size in bytes.
std::uint64_t for_each_block(const std::string& path, const block_sink& sink) {
    struct stat seen {};
    if (::stat(path.c_str(), &seen) != 0)
        fail(path);
    const bool device = S_ISBLK(seen.st_mode);
    // A device is read around its page cache: what the cache has is not what a snapshot would have.
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | (device ? O_DIRECT : 0)));
    if (!file)
        fail(path);
    std::uint64_t size = static_cast<std::uint64_t>(seen.st_size);
    if (device && ::ioctl(file.get(), BLKGETSIZE64, &size) != 0)
        fail(path);
    const std::unique_ptr<unsigned char, decltype(&std::free)> buffer(
        static_cast<unsigned char*>(std::aligned_alloc(block_bytes, chunk_bytes)), &std::free);
    static constexpr std::array<unsigned char, block_bytes> zeros{};
    for (std::uint64_t at = 0; at < size;) {
        if (!device) {
            const off_t data = ::lseek(file.get(), static_cast<off_t>(at), SEEK_DATA);
            if (data < 0 && errno == ENXIO)
                break; // only a hole is left
            if (data > 0)
                at = static_cast<std::uint64_t>(data) / block_bytes * block_bytes;
        }
        const ssize_t got = ::pread(file.get(), buffer.get(), chunk_bytes, static_cast<off_t>(at));
        if (got < 0)
            fail(path);
        if (got == 0)
            break;
        const auto length = static_cast<std::size_t>(got);
        const std::size_t padded = (length + block_bytes - 1) / block_bytes * block_bytes;
        std::memset(buffer.get() + length, 0, padded - length);
        for (std::size_t block = 0; block < padded; block += block_bytes)
            if (std::memcmp(buffer.get() + block, zeros.data(), block_bytes) != 0)
                sink(at + block, buffer.get() + block);
        at += padded;
    }
    return size;
}

/// Two independent lanes of multiply and rotate over 64-bit words: it tells images apart, no more.
class digest {
  public:
    void add(std::uint64_t word) {
        m_one = std::rotl(m_one ^ (word * 0x9e3779b97f4a7c15U), 29) * 0xbf58476d1ce4e5b9U;
        m_two = std::rotl(m_two + (word ^ 0x94d049bb133111ebU), 37) * 0xd6e8feb86659fd93U;
    }
    [[nodiscard]] std::string text() const {
        return fmt::format("{:016x}{:016x}", m_one ^ (m_one >> 32), m_two ^ (m_two >> 29));
    }

  private:
    std::uint64_t m_one = 0x243f6a8885a308d3U;
    std::uint64_t m_two = 0x13198a2e03707344U;
};

template <class Word>
std::optional<Word> little_endian_at(int image, std::uint64_t offset) {
    std::array<unsigned char, sizeof(Word)> bytes{};
    if (::pread(image, bytes.data(), bytes.size(), static_cast<off_t>(offset)) !=
        static_cast<ssize_t>(bytes.size()))
        return std::nullopt;
    Word word = 0;
    for (std::size_t at = bytes.size(); at-- > 0;)
        word = static_cast<Word>((word << 8) | bytes[at]);
    return word;
}

// The layout of the superblocks; see "ext4 Data Structures and Algorithms" in the kernel's
// documentation, and "On-disk Format" in that of btrfs.
constexpr std::uint64_t ext_magic_at = 1024 + 0x38;
constexpr std::uint64_t ext_incompatible_at = 1024 + 0x60;
constexpr std::uint16_t ext_magic = 0xef53;
constexpr std::uint32_t ext_recover = 0x0004;
constexpr std::uint64_t btrfs_super_at = 64 * 1024;
constexpr std::uint64_t btrfs_magic_at = btrfs_super_at + 0x40;
constexpr std::uint64_t btrfs_log_root_at = btrfs_super_at + 0x60;
constexpr std::uint64_t btrfs_magic = 0x4d5f53665248425fU; // "_BHRfS_M"
constexpr std::uint32_t xfs_magic = 0x42534658U;           // "XFSB", stored big endian

} // namespace

std::string digest_of(const std::string& path) {
    digest sum;
    const std::uint64_t size =
        for_each_block(path, [&](std::uint64_t offset, const unsigned char* block) {
            sum.add(offset);
            for (std::size_t at = 0; at < block_bytes; at += sizeof(std::uint64_t)) {
                std::uint64_t word = 0;
                std::memcpy(&word, block + at, sizeof word);
                sum.add(word);
            }
        });
    sum.add(size);
    return sum.text();
}

descriptor copy_of(const std::string& path) {
    descriptor copy(::memfd_create("snapproto-copy", MFD_CLOEXEC));
    if (!copy)
        fail("memfd_create");
    std::uint64_t copied = 0;
    const std::uint64_t size =
        for_each_block(path, [&](std::uint64_t offset, const unsigned char* block) {
            copied += block_bytes;
            if (copied > copy_bytes_max)
                throw std::runtime_error(path + " has more data than is copied (1 GiB)");
            if (::pwrite(copy.get(), block, block_bytes, static_cast<off_t>(offset)) !=
                static_cast<ssize_t>(block_bytes))
                fail("a copy in memory");
        });
    if (::ftruncate(copy.get(), static_cast<off_t>(size)) != 0)
        fail("a copy in memory");
    return copy;
}

image_type type_of(int image) {
    if (little_endian_at<std::uint16_t>(image, ext_magic_at) == ext_magic)
        return image_type::ext;
    if (little_endian_at<std::uint64_t>(image, btrfs_magic_at) == btrfs_magic)
        return image_type::btrfs;
    if (little_endian_at<std::uint32_t>(image, 0) == xfs_magic)
        return image_type::xfs;
    return image_type::other;
}

std::optional<bool> ext_needs_recovery(int image) {
    const auto incompatible = little_endian_at<std::uint32_t>(image, ext_incompatible_at);
    if (type_of(image) != image_type::ext || !incompatible)
        return std::nullopt;
    return (*incompatible & ext_recover) != 0;
}

std::optional<bool> btrfs_needs_replay(int image) {
    const auto log_root = little_endian_at<std::uint64_t>(image, btrfs_log_root_at);
    if (type_of(image) != image_type::btrfs || !log_root)
        return std::nullopt;
    return *log_root != 0;
}

} // namespace snapproto::conformance::effects
