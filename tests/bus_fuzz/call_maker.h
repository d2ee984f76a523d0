// SPDX-License-Identifier: Apache-2.0
//
// Call maker: calls of a member with values at the edges of their types and beyond, and now and
// then with another signature, another path, or a name that there is not.

#pragma once

#include <unistd.h>

#include <cstdint>
#include <random>
#include <string>

#include "agent/publish/connection.h"
#include "base/pidfd.h"
#include "tests/bus_fuzz/offer.h"

namespace penstock::bus_fuzz {

class CallMaker {
  public:
    CallMaker(sd_bus* bus, std::string service, std::uint64_t seed)
        : bus_(bus), service_(std::move(service)), random_(seed) {
        if (Result<Fd> self = open_pidfd(::getpid())) {
            self_ = *std::move(self);
        }
    }

    // A pid or another number that means something to the service: drawn among the others.
    void prefer(std::uint64_t number) { preferred_ = number; }

    // Null where sd-bus itself would not build such a message.
    dbus::Message make(const Member& member);

    std::size_t below(std::size_t count) { return random_() % count; }

  private:
    int append(sd_bus_message* message, const char*& signature);
    int append_array(sd_bus_message* message, const std::string& element);
    int append_basic(sd_bus_message* message, char type);
    int append_variant(sd_bus_message* message);
    int append_all(sd_bus_message* message, const std::string& signature);

    std::uint64_t number();
    std::string text();
    std::string any_signature();

    sd_bus* bus_;
    std::string service_;
    std::mt19937_64 random_;
    std::uint64_t preferred_ = 0;
    Fd self_{};
    int depth_ = 0;
};

}  // namespace penstock::bus_fuzz
