// SPDX-License-Identifier: Apache-2.0

#include "sim/scenario_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "base/suggestion.h"
#include "base/text.h"
#include "policies/catalogue.h"
#include "sim/scenario_keys.h"

namespace penstock::sim {
namespace {

using config::Assignment;
using config::Place;
using config::Remarks;

template <typename Target>
std::vector<std::string_view> names_of(std::span<const ScenarioKey<Target>> keys) {
    std::vector<std::string_view> names;
    for (const ScenarioKey<Target>& key : keys) {
        names.push_back(key.name);
    }
    return names;
}

template <typename Item>
std::vector<std::string_view> names_of(const std::vector<Item>& items) {
    std::vector<std::string_view> names;
    names.reserve(items.size());
    for (const Item& item : items) {
        names.push_back(item.name);
    }
    return names;
}

class Reader {
  public:
    explicit Reader(ScenarioRead& read) : scenario_(read.scenario), remarks_(read.remarks) {}

    void take(const Assignment& each) {
        const std::size_t blank = each.section.find(' ');
        const std::string kind = each.section.substr(0, blank);
        const std::string name = blank == std::string::npos ? "" : each.section.substr(blank + 1);
        const bool named = kind == "Device" || kind == "Job" || kind == "Policy";
        if (named && name.empty()) {
            remarks_.object(each.place, "[" + kind + "] has no name: [" + kind + " NAME]");
        } else if (kind == "Scenario" && name.empty()) {
            assign(each, scenario_, scenario_keys());
        } else if (kind == "Fleet" && name.empty()) {
            assign(each, scenario_.fleet, fleet_keys());
        } else if (kind == "Memory" && name.empty()) {
            assign(each, scenario_.memory, memory_keys());
        } else if (kind == "Device") {
            assign_to(each, name, scenario_.devices, most_devices, device_keys());
        } else if (kind == "Policy") {
            take_policy(each, name);
        } else if (kind == "Job") {
            take_job(each, name);
        } else {
            constexpr std::array<std::string_view, 6> kinds{
                "Scenario", "Fleet", "Memory", "Device", "Job", "Policy"};
            remarks_.object(each.place,
                            "[" + each.section + "] is not known" + did_you_mean(kind, kinds));
        }
    }

    // "SECTION.KEY=VALUE", where the section may have a blank in it.
    void change(const std::string& text) {
        const Place place{.file = "--set"};
        const std::size_t equals = text.find('=');
        const std::size_t dot = text.rfind('.', equals);
        if (equals == std::string::npos || dot == std::string::npos) {
            remarks_.object(place, "\"" + printable(text) + "\" is not SECTION.KEY=VALUE");
            return;
        }
        take({.section = text.substr(0, dot),
              .key = text.substr(dot + 1, equals - dot - 1),
              .value = text.substr(equals + 1),
              .place = place});
    }

    void finish(const Place& file) {
        if (scenario_.devices.empty() || scenario_.jobs.empty()) {
            remarks_.object(file, "A scenario has at least one [Device NAME] and one [Job NAME]");
        }
        if (scenario_.warm_up >= scenario_.duration) {
            remarks_.object(file, "WarmUpSec= leaves nothing of DurationSec=");
        }
        check_devices(file);
        check_jobs(file);
        check_policies(file);
    }

  private:
    // Something that may be described further down.
    struct Wish {
        std::string job{};
        std::string named{};
        Place place{};
    };

    void take_job(const Assignment& each, const std::string& name) {
        const bool of_device = each.key == "Device";
        if (!of_device && each.key != "ArrivesWith") {
            assign_to(each, name, scenario_.jobs, most_jobs, job_keys());
        } else if (find_or_add(each, name, scenario_.jobs, most_jobs) != nullptr) {
            (of_device ? devices_ : leaders_)
                .push_back({.job = name, .named = each.value, .place = each.place});
        }
    }

    void take_policy(const Assignment& each, const std::string& name) {
        PolicyModel* policy = find_or_add(each, name, scenario_.policies, most_policies);
        const PolicySetting* setting = find_setting(each.key);
        if (policy == nullptr) {
            return;
        }
        if (each.key == "Base") {
            policy->base = each.value;
        } else if (setting == nullptr) {
            std::vector<std::string_view> names{"Base"};
            for (const PolicySetting& known : policy_settings()) {
                names.push_back(known.name);
            }
            refuse_key(each, names);
        } else if (const Result<> done = read_setting(*setting, each.value, policy->settings);
                   !done) {
            remarks_.object(each.place, each.key + "=: " + done.error().message());
        }
    }

    void refuse_key(const Assignment& each, std::span<const std::string_view> known) {
        remarks_.object(each.place,
                        each.key + "= is not known here" + did_you_mean(each.key, known));
    }

