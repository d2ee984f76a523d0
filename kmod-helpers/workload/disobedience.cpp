// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/disobedience.h"

#include <cerrno>

namespace penstock::workload {

template <typename Obey>
Result<std::uint32_t> Disobedient::answer(Obey obey) {
    switch (how_) {
        case Disobedience::none:
            return obey();
        case Disobedience::silent:
            return never();
        case Disobedience::lie:
            return 1;
        case Disobedience::error:
            return fail(EIO, "obey");
    }
    return fail(EIO, "obey");
}

Result<std::uint32_t> Disobedient::never() {
    std::unique_lock lock(lock_);
    over_.wait(lock, [this] { return given_up_; });
    return fail(ECANCELED, "obey");
}

void Disobedient::give_up() {
    const std::scoped_lock lock(lock_);
    given_up_ = true;
    over_.notify_all();
}

Result<std::uint32_t> Disobedient::suspend(client::Place place) {
    return answer([&] { return obedient_.suspend(place); });
}

Result<std::uint32_t> Disobedient::resume(client::Place place) {
    return answer([&] { return obedient_.resume(place); });
}

Result<std::uint32_t> Disobedient::limit_launches(client::Place place, std::uint32_t packets) {
    return answer([&] { return obedient_.limit_launches(place, packets); });
}

Result<std::uint32_t> Disobedient::set_priority(client::Place place, std::uint32_t priority) {
    return answer([&] { return obedient_.set_priority(place, priority); });
}

Result<std::uint32_t> Disobedient::set_units(client::Place place,
                                             std::uint32_t first,
                                             std::uint32_t count) {
    return answer([&] { return obedient_.set_units(place, first, count); });
}

}  // namespace penstock::workload
