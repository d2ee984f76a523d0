// SPDX-License-Identifier: Apache-2.0
//
// Gate wire: whatever bytes arrive, decoding ends with a message or an error, and a message that
// was accepted says the same after another trip.

#include "policies/gate_wire.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

template <typename Decode>
void round_trip(std::span<const std::byte> bytes, Decode decode) {
    const auto first = decode(bytes);
    if (!first) {
        require(!first.error().message().empty());
        return;
    }
    const std::vector<std::byte> canonical = wire::encode(*first);
    require(canonical.size() <= wire::longest_message);
    const auto second = decode(std::span<const std::byte>(canonical));
    require(second.has_value());
    require(wire::encode(*second) == canonical);
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto message = std::as_bytes(std::span(bytes, size));
    penstock::fuzz::round_trip(message, penstock::wire::decode_to_gate);
    penstock::fuzz::round_trip(message, penstock::wire::decode_from_gate);
    return 0;
}
