// SPDX-License-Identifier: Apache-2.0
//
// The calls by which a process makes, changes and destroys its own queues.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

Verdict create_queue(Request& request, kfd::CreateQueue& argument);
Verdict update_queue(Request& request, kfd::UpdateQueue& argument);
Verdict destroy_queue(Request& request, kfd::DestroyQueue& argument);
Verdict set_cu_mask(Request& request, kfd::SetCuMask& argument);

}  // namespace penstock::emulator
