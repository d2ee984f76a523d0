// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batch_trace.h"

#include <fmt/format.h>

#include "base/chrome_trace.h"

namespace penstock::sim {

void BatchTrace::arrives(std::int64_t /*now*/, std::int64_t /*id*/) {}

void BatchTrace::begin_start(std::int64_t now, std::uint32_t device) {
    open_ = {.device = device, .from_ns = now};
}

void BatchTrace::member(std::int64_t /*id*/) {
    ++open_.members;
}

void BatchTrace::end_start(std::int64_t until) {
    if (slices_.size() < most_) {
        open_.until_ns = until;
        slices_.push_back(open_);
    } else if (!full_at_ns_) {
        full_at_ns_ = open_.from_ns;
    }
}

void BatchTrace::ends(std::int64_t /*now*/, std::uint32_t /*device*/) {}

std::string BatchTrace::text(std::string_view name, std::uint32_t devices) const {
    constexpr std::uint64_t group = 1;
    std::string text;
    ChromeTrace trace(text);
    trace.open();
    trace.name_group(group, name);
    for (std::uint32_t device = 0; device < devices; ++device) {
        trace.name_row({.group = group, .row = device + 1}, fmt::format("gpu{}", device));
    }
    for (const Slice& slice : slices_) {
        trace.span({.group = group, .row = slice.device + 1},
                   slice.members == 1 ? "1 request" : fmt::format("{} requests", slice.members),
                   slice.from_ns,
                   slice.until_ns - slice.from_ns);
    }
    trace.close("simulated, not measured", R"({"simulated":true})");
    return text;
}

}  // namespace penstock::sim
