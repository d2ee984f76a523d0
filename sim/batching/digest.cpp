// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "sim/batching/batching_figures.h"

namespace penstock::sim {
namespace {

// FNV-1a of 64 bits.
class Digest {
  public:
    void add(std::string_view text) {
        for (const char letter : text) {
            value_ = (value_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
        }
    }

    [[nodiscard]] std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

}  // namespace

std::uint64_t digest_of(const Trace& trace, const Outcome& outcome) {
    constexpr std::size_t longest_line = 128;
    Digest digest;
    std::array<char, longest_line> line{};
    for (const std::uint32_t number : trace.by_id) {
        const RequestOutcome& request = outcome.requests[number];
        const auto written = fmt::format_to_n(line.data(),
                                              line.size(),
                                              "{} {} {} {}\n",
                                              trace.ids[number],
                                              request.start_ns,
                                              request.completion_ns,
                                              request.device);
        digest.add({line.data(), written.size});
    }
    return digest.value();
}

std::string digest_text(std::uint64_t digest) {
    return fmt::format("{:016x}", digest);
}

}  // namespace penstock::sim
