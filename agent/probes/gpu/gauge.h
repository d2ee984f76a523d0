// SPDX-License-Identifier: Apache-2.0
//
// Gauge: one quantity that is one number in one file. A set of gauges is what most of sysfs needs.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/machine.h"
#include "agent/state/readings.h"

namespace penstock {

struct GaugeKind {
    std::string_view file{};
    Quantity quantity{};
    double unit = 1;  // What 1 in the file means, in the quantity's unit.
    bool counts = false;
    std::int64_t least = 0;
    std::int64_t most = 0;  // Beyond it the file holds something else.
};

class GaugeSet {
  public:
    void clear() { gauges_.clear(); }

    // Fails as the file's opening does, or its first read in a way that will not pass; then there
    // is no gauge.
    Result<> add(Machine& machine,
                 const std::string& path,
                 const GaugeKind& kind,
                 const Subject& subject);

    // Adds a reading for each gauge, with `by` as its testimony; without a value and with the
    // reason where a file can not be read or is no number. False when a file is gone. Allocates
    // nothing as long as the reasons stay the same.
    bool read(const Testimony& by, Readings& into);

    // Adds readings without a value.
    void lose(const Testimony& by, const Origin& why, Readings& into) const;

    [[nodiscard]] bool empty() const { return gauges_.empty(); }

  private:
    struct Gauge {
        GaugeKind kind{};
        Subject subject{};
        std::string path{};
        std::unique_ptr<OpenFile> file{};
        int failure = 0;
        Origin trouble{};  // The sentence for the failure.
    };

    std::vector<Gauge> gauges_;
};

}  // namespace penstock
