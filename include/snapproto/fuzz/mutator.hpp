// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_MUTATOR_HPP
#define SNAPPROTO_FUZZ_MUTATOR_HPP

// Changes conversations: whole steps, requests in them, and now and then single bytes.

#include <snapproto/fuzz/conversation.hpp>
#include <snapproto/fuzz/qga_grammar.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace snapproto::fuzz {

class mutator {
  public:
    /// @param given must outlive the mutator
    mutator(const world& given, std::uint64_t seed) : m_random(seed), m_grammar(given, m_random) {}
    mutator(const mutator&) = delete;
    mutator& operator=(const mutator&) = delete;

    [[nodiscard]] qga_grammar& grammar() noexcept { return m_grammar; }
    [[nodiscard]] random_source& random() noexcept { return m_random; }

    /// A conversation out of nothing.
    [[nodiscard]] conversation fresh() {
        conversation made;
        for (std::size_t i = 2 + m_random.below(8); i != 0; --i) {
            made.push_back(some_step());
        }
        return made;
    }

    /// Changes a conversation in one to four places.
    void mutate(conversation& steps) {
        for (std::size_t i = 1 + m_random.below(4); i != 0; --i) {
            change(steps);
        }
        steps.resize(std::min(steps.size(), steps_max));
    }

    /// The beginning of one and the end of another.
    [[nodiscard]] conversation cross(const conversation& first, const conversation& second) {
        conversation made(first.begin(), first.begin() + place_in(first));
        made.insert(made.end(), second.begin() + place_in(second), second.end());
        made.resize(std::min(made.size(), steps_max));
        return made;
    }

  private:
    [[nodiscard]] std::ptrdiff_t place_in(const conversation& steps) {
        return static_cast<std::ptrdiff_t>(m_random.below(steps.size() + 1));
    }

    /// Mostly once; the most only now and then, as it takes a thousand times as long.
    [[nodiscard]] std::size_t some_times() {
        return m_random.once_in(80)   ? times_allowed.back()
               : m_random.once_in(20) ? times_allowed[1 + m_random.below(2)]
                                      : 1;
    }

    [[nodiscard]] step some_step() {
        using namespace std::chrono_literals;
        switch (m_random.below(12)) {
        case 0: {
            static constexpr auto spans =
                std::to_array<duration>({10ms, 100ms, 900ms, 3s, 9s, 20s, 100s});
            return wait(m_random.one_of(spans));
        }
        case 1:
            return act(static_cast<action>(m_random.below(action_count)),
                       static_cast<std::uint8_t>(m_random.below(8)));
        default: {
            step made = say(m_grammar.text(), m_random.once_in(6) ? 1 : 0);
            made.bytes.resize(std::min(made.bytes.size(), say_bytes_max));
            made.piece = m_random.once_in(8) ? 1 + m_random.below(16) : 0;
            made.hasty = m_random.once_in(6);
            made.times = some_times();
            return made;
        }
        }
    }

    void change(conversation& steps) {
        if (steps.empty() || m_random.once_in(3)) {
            steps.insert(steps.begin() + place_in(steps), some_step());
            return;
        }
        const std::size_t at = m_random.below(steps.size());
        const auto where = steps.begin() + static_cast<std::ptrdiff_t>(at);
        step& one = *where;
        const std::size_t what = m_random.below(7);
        if (what > 2 && one.what != step::kind::say) {
            one = some_step();
            return;
        }
        switch (what) {
        case 0:
            steps.erase(where);
            break;
        case 1:
            steps.insert(steps.begin() + place_in(steps), step(one));
            break;
        case 2:
            std::swap(one, steps[m_random.below(steps.size())]);
            break;
        case 3:
            one.hasty = !one.hasty;
            one.client = m_random.below(clients_max);
            break;
        case 4:
            one.piece = m_random.below(20);
            one.times = some_times();
            break;
        case 5:
            if (!one.bytes.empty()) {
                one.bytes[m_random.below(one.bytes.size())] =
                    static_cast<char>(m_random.below(256));
            }
            break;
        default:
            one = some_step();
        }
    }

    random_source m_random;
    qga_grammar m_grammar;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_MUTATOR_HPP
