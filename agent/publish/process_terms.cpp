// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/process_terms.h"

#include <fmt/format.h>

#include <utility>

#include "agent/publish/announcer.h"
#include "agent/publish/figures.h"
#include "agent/publish/process_requests.h"
#include "base/notation.h"
#include "base/text.h"
#include "policies/service_class_names.h"

namespace penstock::dbus {
namespace {

const char* plural_of(std::string_view term) {
    return term == priority_term.name ? "priorities" : "weights";
}

// The sentences name what was given and what would do: busctl shows nothing else.
template <typename T>
Answer<> check_number(const Term<T>& term, T wanted) {
    if (term.allows(wanted)) {
        return {};
    }
    return refuse(error::invalid_args,
                  fmt::format("{} {} is out of range: {} are {}..{}",
                              term.name,
                              wanted,
                              plural_of(term.name),
                              term.least,
                              term.most));
}

// Before it becomes a Duration, in which 2^64 us have no place.
Answer<> check_span(const Term<Duration>& term, std::uint64_t usec) {
    const std::uint64_t most = usec_of(term.most);
    if (usec <= most) {
        return {};
    }
    return refuse(error::invalid_args,
                  fmt::format("a {} of {} us is out of range: it is 0..{} us, and 0 is {}",
                              term.name,
                              usec,
                              most,
                              term.name == deadline_term.name ? "no deadline" : "an unknown cost"));
}

Answer<> check_limit(std::uint64_t rate) {
    if (dram_max_term.allows({rate})) {
        return {};
    }
    return refuse(error::invalid_args,
                  fmt::format("a limit of {} bytes per second leaves nothing: the least is {}, and "
                              "{} is no limit",
                              rate,
                              dram_max_term.least.value,
                              unlimited.value));
}

Answer<> check_class(const std::string& name) {
    if (service_class_named(name)) {
        return {};
    }
    return refuse(
        error::invalid_args,
        fmt::format("there is no class \"{}\": the classes are latency, normal, batch and "
                    "idle",
                    printable(name, longest_string)));
}

// The first thing that is wrong counts.
Answer<> check(const ProcessChanges& changes) {
    Answer<> good;
    const auto demand = [&](const auto& wanted, const auto& check_one) {
        good = good && wanted ? check_one(*wanted) : good;
    };
    demand(changes.priority,
           [](std::int32_t wanted) { return check_number(priority_term, wanted); });
    demand(changes.weight, [](std::uint32_t wanted) { return check_number(weight_term, wanted); });
    demand(changes.service_class, check_class);
    demand(changes.deadline, [](std::uint64_t usec) { return check_span(deadline_term, usec); });
    demand(changes.cost, [](std::uint64_t usec) { return check_span(cost_term, usec); });
    demand(changes.dram_max, check_limit);
    return good;
}

// Of microseconds that were checked.
Duration span_of(std::uint64_t usec) {
    return std::chrono::microseconds(static_cast<std::int64_t>(usec));
}

// For an owner who may only lower his process: what of his wish is above what it has.
template <typename T>
std::string raise_text(const Term<T>& term, T wanted, T present) {
    return fmt::format("{} {} is above the present {}", term.name, wanted, present);
}

std::string raise_text(const Term<bool>& /*term*/, bool /*wanted*/, bool /*present*/) {
    return "an exemption from preemption is more than it has";
}

std::string raise_text(const Term<ServiceClass>& term, ServiceClass wanted, ServiceClass present) {
    return fmt::format(
        "{} {} is above the present {}", term.name, name_of(wanted), name_of(present));
}

std::string raise_text(const Term<BytesPerSecond>& term,
                       BytesPerSecond wanted,
                       BytesPerSecond present) {
    return fmt::format(
        "{} {} is above the present {}", term.name, to_text(wanted), to_text(present));
}

// 0 is no value like others: as a deadline it is later than any, as a cost lower than any.
std::string raise_text(const Term<Duration>& term, Duration wanted, Duration present) {
    const bool sooner = term.name == deadline_term.name;
    const std::string than = present != Duration{}
                                 ? fmt::format("the present one of {} us", usec_of(present))
                                 : std::string(sooner ? "none" : "an unknown one");
    return fmt::format("a {} of {} us is {} {}",
                       term.name,
                       usec_of(wanted),
                       sooner ? "sooner than" : "above",
                       than);
}

// Asking the loop may publish a snapshot before it returns, and the process may vanish in it.
Answer<> show(Surface& surface, const Caller& caller, const Target& target, const Choices& now) {
    ProcessObject* present = find_target(surface, target);
    if (present == nullptr) {
        return refuse(error::process_gone, fmt::format("process {} has just ended", target.pid));
    }
    apply(now, present->owner);
    Announcer(caller.bus()).changed(*present);
    return {};
}

// In the name of the sender; shows what it made true.
Answer<> choose(ProcessObject& process, const Caller& caller, Choices choices) {
    Surface& surface = process.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    each_term([&, sender = fmt::format("dbus:{}", *uid)](const auto& term) {
        if (auto& chosen = choices.*term.choice) {
            chosen->source = sender;
        }
    });
    const Target target{.pid = process.owner.pid, .id = process.owner.id};
    if (const Result<> done = surface.requests.choose(target.pid, choices); !done) {
        return refuse(done.error());
    }
    return show(surface, caller, target, choices);
}

}  // namespace

Answer<Choices> sound(const ProcessChanges& changes) {
    if (const Answer<> good = check(changes); !good) {
        return std::unexpected(good.error());
    }
    Choices choices;
    if (changes.priority) {
        choices.priority = {{.value = *changes.priority}};
    }
    if (changes.weight) {
        choices.weight = {{.value = *changes.weight}};
    }
    if (changes.service_class) {
        const auto known = service_class_named(*changes.service_class);
        choices.service_class = {{.value = known.value_or(ServiceClass::normal)}};
    }
    if (changes.deadline) {
        choices.deadline = {{.value = span_of(*changes.deadline)}};
    }
    if (changes.cost) {
        choices.cost = {{.value = span_of(*changes.cost)}};
    }
    if (changes.dram_max) {
        choices.dram_max = {{.value = {*changes.dram_max}}};
    }
    return choices;
}

std::string raised_by(const Choices& wanted, const Owner& present) {
    std::string text;
    each_term([&](const auto& term) {
        const auto& chosen = wanted.*term.choice;
        if (text.empty() && chosen && term.raises(chosen->value, present.*term.value)) {
            text = raise_text(term, chosen->value, present.*term.value);
        }
    });
    return text;
}

Answer<> set_terms(ProcessObject& process, const Caller& caller, const ProcessChanges& changes) {
    Answer<Choices> choices = sound(changes);
    if (!choices) {
        return std::unexpected(std::move(choices).error());
    }
    return *choices == Choices{} ? Answer<>() : choose(process, caller, *std::move(choices));
}

Answer<> reset_terms(ProcessObject& process, const Caller& caller) {
    Surface& surface = process.surface;
    const Target target{.pid = process.owner.pid, .id = process.owner.id};
    const Result<Choices> back = surface.requests.reset(target.pid);
    return back ? show(surface, caller, target, *back) : refuse(back.error());
}

Answer<> set_priority(ProcessObject& process, const Caller& caller, std::int32_t priority) {
    return set_terms(process, caller, {.priority = priority});
}

Answer<> set_weight(ProcessObject& process, const Caller& caller, std::uint32_t weight) {
    return set_terms(process, caller, {.weight = weight});
}

Answer<> set_class(ProcessObject& process, const Caller& caller, const std::string& name) {
    return set_terms(process, caller, {.service_class = name});
}

Answer<> set_deadline(ProcessObject& process, const Caller& caller, std::uint64_t usec) {
    return set_terms(process, caller, {.deadline = usec});
}

Answer<> set_cost(ProcessObject& process, const Caller& caller, std::uint64_t usec) {
    return set_terms(process, caller, {.cost = usec});
}

Answer<> set_dram_max(ProcessObject& process, const Caller& caller, std::uint64_t rate) {
    return set_terms(process, caller, {.dram_max = rate});
}

Answer<> set_preemptible(ProcessObject& process, const Caller& caller, bool preemptible) {
    return choose(process, caller, {.preemptible = {{.value = preemptible}}});
}

}  // namespace penstock::dbus
