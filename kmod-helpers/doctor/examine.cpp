// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/examine.h"

#include "base/text.h"
#include "kmod-helpers/doctor/sections.h"

namespace penstock::doctor {
namespace {

std::string why_not(int failure) {
    return failure == ENOENT ? "absent"
                             : Error{.code = failure, .doing = "cannot be read"}.message();
}

}  // namespace

std::string found_text(const Number& fact) {
    return fact.value ? std::to_string(*fact.value) : why_not(fact.failure);
}

std::string found_text(const Fact<std::string>& fact) {
    return fact.value ? printable(*fact.value) : why_not(fact.failure);
}

std::vector<Finding> examine(const Facts& facts) {
    Findings findings;
    examine_driver(facts, findings);
    examine_access(facts, findings);
    examine_kernel(facts, findings);
    examine_tracing(facts, findings);
    examine_devices(facts, findings);
    return findings;
}

}  // namespace penstock::doctor
