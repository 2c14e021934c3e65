// SPDX-License-Identifier: BSL-1.0
#include "examples/qemu_orchestrator/disks.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {
namespace {

/// What QEMU 7.2 says of a machine with one disk of each kind, without what nobody reads.
const boost::json::value& reply() {
    static const boost::json::value all = boost::json::parse(R"([
        {"device": "drive0", "qdev": "/machine/unattached/device[23]", "removable": false,
         "inserted": {"node-name": "#block123", "ro": false, "file": "/images/a.qcow2",
                      "drv": "qcow2",
                      "image": {"virtual-size": 1073741824, "filename": "/images/a.qcow2",
                                "backing-image": {"filename": "/images/base.qcow2"}}}},
        {"device": "", "qdev": "/machine/peripheral/vdb/virtio-backend", "removable": false,
         "inserted": {"node-name": "data", "ro": false, "file": "/images/a.raw",
                      "image": {"virtual-size": 512, "filename": "/images/a.raw"}}},
        {"device": "pool", "qdev": "vdc", "removable": false,
         "inserted": {"node-name": "pool0", "ro": false, "file": "/dev/pool/a",
                      "image": {"virtual-size": 4096, "filename": "/dev/pool/a"}}},
        {"device": "rom", "qdev": "ide0", "removable": true,
         "inserted": {"node-name": "iso", "ro": true, "file": "/images/cd.iso",
                      "image": {"virtual-size": 2048, "filename": "/images/cd.iso"}}},
        {"device": "", "qdev": "floppy", "removable": true}
    ])");
    return all;
}

