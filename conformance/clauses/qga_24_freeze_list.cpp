// SPDX-License-Identifier: BSL-1.0
// SP 24: which filesystems a freeze-list means.
#include "conformance/check.hpp"
#include "conformance/clauses/freeze_support.hpp"
#include "conformance/clauses/groups.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace snapproto::conformance::clauses {
namespace {

namespace json = boost::json;

constexpr std::string_view unknown_mount = "/snapcheck-no-such-mount-point";

/// A freeze of names of which at most the first freeze target can be meant: what the reply says,
/// what the status says and what the kernel shows have to be one story. Thaws again.
/// @return the count, 0 for an error
std::int64_t one_story(run_context& run, const std::vector<std::string>& names,
                       std::string_view what) {
    const reply got = run.freeze(names);
    run.require(got.is_error() || got.number().has_value(),
                fmt::format("a freeze of {} is answered", what), "a count or an error",
                got.words());
    const std::int64_t count = got.number().value_or(0);
    run.require(count == 0 || count == 1, fmt::format("a freeze of {} counts the truth", what),
                "0 or 1, since at most one filesystem is meant", got.words());
    require_status(run, count > 0 ? "frozen" : "thawed",
                   fmt::format("after a freeze of {} that was answered {}", what, got.words()));
    expect_held(run, 0, count > 0, fmt::format("after the answer {} to {}", got.words(), what));
    if (run.mounts().size() > 1) {
        expect_held(run, 1, false, fmt::format("since {} does not mean it", what));
    }
    require_thaw(run, count, fmt::format("after a freeze of {}", what));
    return count;
}

/// A freeze of names that mean nothing at all.
void nothing_is_frozen(run_context& run, const std::vector<std::string>& names,
                       std::string_view what) {
    run.expect(one_story(run, names, what) == 0, fmt::format("{} means no filesystem", what),
               "0, or an error", "return is 1");
}

// catches: an agent that takes an empty list for an omitted one
void empty_list(run_context& run) {
    run.must_sync();
    run.require_number(run.freeze({}), 0, "a freeze of an empty list");
    require_thawed(run, "after a freeze of an empty list");
    run.require_number(run.thaw(), 0, "a thaw after a freeze of an empty list");
}

// catches: an agent that counts names instead of filesystems, or says frozen with nothing held
void unknown_names(run_context& run) {
    run.must_sync();
    nothing_is_frozen(run, {std::string(unknown_mount)}, "an unknown mount point");
    nothing_is_frozen(run, {std::string(unknown_mount), "/snapcheck-nor-this"},
                      "two unknown mount points");
    nothing_is_frozen(run, {""}, "an empty name");
    nothing_is_frozen(run, {std::string(3000, 'x')}, "a name of 3000 letters");
    nothing_is_frozen(run, {"/snapcheck-\xC3\xA9-\xE2\x82\xAC"}, "a name that is not ASCII");
}

// catches: an agent that compares the beginning of names, or looks for a name inside of another
void nearly_right_names(run_context& run) {
    run.must_sync();
    const std::string mount = run.filesystem().mount();
    nothing_is_frozen(run, {mount.substr(1)}, "the mount point without its first slash");
    nothing_is_frozen(run, {mount + "-and-more"}, "a name that begins like the mount point");
    nothing_is_frozen(run, {mount.substr(0, mount.size() - 1)}, "the mount point cut short");
    nothing_is_frozen(run, {mount + "/snapcheck-no-such-directory"},
                      "a name below the mount point");
    nothing_is_frozen(run, {mount + '\n'}, "the mount point and a line feed");
    nothing_is_frozen(run, {mount + ' '}, "the mount point and a blank");
}

// catches: an agent that ignores what it does not know, so that a typing error goes unnoticed
void unknown_is_refused(run_context& run) {
    run.must_sync();
    const reply got = run.freeze({std::string(unknown_mount)});
    const reply mixed = run.freeze({run.filesystem().mount(), std::string(unknown_mount)});
    (void)run.thaw();
    run.expect(got.is_error(), "a list that names an unknown mount point is refused", "an error",
               got.words());
    run.expect(mixed.is_error(), "a list of a known and an unknown mount point is refused",
               "an error", mixed.words());
    require_thawed(run, "in the end");
}

// catches: an agent that counts a name as often as it is given, or freezes it twice and thaws once
void named_twice(run_context& run) {
    run.must_sync();
    const std::string mount = run.filesystem().mount();
    run.require_number(run.freeze({mount, mount, mount}), 1,
                       "a freeze of one mount point named three times");
    expect_held(run, 0, true, "after it was named three times");
    require_thaw(run, 1, "after a freeze of one mount point named three times");
}

// catches: an agent that answers 0 for the second path of a filesystem and holds it all the same,
// or answers 1 and holds nothing
void second_path(run_context& run) {
    run.must_sync();
    const auto alias = run.filesystem().alias();
    run.require(alias.has_value(), "the target has a second mount point", "a path", "none");
    const std::int64_t count = one_story(run, {*alias}, "a second path of the filesystem");
    run.note(count > 0 ? "a second path of a filesystem is recognised"
                       : "a second path of a filesystem is not recognised");
}

// catches: an agent that counts both paths of one filesystem
void both_paths(run_context& run) {
    run.must_sync();
    const auto alias = run.filesystem().alias();
    run.require(alias.has_value(), "the target has a second mount point", "a path", "none");
    run.require_number(run.freeze({run.filesystem().mount(), *alias}), 1,
                       "a freeze of both paths of one filesystem");
    expect_held(run, 0, true, "after it was named by both paths");
    require_thaw(run, 1, "after a freeze of both paths of one filesystem");
}

// catches: an agent that normalises a path for the count, but not for the freeze
void other_spellings(run_context& run) {
    run.must_sync();
    const std::string mount = run.filesystem().mount();
    (void)one_story(run, {mount + '/'}, "the mount point with a slash at its end");
    (void)one_story(run, {'/' + mount}, "the mount point with two slashes at its beginning");
    (void)one_story(run, {mount + "/."}, "the mount point and a dot");
    (void)one_story(run, {mount, mount + '/'}, "the mount point in two spellings");
}

// catches: an agent that freezes with the wrong types, or reads a number as a name
void ill_typed_names(run_context& run) {
    run.must_sync();
    const std::string mount = run.filesystem().mount();
    const json::value wrong[] = {
        json::object{{"mountpoints", json::array{7}}},
        json::object{{"mountpoints", json::array{nullptr}}},
        json::object{{"mountpoints", json::array{true}}},
        // Not in braces: compilers differ in whether that nests or copies.
        json::object{{"mountpoints", json::array(1, json::array{mount})}},
        json::object{{"mountpoints", json::array{json::object{{"path", mount}}}}},
        json::object{{"mountpoints", json::array{mount, 7}}},
        json::object{{"mountpoints", json::array{mount}}, {"timeout", 5}},
    };
    for (const auto& arguments : wrong) {
        const std::string what = "a freeze-list with " + json::serialize(arguments);
        run.require_error(freeze_with(run, arguments), "GenericError", what);
        require_thawed(run, "after " + what);
    }
    run.require_number(run.thaw(), 0, "a thaw after refused freezes");
}

// catches: an agent that takes an ill-typed list for none, and freezes everything; or ignores a
// list that was given to the command without one
void ill_typed_list(run_context& run) {
    run.must_sync();
    const std::string mount = run.filesystem().mount();
    const json::value wrong[] = {
        json::object{{"mountpoints", mount}},
        json::object{{"mountpoints", 7}},
        json::object{{"mountpoints", nullptr}},
        json::object{{"mountpoints", json::object{}}},
        json::object{{"mountpoint", json::array{mount}}},
    };
    for (const auto& arguments : wrong) {
        const std::string what = "a freeze-list with " + json::serialize(arguments);
        run.require_error(freeze_with(run, arguments), "GenericError", what);
        require_thawed(run, "after " + what);
    }
    const json::value list = json::object{{"mountpoints", json::array{mount}}};
    const reply stray = run.client().call("guest-fsfreeze-freeze", list, {.wait = 10s, .id = {}});
    run.require_error(stray, "GenericError", "guest-fsfreeze-freeze with a list");
    require_thawed(run, "after guest-fsfreeze-freeze with a list");
}

// catches: an agent that counts what cannot be frozen (it treats "not supported" as frozen)
void virtual_filesystem_in_list(run_context& run) {
    run.must_sync();
    nothing_is_frozen(run, {"/proc"}, "a virtual filesystem");
    const std::int64_t count =
        one_story(run, {"/proc", run.filesystem().mount()}, "a virtual and a real filesystem");
    run.note(count > 0 ? "a virtual filesystem in the list is left out"
                       : "a list with a virtual filesystem is refused");
}

// catches: an agent that fails half way with the known one held, or counts the unknown one
void known_and_unknown(run_context& run) {
    run.must_sync();
    const std::string mount = run.filesystem().mount();
    const auto first =
        one_story(run, {mount, std::string(unknown_mount)}, "a known and an unknown mount point");
    const auto second =
        one_story(run, {std::string(unknown_mount), mount}, "an unknown and a known mount point");
    run.expect(first == second, "the order of a list makes no difference",
               fmt::format("return is {} in both orders", first),
               fmt::format("return is {}, and {}", first, second));
    run.note(first > 0 ? "an unknown mount point in the list is ignored"
                       : "a list with an unknown mount point is refused");
}

// catches: an agent whose answer to a slash at the end depends on what came before
void slash_at_the_end(run_context& run) {
    run.must_sync();
    const std::string slash = run.filesystem().mount() + '/';
    const auto first = one_story(run, {slash}, "the mount point with a slash at its end");
    require_freeze(run, {0});
    require_thaw(run, 1, "after a freeze by the exact name");
    const auto second = one_story(run, {slash}, "the same again");
    run.note(first > 0 ? "a slash at the end of a mount point is recognised"
                       : "a slash at the end of a mount point is not recognised");
    run.expect(first == second, "a spelling is recognised always or never",
               fmt::format("return is {} as before", first), fmt::format("return is {}", second));
}

} // namespace

