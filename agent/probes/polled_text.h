// SPDX-License-Identifier: Apache-2.0
//
// Polled text: a small file of the kernel that is read again and again, with the memory for it.

#pragma once

#include <vector>

#include "agent/probes/machine.h"

namespace penstock {

class PolledText {
  public:
    // sysfs and resctrl never show more than a page.
    static constexpr std::size_t one_page = 4096;

    static Result<PolledText> open(Machine& machine,
                                   const std::string& path,
                                   std::size_t limit = one_page);

    // What it says now, up to the first NUL: some files are padded with them. Valid until the next
    // call. An errno; EFBIG when it is longer than the limit, because a cut text would be misread.
    std::expected<std::string_view, int> read();

    // As read(), for a file whose beginning is all that is wanted.
    std::expected<std::string_view, int> read_beginning();

  private:
    explicit PolledText(std::unique_ptr<OpenFile> file, std::size_t limit)
        : file_(std::move(file)), bytes_(limit + 1) {}

    std::unique_ptr<OpenFile> file_;
    std::vector<char> bytes_;
};

}  // namespace penstock
