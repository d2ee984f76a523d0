// SPDX-License-Identifier: Apache-2.0
//
// Fake memory: address spaces of made-up processes, with holes and read-only parts like real ones.

#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <vector>

#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

class FakeMemory final : public ClientMemory {
  public:
    void map(std::uint32_t tgid, std::uint64_t address, std::size_t length) {
        regions_[{tgid, address}] = {.bytes = std::vector<std::byte>(length)};
    }

    void protect(std::uint32_t tgid, std::uint64_t address) {
        regions_.at({tgid, address}).writable = false;
    }

    void unmap(std::uint32_t tgid, std::uint64_t address) { regions_.erase({tgid, address}); }

    bool read(std::uint32_t tgid, std::uint64_t address, std::span<std::byte> into) override {
        const Place place = find(tgid, address, into.size());
        if (place.region != nullptr) {
            std::copy_n(place.region->bytes.begin() + place.offset, into.size(), into.begin());
        }
        return place.region != nullptr;
    }

    bool write(std::uint32_t tgid,
               std::uint64_t address,
               std::span<const std::byte> from) override {
        const Place place = find(tgid, address, from.size());
        if (place.region == nullptr || !place.region->writable) {
            return false;
        }
        std::ranges::copy(from, place.region->bytes.begin() + place.offset);
        return true;
    }

    template <typename T>
    void put(std::uint32_t tgid, std::uint64_t address, const T& value) {
        const Place place = find(tgid, address, sizeof(T));
        if (place.region == nullptr) {
            throw std::out_of_range("the test writes where it mapped nothing");
        }
        std::memcpy(place.region->bytes.data() + place.offset, &value, sizeof(T));
    }

    template <typename T>
    [[nodiscard]] T get(std::uint32_t tgid, std::uint64_t address) {
        T value{};
        read(tgid, address, std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }

  private:
    struct Region {
        std::vector<std::byte> bytes{};
        bool writable = true;
    };

    struct Place {
        Region* region = nullptr;
        std::ptrdiff_t offset = 0;
    };

    Place find(std::uint32_t tgid, std::uint64_t address, std::size_t length) {
        auto after = regions_.upper_bound({tgid, address});
        if (after == regions_.begin()) {
            return {};
        }
        auto& [where, region] = *--after;
        const std::uint64_t offset = address - where.second;
        if (where.first != tgid || offset > region.bytes.size() ||
            length > region.bytes.size() - offset) {
            return {};
        }
        return {.region = &region, .offset = static_cast<std::ptrdiff_t>(offset)};
    }

    std::map<std::pair<std::uint32_t, std::uint64_t>, Region> regions_{};
};

class FakeInterrupts final : public Interrupts {
  public:
    void raise(std::uint32_t tgid, std::uint32_t event_id) override {
        raised.emplace_back(tgid, event_id);
    }

    std::vector<std::pair<std::uint32_t, std::uint32_t>> raised{};
};

}  // namespace penstock::emulator
