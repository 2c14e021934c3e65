// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/host.hpp"

#include <deque>
#include <utility>

namespace snapproto::world {
namespace {

class naive_host final : public host {
  public:
    naive_host(environment& world, channel& line, provider& copies, const host_options& options)
        : m_world(world),
          m_line(line),
          m_copies(copies),
          m_options(options),
          m_self(world.add(*this)) {}

    void open() override {
        m_world.after(static_cast<ticks>(m_options.start_ms) * kernel::millisecond,
                      {m_self, start, 0});
    }

    // It keeps nothing that it could lose.
    void die() override {
        m_dead = true;
        m_stage = stage::idle;
        m_world.tell("host", "dies", "the host dies");
    }
    void restart() override {
        m_dead = false;
        m_world.tell("host", "restarts", "the host is there again");
    }

    void channel_up() override {}
    void channel_lost() override {
        m_line_so_far.clear();
        m_replies.clear();
    }

    void bytes_arrived(std::string_view bytes) override {
        for (const char c : bytes) {
            if (c == '\n') {
                m_replies.push_back(std::exchange(m_line_so_far, {}));
            } else {
                m_line_so_far += c;
            }
        }
        take_reply();
    }

    void handle(const event& what) override {
        if (what.what == start) {
            begin_attempt();
        } else if (what.what == patience_ends && what.number == m_patience) {
            on_silence();
        } else if (what.what == cut_ended && m_stage == stage::cut) {
            m_cut = m_copies.take();
            ask(stage::thaw, "guest-fsfreeze-thaw");
        }
    }

  private:
    enum task : std::uint32_t { start, patience_ends, cut_ended };
    enum class stage : std::uint8_t { idle, freeze, cut, thaw, give_up };

    void begin_attempt() {
        if (m_options.repeat_ms != 0) {
            m_world.after(static_cast<ticks>(m_options.repeat_ms) * kernel::millisecond,
                          {m_self, start, 0});
        }
        if (m_dead || m_stage != stage::idle) {
            return;
        }
        m_world.tell("host", "starts", "wants a snapshot, " + m_options.wanted + "-consistent");
        attempt made;
        made.started = m_world.now();
        made.wanted = from_string<consistency>(m_options.wanted).value_or(consistency::filesystem);
        m_attempts.push_back(std::move(made));
        ask(stage::freeze, "guest-fsfreeze-freeze");
    }

    void ask(stage next, std::string_view command) {
        m_stage = next;
        m_world.after(static_cast<ticks>(m_options.patience_ms) * kernel::millisecond,
                      {m_self, patience_ends, ++m_patience});
        m_line.send(direction::to_guest,
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
                m_copies.begin({m_self, cut_ended, 0});
            } else {
                end_attempt(false, "the freeze failed");
            }
            break;
        case stage::thaw:
            end_attempt(good && m_cut.has_value(), good ? "" : "the thaw failed");
            break;
        default:
            m_stage = stage::idle;
            break;
        }
    }

    void on_silence() {
        if (m_stage == stage::freeze) {
            end_attempt(false, "no reply in time");
            ask(stage::give_up, "guest-fsfreeze-thaw");
        } else if (m_stage == stage::thaw) {
            end_attempt(false, "no reply in time");
        } else {
            m_stage = stage::idle;
        }
    }

    void end_attempt(bool succeeded, std::string reason) {
        m_stage = stage::idle;
        attempt& ended = m_attempts.back();
        ended.ended = m_world.now();
        ended.outcome = succeeded ? session_outcome::success : session_outcome::failed;
        ended.label = succeeded ? ended.wanted : consistency::none;
        ended.reason = std::move(reason);
        if (succeeded) {
            ended.kept = std::exchange(m_cut, std::nullopt);
        }
        tell_outcome(m_world, ended);
    }

    environment& m_world;
    channel& m_line;
    provider& m_copies;
    host_options m_options;
    actor_id m_self;
    bool m_dead = false;
    stage m_stage = stage::idle;
    std::uint64_t m_patience = 0; // numbers the waits, so that an old one's end means nothing
    std::string m_line_so_far;
    std::deque<std::string> m_replies;
    std::optional<copy> m_cut;
};

} // namespace

std::unique_ptr<host> make_naive_host(environment& world, channel& line, provider& copies,
                                      const host_options& options) {
    return std::make_unique<naive_host>(world, line, copies, options);
}

} // namespace snapproto::world
