// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_catalogue.h"

#include <array>

#include "agent/probes/gpu/gpu_metrics_source.h"

namespace penstock {
namespace {

constexpr std::array entries{
    SourceEntry{.kind = "gpu_metrics",
                .measures = "what an AMD device's firmware measures of itself",
                .make = nullptr,
                .make_for = make_gpu_metrics},
};

}  // namespace

std::span<const SourceEntry> source_catalogue() {
    return entries;
}

std::vector<NumberedSource> make_sources(const SourceSettings& settings,
                                         const Surroundings& around) {
    std::vector<NumberedSource> sources;
    std::uint16_t kind = 0;
    for (const SourceEntry& entry : source_catalogue()) {
        std::uint16_t instance = 0;
        if (entry.make != nullptr) {
            sources.push_back({.id = {.kind = kind}, .source = entry.make(settings)});
        } else {
            for (const DevicePlace& device : around.devices) {
                sources.push_back({.id = {.kind = kind, .instance = instance},
                                   .device = device.gpu,
                                   .source = entry.make_for(settings, device)});
                ++instance;
            }
        }
        ++kind;
    }
    return sources;
}

}  // namespace penstock
