// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* process = "org.penstock1.Process";
constexpr const char* memory = "org.penstock1.MemoryNode";
constexpr const char* gpu = "org.penstock1.Gpu";
constexpr const char* package = "org.penstock1.Package";
constexpr const char* unknown_rate = "18446744073709551615";
const std::string root = "/org/penstock1";

std::string listed(BusPair& pair, const char* member) {
    const Reply reply = pair.call(root, manager, member, [](sd_bus_message* message) {
        sd_bus_message_append(message, "a{sv}", 0);
    });
    return reply.ok() ? text_at(reply.message.get()) : reply.error_sentence;
}

TEST(Reads, show_the_process) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(process_path, process, "PID"), "4242");
    EXPECT_EQ(pair.get_text(process_path, process, "Id"), "1");
    EXPECT_EQ(pair.get_text(process_path, process, "UID"), "1000");
    EXPECT_EQ(pair.get_text(process_path, process, "StartTimeUSec"), "5000000");
    EXPECT_EQ(pair.get_text(process_path, process, "PreemptionLevel"), "debug-suspend");
    EXPECT_EQ(pair.get_text(process_path, process, "NQueues"), "1");
    EXPECT_EQ(pair.get_text(process_path, process, "Occupancy"), "0.5");
}

TEST(Reads, count_a_suspension_that_still_lasts) {
    BusPair pair;
    suspend(pair.loop.snapshot, 0);
    pair.loop.advance(std::chrono::milliseconds(30));
    EXPECT_EQ(pair.get_text(process_path, process, "State"), "preempted");
    EXPECT_EQ(pair.get_text(process_path, process, "PreemptedUSec"), "30000");
    EXPECT_EQ(pair.get_text(process_path, process, "NPreemptions"), "1");
    EXPECT_EQ(pair.get_text(root, manager, "NQueuesSuspended"), "1");
}

TEST(Reads, never_show_unknown_as_zero) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(memory_path, memory, "ReadBytesPerSecond"), "20000000000");
    EXPECT_EQ(pair.get_text(memory_path, memory, "WriteBytesPerSecond"), unknown_rate);
    EXPECT_EQ(pair.get_text(memory_path, memory, "PeakBytesPerSecond"), unknown_rate);
    EXPECT_EQ(pair.get_text(memory_path, memory, "Utilization"), "-1");
    EXPECT_EQ(pair.get_text(memory_path, memory, "UnknownReason"), "no counter of writes");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PcieRxBytesPerSecond"), unknown_rate);
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PcieTxBytesPerSecond"), "1500000000");
}

TEST(Reads, show_what_preemption_costs_the_device) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "Scheduler"), "unknown");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "SuspendCostNSec"), unknown_rate);
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "ResumeCostNSec"), unknown_rate);
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PreemptionsPerSecondLimit"), "50") << "assumed";

    Device& device = pair.loop.snapshot.devices[0];
    device.scheduler = DeviceScheduler::hws;
    device.compute_units = 104;
    device.suspend_cost.value = std::chrono::microseconds(110);
    device.resume_cost.value = std::chrono::nanoseconds(90'000);
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "Scheduler"), "hws");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "ComputeUnits"), "104");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "SuspendCostNSec"), "110000");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "ResumeCostNSec"), "90000");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PreemptionsPerSecondLimit"), "100");
}

TEST(Reads, show_that_free_preemptions_are_not_bounded) {
    BusPair pair;
    pair.loop.snapshot.devices[0].scheduler = DeviceScheduler::mes;
    pair.loop.snapshot.devices[0].resume_cost.value = Duration::zero();
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "Scheduler"), "mes");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PreemptionsPerSecondLimit"), "-1");
}

TEST(Reads, show_utilization_once_it_is_known) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(memory_path, memory, "Utilization"), "-1");
    MemoryNode& node = pair.loop.snapshot.memory[0];
    node.written = {.value = BytesPerSecond{5'000'000'000}, .source = "gpu_metrics"};
    node.utilization = {.value = 0.25, .source = "traffic as a share of the peak"};
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(memory_path, memory, "Utilization"), "0.25");
    EXPECT_EQ(pair.get_text(memory_path, memory, "Sources"), "[gpu_metrics]");
}

