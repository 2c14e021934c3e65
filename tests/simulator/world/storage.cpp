// SPDX-License-Identifier: BSL-1.0
// The disk and the filesystem: what a copy of the disk has at which moment.
#include "simulator/world/filesystem.hpp"

#include "simulator/judge/mounted_copy.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::world;
using judge::mounted_copy;

// A disk, a filesystem with all of its files, and somebody who notes what has ended.
struct machine final : actor {
    static constexpr std::uint64_t room = 4;

    explicit machine(std::uint64_t seed = 1, const filesystem_options& options = quiet())
        : world(seed),
          disk(world, {}, filesystem::disk_blocks(file_count * room)),
          files(world, disk, options),
          self(world.add(*this)) {
        const std::array<block, 1> empty{value(0)};
        for (std::uint32_t i = 0; i < file_count; ++i) {
            files.create(static_cast<file>(i), room, empty);
        }
        files.mount();
    }

    // Nothing is written back by itself.
    static filesystem_options quiet() {
        filesystem_options made;
        made.writeback_ms = 3'600'000;
        return made;
    }
    static block value(std::uint64_t what) { return block{what}; }

    [[nodiscard]] event tag(std::uint64_t number) const { return {self, 0, number << 8}; }
    void handle(const event& what) override { ended.push_back(what.number); }
    [[nodiscard]] bool has_ended(std::uint64_t number) const {
        return std::any_of(ended.begin(), ended.end(),
                           [&](std::uint64_t n) { return n >> 8 == number; });
    }
    void run(ticks span) { world.run(world.now() + span); }
    void write(file which, std::uint64_t offset, std::uint64_t what, std::uint64_t size,
               std::uint64_t number) {
        const std::array<block, 1> content{value(what)};
        files.write(which, offset, content, size, tag(number));
    }

    environment world;
    block_device disk;
    filesystem files;
    actor_id self;
    std::vector<std::uint64_t> ended;
};

} // namespace

BOOST_AUTO_TEST_SUITE(world_storage)

BOOST_AUTO_TEST_CASE(a_write_is_in_the_cache_and_a_sync_brings_it_to_the_disk) {
    machine m;
    m.write(file::log, 0, 5, 1, 1);
    m.run(10 * kernel::second);
    BOOST_TEST(m.has_ended(1));
    BOOST_TEST(mounted_copy{m.disk.content()}.content(file::log)[0][0] == 0U);
    m.files.sync(file::log, m.tag(2));
    m.run(kernel::second);
    BOOST_TEST(m.has_ended(2));
    BOOST_TEST(mounted_copy{m.disk.content()}.content(file::log)[0][0] == 5U);
    BOOST_TEST(m.disk.writes() == 1U);
}

BOOST_AUTO_TEST_CASE(old_writes_are_written_back_by_themselves) {
    filesystem_options options;
    options.writeback_ms = 100;
    options.dirty_ms = 50;
    machine m{1, options};
    m.write(file::log, 0, 5, 1, 1);
    m.run(kernel::second);
    BOOST_TEST(mounted_copy{m.disk.content()}.content(file::log)[0][0] == 5U);
}

// Whenever the power goes, a file is as it was or as it became, and the new size never shows what
// was not written yet.
BOOST_AUTO_TEST_CASE(a_size_changes_at_once_whenever_the_copy_is_made) {
    int before = 0;
    int after = 0;
    int replayed = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        machine m{seed};
        m.write(file::article, 1, 7, 2, 1);
        m.write(file::picture, 1, 8, 2, 2);
        m.files.sync(file::article, m.tag(3));
        for (int i = 0; i < 200; ++i) {
            m.run(100 * kernel::microsecond);
            const mounted_copy copy{m.disk.content()};
            BOOST_REQUIRE(copy.broken().empty());
            BOOST_REQUIRE(!copy.clean());
            for (const file which : {file::article, file::picture}) {
                const auto& content = copy.content(which);
                if (content.size() == 2) {
                    BOOST_REQUIRE(content[1][0] == (which == file::article ? 7U : 8U));
                }
            }
            const bool grown = copy.content(file::article).size() == 2;
            BOOST_REQUIRE(grown == (copy.content(file::picture).size() == 2)); // one transaction
            BOOST_REQUIRE((grown || !m.has_ended(3)));
            grown ? ++after : ++before;
            replayed += copy.replayed() != 0 ? 1 : 0;
        }
        BOOST_TEST(m.has_ended(3));
    }
    BOOST_TEST(before > 0);
    BOOST_TEST(after > 0);
    BOOST_TEST(replayed > 0); // some copies were made between commit and its end
}

