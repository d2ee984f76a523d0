// SPDX-License-Identifier: Apache-2.0

#include "agent/choice_lines.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/journal.h"
#include "base/notation.h"
#include "policies/service_class_names.h"

namespace penstock {
namespace {

using Fields = std::vector<JournalField>;

// By which the lines of one process are found, ours and its own.
Fields fields_of(std::uint32_t pid) {
    return {{.name = "PENSTOCK_PID", .value = std::to_string(pid)},
            {.name = "OBJECT_PID", .value = std::to_string(pid)}};
}

// With fields of its own: administrators look for who has raised what.
void journal_priority(std::uint32_t pid, const Chosen<std::int32_t>& priority) {
    Fields fields = fields_of(pid);
    fields.push_back({.name = "PENSTOCK_PRIORITY", .value = std::to_string(priority.value)});
    fields.push_back({.name = "PENSTOCK_PRIORITY_SOURCE", .value = priority.source});
    journal(Severity::info,
            fmt::format("process {} has priority {} by {}", pid, priority.value, priority.source),
            events::priority_set,
            fields);
}

// A notice: from then on nobody can make this process yield.
void journal_exemption(std::uint32_t pid, const Chosen<bool>& preemptible) {
    journal(Severity::notice,
            fmt::format("process {} {} by {}",
                        pid,
                        preemptible.value ? "can be preempted again" : "is exempt from preemption",
                        preemptible.source),
            events::exemption_set,
            fields_of(pid));
}

std::string shown(std::uint32_t weight) {
    return std::to_string(weight);
}

std::string shown(ServiceClass service_class) {
    return std::string(name_of(service_class));
}

std::string shown(Duration span) {
    return fmt::format("{} us",
                       std::chrono::duration_cast<std::chrono::microseconds>(span).count());
}

std::string shown(BytesPerSecond limit) {
    return to_text(limit);
}

// One line for each, as each can be chosen by itself.
template <typename T>
void journal_term(std::uint32_t pid, const Term<T>& term, const Choices& choices) {
    const auto& chosen = choices.*term.choice;
    if (!chosen) {
        return;
    }
    journal(Severity::info,
            fmt::format(
                "process {} has {} {} by {}", pid, term.name, shown(chosen->value), chosen->source),
            events::terms_set,
            fields_of(pid));
}

}  // namespace

void journal_choices(std::uint32_t pid, const Choices& choices) {
    if (choices.priority) {
        journal_priority(pid, *choices.priority);
    }
    if (choices.preemptible) {
        journal_exemption(pid, *choices.preemptible);
    }
    journal_term(pid, weight_term, choices);
    journal_term(pid, class_term, choices);
    journal_term(pid, deadline_term, choices);
    journal_term(pid, cost_term, choices);
    journal_term(pid, dram_max_term, choices);
}

}  // namespace penstock
