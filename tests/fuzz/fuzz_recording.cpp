// SPDX-License-Identifier: Apache-2.0
//
// Recording: a file that strangers send in, played to its end or to the line that makes no sense.
// Everything that a source could ask is asked at every tick.

#include <array>
#include <cerrno>
#include <sstream>

#include "agent/probes/recording/recorded_machine.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

constexpr std::array paths{"a", "sys/a", "proc/stat"};
constexpr int most_ticks = 64;

void read_all(RecordedMachine& machine) {
    for (const char* path : paths) {
        const auto content = machine.read(path, 16);
        require(!content || content->size() <= 16);
        const auto names = machine.list(path);
        require(names || !names.error().message().empty());
        const auto target = machine.link(path);
        require(target || !target.error().message().empty());
        if (const auto file = machine.open(path)) {
            std::array<char, 8> into{};
            const auto length = (*file)->read(into);
            require(!length || *length <= into.size());
        }
    }
}

void count_all(RecordedMachine& machine) {
    const std::array events{PerfEvent{.type = 1}};
    if (const auto group = machine.open_counters(events, 0)) {
        const auto counts = (*group)->read();
        require(!counts || counts->size == events.size());
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    auto text = std::make_unique<std::istringstream>(std::string(fuzz::as_text({bytes, size})));
    const auto machine = RecordedMachine::open(std::move(text));
    if (!machine) {
        fuzz::require(!machine.error().message().empty());
        return 0;
    }
    for (int tick = 0; tick < fuzz::most_ticks; ++tick) {
        fuzz::read_all(**machine);
        fuzz::count_all(**machine);
        const auto next = (*machine)->advance();
        if (!next || !*next) {
            fuzz::require(next || next.error().message().starts_with("line "));
            break;
        }
    }
    return 0;
}
