// SPDX-License-Identifier: Apache-2.0
//
// Stand for sources of devices: a folder for the machine, with one device in it, whose files can be
// made to fail; and what a source told at its last turn.

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/probes/real_machine.h"
#include "agent/probes/source_catalogue.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::fakes {

// Reads fail as told, by path; opening does not, as in sysfs.
class FaultyMachine final : public Machine {
  public:
    explicit FaultyMachine(const std::string& root) : real_(RealMachine::below(root)) {}

    void fail_reads(const std::string& path, int error) { (*errors_)[path] = error; }

    void heal(const std::string& path) { errors_->erase(path); }

    // How often a file was opened or read, or a folder listed.
    [[nodiscard]] unsigned touched(const std::string& path) const {
        const auto found = touches_->find(path);
        return found != touches_->end() ? found->second : 0;
    }

    using Machine::read;

    Result<std::vector<std::string>> list(const std::string& path) override {
        ++(*touches_)[path];
        if (errors_->contains(path)) {
            return fail(errors_->at(path), "list " + path);
        }
        return real_.list(path);
    }

    Result<std::string> read(const std::string& path, std::size_t limit) override {
        return real_.read(path, limit);
    }

    Result<std::string> link(const std::string& path) override { return real_.link(path); }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        ++(*touches_)[path];
        auto file = real_.open(path);
        if (!file) {
            return std::unexpected(std::move(file).error());
        }
        return std::make_unique<FaultyFile>(std::move(*file), errors_, touches_, path);
    }

    Result<std::unique_ptr<CounterGroup>> open_counters(std::span<const PerfEvent> events,
                                                        int cpu) override {
        return real_.open_counters(events, cpu);
    }

  private:
    using Errors = std::map<std::string, int>;
    using Touches = std::map<std::string, unsigned>;

    class FaultyFile final : public OpenFile {
      public:
        FaultyFile(std::unique_ptr<OpenFile> file,
                   std::shared_ptr<Errors> errors,
                   std::shared_ptr<Touches> touches,
                   std::string path)
            : file_(std::move(file)),
              errors_(std::move(errors)),
              touches_(std::move(touches)),
              path_(std::move(path)) {}

        std::expected<std::size_t, int> read(std::span<char> into) override {
            ++(*touches_)[path_];
            if (errors_->contains(path_)) {
                return std::unexpected(errors_->at(path_));
            }
            return file_->read(into);
        }

      private:
        std::unique_ptr<OpenFile> file_;
        std::shared_ptr<Errors> errors_;
        std::shared_ptr<Touches> touches_;
        std::string path_;
    };

    RealMachine real_;
    std::shared_ptr<Errors> errors_ = std::make_shared<Errors>();
    std::shared_ptr<Touches> touches_ = std::make_shared<Touches>();
};

struct Stand {
    ScratchTree tree{};
    FaultyMachine machine{tree.root()};
    DevicePlace device{.gpu = {51432}, .render_path = "sys/class/drm/renderD128"};
    Surroundings around{.devices = {device}};
    std::unique_ptr<Source> source{};
    TimePoint now = from_ns(1'000'000'000);
    Readings told{};
    bool stays = true;  // What the last read returned.

    static constexpr SourceId self{.kind = 3, .instance = 1};

    void write(const std::string& file, const std::string& content) { tree.write(file, content); }

    // A file of the device.
    [[nodiscard]] std::string path(const std::string& file) const {
        return device.render_path + "/device/" + file;
    }

    void write_device(const std::string& file, const std::string& content) {
        tree.write(path(file), content);
    }

    // As where the bus puts it: the device's folder is a link to there.
    void put_on_bus(const std::string& address) {
        namespace fs = std::filesystem;
        const fs::path root = tree.root();
        fs::create_directories(root / "sys/devices/bridge" / address);
        fs::create_directories(root / device.render_path);
        fs::create_directory_symlink(root / "sys/devices/bridge" / address,
                                     root / device.render_path / "device");
    }

    void fall_asleep() { write_device("power/runtime_status", "suspended\n"); }

    void wake() { write_device("power/runtime_status", "active\n"); }

    Opened open() { return source->open(machine, around, self); }

    void read() {
        told.clear();
        now += std::chrono::seconds(1);
        stays = source->read(now, told);
    }

    // The reading of that quantity at the last turn; the test fails where there is none.
    [[nodiscard]] LevelReading level(Quantity quantity, std::uint64_t part = 0) const {
        for (const LevelReading& each : told.levels) {
            if (each.subject.quantity == quantity && each.subject.part == part) {
                return each;
            }
        }
        return {.by = {.origin = "was not told"}};
    }

    [[nodiscard]] CounterReading counter(Quantity quantity, std::uint64_t part = 0) const {
        for (const CounterReading& each : told.counters) {
            if (each.subject.quantity == quantity && each.subject.part == part) {
                return each;
            }
        }
        return {.by = {.origin = "was not told"}};
    }

    [[nodiscard]] std::size_t values() const {
        std::size_t count = 0;
        for (const LevelReading& each : told.levels) {
            count += each.value.has_value();
        }
        for (const CounterReading& each : told.counters) {
            count += each.count.has_value();
        }
        return count;
    }
};

inline std::string why(const Opened& opened) {
    if (const auto* absent = std::get_if<Absent>(&opened)) {
        return absent->why;
    }
    if (const auto* later = std::get_if<Later>(&opened)) {
        return later->why;
    }
    return std::get<Available>(opened).what;
}

inline bool is_available(const Opened& opened) {
    return std::holds_alternative<Available>(opened);
}

inline bool is_later(const Opened& opened) {
    return std::holds_alternative<Later>(opened);
}

inline bool is_absent(const Opened& opened) {
    return std::holds_alternative<Absent>(opened);
}

}  // namespace penstock::fakes
