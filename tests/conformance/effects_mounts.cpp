// SPDX-License-Identifier: BSL-1.0
// What may be frozen, and what must be refused: mount tables and the ground under a mount point.
#include "conformance/effects/backing.hpp"
#include "conformance/peers/mount_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace effects = snapproto::conformance::effects;
namespace peers = snapproto::conformance::peers;

const peers::sandbox_contents contents{"box.1", {3, 4}};

std::vector<peers::mount_entry> tight_table() {
    return {
        peers::parse_mount_entry("1 9 0:40 / / rw,nosuid - tmpfs box.1 rw,mode=755"),
        peers::parse_mount_entry("2 1 0:39 /mnt /tmp/box/mnt rw shared:1 - tmpfs box.1 rw"),
        peers::parse_mount_entry("3 2 7:3 / /tmp/box/mnt/a rw,noatime - ext4 /dev/loop3 rw"),
        peers::parse_mount_entry("4 2 0:44 / /tmp/box/mnt/b rw - btrfs /dev/loop4 rw,ssd"),
        peers::parse_mount_entry("5 1 0:42 / /proc ro,nosuid - proc proc rw"),
    };
}

bool refused_for(const std::string& mount, const std::string& words) {
    try {
        (void)effects::find_backing(mount);
    } catch (const effects::unsuitable& refusal) {
        BOOST_TEST_INFO(refusal.what());
        return std::string(refusal.what()).find(words) != std::string::npos;
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(effects_mounts)

BOOST_AUTO_TEST_CASE(a_line_of_the_mount_table_is_read_with_its_escapes) {
    const auto entry = peers::parse_mount_entry(
        R"(36 35 98:0 /sub\040dir /mnt\011x rw,noatime master:1 shared:7 - ext3 /dev/ro\134ot rw)");
    BOOST_TEST(entry.id == 36);
    BOOST_TEST(entry.parent == 35);
    BOOST_TEST(entry.device_major == 98U);
    BOOST_TEST(entry.device_minor == 0U);
    BOOST_TEST(entry.root == "/sub dir");
    BOOST_TEST(entry.mount_point == "/mnt\tx");
    BOOST_TEST(entry.type == "ext3");
    BOOST_TEST(entry.source == "/dev/ro\\ot");
    BOOST_TEST(entry.writable());
}

BOOST_AUTO_TEST_CASE(a_line_that_is_cut_off_is_an_error) {
    BOOST_CHECK_THROW((void)peers::parse_mount_entry("36 35 98:0 / /mnt rw - ext3"),
                      std::runtime_error);
    BOOST_CHECK_THROW((void)peers::parse_mount_entry("36 35 98 / /mnt rw - ext3 x rw"),
                      std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_table_with_nothing_but_the_sandboxs_own_is_accepted) {
    BOOST_TEST(peers::objection_to(tight_table(), contents).empty());
}

BOOST_AUTO_TEST_CASE(terminals_of_its_own_are_accepted) {
    auto table = tight_table();
    table.push_back(peers::parse_mount_entry("6 1 0:22 / /dev/pts rw - devpts " + contents.name +
                                             " rw,mode=600,ptmxmode=600"));
    BOOST_TEST(peers::objection_to(table, contents).empty());
}

BOOST_AUTO_TEST_CASE(every_foreign_line_is_objected_to) {
    const std::vector<std::string> foreign{
        "6 1 254:0 / /mnt rw - ext4 /dev/vda rw",    // a disk
        "6 1 254:0 / /mnt ro - ext4 /dev/vda ro",    // a disk, even if it cannot be written
        "6 1 7:5 / /mnt rw - ext4 /dev/loop5 rw",    // somebody else's loop device
        "6 1 0:50 / /mnt rw - btrfs /dev/loop5 rw",  // the same, as btrfs shows it
        "6 1 0:50 / /mnt rw - tmpfs other rw",       // a tmpfs of the machine
        "6 1 0:50 / /mnt rw - nfs server:/x rw",     // a network filesystem
        "6 1 0:42 / /proc rw,nosuid - proc proc rw", // a proc through which one can write
        "6 1 0:21 / /sys ro - sysfs sysfs ro",       // what a sandbox has no use for
        "6 1 0:22 / /dev/pts rw - devpts devpts rw", // the machine's terminals
    };
    for (const auto& line : foreign) {
        auto table = tight_table();
        table.push_back(peers::parse_mount_entry(line));
        BOOST_TEST(!peers::objection_to(table, contents).empty(), line);
    }
}

BOOST_AUTO_TEST_CASE(a_root_that_is_not_the_sandboxs_is_objected_to) {
    auto table = tight_table();
    table.erase(table.begin());
    BOOST_TEST(!peers::objection_to(table, contents).empty());
    BOOST_TEST(!peers::objection_to({}, contents).empty());
}

BOOST_AUTO_TEST_CASE(the_ground_the_system_stands_on_is_refused) {
    BOOST_TEST(refused_for("/", "running system"));
    // Permission for other devices is no permission to freeze the system.
    BOOST_CHECK_THROW((void)effects::find_backing("/", {.any_device = true}), effects::unsuitable);
}

BOOST_AUTO_TEST_CASE(what_is_on_no_block_device_is_refused) {
    BOOST_TEST(refused_for("/proc", "not on a block device"));
}

BOOST_AUTO_TEST_CASE(what_is_no_mount_point_is_refused) {
    BOOST_TEST(refused_for("/proc/self", "not a mount point"));
    BOOST_TEST(refused_for("/no/such/place", "not a mount point"));
    BOOST_TEST(refused_for("proc", "absolute path"));
    BOOST_TEST(refused_for("", "absolute path"));
}

BOOST_AUTO_TEST_SUITE_END()
