// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_SCRIPT_HOOK_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_SCRIPT_HOOK_HPP

// A hook that a real agent executes: a shell script, and the recorder that it reports to.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/hook.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace snapproto::conformance {

/// The hook script in a directory of its own.
///
/// When called, the script reports through a FIFO and waits until the recorder has looked whether
/// the filesystem is frozen, at most 2 s; so the agent cannot have gone on at that moment. If the
/// recorder is gone the script plays its part without it.
class script_hook final : public played_hook {
  public:
    using frozen_probe = std::function<std::optional<bool>()>;

    /// @param directory an existing empty directory that the agent can see under the same path.
    /// @param frozen asked in the recorder's thread at the start of each call.
    script_hook(std::string directory, frozen_probe frozen);
    ~script_hook() override;

    void play(const hook_script& script) override;
    [[nodiscard]] std::vector<hook_call> calls() const override;
    void forget() override;

    /// The path to give to the agent.
    [[nodiscard]] std::string path() const { return m_directory + "/hook"; }

  private:
    struct running {
        std::size_t index;
        std::uint64_t generation;
    };

    void record();
    void drain();
    void take_line(const std::string& line);
    void write_file(const std::string& name, const std::string& text, unsigned mode) const;

    std::string m_directory;
    frozen_probe m_frozen;
    descriptor m_reports;
    mutable std::mutex m_mutex; ///< Guards all below.
    std::string m_partial;
    std::vector<hook_call> m_calls;
    std::map<std::string, running> m_running; ///< By the script's process id.
    std::uint64_t m_generation = 0;           ///< Counts forget().
    std::atomic<bool> m_leave{false};
    std::thread m_recorder;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_SCRIPT_HOOK_HPP
