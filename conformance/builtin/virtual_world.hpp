// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_WORLD_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_WORLD_HPP

// The surroundings of the embedded agent: a clock that moves only when somebody waits, filesystems
// that can be frozen, and a hook.

#include "conformance/attach/freeze_target.hpp"
#include "conformance/attach/hook.hpp"
#include "conformance/time.hpp"

#include <snapproto/trace/record.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance::builtin {

/// A clock and what is going to happen on it. Events of one instant happen in the order in which
/// they were scheduled.
class virtual_clock {
  public:
    using event_id = std::pair<instant, std::uint64_t>;

    [[nodiscard]] instant now() const noexcept { return m_now; }

    /// Schedules something; an instant in the past means now.
    event_id at(instant when, std::function<void()> what);
    event_id in(duration span, std::function<void()> what) {
        return at(m_now + span, std::move(what));
    }
    void cancel(const event_id& id) { m_events.erase(id); }

    /// Lets time pass until `when`, or until `done` says so after an event.
    void run_until(instant when, const std::function<bool()>& done = {});

  private:
    instant m_now{};
    std::uint64_t m_sequence = 0;
    std::map<event_id, std::function<void()>> m_events;
};

/// What a freeze or thaw of the kernel answers.
enum class kernel_answer { ok, busy, unsupported, hidden, not_frozen, failed };

/// A filesystem with a small journalled device under it.
class virtual_filesystem final : public freeze_target {
  public:
    virtual_filesystem(virtual_clock& clock, std::string mount, std::string alias, bool freezable);

    // As the kernel sees it.
    kernel_answer kernel_freeze();
    kernel_answer kernel_thaw();
    [[nodiscard]] bool frozen() const noexcept { return m_frozen; }
    [[nodiscard]] bool freezable() const noexcept { return m_freezable; }
    /// False for what a start has added for one check.
    [[nodiscard]] bool is_target() const noexcept {
        return m_freezable && !m_fails && m_lower == nullptr;
    }
    /// In the table of mounts, but whoever opens its mount point gets the one mounted over it.
    [[nodiscard]] bool hidden() const noexcept { return m_hidden; }
    void hide() noexcept { m_hidden = true; }
    /// From now on a freeze of it fails.
    void fail_freezes() noexcept { m_fails = true; }
    /// Stops its device, as a device mapper can: writers block, and nothing is brought to rest.
    void suspend_device() noexcept { m_frozen = true; }
    /// Its image lies on another one, so that it cannot be frozen once that one is.
    void lie_on(const virtual_filesystem& lower) noexcept { m_lower = &lower; }
    /// True when `path` is one of its mount points.
    [[nodiscard]] bool mounted_at(const std::string& path) const noexcept {
        return path == m_mount || (!m_alias.empty() && path == m_alias);
    }
    /// A write past every freeze, as a buggy agent could make one through the raw device.
    void scribble() noexcept { ++m_device[1]; }

    // As the suite sees it.
    [[nodiscard]] std::string mount() const override { return m_mount; }
    [[nodiscard]] std::optional<std::string> alias() const override;
    [[nodiscard]] observed<bool> is_frozen() override { return m_frozen; }
    [[nodiscard]] observed<std::string> device_digest() override;
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override;
    [[nodiscard]] observed<copy_report> examine_copy() override;
    [[nodiscard]] observed<std::shared_ptr<witness>> leave_witness() override;
    [[nodiscard]] observed<bool> foreign_freeze() override;
    [[nodiscard]] observed<bool> foreign_thaw() override;

  private:
    friend class virtual_writer;
    friend class virtual_witness;

    virtual_clock& m_clock;
    std::string m_mount;
    std::string m_alias;
    bool m_freezable;
    bool m_frozen = false;
    bool m_fails = false;
    bool m_hidden = false;
    const virtual_filesystem* m_lower = nullptr;
    /// Blocks of the device: 0 is the superblock (odd: needs recovery), the rest is data; the last
    /// one holds what was not flushed when it was written.
    std::array<std::uint64_t, 16> m_device{1};
    std::uint64_t m_unflushed = 0; ///< On its way to the last block.
    std::uint64_t m_records = 0;
};

/// The hook, as a program that takes virtual time.
class virtual_hook final : public played_hook {
  public:
    /// How a call ended.
    struct ending {
        bool ok = false;
        std::string why;
    };

    virtual_hook(virtual_clock& clock, std::function<std::optional<bool>()> frozen)
        : m_clock(clock), m_frozen(std::move(frozen)) {}

    void play(const hook_script& script) override { m_script = script; }
    [[nodiscard]] std::vector<hook_call> calls() const override { return m_calls; }
    void forget() override { m_calls.clear(); }

    /// Runs the hook; `ended` is called when it ends. @return what `kill` takes
    std::uint64_t run(std::string argument, std::function<void(ending)> ended);

    /// Kills a call that runs; its end is reported at once. Nothing for one that has ended.
    void kill(std::uint64_t call);

    /// Forgets calls that run, without a report: the agent that waited for them is gone.
    void abandon() { m_running.clear(); }

    [[nodiscard]] const hook_script& script() const noexcept { return m_script; }

  private:
    struct running {
        std::size_t index = 0;
        std::function<void(ending)> ended;
    };

    void end(std::uint64_t call, ending result);

    virtual_clock& m_clock;
    std::function<std::optional<bool>()> m_frozen;
    hook_script m_script;
    std::vector<hook_call> m_calls;
    std::map<std::uint64_t, running> m_running;
    std::uint64_t m_next = 0;
};

/// Everything that outlives a run of the agent.
struct virtual_world {
    virtual_world();

    virtual_clock clock;
    /// Two that can be frozen, one that is hidden and one that cannot be frozen, in the order in
    /// which they were mounted.
    std::vector<std::unique_ptr<virtual_filesystem>> filesystems;
    virtual_hook hook;
    bool hook_configured = false;
    /// Where agents record what they do; null: nowhere.
    std::vector<trace::record>* recording = nullptr;
    /// Which watchdog is on duty; see virtual_agent_participants.cpp.
    std::uint64_t watchdog_round = 0;

    /// Adds and removes the mounts that a start can ask for.
    void furnish(bool failing_mount, bool nested_mount);

    /// The filesystem mounted at a path, or null.
    [[nodiscard]] virtual_filesystem* mounted_at(const std::string& path) const noexcept;
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_VIRTUAL_WORLD_HPP
