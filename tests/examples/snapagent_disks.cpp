// SPDX-License-Identifier: BSL-1.0
// Where snapagent says that a host finds a disk, from the paths that Linux gives to devices.
#include "examples/linux_agent/disks.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string_view>

namespace {

struct known_path {
    std::string_view path, device, bus;
    std::array<int, 4> pci;
    std::array<int, 3> place; ///< channel, target, unit
};

constexpr std::array<known_path, 7> known{{
    {"/sys/devices/pci0000:00/0000:00:04.0/virtio1/block/vda/vda1",
     "/dev/vda1",
     "virtio",
     {0, 0, 4, 0},
     {0, 0, 0}},
    {"/sys/devices/pci0000:00/0000:00:02.3/0000:04:00.0/virtio3/host6/target6:0:0/6:0:2:1/block/"
     "sdb",
     "/dev/sdb",
     "scsi",
     {0, 4, 0, 0},
     {0, 2, 1}},
    {"/sys/devices/pci0000:00/0000:00:1f.2/ata3/host2/target2:0:0/2:0:0:0/block/sda/sda2",
     "/dev/sda2",
     "sata",
     {0, 0, 0x1f, 2},
     {0, 0, 0}},
    {"/sys/devices/pci0000:00/0000:00:10.0/host2/target2:0:1/2:0:1:0/block/sda",
     "/dev/sda",
     "scsi",
     {0, 0, 0x10, 0},
     {0, 1, 0}},
    {"/sys/devices/pci0000:00/0000:00:1d.7/usb1/1-1/1-1:1.0/host5/target5:0:0/5:0:0:3/block/sdc",
     "/dev/sdc",
     "usb",
     {0, 0, 0x1d, 7},
     {0, 0, 3}},
    {"/sys/devices/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0/nvme0n1/nvme0n1p1",
     "/dev/nvme0n1p1",
     "nvme",
     {0x10000, 0xe1, 0, 0},
     {0, 0, 0}},
    {"/sys/devices/virtual/block/loop0", "/dev/loop0", "unknown", {-1, -1, -1, -1}, {0, 0, 0}},
}};

} // namespace

BOOST_AUTO_TEST_CASE(the_path_of_a_device_tells_where_its_disk_is) {
    for (const auto& one : known) {
        const auto found = snapagent::disk_at(one.path);
        BOOST_TEST(found.device == one.device);
        BOOST_TEST(found.bus == one.bus, one.path << ": " << found.bus);
        const std::array pci{found.pci.domain, found.pci.bus, found.pci.slot, found.pci.function};
        const std::array place{found.channel, found.target, found.unit};
        BOOST_TEST(pci == one.pci, boost::test_tools::per_element());
        BOOST_TEST(place == one.place, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_device_that_is_none_lies_on_no_disk) {
    BOOST_TEST(snapagent::disks_of(0).empty());
}
