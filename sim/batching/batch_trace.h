// SPDX-License-Identifier: Apache-2.0
//
// Batch trace: which device served how many requests when, to be looked at in Chrome's trace viewer
// or in Perfetto: a row for each device, a slice for each batch.
//
// Iterations in which nobody joins or leaves are one slice. The trace ends with the first batch
// that it has no room for, so that it is whole up to then.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/batching/batch_watch.h"

namespace penstock::sim {

class BatchTrace final : public BatchWatch {
  public:
    static constexpr std::size_t most_entries = 200'000;

    explicit BatchTrace(std::size_t most = most_entries) : most_(most) {}

    struct Slice {
        std::uint32_t device = 0;
        std::uint32_t members = 0;
        std::int64_t from_ns = 0;
        std::int64_t until_ns = 0;
    };

    void arrives(std::int64_t now, std::int64_t id) override;
    void begin_start(std::int64_t now, std::uint32_t device) override;
    void member(std::int64_t id) override;
    void end_start(std::int64_t until) override;
    void ends(std::int64_t now, std::uint32_t device) override;

    [[nodiscard]] const std::vector<Slice>& slices() const { return slices_; }

    // When it was full; nothing when it holds the whole run.
    [[nodiscard]] std::optional<std::int64_t> full_at_ns() const { return full_at_ns_; }

    // `name` is what the group of devices is called.
    [[nodiscard]] std::string text(std::string_view name, std::uint32_t devices) const;

  private:
    std::size_t most_;
    Slice open_{};
    std::vector<Slice> slices_{};
    std::optional<std::int64_t> full_at_ns_{};
};

}  // namespace penstock::sim