std::string refusal(const std::function<void()>& what) {
    try {
        what();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

std::vector<std::string> names(const found_disks& found) {
    std::vector<std::string> all;
    for (const disk& one : found.disks) {
        all.push_back(one.name());
    }
    return all;
}

settings how(cut_method method, std::string into = {}) {
    settings made;
    made.method = method;
    made.into = std::move(into);
    made.tag = "t";
    return made;
}

using words = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(disks_of_snaptake)

BOOST_AUTO_TEST_CASE(all_that_can_be_written_are_found_and_the_others_are_named) {
    const found_disks found = find_disks(reply(), {});
    BOOST_TEST((names(found) == words{"drive0", "data", "pool"}));
    BOOST_TEST((found.remarks == words{"rom: cannot be written", "floppy: is empty"}));
    BOOST_TEST(found.disks[0].bytes == 1073741824U);
    BOOST_TEST(found.disks[0].image == "/images/a.qcow2");
    BOOST_TEST(found.disks[0].format == "qcow2");
}

BOOST_AUTO_TEST_CASE(a_disk_is_asked_for_by_device_node_or_emulated_device) {
    for (const char* const name : {"data", "vdb", "/machine/peripheral/vdb/virtio-backend"}) {
        const found_disks found = find_disks(reply(), {name});
        BOOST_TEST((names(found) == words{"data"}), name);
        BOOST_TEST(found.remarks.size() == 4U); // what was not asked for is not hidden
    }
    BOOST_TEST((names(find_disks(reply(), {"vdc", "drive0"})) == words{"pool", "drive0"}));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_not_there_is_refused_with_those_that_are) {
    const auto refused = [](const words& wanted) {
        return refusal([&] { (void)find_disks(reply(), wanted); });
    };
    BOOST_TEST(refused({"vdx"}) ==
               "no disk that can be written is called vdx: drive0, data, pool are");
    BOOST_TEST(refused({"rom"}) ==
               "no disk that can be written is called rom: drive0, data, pool are");
    BOOST_TEST(refused({"data", "vdb"}) ==
               "no disk that can be written is called vdb: drive0, pool are");
    BOOST_TEST(refused({"vd"}).starts_with("no disk"));
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_none_is_refused) {
    const auto refused = [](const char* text) {
        return refusal([&] { (void)find_disks(boost::json::parse(text), {}); });
    };
    BOOST_TEST(refused("{}") == "query-block returned no list");
    BOOST_TEST(refused("[1]") == "query-block returned a list of something else than disks");
    BOOST_TEST(refused("[]") == "it has no disk that can be written");
    BOOST_TEST(refused(R"([{"device": 1, "inserted": {"node-name": [], "file": {}}}])") ==
               "it has no disk that can be written");
}

BOOST_AUTO_TEST_CASE(new_files_lie_beside_their_images_and_no_two_are_the_same) {
    const auto disks = find_disks(reply(), {"drive0", "data"}).disks;
    const auto copies = plan_copies(disks, how(cut_method::overlay), "");
    BOOST_REQUIRE(copies.size() == 2U);
    BOOST_TEST(copies[0].file == "/images/a.t.qcow2");
    BOOST_TEST(copies[1].file == "/images/a.t-2.qcow2");
    BOOST_TEST(copies[0].node != copies[1].node);
    BOOST_TEST(copies[0].copy(cut_method::overlay) == "/images/a.qcow2");
    const auto backups = plan_copies(disks, how(cut_method::backup, "/backup"), "db");
    BOOST_TEST(backups[0].file == "/backup/db-a.t.raw");
    BOOST_TEST(backups[1].file == "/backup/db-a.t-2.raw");
    BOOST_TEST(backups[0].copy(cut_method::backup) == "/backup/db-a.t.raw");
}

BOOST_AUTO_TEST_CASE(an_image_that_is_no_plain_file_needs_a_folder) {
    const auto disks = find_disks(reply(), {"pool"}).disks;
    const std::string refused =
        refusal([&] { (void)plan_copies(disks, how(cut_method::overlay), ""); });
    BOOST_TEST(refused ==
               "pool: /dev/pool/a is no plain file, so --into has to say where a copy goes");
    BOOST_TEST(plan_copies(disks, how(cut_method::overlay, "/into"), "")[0].file ==
               "/into/pool.t.qcow2");
}

BOOST_AUTO_TEST_CASE(all_disks_are_cut_by_one_transaction) {
    const auto disks = find_disks(reply(), {"drive0", "data"}).disks;
    const auto overlays = plan_copies(disks, how(cut_method::overlay), "");
    BOOST_TEST((cut_arguments(overlays, cut_method::overlay) == boost::json::parse(R"({"actions": [
        {"type": "blockdev-snapshot-sync", "data": {"device": "drive0", "format": "qcow2",
         "mode": "existing", "snapshot-file": "/images/a.t.qcow2", "snapshot-node-name": "stt-0"}},
        {"type": "blockdev-snapshot-sync", "data": {"node-name": "data", "format": "qcow2",
         "mode": "existing", "snapshot-file": "/images/a.t-2.qcow2",
         "snapshot-node-name": "stt-1"}}]})")));
    const auto backups = plan_copies(disks, how(cut_method::backup), "");
    BOOST_TEST((cut_arguments(backups, cut_method::backup) == boost::json::parse(R"({"actions": [
        {"type": "blockdev-backup", "data": {"job-id": "stt-0-job", "device": "#block123",
         "target": "stt-0", "sync": "full", "auto-dismiss": false}},
        {"type": "blockdev-backup", "data": {"job-id": "stt-1-job", "device": "data",
         "target": "stt-1", "sync": "full", "auto-dismiss": false}}]})")));
    BOOST_TEST((target_arguments(backups[1]) == boost::json::parse(
                                                    R"({"driver": "raw", "node-name": "stt-1",
            "file": {"driver": "file", "filename": "/images/a.t-2.raw"}})")));
}

BOOST_AUTO_TEST_CASE(an_overlay_is_made_as_large_as_its_disk_and_over_its_image) {
    const auto disks = find_disks(reply(), {"drive0"}).disks;
    const disk_copy one = plan_copies(disks, how(cut_method::overlay), "")[0];
    BOOST_TEST((overlay_file_arguments(one) == boost::json::parse(R"({"job-id": "stt-0-job",
        "options": {"driver": "file", "filename": "/images/a.t.qcow2", "size": 0}})")));
    BOOST_TEST((overlay_node_arguments(one) == boost::json::parse(
                                                   R"({"driver": "file", "node-name": "stt-0",
        "filename": "/images/a.t.qcow2"})")));
    BOOST_TEST((overlay_image_arguments(one) == boost::json::parse(R"({"job-id": "stt-0-job",
        "options": {"driver": "qcow2", "file": "stt-0", "size": 1073741824,
        "backing-file": "/images/a.qcow2", "backing-fmt": "qcow2"}})")));
}

BOOST_AUTO_TEST_CASE(a_file_is_in_use_at_any_depth) {
    BOOST_TEST(is_in_use(reply(), "/images/a.qcow2"));
    BOOST_TEST(is_in_use(reply(), "/images/base.qcow2"));
    BOOST_TEST(!is_in_use(reply(), "/images/a.t.qcow2"));
    BOOST_TEST(!refusal([] { (void)is_in_use(boost::json::value{}, "/x"); }).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snaptake
