// SPDX-License-Identifier: BSL-1.0
// SP 40 to 43: the form of answers and events, and what commands may carry.
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/vmbackup_host.hpp"

#include <fmt/format.h>

#include <string>

namespace snapproto::conformance::clauses {
namespace {

using vmbackup::event;
using vmbackup::refusal;

// catches: a guest whose answer has no space behind its word
void answers_have_their_form(run_context& run) {
    vmbackup_host host(run);
    for (const std::string_view text :
         {"ping", "reset", "vmbackup.abort", "vmbackup.snapshotDone", "no.such.command"}) {
        const guest_answer answer = host.command(text);
        run.require(answer.accepts() || answer.refuses(),
                    fmt::format("{} is answered with OK or ERROR, a space, and a text", text),
                    "'OK ' or 'ERROR '", answer.words());
    }
}

// catches: a guest that answers a command twice, or late
void one_answer_each(run_context& run) {
    vmbackup_host host(run);
    for (int i = 0; i < 3; ++i) {
        const guest_answer first = host.command("reset");
        const guest_answer second = host.command("ping");
        run.require(first.bytes.starts_with("OK ATR ") && second.bytes == "OK ",
                    "each command has one answer, in order", "'OK ATR ...', then 'OK '",
                    first.words() + ", then " + second.words());
    }
}

// catches: a guest that does something else with what it does not know
void unknown_command(run_context& run) {
    vmbackup_host host(run);
    for (const std::string_view text : {"vmbackup.stop", "vmbackup.START 1", "", "Ping"}) {
        host.must_refuse(text, refusal::unknown_command,
                         fmt::format("'{}' is answered as an unknown command", text));
    }
}

// catches: a guest that takes what it does not know for the end of an operation
void unknown_command_while_frozen(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_refuse("vmbackup.stop", refusal::unknown_command,
                     "while frozen too an unknown command is answered so");
    host.must_hold(host.everything(), "an unknown command changes nothing");
    host.finish();
}

// catches: a guest that answers a ping with words
void ping(run_context& run) {
    vmbackup_host host(run);
    const guest_answer answer = host.command("ping");
    run.require(answer.bytes == "OK ", "ping is answered with OK and no text", "'OK '",
                answer.words());
}

// catches: a guest that does not say who it is
void reset_names_the_application(run_context& run) {
    vmbackup_host host(run);
    const guest_answer answer = host.command("reset");
    run.require(answer.bytes.starts_with("OK ATR ") && answer.bytes.size() > 7,
                "reset is answered with the name of the application", "'OK ATR ' and a name",
                answer.words());
}

// catches: a guest that gives its operation up for a reset, which the snapshot may have caused
void reset_while_frozen(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("reset", "reset while frozen is accepted");
    host.must_accept("ping", "ping while frozen is accepted");
    host.must_hold(host.everything(), "neither ends an operation");
    host.finish();
}

// catches: a guest that needs an argument
void start_without_arguments(run_context& run) {
    vmbackup_host host(run);
    host.must_accept("vmbackup.start", "a start without arguments is accepted");
    host.must_see(event::commit, "it holds everything");
    host.finish();
}

// catches: a guest that takes volumes for a number
void start_with_volumes(run_context& run) {
    vmbackup_host host(run);
    host.must_accept("vmbackup.start 1 /srv /var/lib/data", "a start with volumes is accepted");
    host.must_see(event::commit, "it holds what it was asked for, or more");
    run.require(held_in(host.guest()).find("/dev/vdb1") != std::string::npos,
                "what was named is held", "/dev/vdb1 among others", held_in(host.guest()));
    host.finish();
}

// catches: a guest that does not take options behind their space
void start_with_options(run_context& run) {
    vmbackup_host host(run);
    const guest_answer answer =
        host.start_with({.script_argument = "weekly", .timeout_s = 60, .disks = ""});
    run.require(answer.accepts(), "a start with options of version 1 is accepted", "'OK '",
                answer.words());
    host.must_see(event::commit, "it holds everything");
    host.must_hold(host.everything(), "it holds everything");
    host.finish();
}

// catches: a guest that refuses a snapshotDone for what it names
void snapshot_done_with_names(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("vmbackup.snapshotDone one two", "snapshotDone may name copies");
    host.must_end("it releases everything");
}

// catches: a guest that stays frozen because an abort has arguments
void abort_with_arguments(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.must_accept("vmbackup.abort now", "an abort with arguments is accepted");
    host.must_end("it undoes the operation");
}

/// A start whose options are wrong begins nothing, and an ordinary one can follow.
void must_not_begin(run_context& run, std::string_view bytes, std::string_view requirement) {
    vmbackup_host host(run);
    const guest_answer answer = host.command(bytes);
    run.require(answer.refuses(), requirement, "'ERROR ' and why", answer.words());
    host.wait(vmbackup_host::quiet);
    host.must_hold("nothing", "a start that is refused holds nothing");
    host.freeze();
    host.finish();
}

// catches: a guest that fills up with anything what is cut short
void options_cut_short(run_context& run) {
    must_not_begin(run, std::string_view{"vmbackup.startWithOpts \0\0\0\1\0\0\0\1\0\0\0\1", 35},
                   "options that are cut short are refused");
}

// catches: a guest that takes more bytes than a text may have
void an_argument_that_is_too_long(run_context& run) {
    const std::string argument(257, 'x');
    std::string bytes;
    codec::container_sink sink{bytes};
    vmbackup::encode(sink, vmbackup::host_command{vmbackup::start_with_options_command{
                               {.script_argument = argument}}});
    must_not_begin(run, bytes, "an argument of 257 bytes is refused");
}

// catches: a guest that reads options of a version that it does not know
void options_of_another_version(run_context& run) {
    vmbackup_host host(run);
    std::string bytes = "vmbackup.startWithOpts ";
    bytes += std::string("\0\0\0\3\0\0\0\1", 8) + std::string(40, '\0');
    host.must_refuse(bytes, refusal::version, "options of version 3 are refused as such");
    host.must_hold("nothing", "they begin nothing");
}

// catches: a guest that sends an event of another form
void events_have_their_form(run_context& run) {
    vmbackup_host host(run);
    host.freeze();
    host.finish();
    for (const seen_event& one : host.events()) {
        run.require(one.what.has_value(), "each event has its name, its code and its text",
                    "'vmbackup.eventSet NAME CODE TEXT'", fmt::format("'{}'", one.bytes));
    }
    host.freeze();
    host.must_accept("vmbackup.abort", "an abort while frozen is accepted");
    host.must_see(event::done, "it ends");
    for (const seen_event& one : host.events()) {
        run.require(one.what.has_value(), "also those of an operation that is given up",
                    "'vmbackup.eventSet NAME CODE TEXT'", fmt::format("'{}'", one.bytes));
    }
}

// catches: a guest that leaves out the space before a text that is empty
void the_space_is_there(run_context& run) {
    vmbackup_host host(run);
    (void)host.command("vmbackup.start 0");
    host.wait(vmbackup_host::quiet);
    run.require(!host.events().empty(), "a start is reported", "an event", host.event_words());
    const std::string& first = host.events().front().bytes;
    run.require(first == "vmbackup.eventSet reset 0 ", "the space stands there before no text too",
                "'vmbackup.eventSet reset 0 '", fmt::format("'{}'", first));
}

// catches: a guest that puts its verdict into the code of done
void done_has_code_0(run_context& run) {
    vmbackup_host host(run);
    for (const std::string_view end : {"vmbackup.snapshotDone", "vmbackup.abort"}) {
        host.freeze();
        host.must_accept(end, "an operation can be ended while frozen");
        host.wait(std::chrono::seconds(5));
        const std::string last = host.events().back().bytes;
        run.require(last == "vmbackup.eventSet req.done 0 ", "req.done has code 0 on every path",
                    "'vmbackup.eventSet req.done 0 '", fmt::format("'{}'", last));
    }
}

} // namespace

void vmbackup_40_commands(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title,
                         void (*run)(run_context&)) {
        checks.add({.about = about, .index = index, .title = title, .run = run});
    };
    add(sec<40, 2>::value, 1, "answers are OK or ERROR, a space, and a text",
        answers_have_their_form);
    add(sec<40, 2>::value, 2, "each command has one answer, in order", one_answer_each);
    add(sec<40, 6>::value, 1, "what is unknown is answered so", unknown_command);
    add(sec<40, 6>::value, 2, "what is unknown changes nothing", unknown_command_while_frozen);
    add(sec<40, 7>::value, 1, "ping is answered with OK and no text", ping);
    add(sec<40, 7>::value, 2, "reset names the application", reset_names_the_application);
    add(sec<40, 7>::value, 3, "a reset ends no operation", reset_while_frozen);
    add(sec<41, 1>::value, 1, "a start needs no arguments", start_without_arguments);
    add(sec<41, 1>::value, 2, "a start may name volumes", start_with_volumes);
    add(sec<41, 2>::value, 1, "a start may have options", start_with_options);
    add(sec<41, 3>::value, 1, "snapshotDone may name copies", snapshot_done_with_names);
    add(sec<41, 6>::value, 1, "an abort with arguments is an abort", abort_with_arguments);
    add(sec<42, 2>::value, 1, "options that are cut short begin nothing", options_cut_short);
    add(sec<42, 4>::value, 1, "an argument that is too long begins nothing",
        an_argument_that_is_too_long);
    add(sec<42, 6>::value, 1, "a version that there is not is refused with its words",
        options_of_another_version);
    add(sec<43, 1>::value, 1, "events have a name, a code and a text", events_have_their_form);
    add(sec<43, 4>::value, 1, "the space before an empty text is there", the_space_is_there);
    add(sec<43, 5>::value, 1, "done has code 0", done_has_code_0);
}

} // namespace snapproto::conformance::clauses
