// SPDX-License-Identifier: Apache-2.0
//
// Run trace: who ran when in one run, and when it was suspended and resumed.
//
// It ends with the first that it has no room for, so that it is whole up to then.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/machine/run_watch.h"
#include "sim/machine/scenario.h"

namespace penstock::sim {

class RunTrace final : public RunWatch {
  public:
    static constexpr std::size_t most_entries = 200'000;

    explicit RunTrace(std::string policy, std::size_t most = most_entries)
        : policy_(std::move(policy)), most_(most) {}

    struct Span {
        std::uint32_t process = 0;
        TimePoint from{};
        TimePoint to{};
    };

    struct Mark {
        std::uint32_t process = 0;
        bool suspends = false;
        TimePoint at{};
    };

    void runs(std::uint32_t process, bool is_running, TimePoint now) override;
    void ordered(std::uint32_t process, bool suspends, TimePoint now) override;

    [[nodiscard]] bool follows() const override { return !full_at_; }

    // Those that had ended.
    [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }

    [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }

    [[nodiscard]] const std::string& policy() const { return policy_; }

    // When it was full; nothing when it holds the whole run.
    [[nodiscard]] std::optional<TimePoint> full_at() const { return full_at_; }

  private:
    [[nodiscard]] bool has_room(TimePoint now);

    std::string policy_;
    std::size_t most_;
    std::vector<std::optional<TimePoint>> since_{};  // By process, while it runs.
    std::vector<Span> spans_{};
    std::vector<Mark> marks_{};
    std::optional<TimePoint> full_at_{};
};

// In the format of Chrome's trace viewer and of Perfetto: a process for each policy and device, in
// it a thread for each process of a job.
[[nodiscard]] std::string chrome_trace(const Scenario& scenario,
                                       const std::vector<RunTrace>& traces);

}  // namespace penstock::sim
