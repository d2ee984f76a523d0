// SPDX-License-Identifier: Apache-2.0
//
// Kernel child: a program in a process of its own.
//
// It gets a process group, an empty input, two pipes and nothing else of ours: no descriptor, no
// environment, no signal mask. When the thread that started it ends, the kernel asks it to end too.

#pragma once

#include <string>
#include <vector>

#include "agent/probes/pcm/child_program.h"

namespace penstock {

class KernelChildLauncher final : public ChildLauncher {
  public:
    explicit KernelChildLauncher(
        std::vector<std::string> folders = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"})
        : folders_(std::move(folders)) {}

    Result<std::unique_ptr<ChildProgram>> start(const ChildCommand& command) override;

  private:
    std::vector<std::string> folders_;
};

}  // namespace penstock
