// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_HOST_DIALECT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_HOST_DIALECT_HPP

// The library's orchestrator of any dialect, as the host sees it. What is here costs little to
// include; the orchestrators are in host_dialects.cpp alone.

#include <snapproto/core/bytes.hpp>
#include <snapproto/core/ids.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/endpoint/orchestrator_io.hpp>
#include <snapproto/trace/record.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::world {

/// Send this to a guest: where its channel keeps messages apart, one message.
struct say_to {
    agent_index agent = 0;
    std::string bytes;
};

/// What an orchestrator asks its host for.
using host_wish =
    std::variant<endpoint::deadline, say_to, endpoint::provide, endpoint::close_agent,
                 endpoint::agent_stuck, endpoint::snapshot_outcome, endpoint::warning>;

/// An orchestrator. After each call that takes something in, `poll` is called until it yields a
/// deadline.
class host_dialect {
  public:
    host_dialect() = default;
    host_dialect(const host_dialect&) = delete;
    host_dialect& operator=(const host_dialect&) = delete;
    virtual ~host_dialect() = default;

    virtual void record_to(std::vector<trace::record>* recording) = 0;
    [[nodiscard]] virtual bool is_busy() const = 0;

    virtual void channel_up(agent_index agent, instant now) = 0;
    virtual void channel_lost(agent_index agent, instant now) = 0;
    virtual void receive(agent_index from, byte_view bytes, instant now) = 0;
    virtual result<txn_id> start(endpoint::snapshot_options wanted, instant now) = 0;
    virtual void cut_finished(txn_id txn, bool succeeded, instant now) = 0;
    virtual void copy_ready(txn_id txn, instant now) = 0;
    virtual void handle_timeout(instant now) = 0;

    [[nodiscard]] virtual host_wish poll() = 0;
};

/// What an orchestrator is made of in one of its lives.
struct host_life {
    std::size_t agents = 1;
    std::uint64_t numbers = 0; ///< Whatever it draws is drawn from this.
    std::uint64_t first = 1;   ///< Transactions and sessions count up from this.
};

/// @param dialect the name of one.
[[nodiscard]] std::unique_ptr<host_dialect> make_orchestrator(std::string_view dialect,
                                                              const host_life& life);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_HOST_DIALECT_HPP