    template <typename Item>
    Item* find_or_add(const Assignment& each,
                      const std::string& name,
                      std::vector<Item>& items,
                      std::size_t most) {
        const auto found = std::ranges::find(items, name, &Item::name);
        if (found != items.end()) {
            return &*found;
        }
        if (items.size() >= most) {
            remarks_.object(each.place,
                            "There are more than " + std::to_string(most) + " such sections");
            return nullptr;
        }
        items.emplace_back().name = name;
        return &items.back();
    }

    template <typename Item>
    void assign_to(const Assignment& each,
                   const std::string& name,
                   std::vector<Item>& items,
                   std::size_t most,
                   std::span<const ScenarioKey<Item>> keys) {
        if (Item* item = find_or_add(each, name, items, most)) {
            assign(each, *item, keys);
        }
    }

    template <typename Item>
    void assign(const Assignment& each, Item& item, std::span<const ScenarioKey<Item>> keys) {
        const auto key = std::ranges::find(keys, each.key, &ScenarioKey<Item>::name);
        if (key == keys.end()) {
            refuse_key(each, names_of(keys));
        } else if (const Result<> done = key->set(item, each.value); !done) {
            remarks_.object(each.place, each.key + "=: " + done.error().message());
        }
    }

    void check_devices(const Place& file) {
        for (const DeviceModel& device : scenario_.devices) {
            if (device.launch_threshold != 0 && device.launch_batch > device.launch_threshold) {
                remarks_.object(
                    file,
                    "[Device " + device.name + "] has a LaunchBatch= above its LaunchThreshold=");
            }
        }
    }

    JobModel& job_of(const Wish& wish) {
        return *std::ranges::find(scenario_.jobs, wish.job, &JobModel::name);
    }

    // The place of what is named there, or the number of all when there is no such thing.
    template <typename Item>
    std::size_t place_of(const Wish& wish, const std::vector<Item>& items, const char* kind) {
        const auto found = std::ranges::find(items, wish.named, &Item::name);
        if (found == items.end()) {
            remarks_.object(wish.place,
                            "There is no [" + std::string(kind) + " " + printable(wish.named) +
                                "]" + did_you_mean(wish.named, names_of(items)));
        }
        return static_cast<std::size_t>(found - items.begin());
    }

    // The first device, unless another one is named.
    void check_jobs(const Place& file) {
        for (const Wish& wish : devices_) {
            job_of(wish).device = place_of(wish, scenario_.devices, "Device");
        }
        check_mixes();
        std::uint64_t processes = 0;
        std::uint64_t streams = 0;
        for (const JobModel& job : scenario_.jobs) {
            processes += job.processes;
            streams += std::uint64_t{job.processes} * job.streams;
        }
        if (processes > most_processes || streams > most_streams) {
            remarks_.object(file,
                            "The jobs have more than " + std::to_string(most_processes) +
                                " processes or " + std::to_string(most_streams) + " streams");
        }
    }

    void check_mixes() {
        for (std::size_t job = 0; job < scenario_.jobs.size(); ++job) {
            scenario_.jobs[job].arrives_with = job;
        }
        for (const Wish& wish : leaders_) {
            JobModel& job = job_of(wish);
            job.arrives_with = place_of(wish, scenario_.jobs, "Job");
            job.arrivals.kind = Arrivals::Kind::poisson;  // Whatever; but it is open.
            if (job.arrives_with == scenario_.jobs.size()) {
                return;
            }
            const JobModel& leader = scenario_.jobs[job.arrives_with];
            const auto place = static_cast<std::size_t>(&leader - scenario_.jobs.data());
            const bool sound = leader.arrives_with == place && &leader < &job &&
                               leader.arrivals.kind != Arrivals::Kind::closed;
            if (!sound) {
                remarks_.object(wish.place,
                                "ArrivesWith= names a job further up that has open arrivals of "
                                "its own");
            }
        }
    }

    void check_policies(const Place& file) {
        for (const PolicyModel& policy : scenario_.policies) {
            if (const auto made = make_policy(policy.base, policy.settings); !made) {
                remarks_.object(file,
                                "[Policy " + policy.name + "] Base=: " + made.error().message());
            }
        }
    }

    Scenario& scenario_;
    Remarks& remarks_;
    std::vector<Wish> devices_{};
    std::vector<Wish> leaders_{};
};

}  // namespace

ScenarioRead parse_scenario(const std::string& file,
                            std::string_view text,
                            const std::vector<std::string>& changes) {
    ScenarioRead read;
    Reader reader(read);
    for (const Assignment& each :
         config::parse_unit_text(file, text, read.remarks, config::Sections::named)) {
        reader.take(each);
    }
    for (const std::string& each : changes) {
        reader.change(each);
    }
    reader.finish({.file = file});
    return read;
}

Result<ScenarioRead> load_scenario(const std::string& file,
                                   const std::vector<std::string>& changes) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(errno, "open " + file);
    }
    std::string text(config::most_file_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return parse_scenario(file, text, changes);
}

}  // namespace penstock::sim
