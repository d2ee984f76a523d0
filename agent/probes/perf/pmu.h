// SPDX-License-Identifier: Apache-2.0
//
// PMU: one box of counters as sysfs describes it, and which boxes there are.
//
// Everything comes from sys/bus/event_source/devices. The type is given at boot or at the loading
// of a module, so it is read before each opening and never remembered: with another one's, perf
// would count something else without a word.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/machine.h"
#include "base/result.h"

namespace penstock {

class Pmu {
  public:
    static constexpr std::size_t longest_file = 4096;  // sysfs gives one page at most.

    // The machine outlives it.
    Pmu(Machine& machine, std::string name);

    [[nodiscard]] const std::string& name() const { return name_; }

    // What perf calls it.
    [[nodiscard]] Result<std::uint32_t> type() const;

    // The content of a file in its folder.
    [[nodiscard]] Result<std::string> content(std::string_view file) const;

    // The file that tells on which processors it is counted, one for each package or die.
    [[nodiscard]] std::string mask_path() const { return folder_ + "/cpumask"; }

    [[nodiscard]] bool lists(std::string_view event) const;

    // An event that it lists in events/.
    [[nodiscard]] Result<PerfEvent> listed(std::string_view event) const;

    // "event=0x04,umask=0x03", through the files in format/.
    [[nodiscard]] Result<PerfEvent> encode(std::string_view terms) const;

    // What one count of a listed event is; a failure when sysfs measures it in another unit.
    [[nodiscard]] Result<double> scale(std::string_view event, std::string_view unit) const;

  private:
    Machine& machine_;
    std::string name_;
    std::string folder_;
};

// Some machines have a box for each of their 60 to 144 cores; more than this were misread.
inline constexpr std::size_t most_boxes = 256;

// The boxes called `stem`, or `stem` with a number behind: "uncore_imc_0" up to "uncore_imc_11", by
// number. None is an empty list.
[[nodiscard]] Result<std::vector<std::string>> boxes_called(Machine& machine,
                                                            std::string_view stem);

}  // namespace penstock
