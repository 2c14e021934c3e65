// SPDX-License-Identifier: BSL-1.0
// Hosts that are wrong on purpose.
#include "simulator/world/flaw.hpp"
#include "simulator/world/flaw_words.hpp"

namespace snapproto::world {
namespace {

struct naive final : flaw {
    void configure(scenario& what) const override { what.host.kind = "naive"; }
};

/// Takes any reply for the one that it waits for.
struct believes_any_reply : flaw {
    std::string asked;
    void host_says(std::string& line, std::string& /*answer*/) override {
        if (const auto id = id_of(line); !id.empty() && !is_command(line, "guest-sync-delimited")) {
            asked = id;
        }
    }
    void host_hears(std::string& line) override {
        if (!asked.empty()) {
            set_id(line, asked);
        }
    }
};

struct never_synchronises final : believes_any_reply {
    void host_says(std::string& line, std::string& answer) override {
        believes_any_reply::host_says(line, answer);
        if (is_command(line, "guest-sync-delimited")) {
            const auto id = id_of(line);
            answer = "\xff{\"return\": " + id + "}\n";
            line.clear();
        }
    }
};

/// Answers commands itself that it should have sent.
struct pretends : flaw {
    static void pretend_thaw(std::string& line, std::string& answer) {
        if (is_thaw(line) || is_status(line)) {
            answer = returned(line, is_thaw(line) ? "1" : "\"thawed\"");
            line.clear();
        }
    }
};

struct never_thaws final : pretends {
    void host_says(std::string& line, std::string& answer) override { pretend_thaw(line, answer); }
};

/// Thaws only when the freeze was answered.
struct thaws_only_what_answered final : pretends {
    std::string freeze_id;
    bool silent = false;
    void host_says(std::string& line, std::string& answer) override {
        if (is_freeze(line)) {
            freeze_id = id_of(line);
            silent = true;
        } else if (silent) {
            pretend_thaw(line, answer);
        }
    }
    void host_hears(std::string& line) override { silent = silent && id_of(line) != freeze_id; }
};

struct thaws_once final : pretends {
    bool thawed = false;
    void host_says(std::string& line, std::string& answer) override {
        if (is_freeze(line)) {
            thawed = false;
        } else if (thawed) {
            pretend_thaw(line, answer);
        }
        thawed = thawed || is_thaw(line);
    }
};

struct does_not_wait final : flaw {
    void host_says(std::string& line, std::string& answer) override {
        if (is_freeze(line)) {
            answer = returned(line, "1");
        }
    }
};

struct ignores_the_count final : flaw {
    std::string thaw_id;
    void host_says(std::string& line, std::string& /*answer*/) override {
        if (is_thaw(line)) {
            thaw_id = id_of(line);
        }
    }
    void host_hears(std::string& line) override {
        if (!thaw_id.empty() && id_of(line) == thaw_id) {
            line = "{\"return\": 1, \"id\": " + thaw_id + "}\n";
        }
    }
};

struct hasty final : flaw {
    std::uint64_t hasty_ms() const override { return 300; }
};

struct claims_application final : flaw {
    consistency claims(consistency /*label*/) const override { return consistency::application; }
};

struct keeps_every_copy final : flaw {
    bool discards() const override { return false; }
};

struct degrades_in_silence final : flaw {
    bool takes_any_copy() const override { return true; }
};

struct waits_for_ever final : flaw {
    bool times_out() const override { return false; }
};

struct uses_numbers_again final : flaw {
    bool draws_fresh_numbers() const override { return false; }
};

} // namespace

std::vector<faulty_endpoint> faulty_hosts() {
    return {
        {"host-naive", "sends commands without ids and takes the next line for the reply",
         make_one<naive>},
        {"host-believes-any-reply", "does not compare the id of a reply",
         make_one<believes_any_reply>},
        {"host-never-synchronises", "that, and takes a channel as it is",
         make_one<never_synchronises>},
        {"host-never-thaws", "takes a thaw for done without asking for it", make_one<never_thaws>},
        {"host-thaws-what-answered", "does not thaw when the freeze was not answered",
         make_one<thaws_only_what_answered>},
        {"host-thaws-once", "does not ask again for a thaw that was not answered",
         make_one<thaws_once>},
        {"host-does-not-wait", "cuts when it has asked for the freeze", make_one<does_not_wait>},
        {"host-ignores-the-count", "does not look at what a thaw returns",
         make_one<ignores_the_count>},
        {"host-is-hasty", "takes a cut for ended before it has", make_one<hasty>},
        {"host-claims-application", "labels every copy application-consistent",
         make_one<claims_application>},
        {"host-keeps-every-copy", "keeps the copy of a failed session as if it were good",
         make_one<keeps_every_copy>},
        {"host-degrades-in-silence", "without a good copy it takes any and says nothing",
         make_one<degrades_in_silence>},
        {"host-waits-for-ever", "has no time-outs", make_one<waits_for_ever>},
        {"host-uses-numbers-again", "begins each life with the same numbers",
         make_one<uses_numbers_again>},
    };
}

} // namespace snapproto::world
