// SPDX-License-Identifier: BSL-1.0
// The endpoints of the other dialects: what their targets take for decisions. See fuzz/targets for
// what the bytes mean.
#include "fuzz/seeds/scripts.hpp"

namespace snapproto::fuzz {
namespace {

// Of what an agent lives in: one writer, two filesystems, everything at once.
const std::string surroundings = bytes({1, 2, 0});

// As fuzz/support/surroundings.hpp counts: what happens in it, from the number that the target has
// for the first.
struct happenings {
    explicit happenings(int first)
        : seconds(bytes({first + 1, 255})),
          to_deadline(bytes({first + 2})),
          answer(bytes({first + 4, 0})),
          refuse(bytes({first + 4, 1})),
          skip(bytes({first + 4, 2})),
          let_go(bytes({first + 5, 1})),
          settle(bytes({first + 6})),
          find(bytes({first + 7, 0})),
          find_none(bytes({first + 7, 7})) {}

    std::string seconds, to_deadline, answer, refuse, skip, let_go, settle, find, find_none;
};

void native_sessions(tree& to) {
    const happenings in{12};
    add_script(to, "native_wire",
               {"agent",
                bytes({0x20}) + surroundings,
                {bytes({0, 0, 0}), bytes({3, 0, 0}), in.find, in.answer, in.answer, in.settle,
                 bytes({4, 0, 0}), in.answer, in.answer, in.settle, bytes({5, 0, 0}), in.answer,
                 in.settle, bytes({6, 0, 0}), in.settle},
                {bytes({20, 4, 255, 0, 0, 0, 1}), bytes({21, 1}), bytes({21, 0}), bytes({22}),
                 bytes({23, 0}), bytes({0, 0, 0}), bytes({1, 0}), bytes({7, 0}), in.seconds,
                 in.to_deadline, in.refuse, in.skip, in.let_go, in.find_none}});
    const auto hear = [](int agent) { return bytes({0, agent, 0}); };
    add_script(
        to, "native_wire",
        {"orchestrator",
         bytes({0x33}), // two agents
         {bytes({6, 0}), bytes({6, 1}), hear(0), hear(1), bytes({15, 0}), hear(0), hear(1), hear(0),
          hear(1), bytes({12, 0}), hear(0), hear(1), bytes({12, 2}), hear(0), hear(1)},
         {bytes({8, 0}), bytes({0, 0, 255, 3, 255, 0, 0, 1}), bytes({0, 0, 16, 3, 5, 0}),
          bytes({0, 0, 16, 2, 3}), bytes({0, 0, 32}), bytes({10, 20}), bytes({11}), bytes({12, 4}),
          bytes({15, 7})}});
}

void hyperv_sessions(tree& to) {
    const happenings in{12};
    const std::string freeze = bytes({1, 0});
    const std::string thaw = bytes({2, 0});
    const std::vector<std::string> steps{bytes({0}), bytes({0, 0}), freeze,    in.find,
                                         in.answer,  in.answer,     in.settle, thaw,
                                         in.answer,  in.settle,     thaw};
    const std::vector<std::string> disturbances{bytes({20, 2, 1, 2, 3}),
                                                bytes({21}),
                                                bytes({21, 1}),
                                                bytes({22, 130, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
                                                bytes({23, 0}),
                                                freeze,
                                                thaw,
                                                bytes({9, 7, 0}),
                                                in.seconds,
                                                in.to_deadline,
                                                in.refuse,
                                                in.skip,
                                                in.let_go,
                                                in.find_none};
    add_script(to, "hyperv_endpoints", {"daemon", bytes({0}) + surroundings, steps, disturbances});
    add_script(to, "hyperv_endpoints",
               {"stream", bytes({0x12}) + surroundings, steps, disturbances});
    const std::string hear = bytes({0, 0, 0});
    add_script(to, "hyperv_endpoints",
               {"orchestrator",
                bytes({1}), // one guest
                {bytes({6, 0}), hear, bytes({15, 8}), hear, hear, bytes({12, 0}), hear,
                 bytes({12, 2}), hear},
                {bytes({8, 0}), bytes({0, 0, 255, 3, 1, 2, 3, 4}), bytes({0, 0, 3}),
                 bytes({0, 0, 13}), bytes({0, 0, 14}), bytes({0, 0, 15}), bytes({10, 20}),
                 bytes({11}), bytes({12, 4}), bytes({15, 7})}});
}

void vmbackup_sessions(tree& to) {
    const happenings in{8};
    const std::string event = bytes({16});
    const auto command = [](int which) { return bytes({0, which}); };
    const std::vector<std::string> steps{command(6), command(8), command(0), in.find,   event,
                                         in.answer,  in.answer,  in.settle,  event,     event,
                                         command(1), in.settle,  event,      command(4)};
    std::vector<std::string> disturbances{
        bytes({20, 1}), bytes({20, 3}), bytes({22}), bytes({23, 0}), in.seconds,
        in.to_deadline, in.refuse,      in.skip,     in.let_go,      in.find_none};
    for (const int which : {0, 1, 2, 3, 7, 9, 10, 11, 14}) {
        disturbances.push_back(command(which));
    }
    add_script(to, "vmbackup_endpoints", {"guest", bytes({0}) + surroundings, steps, disturbances});
    add_script(to, "vmbackup_endpoints",
               {"completing", bytes({2}) + surroundings, steps, disturbances});
    const std::string hear = bytes({0, 0, 0});
    std::vector<std::string> reports{bytes({8, 0}),   bytes({0, 0, 255, 3, 1, 2, 3, 4}),
                                     bytes({10, 20}), bytes({11}),
                                     bytes({12, 4}),  bytes({15, 7})};
    for (int which = 128; which < 144; ++which) {
        reports.push_back(bytes({0, 0, which}));
    }
    add_script(to, "vmbackup_endpoints",
               {"orchestrator",
                bytes({1}), // one guest
                {bytes({6, 0}), hear, hear, hear, bytes({15, 8}), hear, hear, hear, bytes({12, 0}),
                 hear, hear, bytes({12, 2}), hear},
                reports});
}

void vss_sessions(tree& to) {
    const std::string application = bytes({12, 0, 0});
    const std::string volume = bytes({16, 0});
    add_script(to, "vss_guest",
               {"guest",
                bytes({1, 1, 0, 2}),
                {bytes({0, 0, 0}), bytes({3, 0, 0}), bytes({21}), application, application,
                 application, bytes({4, 0, 0}), application, volume, volume, bytes({5, 0, 0}),
                 application, bytes({6, 0, 0}), application, application},
                {bytes({12, 0, 7}), bytes({12, 0, 15}), bytes({16, 7}), bytes({18, 255}),
                 bytes({19, 11}), bytes({20, 61}), bytes({22, 0}), bytes({22, 1}), bytes({22, 3}),
                 bytes({22, 5}), bytes({7, 0})}});
}

void fsrvp_sessions(tree& to) {
    const std::string provider = bytes({13, 0});
    add_script(to, "fsrvp_server",
               {"server",
                "",
                {bytes({1, 0, 0, 0, 0}), bytes({2, 0, 0}), bytes({3, 0, 0, 0, 0}),
                 bytes({12, 0, 0, 10, 0}), provider, bytes({4, 0, 0, 10, 0}), provider,
                 bytes({5, 0, 0, 10, 0}), provider, bytes({10, 0, 0, 0, 0}), bytes({6, 0, 0, 0}),
                 bytes({11, 0, 0, 0, 0})},
                {bytes({13, 16}), bytes({13, 32}), bytes({13, 48}), bytes({13, 15}),
                 bytes({17, 181}), bytes({18, 100}), bytes({7, 0, 0, 0}), bytes({7, 1, 7, 0}),
                 bytes({8, 0, 0, 0}), bytes({9, 0, 0, 0}), bytes({0, 0, 15}),
                 bytes({1, 1, 0, 1, 0}), bytes({2, 1, 0}), bytes({3, 0, 0, 1, 0})}});
}

} // namespace

void add_dialect_sessions(tree& to) {
    native_sessions(to);
    hyperv_sessions(to);
    vmbackup_sessions(to);
    vss_sessions(to);
    fsrvp_sessions(to);
}

} // namespace snapproto::fuzz