TEST(Reads, show_who_uses_a_memory_node) {
    BusPair pair;
    MemoryNode& node = pair.loop.snapshot.memory[0];
    node.total = {.value = BytesPerSecond{30}, .source = "amd_df"};
    node.cpu = {.value = BytesPerSecond{20}, .source = "resctrl"};
    node.devices = {.value = BytesPerSecond{10}, .source = "the rest"};
    node.peak = {.value = BytesPerSecond{100}, .source = "configured"};
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(memory_path, memory, "TotalBytesPerSecond"), "30");
    EXPECT_EQ(pair.get_text(memory_path, memory, "CpuBytesPerSecond"), "20");
    EXPECT_EQ(pair.get_text(memory_path, memory, "GpuBytesPerSecond"), unknown_rate);
    EXPECT_EQ(pair.get_text(memory_path, memory, "DevicesBytesPerSecond"), "10");
    EXPECT_EQ(pair.get_text(memory_path, memory, "PeakSource"), "configured");
    EXPECT_EQ(pair.get_text(memory_path, memory, "Pressure"), "-1");
    EXPECT_EQ(pair.get_text(memory_path, memory, "Sources"), "[gpu_metrics, amd_df]");
}

TEST(Reads, say_of_each_figure_where_it_comes_from_or_why_it_is_unknown) {
    BusPair pair;
    pair.loop.snapshot.memory[0].devices = {
        .value = BytesPerSecond{10}, .source = "the rest", .confidence = Confidence::heuristic};
    pair.loop.publish();
    const std::string origins = pair.get_text(memory_path, memory, "Origins");
    EXPECT_THAT(origins, testing::HasSubstr("(ReadBytesPerSecond, counter, gpu_metrics)"));
    EXPECT_THAT(origins, testing::HasSubstr("(WriteBytesPerSecond, , no counter of writes)"));
    EXPECT_THAT(origins, testing::HasSubstr("(DevicesBytesPerSecond, heuristic, the rest)"));
}

TEST(Reads, show_what_a_device_uses) {
    BusPair pair;
    DeviceUse& use = pair.loop.snapshot.devices[0].use;
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "VramUsedBytes"), unknown_rate);
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PowerWatts"), "-1");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "TemperatureCelsius"), "nan");
    use.vram.value = 4096;
    use.vram_capacity.value = 8192;
    use.busy.value = 0.5;
    use.power = {.value = 250, .source = "hwmon"};
    use.temperature.value = -3;
    use.energy.value = 12.5;
    use.pcie_capacity.value = BytesPerSecond{32'000'000'000};
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "VramUsedBytes"), "4096");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "VramCapacityBytes"), "8192");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "GttUsedBytes"), unknown_rate);
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "Busy"), "0.5");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PowerWatts"), "250");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "TemperatureCelsius"), "-3");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "EnergyJoules"), "12.5");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "PcieCapacityBytesPerSecond"), "32000000000");
    EXPECT_THAT(pair.get_text(gpu_path, gpu, "Origins"),
                testing::HasSubstr("(PowerWatts, counter, hwmon)"));
}

TEST(Reads, show_what_a_process_uses) {
    BusPair pair;
    OwnerUse& use = pair.loop.snapshot.owners[0].use;
    use.dram.value = BytesPerSecond{5'000'000};
    use.vram.value = 1024;
    use.gpu_share.value = 1.5;
    use.energy = {.value = 7.25, .source = "energy counter, split by engine time"};
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(process_path, process, "DramBytesPerSecond"), "5000000");
    EXPECT_EQ(pair.get_text(process_path, process, "VramUsedBytes"), "1024");
    EXPECT_EQ(pair.get_text(process_path, process, "GttUsedBytes"), unknown_rate);
    EXPECT_EQ(pair.get_text(process_path, process, "GpuShare"), "1.5");
    EXPECT_EQ(pair.get_text(process_path, process, "CpuShare"), "-1");
    EXPECT_EQ(pair.get_text(process_path, process, "EnergyJoules"), "7.25");
    EXPECT_THAT(pair.get_text(process_path, process, "Origins"),
                testing::HasSubstr("(EnergyJoules, counter, energy counter, split by"));
    EXPECT_THAT(listed(pair, "ListProcesses"), testing::HasSubstr("normal, 1, 5000000)"));
}

