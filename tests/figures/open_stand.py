# SPDX-License-Identifier: Apache-2.0
"""Open stand: a stand whose bus lets every user in, as the system bus does."""

import pwd

from bus import Bus
from stand import Stand

# Users that every Debian has: the bus lets nobody in whom it does not know.
DAEMON, NOBODY = (pwd.getpwnam(name).pw_uid for name in ("daemon", "nobody"))


class OpenStand(Stand):
    def __enter__(self):
        super().__enter__()
        self.bus = Bus(self.directory, for_all_users=True)
        self.children.append(self.bus.daemon)
        return self
