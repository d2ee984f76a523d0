// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/aql_ring.h"

#include "kmod-helpers/emulator/device/client_values.h"

namespace penstock::emulator {
namespace {

aql::PacketType type_of(std::uint16_t header) {
    return static_cast<aql::PacketType>(header & 0xffU);
}

bool known(aql::PacketType type) {
    return type <= aql::PacketType::barrier_or;
}

}  // namespace

bool AqlRing::well_placed() const {
    return slots() > 0 && aligned_to(setup_.ring_address, aql::packet_bytes) &&
           aligned_to(setup_.write_address, sizeof(std::uint64_t)) &&
           aligned_to(setup_.read_address, sizeof(std::uint64_t));
}

bool AqlRing::plausible(std::uint64_t read_id, std::uint64_t write_id) const {
    return read_id <= write_id && write_id - read_id <= slots();
}

std::uint64_t AqlRing::next_slot() const {
    return setup_.ring_address + (read_id_ % slots() * aql::packet_bytes);
}

std::optional<std::uint64_t> AqlRing::adopted_read_id(std::uint64_t write_id) {
    if (placed_ && plausible(read_id_, write_id)) {
        return read_id_;
    }
    const auto theirs = read_value<std::uint64_t>(*memory_, setup_.name.tgid, setup_.read_address);
    if (!theirs || !plausible(*theirs, write_id)) {
        return std::nullopt;
    }
    return theirs;
}

std::variant<RingEmpty, RingFault, Packet> AqlRing::peek() {
    if (!well_placed()) {
        return RingFault{};
    }
    const std::uint32_t tgid = setup_.name.tgid;
    const auto write_id = read_value<std::uint64_t>(*memory_, tgid, setup_.write_address);
    const auto read_id = write_id ? adopted_read_id(*write_id) : std::nullopt;
    if (!read_id) {
        return RingFault{};
    }
    read_id_ = *read_id;
    placed_ = true;
    if (*read_id == *write_id) {
        return RingEmpty{};
    }
    // The header is published last, so it is read first: a packet that is valid here is whole.
    const auto header = read_value<std::uint16_t>(*memory_, tgid, next_slot());
    if (!header || !known(type_of(*header))) {
        return RingFault{};
    }
    Packet packet{.type = type_of(*header)};
    if (packet.type == aql::PacketType::invalid) {
        return RingEmpty{};
    }
    if (!memory_->read(tgid, next_slot(), packet.bytes)) {
        return RingFault{};
    }
    return packet;
}

bool AqlRing::consume() {
    // The slot first: as soon as the counter moves, the client may write its next packet there.
    const auto invalid = static_cast<std::uint16_t>(aql::PacketType::invalid);
    const std::uint32_t tgid = setup_.name.tgid;
    if (!write_value(*memory_, tgid, next_slot(), invalid) ||
        !write_value(*memory_, tgid, setup_.read_address, read_id_ + 1)) {
        return false;
    }
    ++read_id_;
    return true;
}

}  // namespace penstock::emulator
