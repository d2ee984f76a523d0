// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/probes/crowded_machine.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "base/fd.h"

namespace penstock::bench {
namespace {

std::atomic<std::uint32_t> groups_opened = 0;

GpuId gpu_of(std::uint32_t device) {
    return {1000 + device};
}

// A group whose counts lie in a file, and grow with each read.
class FileGroup final : public CounterGroup {
  public:
    FileGroup(Fd file, std::size_t events) : file_(std::move(file)), events_(events) {}

    std::expected<GroupCounts, int> read() override {
        std::array<std::uint64_t, most_events_in_group> words{};
        if (::pread(file_.get(), words.data(), sizeof words, 0) < 0) {
            return std::unexpected(errno);
        }
        ++turn_;
        GroupCounts counts{.enabled = turn_ * Duration(std::chrono::milliseconds(10)),
                           .running = turn_ * Duration(std::chrono::milliseconds(10)),
                           .size = events_};
        for (std::size_t event = 0; event < events_; ++event) {
            counts.values.at(event) = words.at(event) + static_cast<std::uint64_t>(turn_) * 100'000;
        }
        return counts;
    }

  private:
    Fd file_;
    std::size_t events_;
    std::int64_t turn_ = 0;
};

class CrowdedFiles final : public Machine {
  public:
    explicit CrowdedFiles(const std::string& root) : files_(RealMachine::below(root)) {}

    using Machine::read;

    Result<std::vector<std::string>> list(const std::string& path) override {
        return files_.list(path);
    }

    Result<std::string> read(const std::string& path, std::size_t limit) override {
        return files_.read(path, limit);
    }

    Result<std::string> link(const std::string& path) override { return files_.link(path); }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        return files_.open(path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                        int /*cpu*/) override {
        Result<Fd> file = owned(::memfd_create("counters", MFD_CLOEXEC), "make a file of counts");
        if (!file) {
            return std::unexpected(file.error());
        }
        const std::array<std::uint64_t, most_events_in_group> zeros{};
        if (::pwrite(file->get(), zeros.data(), sizeof zeros, 0) < 0) {
            return fail(errno, "write counts");
        }
        ++groups_opened;
        return std::make_unique<FileGroup>(std::move(*file), events.size());
    }

  private:
    RealMachine files_;
};

}  // namespace

std::uint32_t crowded_groups_opened() {
    return groups_opened;
}

CrowdedMachine::CrowdedMachine(const std::string& gpu_metrics) {
    for (std::uint32_t box = 0; box < crowded_boxes; ++box) {
        write_controllers(box);
    }
    for (std::uint32_t cpu = 0; cpu < crowded_packages; ++cpu) {
        const std::string number = std::to_string(cpu);
        tree_.write("sys/devices/system/cpu/cpu" + number + "/topology/physical_package_id",
                    number + "\n");
        tree_.write("sys/devices/system/node/node" + number + "/cpulist", number + "\n");
    }
    for (std::uint32_t device = 0; device < crowded_devices; ++device) {
        write_device(device, gpu_metrics);
    }
}

// As Sapphire Rapids shows its memory controllers.
void CrowdedMachine::write_controllers(std::uint32_t box) {
    const std::string pmu = "sys/bus/event_source/devices/uncore_imc_" + std::to_string(box) + "/";
    tree_.write(pmu + "type", std::to_string(20 + box) + "\n");
    tree_.write(pmu + "cpumask", "0-1\n");
    tree_.write(pmu + "format/event", "config:0-7\n");
    tree_.write(pmu + "format/umask", "config:8-15\n");
    tree_.write(pmu + "events/cas_count_read", "event=0x05,umask=0xcf\n");
    tree_.write(pmu + "events/cas_count_write", "event=0x05,umask=0xf0\n");
    for (const char* event : {"cas_count_read", "cas_count_write"}) {
        tree_.write(pmu + "events/" + event + ".scale", "6.103515625e-5\n");
        tree_.write(pmu + "events/" + event + ".unit", "MiB\n");
    }
}

void CrowdedMachine::write_device(std::uint32_t device, const std::string& gpu_metrics) {
    const std::string files = "sys/class/drm/renderD" + std::to_string(128 + device) + "/device/";
    tree_.write(files + "gpu_metrics", gpu_metrics);
    tree_.write(files + "power/runtime_status", "active\n");
    tree_.write(files + "mem_info_vram_used", "1073741824\n");
    tree_.write(files + "mem_info_vram_total", "68719476736\n");
    tree_.write(files + "mem_info_gtt_used", "4194304\n");
    tree_.write(files + "mem_info_gtt_total", "34359738368\n");
    tree_.write(files + "gpu_busy_percent", "50\n");
    tree_.write(files + "current_link_speed", "32.0 GT/s PCIe\n");
    tree_.write(files + "current_link_width", "16\n");
    tree_.write(files + "hwmon/hwmon1/name", "amdgpu\n");
    tree_.write(files + "hwmon/hwmon1/power1_average", "250000000\n");
    tree_.write(files + "hwmon/hwmon1/temp1_input", "55000\n");
}

std::shared_ptr<Machine> CrowdedMachine::machine() const {
    return std::make_shared<CrowdedFiles>(tree_.root());
}

Surroundings CrowdedMachine::surroundings() const {
    Surroundings around;
    for (std::uint32_t device = 0; device < crowded_devices; ++device) {
        around.devices.push_back(
            {.gpu = gpu_of(device),
             .render_path = "sys/class/drm/renderD" + std::to_string(128 + device),
             .topology_node = device + crowded_packages});
    }
    return around;
}

void CrowdedMachine::populate(MachineProbes& probes) const {
    std::vector<Device> devices;
    for (std::uint32_t device = 0; device < crowded_devices; ++device) {
        devices.push_back({.gpu = gpu_of(device), .name = "gfx942"});
    }
    probes.set_devices(std::move(devices));
    for (std::uint32_t owner = 1; owner <= crowded_owners; ++owner) {
        probes.note(QueueEvent(OwnerAppeared{{.id = {owner},
                                              .pid = 100'000 + owner,
                                              .command = "program",
                                              .priority = static_cast<std::int32_t>(owner % 4)}}));
        probes.note(wire::FromGate(
            wire::Adopted{.owner = {owner}, .level = PreemptionLevel::debug_suspend}));
    }
    for (std::uint32_t queue = 0; queue < crowded_queues; ++queue) {
        probes.note(QueueEvent(QueueAppeared{{.key = {.owner = {(queue % crowded_owners) + 1},
                                                      .gpu = gpu_of(queue % crowded_devices),
                                                      .number = queue},
                                              .type = QueueType::compute_aql,
                                              .ring_bytes = 1024 * 64}}));
    }
}

wire::FromGate CrowdedMachine::samples(std::uint64_t step) {
    wire::Sampled sampled;
    sampled.queues.reserve(crowded_queues);
    for (std::uint32_t queue = 0; queue < crowded_queues; ++queue) {
        sampled.queues.push_back({.key = {.owner = {(queue % crowded_owners) + 1},
                                          .gpu = gpu_of(queue % crowded_devices),
                                          .number = queue},
                                  .known = true,
                                  .written = step + (queue % 3),
                                  .read = step});
    }
    return sampled;
}

}  // namespace penstock::bench
