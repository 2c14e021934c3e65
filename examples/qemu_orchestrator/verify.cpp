// SPDX-License-Identifier: BSL-1.0
#include "verify.hpp"

#include "result.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/attach/descriptor.hpp"
#include "conformance/effects/image.hpp"
#include "conformance/effects/tool.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>

namespace snaptake {

namespace json = boost::json;
namespace fs = std::filesystem;
namespace effects = snapproto::conformance::effects;
using snapproto::conformance::descriptor;
using verdict = verify_step::verdict;

namespace {

/// A folder for copies, which goes with everything in it.
class work_folder {
  public:
    explicit work_folder(const std::string& where) {
        fs::path head = where.empty() ? fs::temp_directory_path() : fs::path(where);
        m_path = (head / "snaptake-verify-XXXXXX").string();
        if (::mkdtemp(m_path.data()) == nullptr) {
            throw std::runtime_error(fmt::format("{}: {}", head.string(), std::strerror(errno)));
        }
    }
    ~work_folder() {
        std::error_code none;
        fs::remove_all(m_path, none);
    }
    work_folder(const work_folder&) = delete;
    work_folder& operator=(const work_folder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return m_path + "/" + name; }
    [[nodiscard]] const std::string& path() const noexcept { return m_path; }

  private:
    std::string m_path;
};

/// A filesystem in a file of its own.
struct found_filesystem {
    unsigned partition = 0; ///< 0: the whole image.
    std::string file;

    [[nodiscard]] std::string name() const {
        return partition == 0 ? "filesystem" : fmt::format("partition {}", partition);
    }
};

/// The last words of a tool.
std::string ending(const std::string& output) {
    const auto end = output.find_last_not_of(" \n");
    const auto start = output.find_last_of('\n', end);
    return end == std::string::npos
               ? "nothing"
               : output.substr(start == std::string::npos ? 0 : start + 1, end - start);
}

effects::tool_result must_run(const std::vector<std::string>& words, snapproto::duration limit) {
    auto done = effects::run_tool(words, limit);
    if (!done) {
        throw std::runtime_error(
            fmt::format("{} is not there, or did not end in time", words.front()));
    }
    return *done;
}

void must_succeed(const std::vector<std::string>& words, snapproto::duration limit) {
    const auto done = must_run(words, limit);
    if (done.status != 0) {
        throw std::runtime_error(fmt::format("{}: {}", words.front(), ending(done.output)));
    }
}

std::string format_of(const verify_settings& how) {
    if (!how.format.empty()) {
        return how.format;
    }
    // -U, here and below: a machine may have it open; it writes to an overlay.
    const auto done = must_run({"qemu-img", "info", "-U", "--output=json", how.image}, how.limit);
    boost::system::error_code wrong;
    const auto told = json::parse(done.output, wrong);
    const auto* object = wrong ? nullptr : told.if_object();
    const auto* format = object != nullptr ? object->if_contains("format") : nullptr;
    if (done.status != 0 || format == nullptr || !format->is_string()) {
        throw std::runtime_error(ending(done.output));
    }
    return std::string(format->get_string());
}

/// The image in its own terms. Leaked clusters are lost space, and no lost data.
verify_step check_image(const verify_settings& how, const std::string& format) {
    constexpr int leaks = 3;
    constexpr int not_supported = 63;
    const auto done = must_run({"qemu-img", "check", "-U", "-f", format, how.image}, how.limit);
    if (done.status == not_supported) {
        return {"image", verdict::pass, fmt::format("{}, which has no structure to check", format)};
    }
    const bool good = done.status == 0 || done.status == leaks;
    return {"image", good ? verdict::pass : verdict::fail,
            fmt::format("{}, qemu-img check: {}", format,
                        done.status == 0 ? "no errors" : ending(done.output))};
}

effects::image_type type_of(const std::string& file) {
    const descriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    return open ? effects::type_of(open.get()) : effects::image_type::other;
}

std::uint64_t number(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    boost::system::error_code none;
    return found != nullptr && found->is_number() ? found->to_number<std::uint64_t>(none) : 0;
}

/// The filesystems of a raw image: the whole of it, or its partitions.
std::vector<found_filesystem> find_filesystems(const verify_settings& how, const std::string& raw,
                                               const work_folder& place) {
    if (type_of(raw) != effects::image_type::other) {
        return {{0, raw}};
    }
    std::vector<found_filesystem> found;
    const auto done = must_run({"sfdisk", "--json", raw}, how.limit);
    boost::system::error_code wrong;
    const auto told = json::parse(done.output, wrong);
    if (wrong || done.status != 0) {
        return found; // no table either
    }
    const auto& table = told.at("partitiontable").as_object();
    const std::uint64_t sector = std::max<std::uint64_t>(512, number(table, "sectorsize"));
    unsigned count = 0;
    for (const auto& entry : table.at("partitions").as_array()) {
        const auto& part = entry.as_object();
        found_filesystem one{++count, place.file(fmt::format("part{}", count))};
        must_succeed(
            {"qemu-img", "convert", "-O", "raw", "--image-opts",
             fmt::format("driver=raw,offset={},size={},file.driver=file,file.filename={}",
                         number(part, "start") * sector, number(part, "size") * sector, raw),
             one.file},
            how.limit);
        if (type_of(one.file) != effects::image_type::other) {
            found.push_back(one);
        }
    }
    return found;
}

verify_step check_filesystem(const verify_settings& how, const found_filesystem& one) {
    std::string before;
    if (how.recover && type_of(one.file) == effects::image_type::ext) {
        constexpr int corrected = 1;
        const auto done = must_run({"e2fsck", "-fy", "-E", "journal_only", one.file}, how.limit);
        before = "after its recovery: ";
        if (done.status > corrected) {
            return {one.name(), verdict::fail, before + ending(done.output)};
        }
    }
    const descriptor open(::open(one.file.c_str(), O_RDONLY | O_CLOEXEC));
    const auto report = effects::examine(open.get(), how.limit);
    switch (report.verdict) {
    case snapproto::conformance::copy_verdict::clean:
        return {one.name(), verdict::pass, before + report.words};
    case snapproto::conformance::copy_verdict::needs_recovery:
        return {one.name(), verdict::fail, before + report.words};
    default:
        return {one.name(), verdict::skip, before + report.words};
    }
}

/// Takes the folder out of the copy, without mounting anything, and has it judged.
verify_step check_folder(const verify_settings& how, const std::vector<found_filesystem>& all,
                         const work_folder& place) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const found_filesystem& one) {
        return one.partition == how.partition;
    });
    const auto* where = at != all.end()                         ? &*at
                        : all.size() == 1 && how.partition == 0 ? all.data()
                                                                : nullptr;
    if (where == nullptr) {
        return {"folder", verdict::skip,
                fmt::format("{} filesystems: --partition has to say which", all.size())};
    }
    if (type_of(where->file) != effects::image_type::ext) {
        return {"folder", verdict::skip, "only ext2/3/4 can be read without mounting it"};
    }
    const std::string folder = place.file(fs::path(how.folder).filename().string());
    const auto taken =
        must_run({"debugfs", "-R", fmt::format("rdump \"{}\" \"{}\"", how.folder, place.path()),
                  where->file},
                 how.limit);
    if (!fs::is_directory(folder)) {
        return {"folder", verdict::fail, fmt::format("{}: {}", how.folder, ending(taken.output))};
    }
    std::string command = how.judge;
    constexpr std::string_view hole = "{folder}";
    for (auto place_of = command.find(hole); place_of != std::string::npos;
         place_of = command.find(hole, place_of)) {
        const std::string quoted = snapproto::conformance::shell_quoted(folder);
        command.replace(place_of, hole.size(), quoted);
        place_of += quoted.size();
    }
    const auto done = must_run({"sh", "-c", command}, how.limit);
    return {"folder", done.status == 0 ? verdict::pass : verdict::fail,
            done.status == 0 ? ending(done.output) : done.output};
}

