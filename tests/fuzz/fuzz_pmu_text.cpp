// SPDX-License-Identifier: Apache-2.0
//
// PMU text: what sysfs says of perf's counters. The first line of the input is a format, the second
// an event, the rest a list of processors; each is also tried as a scale.

#include <algorithm>
#include <bit>

#include "agent/probes/cpu_list.h"
#include "agent/probes/perf/event_terms.h"
#include "base/text.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

// The rest stays behind the line that is taken.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void check_cpus(std::string_view text) {
    const auto cpus = parse_cpu_list(text);
    if (!cpus) {
        require(!cpus.error().message().empty());
        return;
    }
    require(cpus->size() <= most_cpus);
    require(std::ranges::is_sorted(*cpus, std::less_equal<>()));
    require(cpus->empty() || cpus->back() < most_cpus);
}

void check_scale(std::string_view text) {
    if (const auto scale = parse_scale(text)) {
        require(*scale > 0 && *scale <= std::numeric_limits<double>::max());
    }
}

// Each bit of the value is in the event exactly once, so none can have been lost.
void check_placing(const EventTerm& term, const TermBits& where) {
    PerfEvent event;
    const auto placed = place_term(term, where, event);
    const int set =
        std::popcount(event.config) + std::popcount(event.config1) + std::popcount(event.config2);
    require(placed ? set == std::popcount(term.value) : event == PerfEvent{});
}

void check_event(std::string_view format, std::string_view event) {
    const auto where = parse_term_bits(format);
    require(!where || (!where->bits.empty() && where->bits.size() <= 64));
    const auto terms = parse_event_terms(event);
    if (!terms) {
        require(!terms.error().message().empty());
        return;
    }
    require(!terms->empty() && terms->size() <= most_terms);
    for (const EventTerm& term : *terms) {
        require(term.name.find_first_of("/. ") == std::string_view::npos);
        if (where) {
            check_placing(term, *where);
        }
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    std::string_view rest = fuzz::as_text({bytes, size});
    const std::string_view format = fuzz::take_line(rest);
    const std::string_view event = fuzz::take_line(rest);
    fuzz::check_event(format, event);
    fuzz::check_cpus(rest);
    fuzz::check_scale(format);
    fuzz::check_scale(event);
    fuzz::check_scale(rest);
    return 0;
}