TEST(Reads, show_a_package_while_it_is_measured) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(package_path, package, "Number"), "0");
    EXPECT_EQ(pair.get_text(package_path, package, "PowerWatts"), "35.5");
    EXPECT_EQ(pair.get_text(package_path, package, "EnergyJoules"), "1200.25");
    EXPECT_EQ(pair.get_text(package_path, package, "MemoryPowerWatts"), "-1");
    EXPECT_EQ(pair.get_text(package_path, package, "PcieRxBytesPerSecond"), unknown_rate);
    pair.loop.snapshot.packages.clear();
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(package_path, package, "Number"),
              "org.freedesktop.DBus.Error.UnknownObject");
}

TEST(Reads, list_sources_with_their_standing) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(root, manager, "Sources"),
              "[(uncore_imc, absent, there is no such counter), (gpu_metrics 51432, available, "
              "DRAM traffic of memory node 0)]");
}

TEST(Reads, say_what_is_emulated) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(memory_path, memory, "Emulated"), "true");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "Emulated"), "true");
    EXPECT_EQ(pair.get_text(gpu_path, gpu, "Name"), "gfx90a");
}

TEST(Reads, bound_a_client_s_claims_of_its_ring) {
    BusPair pair;
    Queue& queue = pair.loop.snapshot.queues[0];
    queue.written = UINT64_MAX;
    queue.read = 0;
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(process_path, process, "Occupancy"), "-1")
        << "a ring can not hold more than it has places";
    queue.read = UINT64_MAX;
    queue.written = 0;
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(process_path, process, "Occupancy"), "-1");
    queue.ring_bytes = 0;
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(process_path, process, "Occupancy"), "-1");
}

TEST(Reads, make_foreign_text_printable_and_short) {
    BusPair pair;
    pair.loop.snapshot.owners[0].command = "\x1b[2Jevil\xff" + std::string(1000, 'x');
    pair.loop.publish();
    const std::string shown = pair.get_text(process_path, process, "Command");
    EXPECT_EQ(shown.substr(0, 9), "?[2Jevil?");
    EXPECT_LE(shown.size(), 256U);
    pair.loop.snapshot.owners[0].origin.control_group = "/a\nb" + std::string(1000, 'x');
    pair.loop.publish();
    const std::string group = pair.get_text(process_path, process, "ControlGroup");
    EXPECT_EQ(group.substr(0, 4), "/a?b");
    EXPECT_LE(group.size(), 256U);
}

TEST(Reads, show_where_a_process_comes_from) {
    BusPair pair;
    pair.loop.snapshot.owners[0].origin = {.executable = "/usr/bin/trainer",
                                           .control_group = "/llm.slice/llm.service",
                                           .unit = "llm.service"};
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(process_path, process, "Executable"), "/usr/bin/trainer");
    EXPECT_EQ(pair.get_text(process_path, process, "ControlGroup"), "/llm.slice/llm.service");
    EXPECT_EQ(pair.get_text(process_path, process, "Unit"), "llm.service");
    EXPECT_EQ(pair.get_text("/org/penstock1/process/4300", process, "Unit"), "");
}

TEST(Reads, list_processes_and_queues_as_rows) {
    BusPair pair;
    suspend(pair.loop.snapshot, 1);
    pair.loop.advance(std::chrono::milliseconds(2));
    EXPECT_EQ(listed(pair, "ListProcesses"),
              "[(/org/penstock1/process/4242, 1, 4242, 1000, trainer, 0, normal, 1, "
              "18446744073709551615), (/org/penstock1/process/4300, 2, 4300, 1000, trainer, 0, "
              "normal, 2, 18446744073709551615)]");
    EXPECT_EQ(listed(pair, "ListQueues"),
              "[(1, 4242, 51432, 0, compute-aql, application, 0, running, 0.5, 0, 0), "
              "(2, 4300, 51432, 0, compute-aql, application, 0, preempted, 0.5, 2000, 1), "
              "(2, 4300, 51432, 1, compute-aql, application, 0, preempted, 0.5, 2000, 1)]");
    const Reply own = pair.call(process_path, process, "ListQueues");
    EXPECT_EQ(text_at(own.message.get()),
              "[(51432, 0, compute-aql, application, 0, running, 0.5, 0, 0)]");
}

TEST(Reads, list_each_process_with_its_class) {
    BusPair pair;
    pair.loop.snapshot.owners.at(1).service_class = ServiceClass::batch;
    pair.loop.publish();
    EXPECT_THAT(listed(pair, "ListProcesses"), testing::HasSubstr("trainer, 0, batch, 2, "));
    EXPECT_EQ(pair.get_text("/org/penstock1/process/4300", process, "Class"), "batch");
}

