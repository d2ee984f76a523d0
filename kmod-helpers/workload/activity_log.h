// SPDX-License-Identifier: Apache-2.0
//
// ActivityLog: what the workload did and when, kept in memory reserved in advance and written out
// only at the end, because a write would disturb what is being measured.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace penstock::workload {

// One store to a queue's write_dispatch_id.
struct PointerStore {
    std::uint32_t queue_number = 0;
    std::uint64_t written = 0;
    TimePoint stored{};  // Taken right after the store.
};

struct CompletedRequest {
    TimePoint arrival{};
    TimePoint completed{};  // When the client saw the signal.
};

// One thread adds stores, one (perhaps another) adds requests; reading waits for both to end.
class ActivityLog {
  public:
    // At most so many of each; more are counted as dropped, never silently lost.
    explicit ActivityLog(std::size_t limit);

    void add(const PointerStore& store);
    void add(const CompletedRequest& request);

    [[nodiscard]] const std::vector<CompletedRequest>& requests() const { return requests_; }

    [[nodiscard]] std::uint64_t dropped() const { return dropped_stores_ + dropped_requests_; }

    // NDJSON: a line {"queue","written","stored_ns"} per store, then a line
    // {"arrival_ns","completed_ns"} per request.
    [[nodiscard]] Result<> write_to(const std::string& path) const;

  private:
    std::size_t limit_;
    std::vector<PointerStore> stores_;
    std::vector<CompletedRequest> requests_;
    std::uint64_t dropped_stores_ = 0;
    std::uint64_t dropped_requests_ = 0;
};

}  // namespace penstock::workload
