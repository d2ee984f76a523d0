// SPDX-License-Identifier: Apache-2.0

#include "tests/bpf/fuse_device.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace penstock::test {
namespace {

constexpr std::uint64_t file_node = 2;
constexpr std::size_t queue_id_offset = 52;  // In CREATE_QUEUE's argument.

using Bytes = std::vector<std::byte>;

template <typename Part>
void append(Bytes& bytes, const Part& part) {
    const auto* start = reinterpret_cast<const std::byte*>(&part);
    bytes.insert(bytes.end(), start, start + sizeof(part));
}

fuse_attr attributes_of(std::uint64_t node) {
    fuse_attr attr{};
    attr.ino = node;
    attr.mode = node == file_node ? S_IFREG | 0666 : S_IFDIR | 0755;
    attr.nlink = 1;
    return attr;
}

Bytes answer_init() {
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = FUSE_KERNEL_MINOR_VERSION;
    out.max_write = 64 * 1024;
    Bytes bytes;
    append(bytes, out);
    return bytes;
}

Bytes answer_lookup() {
    fuse_entry_out out{};
    out.nodeid = file_node;
    out.attr = attributes_of(file_node);
    Bytes bytes;
    append(bytes, out);
    return bytes;
}

Bytes answer_attributes(std::uint64_t node) {
    fuse_attr_out out{};
    out.attr = attributes_of(node);
    Bytes bytes;
    append(bytes, out);
    return bytes;
}

Bytes answer_ioctl(const std::byte* request) {
    fuse_ioctl_in in{};
    std::memcpy(&in, request, sizeof(in));
    Bytes argument(request + sizeof(in), request + sizeof(in) + in.in_size);
    argument.resize(in.out_size);
    fuse_ioctl_out out{};
    std::uint64_t first = 0;
    if (argument.size() >= sizeof(first)) {
        std::memcpy(&first, argument.data(), sizeof(first));
    }
    out.result = first == FuseDevice::refused ? -EINVAL : 0;
    const std::uint32_t number = FuseDevice::queue_number;
    if (argument.size() >= queue_id_offset + sizeof(number)) {
        std::memcpy(argument.data() + queue_id_offset, &number, sizeof(number));
    }
    Bytes bytes;
    append(bytes, out);
    bytes.insert(bytes.end(), argument.begin(), argument.end());
    return bytes;
}

// The answer's body, or the errno to answer with.
std::expected<Bytes, int> answer(const fuse_in_header& header, const std::byte* body) {
    switch (header.opcode) {
        case FUSE_INIT:
            return answer_init();
        case FUSE_LOOKUP:
            return answer_lookup();
        case FUSE_GETATTR:
            return answer_attributes(header.nodeid);
        case FUSE_OPEN:
            return Bytes(sizeof(fuse_open_out));
        case FUSE_IOCTL:
            return answer_ioctl(body);
        case FUSE_RELEASE:
            return Bytes();
        default:
            return std::unexpected(ENOSYS);
    }
}

void serve(const Fd& device) {
    std::array<std::byte, 256 * 1024> request{};
    for (;;) {
        const ssize_t got = ::read(device.get(), request.data(), request.size());
        if (got < 0 && errno != EINTR && errno != ENOENT) {
            return;  // Unmounted.
        }
        fuse_in_header header{};
        if (got < static_cast<ssize_t>(sizeof(header))) {
            continue;
        }
        std::memcpy(&header, request.data(), sizeof(header));
        if (header.opcode == FUSE_FORGET || header.opcode == FUSE_BATCH_FORGET) {
            continue;
        }
        const auto body = answer(header, request.data() + sizeof(header));
        fuse_out_header out{};
        out.unique = header.unique;
        out.error = body ? 0 : -body.error();
        out.len = static_cast<std::uint32_t>(sizeof(out) + (body ? body->size() : 0));
        Bytes reply;
        append(reply, out);
        if (body) {
            reply.insert(reply.end(), body->begin(), body->end());
        }
        static_cast<void>(::write(device.get(), reply.data(), reply.size()));
    }
}

}  // namespace

Result<FuseDevice> FuseDevice::mount() {
    std::string folder = std::filesystem::temp_directory_path() / "penstock-fuse-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) {
        return fail(errno, "make a folder");
    }
    Result<Fd> device = open_path("/dev/fuse", O_RDWR);
    if (!device) {
        return std::unexpected(std::move(device).error());
    }
    const std::string options =
        "fd=" + std::to_string(device->get()) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
    if (::mount("penstock-test",
                folder.c_str(),
                "fuse.penstock-test",
                MS_NOSUID | MS_NODEV,
                options.c_str()) != 0) {
        return fail(errno, "mount " + folder);
    }
    return FuseDevice(folder, std::move(*device));
}

FuseDevice::FuseDevice(std::filesystem::path folder, Fd device)
    : folder_(std::move(folder)), server_([device = std::move(device)] { serve(device); }) {}

FuseDevice::~FuseDevice() {
    if (!server_.joinable()) {
        return;
    }
    ::umount2(folder_.c_str(), MNT_DETACH);
    server_.join();
    std::filesystem::remove(folder_);
}

}  // namespace penstock::test
