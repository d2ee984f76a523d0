// SPDX-License-Identifier: Apache-2.0
//
// Fakes of everything the emulated driver reaches, and a bench that issues ioctls to it.

#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/driver.h"

namespace penstock::emulator {

inline constexpr std::uint32_t gpu = 51432;

// The memory of every process is the test's own; only what was added can be reached.
class FakeMemory final : public ClientMemory {
  public:
    template <typename T>
    std::uint64_t add(T& object) {
        ranges_.push_back(std::as_writable_bytes(std::span(&object, 1)));
        return std::bit_cast<std::uint64_t>(&object);
    }

    bool read(std::uint32_t /*tgid*/, std::uint64_t address, std::span<std::byte> into) override {
        const auto found = find(address, into.size());
        std::ranges::copy(found, into.begin());
        return found.size() == into.size();
    }

    bool write(std::uint32_t /*tgid*/,
               std::uint64_t address,
               std::span<const std::byte> from) override {
        const auto found = find(address, from.size());
        if (found.size() == from.size()) {
            std::ranges::copy(from, found.begin());
        }
        return found.size() == from.size();
    }

  private:
    std::span<std::byte> find(std::uint64_t address, std::size_t bytes) {
        for (const std::span<std::byte> range : ranges_) {
            const auto start = std::bit_cast<std::uint64_t>(range.data());
            if (address >= start && address - start + bytes <= range.size()) {
                return range.subspan(address - start, bytes);
            }
        }
        return {};
    }

    std::vector<std::span<std::byte>> ranges_;
};

class FakeTasks final : public Tasks {
  public:
    std::map<std::uint32_t, TaskStatus> alive{};  // By thread id.

    std::optional<TaskStatus> status(std::uint32_t tid) override {
        const auto found = alive.find(tid);
        return found == alive.end() ? std::nullopt : std::optional(found->second);
    }

    bool belongs_to(std::uint32_t tid, std::uint32_t tgid) override {
        return alive.contains(tid) && alive.at(tid).tgid == tgid;
    }

    bool has_capability(std::uint32_t tid, unsigned capability) override {
        return capabilities.contains({tid, capability});
    }

    bool is_32_bit(std::uint32_t tid) override { return narrow.contains(tid); }

    bool is_being_killed(std::uint32_t tid) override { return killed.contains(tid); }

    std::set<std::pair<std::uint32_t, unsigned>> capabilities{};
    std::set<std::uint32_t> narrow{};
    std::set<std::uint32_t> killed{};
};

struct FakePipe final : EventPipe {
    explicit FakePipe(int& notified) : bytes(notified) {}

    void notify() override { ++bytes; }

    int& bytes;
};

class FakeFiles final : public CallerFiles {
  public:
    static constexpr std::uint32_t pipe_number = 5;
    int bytes = 0;  // Written into any pipe.

    std::unique_ptr<EventPipe> take(std::uint32_t /*tgid*/, std::uint32_t number) override {
        return number == pipe_number ? std::make_unique<FakePipe>(bytes) : nullptr;
    }
};

struct FakeDeaths final : Deaths {
    std::set<std::uint32_t> dead{};

    std::set<std::uint32_t> watched{};
    std::set<std::uint32_t> executed{};  // Another program than when they were watched.
    int questions = 0;

    bool watch(std::uint32_t tgid) override {
        executed.erase(tgid);
        return !dead.contains(tgid) && watched.insert(tgid).second;
    }

    void unwatch(std::uint32_t tgid) override { watched.erase(tgid); }

    bool has_same_memory(std::uint32_t tgid) override {
        ++questions;
        return !executed.contains(tgid);
    }
};

struct RecordedAnswers final : Answers {
    struct Answered {
        int result = 0;
        std::vector<std::byte> argument{};
    };

    std::map<std::uint64_t, Answered> by_call{};

    void answer(std::uint64_t call, int result, std::span<const std::byte> argument) override {
        by_call[call] = {result, {argument.begin(), argument.end()}};
    }
};

class FakeDevice final : public Device {
  public:
    std::map<QueueName, QueueSetup> queues{};
    std::set<QueueName> suspended{};
    std::map<QueueName, std::uint32_t> enabled_units{};
    DeviceCounters done{};
    Duration cost{};  // Of a suspend or resume that changes anything.
    Duration pace = std::chrono::microseconds(100);  // Until it wants to run again.
    int runs = 0;

    void create(const QueueSetup& setup, TimePoint /*now*/) override { queues[setup.name] = setup; }

    void destroy(QueueName queue, TimePoint /*now*/) override {
        queues.erase(queue);
        suspended.erase(queue);
    }

    void update(const QueueSetup& setup, TimePoint /*now*/) override { queues[setup.name] = setup; }

    void set_cu_mask(QueueName queue, std::uint32_t units, TimePoint /*now*/) override {
        enabled_units[queue] = units;
    }

