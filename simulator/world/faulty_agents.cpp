// SPDX-License-Identifier: BSL-1.0
// Agents that are wrong on purpose.
#include "simulator/world/flaw.hpp"
#include "simulator/world/flaw_words.hpp"

namespace snapproto::world {
namespace {

constexpr std::uint64_t as_if_no_limit_ms = 10 * 24 * 3600 * std::uint64_t{1000};

struct answers_first final : flaw {
    deed operates(bool filesystem, bool hold) override {
        return filesystem && hold ? deed::answered_first : deed::honest;
    }
};

struct never_freezes final : flaw {
    deed operates(bool filesystem, bool /*hold*/) override {
        return filesystem ? deed::pretended : deed::honest;
    }
};

struct skips_hooks final : flaw {
    deed operates(bool filesystem, bool /*hold*/) override {
        return filesystem ? deed::honest : deed::pretended;
    }
};

struct never_thaws final : flaw {
    deed operates(bool filesystem, bool hold) override {
        return filesystem && !hold ? deed::pretended : deed::honest;
    }
};

struct forgets_applications final : flaw {
    deed operates(bool filesystem, bool hold) override {
        return filesystem || hold ? deed::honest : deed::pretended;
    }
};

struct forgets_the_undo final : flaw {
    bool failed = false;
    void participant_failed() override { failed = true; }
    deed operates(bool /*filesystem*/, bool hold) override {
        failed = failed && !hold;
        return failed ? deed::pretended : deed::honest;
    }
};

struct ignores_the_limit final : flaw {
    void configure(scenario& what) const override { what.agent.hold_limit_ms = as_if_no_limit_ms; }
};

struct has_no_watchdog final : flaw {
    void configure(scenario& what) const override { what.agent.remembers = false; }
    bool has_watchdog() const override { return false; }
};

struct does_not_adopt final : flaw {
    void configure(scenario& what) const override { what.agent.remembers = false; }
};

struct tells_no_early_end final : flaw {
    std::string thaw_id;
    void agent_hears(std::string& line, std::string& /*answer*/) override {
        if (is_thaw(line)) {
            thaw_id = id_of(line);
        }
    }
    void agent_says(std::string& line) override {
        constexpr std::string_view nothing{"\"return\": 0"};
        const auto at = line.find(nothing);
        if (at != std::string::npos && id_of(line) == thaw_id) {
            line.replace(at, nothing.size(), "\"return\": 1");
        }
    }
};

struct lets_go final : flaw {
    bool lets_go_early() const override { return true; }
    bool tells_not_held() const override { return false; }
};

struct status_says_thawed final : flaw {
    void agent_says(std::string& line) override {
        if (const auto at = line.find("\"frozen\""); at != std::string::npos) {
            line.replace(at, 8, "\"thawed\"");
        }
    }
};

struct answers_under_the_id_before final : flaw {
    std::string before;
    void agent_says(std::string& line) override {
        const auto id = id_of(line);
        if (!before.empty()) {
            set_id(line, before);
        }
        before = id;
    }
};

struct drops_each_fifth_command final : flaw {
    std::uint64_t heard = 0;
    void agent_hears(std::string& line, std::string& /*answer*/) override {
        if (++heard % 5 == 0) {
            line.clear();
        }
    }
};

struct refuses_after_an_expired_hold final : flaw {
    bool asked = true;
    bool expired = false;
    deed operates(bool filesystem, bool hold) override {
        if (filesystem) {
            expired = expired || (!hold && !asked);
            asked = false;
        }
        return deed::honest;
    }
    void agent_hears(std::string& line, std::string& answer) override {
        asked = asked || is_thaw(line);
        if (expired && is_freeze(line)) {
            answer = R"({"error": {"class": "GenericError", "desc": "busy"}, "id": )" +
                     id_of(line) + "}\n";
            line.clear();
        }
    }
};

} // namespace

std::vector<faulty_endpoint> faulty_agents() {
    return {
        {"agent-answers-first", "says frozen when the freeze begins", make_one<answers_first>},
        {"agent-never-freezes", "says frozen and does nothing", make_one<never_freezes>},
        {"agent-skips-hooks", "freezes the filesystem and leaves the applications alone",
         make_one<skips_hooks>},
        {"agent-never-thaws", "says thawed and does nothing", make_one<never_thaws>},
        {"agent-forgets-applications", "thaws the filesystem and leaves the applications stopped",
         make_one<forgets_applications>},
        {"agent-forgets-the-undo", "when a participant fails, what was held before stays held",
         make_one<forgets_the_undo>},
        {"agent-ignores-the-limit", "holds for as long as nobody thaws",
         make_one<ignores_the_limit>},
        {"agent-no-watchdog", "killed, it leaves everything held for good",
         make_one<has_no_watchdog>},
        {"agent-does-not-adopt", "started again, it does not look for what is frozen",
         make_one<does_not_adopt>},
        {"agent-hides-the-early-end", "a thaw that comes too late is answered as if it had not",
         make_one<tells_no_early_end>},
        {"agent-lets-go", "thaws as soon as it has said frozen", make_one<lets_go>},
        {"agent-status-thawed", "its status is always thawed", make_one<status_says_thawed>},
        {"agent-id-before", "returns the id of the command before",
         make_one<answers_under_the_id_before>},
        {"agent-drops-a-fifth", "does not see each fifth command",
         make_one<drops_each_fifth_command>},
        {"agent-refuses-after-expiry", "when a hold has expired it refuses every further freeze",
         make_one<refuses_after_an_expired_hold>},
    };
}

} // namespace snapproto::world
