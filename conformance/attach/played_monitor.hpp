// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_MONITOR_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_MONITOR_HPP

// A monitor of QEMU (QMP) that has one disk and does nothing, but tells when it was asked to fix a
// snapshot point. Enough of it for backup tools: greeting, negotiation, queries, jobs.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/attach/socket_hub.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::conformance {

/// Plays QEMU's side of QMP.
///
/// The commands that fix a snapshot point are blockdev-snapshot-sync, blockdev-snapshot,
/// blockdev-backup, drive-backup and blockdev-mirror, alone or in a transaction. They take as long
/// as the plan says. Other commands are answered with success at once.
class played_monitor {
  public:
    /// @throws unreachable
    played_monitor(const address& where, std::function<void(cut_sign)> cut_seen);

    /// How cuts go from now on.
    void plan(const cut_plan& next) noexcept { m_plan = next; }
    /// Closes every connection and forgets what was in work.
    void reset();

    void wait_for(std::vector<pollfd>& all) const { m_hub.wait_for(all); }
    /// Serves what can be served now. @return whether that was anything
    bool serve(instant now);

    /// True for a command, or an action of a transaction, that fixes a snapshot point.
    [[nodiscard]] static bool cuts(std::string_view command);

  private:
    void answer(std::uint32_t to, const qga::request& command);
    void create(std::uint32_t to, const std::string& id, const std::string& job);
    void cut(std::uint32_t to, const std::string& id, std::string_view job);
    void reply(std::uint32_t to, std::string_view member, const std::string& id);
    void event(std::uint32_t to, std::string_view what, std::string_view data);
    void later(duration span, std::function<void()> what);

    std::function<void(cut_sign)> m_cut_seen;
    cut_plan m_plan;
    instant m_now{};
    std::vector<std::string> m_made; ///< Jobs that made a file and are not dismissed.
    std::map<std::uint32_t, qga::request_decoder> m_decoders;
    std::multimap<instant, std::function<void()>> m_later;
    socket_hub m_hub;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_MONITOR_HPP
