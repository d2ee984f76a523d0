// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/fdinfo_owner.h"

#include <algorithm>
#include <array>

namespace penstock {
namespace {

// What DRM says in an open fdinfo file, with its place among the devices.
struct Found {
    DrmClient client{};
    std::size_t device = 0;
};

std::optional<Found> read_client(OpenFile& file,
                                 std::span<const std::string> devices,
                                 std::span<char> text) {
    const auto length = file.read(text);
    if (!length || *length == text.size()) {
        return std::nullopt;  // A text that may have been cut is not taken for a whole one.
    }
    const auto client = decode_drm_client({text.data(), *length});
    if (!client) {
        return std::nullopt;
    }
    const auto device = std::ranges::find(devices, client->device);
    if (device == devices.end()) {
        return std::nullopt;
    }
    return Found{.client = *client, .device = static_cast<std::size_t>(device - devices.begin())};
}

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& amount) {
    if (amount) {
        sum = sum.value_or(0) + *amount;
    }
}

}  // namespace

void FdinfoOwner::start(std::size_t devices) {
    files_.clear();
    seen_.clear();
    shares_.assign(devices, {});
    trouble_.reset();
    search_due_ = {};
}

bool FdinfoOwner::has(const std::string& descriptor) const {
    return std::ranges::find(files_, descriptor, &File::descriptor) != files_.end();
}

void FdinfoOwner::fail_with(std::string why) {
    if (!trouble_ || trouble_->text() != why) {
        trouble_ = Origin(std::move(why));
    }
    files_.clear();
    seen_.clear();
    for (DrmShare& share : shares_) {
        share.told = true;
    }
}

void FdinfoOwner::search(Machine& machine, std::span<const std::string> devices) {
    const std::string folder = "proc/" + std::to_string(client_.pid) + "/fdinfo";
    const Result<std::vector<std::string>> names = machine.list(folder);
    if (!names) {
        return fail_with(names.error().message());
    }
    if (names->size() > most_descriptors) {
        return fail_with("the process has more than " + std::to_string(most_descriptors) +
                         " descriptors, which are not searched for those of devices");
    }
    trouble_.reset();
    for (const std::string& name : *names) {
        if (!has(name)) {
            try_file(machine, devices, name);
        }
    }
    if (files_.size() > most_files) {
        fail_with("the process has more than " + std::to_string(most_files) + " files of devices");
    }
}

void FdinfoOwner::try_file(Machine& machine,
                           std::span<const std::string> devices,
                           const std::string& descriptor) {
    auto file = machine.open("proc/" + std::to_string(client_.pid) + "/fdinfo/" + descriptor);
    if (!file) {
        return;  // Closed meanwhile.
    }
    std::array<char, longest_fdinfo> text{};
    if (read_client(**file, devices, text)) {
        files_.push_back({.descriptor = descriptor, .file = std::move(*file)});
    }
}

void FdinfoOwner::count(const DrmClient& client, std::size_t device) {
    const auto same = [&](const Seen& each) {
        return each.id == client.id && each.device == device;
    };
    auto seen = std::ranges::find_if(seen_, same);
    if (seen == seen_.end()) {
        seen_.push_back({.id = client.id, .device = device, .engine_ns = client.engine_ns});
        seen = std::prev(seen_.end());
    }
    if (seen->now) {
        return;  // Another descriptor of the same client.
    }
    seen->now = true;
    DrmShare& share = shares_[device];
    share.told = true;
    share.open = true;
    if (client.engine_ns) {
        share.timed = true;
        const std::uint64_t before = seen->engine_ns.value_or(0);
        share.engine_ns += *client.engine_ns > before ? *client.engine_ns - before : 0;
        seen->engine_ns = client.engine_ns;
    }
    add(share.vram_bytes, client.vram_bytes);
    add(share.gtt_bytes, client.gtt_bytes);
}

void FdinfoOwner::look(Machine& machine, std::span<const std::string> devices, TimePoint now) {
    if (now >= search_due_) {
        search_due_ = now + search_period;
        search(machine, devices);
    }
    for (DrmShare& share : shares_) {
        share.open = false;
        share.timed = false;
        share.vram_bytes.reset();
        share.gtt_bytes.reset();
    }
    for (Seen& each : seen_) {
        each.now = false;
    }
    std::array<char, longest_fdinfo> text{};
    std::erase_if(files_, [&](File& each) {
        const auto found = read_client(*each.file, devices, text);
        if (found) {
            count(found->client, found->device);
        }
        return !found;
    });
    std::erase_if(seen_, [](const Seen& each) { return !each.now; });
}

}  // namespace penstock
