// SPDX-License-Identifier: BSL-1.0
// The evidence of effect on real filesystems. These tests freeze, so they run only beside a sandbox
// (conformance/peers/sandbox.sh runs this program there); elsewhere they are skipped.
#include "conformance/effects/emergency.hpp"
#include "conformance/effects/file_writer.hpp"
#include "conformance/effects/image.hpp"
#include "conformance/effects/mounted_filesystem.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace effects = snapproto::conformance::effects;
using namespace snapproto::conformance;
using namespace std::chrono_literals;

std::vector<std::string> sandbox_mounts() {
    const char* const text = std::getenv("SNAPPROTO_SANDBOX_MOUNTS");
    std::istringstream words(text != nullptr ? text : "");
    std::vector<std::string> mounts;
    for (std::string word; words >> word;)
        mounts.push_back(word);
    return mounts;
}

boost::test_tools::assertion_result in_a_sandbox(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(!sandbox_mounts().empty());
    answer.message() << "skipped: needs root and loop devices (run by sandbox.sh)";
    return answer;
}

/// A filesystem of the sandbox that is thawed again, whatever the test finds.
class guarded {
  public:
    explicit guarded(const std::string& mount) : m_target(mount) {}
    ~guarded() { (void)m_target.foreign_thaw(); }
    guarded(const guarded&) = delete;
    guarded& operator=(const guarded&) = delete;
    effects::mounted_filesystem* operator->() { return &m_target; }

  private:
    effects::mounted_filesystem m_target;
};

