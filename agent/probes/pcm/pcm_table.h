// SPDX-License-Identifier: Apache-2.0
//
// PCM table: what Intel's PCM tools print in their CSV form, line by line, as rates of sockets.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/state/quantity.h"

namespace penstock {

struct PcmRate {
    Quantity quantity{};
    std::uint32_t socket = 0;
    std::uint64_t part = 0;
    std::optional<double> bytes_per_second{};
    bool fresh = false;  // Not shown to anybody yet.
};

class PcmTable {
  public:
    virtual ~PcmTable() = default;

    // One line of the output. Returns whether rates have become known or unknown by it.
    virtual bool take(std::string_view line) = 0;

    [[nodiscard]] std::span<PcmRate> rates() { return rates_; }

    // What comes is another program's output.
    virtual void start_anew() { rates_.clear(); }

  protected:
    std::vector<PcmRate> rates_;
};

// pcm-memory -csv: two lines of heading, which name a column by socket and by what is in it, then a
// line for each interval. MB/s of 10^6 bytes.
class PcmMemoryTable final : public PcmTable {
  public:
    bool take(std::string_view line) override;
    void start_anew() override;

  private:
    bool take_heading(const std::vector<std::string_view>& names);
    void add_columns(std::string_view group, std::string_view name, std::size_t column);

    std::string groups_;  // The first line of a heading, or whatever came before this line.
    std::size_t columns_ = 0;
    std::vector<std::size_t> column_of_;  // Of each rate.
    std::vector<std::string_view> cells_;
};

// pcm-iio -csv: a heading, then a line for each part of each stack of each socket. Bytes per
// second.
class PcmIioTable final : public PcmTable {
  public:
    bool take(std::string_view line) override;
    void start_anew() override;

  private:
    struct Columns {
        std::size_t count = 0;
        std::size_t socket = 0;
        std::size_t stack = 0;
        std::size_t part = 0;
        std::size_t written = 0;  // By devices, to memory.
        std::size_t read = 0;
    };

    void take_heading();
    std::optional<std::size_t> rates_of(std::uint32_t socket, const std::string& row);

    std::optional<Columns> columns_{};
    std::map<std::string, std::size_t, std::less<>> rows_;  // The first of the two rates of each.
    std::vector<std::string_view> cells_;
};

// The cells of a line without the blanks that pad them, in `into`, whose memory is used again.
// False, and no cells, for more of them than any tool prints.
bool split_csv(std::string_view line, std::vector<std::string_view>& into);

// A rate in units of `unit` bytes per second; nothing for an empty cell and for what cannot be.
[[nodiscard]] std::optional<double> parse_rate(std::string_view cell, double unit);

}  // namespace penstock
