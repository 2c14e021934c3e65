// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/options.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>

namespace snapproto::fuzz {

const char* const usage = R"(
usage: fuzz_attached [--builtin NAME | --shim COMMAND] [OPTION]...
       fuzz_attached --spawn COMMAND | --connect ADDRESS [OPTION]...
       fuzz_attached --daemon COMMAND | --dialect hyperv [--builtin NAME] [OPTION]...
       fuzz_attached --catalogue [--dialect hyperv] [OPTION]...

Plays conversations to an agent until one shows that it breaks a clause. The second form does so to
a real QGA agent, the third to a daemon of Hyper-V. The fourth hunts in each faulty agent of the
catalogue, which it has to find, and in those that only are unusual.

  --builtin NAME    the embedded agent of that name (default: reference)
  --shim COMMAND    an adapter on standard input and output (docs/shim.md)
  --spawn COMMAND   started, and again when it has ended; {socket} is replaced, as by snapcheck.
                    Refused if it has the right to freeze and sees something to freeze
                    (conformance/peers/sandbox.sh --nothing is a place without)
  --connect ADDRESS unix:PATH, tcp:HOST:PORT, vsock:CID:PORT, pty:PATH; with --remote only
  --remote          it is in another machine, and all that it has there may be frozen
  --harmless        of --spawn and --connect: whatever the agent says, it freezes nothing
  --daemon COMMAND  a daemon that stays in the foreground, such as 'hv_vss_daemon -n'; its device,
                    mounts and filesystems are played, and nothing is frozen
  --dialect NAME    qga or hyperv, for --builtin and --catalogue (default: qga)
  --work-dir FOLDER where --spawn and --daemon make their own folder (default: $TMPDIR or /tmp)

  --runs N          conversations at most, for each agent (default: 10000, with --seconds no bound);
                    of the catalogue four times as many for a faulty one: how soon it is found is
                    luck
  --seconds N       no new conversation after so long
  --seed N          of what is drawn (default: 1)
  --corpus FOLDER   conversations to begin with (default: none)
  --replay FILE     plays this one only
  --keep FOLDER     where conversations that reach something new are written
  --out FILE        where a finding is written, and for QGA as FILE.jsonl what snapcheck trace
                    reads; the further ones of --go-on as FILE-2, FILE-3
  --go-on           after a finding hunts for one of another clause, until the end
  --as-is           a finding is not made small: of an agent that is slow that takes 90 s
  --expect FILE     a baseline of snapcheck: what it says to fail is counted and passed over; may be
                    given again
  --passing CLAUSE  the same for one clause, such as 27.1
  --strict          of real agents and daemons a broken SHOULD is a finding as well

A process that a signal has ended is always a finding. Ctrl-C ends the hunt after the conversation
that is being played, and what was found until then is shown.

Status: 0 nothing was found (of the catalogue: everything was), 1 otherwise, 2 wrong usage, 3 there
is no agent, 130 stopped by Ctrl-C or SIGTERM before anything was found.
)";

namespace {

namespace fs = std::filesystem;

void require(bool good, const char* sentence) {
    if (!good) {
        throw std::invalid_argument(sentence);
    }
}

std::uint64_t number_in(std::string_view word, std::string_view value) {
    std::uint64_t made = 0;
    const char* const end = value.data() + value.size();
    if (const auto [at, failed] = std::from_chars(value.data(), end, made);
        failed != std::errc{} || at != end) {
        throw std::invalid_argument(std::string{word} + " takes a whole number, not '" +
                                    std::string{value} + "'");
    }
    return made;
}

void check(const options& made, bool builtin_named) {
    const auto named = static_cast<int>(builtin_named) + static_cast<int>(!made.shim.empty()) +
                       static_cast<int>(!made.spawn.empty()) +
                       static_cast<int>(!made.connect.empty()) +
                       static_cast<int>(!made.daemon.empty());
    require(named <= 1, "one of --builtin, --shim, --spawn, --connect and --daemon at most");
    require(!made.catalogue || named == 0, "--catalogue brings its own agents");
    require(!made.catalogue || made.seconds == 0,
            "--seconds is for one agent, not for --catalogue");
    require(made.dialect == "qga" || made.dialect == "hyperv", "--dialect is qga or hyperv");
    require(made.dialect == "qga" ||
                (made.shim.empty() && made.spawn.empty() && made.connect.empty()),
            "--shim, --spawn and --connect are for the dialect qga; --daemon starts a daemon of "
            "Hyper-V");
    require(!made.remote || !made.connect.empty(), "--remote goes with --connect");
    require(!made.harmless || !made.connect.empty() || !made.spawn.empty(),
            "--harmless goes with --spawn and --connect");
    require(made.connect.empty() || made.remote || made.harmless,
            "--connect needs --remote, as everything that the agent sees will be frozen: that must "
            "be another machine. One on this machine is started with --spawn");
}

} // namespace

