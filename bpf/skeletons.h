// SPDX-License-Identifier: Apache-2.0
//
// Skeletons: the generated loaders of the BPF programs, behind the records they use by name.

#pragma once

#include "bpf/pointer_event.h"
#include "bpf/queue_event.h"
#include "bpf/unmap_event.h"

// clang-format off: these must follow the records.
#include <pointer_watch.skel.h>
#include <queue_discovery.skel.h>
#include <queue_discovery_amdgpu.skel.h>
#include <unmap_cost.skel.h>
// clang-format on
