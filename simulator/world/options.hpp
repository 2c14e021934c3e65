// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_OPTIONS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_OPTIONS_HPP

// What a world is made of and what goes wrong in it, with the defaults. The names are those of
// scenario files; units come last.

#include <cstdint>
#include <string>
#include <vector>

namespace snapproto::world {

/// The disk of the guest.
struct disk_options {
    std::uint64_t write_us = 2000; ///< One block, on average.
    std::uint64_t depth = 2;       ///< Requests that are served at once.
};

/// The filesystem on it.
struct filesystem_options {
    std::uint64_t writeback_ms = 500;  ///< How often old dirty blocks are written.
    std::uint64_t dirty_ms = 300;      ///< How old a block is then.
    std::uint64_t freeze_hangs_ms = 0; ///< A freeze is answered so much later.
    std::uint64_t thaw_failures = 0;   ///< So many thaws fail.
    std::uint64_t hold_limit_ms = 0;   ///< Frozen for so long, it lets go by itself; 0: never.
};

/// The database with a write-ahead log.
struct database_options {
    std::uint64_t accounts = 560;
    std::uint64_t log_blocks = 600;
    std::uint64_t group_commit_us = 1000; ///< Commits are gathered for so long.
    std::uint64_t checkpoint_ms = 1000;   ///< Distance of checkpoints.
    bool full_page_writes = false;        ///< A page's first change since then is logged whole.
    std::string acknowledge = "flushed";  ///< Or "buffered": before the log is on the disk.
    bool quiesce = true;                  ///< The agent's hook knows it.
    bool vetoes = false;                  ///< It refuses to be quiesced.
};

/// The application whose publications are three files and a row of the database.
struct publisher_options {
    bool enabled = true;
    std::uint64_t pause_ms = 150; ///< Between publications, on average.
    bool quiesce = true;          ///< The agent's hook knows it.
};

/// The queues through which each guest sends messages to the next one, and the last to the first.
struct queue_options {
    bool enabled = false;
    std::uint64_t pause_ms = 20;    ///< Between messages, on average.
    std::uint64_t latency_us = 500; ///< From guest to guest.
    bool quiesce = true;            ///< The agent's hook knows it.
};

/// The service that gives out tokens.
struct tokens_options {
    bool enabled = false;
    std::uint64_t pause_ms = 100; ///< Between tokens, on average.
    bool quiesce = true;          ///< The agent's hook knows it.
};

/// Who uses the database.
struct clients_options {
    std::uint64_t count = 8;
    std::uint64_t think_ms = 20; ///< Between transfers, on average.
};

/// The agent.
struct agent_process_options {
    std::uint64_t hold_limit_ms = 10'000;
    bool windows = false;         ///< Between it and what it holds stands VSS.
    bool remembers = true;        ///< Started again, it looks for what was left frozen.
    std::string clock = "steady"; ///< Or "wall": it counts its limits on a clock that can be set.
};

/// The channel between host and guest. Faults are counted in pieces sent, both ways.
struct channel_options {
    bool connected = true;
    std::uint64_t latency_us = 200;
    std::uint64_t jitter_us = 100;
    std::uint64_t bytes_per_second = 1'000'000;
    std::uint64_t piece_bytes = 4096; ///< What is sent at once arrives in pieces of this size.
    std::uint64_t loss_ppm = 0;
    std::uint64_t duplicate_ppm = 0;
    std::uint64_t reorder_ppm = 0;
    std::uint64_t corrupt_ppm = 0;
    std::uint64_t truncate_ppm = 0;
};

/// What takes the copy.
struct provider_options {
    std::uint64_t cut_ms = 50;
    bool fails = false;
    std::uint64_t ready_ms = 0; ///< A copy can be read so long after its cut,
    bool loses_copies = false;  ///< or turns out not to be there.
};

/// What comes of a copy with the memory of the first guest.
struct restore_options {
    std::uint64_t after_ms = 0; ///< It is restored so long after its cut; 0: there is none.
    bool generation = true;     ///< The guest learns that it is another one now.
};

/// The host.
struct host_options {
    std::string kind = "reference";    ///< Or "naive": believes whatever reply comes next.
    std::string wanted = "filesystem"; ///< The consistency that is asked for.
    std::uint64_t start_ms = 5000;
    bool group = false;               ///< All guests are held together; otherwise each by itself,
    std::uint64_t stagger_ms = 500;   ///< each so much after the one before.
    std::uint64_t repeat_ms = 0;      ///< A snapshot again after so long; 0: only one.
    bool crash_copy = false;          ///< Without a session, cut anyway.
    bool keep_degraded = false;       ///< Keep a copy that is less than was wanted.
    std::uint64_t patience_ms = 5000; ///< Of the naive one, for a reply.
};

/// Something that goes wrong at one moment.
struct fault {
    std::string when;             ///< "start", or what happens: "participant.held".
    std::uint64_t occurrence = 1; ///< The how manieth time that it happens.
    std::uint64_t after_ms = 0;
    std::uint64_t guest = 1;  ///< Whose, counted from 1.
    std::string what;         ///< host_dies, agent_dies, channel_lost, to_host_stalls, ...
    std::uint64_t for_ms = 0; ///< 0: for good.
    std::uint64_t by_ms = 0;  ///< How much later or further, for those that say so,
    std::uint64_t ppm = 0;    ///< how often or how much, in millionths,
    std::uint64_t times = 1;  ///< how many times as much.
};

/// What the author of a scenario says will come of it; empty words say nothing.
struct expectation {
    std::string outcome;      ///< success, degraded, failed, none
    std::string contents;     ///< whole, lost, torn, none
    std::string claim;        ///< true, false
    std::string conversation; ///< kept, violated
    std::string identity;     ///< of a restored copy: own, shared
};

/// A scenario: a world, its faults, and what to expect.
struct scenario {
    std::string name;
    std::string title;
    std::string teaches;
    std::uint64_t seed = 1;
    std::uint64_t run_ms = 30'000;
    std::uint64_t guests = 1;
    std::string dialect{"qga"}; ///< What hosts and agents speak.
    bool swarm = false;         ///< Each seed adds faults and circumstances of its own.
    std::uint64_t heal_ms = 0;  ///< From then on nothing goes wrong any more; 0: never.
    std::string faulty{"none"}; ///< The endpoint that is wrong on purpose.
    disk_options disk;
    filesystem_options filesystem;
    database_options database;
    publisher_options publisher;
    queue_options queue;
    tokens_options tokens;
    clients_options clients;
    agent_process_options agent;
    channel_options channel;
    provider_options provider;
    restore_options restore;
    host_options host;
    std::vector<fault> faults;
    expectation expect;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_OPTIONS_HPP
