#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Turns a recorded topology (a tar archive with topology/… inside) into the C++ source that
# recorded_machine.h declares: embed_topology.py ARCHIVE FUNCTION OUTPUT

import json
import sys
import tarfile

PREFIX = "topology/"


def files_of(archive):
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.isfile() and member.name.startswith(PREFIX):
                yield member.name[len(PREFIX):], tar.extractfile(member).read().decode("ascii")


def main():
    archive, function, output = sys.argv[1:]
    # JSON's escapes for ASCII text are C++'s too.
    entries = [f"    {{{json.dumps(path)}, {json.dumps(text)}}},\n" for path, text in files_of(archive)]
    with open(output, "w", encoding="ascii") as out:
        out.write('#include "kmod-helpers/emulator/presets/recorded_machine.h"\n\n')
        out.write("namespace penstock::emulator {\nnamespace {\n\n")
        out.write("constexpr TopologyFile files[] = {\n")
        out.writelines(entries)
        out.write("};\n\n}  // namespace\n\n")
        out.write(f"std::span<const TopologyFile> {function}() {{ return files; }}\n\n")
        out.write("}  // namespace penstock::emulator\n")


if __name__ == "__main__":
    main()
