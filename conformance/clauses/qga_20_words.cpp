// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 20: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_20_words() {
    static constexpr std::array<check_words, 45> words{{
        {"20.1/1", "A guest-ping with the id 1 and no line feed behind it.",
         "The reply with `return` and the id 1.",
         "Hand each byte to the parser as it comes, and act when the outermost bracket closes. A "
         "reader that waits for a line feed (`readline`, `getline`, `BufferedReader`) is the usual "
         "cause."},
        {"20.1/2",
         "A guest-ping with a nested id, first without its last brace; 100 ms later that brace.",
         "Silence until the brace, then one reply with the id as it was sent.",
         "Count brackets outside of strings, and do not act on a beginning that happens to be a "
         "request once something is added to it."},
        {"20.2/1",
         "One guest-ping, byte by byte, with an id that has escapes, a surrogate pair, UTF-8 of "
         "every length and a large number in it.",
         "One reply, with an id equal to the one sent.",
         "Keep the parser's state from one read to the next. A parser that is created for each "
         "read sees only fragments."},
        {"20.2/2",
         "The same request once for each place at which it can be cut, as two writes with 1 ms "
         "between them.",
         "For each cut one reply with the id, and no reply more in the end.",
         "Look at the cut that the finding names: inside a character, an escape, a number or a "
         "keyword the state that must survive the read is a different one."},
        {"20.3/1",
         "Twenty requests with the ids 0 to 19 in one write, with a line feed, nothing, white "
         "space or CR LF between them.",
         "Twenty successes in that order, for each separator.",
         "After a request go on with what is left in the buffer before the next read, and take "
         "nothing but brackets for separators."},
        {"20.3/2",
         "Two whole requests and the first 15 bytes of a third in one write; later the rest of the "
         "third.",
         "Two replies at once, the third when its rest has come.",
         "When a request has been taken out of the buffer keep what follows it, whether it is "
         "complete or not."},
        {"20.4/1",
         "Line feed, CR LF, a blank, a tab, and 4096 random characters of white space, each alone.",
         "No line at all.",
         "Skip white space before a request starts. An empty line is not an empty request."},
        {"20.5/1",
         "Eight requests that lead to replies of every kind: successes, unknown commands, wrong "
         "members and arguments, malformed input, with line feeds in names and ids.",
         "Every reply is one line from `{` to `}`, with a line feed behind it, without a carriage "
         "return and without a 0xFF.",
         "Serialise replies compactly, escape line feeds inside strings, and write `\\n` and not "
         "`\\r\\n`. Everything else that writes to the channel (logs, prompts) has to go "
         "elsewhere."},
        {"20.6/1",
         "Six guest-pings whose ids hold control characters, quotes, text outside of ASCII, "
         "surrogate pairs, NUL and markup.",
         "Six replies that are valid JSON, with equal ids.",
         "Do not paste text into replies: let a JSON library write every string, ids too."},
        {"20.6/2",
         "Requests with bytes that are no UTF-8, in names, strings and between tokens, each "
         "followed by 0xFF and a synchronisation.",
         "Error replies only, each of them valid JSON in valid UTF-8.",
         "An error text that quotes the request has to be cleaned first. Replace or escape what is "
         "no UTF-8, or do not quote."},
        {"20.7/1",
         "22 pieces of input with a token that JSON does not have: bare words, wrong numbers and "
         "escapes, comments, NUL and bytes above 0x7F, each followed by a guest-sync and then by "
         "0xFF and a synchronisation.",
         "At least one GenericError without an id and no success; and if the guest-sync is "
         "answered, the error comes before its answer.",
         "Use a strict tokenizer, and answer each error with a GenericError. Skipping to the next "
         "line in silence makes clients wait."},
        {"20.7/2",
         "14 pieces in which the tokens come in an order that JSON does not allow: commas too many "
         "or missing, colons, wrong names, brackets that do not match.",
         "At least one GenericError without an id for each, and no success.",
         "Turn leniency off: trailing commas, missing commas and unquoted names are errors."},
        {"20.7/3",
         "Ten requests that stop in the middle, each ended by 0xFF and a synchronisation.",
         "At least one GenericError without an id for each, no success, and the synchronisation's "
         "answer.",
         "A 0xFF that meets half a request has to report it and to drop it; never complete what is "
         "missing."},
        {"20.8/1",
         "Eight kinds of junk, HTTP among them; after each 0xFF and a synchronisation, a "
         "guest-ping and the status.",
         "The ping is answered with its id and the status is still thawed.",
         "An error of the parser must neither end the process nor leave the parser in its error "
         "state: reset it at the 0xFF."},
        {"20.9/1", "Four arrays, one of them with a request inside.",
         "For each exactly one GenericError without an id.",
         "Look at the type of the value before its members. This protocol has no batches."},
        {"20.9/2", "Eight scalars: strings, numbers, booleans, null.",
         "For each exactly one GenericError without an id.",
         "A scalar is a complete value and deserves an answer. A number is complete when the next "
         "byte shows that no digit follows."},
        {"20.10/1", "One request once for each place, with a 0xFF put in there.",
         "No success, wherever the 0xFF was.",
         "At a 0xFF drop everything that has not been executed, also inside a string. A parser "
         "that skips the byte puts the halves together."},
        {"20.10/2",
         "A beginning of a request, a 0xFF and a whole request with an id, for every beginning.",
         "Error lines at the most, then exactly one success, with the id.",
         "Begin a new value right after the 0xFF; do not throw away what came with it in the same "
         "read."},
        {"20.11/1",
         "Thirty times up to 1024 random bytes, each followed by 0xFF and a synchronisation.",
         "Every synchronisation is answered, and a guest-ping in the end.",
         "Run a fuzzer on your parser with the seed of the report. Look for aborts, endless loops "
         "and states that no 0xFF leaves."},
        {"20.11/2",
         "Sixty times up to 100 random tokens of JSON, each followed by 0xFF and a "
         "synchronisation.",
         "Every synchronisation is answered, and a guest-ping in the end.",
         "As for random bytes; brackets and quotes that do not match are what is most often "
         "forgotten."},
        {"20.11/3",
         "Sixty guest-syncs with one to three bytes changed, taken out or put in, each followed by "
         "0xFF and a synchronisation.",
         "Every synchronisation is answered, and a guest-ping in the end.",
         "Requests that are almost right reach code behind the parser: check types before values "
         "are used."},
        {"20.12/1",
         "Requests with 1025 square brackets and with 1101 braces, each closed again; a ping after "
         "each.",
         "At least one error and nothing else, and the ping is answered.",
         "Count open brackets and refuse beyond 1024, in the tokenizer and not by recursion."},
        {"20.12/2",
         "200 000 times `[`, and `{\"a\":` as often, never closed; 0xFF and a synchronisation "
         "behind them.",
         "At least one error and nothing else; the agent answers a ping afterwards.",
         "A recursive parser runs out of stack here. Use an explicit stack with a limit, or refuse "
         "at the limit before recursing."},
        {"20.13/1",
         "A guest-ping whose id makes the whole request 32 brackets deep; then 64, 256 and 1024, "
         "for the record.",
         "The first is accepted and its id returned; of the deeper ones either the same or an "
         "error.",
         "Raise the limit on nesting to 32 at least. It has to hold for the writer of replies too, "
         "which repeats the id."},
        {"20.14/1", "A guest-ping with an id of 1 MiB, then 0xFF, a synchronisation and a ping.",
         "The id is returned unchanged, or the request is refused; the ping is answered.",
         "Let buffers grow up to a stated limit, and refuse beyond it in a way that leaves the "
         "parser usable."},
        {"20.14/2",
         "A string, a number and a negative number of 1 MiB each, without an end, and 0xFF behind "
         "them.",
         "No success and nothing but replies of the protocol; a ping is answered after each.",
         "A token without an end must not be taken for a finished one at the 0xFF, and its memory "
         "has to be given back."},
        {"20.14/3", "A request of more than 2 097 152 tokens, then 0xFF and a synchronisation.",
         "At least one error and nothing else; a ping is answered.",
         "Count tokens as they are read and refuse beyond a limit. Time that grows with the square "
         "of the number of tokens shows here as well."},
        {"20.15/1", "Requests 1025 and 5000 brackets deep, with 0xFF behind them.",
         "One error for each, and what the 0xFF itself costs.",
         "After a refusal skip the rest of that request, by counting its brackets, instead of "
         "reading it as new input."},
        {"20.15/2", "A request of more than two million tokens, with 0xFF behind it.",
         "One error, and what the 0xFF itself costs.",
         "As for nesting: the rest of a refused request is not input of its own."},
        {"20.16/1",
         "Fifteen ids with bytes that are no UTF-8: stray and missing continuations, overlong "
         "forms, surrogates, values above U+10FFFF, bytes that never occur.",
         "An error for each, and no success.",
         "Validate UTF-8 by RFC 3629 when a string ends. Replacement characters hide that the "
         "request was damaged."},
        {"20.16/2",
         "The command and the name `execute` with one letter spelled in two bytes instead of one.",
         "An error for each, and no success.",
         "Refuse overlong forms before strings are compared; a lenient decoder makes two spellings "
         "of one name."},
        {"20.16/3", "The two bytes C0 80 in an id and behind a command's name.",
         "An error for each, and no success.",
         "This is how modified UTF-8 (Java, older qemu-ga) spells NUL. Refuse it like any other "
         "overlong form."},
        {"20.17/1",
         "Each byte from 0x00 to 0x1F raw in an id, and a NUL behind the command's name.",
         "An error for each, and no success.",
         "Refuse control bytes inside strings; line feeds and tabs have escapes."},
        {"20.18/1", "Names of a command, a member and an argument with `\\u0000` in them.",
         "An error for each, and no success.",
         "Compare names by length and content. Anything that goes through a C string ends at the "
         "NUL, and equals another name."},
        {"20.18/2", "A guest-ping with the id `\"a\\u0000b\"`.",
         "The id comes back whole, or the request is refused.",
         "Carry strings with their length through to the writer of replies."},
        {"20.19/1", "Seven requests with half a surrogate pair, alone or in the wrong order.",
         "An error for each, and no success.",
         "Combine `\\ud83d\\ude00` into one character and refuse either half alone; neither U+FFFD "
         "nor three bytes of encoded surrogate is right."},
        {"20.20/1",
         "Seven objects in which a name occurs twice: members, arguments, inside an id, and once "
         "spelled with an escape.",
         "An error for each, and no success.",
         "Most JSON libraries keep the last of two members. Ask for an error, or count names while "
         "you parse, after escapes are decoded."},
        {"20.21/1",
         "A guest-ping with CR LF, line feeds, tabs and blanks between all of its tokens.",
         "One reply, with the id 7, for each kind of gap.",
         "Lines mean nothing here: skip all four characters of white space between tokens."},
        {"20.22/1",
         "guest-ping with letters of `execute`, `id` and the command written as escapes, and ids "
         "with escapes.",
         "The requests are executed, and the ids come back as the text they stand for.",
         "Decode escapes before comparing or storing a string."},
        {"20.23/1",
         "Eight unbalanced beginnings with three whole requests behind each; then 0xFF and a "
         "synchronisation.",
         "The synchronisation is answered, and a ping after it.",
         "The 0xFF has to bring the parser back to the state that it has at the start, with no "
         "bracket open."},
        {"20.24/1",
         "Eight unbalanced beginnings with a ping and a guest-sync behind each, then 0xFF.",
         "Either the requests behind the beginning are all served, or all of them are swallowed; "
         "nothing succeeds that was not asked for.",
         "Do not start to serve in the middle of a value. What was swallowed before the 0xFF stays "
         "swallowed after it."},
        {"20.25/1",
         "Half a request from one client, which leaves; the other half from the next one.",
         "No success for the second client.",
         "Keep a parser for each connection, or reset the one there is when a client goes."},
        {"20.26/1",
         "A guest-ping written with single quotes and an id that has both kinds of quotes in it.",
         "A success with the id exactly as it stands inside the quotes, or errors only.",
         "Either refuse single quotes, or decode them fully: `\"` needs no escape in them and "
         "`\\'` does."},
        {"20.27/1", "An HTTP request of four lines, then 0xFF and a synchronisation.",
         "GenericErrors without an id and no success, however many.",
         "None of those words is a request. See 20.7/1 if something succeeded, and 20.11/1 if the "
         "agent went silent."},
        {"20.28/1", "Five kinds of malformed input with a token of 64 KiB.",
         "Every line of reply has at most 4096 bytes.",
         "Quote at most some dozens of bytes of what could not be read."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
