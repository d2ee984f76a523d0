// SPDX-License-Identifier: Apache-2.0
//
// RecordingKeeper: remembers what it was told, and fails when a test wants it to.

#pragma once

#include <string>
#include <vector>

#include "client/cooperation/queue_keeper.h"

namespace penstock::client {

class RecordingKeeper final : public QueueKeeper {
  public:
    std::vector<std::string> told{};
    int error = 0;
    int undo_error = 0;
    int undone = 0;

    Result<std::uint32_t> suspend(Place place) override { return note("suspend", place); }

    Result<std::uint32_t> resume(Place place) override { return note("resume", place); }

    Result<std::uint32_t> limit_launches(Place place, std::uint32_t packets) override {
        return note("limit " + std::to_string(packets), place);
    }

    Result<std::uint32_t> set_priority(Place place, std::uint32_t priority) override {
        return note("priority " + std::to_string(priority), place);
    }

    Result<std::uint32_t> set_units(Place place,
                                    std::uint32_t first,
                                    std::uint32_t count) override {
        return note("units " + std::to_string(first) + "+" + std::to_string(count), place);
    }

    Result<> undo() override {
        if (undo_error != 0) {
            return fail(undo_error, "undo");
        }
        ++undone;
        return {};
    }

  private:
    Result<std::uint32_t> note(const std::string& what, Place place) {
        if (error != 0) {
            return fail(error, "obey");
        }
        const std::string queue = place.queue == UINT32_MAX ? "all" : std::to_string(place.queue);
        told.push_back(what + " " + std::to_string(place.gpu_id) + "/" + queue);
        return 2;
    }
};

}  // namespace penstock::client
