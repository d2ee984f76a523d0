// SPDX-License-Identifier: Apache-2.0
//
// PCM: the output of another program, in pieces of any size. Every rate that comes out of it must
// be one that memory could reach.

#include <algorithm>
#include <cmath>

#include "agent/probes/pcm/line_reader.h"
#include "agent/probes/pcm/pcm_table.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

constexpr double fastest = 1e13;

void check(PcmTable& table) {
    require(table.rates().size() <= 4096);
    for (const PcmRate& rate : table.rates()) {
        require(rate.socket < 64);
        const double value = rate.bytes_per_second.value_or(0);
        require(std::isfinite(value) && value >= 0 && value <= fastest);
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    std::string_view text = fuzz::as_text({bytes, size});
    const std::size_t piece = size > 0 ? std::size_t{bytes[0]} + 1 : 1;
    LineReader lines;
    PcmMemoryTable memory;
    PcmIioTable io;
    while (!text.empty()) {
        const std::span<char> room = lines.room();
        fuzz::require(!room.empty());
        const std::size_t length = std::min({room.size(), piece, text.size()});
        std::copy_n(text.begin(), length, room.begin());
        lines.arrived(length, [&](std::string_view line) {
            memory.take(line);
            io.take(line);
        });
        text.remove_prefix(length);
    }
    fuzz::check(memory);
    fuzz::check(io);
    return 0;
}
