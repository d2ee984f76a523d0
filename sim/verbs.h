// SPDX-License-Identifier: Apache-2.0
//
// Verbs: what penstock-sim carries out, one function and one source file per verb.

#pragma once

#include "base/result.h"
#include "sim/invocation.h"

namespace penstock::sim {

// Prints its result to standard output; what was printed before a failure stands.
Result<> run(const Replay& verb);
Result<> run(const Report& verb);
Result<> run(const ScenarioRun& verb);

// Fails when an experiment is out of its band.
Result<> run(const Paper& verb);

}  // namespace penstock::sim
