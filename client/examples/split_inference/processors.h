// SPDX-License-Identifier: Apache-2.0
//
// Processors: moves an operation's bytes as the emulated machine's processors would.
//
// This machine's memory is not the emulated one's. So time is what counts: in steps of a
// millisecond, as much is moved as the emulated memory allows meanwhile, and a part of it for real.

#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "client/examples/split_inference/mover.h"

namespace penstock::split_inference {

class Processors final : public Mover {
  public:
    // `memory` is the emulator's file.
    Processors(std::string name, std::string memory, std::uint64_t bytes_of_a_part);

    Result<> move(std::size_t operation, std::uint64_t rate, StopSignal& stop) override;
    Result<> rest() override;

  private:
    Result<> claim(std::uint64_t rate, TimePoint now);
    [[nodiscard]] Result<double> speed() const;
    void touch();

    std::string name_;
    std::string memory_;
    std::uint64_t bytes_of_a_part_;
    std::uint64_t claimed_ = 0;
    TimePoint claimed_at_{};
    std::vector<char> from_;
    std::vector<char> to_;
    std::size_t touched_ = 0;
};

}  // namespace penstock::split_inference
