// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/driver_file.h"

#include <cerrno>

namespace penstock::emulator {

namespace {

// An ioctl's command has 14 bits for the size of its argument.
constexpr std::uint32_t largest_argument = (1U << 14) - 1;

}  // namespace

void IoctlAnswers::answer(std::uint64_t call, int result, std::span<const std::byte> argument) {
    fuse_ioctl_out out{};
    out.result = result;
    const auto head = std::as_bytes(std::span(&out, 1));
    std::vector<std::byte> payload(head.begin(), head.end());
    payload.insert(payload.end(), argument.begin(), argument.end());
    replies_.reply(call, 0, payload);
}

void DriverFile::open(const FuseRequest& request, TimePoint now) {
    const std::optional<std::uint64_t> opener = driver_.open(request.header.pid, now);
    if (!opener) {
        // A caller outside our pid namespace has the number 0.
        replies_.fail(request.header.unique, -EPERM);
        return;
    }
    const std::uint32_t way = passes_through() ? fuse::open_passthrough : fuse::open_direct_io;
    replies_.reply_with(request.header.unique,
                        fuse::OpenOut{.fh = files_.add_driver(*opener),
                                      .open_flags = way | fuse::open_no_flush,
                                      .backing_id = backing_id_});
}

void DriverFile::release(std::uint64_t handle, TimePoint now) {
    if (const std::optional<std::uint64_t> opener = files_.opener_of(handle)) {
        driver_.closed(*opener, now);
    }
}

void DriverFile::ioctl(const FuseRequest& request, TimePoint now) {
    const auto in = request.as<fuse_ioctl_in>();
    const std::optional<std::uint64_t> opener = in ? files_.opener_of(in->fh) : std::nullopt;
    if (!opener) {
        replies_.fail(request.header.unique, -ENOTTY);
        return;
    }
    const std::span<const std::byte> argument = request.body.subspan(sizeof(*in));
    if (in->in_size > argument.size() || in->out_size > largest_argument) {
        replies_.fail(request.header.unique, -EINVAL);
        return;
    }
    const std::span<const std::byte> passed = argument.first(in->in_size);
    driver_.call({.number = request.header.unique,
                  .caller_tid = request.header.pid,
                  .command = in->cmd,
                  .address = in->arg,
                  .answer_bytes = in->out_size,
                  .argument = {passed.begin(), passed.end()}},
                 *opener,
                 now);
}

void DriverFile::interrupt(const FuseRequest& request) {
    const auto in = request.as<fuse_interrupt_in>();
    // The interrupt may overtake its call: EAGAIN makes the kernel send it again, unless the call
    // has been answered.
    if (!in || !driver_.interrupt(in->unique)) {
        replies_.fail(request.header.unique, -EAGAIN);
    }
}

}  // namespace penstock::emulator
