// SPDX-License-Identifier: Apache-2.0
//
// BPF access: says in a sentence why the kernel refused a BPF program, and keeps the loader's own
// chatter out of the journal.

#pragma once

#include <memory>

#include "base/result.h"
#include "base/tree.h"

namespace penstock {

// Sends libbpf's messages to the journal as debug lines; call before opening a program.
void route_loader_messages();

// Adds the missing capabilities to a refusal for lack of permission.
[[nodiscard]] Error explain_refusal(int code, std::string doing, const Tree& proc);

// Owner of a generated skeleton, which is destroyed by a function of its own.
template <typename Skeleton>
struct DestroySkeleton {
    void operator()(Skeleton* skeleton) const { Skeleton::destroy(skeleton); }
};

template <typename Skeleton>
using OwnedSkeleton = std::unique_ptr<Skeleton, DestroySkeleton<Skeleton>>;

}  // namespace penstock
