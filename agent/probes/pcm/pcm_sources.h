// SPDX-License-Identifier: Apache-2.0
//
// Intel PCM as sources: its tools run as children, if the administrator wants that, and are read.
//
// PCM programs registers that the kernel's perf uses too. So it never runs beside perf, and is
// asked to end rather than killed: then it cleans those registers up.

#pragma once

#include <memory>

#include "agent/probes/pcm/child_program.h"
#include "agent/probes/source_catalogue.h"

namespace penstock {

// "pcm_memory": DRAM traffic of each package. "pcm_iio": what the devices of each package moved.
[[nodiscard]] std::unique_ptr<Source> make_pcm_memory(const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<Source> make_pcm_iio(const SourceSettings& settings);

[[nodiscard]] std::unique_ptr<Source> make_pcm_memory_with(const SourceSettings& settings,
                                                           std::unique_ptr<ChildLauncher> launcher);
[[nodiscard]] std::unique_ptr<Source> make_pcm_iio_with(const SourceSettings& settings,
                                                        std::unique_ptr<ChildLauncher> launcher);

}  // namespace penstock
