// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/capacity.h"

#include <fmt/format.h>

#include <optional>

#include "base/json_text.h"

namespace penstock::sim {
namespace {

constexpr double least_scale = 1e-9;
constexpr double most_scale = 1e9;
constexpr double fineness = 1.001;

class Search {
  public:
    Search(const BatchingInputs& inputs, const std::vector<std::string>& changes, double most)
        : inputs_(inputs), changes_(changes), most_late_percent_(most) {}

    Result<Capacity> find() {
        if (Result<> bracketed = bracket(); !bracketed) {
            return std::unexpected(std::move(bracketed).error());
        }
        while (high_ > low_ * fineness) {
            const double middle = low_ + ((high_ - low_) / 2);
            const Result<bool> good = try_scale(middle);
            if (!good) {
                return std::unexpected(good.error());
            }
            (*good ? low_ : high_) = middle;
        }
        best_.runs = runs_;
        return best_;
    }

  private:
    // A rate that is low enough, and one that is too high.
    Result<> bracket() {
        Result<bool> good = try_scale(1);
        const bool up = good && *good;
        double scale = 1;
        while (good && *good == up) {
            const double next = up ? scale * 2 : scale / 2;
            if (next > most_scale || next < least_scale) {
                return fail(up ? "the devices serve any rate in time"
                               : "at no rate are few enough requests late");
            }
            (up ? low_ : high_) = scale;
            scale = next;
            good = try_scale(scale);
        }
        if (!good) {
            return std::unexpected(good.error());
        }
        (up ? high_ : low_) = scale;
        return {};
    }

    // Whether the rate is low enough; then it is the best one so far.
    Result<bool> try_scale(double scale) {
        ++runs_;
        std::vector<std::string> changes = changes_;
        changes.push_back(fmt::format("rps_scale={}", scale));
        const Result<BatchingRun> run = run_batching(inputs_, changes);
        if (!run) {
            return std::unexpected(run.error());
        }
        const double rate = requests_per_second(run->trace);
        if (rate == 0) {
            return fail(best_.per_second > 0 ? "the devices serve any rate in time"
                                             : "all requests arrive at once: they have no rate");
        }
        const bool good = run->figures.late_percent() <= most_late_percent_;
        if (good && rate > best_.per_second) {
            best_ = {.per_second = rate, .rps_scale = scale, .figures = run->figures};
        }
        return good;
    }

    const BatchingInputs& inputs_;
    const std::vector<std::string>& changes_;
    double most_late_percent_;
    double low_ = 0;
    double high_ = 0;
    int runs_ = 0;
    Capacity best_{};
};

}  // namespace

Result<Capacity> find_capacity(const BatchingInputs& inputs,
                               const std::vector<std::string>& changes,
                               double most_late_percent) {
    return Search(inputs, changes, most_late_percent).find();
}

std::string capacity_json(const Capacity& capacity) {
    JsonText json;
    json.begin_object();
    json.member("capacity_rps", capacity.per_second);
    json.member("rps_scale", capacity.rps_scale);
    json.member("sla_violation_pct", capacity.figures.late_percent());
    json.member("runs", capacity.runs);
    json.member("digest", digest_text(capacity.figures.digest));
    json.end_object();
    return std::move(json).take();
}

}  // namespace penstock::sim
