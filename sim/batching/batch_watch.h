// SPDX-License-Identifier: Apache-2.0
//
// Batch watch: who looks on while a run is simulated: at each event, or only at how far it is.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace penstock::sim {

// Is told of everything that happens, in its order.
class BatchWatch {
  public:
    BatchWatch() = default;
    BatchWatch(const BatchWatch&) = delete;
    BatchWatch& operator=(const BatchWatch&) = delete;
    virtual ~BatchWatch() = default;

    virtual void arrives(std::int64_t now, std::int64_t id) = 0;

    // A batch, or iterations in which nobody joins or leaves, begins; its members follow, and then
    // when it will end.
    virtual void begin_start(std::int64_t now, std::uint32_t device) = 0;
    virtual void member(std::int64_t id) = 0;
    virtual void end_start(std::int64_t until) = 0;
    virtual void ends(std::int64_t now, std::uint32_t device) = 0;
};

using TellProgress = std::function<void(std::size_t done, std::size_t all)>;

// Nobody has to look on.
struct RunAudience {
    std::vector<BatchWatch*> watches{};
    TellProgress progress{};
};

// Tells all watches of an audience. Without any, an event costs a look at an empty vector.
class Watches {
  public:
    explicit Watches(const std::vector<BatchWatch*>& all) : all_(all) {}

    [[nodiscard]] bool any() const { return !all_.empty(); }

    template <typename Event>
    void tell(Event event) const {
        for (BatchWatch* watch : all_) {
            event(*watch);
        }
    }

  private:
    const std::vector<BatchWatch*>& all_;
};

// Tells of progress, a hundred times in a run and no more.
class ProgressSteps {
  public:
    ProgressSteps(const TellProgress& progress, std::size_t all)
        : progress_(progress), all_(all), next_(progress ? all : 0) {}

    void left(std::size_t count) {
        if (count < next_) {
            progress_(all_ - count, all_);
            // The end is told in any case.
            next_ = std::max(count - std::min(count, all_ / steps), std::size_t{count > 0});
        }
    }

  private:
    static constexpr std::size_t steps = 100;

    const TellProgress& progress_;
    std::size_t all_;
    std::size_t next_;
};

}  // namespace penstock::sim
