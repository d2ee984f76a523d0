// SPDX-License-Identifier: Apache-2.0

#include "client/examples/split_inference/processors.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "client/examples/split_inference/operations.h"

namespace penstock::split_inference {
namespace {

constexpr Duration step = std::chrono::milliseconds(1);
constexpr Duration repeat = std::chrono::milliseconds(20);  // The emulator forgets after 100.
constexpr std::size_t buffer_bytes = std::size_t{8} * 1024 * 1024;
constexpr std::size_t bytes_of_a_step = std::size_t{128} * 1024;

Fd opened(const std::string& path, int how) {
    return Fd(::open(path.c_str(), how | O_CLOEXEC));
}

}  // namespace

Processors::Processors(std::string name, std::string memory, std::uint64_t bytes_of_a_part)
    : name_(std::move(name)),
      memory_(std::move(memory)),
      bytes_of_a_part_(bytes_of_a_part),
      from_(buffer_bytes),
      to_(buffer_bytes) {}

Result<> Processors::claim(std::uint64_t rate, TimePoint now) {
    if (rate == claimed_ && now - claimed_at_ < repeat) {
        return {};
    }
    const std::string line = "processors " + name_ + " " + std::to_string(rate) + "\n";
    const Fd file = opened(memory_, O_WRONLY);
    if (!file || ::write(file.get(), line.data(), line.size()) < 0) {
        return fail(errno, "write to " + memory_);
    }
    claimed_ = rate;
    claimed_at_ = now;
    return {};
}

Result<double> Processors::speed() const {
    std::array<char, 512> bytes{};
    const Fd file = opened(memory_, O_RDONLY);
    const ssize_t got = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
    if (got < 0) {
        return fail(errno, "read " + memory_);
    }
    for (const std::string_view line :
         split(std::string_view(bytes.data(), static_cast<std::size_t>(got)), '\n')) {
        const auto words = words_of(line);
        double speed = 0;
        if (words.size() == 2 && words[0] == "speed" &&
            std::from_chars(words[1].data(), words[1].data() + words[1].size(), speed).ec ==
                std::errc()) {
            return speed;
        }
    }
    return fail(EPROTO, memory_ + " says nothing of a speed");
}

void Processors::touch() {
    std::memcpy(to_.data() + touched_, from_.data() + touched_, bytes_of_a_step);
    touched_ = (touched_ + bytes_of_a_step) % buffer_bytes;
}

Result<> Processors::move(std::size_t operation, std::uint64_t rate, StopSignal& stop) {
    constexpr double ns_per_s = 1e9;
    auto left = static_cast<double>(bytes_of_a_part_ * operations.at(operation).parts);
    for (TimePoint last = monotonic_now(); left > 0;) {
        if (Result<> claimed = claim(rate, last); !claimed) {
            return claimed;
        }
        const Result<double> there = speed();
        if (!there) {
            return std::unexpected(there.error());
        }
        const double per_ns = static_cast<double>(rate) * *there / ns_per_s;
        const auto needed = Duration(static_cast<Duration::rep>(left / per_ns) + 1);
        touch();
        if (stop.wait_until(last + std::min(needed, step))) {
            return {};
        }
        const TimePoint now = monotonic_now();
        left -= per_ns * static_cast<double>((now - last).count());
        last = now;
    }
    return {};
}

Result<> Processors::rest() {
    return claim(0, monotonic_now());
}

}  // namespace penstock::split_inference
