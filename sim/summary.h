// SPDX-License-Identifier: Apache-2.0
//
// Summary: what each figure was like over a whole run.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "policies/snapshot.h"

namespace penstock::sim {

class Summary {
  public:
    void add(const Snapshot& snapshot);

    // A table: per figure its least, mean and largest value, in how much of the run it was known,
    // and its source; or why it is unknown. Then the sources and how they stand.
    [[nodiscard]] std::string text() const;

  private:
    struct Course {
        void note(double value);

        std::uint64_t known = 0;
        double least = 0;
        double sum = 0;
        double most = 0;
        std::string source{};  // The last one, or why it was never known.
    };

    // Of a place and a figure; the map's order is that of the table.
    struct Row {
        std::string place{};
        std::string figure{};
        auto operator<=>(const Row&) const = default;
    };

    template <typename Place>
    void add_place(const std::string& name, const Place& place);

    std::map<Row, Course> courses_{};
    std::vector<SourceState> sources_{};
    std::uint64_t snapshots_ = 0;
    std::uint64_t odd_ = 0;
};

}  // namespace penstock::sim
