// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/host.hpp"

#include <deque>
#include <utility>

namespace snapproto::world {
namespace {

class naive_host final : public host {
  public:
    using host::host;

  private:
    enum own_task : std::uint32_t { patience_ends = first_own_task };
    enum class stage : std::uint8_t { idle, freeze, cut, thaw, give_up };

    // It keeps nothing that it could lose.
    void begin_life() override { m_alive = true; }
    void end_life() override {
        m_alive = false;
        m_stage = stage::idle;
    }
    [[nodiscard]] bool alive() const noexcept override { return m_alive; }
    [[nodiscard]] bool can_begin() const noexcept override {
        return m_alive && m_stage == stage::idle;
    }

    void channel_up(std::size_t) override {}
    void channel_lost(std::size_t) override {
        m_line_so_far.clear();
        m_replies.clear();
    }

    void bytes_arrived(std::size_t, std::string_view bytes) override {
        for (const char c : bytes) {
            if (c == '\n') {
                m_replies.push_back(std::exchange(m_line_so_far, {}));
            } else {
                m_line_so_far += c;
            }
        }
        take_reply();
    }

    void on_event(const event& what) override {
        if (what.what == patience_ends && what.number == m_patience) {
            on_silence();
        }
    }

    void begin_snapshot(snapshot_number which) override {
        m_snapshot = which;
        m_cut_succeeded = false;
        ask(stage::freeze, "guest-fsfreeze-freeze");
    }

    void on_cut(std::uint64_t number, bool succeeded) override {
        if (m_stage == stage::cut && number == m_cut) {
            m_cut_succeeded = succeeded;
            ask(stage::thaw, "guest-fsfreeze-thaw");
        }
    }

    void ask(stage next, std::string_view command) {
        m_stage = next;
        m_world.after(milliseconds(m_options.patience_ms), {m_self, patience_ends, ++m_patience});
        line(0).send(direction::to_guest,
                     std::string{"{\"execute\": \""}.append(command).append("\"}\n"));
        take_reply(); // one that is there already will do
    }

    void take_reply() {
        if (m_replies.empty() || m_stage == stage::idle || m_stage == stage::cut) {
            return;
        }
        const std::string reply = std::move(m_replies.front());
        m_replies.pop_front();
        ++m_patience;
        const bool good = reply.find("\"return\"") != std::string::npos;
        m_world.tell("host", "believes", "takes for the reply: " + readable(reply));
        switch (m_stage) {
        case stage::freeze:
            if (good) {
                m_stage = stage::cut;
                begin_cut(++m_cut);
            } else {
                end(false, "the freeze failed");
            }
            break;
        case stage::thaw:
            end(good && m_cut_succeeded, good ? "" : "the thaw failed");
            break;
        default:
            m_stage = stage::idle;
            break;
        }
    }

    void on_silence() {
        if (m_stage == stage::freeze) {
            end(false, "no reply in time");
            ask(stage::give_up, "guest-fsfreeze-thaw");
        } else if (m_stage == stage::thaw) {
            end(false, "no reply in time");
        } else {
            m_stage = stage::idle;
        }
    }

    /// It believes that it has a copy as soon as the cut is done.
    void end(bool succeeded, std::string reason) {
        m_stage = stage::idle;
        end_attempt(m_snapshot, succeeded ? session_outcome::success : session_outcome::failed,
                    succeeded ? wanted() : consistency::none, std::move(reason),
                    succeeded ? std::optional{m_cut} : std::nullopt);
    }

    bool m_alive = false;
    snapshot_number m_snapshot = 0;
    stage m_stage = stage::idle;
    std::uint64_t m_patience = 0; // numbers the waits, so that an old one's end means nothing
    std::string m_line_so_far;
    std::deque<std::string> m_replies;
    std::uint64_t m_cut = 0; // numbers the cuts
    bool m_cut_succeeded = false;
};

} // namespace

std::unique_ptr<host> make_naive_host(environment& world, std::vector<hosted_guest> guests,
                                      provider& copies, const host_options& options) {
    return std::make_unique<naive_host>(world, std::move(guests), copies, options);
}

} // namespace snapproto::world
