// SPDX-License-Identifier: BSL-1.0
// The checks of agents that speak the native dialect: the reference passes all, each fault is
// caught by the check that is named for it, and an agent behind a socket is judged like an
// embedded one.
#include "conformance/builtin/native_builtin.hpp"
#include "conformance/clauses/native_groups.hpp"
#include "conformance/clauses/words.hpp"
#include "conformance/native_bytes.hpp"
#include "conformance/native_peer.hpp"
#include "conformance/runner.hpp"
#include "conformance/spec/clauses.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace snapproto::conformance {
namespace {

using test::program_result;
using test::says;
using test::scratch;
using test::snapcheck;
using test::unix_server;

run_result run_all(target& agent) {
    std::vector<const check*> every;
    for (const check& one : native_checks().all()) {
        every.push_back(&one);
    }
    run_options how;
    how.settle = settle_by_native;
    return run_checks(agent, every, how);
}

/// Serves an embedded agent on a socket: its clock goes as fast as the real one.
unix_server::handler serve(std::string_view fault) {
    const std::shared_ptr<native_builtin> agent = make_native_builtin(fault);
    return [agent](int stream, const std::atomic<bool>& leave) {
        const auto inside = agent->connect(duration{0});
        auto last = std::chrono::steady_clock::now();
        std::string buffer(1U << 16U, '\0');
        while (!leave) {
            pollfd ready{stream, POLLIN, 0};
            (void)::poll(&ready, 1, 2);
            const auto now = std::chrono::steady_clock::now();
            agent->sleep_for(std::chrono::duration_cast<duration>(now - last));
            last = now;
            if (ready.revents != 0) {
                const auto got = ::recv(stream, buffer.data(), buffer.size(), MSG_DONTWAIT);
                if (got == 0) {
                    return;
                }
                if (got > 0) {
                    (void)inside->send({buffer.data(), static_cast<std::size_t>(got)}, duration{0});
                }
            }
            const receive_result out = inside->receive(duration{0});
            if (!out.bytes.empty()) {
                (void)::send(stream, out.bytes.data(), out.bytes.size(), MSG_NOSIGNAL);
            }
            if (out.status == receive_status::closed) {
                return;
            }
        }
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(native_agents)

BOOST_AUTO_TEST_CASE(there_are_at_least_sixty_checks_and_fifteen_faults) {
    BOOST_TEST(native_checks().all().size() >= 60U);
    BOOST_TEST(native_builtin_faults().size() >= 15U);
    std::set<std::string_view> names;
    for (const fault_info& one : native_builtin_faults()) {
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST(names.insert(one.name).second);
            BOOST_TEST(!one.source.empty());
            BOOST_TEST(native_checks().find(one.caught_by) != nullptr);
        }
    }
    for (const check& one : native_checks().all()) {
        BOOST_TEST((find_words(one.id()) != nullptr), one.id());
    }
    BOOST_CHECK_THROW((void)make_native_builtin("no-such-fault"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_must_of_chapters_60_to_63_has_a_check) {
    // An orchestrator's clause; and what memory an agent takes is seen by nobody who talks to it: a
    // test of the library has it.
    const std::set<std::string> elsewhere{"60.12", "62.2"};
    std::size_t seen = 0;
    for (const clause_info& one : clauses_of_spec()) {
        if (one.number.chapter < 60 || one.number.chapter > 69 || one.strength == level::may) {
            continue;
        }
        ++seen;
        const auto all = native_checks().all();
        const bool has = std::any_of(all.begin(), all.end(),
                                     [&](const check& each) { return each.about == one.number; });
        const std::string id = fmt::format("{}.{}", one.number.chapter, one.number.number);
        BOOST_TEST(has != elsewhere.contains(id), one.id() << ": " << one.title);
    }
    BOOST_TEST(seen > 30U);
}

BOOST_AUTO_TEST_CASE(the_reference_agent_is_caught_by_no_check) {
    const auto agent = make_native_builtin("reference");
    const run_result all = run_all(*agent);
    BOOST_TEST(all.cases.size() == native_checks().all().size());
    for (const case_result& one : all.cases) {
        BOOST_TEST_CONTEXT(one.id << " " << one.title << ": " << one.found.requirement << ": "
                                  << one.found.expected << " / " << one.found.actual) {
            BOOST_TEST((one.verdict == status::pass), one.reason);
        }
    }
}

// The matrix: each fault, and all that catch it.
BOOST_AUTO_TEST_CASE(every_agents_fault_is_caught_by_its_check) {
    for (const fault_info& one : native_builtin_faults()) {
        const auto agent = make_native_builtin(one.name);
        std::string caught;
        bool named = false;
        for (const case_result& each : run_all(*agent).cases) {
            if (each.deviates()) {
                caught += ' ' + each.id;
                named = named || each.id == one.caught_by;
            }
        }
        BOOST_TEST_MESSAGE(
            fmt::format("{:<26} {:<8} caught by{}", one.name, one.caught_by, caught));
        BOOST_TEST(named,
                   one.name << " is not caught by " << one.caught_by << ", but by" << caught);
    }
}

// What is sent is what table 61.1 says, and the pieces that checks are made of are right.
BOOST_AUTO_TEST_CASE(the_bytes_of_the_checks_are_right) {
    ping with;
    with.header = {{7}, {}, {2}};
    with.cookie = 99;
    using namespace native_bytes;
    const std::string expected("\0\0\0\x0c\xa5\0\x04\x01\x07\x02\0\x03\x02\x04\x18\x63", 16);
    BOOST_TEST(framed(with) == expected);
    BOOST_TEST(map_of(with).bytes() == expected.substr(4));
    BOOST_TEST(frame(map_of(with).bytes()) == expected);
    BOOST_TEST(map_of(with).erase(4).set(4, number(99)).bytes() == expected.substr(4));
    BOOST_TEST(wide_head(cbor_type::unsigned_number, 99, 2) == std::string("\x19\0\x63", 3));
    BOOST_TEST(nested(3) == "\x81\x81\x80");
    BOOST_TEST(framed(hello{}).substr(0, 9) == mark());
}

BOOST_AUTO_TEST_CASE(an_agent_behind_a_socket_is_judged_and_nothing_is_frozen_unasked) {
    const scratch place;
    const unix_server server(place.file("s"), serve("reference"));
    const program_result run =
        snapcheck(place, "agent --dialect native --connect unix:" + server.path() +
                             " --only '60.*' --only '61.*' --only '62.1/*' --only '3.1/*'");
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "60.6/1"), run.out);
    BOOST_TEST(says(run.out, "skip"), "without --freeze-target nothing is frozen");
}

BOOST_AUTO_TEST_CASE(a_faulty_agent_behind_a_socket_is_caught_with_a_replay) {
    const scratch place;
    const unix_server server(place.file("s"), serve("cookie-is-zero"));
    const program_result run =
        snapcheck(place, "agent --dialect native --connect unix:" + server.path() +
                             " --freeze-target /srv --freeze-target / --remote --only '2.15/1'");
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "a Pong has the cookie of its Ping"), run.out);
    BOOST_TEST(says(run.out, "replay      snapcheck agent --dialect native --connect unix:"));
}

BOOST_AUTO_TEST_CASE(an_agent_behind_a_socket_freezes_what_is_named) {
    const scratch place;
    const unix_server server(place.file("s"), serve("reference"));
    const program_result run =
        snapcheck(place, "agent --dialect native --connect unix:" + server.path() +
                             " --freeze-target /srv --freeze-target / --remote --only '61.12/1' "
                             "--only '6.2/*' --only '3.11/1' --only '8.1/2' --only '9.1/1'");
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "pass  "), run.out);
}

BOOST_AUTO_TEST_CASE(what_speaks_another_protocol_is_no_agent) {
    const scratch place;
    const unix_server server(place.file("s"), test::serve_script([](std::string& in) {
                                 in.clear();
                                 return std::optional<std::string>{"SSH-2.0-x\r\n"};
                             }));
    const program_result run =
        snapcheck(place, "agent --dialect native --connect unix:" + server.path());
    BOOST_TEST(run.status == 3, run.out << run.err);
    BOOST_TEST(says(run.err, "another protocol: SSH-2.0-x"), run.err);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
