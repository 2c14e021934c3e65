// SPDX-License-Identifier: BSL-1.0
// An agent records what it does, and the monitors judge the recording. The same recording, with one
// line left out, is what an agent leaves behind that says "thawed" and lets go of nothing.
#include <snapproto/endpoint/qga_agent.hpp>
#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <deque>
#include <iostream>
#include <string_view>
#include <vector>

using namespace snapproto;

namespace {

machine::participant_event done(endpoint::operation what) {
    using machine::participant_event;
    return what == endpoint::operation::hold      ? participant_event::held
           : what == endpoint::operation::release ? participant_event::released
                                                  : participant_event::prepared;
}

/// A guest agent with one filesystem, which does at once what it is asked to.
class guest {
  public:
    guest() { m_agent.record_to(&m_records), (void)m_agent.client_connected(1); }

    void ask(std::string_view request, instant now) {
        (void)m_agent.receive(1, as_bytes(request), now);
        std::deque<endpoint::qga_agent_output> work;
        for (;;) {
            for (auto next = m_agent.poll(); next.index() != 0; next = m_agent.poll()) {
                work.push_back(std::move(next));
            }
            if (work.empty()) {
                return;
            }
            const auto what = std::move(work.front());
            work.pop_front();
            if (std::holds_alternative<endpoint::find_participants>(what)) {
                const participant_summary disk{"/", participant_kind::filesystem};
                m_agent.participants_found({&disk, 1}, now);
            } else if (const auto* asked = std::get_if<endpoint::operate>(&what);
                       asked != nullptr && asked->what != endpoint::operation::finish) {
                m_agent.participant_answered(asked->participant, done(asked->what), now);
            }
        }
    }
    [[nodiscard]] const std::vector<trace::record>& records() const { return m_records; }

  private:
    std::vector<trace::record> m_records;
    endpoint::qga_agent m_agent;
};

/// Says what the monitors find, in the words of the clauses. @return how much that is
std::size_t judge(const std::vector<trace::record>& recording) {
    monitor::rules measures;
    measures.seen_from = monitor::viewpoint::agent_end; // no host has recorded anything
    measures.negotiates = measures.records_provider = false;
    monitor::all_monitors judges{measures};
    for (const trace::record& one : recording) {
        judges.observe(one);
    }
    judges.finish(recording.back().at);
    for (const monitor::violation& one : judges.violations()) {
        std::cout << "SP 18." << int{one.property} << ": " << one.sentence << "\n";
    }
    return judges.count();
}

} // namespace

int main() {
    guest one;
    instant now{};
    one.ask("{\"execute\": \"guest-fsfreeze-freeze\"}\n", now);
    one.ask("{\"execute\": \"guest-fsfreeze-thaw\"}\n", now + std::chrono::seconds{3});
    std::vector<trace::record> recording = one.records();
    for (const trace::record& each : recording) {
        std::cout << trace::to_jsonl(each); // what `snapcheck trace` reads
    }
    const std::size_t honest = judge(recording);
    std::cout << "an honest agent: " << honest << " violations\n";
    std::erase_if(recording, [](const trace::record& each) {
        return each.what == trace::record_kind::released;
    });
    const std::size_t liar = judge(recording);
    std::cout << "a liar: " << liar << " violations\n";
    return honest == 0 && liar != 0 ? 0 : 1;
}
