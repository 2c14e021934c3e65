// SPDX-License-Identifier: BSL-1.0
// The guest of VMware: words with one space between them, on two channels.
#include "dialects.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/dialect/vmbackup/command.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>
#include <variant>

namespace {

using namespace snapproto;

/// Cuts a text into words, the space behind each with it, and what is left.
class word_cutter {
  public:
    explicit word_cutter(std::string_view bytes) : m_bytes(bytes) {}

    void word(std::string meaning) {
        const auto space = m_bytes.find(' ', m_at);
        part(space == m_bytes.npos ? m_bytes.size() : space + 1, std::move(meaning));
    }
    void rest(std::string meaning, std::size_t but = 0) {
        if (m_at + but < m_bytes.size()) {
            part(m_bytes.size() - but, std::move(meaning));
        }
    }
    [[nodiscard]] std::vector<explained_part> take() { return std::move(m_parts); }

  private:
    void part(std::size_t end, std::string meaning) {
        const auto bytes = m_bytes.substr(m_at, end - m_at);
        const bool text =
            std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= ' ' && c <= '~'; });
        std::string shown = text ? std::string{bytes} : hex(bytes);
        if (!text) {
            shown.pop_back();
        }
        m_parts.push_back({m_at, end, "`" + shown + "`", std::move(meaning)});
        m_at = end;
    }

    std::string_view m_bytes;
    std::size_t m_at = 0;
    std::vector<explained_part> m_parts;
};

std::string quoted(std::string_view name) {
    return "`" + std::string{name} + "`";
}

explained_message command_of_host(std::string_view bytes) {
    const auto got = vmbackup::decode_command(as_bytes(bytes));
    if (!got) {
        throw std::runtime_error("the codec refuses the command " + std::string{bytes});
    }
    explained_message out;
    word_cutter cut{bytes};
    out.seen = "the command " + quoted(vmbackup::wire_name(vmbackup::command_of(*got)));
    if (const auto* start = std::get_if<vmbackup::start_command>(&*got)) {
        cut.word("hold everything: the name ends at the space (SP 40.1)");
        cut.rest("whether a manifest is wanted: 1 for yes (SP 41.1)");
        if (!start->manifest || !start->volumes.empty()) {
            throw std::runtime_error("no words for such a start");
        }
        out.seen += ", manifest " + std::to_string(*start->manifest) + ", no volumes";
    } else if (std::get_if<vmbackup::snapshot_done_command>(&*got) != nullptr) {
        cut.word("the copy is taken: let go (SP 45.5)");
        cut.rest("names of the copies (SP 41.3)");
    } else {
        throw std::runtime_error("no words for the command " + std::string{bytes});
    }
    out.parts = cut.take();
    return out;
}

explained_message answer_of_guest(std::string_view bytes) {
    const auto got = vmbackup::decode_guest_reply(as_bytes(bytes));
    if (!got) {
        throw std::runtime_error("the codec refuses the answer " + std::string{bytes});
    }
    explained_message out;
    word_cutter cut{bytes};
    cut.word(got->ok ? "taken; the space is there without a text too (SP 40.2)"
                     : "refused, and nothing has changed (SP 40.2)");
    cut.rest("why, in words that a host compares (SP 45.6)");
    out.parts = cut.take();
    out.seen = std::string{got->ok ? "OK" : "ERROR"} +
               (got->text.empty() ? ", no text" : " with the text " + quoted(got->text));
    return out;
}

explained_message event_of_guest(std::string_view bytes) {
    static const std::map<vmbackup::event, std::string> meanings{
        {vmbackup::event::reset, "an operation has begun (SP 45.1)"},
        {vmbackup::event::keep_alive, "still at it (SP 46.7)"},
        {vmbackup::event::commit, "everything is held: take the copy (SP 45.4)"},
        {vmbackup::event::done,
         "nothing is held any more, and the operation is over. Said on every path, "
         "so it is no verdict (SP 43.5, SP 47.1)"}};
    const auto got = vmbackup::decode_event(as_bytes(bytes));
    if (!got) {
        throw std::runtime_error("the codec refuses the event " + std::string{bytes});
    }
    const auto meaning = meanings.find(got->what);
    if (meaning == meanings.end()) {
        throw std::runtime_error("no words for the event " + std::string{bytes});
    }
    explained_message out;
    word_cutter cut{bytes};
    cut.word("an event follows (SP 43.1)");
    cut.word(meaning->second);
    cut.word("the code, and the space that is there without a text too (SP 43.3, SP 43.4)");
    const bool nul = bytes.ends_with('\0');
    cut.rest("a text for people", nul ? 1 : 0);
    cut.rest("the end of a text of C. It is no part of the event (SP 43.4)");
    out.parts = cut.take();
    out.seen = "the event " + quoted(vmbackup::wire_name(got->what)) + " with the code " +
               std::to_string(static_cast<int>(got->code)) +
               (got->text.empty() ? ", no text" : " and the text " + quoted(got->text));
    return out;
}

explained_message answer_of_host(std::string_view bytes) {
    const auto got = vmbackup::decode_host_reply(as_bytes(bytes));
    if (!got) {
        throw std::runtime_error("the codec refuses the answer " + std::string{bytes});
    }
    explained_message out;
    word_cutter cut{bytes};
    cut.word(got->ok ? "taken (SP 40.3)" : "not taken (SP 40.3)");
    cut.rest("a text");
    out.parts = cut.take();
    out.seen = got->ok ? "that the event was taken" : "that the event was not taken";
    return out;
}

/// The words for a conversation with vmtoolsd.
class vmbackup_words final : public explainer {
  public:
    [[nodiscard]] std::string title() const override { return "Guest of VMware"; }
    [[nodiscard]] std::string surroundings() const override {
        return "in a sandbox with filesystems made for it. The host is played, what carries "
               "messages out "
               "of a virtual machine is replaced, and the guest's timers run four times as fast; "
               "times "
               "are as the guest has them";
    }
    [[nodiscard]] std::string way(bool by_host) const override {
        return by_host ? "host → guest" : "guest → host";
    }
    [[nodiscard]] explained_message explain(const recorded_message& what) override {
        const bool commands = what.channel == "commands";
        if (what.by_host) {
            return commands ? command_of_host(what.bytes) : answer_of_host(what.bytes);
        }
        return commands ? answer_of_guest(what.bytes) : event_of_guest(what.bytes);
    }
};

} // namespace

std::unique_ptr<explainer> vmbackup_explainer() {
    return std::make_unique<vmbackup_words>();
}
