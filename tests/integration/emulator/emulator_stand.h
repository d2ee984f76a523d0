// SPDX-License-Identifier: Apache-2.0
//
// Emulator stand: the shipped emulator, mounted in a directory of its own, gone with the object.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.h"

namespace penstock::integration {

class EmulatorStand {
  public:
    explicit EmulatorStand(std::vector<std::string> options = {});
    ~EmulatorStand();
    EmulatorStand(const EmulatorStand&) = delete;
    EmulatorStand& operator=(const EmulatorStand&) = delete;

    [[nodiscard]] bool ready() const { return ready_; }

    [[nodiscard]] const std::string& directory() const { return directory_; }

    [[nodiscard]] std::string device() const { return directory_ + "/kfd"; }

    // Of the only device of the preset.
    [[nodiscard]] std::uint32_t gpu_id() const;

    [[nodiscard]] bool exists(const std::string& relative) const;
    [[nodiscard]] std::string content(const std::string& relative) const;

    // Starts the program again at the same place, whatever became of the first.
    void start();
    void kill(int signal);

    // Whether anything is mounted at the directory.
    [[nodiscard]] bool mounted() const;

    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    std::string directory_;
    std::vector<std::string> options_;
    pid_t pid_ = -1;
    bool ready_ = false;
};

// Asks again and again, for at most five seconds.
template <typename Condition>
bool becomes(Condition condition);

void pause_briefly();

template <typename Condition>
bool becomes(Condition condition) {
    constexpr int patience_ms = 5000;
    for (int waited_ms = 0; waited_ms < patience_ms; ++waited_ms) {
        if (condition()) {
            return true;
        }
        pause_briefly();
    }
    return condition();
}

}  // namespace penstock::integration
