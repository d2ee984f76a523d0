// SPDX-License-Identifier: Apache-2.0
//
// Disobedient: a client that cooperates badly, for tests of who finds out and what happens then.

#pragma once

#include <condition_variable>
#include <mutex>

#include "client/cooperation/queue_keeper.h"
#include "kmod-helpers/workload/options.h"

namespace penstock::workload {

class Disobedient final : public client::QueueKeeper {
  public:
    // `none` obeys. The obedient keeper stays the caller's.
    Disobedient(Disobedience how, client::QueueKeeper& obedient) : how_(how), obedient_(obedient) {}

    // Lets an order go that would never be answered; for the end of the program.
    void give_up();

    Result<std::uint32_t> suspend(client::Place place) override;
    Result<std::uint32_t> resume(client::Place place) override;
    Result<std::uint32_t> limit_launches(client::Place place, std::uint32_t packets) override;
    Result<std::uint32_t> set_priority(client::Place place, std::uint32_t priority) override;
    Result<std::uint32_t> set_units(client::Place place,
                                    std::uint32_t first,
                                    std::uint32_t count) override;

    Result<> undo() override { return obedient_.undo(); }

  private:
    Result<std::uint32_t> never();

    template <typename Obey>
    Result<std::uint32_t> answer(Obey obey);

    Disobedience how_;
    client::QueueKeeper& obedient_;
    std::mutex lock_{};
    std::condition_variable over_{};
    bool given_up_ = false;
};

}  // namespace penstock::workload