void qga_24_freeze_list(registry& checks) {
    using enum capability;
    checks.add({.about = sec<24, 3>::value,
                .index = 1,
                .title = "an empty list freezes nothing and returns 0",
                .needs = {freeze_target},
                .run = empty_list});
    checks.add({.about = sec<24, 4>::value,
                .index = 1,
                .title = "unknown mount points freeze nothing and are never counted",
                .needs = {freeze_target},
                .run = unknown_names});
    checks.add({.about = sec<24, 4>::value,
                .index = 2,
                .title = "names that are nearly a mount point freeze nothing",
                .needs = {freeze_target},
                .run = nearly_right_names});
    checks.add({.about = sec<24, 5>::value,
                .index = 1,
                .title = "a list that names an unknown mount point is refused",
                .needs = {freeze_target},
                .run = unknown_is_refused});
    checks.add({.about = sec<24, 6>::value,
                .index = 1,
                .title = "a mount point named three times is counted once, also by the thaw",
                .needs = {freeze_target},
                .run = named_twice});
    checks.add({.about = sec<24, 7>::value,
                .index = 1,
                .title = "a second path is frozen and counted, or neither",
                .needs = {freeze_target_alias, kernel_truth},
                .run = second_path});
    checks.add({.about = sec<24, 7>::value,
                .index = 2,
                .title = "both paths of a filesystem in one list count once",
                .needs = {freeze_target_alias},
                .run = both_paths});
    checks.add({.about = sec<24, 7>::value,
                .index = 3,
                .title = "another spelling of a mount point is frozen and counted, or neither",
                .needs = {freeze_target},
                .run = other_spellings});
    checks.add(
        {.about = sec<24, 15>::value,
         .index = 1,
         .title = "a list with an element that is no string, or a stray argument, is refused",
         .needs = {freeze_target},
         .run = ill_typed_names});
    checks.add({.about = sec<24, 15>::value,
                .index = 2,
                .title = "a list that is no list freezes nothing",
                .needs = {freeze_target, freeze_everything},
                .run = ill_typed_list});
    checks.add({.about = sec<24, 17>::value,
                .index = 1,
                .title = "a virtual filesystem is never counted",
                .needs = {freeze_target},
                .run = virtual_filesystem_in_list});
    checks.add({.about = sec<24, 20>::value,
                .index = 1,
                .title = "known and unknown mount points: the known ones count, or all is refused",
                .needs = {freeze_target},
                .run = known_and_unknown});
    checks.add({.about = sec<24, 22>::value,
                .index = 1,
                .title = "a slash at the end of a mount point is recognised always or never",
                .needs = {freeze_target},
                .run = slash_at_the_end});
}

} // namespace snapproto::conformance::clauses
