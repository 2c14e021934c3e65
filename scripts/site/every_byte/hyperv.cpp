// SPDX-License-Identifier: BSL-1.0
// The Hyper-V daemon of Linux: twelve bytes a message, and four once.
#include "dialects.hpp"

#include <snapproto/core/bytes.hpp>
#include <snapproto/dialect/hyperv/daemon.hpp>

#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

namespace {

using namespace snapproto;

std::string name_of(std::uint8_t op) {
    return op < value_count<hyperv::vss_op>
               ? "`" + std::string{to_string(static_cast<hyperv::vss_op>(op))} + "`"
               : "operation " + std::to_string(op);
}

/// Cuts a message of fixed fields.
class field_cutter {
  public:
    explicit field_cutter(std::string_view bytes) : m_bytes(bytes) {}

    void field(std::size_t size, std::string meaning) {
        std::string shown = hex(m_bytes.substr(m_at, size));
        shown.pop_back();
        m_parts.push_back({m_at, m_at + size, "`" + shown + "`", std::move(meaning)});
        m_at += size;
    }
    [[nodiscard]] std::vector<explained_part> take() { return std::move(m_parts); }

  private:
    std::string_view m_bytes;
    std::size_t m_at = 0;
    std::vector<explained_part> m_parts;
};

std::vector<explained_part> parts_of(std::string_view bytes, const hyperv::version_reply&) {
    field_cutter cut{bytes};
    cut.field(
        4, "the kernel's version, least significant byte first. It is 129 again, and nobody looks "
           "at it: what matters is that it has four bytes (SP 33.1, SP 33.5)");
    return cut.take();
}

std::vector<explained_part> parts_of(std::string_view bytes, const hyperv::kernel_request& asked) {
    field_cutter cut{bytes};
    cut.field(1, "the operation: " + name_of(asked.op));
    cut.field(7, "reserved, 0 (SP 33.1)");
    cut.field(4, "flags. The kernel fills in none");
    return cut.take();
}

std::vector<explained_part> parts_of(std::string_view bytes, const hyperv::registration&) {
    field_cutter cut{bytes};
    cut.field(1, "operation 129: a daemon is there and waits for the version (SP 33.5)");
    cut.field(
        11,
        "what lay on the daemon's stack, for it clears nothing; a kernel does not look (SP 33.6)");
    return cut.take();
}

std::vector<explained_part> parts_of(std::string_view bytes, const hyperv::daemon_reply& reply) {
    field_cutter cut{bytes};
    cut.field(4, std::string{reply.error == 0 ? "the error: 0, success" : "the error, an HRESULT"} +
                     ". It lies where the operation was, so the reply does not say what it answers "
                     "(SP 33.3): read as an operation this is " +
                     name_of(static_cast<std::uint8_t>(bytes[0])));
    cut.field(4, "as they came in the request (SP 33.4)");
    cut.field(4, "the flags of the request (SP 33.4)");
    return cut.take();
}

/// The words for a conversation with hv_vss_daemon.
class hyperv_words final : public explainer {
  public:
    [[nodiscard]] std::string title() const override { return "Hyper-V daemon"; }
    [[nodiscard]] std::string surroundings() const override {
        return "in a sandbox with filesystems made for it. The kernel is played: the device is a "
               "raw "
               "pseudo-terminal";
    }
    [[nodiscard]] std::string way(bool by_host) const override {
        return by_host ? "kernel → daemon" : "daemon → kernel";
    }
    [[nodiscard]] explained_message explain(const recorded_message& what) override {
        return what.by_host ? explain_kernel(what.bytes) : explain_daemon(what.bytes);
    }

  private:
    [[nodiscard]] explained_message explain_kernel(std::string_view bytes) {
        const auto got = hyperv::decode_from_kernel(as_bytes(bytes));
        if (!got) {
            throw std::runtime_error("the codec refuses what the kernel sent: " + hex(bytes));
        }
        explained_message out;
        out.parts = std::visit([&](const auto& one) { return parts_of(bytes, one); }, *got);
        if (const auto* asked = std::get_if<hyperv::kernel_request>(&*got)) {
            out.seen = "the request " + name_of(asked->op) + " without flags";
            if (asked->flags != 0) {
                throw std::runtime_error("no words for the flags of a request");
            }
            m_asked = asked->op;
        } else {
            out.seen =
                "the version " + std::to_string(std::get<hyperv::version_reply>(*got).version);
        }
        return out;
    }

    [[nodiscard]] explained_message explain_daemon(std::string_view bytes) const {
        const auto got = hyperv::decode_from_daemon(as_bytes(bytes));
        if (!got) {
            throw std::runtime_error("the codec refuses what the daemon sent: " + hex(bytes));
        }
        explained_message out;
        out.parts = std::visit([&](const auto& one) { return parts_of(bytes, one); }, *got);
        if (const auto* reply = std::get_if<hyperv::daemon_reply>(&*got)) {
            out.seen = std::string{reply->error == 0 ? "a success" : "a failure"} +
                       "; that it answers " + name_of(m_asked.value()) +
                       " is known from the order alone";
        } else {
            out.seen = "a registration that expects the version";
        }
        return out;
    }

    std::optional<std::uint8_t> m_asked;
};

} // namespace

std::unique_ptr<explainer> hyperv_explainer() {
    return std::make_unique<hyperv_words>();
}