options read_options(int count, char** words) {
    options made;
    const std::map<std::string_view, bool*> flags{
        {"--catalogue", &made.catalogue}, {"--remote", &made.remote},
        {"--harmless", &made.harmless},   {"--go-on", &made.go_on},
        {"--as-is", &made.as_is},         {"--strict", &made.strict}};
    const std::map<std::string_view, std::string*> texts{
        {"--builtin", &made.builtin}, {"--shim", &made.shim},        {"--spawn", &made.spawn},
        {"--connect", &made.connect}, {"--daemon", &made.daemon},    {"--dialect", &made.dialect},
        {"--corpus", &made.corpus},   {"--replay", &made.replay},    {"--keep", &made.keep},
        {"--out", &made.out},         {"--work-dir", &made.work_dir}};
    const std::map<std::string_view, std::vector<std::string>*> lists{{"--expect", &made.expect},
                                                                      {"--passing", &made.passing}};
    const std::map<std::string_view, std::uint64_t*> numbers{
        {"--runs", &made.runs}, {"--seconds", &made.seconds}, {"--seed", &made.seed}};
    bool builtin_named = false;
    bool runs_named = false;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (const auto flag = flags.find(word); flag != flags.end()) {
            *flag->second = true;
            continue;
        }
        const auto text = texts.find(word);
        const auto number = numbers.find(word);
        const auto list = lists.find(word);
        if (text == texts.end() && number == numbers.end() && list == lists.end()) {
            throw std::invalid_argument("there is no option '" + std::string{word} + "'");
        }
        if (++i == count) {
            throw std::invalid_argument(std::string{word} + " needs a value");
        }
        if (text != texts.end()) {
            *text->second = words[i];
        } else if (number != numbers.end()) {
            *number->second = number_in(word, words[i]);
        } else {
            list->second->emplace_back(words[i]);
        }
        builtin_named = builtin_named || word == "--builtin";
        runs_named = runs_named || word == "--runs";
    }
    if (made.seconds != 0 && !runs_named) {
        made.runs = options::no_bound;
    }
    if (!made.daemon.empty()) {
        made.dialect = "hyperv";
    }
    check(made, builtin_named);
    return made;
}

std::string read_file(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) {
        throw std::invalid_argument(file.string() + ": cannot be read");
    }
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const fs::path& file, const std::string& content) {
    std::ofstream out{file, std::ios::binary};
    if (!(out << content).flush()) {
        throw std::invalid_argument(file.string() + ": cannot be written");
    }
}

std::vector<std::string> read_folder(const std::string& folder) {
    std::vector<std::string> all;
    if (folder.empty()) {
        return all;
    }
    if (!fs::is_directory(folder)) {
        throw std::invalid_argument(folder + ": is no folder");
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        all.push_back(read_file(file));
    }
    return all;
}

std::vector<conversation> read_corpus(const std::string& folder) {
    std::vector<conversation> all;
    for (const std::string& each : read_folder(folder)) {
        all.push_back(decode(each));
    }
    return all;
}

} // namespace snapproto::fuzz
