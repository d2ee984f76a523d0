// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/file_server.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "kmod-helpers/emulator/server/directory_listing.h"
#include "kmod-helpers/emulator/server/shared_memory.h"

namespace penstock::emulator {

namespace {

constexpr std::uint32_t largest_read = 64 * 1024;
// Longer than any call under way; a read then answers with what the file held before.
constexpr Duration patience{std::chrono::milliseconds(20)};

std::string below(const std::string& directory, std::string_view name) {
    return directory.empty() ? std::string(name) : directory + "/" + std::string(name);
}

}  // namespace

bool FileServer::serve(const FuseRequest& request, TimePoint now) {
    switch (request.header.opcode) {
        case FUSE_LOOKUP:
            look_up(request);
            return true;
        case FUSE_FORGET:
            forget(request);
            return true;
        case FUSE_BATCH_FORGET:
            batch_forget(request);
            return true;
        case FUSE_GETATTR:
            get_attributes(request);
            return true;
        case FUSE_SETATTR:
            change_attributes(request);
            return true;
        case FUSE_WRITE:
            write(request);
            return true;
        case FUSE_OPEN:
            open(request, now);
            return true;
        case FUSE_OPENDIR:
            open_directory(request);
            return true;
        case FUSE_READDIR:
            read_directory(request);
            return true;
        case FUSE_RELEASE:
        case FUSE_RELEASEDIR:
            release(request, now);
            return true;
        case FUSE_STATFS:
            describe_file_system(request);
            return true;
        default:  // The kernel's numbering is open.
            return false;
    }
}

fuse_attr FileServer::attributes_of(std::uint64_t node, NodeKind kind) const {
    constexpr std::uint64_t page = 4096;  // What every sysfs file claims.
    fuse_attr attributes{};
    attributes.ino = node;
    attributes.nlink = 1;
    attributes.blksize = page;
    switch (kind) {
        case NodeKind::absent:
            break;
        case NodeKind::directory:
            attributes.mode = S_IFDIR | 0555;
            attributes.nlink = 2;
            break;
        case NodeKind::text:
            attributes.mode = S_IFREG | 0444;
            attributes.size = page;
            break;
        case NodeKind::control:
            attributes.mode = S_IFREG | 0600;
            attributes.size = page;
            break;
        case NodeKind::driver:
            attributes.mode = S_IFREG | 0666;
            // A mapping beyond the file's size would end in SIGBUS.
            attributes.size = parts_.driver_file.passes_through() ? SharedMemory::bytes : 0;
            break;
    }
    return attributes;
}

void FileServer::look_up(const FuseRequest& request) {
    const std::string* const parent = nodes_.path_of(request.header.nodeid);
    const std::string path = parent != nullptr ? below(*parent, request.name()) : "";
    const NodeKind kind = parent != nullptr ? parts_.tree.kind(path) : NodeKind::absent;
    if (kind == NodeKind::absent) {
        parts_.replies.fail(request.header.unique, -ENOENT);
        return;
    }
    // Valid for no time at all: owners and queues come and go.
    fuse_entry_out entry{};
    entry.nodeid = nodes_.look_up(path);
    entry.attr = attributes_of(entry.nodeid, kind);
    parts_.replies.reply_with(request.header.unique, entry);
}

void FileServer::forget(const FuseRequest& request) {
    if (const auto in = request.as<fuse_forget_in>()) {
        nodes_.forget(request.header.nodeid, in->nlookup);
    }
}

void FileServer::batch_forget(const FuseRequest& request) {
    const auto in = request.as<fuse_batch_forget_in>();
    std::span<const std::byte> rest = request.body;
    for (std::uint32_t at = 0; in && at < in->count; ++at) {
        rest = rest.subspan(at == 0 ? sizeof(*in) : sizeof(fuse_forget_one));
        const auto one = FuseRequest{request.header, rest}.as<fuse_forget_one>();
        if (!one) {
            return;
        }
        nodes_.forget(one->nodeid, one->nlookup);
    }
}

void FileServer::get_attributes(const FuseRequest& request) {
    const std::string* const path = nodes_.path_of(request.header.nodeid);
    const NodeKind kind = path != nullptr ? parts_.tree.kind(*path) : NodeKind::absent;
    if (kind == NodeKind::absent) {
        parts_.replies.fail(request.header.unique, -ENOENT);
        return;
    }
    fuse_attr_out out{};
    out.attr = attributes_of(request.header.nodeid, kind);
    parts_.replies.reply_with(request.header.unique, out);
}

void FileServer::change_attributes(const FuseRequest& request) {
    // A shell empties a file before it writes to it.
    const std::string* const path = nodes_.path_of(request.header.nodeid);
    const auto in = request.as<fuse_setattr_in>();
    const bool only_empties = in && (in->valid & (FATTR_MODE | FATTR_UID | FATTR_GID)) == 0;
    const bool writable = path != nullptr && parts_.tree.kind(*path) == NodeKind::control;
    if (!only_empties || !writable) {
        parts_.replies.fail(request.header.unique, -EPERM);
        return;
    }
    get_attributes(request);
}

void FileServer::write(const FuseRequest& request) {
    const auto in = request.as<fuse_write_in>();
    const std::optional<std::string> path = in ? parts_.files.path_of(in->fh) : std::nullopt;
    if (!path || in->size > request.body.size() - sizeof(*in)) {
        parts_.replies.fail(request.header.unique, -EINVAL);
        return;
    }
    const std::span<const std::byte> bytes = request.body.subspan(sizeof(*in), in->size);
    std::string text(bytes.size(), '\0');
    std::memcpy(text.data(), bytes.data(), bytes.size());
    if (const int wrong = parts_.tree.write(*path, text)) {
        parts_.replies.fail(request.header.unique, wrong);
        return;
    }
    parts_.replies.reply_with(request.header.unique,
                              fuse_write_out{.size = in->size, .padding = 0});
}

void FileServer::open(const FuseRequest& request, TimePoint now) {
    if (request.header.nodeid == NodeTable::driver) {
        parts_.driver_file.open(request, now);
        return;
    }
    const std::string* const path = nodes_.path_of(request.header.nodeid);
    std::optional<std::string> content =
        path != nullptr ? parts_.tree.content(*path) : std::nullopt;
    if (!content) {
        parts_.replies.fail(request.header.unique, -ENOENT);
        return;
    }
    parts_.replies.reply_with(
        request.header.unique,
        fuse::OpenOut{.fh = parts_.files.add_text(*path, std::move(*content)),
                      .open_flags = fuse::open_direct_io | fuse::open_no_flush});
}

void FileServer::open_directory(const FuseRequest& request) {
    const std::string* const path = nodes_.path_of(request.header.nodeid);
    if (path == nullptr || parts_.tree.kind(*path) != NodeKind::directory) {
        parts_.replies.fail(request.header.unique, -ENOENT);
        return;
    }
    std::vector<DirectoryEntry> entries;
    for (std::string& name : parts_.tree.names(*path)) {
        const NodeKind kind = parts_.tree.kind(below(*path, name));
        entries.push_back({std::move(name), kind});
    }
    parts_.replies.reply_with(request.header.unique,
                              fuse::OpenOut{.fh = parts_.files.add_directory(std::move(entries))});
}

void FileServer::read_directory(const FuseRequest& request) {
    const auto in = request.as<fuse_read_in>();
    if (!in) {
        parts_.replies.fail(request.header.unique, -EINVAL);
        return;
    }
    parts_.replies.reply(
        request.header.unique,
        0,
        encode_listing(
            parts_.files.entries_of(in->fh), in->offset, std::min(in->size, largest_read)));
}

void FileServer::release(const FuseRequest& request, TimePoint now) {
    if (const auto in = request.as<fuse_release_in>()) {
        parts_.driver_file.release(in->fh, now);
        parts_.files.close(in->fh);
    }
    parts_.replies.fail(request.header.unique, 0);
}

void FileServer::describe_file_system(const FuseRequest& request) {
    fuse_statfs_out out{};
    out.st.bsize = 4096;
    out.st.namelen = 255;
    parts_.replies.reply_with(request.header.unique, out);
}

void FileServer::read(const FuseRequest& request, Turnstile& turnstile) {
    const auto in = request.as<fuse_read_in>();
    const std::optional<std::string> path = in ? parts_.files.path_of(in->fh) : std::nullopt;
    if (!path) {
        parts_.replies.fail(request.header.unique, -EINVAL);
        return;
    }
    if (in->offset == 0) {
        std::optional<std::string> content;
        const bool renewed =
            turnstile.try_pass(patience, [&] { content = parts_.tree.content(*path); });
        if (renewed && !content) {
            parts_.replies.fail(request.header.unique, -ENODEV);  // As sysfs: the queue is gone.
            return;
        }
        if (renewed) {
            parts_.files.replace(in->fh, std::move(*content));
        }
    }
    const std::string text =
        parts_.files.read(in->fh, in->offset, std::min(in->size, largest_read)).value_or("");
    parts_.replies.reply(request.header.unique, 0, std::as_bytes(std::span(text)));
}

}  // namespace penstock::emulator
