// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/decode/gpu_metrics.h"

#include "agent/probes/decode/metrics_walk.h"

namespace penstock {
namespace {

using metrics::Number;

// Of an array the first element counts: they are clocks of equal dies.
class Filler final : public metrics::Visitor {
  public:
    explicit Filler(GpuMetrics& into) : into_(into) {}

    void see(const Number& number) override {
        if (number.field.into == nullptr || number.index != 0 || number.field.partition >= 0) {
            return;
        }
        into_.*number.field.into = {.in_format = true, .value = number.value};
        if (number.field.unit == metrics::Unit::energy && number.value) {
            into_.energy_count = number.raw;
        }
    }

  private:
    GpuMetrics& into_;
};

class Lister final : public metrics::Visitor {
  public:
    void see(const Number& number) override {
        std::string name;
        if (number.field.partition >= 0) {
            name = "xcp_stats[" + std::to_string(number.field.partition) + "].";
        }
        name += number.field.name;
        if (number.field.times > 1) {
            name += "[" + std::to_string(number.index) + "]";
        }
        fields_.push_back({.name = std::move(name),
                           .unit = std::string(metrics::si_name(number.field.unit)),
                           .value = number.value});
    }

    [[nodiscard]] std::vector<DecodedField> take() { return std::move(fields_); }

  private:
    std::vector<DecodedField> fields_;
};

}  // namespace

std::string spelled(MetricsVersion version) {
    return "v" + std::to_string(version.format) + "." + std::to_string(version.content);
}

std::string MetricsFault::sentence() const {
    const std::string has = "gpu_metrics has " + std::to_string(bytes) + " bytes";
    switch (kind) {
        case Kind::no_header:
            return has + " and no header";
        case Kind::cut_short:
            return has + " and claims " + std::to_string(claimed);
        case Kind::unknown_format:
            return "gpu_metrics " + spelled(version) + " is a format that Penstock does not know";
        case Kind::odd_size:
            return "gpu_metrics " + spelled(version) + " claims " + std::to_string(claimed) +
                   " bytes, which is not the size of that format";
        case Kind::odd_attributes:
            return "the attributes of gpu_metrics " + spelled(version) + " do not fill its " +
                   std::to_string(claimed) + " bytes";
    }
    return has;
}

std::expected<GpuMetrics, MetricsFault> decode_gpu_metrics(std::string_view file) {
    GpuMetrics found;
    Filler filler(found);
    const auto version = metrics::walk(file, filler);
    if (!version) {
        return std::unexpected(version.error());
    }
    found.version = *version;
    return found;
}

Result<std::vector<DecodedField>> decode_gpu_metrics_fields(std::string_view file) {
    Lister lister;
    const auto version = metrics::walk(file, lister);
    if (!version) {
        return fail(version.error().sentence());
    }
    return lister.take();
}

}  // namespace penstock