std::string_view name(verdict what) {
    return what == verdict::pass ? "pass" : what == verdict::fail ? "fail" : "skip";
}

} // namespace

std::vector<verify_step> verify_image(const verify_settings& how) {
    const work_folder place(how.work);
    const std::string format = format_of(how);
    std::vector<verify_step> steps{check_image(how, format)};
    const std::string raw = place.file("raw");
    must_succeed({"qemu-img", "convert", "-U", "-f", format, "-O", "raw", how.image, raw},
                 how.limit);
    const auto found = find_filesystems(how, raw, place);
    if (found.empty()) {
        steps.push_back({"filesystem", verdict::skip, "there is none that is known in it"});
    }
    for (const found_filesystem& one : found) {
        steps.push_back(check_filesystem(how, one));
    }
    if (!how.judge.empty() && !found.empty()) {
        steps.push_back(check_folder(how, found, place));
    }
    return steps;
}

json::object to_json(const std::vector<verify_step>& steps) {
    json::array all;
    for (const verify_step& one : steps) {
        all.push_back(
            json::object{{"about", one.about}, {"verdict", name(one.found)}, {"words", one.words}});
    }
    return {{"tool", "snaptake"}, {"steps", std::move(all)}};
}

std::string to_table(const std::vector<verify_step>& steps) {
    std::string words;
    for (const verify_step& one : steps) {
        words += fmt::format("{}  {:<12}{}\n", name(one.found), one.about, one.words);
    }
    return words;
}

int status_of(const std::vector<verify_step>& steps) noexcept {
    const auto any = [&](verdict what) {
        return std::any_of(steps.begin(), steps.end(),
                           [what](const verify_step& one) { return one.found == what; });
    };
    return any(verdict::fail)   ? exit_status::failed
           : any(verdict::skip) ? exit_status::unreachable
                                : exit_status::ok;
}

} // namespace snaptake
