// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/bpf_access.h"

#include <bpf/libbpf.h>
#include <linux/capability.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>

#include "base/journal.h"
#include "base/text.h"

namespace penstock {
namespace {

int to_journal(libbpf_print_level level, const char* format, va_list arguments) {
    if (level == LIBBPF_DEBUG) {
        return 0;  // Hundreds of lines per program.
    }
    std::array<char, 512> line{};
    const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
    journal(Severity::debug, trimmed(line.data()));
    return length;
}

bool holds(std::uint64_t capabilities, unsigned number) {
    return ((capabilities >> number) & 1) != 0;
}

std::string missing_capabilities(std::uint64_t effective) {
    std::string names;
    if (!holds(effective, CAP_BPF)) {
        names += " CAP_BPF";
    }
    if (!holds(effective, CAP_PERFMON)) {
        names += " CAP_PERFMON";
    }
    return names;
}

}  // namespace

void route_loader_messages() {
    libbpf_set_print(to_journal);
}

Error explain_refusal(int code, std::string doing, const Tree& proc) {
    if (code != EPERM && code != EACCES) {
        return Error{.code = code, .doing = std::move(doing)};
    }
    const Result<std::string> status = proc.read("self/status");
    const auto text = status ? value_of(*status, "CapEff") : std::nullopt;
    const auto effective = text ? parse_number<std::uint64_t>(*text, 16) : std::nullopt;
    if (!effective) {
        return Error{.code = code, .doing = std::move(doing)};
    }
    if (holds(*effective, CAP_SYS_ADMIN)) {
        return Error{.code = code, .doing = std::move(doing) + " (a hardening of this kernel)"};
    }
    const std::string missing = missing_capabilities(*effective);
    return Error{.code = code,
                 .doing = std::move(doing) + (missing.empty() ? " (a hardening of this kernel)"
                                                              : " (this needs" + missing + ")")};
}

}  // namespace penstock
