// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_PARTICIPANTS_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_PARTICIPANTS_HPP

// The participants of an agent, where the suite plays them: what each does when it is asked, and
// what was seen when it was.

#include "conformance/time.hpp"

#include <snapproto/message/vocabulary.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// What one participant does.
struct played_participant {
    std::string name; ///< Of a filesystem its mount point.
    participant_kind kind = participant_kind::filesystem;

    bool refuses_prepare = false;
    bool refuses_hold = false;
    int failing_releases = 0; ///< So many releases to come fail.
    duration prepare_takes{0};
    duration hold_takes{0};
    duration release_takes{0};

    bool held = false;          ///< By the agent.
    bool held_by_other = false; ///< Somebody else froze it: a hold finds it busy.
};

/// One thing that was asked of a participant, noted when it ended.
struct participant_call {
    std::string participant;
    std::string what;   ///< "prepare", "hold", "release", "finish", "recover".
    std::string result; ///< "done", "refused", "failed", "not held"; of finish: "kept".
    instant at{};
};

/// The participants of an agent under test, in the order in which they are held.
class played_participants {
  public:
    std::vector<played_participant> list;
    std::vector<participant_call> calls;

    /// As new: a writer, a hook, and two filesystems, the root last.
    void reset();

    /// @pre there is one of this name.
    [[nodiscard]] played_participant& get(std::string_view name);

    /// The participants of whom this was asked, in order: "/srv /".
    [[nodiscard]] std::string asked(std::string_view what) const;
    /// The same for those of whom it was asked with this result.
    [[nodiscard]] std::string asked(std::string_view what, std::string_view result) const;
    /// All that was asked of one, in order: "prepare hold release finish".
    [[nodiscard]] std::string history(std::string_view name) const;
    /// Who is held by the agent, in order; "nothing".
    [[nodiscard]] std::string held() const;
};

/// What can be done around an agent whose surroundings are the suite's. A target that has them is
/// one of these too.
class played_surroundings {
  public:
    played_surroundings() = default;
    played_surroundings(const played_surroundings&) = delete;
    played_surroundings& operator=(const played_surroundings&) = delete;
    virtual ~played_surroundings() = default;

    [[nodiscard]] played_participants& participants() noexcept { return m_participants; }

    /// A held participant lets go by itself.
    /// @param tells whether the agent is told at once; if not, it is left to find out.
    virtual void let_go(std::string_view name, bool tells) = 0;

    /// The virtual machine goes on as another one: it was restored, or started from a copy.
    virtual void change_generation() = 0;

  private:
    played_participants m_participants;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_PARTICIPANTS_HPP
