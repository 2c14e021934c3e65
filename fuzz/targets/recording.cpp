// SPDX-License-Identifier: BSL-1.0
// Recordings of bytes that somebody hands to snapcheck trace: JSON Lines, socat's dump, captures.
// Every reader is given each input, and tells pieces in order or refuses it with words; the judges
// take whatever was told.
#include "fuzz/support/target.hpp"

#include "conformance/recording/judge_bytes.hpp"

#include <exception>

namespace {

using namespace snapproto;
using fuzz::require;
namespace rec = conformance::recording;

/// What is told is in order and no more than there was, and can be judged.
class listener {
  public:
    explicit listener(std::size_t most) : m_most(most) {}

    void take(const rec::piece& next) {
        require(next.at >= m_last, "pieces come in the order of their times");
        require(next.place != 0, "a piece says where it stands");
        require(!next.closed || next.bytes.empty(), "an end has no bytes");
        m_last = next.at;
        m_told += next.bytes.size();
        require(m_told <= m_most, "no more is told than was recorded");
        m_qga.take(next);
        m_native.take(next);
    }
    void finish() {
        m_qga.finish();
        require(!m_qga.found() || !m_qga.found()->sentence.empty(), "a breach has words");
        require(m_native.records().size() == m_native.places().size(), "a record has a place");
    }

  private:
    std::size_t m_most;
    instant m_last{};
    std::size_t m_told = 0;
    rec::qga_byte_judge m_qga;
    rec::native_byte_reader m_native;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::text_of(data, size);
    const auto read = [&](auto&& reader) {
        listener told{size};
        try {
            reader([&](const rec::piece& next) { told.take(next); });
            told.finish();
        } catch (const rec::unreadable& refused) {
            require(*refused.what() != '\0', "a refusal has words");
        }
    };
    read([&](const rec::piece_taker& take) { rec::read_byte_lines(input, take); });
    read([&](const rec::piece_taker& take) { rec::read_socat_dump(input, take); });
    if (rec::form_of(input) == rec::form::capture) {
        read([&](const rec::piece_taker& take) { rec::read_capture(input, 0, take); });
    }
    return 0;
}
