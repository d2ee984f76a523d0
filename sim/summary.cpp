// SPDX-License-Identifier: Apache-2.0

#include "sim/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policies/measured_figures.h"
#include "policies/standing_names.h"

namespace penstock::sim {
namespace {

constexpr std::size_t longest_text = 256;
constexpr const char* row_format = "{:<12} {:<30} {:>12} {:>12} {:>12} {:>6}  {}\n";

}  // namespace

void Summary::Course::note(double value) {
    least = known == 0 ? value : std::min(least, value);
    most = known == 0 ? value : std::max(most, value);
    sum += value;
    ++known;
}

template <typename Place>
void Summary::add_place(const std::string& name, const Place& place) {
    each_figure(place, [&](const char* key, const auto& sample) {
        Course& course = courses_[{.place = name, .figure = key}];
        if (sample.value) {
            course.note(static_cast<double>(number_of(*sample.value)));
            course.source = fmt::format("{} ({})",
                                        printable(sample.source.text(), longest_text),
                                        name_of(sample.confidence));
        } else if (course.known == 0) {
            course.source = printable(sample.source.text(), longest_text);
        }
    });
}

void Summary::add(const Snapshot& snapshot) {
    for (const MemoryNode& node : snapshot.memory) {
        add_place(fmt::format("memory {}", node.number), node);
    }
    for (const Package& package : snapshot.packages) {
        add_place(fmt::format("package {}", package.number), package);
    }
    for (const Device& device : snapshot.devices) {
        add_place(fmt::format("gpu {}", device.gpu.value), device);
    }
    if (sources_ != snapshot.sources) {
        sources_ = snapshot.sources;
    }
    odd_ = snapshot.odd_readings;
    ++snapshots_;
}

std::string Summary::text() const {
    std::string text =
        fmt::format(row_format, "PLACE", "FIGURE", "MIN", "MEAN", "MAX", "KNOWN", "SOURCE");
    for (const auto& [row, course] : courses_) {
        if (course.known == 0) {
            text +=
                fmt::format(row_format, row.place, row.figure, "-", "-", "-", "-", course.source);
            continue;
        }
        const auto known = static_cast<double>(course.known);
        text += fmt::format(row_format,
                            row.place,
                            row.figure,
                            fmt::format("{:.5g}", course.least),
                            fmt::format("{:.5g}", course.sum / known),
                            fmt::format("{:.5g}", course.most),
                            fmt::format("{:.0f} %", 100 * known / static_cast<double>(snapshots_)),
                            course.source);
    }
    text += '\n';
    for (const SourceState& source : sources_) {
        text += fmt::format("{}: {}, {}\n",
                            printable(source.name, longest_text),
                            name_of(source.standing),
                            printable(source.reason, longest_text));
    }
    return text + fmt::format("{} ticks, {} odd readings\n", snapshots_, odd_);
}

}  // namespace penstock::sim
