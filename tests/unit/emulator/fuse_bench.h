// SPDX-License-Identifier: Apache-2.0
//
// A file server without a kernel: requests are made here and the last reply is kept.

#pragma once

#include <sys/stat.h>

#include <cerrno>

#include "kmod-helpers/emulator/server/file_server.h"
#include "kmod-helpers/emulator/server/fixed_files.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {

struct RecordedReplies final : FuseReplies {
    int code = 0;
    std::vector<std::byte> payload{};

    void reply(std::uint64_t /*unique*/, int result, std::span<const std::byte> bytes) override {
        code = result;
        payload.assign(bytes.begin(), bytes.end());
    }

    template <typename T>
    T as() const {
        T value{};
        std::memcpy(
            static_cast<void*>(&value), payload.data(), std::min(payload.size(), sizeof(T)));
        return value;
    }
};

// Serves a text file, "hello", which tells how often it was asked for, and a control file, "order",
// which holds what was written to it.
class FuseBench {
  public:
    static constexpr std::uint32_t client = 100;
    static constexpr std::uint64_t unique = 9;

    struct Hello final : Branch {
        explicit Hello(const bool& exists) : exists_(exists) {}

        NodeKind kind(const std::string& path) const override {
            if (path == "order") {
                return NodeKind::control;
            }
            const NodeKind below = path == "hello" ? NodeKind::text : NodeKind::absent;
            return path.empty() ? NodeKind::directory : below;
        }

        std::vector<std::string> names(const std::string& /*path*/) const override {
            return {"hello"};
        }

        std::optional<std::string> content(const std::string& path) const override {
            if (path == "order") {
                return written;
            }
            if (!exists_ || path != "hello") {
                return std::nullopt;
            }
            return "hello " + std::to_string(reads_++) + "\n";
        }

        int write(const std::string& path, std::string_view text) const override {
            written = text;
            return path == "order" ? 0 : -EACCES;
        }

        mutable std::string written{};
        const bool& exists_;
        mutable int reads_ = 0;
    };

    FuseRequest request(std::uint32_t opcode,
                        std::uint64_t node,
                        std::span<const std::byte> body) const {
        FuseRequest made{.body = body};
        made.header.opcode = opcode;
        made.header.nodeid = node;
        made.header.pid = client;
        made.header.unique = unique;
        return made;
    }

    bool serve(std::uint32_t opcode, std::uint64_t node, std::span<const std::byte> body) {
        return server.serve(request(opcode, node, body), driver_bench.now);
    }

    template <typename T>
    void send(std::uint32_t opcode, std::uint64_t node, const T& body) {
        serve(opcode, node, std::as_bytes(std::span(&body, 1)));
    }

    void send_named(std::uint32_t opcode, std::uint64_t node, const std::string& name) {
        serve(opcode, node, std::as_bytes(std::span(name.c_str(), name.size() + 1)));
    }

    std::uint64_t look_up(std::uint64_t parent, const std::string& name) {
        send_named(FUSE_LOOKUP, parent, name);
        return replies.as<fuse_entry_out>().nodeid;
    }

    std::uint64_t open(std::uint32_t opcode, std::uint64_t node) {
        send(opcode, node, fuse_open_in{});
        return replies.as<fuse::OpenOut>().fh;
    }

    void send_read(std::uint64_t handle, std::uint64_t offset, std::uint32_t size) {
        fuse_read_in in{};
        in.fh = handle;
        in.offset = offset;
        in.size = size;
        server.read(request(FUSE_READ, 0, std::as_bytes(std::span(&in, 1))), turnstile);
    }

    std::string read(std::uint64_t handle, std::uint64_t offset, std::uint32_t size) {
        send_read(handle, offset, size);
        std::string text(replies.payload.size(), ' ');
        std::memcpy(text.data(), replies.payload.data(), text.size());
        return text;
    }

    template <typename T>
    void ioctl(const T& body) {
        driver_file.ioctl(
            request(FUSE_IOCTL, NodeTable::driver, std::as_bytes(std::span(&body, 1))),
            driver_bench.now);
    }

    bool content_exists = true;
    DriverBench driver_bench;
    RecordedReplies replies;
    OpenFiles files;
    DriverFile driver_file{driver_bench.driver, files, replies};
    Hello hello{content_exists};
    FileTree tree{{&hello}};
    Turnstile turnstile{[] {}};
    FileServer server{{tree, files, driver_file, replies}};
};

}  // namespace penstock::emulator
