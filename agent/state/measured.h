// SPDX-License-Identifier: Apache-2.0
//
// Measured: writes what is new in the quantity book into the snapshot.
//
// Whatever nobody measures is unknown there, with a reason. Memory nodes and packages appear in the
// snapshot when something of them is measured; devices and owners only when they are known
// otherwise.

#pragma once

#include "agent/state/quantity_book.h"

namespace penstock {

void write_measurements(QuantityBook& book, Snapshot& snapshot);

}  // namespace penstock
