// SPDX-License-Identifier: Apache-2.0
//
// Eviction ledger: the file of an earlier gate, whatever has become of it. No line is made up, none
// that is good is lost, and the next one finds room.

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/gate/eviction_ledger.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using gate::EvictionLedger;

// A file, gone with the program.
class ScratchFile {
  public:
    ScratchFile() {
        name_ = std::filesystem::temp_directory_path() / "penstock-fuzz-XXXXXX";
        const Fd made(mkostemp(name_.data(), 0));
        require(static_cast<bool>(made));
    }

    ~ScratchFile() {
        std::error_code ignored;  // A leftover file is not what a fuzzer looks for.
        std::filesystem::remove(name_, ignored);
    }

    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ScratchFile(ScratchFile&&) = delete;
    ScratchFile& operator=(ScratchFile&&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

    void write(std::string_view text) const {
        std::ofstream(name_, std::ios::binary | std::ios::trunc) << text;
    }

  private:
    std::string name_;
};

std::vector<EvictionLedger::LeftOver> left_in(const ScratchFile& file) {
    const Result<EvictionLedger> ledger = EvictionLedger::open(file.name());
    require(ledger.has_value());
    return ledger->left_over();
}

void check_against(std::string_view text, const std::vector<EvictionLedger::LeftOver>& left) {
    for (const auto& [line, entry] : left) {
        const std::string_view there =
            text.substr(line * EvictionLedger::line_bytes, EvictionLedger::line_bytes);
        require(gate::ledger_line(entry) == there);
        require(entry.process.pid != 0);
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    // Made once: a file for every input would leave the fuzzer nothing else to do.
    static const fuzz::ScratchFile file;
    const std::string_view text = fuzz::as_text({bytes, size});
    file.write(text);
    const auto left = fuzz::left_in(file);
    fuzz::check_against(text, left);
    if (left.size() < gate::EvictionLedger::most_lines) {
        const gate::LedgerEntry entry{.process = {.pid = 1, .start_ticks = 2}};
        {
            auto ledger = gate::EvictionLedger::open(file.name());
            ledger->strike(ledger->enter(entry).value());
        }
        fuzz::require(fuzz::left_in(file) == left);
    }
    return 0;
}
