// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_FLAW_HPP
#define SNAPPROTO_SIMULATOR_WORLD_FLAW_HPP

// Endpoints that are wrong on purpose: the library's, with something in the way. They measure what
// the judges find.

#include "simulator/world/channel.hpp"
#include "simulator/world/options.hpp"

#include <snapproto/message/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::world {

/// What an agent does when a participant is to be held or released.
enum class deed : std::uint8_t {
    honest,
    pretended,     ///< Nothing, and says that it did.
    answered_first ///< Says that it did, and begins.
};

/// What makes an endpoint faulty. A flaw overrides as few of these as it can.
class flaw {
  public:
    virtual ~flaw() = default;

    /// What the endpoint takes for its options. The judges go by those of the scenario.
    virtual void configure(scenario& /*what*/) const {}

    // ---- lines on the wire, at the faulty end ----

    // A line may be changed, or emptied: then it is gone. What is put into `answer` comes back to
    // this end, as if the other had sent it.
    virtual void host_says(std::string& /*line*/, std::string& /*answer*/) {}
    virtual void host_hears(std::string& /*line*/) {}
    virtual void agent_hears(std::string& /*line*/, std::string& /*answer*/) {}
    virtual void agent_says(std::string& /*line*/) {}

    // ---- the agent and its participants ----

    virtual deed operates(bool /*filesystem*/, bool /*hold*/) { return deed::honest; }
    /// A participant refused, or could not.
    virtual void participant_failed() {}
    /// A thaw found nothing to thaw: whether it says so.
    [[nodiscard]] virtual bool tells_not_held() const { return true; }
    /// Thaws right after it has told that it is frozen.
    [[nodiscard]] virtual bool lets_go_early() const { return false; }
    [[nodiscard]] virtual bool has_watchdog() const { return true; }

    // ---- the host ----

    [[nodiscard]] virtual bool times_out() const { return true; }
    /// Uses other numbers in each of its lives.
    [[nodiscard]] virtual bool draws_fresh_numbers() const { return true; }
    [[nodiscard]] virtual bool discards() const { return true; }
    /// Without a good copy it cuts another one, and calls it good.
    [[nodiscard]] virtual bool takes_any_copy() const { return false; }
    /// The label that it gives to a copy.
    [[nodiscard]] virtual consistency claims(consistency label) const { return label; }
    /// So long before the end of a cut it takes it for ended.
    [[nodiscard]] virtual std::uint64_t hasty_ms() const { return 0; }
};

/// A faulty endpoint as people know it.
struct faulty_endpoint {
    std::string_view name;
    std::string_view meaning;
    std::unique_ptr<flaw> (*make)();
};

/// All faulty endpoints, agents first.
[[nodiscard]] const std::vector<faulty_endpoint>& faulty_endpoints();
[[nodiscard]] std::vector<faulty_endpoint> faulty_agents();
[[nodiscard]] std::vector<faulty_endpoint> faulty_hosts();

/// @return null for "none". @pre the name is that or one of `faulty_endpoints`.
[[nodiscard]] std::unique_ptr<flaw> make_flaw(std::string_view name);

/// Lets a flaw see what passes its end as lines, whatever the pieces in which it comes.
class line_tap {
  public:
    explicit line_tap(flaw& wrong) : m_flaw(wrong) {}

    /// Bytes leave or reach an end; they are what remains of them then.
    /// @return what comes back to that end.
    [[nodiscard]] std::string sent(direction way, std::string& bytes);
    [[nodiscard]] std::string received(direction way, std::string& bytes);

    /// The channel is gone, and with it the beginning of a line.
    void clear() { m_rest = {}; }

  private:
    flaw& m_flaw;
    std::array<std::string, 2> m_rest; // of what is received, by direction
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_FLAW_HPP
