// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "agent/probes/memory_places.h"
#include "agent/probes/pcm/box_conflict.h"
#include "agent/probes/pcm/kernel_child.h"
#include "agent/probes/pcm/line_reader.h"
#include "agent/probes/pcm/pcm_sources.h"
#include "agent/probes/pcm/pcm_table.h"

namespace penstock {
namespace {

constexpr Duration period = std::chrono::seconds(1);  // As the tools are asked to print.
constexpr Duration first_pause = std::chrono::seconds(10);
constexpr Duration longest_pause = std::chrono::minutes(10);
constexpr Duration longest_silence = std::chrono::seconds(30);

// What is read in one turn at most; the rest waits in the pipe for the next.
constexpr int most_pieces = 8;

struct Tool {
    std::string_view source;
    std::string_view measures;
    const char* origin;
    std::vector<std::string> arguments;
    std::unique_ptr<PcmTable> table;
};

class PcmSource final : public Source {
  public:
    PcmSource(bool wanted, Tool tool, std::string program, std::unique_ptr<ChildLauncher> launcher)
        : wanted_(wanted),
          tool_(std::move(tool)),
          program_(std::move(program)),
          launcher_(std::move(launcher)) {}

    [[nodiscard]] std::string_view name() const override { return tool_.source; }

    // Starting and ending a program waits for it.
    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    Opened start();
    bool drain(TimePoint now);
    void take(std::string_view line, TimePoint now);
    bool give_up(std::string why);
    void add(PcmRate& rate, TimePoint now, Readings& into);
    [[nodiscard]] std::optional<Place> place_of_rate(const PcmRate& rate) const;

    bool wanted_;
    Tool tool_;
    std::string program_;
    std::unique_ptr<ChildLauncher> launcher_;
    SourceId self_{};
    Testimony by_{};
    MemoryPlaces places_;
    std::unique_ptr<ChildProgram> child_;
    LineReader lines_;
    TimePoint heard_at_{};  // When it last printed numbers; nothing before the first reading.
    std::string trouble_;   // Why it ended; told once, and then it is started anew.
    Duration pause_ = first_pause;
};

Opened PcmSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    static_cast<void>(around);  // An emulator stands in for devices, not for the processor.
    self_ = self;
    by_ = {.origin = std::string(tool_.origin), .valid_for = holds_for(pace())};
    child_.reset();
    if (!wanted_) {
        return Absent{
            "PCM is not asked for (penstockd --pcm): it programs counters that perf shares"};
    }
    if (auto conflict = perf_holds_boxes(machine)) {
        return Absent{std::move(*conflict)};
    }
    if (!trouble_.empty()) {
        const Duration pause = std::exchange(pause_, std::min(2 * pause_, longest_pause));
        return Later{.why = std::exchange(trouble_, {}), .again_in = pause};
    }
    places_ = MemoryPlaces::survey(machine);
    return start();
}

Opened PcmSource::start() {
    // It must leave alone what the kernel has for others: resctrl's ids, and the watchdog's
    // counter.
    auto child = launcher_->start({.program = program_,
                                   .arguments = tool_.arguments,
                                   .environment = {"PCM_NO_RDT=1", "PCM_KEEP_NMI_WATCHDOG=1"}});
    if (!child && child.error().code == ENOENT) {
        return Absent{program_ + " is not installed (Debian package pcm)"};
    }
    if (!child) {
        return Absent{child.error().message()};
    }
    child_ = std::move(*child);
    lines_.start_anew();
    tool_.table->start_anew();
    heard_at_ = {};
    return Available{std::string(tool_.measures)};
}

bool PcmSource::read(TimePoint now, Readings& into) {
    if (heard_at_ == TimePoint{}) {
        heard_at_ = now;
    }
    const bool alive = drain(now);
    for (PcmRate& rate : tool_.table->rates()) {
        if (std::exchange(rate.fresh, false)) {
            add(rate, now, into);
        }
    }
    if (!alive) {
        const std::string complaint = child_->complaint();
        return give_up(complaint.empty() ? program_ + " has ended without a word"
                                         : program_ + ": " + complaint);
    }
    if (now - heard_at_ > longest_silence) {
        return give_up(program_ + " has printed no numbers for 30 s");
    }
    return true;
}

bool PcmSource::drain(TimePoint now) {
    for (int piece = 0; piece < most_pieces; ++piece) {
        const auto length = child_->read(lines_.room());
        if (!length) {
            return length.error() == EAGAIN || length.error() == EINTR;
        }
        if (*length == 0) {
            return false;
        }
        lines_.arrived(*length, [&](std::string_view line) { take(line, now); });
    }
    return true;
}

void PcmSource::take(std::string_view line, TimePoint now) {
    if (tool_.table->take(line)) {
        heard_at_ = now;
        pause_ = first_pause;
    }
}

bool PcmSource::give_up(std::string why) {
    child_.reset();
    trouble_ = std::move(why);
    return false;
}

std::optional<Place> PcmSource::place_of_rate(const PcmRate& rate) const {
    if (rate.quantity == Quantity::link_sent || rate.quantity == Quantity::link_received) {
        return package(rate.socket);
    }
    const auto node = places_.of_package(rate.socket);
    return node ? std::optional(memory_node(*node)) : std::nullopt;
}

void PcmSource::add(PcmRate& rate, TimePoint now, Readings& into) {
    const auto place = place_of_rate(rate);
    if (!place) {
        return;  // A socket that the kernel does not know.
    }
    LevelReading reading{
        .subject = {.place = *place, .quantity = rate.quantity, .source = self_, .part = rate.part},
        .by = by_,
        .value = rate.bytes_per_second};
    reading.by.taken = now;
    if (!rate.bytes_per_second) {
        reading.by.origin = "PCM printed nothing for it that could be a rate";
    }
    into.levels.push_back(std::move(reading));
}

}  // namespace

std::unique_ptr<Source> make_pcm_memory_with(const SourceSettings& settings,
                                             std::unique_ptr<ChildLauncher> launcher) {
    return std::make_unique<PcmSource>(
        settings.pcm,
        Tool{.source = "pcm_memory",
             .measures = "DRAM traffic of each package, by pcm-memory",
             .origin = "pcm-memory",
             .arguments = {"1", "-csv", "-nc", "-f", "-silent"},
             .table = std::make_unique<PcmMemoryTable>()},
        "pcm-memory",
        std::move(launcher));
}

// Into a file of its own the tool writes each interval at once, unlike to its standard output.
std::unique_ptr<Source> make_pcm_iio_with(const SourceSettings& settings,
                                          std::unique_ptr<ChildLauncher> launcher) {
    return std::make_unique<PcmSource>(
        settings.pcm,
        Tool{.source = "pcm_iio",
             .measures = "what devices moved over PCIe at each package, by pcm-iio",
             .origin = "pcm-iio",
             .arguments = {"1", "-csv=/dev/stdout"},
             .table = std::make_unique<PcmIioTable>()},
        "pcm-iio",
        std::move(launcher));
}

std::unique_ptr<Source> make_pcm_memory(const SourceSettings& settings) {
    return make_pcm_memory_with(settings, std::make_unique<KernelChildLauncher>());
}

std::unique_ptr<Source> make_pcm_iio(const SourceSettings& settings) {
    return make_pcm_iio_with(settings, std::make_unique<KernelChildLauncher>());
}

}  // namespace penstock
