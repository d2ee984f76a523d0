// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/arrivals.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>
#include <vector>

#include "base/text.h"
#include "policies/batching/rounding.h"
#include "sim/machine/chance.h"

namespace penstock::sim {
namespace {

constexpr double us_per_s = 1e6;
constexpr double least_number = 1e-6;
constexpr double most_number = 1e6;
// How bursts and the pauses between them are spread.
constexpr double on_sigma = 0.5;
constexpr double off_sigma = 0.8;

std::optional<double> positive(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number >= least_number && number <= most_number ? std::optional(number)
                                                                    : std::nullopt;
}

std::unexpected<Error> not_understood(std::string_view text) {
    return fail(printable(text) +
                " is none of poisson:RATE, gamma:RATE:CV, bursts:RATE and "
                "bursts:RATE:ON_SECONDS:OFF_SECONDS, with numbers from 1e-6 to 1e6");
}

// The time of one arrival after the other, in seconds.
class Clockwork {
  public:
    Clockwork(const ArrivalProcess& process, std::uint64_t seed)
        : process_(process), chance_(seed) {
        if (process.kind == ArrivalProcess::Kind::bursts) {
            now_ = pause();
            until_ = now_ + burst();
        }
    }

    double next() {
        switch (process_.kind) {
            case ArrivalProcess::Kind::poisson:
                now_ += chance_.exponential() / process_.per_second;
                break;
            case ArrivalProcess::Kind::gamma:
                now_ += chance_.gamma(1 / (process_.variation * process_.variation)) /
                        process_.per_second;
                break;
            case ArrivalProcess::Kind::bursts:
                now_ += chance_.exponential() / process_.per_second;
                skip_pauses();
                break;
        }
        return now_;
    }

  private:
    double pause() { return process_.off_s * exponential_of(off_sigma * chance_.normal()); }

    double burst() { return process_.on_s * exponential_of(on_sigma * chance_.normal()); }

    // What of a gap does not fit into a burst is the beginning of the next one: a Poisson process
    // has no memory.
    void skip_pauses() {
        while (now_ > until_) {
            const double skipped = pause();
            now_ += skipped;
            until_ += skipped + burst();
        }
    }

    ArrivalProcess process_;
    Chance chance_;
    double now_ = 0;
    double until_ = 0;
};

}  // namespace

Result<ArrivalProcess> parse_arrivals(std::string_view text) {
    using Kind = ArrivalProcess::Kind;
    const std::vector<std::string_view> words = split(text, ':');
    std::vector<double> numbers;
    for (std::size_t place = 1; place < words.size(); ++place) {
        const std::optional<double> number = positive(words[place]);
        if (!number) {
            return not_understood(text);
        }
        numbers.push_back(*number);
    }
    if (words[0] == "poisson" && numbers.size() == 1) {
        return ArrivalProcess{.kind = Kind::poisson, .per_second = numbers[0]};
    }
    if (words[0] == "gamma" && numbers.size() == 2) {
        return ArrivalProcess{
            .kind = Kind::gamma, .per_second = numbers[0], .variation = numbers[1]};
    }
    if (words[0] == "bursts" && numbers.size() == 1) {
        return ArrivalProcess{.kind = Kind::bursts, .per_second = numbers[0]};
    }
    if (words[0] == "bursts" && numbers.size() == 3) {
        return ArrivalProcess{.kind = Kind::bursts,
                              .per_second = numbers[0],
                              .on_s = numbers[1],
                              .off_s = numbers[2]};
    }
    return not_understood(text);
}

void draw_arrivals(RawTrace& raw, const ArrivalProcess& process, std::uint64_t seed) {
    std::vector<std::uint32_t> order(raw.rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return raw.rows[a].arrival_us != raw.rows[b].arrival_us
                   ? raw.rows[a].arrival_us < raw.rows[b].arrival_us
                   : raw.rows[a].id < raw.rows[b].id;
    });
    Clockwork clockwork(process, seed);
    for (const std::uint32_t place : order) {
        raw.rows[place].arrival_us = batching::rounded(clockwork.next() * us_per_s);
    }
}

}  // namespace penstock::sim
