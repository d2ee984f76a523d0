// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "base/tree.h"
#include "kmod-helpers/emulator/presets/property_text.h"
#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {
namespace {

constexpr std::size_t longest_file = 4096;  // A sysfs attribute never exceeds a page.
constexpr std::uint32_t most_nodes = 256;
constexpr std::uint32_t most_entries = 1024;  // Of one kind at one node.
constexpr std::size_t most_files = 16384;     // A server with 32 devices has 2700.

constexpr std::array entry_folders = {"mem_banks", "caches", "io_links", "p2p_links"};

// Reads file after file into one topology; the first failure ends the reading.
class TopologyReader {
  public:
    explicit TopologyReader(const std::string& directory) : tree_(directory) {}

    Result<Topology> read() {
        Result<> done = add("generation_id");
        done = done ? add_properties("system_properties") : done;
        done = done ? add_nodes() : done;
        if (!done) {
            return std::unexpected(std::move(done).error());
        }
        return std::move(topology_);
    }

  private:
    Result<> add(const std::string& file) {
        if (topology_.size() == most_files) {
            return fail(fmt::format("{}: more than {} files", file, most_files));
        }
        Result<std::string> text = tree_.read(file, longest_file);
        if (!text) {
            return std::unexpected(std::move(text).error());
        }
        topology_.emplace(file, *std::move(text));
        return {};
    }

    Result<> add_properties(const std::string& file) {
        const Result<> added = add(file);
        return added ? check_properties(file, topology_.at(file)) : added;
    }

    // How many entries a folder has, which must be named 0, 1, 2 and so on.
    Result<std::uint32_t> count_entries(const std::string& folder, std::uint32_t most) {
        const Result<std::vector<std::string>> names = tree_.list(folder);
        if (!names) {
            return std::unexpected(names.error());
        }
        if (names->size() > most) {
            return fail(fmt::format("{}: more than {} entries", folder, most));
        }
        const auto count = static_cast<std::uint32_t>(names->size());
        for (const std::string& name : *names) {
            const auto number = parse_number<std::uint32_t>(name);
            if (!number || *number >= count || fmt::to_string(*number) != name) {
                return fail(fmt::format(
                    "{}: found '{}', expected 0 to {}", folder, printable(name), count - 1));
            }
        }
        return count;
    }

    Result<> add_nodes() {
        const Result<std::uint32_t> nodes = count_entries("nodes", most_nodes);
        if (!nodes) {
            return std::unexpected(nodes.error());
        }
        Result<> done;
        for (std::uint32_t node = 0; done && node < *nodes; ++node) {
            done = add_node(fmt::format("nodes/{}/", node));
        }
        return done;
    }

    Result<> add_node(const std::string& node) {
        Result<> done = add(node + "gpu_id");
        done = done ? add(node + "name") : done;
        done = done ? add_properties(node + "properties") : done;
        for (const std::string folder : entry_folders) {
            done = done ? add_entries(node + folder) : done;
        }
        return done;
    }

    Result<> add_entries(const std::string& folder) {
        const Result<std::uint32_t> entries = count_entries(folder, most_entries);
        if (!entries && entries.error().code == ENOENT) {
            return {};  // Recordings leave empty folders out.
        }
        if (!entries) {
            return std::unexpected(entries.error());
        }
        Result<> done;
        for (std::uint32_t entry = 0; done && entry < *entries; ++entry) {
            done = add_properties(fmt::format("{}/{}/properties", folder, entry));
        }
        return done;
    }

    Tree tree_;
    Topology topology_{};
};

}  // namespace

Result<Topology> read_topology(const std::string& directory) {
    return TopologyReader(directory).read();
}

}  // namespace penstock::emulator
