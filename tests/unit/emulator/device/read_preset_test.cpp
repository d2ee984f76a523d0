// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/tree.h"
#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {
namespace {

// The APU's topology in a folder of its own, for a test to spoil.
class ReadPreset : public testing::Test {
  protected:
    ReadPreset() {
        std::string pattern = (std::filesystem::temp_directory_path() / "topology-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        const Preset apu = make_preset("apu").value();
        for (const auto& [path, text] : apu.topology) {
            write(path, text);
        }
    }

    ~ReadPreset() override { std::filesystem::remove_all(root_); }

    void write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }

    void replace(const std::string& path, const std::string& from, const std::string& to) const {
        std::string text = Tree(root_.string()).read(path).value();
        text.replace(text.find(from), from.size(), to);
        write(path, text);
    }

    // Fills the GPU's links up to so many, by name only, because files are slow.
    void add_links(int count) const {
        const auto links = root_ / "nodes/1/io_links";
        for (int i = 0; i < count; ++i) {
            const auto link = links / std::to_string(i);
            if (std::filesystem::create_directory(link)) {
                std::filesystem::create_hard_link(root_ / "system_properties", link / "properties");
            }
        }
    }

    // What is said about the folder as it is now, without the folder's own name.
    [[nodiscard]] std::string complaint() const {
        const Result<Preset> preset = read_preset(root_.string());
        std::string text = preset ? "none" : preset.error().message();
        for (auto at = text.find(root_.string()); at != std::string::npos;
             at = text.find(root_.string())) {
            text.replace(at, root_.string().size(), "R");
        }
        return text;
    }

    std::filesystem::path root_;
};

TEST_F(ReadPreset, finds_what_was_written) {
    const Preset made = make_preset("apu").value();
    const Result<Preset> read = read_preset(root_.string());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->topology, made.topology);
    ASSERT_EQ(read->devices.size(), 1U);
    EXPECT_EQ(read->devices[0].gpu_id, made.devices[0].gpu_id);
    EXPECT_EQ(read->name, root_.string());
}

TEST_F(ReadPreset, understands_a_recorded_machine) {
    const Result<Preset> read = read_preset(std::string(MACHINES) + "/strixpoint/kfd/topology");
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->devices.size(), 1U);
    EXPECT_EQ(read->devices[0].name, "gfx1150");
    EXPECT_EQ(read->devices[0].settings.compute_units, 12U);
    EXPECT_EQ(read->devices[0].settings.scheduler, Scheduler::mes);
    EXPECT_TRUE(read->devices[0].has_metrics_v3_0);
    EXPECT_TRUE(read->topology.contains("nodes/1/caches/26/properties"));
}

TEST_F(ReadPreset, leaves_live_figures_out) {
    write("nodes/1/mem_banks/0/used_memory", "2907979776\n");
    const Result<Preset> read = read_preset(root_.string());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_FALSE(read->topology.contains("nodes/1/mem_banks/0/used_memory"));
}

TEST_F(ReadPreset, says_which_folder_is_not_there) {
    const Result<Preset> read = read_preset("/nowhere");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message(),
              "use topology /nowhere: open /nowhere/generation_id: No such file or directory");
}

TEST_F(ReadPreset, says_which_file_is_missing) {
    std::filesystem::remove(root_ / "nodes/1/gpu_id");
    EXPECT_EQ(complaint(), "use topology R: open R/nodes/1/gpu_id: No such file or directory");
}

TEST_F(ReadPreset, wants_numbers_behind_keys) {
    replace("nodes/1/properties", "num_xcc 1", "num_xcc one");
    EXPECT_EQ(
        complaint(),
        "use topology R: nodes/1/properties: found 'num_xcc one', expected a key and a number");
}

TEST_F(ReadPreset, shows_control_characters_as_question_marks) {
    write("nodes/1/io_links/0/properties", "type\x1b[2J 2\n");
    EXPECT_EQ(complaint(),
              "use topology R: nodes/1/io_links/0/properties: found 'type?[2J 2', expected a key "
              "and a number");
}

TEST_F(ReadPreset, wants_nodes_without_a_gap) {
    std::filesystem::rename(root_ / "nodes/1", root_ / "nodes/2");
    EXPECT_EQ(complaint(), "use topology R: nodes: found '2', expected 0 to 1");
    std::filesystem::rename(root_ / "nodes/2", root_ / "nodes/01");
    EXPECT_EQ(complaint(), "use topology R: nodes: found '01', expected 0 to 1");
}

TEST_F(ReadPreset, takes_256_nodes_and_no_more) {
    for (int node = 2; node < 256; ++node) {
        std::filesystem::copy(root_ / "nodes/0", root_ / "nodes" / std::to_string(node));
    }
    EXPECT_EQ(complaint().find("more than"), std::string::npos);
    std::filesystem::copy(root_ / "nodes/0", root_ / "nodes/256");
    EXPECT_EQ(complaint(), "use topology R: nodes: more than 256 entries");
}

TEST_F(ReadPreset, takes_1024_entries_of_a_kind_and_no_more) {
    add_links(1024);
    EXPECT_EQ(complaint(), "none");
    add_links(1025);
    EXPECT_EQ(complaint(), "use topology R: nodes/1/io_links: more than 1024 entries");
}

TEST_F(ReadPreset, takes_16384_files_and_no_more) {
    add_links(1024);
    for (int node = 2; node < 18; ++node) {
        const auto copy = root_ / "nodes" / std::to_string(node);
        std::filesystem::copy(root_ / "nodes/0", copy);
        std::filesystem::create_directory_symlink(root_ / "nodes/1/io_links", copy / "io_links");
    }
    EXPECT_NE(complaint().find("more than 16384 files"), std::string::npos) << complaint();
}

TEST_F(ReadPreset, refuses_a_file_that_sysfs_could_not_hold) {
    write("nodes/1/name", std::string(4097, 'x'));
    EXPECT_EQ(complaint(), "use topology R: read R/nodes/1/name: File too large");
}

TEST_F(ReadPreset, wants_an_id_that_fits_into_a_doorbell_offset) {
    write("nodes/1/gpu_id", "65536\n");
    EXPECT_EQ(complaint(), "use topology R: nodes/1/gpu_id: found '65536', expected 0 to 65535");
}

TEST_F(ReadPreset, wants_a_gpu) {
    write("nodes/1/gpu_id", "0\n");
    EXPECT_EQ(complaint(), "use topology R: no node is a GPU: every gpu_id is 0");
}

TEST_F(ReadPreset, wants_every_id_once) {
    std::filesystem::copy(
        root_ / "nodes/1", root_ / "nodes/2", std::filesystem::copy_options::recursive);
    EXPECT_EQ(complaint(), "use topology R: nodes/2/gpu_id: 51432 is another node's too");
}

TEST_F(ReadPreset, wants_units_to_divide_by) {
    replace("nodes/1/properties", "simd_per_cu 2", "simd_per_cu 0");
    EXPECT_EQ(complaint(),
              "use topology R: nodes/1/properties: simd_per_cu: found '0', expected 1 to 64");
}

TEST_F(ReadPreset, says_which_key_is_missing) {
    replace("nodes/1/properties", "gfx_target_version", "gfx_target_vision");
    EXPECT_EQ(complaint(), "use topology R: nodes/1/properties: there is no gfx_target_version");
}

}  // namespace
}  // namespace penstock::emulator
