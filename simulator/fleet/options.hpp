// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_OPTIONS_HPP
#define SNAPPROTO_SIMULATOR_FLEET_OPTIONS_HPP

// What a fleet is made of, when it is snapshotted, and what goes wrong, with the defaults. The
// names are those of scenario files; units come last.

#include "simulator/fleet/delay.hpp"

#include <cstdint>
#include <string>

namespace snapproto::fleet {

/// The machines and where they are.
struct machines_options {
    std::uint64_t count = 1000;
    std::uint64_t group = 1;        ///< Machines that are snapshotted together, as one.
    std::uint64_t per_array = 1000; ///< Machines whose disks are on one storage array.
    std::uint64_t per_host = 20;    ///< Machines that run on one host.
};

/// The backup window.
struct schedule_options {
    std::string kind = "together"; ///< All at its beginning; or "spread": evenly over it.
    std::uint64_t window_s = 3600;
    std::uint64_t jitter_ms = 500;     ///< How exactly they begin: up to so much later.
    std::uint64_t concurrent = 0;      ///< Snapshots at a time, for each array; 0: no limit.
    std::uint64_t rounds = 1;          ///< How often there is a window,
    std::uint64_t interval_s = 86'400; ///< and how long from one to the next.
    std::uint64_t retries = 0;         ///< After a snapshot that is not what was wanted.
    std::uint64_t retry_after_s = 300;
};

/// What is asked for, and the time-outs.
struct session_options {
    std::string wanted = "application"; ///< Or "filesystem".
    std::uint64_t hold_limit_ms = 10'000;
    std::uint64_t quiesce_limit_ms = 60'000;
    std::uint64_t freeze_limit_ms = 30'000;
    std::uint64_t cut_limit_ms = 10'000;
    bool crash_copy = false;    ///< Without a session, cut anyway.
    bool keep_degraded = false; ///< Keep a copy that is less than was wanted.
};

/// What is in a guest, and how long it takes to stop it.
struct guest_options {
    std::uint64_t applications = 1;
    std::uint64_t filesystems = 1;
    std::uint64_t veto_ppm = 0;    ///< So many in a million refuse to be quiesced.
    std::uint64_t cancel_ms = 100; ///< A hold that is cancelled ends so soon, if not by itself.
    std::uint64_t dirty_mb = 0;    ///< On average, what a freeze writes to the array.
};

/// The storage array.
struct array_options {
    std::uint64_t slots = 32;         ///< Cuts that it makes at a time; others wait in a queue.
    std::uint64_t fail_ppm = 0;       ///< So many in a million fail.
    std::uint64_t write_mb_per_s = 0; ///< For what freezes write, one after the other; 0: no limit.
};

/// The channel to each guest.
struct channel_options {
    std::uint64_t latency_us = 200;
    std::uint64_t jitter_us = 100;
    std::uint64_t loss_ppm = 0; ///< Messages, both ways.
};

/// What becomes of hosts.
struct host_options {
    std::uint64_t crash_mean_h = 0; ///< A host crashes so often; 0: never.
    std::uint64_t repair_s = 300;   ///< Its guests are off for so long.
};

/// Who judges.
struct check_options {
    /// One session of so many is recorded and judged by all monitors; 0: none. The claim, the hold
    /// limit and the end of every session are checked always.
    std::uint64_t monitored_every = 100;
};

/// What the author of a scenario says will come of it: how many of a hundred snapshots are what
/// was wanted.
struct expectation {
    std::uint64_t whole_pct_least = 0;
    std::uint64_t whole_pct_most = 100;
};

/// A fleet, its backup window, and what to expect.
struct scenario {
    std::string name;
    std::string kind = "fleet";
    std::string title;
    std::string teaches;
    std::uint64_t seed = 1;
    machines_options machines;
    schedule_options schedule;
    session_options session;
    guest_options guest;
    delay prepare{5, 20, 0, 0};
    delay quiesce{20, 200, 0, 0};
    delay freeze{10, 100, 0, 0};
    delay cut{50, 100, 0, 0};
    delay thaw{5, 10, 0, 0};
    delay resume{5, 20, 0, 0};
    array_options array;
    channel_options channel;
    host_options host;
    check_options check;
    expectation expect;
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_OPTIONS_HPP
