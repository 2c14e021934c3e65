// SPDX-License-Identifier: BSL-1.0
// What a freeze of everything would reach, read from mount tables.
#include "conformance/attach/reach.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include <unistd.h>

namespace {

using snapproto::conformance::has_hidden_mount;
using snapproto::conformance::reaches_only;

const std::string virtual_ones = "20 1 0:40 / / rw - tmpfs none rw\n"
                                 "21 20 0:41 / /proc rw shared:1 master:2 - proc proc rw\n";
const std::string target = "22 20 7:0 / /mnt/a rw,noatime - ext4 /dev/loop0 rw\n";
const std::vector<std::string> mounts{"/mnt/a"};
const std::vector<std::string> devices{"7:0"};

} // namespace

BOOST_AUTO_TEST_SUITE(reach)

BOOST_AUTO_TEST_CASE(targets_and_virtual_filesystems_may_be_there) {
    BOOST_TEST(reaches_only(virtual_ones + target, mounts, devices).present);
}

BOOST_AUTO_TEST_CASE(a_second_mount_of_a_target_counts_as_it) {
    const std::string alias = "23 20 7:0 / /mnt/again rw - ext4 /dev/loop0 rw\n";
    BOOST_TEST(reaches_only(virtual_ones + target + alias, mounts, devices).present);
}

BOOST_AUTO_TEST_CASE(another_disk_is_named_in_the_refusal) {
    const std::string disk = "19 1 8:1 / /home rw - xfs /dev/sda1 rw\n";
    const auto got = reaches_only(virtual_ones + disk + target, mounts, devices);
    BOOST_TEST(!got.present);
    BOOST_TEST(got.why.find("/home") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_btrfs_is_found_although_its_device_looks_virtual) {
    const std::string pool = "24 20 0:50 / /pool rw - btrfs /dev/sdb rw\n";
    BOOST_TEST(!reaches_only(virtual_ones + pool + target, mounts, devices).present);
    BOOST_TEST(reaches_only(virtual_ones + pool, {"/pool"}, {}).present);
}

BOOST_AUTO_TEST_CASE(a_table_that_cannot_be_read_permits_nothing) {
    BOOST_TEST(!reaches_only("", mounts, devices).present);
    BOOST_TEST(!reaches_only(pid_t{0}, mounts).present); // there is no such process
}

BOOST_AUTO_TEST_CASE(a_mount_below_a_later_one_is_hidden) {
    const std::string below = "25 20 7:1 / /mnt/c/below rw - ext4 /dev/loop1 rw\n";
    const std::string above = "26 20 7:0 / /mnt/c rw - ext4 /dev/loop0 rw\n";
    BOOST_TEST(has_hidden_mount(virtual_ones + below + above).present);
    BOOST_TEST(!has_hidden_mount(virtual_ones + above + below).present);
    BOOST_TEST(!has_hidden_mount(virtual_ones + target).present);
    // Nobody can open it, so a freeze does not reach it.
    BOOST_TEST(reaches_only(virtual_ones + below + above, mounts, devices).present);
    BOOST_TEST(!reaches_only(virtual_ones + above + below, mounts, devices).present);
}

BOOST_AUTO_TEST_SUITE_END()
