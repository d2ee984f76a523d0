// SPDX-License-Identifier: Apache-2.0
//
// Calibration as text: lines of key=value below a line with the format's version.
//
//     penstock-calibration 1
//     date=2026-11-28T12:34:56Z
//     kernel=6.12.0
//     method=...
//     processors=2
//     cache_bytes=33554432
//     buffer_bytes=134217728
//     others=0.01
//     peak=NODE CORES READ WRITE COPY             bytes per second; once per node and core count
//     canary_period_us=20000
//     canary_buffer_bytes=134217728
//     canary_probes=ALONE LOADED DISCARDED
//     canary_chase=ALONE_NS LOADED_NS CHANGE LOW HIGH AUC
//     canary_read=...
//     canary_enabled=no
//
// Without a trial the last six are one: canary_because=SENTENCE.

#pragma once

#include <string>
#include <string_view>

#include "agent/probes/calibration/calibration.h"
#include "base/result.h"

namespace penstock::calibration {

inline constexpr std::size_t longest_text = 64 * 1024;
inline constexpr std::size_t most_peak_rows = 512;
inline constexpr std::size_t longest_sentence = 300;

[[nodiscard]] std::string text_of(const Calibration& calibration);

// Strict: every key once, no other keys, every value within what a machine can be. It does not say
// that the canary is enabled where its own figures do not.
[[nodiscard]] Result<Calibration> parse_calibration(std::string_view text);

}  // namespace penstock::calibration
