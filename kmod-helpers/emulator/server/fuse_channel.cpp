// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/fuse_channel.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace penstock::emulator {

std::string_view FuseRequest::name() const {
    if (body.empty()) {
        return {};
    }
    const auto* const text = reinterpret_cast<const char*>(body.data());
    return {text, ::strnlen(text, body.size())};
}

std::optional<FuseRequest> parse_request(std::span<const std::byte> bytes) {
    FuseRequest request;
    if (bytes.size() < sizeof(request.header)) {
        return std::nullopt;
    }
    std::memcpy(&request.header, bytes.data(), sizeof(request.header));
    if (request.header.len < sizeof(request.header) || request.header.len > bytes.size()) {
        return std::nullopt;
    }
    request.body = bytes.first(request.header.len).subspan(sizeof(request.header));
    return request;
}

Result<FuseChannel> FuseChannel::open() {
    Result<Fd> file = open_path("/dev/fuse", O_RDWR);
    if (!file) {
        return std::unexpected(file.error());
    }
    return FuseChannel(std::move(*file));
}

std::optional<FuseRequest> FuseChannel::next(std::span<std::byte> buffer) {
    for (;;) {
        const ssize_t got = ::read(file_.get(), buffer.data(), buffer.size());
        if (got >= 0) {
            const auto bytes = buffer.first(static_cast<std::size_t>(got));
            if (std::optional<FuseRequest> request = parse_request(bytes)) {
                return request;
            }
            continue;
        }
        // ENOENT: the request was interrupted before anybody had read it.
        if (errno != EINTR && errno != ENOENT && errno != EAGAIN) {
            return std::nullopt;
        }
    }
}

void FuseChannel::reply(std::uint64_t unique, int code, std::span<const std::byte> payload) {
    fuse_out_header header{};
    header.len = static_cast<std::uint32_t>(sizeof(header) + payload.size());
    header.error = code;
    header.unique = unique;
    iovec parts[2] = {};
    parts[0].iov_base = &header;
    parts[0].iov_len = sizeof(header);
    parts[1].iov_base = const_cast<std::byte*>(payload.data());  // writev(2) only reads it.
    parts[1].iov_len = payload.size();
    static_cast<void>(::writev(file_.get(), parts, 2));
}

}  // namespace penstock::emulator
