// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/policy_faults.h"

#include <array>

#include "agent/publish/bus_name.h"
#include "base/journal.h"
#include "base/text.h"

namespace penstock::dbus {

bool PolicyFaults::is_news(const std::string& policy,
                           const PolicyFault& fault,
                           TimePoint now) const {
    return now >= silent_until_ || fault != last_ || policy != last_policy_;
}

void PolicyFaults::report(const std::string& policy,
                          const PolicyFault& fault,
                          const Snapshot& seen) {
    if (!is_news(policy, fault, seen.now) || !budget_.take(seen.now)) {
        return;
    }
    last_policy_ = policy;
    last_ = fault;
    silent_until_ = seen.now + apart;
    const std::string sentence = printable(sentence_of(fault, seen), longest_sentence);
    const std::array<JournalField, 1> fields{{{.name = "PENSTOCK_POLICY", .value = policy}}};
    journal(Severity::error, policy + ": " + sentence, events::policy_fault, fields);
    sd_bus_emit_signal(
        bus_, root_path, manager_interface, "PolicyFault", "ss", policy.c_str(), sentence.c_str());
}

}  // namespace penstock::dbus
