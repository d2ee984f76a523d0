#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what depends on who may do what from the contracts, so that it is said once.

usage: access_tables.py rows|conf|policy CONTRACT.xml... > FILE

Each method and each property that can be written carries the annotation org.penstock1.Access:
"everybody", or what a sender needs, as in ACTIONS. `rows` is the agent's table, `conf` the bus
policy, `policy` the actions of polkit.
"""

import sys
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

ANNOTATION = "org.penstock1.Access"
OWN = "org.penstock1."

# Access, polkit's defaults for (any, inactive, active) sessions, what it is, what polkit asks.
# Nothing is granted to a session for being active: that was to be had over ssh (CVE-2025-6018).
ACTIONS = [
    ("priority", "set-priority", "auth_admin auth_admin auth_admin_keep",
     "Change the priority, weight, class and deadline of processes on the accelerator",
     "Authentication is required to change on what terms a process runs."),
    ("preempt", "preempt", "auth_admin auth_admin auth_admin",
     "Preempt processes on the accelerator",
     "Authentication is required to preempt or resume a process."),
    ("manage", "manage", "auth_admin auth_admin auth_admin",
     "Manage how the accelerator is shared",
     "Authentication is required to change how the accelerator is shared."),
    ("lease", "acquire-lease-large", "auth_admin auth_admin auth_admin_keep",
     "Lease more of a bandwidth than one user's part",
     "Authentication is required to lease so much of the machine's bandwidth."),
]
KNOWN = {"everybody"} | {access for access, *_ in ACTIONS}

BUS_POLICY = """<?xml version="1.0"?>
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
"https://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<!-- SPDX-License-Identifier: Apache-2.0

     Who may own org.penstock1 on the system bus, and which of its members may be called at all. The
     agent itself decides who may change what; a member that is not listed here is out of reach. -->
<busconfig>
 <policy context="default">
  <deny own="org.penstock1"/>
  <deny send_destination="org.penstock1"/>

{allowed}
 </policy>

 <policy user="root">
  <allow own="org.penstock1"/>
  <allow send_destination="org.penstock1"/>
 </policy>

 <policy user="penstock">
  <allow own="org.penstock1"/>
  <allow send_destination="org.penstock1"/>
 </policy>
</busconfig>
"""

# The owner annotation: only root and an action's owner may ask polkit about other users.
POLKIT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
"http://www.freedesktop.org/standards/PolicyKit/1.0/policyconfig.dtd">
<!-- SPDX-License-Identifier: Apache-2.0 -->
<policyconfig>
 <vendor>Penstock</vendor>
{actions}
</policyconfig>
"""
ACTION = """
 <action id="{id}">
  <description>{description}</description>
  <message>{message}</message>
  <defaults>
   <allow_any>{any}</allow_any>
   <allow_inactive>{inactive}</allow_inactive>
   <allow_active>{active}</allow_active>
  </defaults>
  <annotate key="org.freedesktop.policykit.owner">unix-user:penstock</annotate>
 </action>"""


def access_of(member, place):
    """What the contract says; a member that may change something and says nothing is an error."""
    said = [each.get("value") for each in member.findall("annotation")
            if each.get("name") == ANNOTATION]
    if len(said) != 1 or said[0] not in KNOWN:
        sys.exit(f"{place}: needs one annotation {ANNOTATION}, one of {', '.join(sorted(KNOWN))}")
    return said[0]


def members(paths):
    """(interface, kind, member, access); access of what can only be read is None."""
    for path in paths:
        for interface in ElementTree.parse(path).getroot().iter("interface"):
            for member in interface:
                name = member.get("name")
                place = f"{path}: {name}"
                if member.tag == "method":
                    yield interface.get("name"), "method", name, access_of(member, place)
                elif member.tag == "property":
                    written = member.get("access") != "read"
                    yield (interface.get("name"), "property", name,
                           access_of(member, place) if written else None)


def rows(paths):
    for interface, kind, member, access in members(paths):
        enumerator = f"Access::{access}" if access else "Access::nobody"
        print(f'AccessRow{{.interface = "{interface}", .kind = MemberKind::{kind}, '
              f'.member = "{member}", .access = {enumerator}}},')


def conf(paths):
    lines = [f'  <allow send_destination="org.penstock1" send_interface="{interface}"/>'
             for interface in ("org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Peer",
                               "org.freedesktop.DBus.Properties",
                               "org.freedesktop.DBus.ObjectManager")]
    lines += [f'  <allow send_destination="org.penstock1" send_interface="{interface}" '
              f'send_member="{member}"/>'
              for interface, kind, member, _ in members(paths)
              if kind == "method" and interface.startswith(OWN)]
    print(BUS_POLICY.format(allowed="\n".join(lines)), end="")


def policy(_paths):
    texts = []
    for _, name, defaults, description, message in ACTIONS:
        anybody, inactive, active = defaults.split()
        texts.append(ACTION.format(id=OWN + name, description=escape(description),
                                   message=escape(message), any=anybody, inactive=inactive,
                                   active=active))
    print(POLKIT.format(actions="\n".join(texts)), end="")


if __name__ == "__main__":
    {"rows": rows, "conf": conf, "policy": policy}[sys.argv[1]](sys.argv[2:])
