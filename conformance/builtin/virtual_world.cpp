// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/virtual_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

namespace snapproto::conformance::builtin {

using namespace std::chrono_literals;

// ---- clock --------------------------------------------------------------------------------------

virtual_clock::event_id virtual_clock::at(instant when, std::function<void()> what) {
    const event_id id{std::max(when, m_now), ++m_sequence};
    m_events.emplace(id, std::move(what));
    return id;
}

void virtual_clock::run_until(instant when, const std::function<bool()>& done) {
    while (!(done && done())) {
        if (m_events.empty() || m_events.begin()->first.first > when) {
            m_now = std::max(m_now, when);
            return;
        }
        auto next = m_events.extract(m_events.begin());
        m_now = std::max(m_now, next.key().first);
        next.mapped()();
    }
}

// ---- filesystem ---------------------------------------------------------------------------------

virtual_filesystem::virtual_filesystem(virtual_clock& clock, std::string mount, std::string alias,
                                       bool freezable)
    : m_clock(clock),
      m_mount(std::move(mount)),
      m_alias(std::move(alias)),
      m_freezable(freezable) {}

kernel_answer virtual_filesystem::kernel_freeze() {
    if (m_hidden) {
        return kernel_answer::hidden;
    }
    if (!m_freezable) {
        return kernel_answer::unsupported;
    }
    if (m_frozen) {
        return kernel_answer::busy;
    }
    if (m_fails || (m_lower != nullptr && m_lower->m_frozen)) {
        return kernel_answer::failed; // a real kernel would wait for the lower one instead
    }
    m_frozen = true;
    m_device[0] &= ~std::uint64_t{1}; // the journal is empty now
    m_device.back() = m_unflushed;
    return kernel_answer::ok;
}

kernel_answer virtual_filesystem::kernel_thaw() {
    if (!m_frozen) {
        return kernel_answer::not_frozen;
    }
    m_frozen = false;
    m_device[0] = (m_device[0] + 2) | 1U;
    return kernel_answer::ok;
}

std::optional<std::string> virtual_filesystem::alias() const {
    return m_alias.empty() ? std::nullopt : std::optional{m_alias};
}

observed<std::string> virtual_filesystem::device_digest() {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const auto block : m_device) {
        hash = (hash ^ block) * 0x100000001b3U;
    }
    return fmt::format("{:016x}", hash);
}

observed<copy_report> virtual_filesystem::examine_copy() {
    if ((m_device[0] & 1U) != 0) {
        return copy_report{copy_verdict::needs_recovery,
                           "the superblock of the copy says that the journal is to be replayed"};
    }
    return copy_report{copy_verdict::clean, "the superblock of the copy says clean"};
}

observed<bool> virtual_filesystem::foreign_freeze() {
    (void)kernel_freeze();
    return m_frozen;
}

observed<bool> virtual_filesystem::foreign_thaw() {
    (void)kernel_thaw();
    return !m_frozen;
}

/// Writes a record every 20 ms as long as the filesystem lets it.
class virtual_writer final : public writer {
  public:
    explicit virtual_writer(virtual_filesystem& where)
        : m_where(where), m_next(m_where.m_clock.in(20ms, [this] { step(); })) {}
    ~virtual_writer() override { m_where.m_clock.cancel(m_next); }

    [[nodiscard]] std::uint64_t progress() const override { return m_progress; }

    [[nodiscard]] bool blocked_for(duration span) override {
        const auto before = m_progress;
        m_where.m_clock.run_until(m_where.m_clock.now() + span);
        return m_progress == before;
    }

    [[nodiscard]] bool moves_within(duration bound) override {
        const auto before = m_progress;
        m_where.m_clock.run_until(m_where.m_clock.now() + bound,
                                  [&] { return m_progress != before; });
        return m_progress != before;
    }

  private:
    void step() {
        if (!m_where.m_frozen) {
            ++m_progress;
            auto& record = m_where.m_records;
            ++record;
            m_where.m_device[1 + record % (m_where.m_device.size() - 2)] = record;
        }
        m_next = m_where.m_clock.in(20ms, [this] { step(); });
    }

