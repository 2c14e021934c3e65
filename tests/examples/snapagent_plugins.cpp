// SPDX-License-Identifier: BSL-1.0
// Plug-ins of snapagent: how they are named, and the one that takes a lock.
#include "examples/linux_agent/plugins.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace snapagent {
namespace {

using namespace std::chrono_literals;
using answer = application::answer;

/// A file to be locked, and whoever else wants it.
struct locked_file {
    locked_file() {
        BOOST_TEST_REQUIRE(::mkstemp(path.data()) >= 0);
        other = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        BOOST_TEST_REQUIRE(other >= 0);
    }
    ~locked_file() {
        ::close(other);
        ::unlink(path.c_str());
    }
    [[nodiscard]] bool takes(int how) const { return ::flock(other, how | LOCK_NB) == 0; }

    std::string path = "/tmp/snapagent-lock-XXXXXX";
    int other = -1;
};

/// What came of an operation.
struct ending {
    application::told told() {
        return [this](answer what, std::string sentence) {
            BOOST_TEST(!how.has_value()); // once
            how = what;
            why = std::move(sentence);
        };
    }
    std::optional<answer> how;
    std::string why;
};

} // namespace

BOOST_AUTO_TEST_SUITE(plugins_of_snapagent)

BOOST_AUTO_TEST_CASE(a_plugin_is_named_with_its_argument) {
    boost::asio::io_context io;
    BOOST_TEST(make_plugin(io, "file-lock=/a=b")->name() == "file-lock /a=b");
    for (const char* const wrong : {"", "file-lock", "file-lock=", "lock=/a", "=/a"}) {
        BOOST_CHECK_THROW((void)make_plugin(io, wrong), std::runtime_error);
    }
    for (const plugin_kind& one : plugin_kinds()) {
        BOOST_TEST(!one.takes.empty());
        BOOST_TEST(!one.does.empty());
    }
}

BOOST_AUTO_TEST_CASE(while_it_is_held_nobody_else_has_the_lock) {
    boost::asio::io_context io;
    const locked_file file;
    const auto lock = make_plugin(io, "file-lock=" + file.path);
    BOOST_TEST((lock->kind() == snapproto::participant_kind::writer));
    for (int round = 0; round < 2; ++round) {
        ending held;
        lock->hold(application::clock::now() + 1s, held.told());
        io.run_for(1s);
        BOOST_TEST((held.how == answer::done));
        BOOST_TEST(!file.takes(LOCK_SH));
        ending released;
        lock->release(application::clock::now() + 1s, released.told());
        BOOST_TEST((released.how == answer::done));
        BOOST_TEST(file.takes(LOCK_SH));
        BOOST_TEST(file.takes(LOCK_UN));
        io.restart();
    }
}

BOOST_AUTO_TEST_CASE(it_waits_for_whoever_has_the_lock) {
    boost::asio::io_context io;
    const locked_file file;
    const auto lock = make_plugin(io, "file-lock=" + file.path);
    BOOST_TEST(file.takes(LOCK_SH));
    ending held;
    lock->hold(application::clock::now() + 10s, held.told());
    io.run_for(30ms);
    BOOST_TEST(!held.how.has_value());
    BOOST_TEST(file.takes(LOCK_UN));
    io.restart();
    io.run_for(5s);
    BOOST_TEST((held.how == answer::done));
}

BOOST_AUTO_TEST_CASE(it_gives_up_in_time_or_when_it_is_told_to) {
    const locked_file file;
    BOOST_TEST(file.takes(LOCK_SH));
    for (const bool cancelled : {false, true}) {
        boost::asio::io_context io;
        const auto lock = make_plugin(io, "file-lock=" + file.path);
        ending held;
        lock->hold(application::clock::now() + (cancelled ? 60s : 0s), held.told());
        if (cancelled) {
            boost::asio::post(io, [&] { lock->cancel(); });
        }
        io.run_for(5s);
        BOOST_TEST((held.how == answer::failed));
        BOOST_TEST(held.why.find("somebody else has it") != std::string::npos, held.why);
        ending released;
        lock->release(application::clock::now() + 1s, released.told());
        BOOST_TEST((released.how == answer::not_held));
        BOOST_TEST(file.takes(LOCK_SH)); // nothing of it is left
    }
}

BOOST_AUTO_TEST_CASE(without_the_file_nothing_is_held_and_the_reason_is_told) {
    boost::asio::io_context io;
    const auto lock = make_plugin(io, "file-lock=/no/such/file");
    ending held;
    lock->hold(application::clock::now() + 1s, held.told());
    io.run_for(1s);
    BOOST_TEST((held.how == answer::failed));
    BOOST_TEST(held.why == "file-lock /no/such/file: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapagent
