// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_WINDOWS_HPP
#define SNAPPROTO_SIMULATOR_WORLD_WINDOWS_HPP

// What a Windows guest has between its agent and what is held: the Volume Shadow Copy Service, with
// a writer for each application and its own two limits (SP chapter 55).

#include "simulator/world/application.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/filesystem.hpp"

#include <snapproto/endpoint/io.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace snapproto::machine {
enum class participant_event : std::uint8_t;
enum class vss_writer_event : std::uint8_t;
} // namespace snapproto::machine

namespace snapproto::world {

/// The agent, as the service knows it.
class requester {
  public:
    /// A participant has answered; it is called by its place in what `windows::begin` was given.
    virtual void answered_by_windows(std::size_t place, machine::participant_event how) = 0;
    /// It has let go, and nobody had asked it to.
    virtual void gone_by_windows(std::size_t place) = 0;

  protected:
    ~requester() = default;
};

/// The service.
class windows final : public actor {
  public:
    /// One participant: an application, or else a volume.
    struct part {
        std::string name;
        application* program = nullptr;
        filesystem* files = nullptr;
    };

    windows(environment& world, requester& agent);
    ~windows() override;

    /// A session begins with these, applications first: they are called by their places here.
    void begin(std::vector<part> all);

    void handle(const endpoint::operate& asked);
    void handle(const endpoint::cancel& asked);

    /// The requester has died: everything goes on. Nobody is told.
    void give_up();

    void handle(const event& what) override;

  private:
    struct service;

    enum task : std::uint32_t { application_done, application_refused, volume_done, limit };

    /// An application as its writer sees it.
    struct writer {
        bool stopped = false;     ///< It was asked to stop, and not to go on since.
        std::uint8_t serial = 0;  ///< Of what it was asked last,
        bool outstanding = false; ///< and whether it has to answer that.
    };

    void collect();
    void ask(std::size_t place, machine::vss_writer_event what);
    [[nodiscard]] event told(task what, std::size_t place, std::uint8_t serial = 0) const noexcept;

    environment& m_world;
    requester& m_agent;
    actor_id m_self;
    std::vector<part> m_all;
    std::vector<writer> m_writers;      // the first of them
    std::unique_ptr<service> m_service; // null before the first session
    std::uint64_t m_session = 0;        // what is told to an earlier one reaches nobody
    bool m_alone = false;               // the requester is gone
    bool m_collects = false;
    kernel::event_handle m_timer;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_WINDOWS_HPP
