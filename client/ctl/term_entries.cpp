// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/term_entries.h"

namespace penstock::ctl {

std::uint64_t usec_of(Duration duration) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

int append_terms(sd_bus_message* message, const ProcessTerms& terms) {
    int result = 0;
    const auto add = [&](const char* property, const char* signature, auto value) {
        result = result < 0 ? result
                            : sd_bus_message_append(message, "{sv}", property, signature, value);
    };
    if (terms.priority) {
        add("Priority", "i", *terms.priority);
    }
    if (terms.weight) {
        add("Weight", "u", *terms.weight);
    }
    if (terms.service_class) {
        add("Class", "s", terms.service_class->c_str());
    }
    if (terms.deadline) {
        add("DeadlineUSec", "t", usec_of(*terms.deadline));
    }
    if (terms.cost) {
        add("CostUSec", "t", usec_of(*terms.cost));
    }
    if (terms.dram_max) {
        add("DramMaxBytesPerSecond", "t", terms.dram_max->value);
    }
    return result;
}

}  // namespace penstock::ctl
