// SPDX-License-Identifier: Apache-2.0
//
// Event log: everything that happened in a simulated run, in its order, a line each.
//
//     0 arrives 7
//     0 gpu0 starts 7 until 12000000
//     12000000 gpu0 ends

#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>

#include "sim/batching/batch_watch.h"

namespace penstock::sim {

class EventLog final : public BatchWatch {
  public:
    void arrives(std::int64_t now, std::int64_t id) override {
        fmt::format_to(std::back_inserter(text_), "{} arrives {}\n", now, id);
    }

    void begin_start(std::int64_t now, std::uint32_t device) override {
        fmt::format_to(std::back_inserter(text_), "{} gpu{} starts", now, device);
    }

    void member(std::int64_t id) override { fmt::format_to(std::back_inserter(text_), " {}", id); }

    void end_start(std::int64_t until) override {
        fmt::format_to(std::back_inserter(text_), " until {}\n", until);
    }

    void ends(std::int64_t now, std::uint32_t device) override {
        fmt::format_to(std::back_inserter(text_), "{} gpu{} ends\n", now, device);
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_{};
};

}  // namespace penstock::sim