BOOST_AUTO_TEST_CASE(a_freeze_brings_everything_to_the_disk_and_blocks_writers_until_the_thaw) {
    machine m;
    m.write(file::article, 1, 7, 2, 1);
    m.files.freeze(m.tag(2));
    m.write(file::article, 0, 9, 2, 3); // too late
    m.run(kernel::second);
    BOOST_TEST((m.ended.back() ==
                (std::uint64_t{2} << 8 | static_cast<std::uint64_t>(freeze_answer::frozen))));
    BOOST_TEST(m.files.frozen());
    BOOST_TEST(m.files.blocked_writers() == 1U);
    BOOST_TEST(!m.has_ended(3));
    const mounted_copy copy{m.disk.content()};
    BOOST_TEST(copy.clean());
    BOOST_TEST_REQUIRE(copy.content(file::article).size() == 2U);
    BOOST_TEST(copy.content(file::article)[0][0] == 0U);
    BOOST_TEST(copy.content(file::article)[1][0] == 7U);

    const auto frozen = m.disk.content();
    m.run(10 * kernel::second);
    BOOST_TEST((m.disk.content() == frozen)); // not a block changes

    m.files.thaw(m.tag(4));
    m.run(kernel::second);
    BOOST_TEST(m.has_ended(3));
    BOOST_TEST(m.has_ended(4));
    BOOST_TEST(!m.files.frozen());
    BOOST_TEST(!mounted_copy{m.disk.content()}.clean());
    m.files.sync(file::article, m.tag(5));
    m.run(kernel::second);
    BOOST_TEST(mounted_copy{m.disk.content()}.content(file::article)[0][0] == 9U);
}

BOOST_AUTO_TEST_CASE(a_limit_of_its_own_ends_the_freeze_that_it_belongs_to_and_no_other) {
    filesystem_options options = machine::quiet();
    options.hold_limit_ms = 10'000;
    machine m{1, options};
    m.files.freeze(m.tag(1));
    m.run(5 * kernel::second);
    m.files.thaw(m.tag(2));
    m.run(kernel::second);
    m.files.freeze(m.tag(3));
    m.run(9 * kernel::second); // the limit of the first one has passed
    BOOST_TEST(m.files.frozen());
    m.run(2 * kernel::second);
    BOOST_TEST(!m.files.frozen());
    m.files.thaw(m.tag(4));
    m.run(kernel::second);
    BOOST_TEST((static_cast<freeze_answer>(m.ended.back() & 0xffU) == freeze_answer::not_frozen));
}

BOOST_AUTO_TEST_CASE(a_freeze_of_somebody_else_refuses_ours_and_stays) {
    machine m;
    m.files.freeze_by_another(true);
    m.run(kernel::second);
    BOOST_TEST(m.files.frozen());
    m.files.freeze(m.tag(1));
    m.run(kernel::second);
    BOOST_TEST((static_cast<freeze_answer>(m.ended.back() & 0xffU) == freeze_answer::failed));
    BOOST_TEST(m.files.frozen());
    m.files.freeze_by_another(false);
    BOOST_TEST(!m.files.frozen());
}

BOOST_AUTO_TEST_CASE(a_freeze_that_hangs_blocks_writers_and_ends_when_it_may) {
    machine m;
    m.files.hang_freezes(true);
    m.files.freeze(m.tag(1));
    m.write(file::article, 0, 9, 1, 2);
    m.run(10 * kernel::second);
    BOOST_TEST(!m.has_ended(1));
    BOOST_TEST(!m.has_ended(2));
    BOOST_TEST(!m.files.frozen());
    m.files.hang_freezes(false);
    m.run(kernel::second);
    BOOST_TEST(m.has_ended(1));
    BOOST_TEST(m.files.frozen());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_said) {
    filesystem_options options = machine::quiet();
    options.thaw_failures = 1;
    machine m{1, options};
    const auto answer = [&] {
        m.run(kernel::second);
        return static_cast<freeze_answer>(m.ended.back() & 0xffU);
    };
    m.files.thaw(m.tag(1));
    BOOST_TEST((answer() == freeze_answer::not_frozen));
    m.files.freeze(m.tag(2));
    BOOST_TEST((answer() == freeze_answer::frozen));
    m.files.freeze(m.tag(3));
    BOOST_TEST((answer() == freeze_answer::failed));
    m.files.thaw(m.tag(4));
    BOOST_TEST((answer() == freeze_answer::failed));
    BOOST_TEST(m.files.frozen());
    m.files.thaw(m.tag(5));
    BOOST_TEST((answer() == freeze_answer::thawed));
}

BOOST_AUTO_TEST_SUITE_END()
