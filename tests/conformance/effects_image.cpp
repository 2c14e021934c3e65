// SPDX-License-Identifier: BSL-1.0
// Digest, copy and superblocks on files that the tests make themselves; nothing is mounted.
#include "conformance/effects/image.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace effects = snapproto::conformance::effects;
using snapproto::conformance::copy_verdict;

/// A file that is gone at the end.
class scratch_file {
  public:
    scratch_file() {
        m_fd = ::mkstemp(m_path.data());
        BOOST_REQUIRE(m_fd >= 0);
    }
    ~scratch_file() {
        ::close(m_fd);
        ::unlink(m_path.c_str());
    }
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] int fd() const { return m_fd; }
    void size(off_t bytes) const { BOOST_REQUIRE(::ftruncate(m_fd, bytes) == 0); }
    template <std::size_t Size>
    void put(off_t at, const std::array<unsigned char, Size>& bytes) const {
        BOOST_REQUIRE(::pwrite(m_fd, bytes.data(), Size, at) == static_cast<ssize_t>(Size));
    }

  private:
    std::string m_path = "/tmp/snapproto-image-XXXXXX";
    int m_fd = -1;
};

using bytes1 = std::array<unsigned char, 1>;
using bytes2 = std::array<unsigned char, 2>;

constexpr off_t mebibyte = 1 << 20;

/// A file with an ext superblock that says as much as is looked at.
void make_ext(const scratch_file& file, unsigned char incompatible) {
    file.size(mebibyte);
    file.put(1024 + 0x38, bytes2{0x53, 0xef});
    file.put(1024 + 0x60, bytes1{incompatible});
}

void make_btrfs(const scratch_file& file, unsigned char log_root) {
    file.size(mebibyte);
    file.put(65536 + 0x40, std::array<unsigned char, 8>{'_', 'B', 'H', 'R', 'f', 'S', '_', 'M'});
    file.put(65536 + 0x60 + 2, bytes1{log_root});
}

} // namespace

BOOST_AUTO_TEST_SUITE(effects_image)

BOOST_AUTO_TEST_CASE(the_digest_sees_one_changed_bit_anywhere) {
    const scratch_file file;
    file.size(3 * mebibyte + 17); // not a whole number of blocks
    file.put(5000, bytes1{1});
    const std::string before = effects::digest_of(file.path());
    for (const off_t place :
         {off_t{0}, off_t{4095}, off_t{5000}, off_t{2 * mebibyte}, off_t{3 * mebibyte + 16}}) {
        file.put(place, bytes1{2});
        BOOST_TEST(effects::digest_of(file.path()) != before);
        file.put(place, bytes1{static_cast<unsigned char>(place == 5000 ? 1 : 0)});
        BOOST_TEST(effects::digest_of(file.path()) == before);
    }
}

BOOST_AUTO_TEST_CASE(the_digest_sees_where_a_block_is_and_how_long_the_file) {
    const scratch_file one;
    const scratch_file other;
    one.size(mebibyte);
    other.size(mebibyte);
    one.put(0, bytes1{7});
    other.put(4096, bytes1{7});
    BOOST_TEST(effects::digest_of(one.path()) != effects::digest_of(other.path()));
    const std::string before = effects::digest_of(one.path());
    one.size(mebibyte + 4096);
    BOOST_TEST(effects::digest_of(one.path()) != before);
}

BOOST_AUTO_TEST_CASE(a_hole_and_written_zeros_are_the_same_to_the_digest) {
    const scratch_file holes;
    const scratch_file zeros;
    holes.size(16384);
    zeros.put(0, std::array<unsigned char, 16384>{});
    BOOST_TEST(effects::digest_of(holes.path()) == effects::digest_of(zeros.path()));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_an_error_and_no_digest) {
    BOOST_CHECK_THROW((void)effects::digest_of("/no/such/file"), std::runtime_error);
    BOOST_CHECK_THROW((void)effects::copy_of("/no/such/file"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_copy_has_the_digest_of_the_original_and_then_a_life_of_its_own) {
    const scratch_file file;
    make_ext(file, 4);
    const auto copy = effects::copy_of(file.path());
    const std::string path = "/proc/self/fd/" + std::to_string(copy.get());
    BOOST_TEST(effects::digest_of(path) == effects::digest_of(file.path()));
    file.put(70000, bytes1{1});
    BOOST_TEST(effects::digest_of(path) != effects::digest_of(file.path()));
}

BOOST_AUTO_TEST_CASE(the_recovery_flag_of_ext_is_found_among_the_others) {
    const scratch_file file;
    make_ext(file, 0x04);
    BOOST_TEST(effects::ext_needs_recovery(file.fd()).value());
    make_ext(file, 0xc2 | 0x04);
    BOOST_TEST(effects::ext_needs_recovery(file.fd()).value());
    make_ext(file, 0xc2);
    BOOST_TEST(!effects::ext_needs_recovery(file.fd()).value());
    BOOST_TEST(!effects::btrfs_needs_replay(file.fd()).has_value());
}

BOOST_AUTO_TEST_CASE(the_log_tree_of_btrfs_is_found) {
    const scratch_file file;
    make_btrfs(file, 1);
    BOOST_TEST(effects::btrfs_needs_replay(file.fd()).value());
    BOOST_TEST((effects::examine(file.fd()).verdict == copy_verdict::needs_recovery));
    make_btrfs(file, 0);
    BOOST_TEST(!effects::btrfs_needs_replay(file.fd()).value());
    BOOST_TEST(!effects::ext_needs_recovery(file.fd()).has_value());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_filesystem_get_no_verdict) {
    const scratch_file file;
    BOOST_TEST((effects::type_of(file.fd()) == effects::image_type::other)); // empty
    file.size(mebibyte);
    const auto report = effects::examine(file.fd());
    BOOST_TEST((report.verdict == copy_verdict::unknown));
    BOOST_TEST(!report.words.empty());
}

BOOST_AUTO_TEST_SUITE_END()
