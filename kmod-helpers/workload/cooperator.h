// SPDX-License-Identifier: Apache-2.0
//
// Cooperator: the workload as a client that lets itself be scheduled.

#pragma once

#include <memory>

#include "client/cooperation/cooperating_thread.h"
#include "kmod-helpers/workload/disobedience.h"
#include "kmod-helpers/workload/own_queues.h"

namespace penstock::workload {

class Cooperator {
  public:
    // The session outlives it.
    static Result<std::unique_ptr<Cooperator>> start(const Options& options,
                                                     const Session& session,
                                                     std::uint32_t gpu_id);

    // The queues run again afterwards, as they did before.
    ~Cooperator() { disobedient_.give_up(); }

    Cooperator(const Cooperator&) = delete;
    Cooperator& operator=(const Cooperator&) = delete;

  private:
    Cooperator(const Options& options, const Session& session, std::uint32_t gpu_id);

    OwnQueues queues_;
    Disobedient disobedient_;
    std::unique_ptr<client::CooperatingThread> thread_{};  // Last: it uses the others.
};

}  // namespace penstock::workload
