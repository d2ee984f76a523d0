// SPDX-License-Identifier: Apache-2.0

#include "policies/device_advice.h"

#include <algorithm>

namespace penstock {
namespace {

DeviceAdvice to_cpu(AdviceReason reason, double confidence) {
    return {.device = AdvisedDevice::cpu, .reason = reason, .confidence = confidence};
}

double seconds(std::uint64_t bytes, BytesPerSecond rate) {
    return static_cast<double>(bytes) / static_cast<double>(rate.value);
}

// As sure as the difference is large: a tie is a toss.
double surety(double better, double worse) {
    constexpr double toss = 0.5;
    return worse <= 0 ? toss : std::clamp(toss + ((worse - better) / worse), toss, 1.0);
}

}  // namespace

DeviceAdvice advise(ThrottleLevel level, const OperationCosts& costs) {
    if (costs.critical) {
        return {.device = AdvisedDevice::any, .reason = AdviceReason::critical};
    }
    if (level != ThrottleLevel::fall_back) {
        return {};
    }
    if (costs.other_memory) {
        return to_cpu(AdviceReason::other_memory, 1);
    }
    const bool bytes_known = costs.gpu_bytes > 0 && costs.cpu_bytes > 0;
    if (!bytes_known) {
        return {
            .device = AdvisedDevice::any, .reason = AdviceReason::costs_unknown, .confidence = 0};
    }
    if (costs.cpu_bytes < costs.gpu_bytes) {
        return to_cpu(
            AdviceReason::fewer_bytes,
            surety(static_cast<double>(costs.cpu_bytes), static_cast<double>(costs.gpu_bytes)));
    }
    if (costs.gpu_rate.value == 0 || costs.cpu_rate.value == 0) {
        return {
            .device = AdvisedDevice::any, .reason = AdviceReason::costs_unknown, .confidence = 0};
    }
    const double on_gpu = seconds(costs.gpu_bytes, costs.gpu_rate);
    const double on_cpu = seconds(costs.cpu_bytes, costs.cpu_rate);
    if (on_cpu <= on_gpu) {
        return to_cpu(AdviceReason::sooner, surety(on_cpu, on_gpu));
    }
    return {.device = AdvisedDevice::gpu,
            .reason = AdviceReason::same_memory,
            .confidence = surety(on_gpu, on_cpu)};
}

const DeviceAdviser::Standing& DeviceAdviser::advise(ThrottleLevel level,
                                                     const OperationCosts& costs,
                                                     TimePoint now) {
    const DeviceAdvice fresh = penstock::advise(level, costs);
    const bool moves = fresh.device != standing_.advice.device;
    if (moves && !costs.critical && now - since_ < shortest_stay) {
        return standing_;
    }
    since_ = moves ? now : since_;
    standing_ = {.advice = fresh, .valid_until = now + shortest_stay};
    return standing_;
}

}  // namespace penstock
