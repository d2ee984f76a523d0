// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/decode/fdinfo.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::string_view engine_prefix = "drm-engine-";
constexpr std::string_view capacity_prefix = "drm-engine-capacity-";  // How many there are.
constexpr std::size_t longest_device = 32;

struct Line {
    std::string_view key{};
    std::string_view value{};
};

std::optional<Line> next_line(std::string_view& text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos) {
            return Line{.key = line.substr(0, colon), .value = trimmed(line.substr(colon + 1))};
        }
    }
    return std::nullopt;
}

// Sums up until something can not be read; then the sum is unknown for good.
class Sum {
  public:
    void add(const std::optional<std::uint64_t>& amount) {
        broken_ = broken_ || !amount || __builtin_add_overflow(total_, *amount, &total_);
        any_ = true;
    }

    [[nodiscard]] bool empty() const { return !any_; }

    [[nodiscard]] std::optional<std::uint64_t> total() const {
        return any_ && !broken_ ? std::optional(total_) : std::nullopt;
    }

  private:
    std::uint64_t total_ = 0;
    bool any_ = false;
    bool broken_ = false;
};

std::optional<std::uint64_t> nanoseconds(std::string_view value) {
    constexpr std::string_view unit = " ns";
    if (!value.ends_with(unit)) {
        return std::nullopt;
    }
    value.remove_suffix(unit.size());
    return parse_number<std::uint64_t>(value);
}

// "2588 KiB", "3 MiB", "4096".
std::optional<std::uint64_t> bytes(std::string_view value) {
    unsigned shift = 0;
    if (value.ends_with(" KiB")) {
        shift = 10;
    } else if (value.ends_with(" MiB")) {
        shift = 20;
    }
    if (shift != 0) {
        value.remove_suffix(4);
    }
    const auto count = parse_number<std::uint64_t>(value);
    if (!count || *count > ~std::uint64_t{0} >> shift) {
        return std::nullopt;
    }
    return *count << shift;
}

// The same amount under its first name and its later one.
struct Memory {
    Sum memory{};
    Sum resident{};

    void take(const Line& line, std::string_view region) {
        if (!line.key.ends_with(region)) {
            return;
        }
        const std::string_view kind = line.key.substr(0, line.key.size() - region.size());
        if (kind == "drm-memory-") {
            memory.add(bytes(line.value));
        } else if (kind == "drm-resident-") {
            resident.add(bytes(line.value));
        }
    }

    [[nodiscard]] std::optional<std::uint64_t> total() const {
        return memory.empty() ? resident.total() : memory.total();
    }
};

std::optional<double> as_double(const std::optional<std::uint64_t>& number) {
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

}  // namespace

std::optional<DrmClient> decode_drm_client(std::string_view text) {
    DrmClient client;
    std::optional<std::uint64_t> id;
    Sum engines;
    Memory vram;
    Memory gtt;
    while (const auto line = next_line(text)) {
        if (line->key == "drm-client-id") {
            id = parse_number<std::uint64_t>(line->value);
        } else if (line->key == "drm-pdev") {
            client.device = line->value.substr(0, longest_device);
        } else if (line->key.starts_with(engine_prefix)) {
            if (!line->key.starts_with(capacity_prefix)) {
                engines.add(nanoseconds(line->value));
            }
        } else {
            vram.take(*line, "vram");
            gtt.take(*line, "gtt");
        }
    }
    if (!id || client.device.empty()) {
        return std::nullopt;
    }
    client.id = *id;
    client.engine_ns = engines.total();
    client.vram_bytes = vram.total();
    client.gtt_bytes = gtt.total();
    return client;
}

Result<std::vector<DecodedField>> decode_fdinfo_fields(std::string_view text) {
    const auto client = decode_drm_client(text);
    if (!client) {
        return fail("the text names no DRM client and its device");
    }
    constexpr double ns_in_second = 1e9;
    std::optional<double> engine_time = as_double(client->engine_ns);
    if (engine_time) {
        *engine_time /= ns_in_second;
    }
    return std::vector<DecodedField>{
        {.name = "drm-client-id", .unit = "1", .value = static_cast<double>(client->id)},
        {.name = "drm-engine", .unit = "s", .value = engine_time},
        {.name = "drm-memory-vram", .unit = "B", .value = as_double(client->vram_bytes)},
        {.name = "drm-memory-gtt", .unit = "B", .value = as_double(client->gtt_bytes)},
    };
}

}  // namespace penstock
