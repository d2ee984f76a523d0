// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/cooperator.h"

#include "client/protocol/records.h"

namespace penstock::workload {

namespace {

std::uint32_t sum_of(const std::vector<client::Ability>& abilities) {
    std::uint32_t bits = 0;
    for (const client::Ability ability : abilities) {
        bits |= static_cast<std::uint32_t>(ability);
    }
    return bits;
}

}  // namespace

Cooperator::Cooperator(const Options& options, const Session& session, std::uint32_t gpu_id)
    : queues_(session, gpu_id, client::has(sum_of(options.abilities), client::Ability::save)),
      disobedient_(options.disobedience, queues_) {}

Result<std::unique_ptr<Cooperator>> Cooperator::start(const Options& options,
                                                      const Session& session,
                                                      std::uint32_t gpu_id) {
    std::unique_ptr<Cooperator> made(new Cooperator(options, session, gpu_id));
    auto thread = client::CooperatingThread::start({.socket = options.cooperation_socket,
                                                    .library = "penstock-kfd-workload",
                                                    .abilities = sum_of(options.abilities)},
                                                   made->disobedient_);
    if (!thread) {
        return std::unexpected(std::move(thread).error());
    }
    made->thread_ = std::move(*thread);
    return made;
}

}  // namespace penstock::workload
