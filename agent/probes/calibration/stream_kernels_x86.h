// SPDX-License-Identifier: Apache-2.0
//
// The x86 kernels, each for processors that have its instructions and for no others.

#pragma once

#include "agent/probes/calibration/stream_kernels.h"

namespace penstock::calibration {

#if defined(__x86_64__)
extern const StreamKernels avx512_kernels;
extern const StreamKernels avx2_kernels;
extern const StreamKernels sse2_kernels;
#endif

}  // namespace penstock::calibration