    virtual_filesystem& m_where;
    virtual_clock::event_id m_next;
    std::uint64_t m_progress = 0;
};

observed<std::shared_ptr<writer>> virtual_filesystem::start_writer() {
    return std::shared_ptr<writer>{std::make_shared<virtual_writer>(*this)};
}

class virtual_witness final : public witness {
  public:
    explicit virtual_witness(virtual_filesystem& where)
        : m_where(where), m_written(++m_where.m_unflushed) {}

    [[nodiscard]] observed<bool> in_copy() override { return m_where.m_device.back() == m_written; }

  private:
    virtual_filesystem& m_where;
    std::uint64_t m_written;
};

observed<std::shared_ptr<witness>> virtual_filesystem::leave_witness() {
    return std::shared_ptr<witness>{std::make_shared<virtual_witness>(*this)};
}

// ---- hook ---------------------------------------------------------------------------------------

std::uint64_t virtual_hook::run(std::string argument, std::function<void(ending)> ended) {
    const std::uint64_t call = ++m_next;
    if (m_script.file != hook_file::executable) {
        m_clock.in(1ms, [ended = std::move(ended), missing = m_script.file == hook_file::missing] {
            ended({false, missing ? "the hook does not exist" : "the hook is not executable"});
        });
        return call;
    }
    const bool freezing = argument == "freeze";
    const hook_behaviour& how = freezing ? m_script.on_freeze : m_script.on_thaw;
    m_calls.push_back({{argument}, m_clock.now(), std::nullopt, m_frozen()});
    ending result;
    result.ok = how.exit_status == 0 && !how.dies_by_signal;
    if (how.dies_by_signal) {
        result.why = "the hook was ended by signal 9";
    } else if (!result.ok) {
        result.why = fmt::format("the hook ended with status {}", how.exit_status);
    }
    m_running.emplace(call, running{m_calls.size() - 1, std::move(ended)});
    m_clock.in(how.sleep + 1ms, [this, call, result] { end(call, result); });
    return call;
}

void virtual_hook::kill(std::uint64_t call) {
    end(call, {false, "the hook was killed"});
}

void virtual_hook::end(std::uint64_t call, ending result) {
    auto found = m_running.extract(call);
    if (found.empty()) {
        return;
    }
    if (found.mapped().index < m_calls.size()) {
        m_calls[found.mapped().index].ended = m_clock.now();
    }
    found.mapped().ended(std::move(result));
}

// ---- world --------------------------------------------------------------------------------------

virtual_world::virtual_world()
    : hook(clock, [this]() -> std::optional<bool> { return mounted_at("/virtual/a")->frozen(); }) {
    filesystems.push_back(
        std::make_unique<virtual_filesystem>(clock, "/virtual/a", "/virtual/alias-of-a", true));
    filesystems.push_back(std::make_unique<virtual_filesystem>(clock, "/virtual/b", "", true));
    filesystems.push_back(
        std::make_unique<virtual_filesystem>(clock, "/virtual/ram/below", "", false));
    filesystems.back()->hide();
    filesystems.push_back(std::make_unique<virtual_filesystem>(clock, "/virtual/ram", "", false));
}

void virtual_world::furnish(bool failing_mount, bool nested_mount) {
    std::erase_if(filesystems,
                  [](const auto& one) { return one->freezable() && !one->is_target(); });
    if (nested_mount) {
        filesystems.push_back(
            std::make_unique<virtual_filesystem>(clock, "/virtual/nested", "", true));
        filesystems.back()->lie_on(*mounted_at("/virtual/a"));
    }
    if (failing_mount) { // mounted first, so that a freeze comes to it last
        filesystems.insert(filesystems.begin(), std::make_unique<virtual_filesystem>(
                                                    clock, "/virtual/failing", "", true));
        filesystems.front()->fail_freezes();
    }
}

virtual_filesystem* virtual_world::mounted_at(const std::string& path) const noexcept {
    const auto at = std::find_if(filesystems.begin(), filesystems.end(),
                                 [&](const auto& one) { return one->mounted_at(path); });
    return at == filesystems.end() ? nullptr : at->get();
}

} // namespace snapproto::conformance::builtin
