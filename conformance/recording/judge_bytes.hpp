// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RECORDING_JUDGE_BYTES_HPP
#define SNAPPROTO_CONFORMANCE_RECORDING_JUDGE_BYTES_HPP

// Recorded bytes, judged.

#include "conformance/recording/piece.hpp"

#include <snapproto/core/clause.hpp>
#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/fuzz/qga_judge.hpp>
#include <snapproto/trace/record.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance::recording {

/// Judges what a QGA agent answers, by SP chapters 20 to 28.
///
/// A recording shows no effects, and may begin in the middle: whether the guest is frozen is
/// unknown until the agent has told, and what it says before anybody has asked is not judged.
class qga_byte_judge {
  public:
    /// @pre pieces come in the order of their times
    /// @throws unreadable when more connections are open at once than one can be judged with
    void take(const piece& next);
    /// The recording ends here.
    void finish();

    struct breach {
        clause governed_by{};
        snapproto::instant at{};
        std::size_t place = 0; ///< Of the piece; 0: a reply that has not come by the end.
        std::string sentence;
    };
    /// The first thing that is wrong, if anything is: what follows may be of its making.
    [[nodiscard]] const std::optional<breach>& found() const noexcept { return m_found; }
    /// Lines, which are messages where nobody sends nonsense.
    [[nodiscard]] std::size_t requests() const noexcept { return m_requests; }
    [[nodiscard]] std::size_t replies() const noexcept { return m_replies; }

  private:
    /// Under which number the judge knows a connection; more than it can know: under none.
    [[nodiscard]] std::size_t client_of(const piece& next);
    void note_breach(std::size_t place);

    fuzz::world m_world{.nothing_fails = false, .starts_thawed = false};
    fuzz::coverage m_covered;
    fuzz::qga_judge m_judge{m_world, m_covered};
    std::array<std::optional<std::size_t>, fuzz::clients_max> m_connections{};
    snapproto::instant m_now{};
    std::optional<breach> m_found;
    std::size_t m_requests = 0;
    std::size_t m_replies = 0;
};

/// Reads the messages of the native dialect, for the monitors, as the orchestrator's end saw them.
class native_byte_reader {
  public:
    void take(const piece& next);

    [[nodiscard]] const std::vector<trace::record>& records() const noexcept { return m_records; }
    [[nodiscard]] const std::vector<std::size_t>& places() const noexcept { return m_places; }

  private:
    void note(const piece& at, trace::record made);

    native::decoder m_requests{native::direction::requests};
    native::decoder m_reports{native::direction::reports};
    std::optional<std::size_t> m_connection;
    std::vector<trace::record> m_records;
    std::vector<std::size_t> m_places;
};

} // namespace snapproto::conformance::recording

#endif // SNAPPROTO_CONFORMANCE_RECORDING_JUDGE_BYTES_HPP
