// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/publisher.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::world {
namespace {

constexpr std::array files{file::article, file::picture, file::index};
constexpr std::uint64_t length_max = 3;

std::vector<block> content_of(file which, std::uint64_t edition, std::uint64_t length) {
    std::vector<block> made;
    for (std::uint64_t i = 0; i < length; ++i) {
        made.push_back(article_block(which, edition, i, length));
    }
    return made;
}

} // namespace

publisher::publisher(environment& world, filesystem& where, database& rows,
                     const publisher_options& options, witness& seen)
    : m_world(world),
      m_files(where),
      m_rows(rows),
      m_options(options),
      m_witness(seen),
      m_random(world.stream("publisher")),
      m_self(world.add(*this)) {}

std::uint64_t publisher::room() noexcept {
    return files.size() * length_max;
}

void publisher::open() {
    for (const file which : files) {
        m_files.create(which, length_max, content_of(which, 0, 1));
    }
    pause();
}

void publisher::pause() {
    if (m_busy || std::exchange(m_begins, true)) {
        return; // it goes on by itself: one publication at a time
    }
    const auto mean = milliseconds(m_options.pause_ms);
    m_world.after(kernel::exponential(m_random, mean), {m_self, begin, m_life});
}

void publisher::write_file() {
    const std::uint64_t length = 1 + kernel::below(m_random, length_max);
    const file which = files[m_file];
    m_files.write(which, 0, content_of(which, m_edition, length), length,
                  {m_self, written, m_life});
}

void publisher::handle(const event& what) {
    if (what.what != row_changed && what.number != m_life) {
        return; // of a process that has died
    }
    switch (what.what) {
    case begin:
        m_begins = false;
        if (m_quiescing) {
            break; // `resume` begins again
        }
        m_busy = true;
        ++m_edition;
        m_file = 0;
        write_file();
        break;
    case written:
        m_files.sync(files[m_file], {m_self, synced, m_life});
        break;
    case synced:
        if (++m_file < files.size()) {
            write_file();
        } else {
            m_submitted = true;
            m_rows.submit({press_account, archive_account, 1, {m_self, row_changed, 0}});
        }
        break;
    case row_changed:
        m_busy = m_submitted = false;
        m_witness.publications.push_back(m_world.now());
        if (m_quiescing) {
            say_quiesced();
        } else {
            pause();
        }
        break;
    default:
        break;
    }
}

void publisher::say_quiesced() {
    m_world.tell("publisher", "quiesced", "quiesced after edition " + std::to_string(m_edition));
    m_world.after(0, m_quiesced);
}

void publisher::quiesce(const event& done, const event& refused) {
    m_quiescing = true;
    m_quiesced = done;
    m_refused = refused;
    if (!m_busy) {
        say_quiesced();
    }
}

void publisher::resume(const event& done, const event& not_held) {
    m_quiescing = false;
    const bool held = !std::exchange(m_forgot, false);
    m_world.tell("publisher", "resumed", held ? "resumed" : "was not quiesced any more");
    m_world.after(0, held ? done : not_held);
    pause();
}

void publisher::crash() {
    if (!m_options.enabled) {
        return; // there is none
    }
    m_world.tell("publisher", "crashes", "dies and is started again");
    ++m_life;
    m_begins = false;
    if (std::exchange(m_quiescing, false)) {
        if (m_busy) {
            m_world.after(0, m_refused); // the hook talks to a process that is no more
        } else {
            m_forgot = true;
        }
    }
    if (m_busy && !m_submitted) {
        m_busy = false; // the edition is made anew
        --m_edition;
    }
    pause();
}

} // namespace snapproto::world
