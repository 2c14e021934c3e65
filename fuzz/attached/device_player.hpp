// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_DEVICE_PLAYER_HPP
#define SNAPPROTO_FUZZ_ATTACHED_DEVICE_PLAYER_HPP

// Plays one run to a daemon of Hyper-V, as its kernel, and has it judged.

#include "conformance/attach/hyperv_target.hpp"
#include "fuzz/attached/device_judge.hpp"
#include "fuzz/attached/device_run.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace snapproto::fuzz {

/// Which inputs have met which states, and how that ended.
using device_coverage = std::set<std::tuple<int, int, int, int>>;

/// What came of one run.
struct device_played {
    std::optional<breach> found{};
    std::size_t step = 0; ///< At which it was found, from 0; the number of steps: at the end.
    device_coverage covered{};
    std::size_t messages = 0; ///< In both directions.
};

class device_player {
  public:
    /// @param daemon outlives this. @param passes see device_judge
    device_player(conformance::hyperv_target& daemon, std::function<bool(const breach&)> passes);

    /// @throws conformance::unreachable when it does not start
    [[nodiscard]] device_played run(const device_run& what);

  private:
    enum class outcome { nothing, said, registered, closed, ended };

    struct heard {
        conformance::receive_status status = conformance::receive_status::nothing;
        std::string bytes{};
    };

    [[nodiscard]] static bool is_registration(std::string_view bytes);
    void start();
    void take(const device_step& step);
    void settle();
    void begin_session();
    void answer_registration();
    void send_message(const device_step& step);
    void expect_start_over();
    void end_device(bool for_good);
    void come_back(snapproto::clause let_go, snapproto::clause back, std::string_view after);
    void tell_to_end();
    void change(guest_change what);
    void prepare();
    void lift_refusals();
    [[nodiscard]] bool reopens();
    [[nodiscard]] heard read(conformance::duration wait);
    void write(std::string_view bytes);
    void note(int what, int detail, outcome how);
    [[nodiscard]] bool is_over() const;

    conformance::hyperv_target& m_daemon;
    bool m_real;
    conformance::duration m_reaction_wait;
    device_judge m_judge;
    device_played m_result{};
    device_run m_run{};
    std::unique_ptr<conformance::channel> m_device;
    std::string m_buffer{}; ///< Of a stream: half a message.
    version_answer m_version = version_answer::right;
    std::map<std::string, int> m_freeze_refused{};
    std::set<std::string> m_thaw_refused{};
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_DEVICE_PLAYER_HPP
