// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_DEVICE_JUDGE_HPP
#define SNAPPROTO_FUZZ_ATTACHED_DEVICE_JUDGE_HPP

// Judges a daemon of Hyper-V by SP chapters 33 and 36: what it answers, and what the guest around
// it shows. Written from the clauses; it never includes a machine.
//
// Where no clause says what has to happen, nothing is judged, and what follows from there on is
// judged only by what is seen to be frozen.

#include "conformance/attach/played_guest.hpp"

#include <snapproto/fuzz/qga_judge.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// What is known of the daemon's state.
enum class device_phase : std::uint8_t { thawed, frozen, unsure };

/// What a message to a daemon is, by its bytes.
enum class message_kind_sent : std::uint8_t {
    freeze,
    thaw,
    hot_backup,
    other_request, ///< An operation that no daemon does.
    outside,       ///< 12 bytes that no kernel sends: the clauses say nothing of them.
    wrong_length,
};

[[nodiscard]] message_kind_sent kind_of_message(std::string_view bytes);

/// How a daemon has ended, if it has.
struct daemon_end {
    bool by_signal = false;
    int code = 0;

    [[nodiscard]] std::string words() const;
};

class device_judge {
  public:
    /// @param passes asked of each breach; true: it is known, and is not the end of the judging
    /// @param guest the daemon's; outlives the judge
    device_judge(const conformance::played_guest& guest, std::function<bool(const breach&)> passes)
        : m_guest(guest), m_passes(std::move(passes)) {}

    /// The daemon is a fresh one, in the guest as new.
    void restarted(bool stream);

    /// What is refused, before the daemon deals with something.
    void refused(std::map<std::string, int> freezes, std::set<std::string> thaws);
    /// Somebody else has frozen or thawed something, or mounts have changed.
    void guest_changed(const std::set<std::string>& frozen_before);

    /// It has said this instead of nothing, and was to register.
    void registered(std::string_view bytes);

    /// These bytes are sent to it.
    void asked(std::string_view bytes);
    /// It has said this. @pre something is owed
    void answered(std::string_view bytes);
    /// It has said this, and nothing was owed.
    void said_unasked(std::string_view bytes);
    /// Nothing came in time.
    void silent();
    /// The daemon has closed the device.
    void closed_device();

    /// After the end of the device, or a message of a wrong length: it had time enough to let go.
    void should_have_let_go(snapproto::clause which, std::string_view after);
    /// Whether it holds something that it could release.
    [[nodiscard]] bool holds() const { return !held_in_vain().empty(); }
    /// It registers again, as a SHOULD wants it, or does not.
    void should_have_come_back(bool back, snapproto::clause which, std::string_view after);

    /// It has ended. @param why it may have: empty: nothing that the clauses know of
    void ended(const daemon_end& how, std::string_view why);
    /// It was told to and has.
    void ended_as_told();
    void memory(std::uint64_t bytes);

    [[nodiscard]] std::size_t owed() const noexcept { return m_owed.size(); }
    /// What the first answer is owed to. @pre one is owed
    [[nodiscard]] message_kind_sent owed_kind() const { return m_owed.front().kind; }
    /// To something that no kernel sends, so that there may be none. @pre one is owed
    [[nodiscard]] bool owes_outside() const { return owed_kind() == message_kind_sent::outside; }
    [[nodiscard]] bool is_frozen_by_other(const std::string& source) const {
        return m_foreign.count(source) != 0;
    }
    /// Which kinds of trouble there are in the guest, for coverage.
    [[nodiscard]] int trouble_bits() const;
    [[nodiscard]] device_phase phase() const noexcept { return m_phase; }
    [[nodiscard]] const std::optional<breach>& found() const noexcept { return m_found; }

  private:
    using sources = std::set<std::string>;

    [[nodiscard]] static sources without(const sources& all, const sources& some);
    /// For people.
    [[nodiscard]] static std::string words(const sources& all);
    void complain(snapproto::clause which, std::string sentence, bool crash = false);
    /// Frozen by the daemon and by nobody else.
    [[nodiscard]] sources ours() const;
    /// And none of those that refuse to be thawed.
    [[nodiscard]] sources held_in_vain() const;
    /// What a freeze that is a success has to hold (SP 36.1, SP 36.5).
    [[nodiscard]] sources required() const;
    [[nodiscard]] bool is_hidden(std::size_t mount) const;
    /// Of these, what is in the mount table, writable, and under no other mount.
    [[nodiscard]] sources in_sight(const sources& all) const;
    [[nodiscard]] bool is_in_trouble() const;
    [[nodiscard]] std::vector<conformance::guest_call> done_since() const;
    void on_freeze(bool good);
    void look_at_order();
    void on_thaw(bool good, bool alone);
    void on_check(bool good);
    void on_other(bool good);

    struct request {
        std::string bytes{};
        message_kind_sent kind{};
        bool alone = true; ///< No other one was owed at the time.
        sources frozen{};  ///< Before it.
        sources held{};    ///< By the daemon.
        std::size_t calls = 0;
    };

    const conformance::played_guest& m_guest;
    std::function<bool(const breach&)> m_passes;
    std::optional<breach> m_found{};
    bool m_stream = false;
    std::vector<request> m_owed{};
    request m_now{}; ///< That is being judged.
    device_phase m_phase = device_phase::thawed;
    sources m_foreign{};  ///< Frozen by somebody else.
    sources m_believed{}; ///< Held by the daemon, as far as it can know, and thawed by others.
    std::map<std::string, int> m_freeze_refused{};
    sources m_thaw_refused{};
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_DEVICE_JUDGE_HPP
