// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_APPLICATION_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_APPLICATION_HPP

// What takes part in a snapshot besides filesystems: a program that is called (hooks.hpp), or code
// that is linked into the agent (plugins.hpp).

#include <snapproto/message/vocabulary.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace snapagent {

/// An application that comes to rest before the filesystems are frozen, and goes on after they are
/// thawed.
///
/// All functions are called from the agent's one thread and must not keep it waiting: that thread
/// thaws. One operation is asked for at a time.
class application {
  public:
    using clock = std::chrono::steady_clock;

    /// What came of an operation.
    enum class answer {
        done,
        not_held, ///< Of a release: it had let go before; the copy is not what it was to be.
        failed    ///< Of a hold: nothing is frozen, and all are released, this one too.
    };

    /// Told once for each operation, from any thread; `why` is a sentence about a failure.
    using told = std::function<void(answer what, std::string why)>;

    application() = default;
    application(const application&) = delete;
    application& operator=(const application&) = delete;
    virtual ~application() = default;

    /// What people call it, in the log and in what the host is told.
    [[nodiscard]] virtual std::string name() const = 0;

    [[nodiscard]] virtual snapproto::participant_kind kind() const noexcept {
        return snapproto::participant_kind::writer;
    }

    /// Brings it to rest: what it has acknowledged is with its files, and it changes nothing there.
    /// It must not write to any file from then on, and need none for the release.
    /// @param until  for how long the agent waits, at the most
    virtual void hold(clock::time_point until, told ended) = 0;

    /// Lets it go on. Also asked of one that could not be held, and of one that holds nothing: the
    /// agent may have been killed, and been started again.
    virtual void release(clock::time_point until, told ended) = 0;

    /// Has the operation in work end at once. It is still to be told how.
    virtual void cancel() noexcept = 0;
};

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_APPLICATION_HPP
