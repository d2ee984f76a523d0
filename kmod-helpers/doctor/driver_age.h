// SPDX-License-Identifier: Apache-2.0
//
// Driver age: what the driver's version lets us expect of it, where no file says so directly.

#pragma once

#include "kmod-helpers/doctor/facts.h"

namespace penstock::doctor {

enum class Answer : std::uint8_t { no, yes, unknown };

// Whether the driver came with the running kernel: the emulator and amdgpu-dkms age by themselves.
[[nodiscard]] bool of_the_kernel(const Facts& facts);

// DBG_TRAP came with Linux 6.5 and KFD 1.13.
[[nodiscard]] Answer has_debug_trap(const Facts& facts);

// CRIU_OP came with Linux 5.18 and KFD 1.7.
[[nodiscard]] Answer has_process_evict(const Facts& facts);

// Since 6.12.103 the driver obeys whoever enabled the debugging, also after detaching.
[[nodiscard]] Answer debugger_may_detach(const Facts& facts);

// Before 6.12.116 a second PROCESS_INFO evicts once more, and only one UNPAUSE is possible: the
// process is stuck. 6.1.192 still has this.
[[nodiscard]] Answer second_evict_wedges(const Facts& facts);

}  // namespace penstock::doctor
