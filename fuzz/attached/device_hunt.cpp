// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/device_hunt.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace snapproto::fuzz {
namespace {

using hyperv::vss_op;

std::string request_of(std::uint8_t op, std::uint32_t flags) {
    const auto bytes = hyperv::encode(hyperv::kernel_request{op, flags});
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr std::uint8_t number_of(vss_op op) {
    return static_cast<std::uint8_t>(op);
}

} // namespace

std::string device_drawer::request() {
    static constexpr auto known = std::to_array<std::uint8_t>(
        {number_of(vss_op::freeze), number_of(vss_op::freeze), number_of(vss_op::freeze),
         number_of(vss_op::thaw), number_of(vss_op::thaw), number_of(vss_op::hot_backup)});
    static constexpr auto flags = std::to_array<std::uint32_t>({1, 5, 0x80000000U, 0xffffffffU});
    const std::uint8_t op =
        m_random.once_in(5) ? static_cast<std::uint8_t>(m_random.once_in(2) ? m_random.below(9)
                                                                            : m_random.below(128))
                            : m_random.one_of(known);
    return request_of(op, m_random.once_in(3) ? m_random.one_of(flags) : 0);
}

std::string device_drawer::message() {
    std::string made = request();
    if (m_random.once_in(12)) { // one that no kernel sends
        made[m_random.once_in(3) ? 0 : 1 + m_random.below(7)] =
            static_cast<char>(128 + m_random.below(128));
    } else if (m_random.once_in(12)) {
        static constexpr auto sizes =
            std::to_array<std::size_t>({1, 3, 4, 5, 8, 11, 13, 16, 24, 64, 200, 255});
        std::string other;
        while (other.size() < device_message_max) {
            other += made;
        }
        made = other.substr(0, m_random.one_of(sizes));
    }
    return made;
}

device_step device_drawer::some_step() {
    device_step made;
    const std::size_t what = m_random.below(24);
    if (what < 14) {
        made.bytes = message();
        made.hasty = m_random.once_in(8);
    } else if (what < 20) {
        made.what = device_step::kind::change;
        made.value = static_cast<std::uint8_t>(m_random.below(guest_changes));
    } else if (what == 20) {
        made.what = m_random.once_in(3) ? device_step::kind::end_for_good : device_step::kind::end;
    } else if (what == 21) {
        made.what = device_step::kind::end_in_work;
        made.bytes = request();
    } else if (what == 22) {
        made.what = device_step::kind::terminate;
    } else {
        made.what = device_step::kind::version;
        made.value = static_cast<std::uint8_t>(m_random.below(version_answers));
    }
    return made;
}

device_run device_drawer::fresh() {
    device_run made;
    made.stream = m_streams && m_random.once_in(8);
    made.piece = made.stream && m_random.once_in(2) ? 1 + m_random.below(11) : 0;
    for (std::size_t i = 1 + m_random.below(10); i != 0; --i) {
        made.steps.push_back(some_step());
    }
    return made;
}

void device_drawer::change(device_run& run) {
    auto& steps = run.steps;
    const auto place = [&] {
        return steps.begin() + static_cast<std::ptrdiff_t>(m_random.below(steps.size() + 1));
    };
    if (steps.empty() || m_random.once_in(3)) {
        steps.insert(place(), some_step());
        return;
    }
    const std::size_t at = m_random.below(steps.size());
    switch (m_random.below(5)) {
    case 0:
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(at));
        break;
    case 1: {
        const device_step same = steps[at];
        steps.insert(place(), same);
        break;
    }
    case 2:
        std::swap(steps[at], steps[m_random.below(steps.size())]);
        break;
    case 3:
        steps[at].hasty = !steps[at].hasty;
        break;
    default:
        steps[at] = some_step();
    }
}

device_run device_drawer::next(const std::vector<device_run>& corpus) {
    if (corpus.empty() || m_random.once_in(4)) {
        return fresh();
    }
    device_run made = corpus[m_random.below(corpus.size())];
    if (m_random.once_in(4)) { // the beginning of one and the end of another
        const device_run& other = corpus[m_random.below(corpus.size())];
        made.steps.resize(m_random.below(made.steps.size() + 1));
        const auto from = static_cast<std::ptrdiff_t>(m_random.below(other.steps.size() + 1));
        made.steps.insert(made.steps.end(), other.steps.begin() + from, other.steps.end());
    }
    for (std::size_t i = 1 + m_random.below(4); i != 0; --i) {
        change(made);
    }
    made.steps.resize(std::min(made.steps.size(), device_steps_max));
    made.stream = made.stream && m_streams;
    return made;
}

void hunt_in_device(conformance::hyperv_target& daemon, std::vector<device_run>& corpus,
                    const device_hunt_settings& how) {
    device_drawer drawer{how.seed, how.streams};
    device_coverage all;
    const std::size_t shipped = corpus.size();
    std::size_t messages = 0;
    for (std::size_t runs = 0; how.go_on(runs, messages, all.size()); ++runs) {
        device_run next = runs < shipped ? corpus[runs] : drawer.next(corpus);
        device_player player{daemon, how.passes};
        const device_played got = player.run(next);
        messages += got.messages;
        const std::size_t before = all.size();
        all.insert(got.covered.begin(), got.covered.end());
        if (got.found) {
            if (!how.found(*got.found, next)) {
                (void)how.go_on(runs + 1, messages, all.size());
                return;
            }
        } else if (all.size() != before && runs >= shipped) {
            corpus.push_back(std::move(next));
        }
    }
}

device_run minimised(conformance::hyperv_target& daemon, device_run run, const breach& wrong,
                     const std::function<bool(const breach&)>& passes,
                     const std::function<bool()>& go_on) {
    const auto adopt = [&](device_run candidate) {
        if (candidate == run || !go_on()) {
            return false;
        }
        device_player player{daemon, passes};
        const auto found = player.run(candidate).found;
        const bool good =
            found && found->governed_by == wrong.governed_by && found->crash == wrong.crash;
        if (good) {
            run = std::move(candidate);
        }
        return good;
    };
    for (bool smaller = true; smaller && go_on();) {
        smaller = false;
        device_run plain = run;
        plain.stream = false;
        plain.piece = 0;
        smaller = adopt(plain) || smaller;
        plain = run;
        plain.piece = 0;
        smaller = adopt(std::move(plain)) || smaller;
        for (std::size_t i = run.steps.size(); i-- != 0;) {
            device_run without = run;
            without.steps.erase(without.steps.begin() + static_cast<std::ptrdiff_t>(i));
            smaller = adopt(std::move(without)) || smaller;
        }
        for (std::size_t i = 0; i < run.steps.size(); ++i) {
            device_run calm = run;
            calm.steps[i].hasty = false;
            smaller = adopt(std::move(calm)) || smaller;
            if (run.steps[i].bytes.size() == hyperv::daemon_message_bytes) {
                device_run bare = run; // without flags
                std::fill(bare.steps[i].bytes.begin() + 1, bare.steps[i].bytes.end(), '\0');
                smaller = adopt(std::move(bare)) || smaller;
            }
        }
    }
    return run;
}

} // namespace snapproto::fuzz
