// SPDX-License-Identifier: Apache-2.0
//
// File server: looking up, listing and reading the emulator's files.

#pragma once

#include "kmod-helpers/emulator/server/driver_file.h"
#include "kmod-helpers/emulator/server/file_tree.h"
#include "kmod-helpers/emulator/server/node_table.h"
#include "kmod-helpers/emulator/server/turnstile.h"

namespace penstock::emulator {

class FileServer {
  public:
    struct Parts {
        const FileTree& tree;
        OpenFiles& files;
        DriverFile& driver_file;
        FuseReplies& replies;
    };

    explicit FileServer(const Parts& parts) : parts_(parts), nodes_(FileTree::driver_file) {}

    // False for requests that are none of a file server's.
    bool serve(const FuseRequest& request, TimePoint now);

    // Not within the turnstile: goes through it only to renew what a file holds.
    void read(const FuseRequest& request, Turnstile& turnstile);

    [[nodiscard]] const NodeTable& nodes() const { return nodes_; }

  private:
    void look_up(const FuseRequest& request);
    void forget(const FuseRequest& request);
    void batch_forget(const FuseRequest& request);
    void get_attributes(const FuseRequest& request);
    void open(const FuseRequest& request, TimePoint now);
    void open_directory(const FuseRequest& request);
    void read_directory(const FuseRequest& request);
    void release(const FuseRequest& request, TimePoint now);
    void change_attributes(const FuseRequest& request);
    void write(const FuseRequest& request);
    void describe_file_system(const FuseRequest& request);

    [[nodiscard]] fuse_attr attributes_of(std::uint64_t node, NodeKind kind) const;

    Parts parts_;
    NodeTable nodes_;
};

}  // namespace penstock::emulator
