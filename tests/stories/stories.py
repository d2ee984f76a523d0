# SPDX-License-Identifier: Apache-2.0
"""Stories: what went wrong in services like this one, the test that would notice it here, and the
change of the source that takes the defence away.

A test is "unit PROGRAM FILTER" (a gtest program below the build folder) or "scenario FILE NAME".
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Story:
    source: str
    lesson: str
    test: str
    file: str
    defence: str
    without: str


PUBLISH = "unit tests/unit/publish/publish-test "
AGENT = "unit tests/unit/agent/agent_test "
AUTHORIZATION = "scenario authorization_scenarios.py "

STORIES = (
    Story("TuneD CVE-2024-52336", "no member takes a file or a program to run",
          PUBLISH + "Contracts.*", "dbus/org.penstock1.Manager.xml",
          '<arg type="u" name="pid" direction="in"/>\n   <arg type="o"',
          '<arg type="s" name="script_path" direction="in"/>\n   <arg type="o"'),
    Story("TuneD CVE-2024-52337", "foreign text is made printable before anybody sees it",
          PUBLISH + "Reads.make_foreign_text_printable_and_short", "agent/publish/process_object.cpp",
          "return printable(self.owner.command, longest_string);", "return self.owner.command;"),
    Story("TLP CVE-2025-67859, rtkit CVE-2013-4326", "polkit's subject is the name on the bus",
          AUTHORIZATION + "Matrix.test_follows_a_yes_of_polkit_for_the_action_of_the_member",
          "agent/publish/polkit_check.cpp", '"system-bus-name"', '"unix-process"'),
    Story("TLP a88002e, 4dced21", "whoever ends something is asked who they are, as for its begin",
          PUBLISH + "Access.is_what_the_contracts_say", "dbus/org.penstock1.Process.xml",
          '<method name="Resume">\n   <annotation name="org.penstock1.Access" value="preempt"/>',
          '<method name="Resume">\n   <annotation name="org.penstock1.Access" value="everybody"/>'),
    Story("TLP 6a637c9", "each user has a quota",
          PUBLISH + "RequestQuota.*", "agent/publish/request_quota.cpp",
          "if (after - now > price_ * burst_) {", "if (false) {"),
    Story("TLP 9ab5c99, a99e1dc", "only a clear yes of polkit is one",
          AUTHORIZATION + "Matrix.test_takes_nothing_but_a_clear_yes",
          "agent/publish/polkit_check.cpp",
          "if (authorized != 0) {", "if (authorized != 0 || challenge != 0) {"),
    Story("scx_loader 40c1198", "what nobody granted is denied",
          AUTHORIZATION + "Matrix.test_without_polkit_is_open_to_root_alone",
          "agent/publish/authorize.cpp",
          "return wish.access == Access::everybody ||", "return wish.access != Access::priority ||"),
    Story("scx_loader 014b679, 0c5cb77", "a self test tells a sandbox that is too tight",
          "scenario self_test_scenarios.py SelfTest.test_of_the_gate_misses_a_capability",
          "agent/gate_self_test.cpp", "return lines.all_well();", "return true;"),
    Story("below CVE-2025-27591", "a link in the place of a file is not followed",
          AGENT + "KeptChoicesTest.replace_a_link_instead_of_following_it",
          "base/replace_file.cpp", "owned(::mkostemp(beside.data(), O_CLOEXEC)",
          "owned(::open((beside = path).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600)"),
    Story("polkit CVE-2021-3560", "a sender that has left is refused",
          AUTHORIZATION + "Waiting.test_ends_with_the_sender", "agent/publish/polkit_check.cpp",
          "finish(Consent::gone);", "finish(Consent::given);"),
    Story("PackageKit CVE-2026-41651", "consent is for one incarnation, looked at again",
          AUTHORIZATION + "Waiting.test_is_for_one_incarnation_of_a_process",
          "agent/publish/authorization_filter.cpp",
          "if (target && now->target != target) {", "if (false) {"),
    Story("accountsservice CVE-2020-16126", "the agent never takes the caller's user",
          "scenario confinement_scenarios.py Confined.test_never_act_as_the_user_who_asks",
          "agent/publish/process_terms.cpp",
          "    if (const Result<> done = surface.requests.choose(target.pid, choices); !done) {",
          "    if (::seteuid(*uid) != 0) { return {}; }\n"
          "    if (const Result<> done = surface.requests.choose(target.pid, choices); !done) {"),
    Story("udisks CVE-2025-6018", "nothing is granted to a session for being active",
          PUBLISH + "Polkit.*", "dbus/access_tables.py",
          '"set-priority", "auth_admin auth_admin auth_admin_keep"',
          '"set-priority", "auth_admin auth_admin yes"'),
    Story("polkit CVE-2026-4897", "every text has a longest length",
          PUBLISH + "Writes.with_an_overlong_string_are_refused", "agent/publish/codec.cpp",
          "return value.size() > longest_string ? -E2BIG : result;", "return result;"),
    Story("PCM's exporter", "nothing listens on a network",
          "scenario confinement_scenarios.py Confined.test_open_no_network_socket",
          "agent/actuation/gate_process.cpp", "    Fd ours(ends[0]);",
          "    ::listen(::socket(AF_INET, SOCK_STREAM, 0), 1);\n    Fd ours(ends[0]);"),
    Story("sd-bus' offsets", "a value written is the value read, and its neighbours stay",
          PUBLISH + "Writes.come_back_as_written_for_every_writable_property",
          "agent/publish/vtable.h", ".set = nullptr,\n                        .offset = 0};",
          ".set = nullptr,\n                        .offset = 8};"),
    Story("sched_ext CVE-2026-43392", "the gate is not kept waiting by whom it schedules",
          "scenario kill_scenarios.py Killed.test_gate_that_found_no_rest",
          "agent/config/settings.h", "std::int64_t gate_realtime = 1;",
          "std::int64_t gate_realtime = 0;"),
)