/// Runs the body once for each filesystem of the sandbox, named in the messages.
template <class Body>
void for_each_filesystem(const Body& body) {
    for (const auto& mount : sandbox_mounts()) {
        guarded target(mount);
        BOOST_TEST_CONTEXT(target->under().type << " at " << mount) {
            body(target);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(effects_sandbox, *boost::unit_test::precondition(in_a_sandbox))

BOOST_AUTO_TEST_CASE(the_ground_under_a_mount_is_its_image_file) {
    for_each_filesystem([](guarded& target) {
        BOOST_TEST(target->under().loop);
        struct stat image {};
        BOOST_TEST(::stat(target->under().bytes.c_str(), &image) == 0);
        BOOST_TEST(S_ISREG(image.st_mode));
        BOOST_TEST(target->can(capability::kernel_truth).present);
    });
}

BOOST_AUTO_TEST_CASE(the_probe_tells_frozen_from_thawed_again_and_again) {
    for_each_filesystem([](guarded& target) {
        for (int round = 0; round < 5; ++round) {
            BOOST_TEST(!*target->is_frozen());
            BOOST_TEST(*target->foreign_freeze());
            BOOST_TEST(*target->is_frozen());
            BOOST_TEST(*target->is_frozen());
            BOOST_TEST(*target->foreign_thaw());
            BOOST_TEST(!*target->is_frozen());
        }
    });
}

BOOST_AUTO_TEST_CASE(what_was_not_flushed_is_in_a_copy_only_once_frozen) {
    for_each_filesystem([](guarded& target) {
        const auto written = target->leave_witness();
        BOOST_REQUIRE(bool(written));
        BOOST_TEST(!*(*written)->in_copy());
        BOOST_TEST(*target->foreign_freeze());
        BOOST_TEST(*(*written)->in_copy());
        BOOST_TEST(!bool(target->leave_witness()), "nothing can be written while frozen");
        BOOST_TEST(*target->foreign_thaw());
    });
}

BOOST_AUTO_TEST_CASE(the_probe_changes_nothing) {
    for_each_filesystem([](guarded& target) {
        // What other tests have written must have come to rest, journal and all: freeze and thaw.
        BOOST_TEST(*target->foreign_freeze());
        BOOST_TEST(*target->foreign_thaw());
        const int directory = ::open(target->mount().c_str(), O_RDONLY | O_DIRECTORY);
        BOOST_REQUIRE(::syncfs(directory) == 0);
        const std::string before = *target->device_digest();
        for (int times = 0; times < 50; ++times)
            BOOST_TEST(!*target->is_frozen());
        BOOST_REQUIRE(::syncfs(directory) == 0);
        BOOST_TEST(*target->device_digest() == before);
        ::close(directory);
    });
}

BOOST_AUTO_TEST_CASE(a_writer_goes_on_in_a_thawed_filesystem_and_stands_in_a_frozen_one) {
    for_each_filesystem([](guarded& target) {
        const auto writing = *target->start_writer();
        BOOST_TEST(writing->moves_within(1s));
        BOOST_TEST(!writing->blocked_for(200ms));
        BOOST_TEST(*target->foreign_freeze());
        BOOST_TEST(writing->blocked_for(200ms));
        BOOST_TEST(!writing->moves_within(100ms));
        BOOST_TEST(*target->foreign_thaw());
        BOOST_TEST(writing->moves_within(1s));
        BOOST_TEST(!writing->blocked_for(200ms));
    });
}

BOOST_AUTO_TEST_CASE(no_write_is_confirmed_inside_the_window) {
    for_each_filesystem([](guarded& target) {
        effects::file_writer writing(target->mount());
        BOOST_TEST(writing.moves_within(1s));
        BOOST_TEST(*target->foreign_freeze());
        const instant frozen = real_now() + 20ms; // a confirmed write may be counted a little late
        real_sleep(300ms);
        const instant thawed = real_now();
        BOOST_TEST(*target->foreign_thaw());
        BOOST_TEST(writing.moves_within(1s));
        std::size_t before = 0;
        std::size_t inside = 0;
        for (const instant done : writing.completions()) {
            before += done < frozen ? 1U : 0U;
            inside += done >= frozen && done < thawed ? 1U : 0U;
        }
        BOOST_TEST(before > 0U);
        BOOST_TEST(inside == 0U);
    });
}

BOOST_AUTO_TEST_CASE(a_writer_that_cannot_write_is_not_taken_for_a_blocked_one) {
    guarded target(sandbox_mounts().front());
    BOOST_TEST(*target->foreign_freeze());
    const auto none = target->start_writer();
    BOOST_TEST(!none);
    BOOST_TEST(none.why.find("frozen") != std::string::npos);
    effects::file_writer nowhere("/no/such/place");
    BOOST_TEST(!nowhere.moves_within(20ms));
    BOOST_TEST(!nowhere.blocked_for(20ms));
    BOOST_TEST(!nowhere.failure().empty());
}

BOOST_AUTO_TEST_CASE(the_destructor_of_a_blocked_writer_does_not_wait_for_the_thaw) {
    guarded target(sandbox_mounts().front());
    auto writing = std::make_unique<effects::file_writer>(target->mount());
    BOOST_TEST(writing->moves_within(1s));
    BOOST_TEST(*target->foreign_freeze());
    const instant before = real_now();
    writing.reset();
    BOOST_TEST((real_now() - before < effects::file_writer::end_wait + 1s));
    BOOST_TEST(*target->is_frozen());
}

BOOST_AUTO_TEST_CASE(the_image_stands_still_in_the_window_and_moves_outside) {
    for_each_filesystem([](guarded& target) {
        const auto writing = *target->start_writer();
        BOOST_TEST(*target->foreign_freeze());
        const std::string first = *target->device_digest();
        real_sleep(200ms);
        BOOST_TEST(*target->device_digest() == first);
        BOOST_TEST(*target->foreign_thaw());
        BOOST_TEST(writing->moves_within(1s));
        real_sleep(50ms);
        BOOST_TEST(*target->device_digest() != first);
    });
}

BOOST_AUTO_TEST_CASE(a_busy_filesystem_needs_recovery_and_a_frozen_one_does_not) {
    for_each_filesystem([](guarded& target) {
        const auto writing = *target->start_writer();
        BOOST_TEST(writing->moves_within(1s));
        // btrfs has a log tree only between a flushed write and the next commit of everything.
        auto busy = *target->examine_copy();
        for (int tries = 0; tries < 20 && busy.verdict == copy_verdict::clean; ++tries)
            busy = *target->examine_copy();
        BOOST_TEST((busy.verdict == copy_verdict::needs_recovery), busy.words);
        BOOST_TEST(*target->foreign_freeze());
        const auto frozen = *target->examine_copy();
        BOOST_TEST((frozen.verdict == copy_verdict::clean), frozen.words);
        BOOST_TEST(*target->foreign_thaw());
    });
}

// An agent that says "frozen" and does nothing, or freezes something else, must be found out by
// each kind of evidence on its own.
BOOST_AUTO_TEST_CASE(a_freeze_that_is_only_claimed_is_found_out) {
    guarded claimed(sandbox_mounts().front());
    const auto writing = *claimed->start_writer();
    const std::string first = *claimed->device_digest();
    BOOST_TEST(!*claimed->is_frozen());
    BOOST_TEST(!writing->blocked_for(200ms));
    BOOST_TEST(*claimed->device_digest() != first);
    if (claimed->under().type == "ext4")
        BOOST_TEST((claimed->examine_copy().value->verdict == copy_verdict::needs_recovery));
}

BOOST_AUTO_TEST_CASE(a_freeze_of_the_wrong_filesystem_is_found_out) {
    if (sandbox_mounts().size() < 2) {
        BOOST_TEST_MESSAGE("skipped: needs two filesystems");
        return;
    }
    guarded claimed(sandbox_mounts()[0]);
    guarded other(sandbox_mounts()[1]);
    const auto writing = *claimed->start_writer();
    BOOST_TEST(*other->foreign_freeze());
    BOOST_TEST(*other->is_frozen());
    BOOST_TEST(!*claimed->is_frozen());
    BOOST_TEST(writing->moves_within(1s));
    BOOST_TEST(!writing->blocked_for(200ms));
}

// Made fast by hand: writes are flushed once and then stopped at the door, which is what an agent
// does that remounts read-only or only calls sync. The bytes stand still, so the copy must tell.
BOOST_AUTO_TEST_CASE(a_flush_without_a_freeze_is_found_out_by_the_copy) {
    guarded target(sandbox_mounts().front());
    if (target->under().type != "ext4") {
        BOOST_TEST_MESSAGE("skipped: speaks of ext4");
        return;
    }
    const int directory = ::open(target->mount().c_str(), O_RDONLY | O_DIRECTORY);
    BOOST_REQUIRE(::syncfs(directory) == 0);
    const std::string first = *target->device_digest();
    BOOST_TEST(*target->device_digest() == first);
    BOOST_TEST((target->examine_copy().value->verdict == copy_verdict::needs_recovery));
    ::close(directory);
}

// Why the bytes are read from the image file: the device's own page cache runs ahead of the disk.
BOOST_AUTO_TEST_CASE(the_cache_of_the_device_is_not_what_a_snapshot_has) {
    guarded target(sandbox_mounts().front());
    if (target->under().type != "ext4") {
        BOOST_TEST_MESSAGE("skipped: speaks of ext4");
        return;
    }
    BOOST_TEST(*target->foreign_freeze());
    BOOST_TEST(*target->foreign_thaw());
    const int device = ::open(target->under().device.c_str(), O_RDWR | O_CLOEXEC);
    BOOST_REQUIRE(device >= 0);
    constexpr off_t place = 512; // the boot sector's second half, of which ext4 makes no use
    const std::string before = *target->device_digest();
    const char mark[] = "in the cache";
    BOOST_REQUIRE(::pwrite(device, mark, sizeof mark, place) == sizeof mark);
    char seen[sizeof mark] = {};
    BOOST_REQUIRE(::pread(device, seen, sizeof seen, place) == sizeof seen);
    BOOST_TEST(std::string(seen) == mark);
    BOOST_TEST(*target->device_digest() == before);
    BOOST_REQUIRE(::fsync(device) == 0);
    BOOST_TEST(*target->device_digest() != before);
    const char zeros[sizeof mark] = {};
    BOOST_REQUIRE(::pwrite(device, zeros, sizeof zeros, place) == sizeof zeros);
    BOOST_REQUIRE(::fsync(device) == 0);
    ::close(device);
}

BOOST_AUTO_TEST_CASE(a_foreign_freeze_of_a_frozen_filesystem_and_thaw_of_a_thawed_one_do_no_harm) {
    guarded target(sandbox_mounts().front());
    BOOST_TEST(*target->foreign_thaw());
    BOOST_TEST(*target->foreign_freeze());
    BOOST_TEST(*target->foreign_freeze());
    BOOST_TEST(*target->foreign_thaw());
    BOOST_TEST(!*target->is_frozen());
}

BOOST_AUTO_TEST_CASE(the_emergency_exit_thaws_everything_that_is_known) {
    std::vector<std::unique_ptr<guarded>> targets;
    for (const auto& mount : sandbox_mounts())
        targets.push_back(std::make_unique<guarded>(mount));
    for (auto& target : targets)
        (void)(*target)->foreign_freeze();
    effects::thaw_all();
    for (auto& target : targets)
        BOOST_TEST(!*(*target)->is_frozen());
}

BOOST_AUTO_TEST_CASE(a_second_mount_point_of_the_same_filesystem_is_the_alias) {
    const std::string first = sandbox_mounts().front();
    const std::string second = first + ".again";
    BOOST_REQUIRE(::mkdir(second.c_str(), 0755) == 0);
    BOOST_REQUIRE(::mount(first.c_str(), second.c_str(), nullptr, MS_BIND, nullptr) == 0);
    {
        const effects::mounted_filesystem target(first);
        BOOST_TEST(target.alias().value_or("") == second);
    }
    BOOST_REQUIRE(::umount2(second.c_str(), MNT_DETACH) == 0);
    ::rmdir(second.c_str());
    BOOST_TEST(!effects::mounted_filesystem(first).alias().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