    TimePoint suspend(std::span<const QueueName> names, TimePoint now) override {
        suspended.insert(names.begin(), names.end());
        return now + cost;
    }

    TimePoint resume(std::span<const QueueName> names, TimePoint now) override {
        for (const QueueName name : names) {
            suspended.erase(name);
        }
        return now + cost;
    }

    std::uint64_t demand = 0;
    std::int64_t memory_speed = full_bus_speed;

    [[nodiscard]] std::uint64_t dram_demand() const override { return demand; }

    void serve_memory(std::int64_t speed, TimePoint /*now*/) override { memory_speed = speed; }

    TimePoint run(TimePoint now) override {
        ++runs;
        return now + pace;
    }

    [[nodiscard]] DeviceCounters counters() const override { return done; }
};

// A driver with one fake device, whose clients are called by their process ids.
class DriverBench {
  public:
    explicit DriverBench(PermissionRule rule = PermissionRule::traced)
        : DriverBench(with_rule(rule)) {}

    // `device` is the first of them.
    explicit DriverBench(const DriverSettings& settings,
                         const std::vector<PresetDevice>& devices = {of_generation(110500)})
        : driver({memory, tasks, files, deaths, answers}, settings) {
        for (const PresetDevice& description : devices) {
            auto owned = std::make_unique<FakeDevice>();
            device = device != nullptr ? device : owned.get();
            driver.devices().add(description, std::move(owned));
        }
        memory.add(words);
    }

    static DriverSettings with_rule(PermissionRule rule) {
        DriverSettings settings;
        settings.kernel.permission = rule;
        return settings;
    }

    static DriverSettings with_kernel(std::string_view name) {
        return {.kernel = *std::ranges::find(kernel_profiles(), name, &KernelProfile::name)};
    }

    static PresetDevice of_generation(std::uint32_t gfx_target_version) {
        return {.gpu_id = gpu, .gfx_target_version = gfx_target_version};
    }

    // A process of one thread that has opened the file.
    void open(std::uint32_t tgid) {
        tasks.alive[tgid].tgid = tgid;
        openers[tgid] = driver.open(tgid, now).value();
    }

    // Sends the call on its way and returns its number.
    template <typename Argument>
    std::uint64_t begin(std::uint32_t tgid, kfd::Nr nr, const Argument& argument) {
        const auto bytes = std::as_bytes(std::span(&argument, 1));
        driver.call({.number = ++calls,
                     .caller_tid = tgid,
                     .command = static_cast<std::uint32_t>(kfd::request<Argument>(nr)),
                     .answer_bytes = sizeof(argument),
                     .argument = {bytes.begin(), bytes.end()}},
                    openers.at(tgid),
                    now);
        return calls;
    }

    std::optional<int> result_of(std::uint64_t call) const {
        const auto found = answers.by_call.find(call);
        return found == answers.by_call.end() ? std::nullopt : std::optional(found->second.result);
    }

    // A call that is answered at once, with its argument as it came back.
    template <typename Argument>
    int call(std::uint32_t tgid, kfd::Nr nr, Argument& argument) {
        const std::uint64_t number = begin(tgid, nr, argument);
        const RecordedAnswers::Answered& answered = answers.by_call.at(number);
        // A refused call, and one without outputs, leaves the caller's argument alone.
        std::ranges::copy(std::span(answered.argument)
                              .first(std::min(answered.argument.size(), sizeof(argument))),
                          std::as_writable_bytes(std::span(&argument, 1)).begin());
        return answered.result;
    }

    kfd::CreateQueue queue() {
        return {.ring_base_address = std::bit_cast<std::uint64_t>(&words.ring),
                .write_pointer_address = std::bit_cast<std::uint64_t>(&words.written),
                .read_pointer_address = std::bit_cast<std::uint64_t>(&words.read),
                .ring_size = sizeof(words.ring),
                .gpu_id = gpu,
                .queue_type = kfd::queue_type_compute_aql,
                .queue_percentage = 100,
                .queue_priority = 7};
    }

    std::uint32_t create_queue(std::uint32_t tgid) {
        kfd::CreateQueue argument = queue();
        return call(tgid, kfd::Nr::create_queue, argument) == 0 ? argument.queue_id : ~0U;
    }

    void pass(Duration time) {
        now += time;
        driver.run(now);
    }

    struct Words {
        std::array<std::byte, 1024> ring{};
        std::uint64_t written = 0;
        std::uint64_t read = 0;
    };

    FakeMemory memory;
    FakeTasks tasks;
    FakeFiles files;
    FakeDeaths deaths;
    RecordedAnswers answers;
    Driver driver;
    FakeDevice* device = nullptr;
    Words words;
    TimePoint now = from_ns(1'000'000'000);
    std::map<std::uint32_t, std::uint64_t> openers;
    std::uint64_t calls = 0;
};

}  // namespace penstock::emulator
