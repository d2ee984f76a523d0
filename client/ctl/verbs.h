// SPDX-License-Identifier: Apache-2.0
//
// Verbs: what penstockctl carries out, one function and one source file per verb.

#pragma once

#include "client/ctl/agent_client.h"
#include "client/ctl/invocation.h"

namespace penstock::ctl {

// Each prints its result to standard output.
Outcome<> run(AgentClient& agent, const Status& verb);
Outcome<> run(AgentClient& agent, const List& verb);
Outcome<> run(AgentClient& agent, const SetTerms& verb);
Outcome<> run(AgentClient& agent, const Register& verb);
Outcome<> run(AgentClient& agent, const Reset& verb);
Outcome<> run(AgentClient& agent, const Preempt& verb);
Outcome<> run(AgentClient& agent, const Resume& verb);
Outcome<> run(AgentClient& agent, const Reload& verb);
Outcome<> run(AgentClient& agent, const Tail& verb);
Outcome<> run(AgentClient& agent, const History& verb);
Outcome<> run(AgentClient& agent, const Trace& verb);
Outcome<> run(AgentClient& agent, const Dump& verb);
Outcome<> run(AgentClient& agent, const PolicyList& verb);
Outcome<> run(AgentClient& agent, const PolicyShow& verb);
Outcome<> run(AgentClient& agent, const PolicySet& verb);
Outcome<> run(AgentClient& agent, const PolicyExplain& verb);
Outcome<> run(AgentClient& agent, const LeaseList& verb);

// Returns only when the command can not be run.
Outcome<> run(AgentClient& agent, const LeaseAcquire& verb);

// Needs no agent: what it says of the machine it reads from files. Refused when nothing can be
// preempted.
Outcome<> run(Outcome<AgentClient>& agent, const Doctor& verb);

// Need no agent and no bus.
Outcome<> run(const Record& verb);
Outcome<> run(const Decode& verb);
Outcome<> run(const ConfigShow& verb);

// Likewise. Refused when there is an error in it.
Outcome<> run(const ConfigCheck& verb);

// Needs no agent. Refused when the memory can not be measured, or the result not stored.
Outcome<> run(const Calibrate& verb);

}  // namespace penstock::ctl
