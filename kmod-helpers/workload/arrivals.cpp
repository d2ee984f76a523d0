// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/arrivals.h"

#include <cmath>

namespace penstock::workload {

TimePoint Arrivals::next() {
    last_ += gap();
    return last_;
}

Duration Arrivals::gap() {
    switch (settings_.pattern) {
        case ArrivalPattern::periodic:
            return settings_.mean_gap;
        case ArrivalPattern::poisson:
            break;
    }
    // Drawn by hand: the standard's distributions may differ between libraries, and the same seed
    // has to give the same run everywhere. 53 random bits are a double in [0, 1).
    const double uniform = static_cast<double>(random_() >> 11) * 0x1.0p-53;
    const double gaps = -std::log1p(-uniform);
    return Duration(std::llround(gaps * static_cast<double>(settings_.mean_gap.count())));
}

Duration mean_gap(Duration busy, double load) {
    return Duration(std::llround(static_cast<double>(busy.count()) / load));
}

}  // namespace penstock::workload
