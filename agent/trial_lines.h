// SPDX-License-Identifier: Apache-2.0
//
// Trial lines: what the self tests of both programs print, one line per ability.

#pragma once

#include <cstdio>
#include <string>

#include "base/text.h"

namespace penstock {

class TrialLines {
  public:
    // Something that is needed.
    void add(const std::string& ability, bool there, const std::string& sentence) {
        all_well_ = all_well_ && there;
        print(there ? "ok" : "MISSING", ability, sentence);
    }

    // Something that is good to have.
    static void note(const std::string& ability, bool there, const std::string& sentence) {
        print(there ? "ok" : "absent", ability, sentence);
    }

    [[nodiscard]] bool all_well() const { return all_well_; }

  private:
    static void print(const char* verdict,
                      const std::string& ability,
                      const std::string& sentence) {
        std::printf("%-8s%-24s%s\n",
                    verdict,
                    printable(ability).c_str(),
                    printable(sentence, longest_line).c_str());
    }

    static constexpr std::size_t longest_line = 512;

    bool all_well_ = true;
};

}  // namespace penstock