TEST(Reads, show_a_queue_that_is_held_by_itself) {
    BusPair pair;
    Tenure& alone = pair.loop.snapshot.queues.at(2).alone;
    alone = {.suspended = true, .suspended_since = pair.loop.snapshot.now, .preemptions = 1};
    pair.loop.publish();
    pair.loop.advance(std::chrono::milliseconds(3));
    EXPECT_EQ(listed(pair, "ListQueues"),
              "[(1, 4242, 51432, 0, compute-aql, application, 0, running, 0.5, 0, 0), "
              "(2, 4300, 51432, 0, compute-aql, application, 0, running, 0.5, 0, 0), "
              "(2, 4300, 51432, 1, compute-aql, application, 0, preempted, 0.5, 3000, 1)]");
    EXPECT_EQ(pair.get_text(root, manager, "NQueuesSuspended"), "1");
    EXPECT_EQ(pair.get_text("/org/penstock1/process/4300", process, "State"), "running");
}

TEST(Reads, find_a_process_by_its_descriptor) {
    BusPair pair;
    const auto ask = [&] {
        return pair.call(root, manager, "GetProcessByPIDFD", [](sd_bus_message* message) {
            sd_bus_message_append(message, "h", STDIN_FILENO);
        });
    };
    const Reply reply = ask();
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    const char* path = "";
    std::uint64_t id = 0;
    ASSERT_GT(sd_bus_message_read(reply.message.get(), "ot", &path, &id), 0);
    EXPECT_EQ(path, process_path);
    EXPECT_EQ(id, 1U);
    pair.loop.failure = Error{.code = 0, .doing = "the descriptor is not that of a process"};
    EXPECT_EQ(ask().error_name, "org.freedesktop.DBus.Error.InvalidArgs");
    pair.loop.failure = Error{.code = ESRCH, .doing = "find the queues of process 7"};
    EXPECT_EQ(ask().error_name, "org.penstock1.Error.NotManaged");
}

TEST(Reads, find_a_process_by_pid) {
    BusPair pair;
    const Reply reply = pair.call(root, manager, "GetProcess", [](sd_bus_message* message) {
        sd_bus_message_append(message, "u", 4300U);
    });
    EXPECT_EQ(text_at(reply.message.get()), "/org/penstock1/process/4300");
}

TEST(Reads, show_the_agent) {
    BusPair pair;
    pair.service().set_features({"kfd-debug", "emulated"});
    EXPECT_EQ(pair.get_text(root, manager, "Version"), PENSTOCK_VERSION);
    EXPECT_EQ(pair.get_text(root, manager, "Features"), "[kfd-debug, emulated]");
    EXPECT_EQ(pair.get_text(root, manager, "Policy"), "fixed-priority");
    EXPECT_EQ(pair.get_text(root, manager, "State"), "running");
    EXPECT_THAT(pair.get_text(root, manager, "AvailablePolicies"),
                testing::HasSubstr("(observe-only, "));
    EXPECT_EQ(pair.get_text(root, manager, "NProcesses"), "2");
    EXPECT_EQ(pair.get_text(root, manager, "NQueues"), "3");
}

TEST(Reads, know_an_object_by_its_usual_number_only) {
    BusPair pair;
    for (const char* number : {"04242", "4242x", "99999999999", "4243", "_34242"}) {
        EXPECT_EQ(pair.get_text(std::string("/org/penstock1/process/") + number, process, "PID"),
                  "org.freedesktop.DBus.Error.UnknownObject");
    }
}

TEST(Reads, show_degradation_and_its_end) {
    BusPair pair;
    pair.service().degraded({"BPF is not permitted: queues are sampled"});
    EXPECT_EQ(pair.get_text(root, manager, "State"), "degraded");
    pair.service().publish(pair.loop.snapshot,
                           {.orders_sent = 0, .failure = Error{.doing = "the gate has hung up"}});
    EXPECT_EQ(pair.get_text(root, manager, "DegradedReasons"),
              "[BPF is not permitted: queues are sampled, the gate has hung up]");
    pair.service().degraded({});
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(root, manager, "State"), "running");
}

}  // namespace
}  // namespace penstock::test
