// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_GUEST_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_GUEST_HPP

// The mounts and filesystems that an agent finds when it is kept from real ones: made up by the
// suite, so that every call on them is seen, and one can be made to fail. Nothing is frozen
// anywhere.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The filesystems of the ordinary guest, in the words of held_in().
constexpr std::string_view ordinary_filesystems = "/dev/vda1 /dev/vdb1 /dev/vdc1";

/// One line of the mount table.
struct guest_mount {
    std::string source; ///< "/dev/vda1". Of lines with the same one the filesystem is the same.
    std::string place;  ///< "/srv"
    std::string type = "ext4";
    std::string options = "rw,relatime";
};

/// Whether "ro" is one of the words of its options.
[[nodiscard]] bool is_read_only(const guest_mount& one);

/// One call of a daemon on a filesystem.
struct guest_call {
    bool freezes = false;
    std::string source; ///< Whose.
    std::string place;  ///< The mount point by which the daemon opened it.
    int result = 0;     ///< 0 or an errno.
};

/// The guest, as far as a daemon sees it.
///
/// The place of a mount leads to the last one in the table with that place: a later mount lies over
/// an earlier one.
class played_guest {
  public:
    std::vector<guest_mount> mounts;
    std::map<std::string, int> freeze_fails; ///< By source: the errno of its next freezes.
    std::map<std::string, int> thaw_fails;

    /// The table as /proc/mounts has it.
    [[nodiscard]] std::string table() const;

    // What the daemon does.

    /// Opens a mount point. @return a number for the calls below, or a negative errno
    int open(std::string_view place);
    /// FIFREEZE or FITHAW on what was opened. @return 0 or an errno
    int call(int number, bool freezes);

    // What is seen of it.

    [[nodiscard]] const std::vector<guest_call>& calls() const noexcept { return m_calls; }
    void forget_calls() { m_calls.clear(); }
    [[nodiscard]] bool is_frozen(const std::string& source) const {
        return m_frozen.contains(source);
    }
    [[nodiscard]] const std::set<std::string>& frozen() const noexcept { return m_frozen; }

    /// Somebody else than the daemon freezes a filesystem.
    void freeze_by_other(const std::string& source) { m_frozen.insert(source); }
    void thaw_by_other(const std::string& source) { m_frozen.erase(source); }

    /// The ordinary guest, as new: root, two more filesystems, and what is in every table.
    void reset();

  private:
    std::vector<guest_call> m_calls;
    std::set<std::string> m_frozen;
    std::vector<guest_mount> m_opened;
};

/// Filesystems by source, separated by blanks; "nothing".
[[nodiscard]] std::string held_in(const played_guest& guest);

/// The calls of one kind, by place: "/srv /var/lib/data /".
[[nodiscard]] std::string places_of(const played_guest& guest, bool freezes);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_PLAYED_GUEST_HPP
