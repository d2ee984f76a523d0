// SPDX-License-Identifier: Apache-2.0
//
// Own terms: what a program asks of the agent for itself, through libpenstock.

#pragma once

#include <string>

namespace penstock::puppet {

// Over this bus; "0", or a negative errno with the library's sentence.
std::string set_own_priority(const std::string& bus, int priority);

}  // namespace penstock::puppet
