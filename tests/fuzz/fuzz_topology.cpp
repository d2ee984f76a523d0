// SPDX-License-Identifier: Apache-2.0
//
// Topology: the files of one device in sysfs, as the emulator, a container or a recorded machine
// may show them. The input's first line is the node's gpu_id, the rest its properties.

#include <filesystem>
#include <fstream>
#include <string>

#include "kmod-helpers/topology.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

// A /sys with one KFD node, gone with the program.
class ScratchSysfs {
  public:
    ScratchSysfs() {
        std::string name = std::filesystem::temp_directory_path() / "penstock-fuzz-XXXXXX";
        require(mkdtemp(name.data()) != nullptr);
        root_ = name;
        node_ = root_ / "class/kfd/kfd/topology/nodes/0";
        std::filesystem::create_directories(node_);
    }

    ~ScratchSysfs() {
        std::error_code ignored;  // A leftover folder is not what a fuzzer looks for.
        std::filesystem::remove_all(root_, ignored);
    }

    ScratchSysfs(const ScratchSysfs&) = delete;
    ScratchSysfs& operator=(const ScratchSysfs&) = delete;
    ScratchSysfs(ScratchSysfs&&) = delete;
    ScratchSysfs& operator=(ScratchSysfs&&) = delete;

    void write(const std::string& file, std::string_view text) const {
        std::ofstream(node_ / file, std::ios::binary | std::ios::trunc) << text;
    }

    [[nodiscard]] Tree tree() const { return Tree(root_.string()); }

  private:
    std::filesystem::path root_;
    std::filesystem::path node_;
};

void check(const std::vector<kfd::TopologyNode>& nodes) {
    require(nodes.size() == 1);
    require(!nodes.front().name.empty());
    require(nodes.front().name.find('\n') == std::string::npos);
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    // Made once: a folder for every input would leave the fuzzer nothing else to do.
    static const fuzz::ScratchSysfs sysfs;
    const std::string_view text = fuzz::as_text({bytes, size});
    const std::size_t first_line = std::min(text.find('\n'), text.size());
    sysfs.write("gpu_id", text.substr(0, first_line));
    sysfs.write("properties", text.substr(first_line));
    const auto nodes = kfd::read_topology(sysfs.tree());
    if (nodes) {
        fuzz::check(*nodes);
    }
    return 0;
}
