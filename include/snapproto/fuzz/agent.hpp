// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_AGENT_HPP
#define SNAPPROTO_FUZZ_AGENT_HPP

// What somebody who fuzzes an agent of his own provides: three functions, and as many of the others
// as there is something behind them.

#include <snapproto/core/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// Clients that speak to an agent at once.
inline constexpr std::size_t clients_max = 2;

/// What an agent has sent, for each client.
using outputs = std::array<std::string, clients_max>;

/// What can be done to an agent besides speaking to it.
enum class action : std::uint8_t {
    leave,     ///< The client `value` goes. Who speaks under its number later is another one.
    terminate, ///< It is asked to end (SIGTERM).
    restart,   ///< It is ended without a word, if it runs, and started again with what it kept.
    hook,      ///< From now on its hook behaves as `value` says: see `hook_bits`.
    release,   ///< Somebody else thaws the filesystem `value`, counted from 0.
};
inline constexpr std::size_t action_count = 5;

/// How a hook behaves; 0 is well and at once.
enum hook_bits : std::uint8_t {
    hook_fails_to_freeze = 1,
    hook_fails_to_thaw = 2,
    hook_leaves_child = 4, ///< A child that holds its output for ten minutes.
    hook_bits_all = 7,
};

/// One filesystem, seen from outside of the agent.
struct seen_mount {
    bool frozen = false;
    std::uint64_t digest = 0;  ///< Of its device; 0 where that cannot be seen.
    bool needs_repair = false; ///< A copy taken now would have to be recovered.
};

/// One call of the hook.
struct seen_call {
    std::string argument;
    bool while_frozen = false; ///< A filesystem was frozen when it began.
};

/// What is seen of an agent besides its replies. What cannot be seen stays as it is here.
struct observation {
    bool alive = true;
    std::string ended{};              ///< How it ended: "with status 1", "by signal 11".
    bool crashed = false;             ///< By a signal that nobody had sent.
    std::vector<seen_mount> mounts{}; ///< In the order of `world::mounts`; empty: not seen.
    std::optional<std::vector<seen_call>> calls{}; ///< All since the reset.
    std::optional<std::uint64_t> memory_bytes{};   ///< That the agent holds.
    std::optional<duration> processor{};           ///< That it has used since the reset.
};

/// An agent, in the hands of a fuzzer.
///
/// The same calls have to give the same outputs: time is what `advance` says, and nothing is
/// random. No function may block or throw. An agent on the machine's clock is the exception, which
/// `clock` makes known: what is found in it should be seen again before it is believed.
class agent_under_test {
  public:
    agent_under_test() = default;
    agent_under_test(const agent_under_test&) = delete;
    agent_under_test& operator=(const agent_under_test&) = delete;
    virtual ~agent_under_test() = default;

    /// A fresh agent: nothing is frozen, nobody is connected, the hook behaves well.
    virtual void reset() = 0;

    /// Bytes of a client, which connects with its first ones. Adds what the agent sends at once.
    virtual void deliver(std::size_t client, std::string_view bytes, outputs& out) = 0;

    /// Time passes. Adds what the agent sends in it.
    virtual void advance(duration span, outputs& out) = 0;

    /// Does something else to it.
    /// @return false when that means nothing here, and nothing has happened
    virtual bool act(action what, std::uint8_t value, outputs& out) {
        static_cast<void>(what), static_cast<void>(value), static_cast<void>(out);
        return false;
    }

    /// Looks at it from outside. Called often.
    virtual void observe(observation& seen) { static_cast<void>(seen); }

    /// The time since the reset, of an agent with a clock of its own. `advance` then may end
    /// sooner:
    /// once something was sent, or where waiting on would show nothing. No clause about time is
    /// judged by more than has passed here. Absent: time is what `advance` says.
    [[nodiscard]] virtual std::optional<duration> clock() { return std::nullopt; }

    /// Whether a command that guest-info lists may be asked for: one that ends the machine must
    /// not.
    [[nodiscard]] virtual bool may_ask(std::string_view command) const {
        static_cast<void>(command);
        return true;
    }

    /// How many clients can speak to it at once: 1 to `clients_max`.
    [[nodiscard]] virtual std::size_t clients() const { return 1; }
};

/// What may be taken as given of the agent and its surroundings.
struct world {
    /// The filesystems that can be frozen, by the names that a list of mount points has for them.
    /// Empty: not known, and counts are judged less strictly.
    std::vector<std::string> mounts{};

    /// A freeze can only fail where its hook or its list is at fault.
    bool nothing_fails = true;

    /// A freeze that nobody thaws ends by itself after so long (SP 28.2, a SHOULD). Absent: not
    /// judged.
    std::optional<duration> hold_limit{};

    /// How often something is repeated in one conversation at most; 1000 is one of the clauses
    /// (SP 28.8), of which memory is the judge.
    std::size_t repeats_max = 1200;

    /// Nothing is frozen when the conversation begins. False: that is not known.
    bool starts_thawed = true;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_AGENT_HPP
