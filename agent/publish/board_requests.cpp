// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/board_requests.h"

#include <fmt/format.h>

#include "agent/publish/announcer.h"

namespace penstock::dbus {

void BoardReaders::add(sd_bus_message* message) {
    if (!track_) {
        sd_bus_track* raw = nullptr;
        if (sd_bus_track_new(sd_bus_message_get_bus(message), &raw, nullptr, nullptr) < 0) {
            return;  // Without it the board is written at the pace of the rest.
        }
        track_.reset(raw);
    }
    if (sd_bus_message_get_sender(message) != nullptr && sd_bus_track_count(track_.get()) < most) {
        sd_bus_track_add_sender(track_.get(), message);
    }
}

std::uint64_t board_generation(const ManagerObject& manager) {
    const std::optional<BoardPage>& board = manager.surface.board;
    return board ? board->generation() : 0;
}

Answer<Fd> open_board(ManagerObject& manager, const Caller& caller) {
    Surface& surface = manager.surface;
    if (!surface.board) {
        return refuse(error::not_supported,
                      "the agent could not make a board; its journal says why");
    }
    Result<Fd> reader = surface.board->reader();
    if (!reader) {
        return refuse(reader.error());
    }
    surface.board_readers.add(caller.message());
    return *std::move(reader);
}

Answer<> set_target_utilization(MemoryObject& memory, const Caller& caller, double target) {
    // What is no number is out of range, too.
    const bool in_range = target >= Throttle::least_target && target <= Throttle::most_target;
    if (!in_range) {
        return refuse(error::invalid_args,
                      fmt::format("a target utilization of {} is out of range: it is from {} to {}",
                                  target,
                                  Throttle::least_target,
                                  Throttle::most_target));
    }
    const std::uint32_t number = memory.node.number;
    if (const Result<> done = memory.surface.requests.aim(number, target); !done) {
        return refuse(done.error());
    }
    memory.node.throttle.target = target;
    Announcer(caller.bus()).changed(memory);
    return {};
}

}  // namespace penstock::dbus
