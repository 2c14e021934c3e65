// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_PUBLISHER_HPP
#define SNAPPROTO_SIMULATOR_WORLD_PUBLISHER_HPP

// A content management application: a publication is an article, a picture and an index, three
// files, and a row of the database. They mean something only together, and nothing but the
// application knows that.

#include "simulator/world/application.hpp"
#include "simulator/world/database.hpp"
#include "simulator/world/filesystem.hpp"

namespace snapproto::world {

class publisher final : public actor, public application {
  public:
    publisher(environment& world, filesystem& files, database& rows,
              const publisher_options& options, witness& seen);

    /// How many blocks its files need.
    [[nodiscard]] static std::uint64_t room() noexcept;

    void open();

    void quiesce(const event& done, const event& refused) override;
    void resume(const event& done, const event& not_held) override;

    /// Its process dies, and whoever supervises it starts it again at once. The new one knows
    /// nothing of a snapshot.
    void crash();

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { begin, written, synced, row_changed };

    void write_file();
    void pause();
    void say_quiesced();

    environment& m_world;
    filesystem& m_files;
    database& m_rows;
    publisher_options m_options;
    witness& m_witness;
    kernel::generator m_random;
    actor_id m_self;
    std::uint64_t m_edition = 0;
    std::size_t m_file = 0; // the one of the edition that is being written
    bool m_busy = false;
    bool m_begins = false;    // the beginning of the next edition is on its way
    bool m_submitted = false; // the row of the edition, to the database
    bool m_quiescing = false;
    bool m_forgot = false; // that it was to stand still
    std::uint64_t m_life = 0;
    event m_quiesced;
    event m_refused;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_PUBLISHER_HPP
