// SPDX-License-Identifier: Apache-2.0
//
// FUSE channel: takes the kernel's requests from /dev/fuse and gives the answers back. Several
// threads may use it at once.

#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "kmod-helpers/emulator/fuse_abi.h"

namespace penstock::emulator {

// One request. The bytes are those of a buffer that its reader owns.
struct FuseRequest {
    fuse_in_header header{};
    std::span<const std::byte> body{};

    // The structure that the body starts with; nothing when it is too short for one.
    template <typename T>
    [[nodiscard]] std::optional<T> as() const {
        if (body.size() < sizeof(T)) {
            return std::nullopt;
        }
        T value;
        std::memcpy(&value, body.data(), sizeof(value));
        return value;
    }

    // The body as a name, up to its terminating zero.
    [[nodiscard]] std::string_view name() const;
};

class FuseReplies {
  public:
    virtual ~FuseReplies() = default;

    // `code` is 0 or a negative errno. An answer nobody waits for any more is lost silently.
    virtual void reply(std::uint64_t unique, int code, std::span<const std::byte> payload) = 0;

    void fail(std::uint64_t unique, int code) { reply(unique, code, {}); }

    template <typename T>
    void reply_with(std::uint64_t unique, const T& value) {
        reply(unique, 0, std::as_bytes(std::span(&value, 1)));
    }
};

class FuseChannel final : public FuseReplies {
  public:
    static Result<FuseChannel> open();

    [[nodiscard]] const Fd& file() const { return file_; }

    // Sleeps until there is a request; nothing when the file system was unmounted.
    std::optional<FuseRequest> next(std::span<std::byte> buffer);

    void reply(std::uint64_t unique, int code, std::span<const std::byte> payload) override;

  private:
    explicit FuseChannel(Fd file) : file_(std::move(file)) {}

    Fd file_;
};

// Splits what was read; nothing when it is shorter than it claims.
[[nodiscard]] std::optional<FuseRequest> parse_request(std::span<const std::byte> bytes);

}  // namespace penstock::emulator
