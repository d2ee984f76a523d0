// SPDX-License-Identifier: Apache-2.0
//
// fdinfo owner: what one process uses of the devices, as DRM accounts it to the process' open
// files.
//
// The files of devices are found by reading all of fdinfo now and then, and only these are read in
// between. Descriptors that share a client are counted once. The time of a client counts from when
// it was first seen, so that the sum never falls when a client closes, nor jumps when one comes.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/probes/decode/fdinfo.h"
#include "agent/probes/source.h"

namespace penstock {

// Use of one device.
struct DrmShare {
    bool told = false;  // There is, or was, something to say about it.
    bool open = false;  // Some file of the device is open now.
    // Some client's driver gives the times of engines. Without, the client's work is not known.
    bool timed = false;
    std::uint64_t engine_ns = 0;  // Since the owner is followed.
    std::optional<std::uint64_t> vram_bytes{};
    std::optional<std::uint64_t> gtt_bytes{};
};

class FdinfoOwner {
  public:
    static constexpr std::size_t most_descriptors = 1024;
    static constexpr std::size_t most_files = 128;  // Of devices.
    static constexpr Duration search_period = std::chrono::seconds(2);

    explicit FdinfoOwner(const Client& client) : client_(client) {}

    [[nodiscard]] const Client& client() const { return client_; }

    // `devices` are PCI addresses, "" where there is none. Forgets all that was seen before.
    void start(std::size_t devices);

    // Allocates only when it searches, or a client comes.
    void look(Machine& machine, std::span<const std::string> devices, TimePoint now);

    // One for each device.
    [[nodiscard]] std::span<const DrmShare> shares() const { return shares_; }

    // Why nothing is known now; nothing while all is well.
    [[nodiscard]] const std::optional<Origin>& trouble() const { return trouble_; }

  private:
    struct File {
        std::string descriptor{};
        std::unique_ptr<OpenFile> file{};
    };

    struct Seen {
        std::uint64_t id = 0;
        std::size_t device = 0;
        std::optional<std::uint64_t> engine_ns{};
        bool now = false;
    };

    void search(Machine& machine, std::span<const std::string> devices);
    [[nodiscard]] bool has(const std::string& descriptor) const;
    void try_file(Machine& machine,
                  std::span<const std::string> devices,
                  const std::string& descriptor);
    void count(const DrmClient& client, std::size_t device);
    void fail_with(std::string why);

    Client client_;
    TimePoint search_due_{};
    std::vector<File> files_;
    std::vector<Seen> seen_;
    std::vector<DrmShare> shares_;
    std::optional<Origin> trouble_{};
};

}  // namespace penstock
