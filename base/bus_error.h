// SPDX-License-Identifier: Apache-2.0
//
// Bus error: what a call was answered with, and freed with.

#pragma once

#include <systemd/sd-bus.h>

namespace penstock {

class BusError {
  public:
    BusError() = default;

    ~BusError() { sd_bus_error_free(&error_); }

    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    BusError(BusError&&) = delete;
    BusError& operator=(BusError&&) = delete;

    sd_bus_error* get() { return &error_; }

  private:
    sd_bus_error error_{};
};

}  // namespace penstock
