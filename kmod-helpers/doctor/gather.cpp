// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/gather.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace penstock::doctor {
namespace {

constexpr std::size_t longest_line = 4096;  // All files but two hold one line.
constexpr std::size_t longest_group_file = 1
                                           << 20;  // Directories of whole companies are flat files.

// A pipe or a device in a folder that only claims to be /sys could block the reader for ever.
bool is_plain_file(const std::string& path, int& failure) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        failure = errno;
        return false;
    }
    failure = EINVAL;
    return S_ISREG(status.st_mode);
}

Fact<std::string> text_of(const Tree& root,
                          const std::string& file,
                          std::size_t limit = longest_line) {
    Fact<std::string> fact;
    if (!is_plain_file(root.path(file), fact.failure)) {
        return fact;
    }
    const Result<std::string> text = root.read(file, limit);
    if (!text) {
        fact.failure = text.error().code;
        return fact;
    }
    fact.value = std::string(trimmed(*text));
    return fact;
}

std::optional<std::int64_t> number_in(std::string_view text) {
    if (text == "Y" || text == "N") {
        return text == "Y" ? 1 : 0;
    }
    return parse_number<std::int64_t>(text);
}

Number number_of(const Tree& root, const std::string& file) {
    const Fact<std::string> text = text_of(root, file);
    if (!text.value) {
        return {.value = std::nullopt, .failure = text.failure};
    }
    return {.value = number_in(*text.value), .failure = EINVAL};
}

// One number per partition: "0 1 0 0".
Number any_partition(const Tree& root, const std::string& file) {
    const Fact<std::string> text = text_of(root, file);
    if (!text.value) {
        return {.value = std::nullopt, .failure = text.failure};
    }
    std::int64_t any = 0;
    for (const std::string_view word : split(*text.value, ' ')) {
        const auto number = number_in(word);
        if (!number) {
            return {.value = std::nullopt, .failure = EINVAL};
        }
        any = *number != 0 ? 1 : any;
    }
    return {.value = any, .failure = 0};
}

ModuleFacts module_facts(const Tree& root) {
    const std::string module = "sys/module/amdgpu";
    const std::string parameters = module + "/parameters/";
    return {
        .loaded = root.list(module).has_value(),
        .version = text_of(root, module + "/version"),
        .cwsr_enable = number_of(root, parameters + "cwsr_enable"),
        .sched_policy = number_of(root, parameters + "sched_policy"),
        .hws_max_conc_proc = number_of(root, parameters + "hws_max_conc_proc"),
        .queue_preemption_timeout_ms = number_of(root, parameters + "queue_preemption_timeout_ms"),
        .enforce_isolation = number_of(root, parameters + "enforce_isolation"),
    };
}

DeviceFile file_at(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return {.kind = DeviceFile::Kind::absent, .failure = errno};
    }
    DeviceFile file{.kind = DeviceFile::Kind::other,
                    .failure = 0,
                    .mode = status.st_mode & 07777U,
                    .group = status.st_gid};
    if (S_ISCHR(status.st_mode)) {
        file.kind = DeviceFile::Kind::driver;
    } else if (S_ISREG(status.st_mode)) {
        file.kind = DeviceFile::Kind::emulator;
    }
    return file;
}

DeviceFile device_file(const Tree& root) {
    const DeviceFile file = file_at(root.path("dev/kfd"));
    if (file.kind != DeviceFile::Kind::absent || root.root() == "/") {
        return file;
    }
    // The emulator's mount has no folder dev.
    const DeviceFile emulated = file_at(root.path("kfd"));
    return emulated.kind == DeviceFile::Kind::emulator ? emulated : file;
}

// "[none] integrity confidentiality": the chosen one.
Fact<std::string> lockdown_of(const Tree& root) {
    Fact<std::string> fact = text_of(root, "sys/kernel/security/lockdown");
    if (!fact.value) {
        return fact;
    }
    const auto open = fact.value->find('[');
    const auto close = fact.value->find(']');
    if (open == std::string::npos || close == std::string::npos || close < open) {
        return {.value = std::nullopt, .failure = EINVAL};
    }
    fact.value = fact.value->substr(open + 1, close - open - 1);
    return fact;
}

KernelFacts kernel_facts(const Tree& root) {
    const std::string settings = "proc/sys/kernel/";
    KernelFacts kernel{
        .release = text_of(root, settings + "osrelease"),
        .version = std::nullopt,
        .ptrace_scope = number_of(root, settings + "yama/ptrace_scope"),
        .lockdown = lockdown_of(root),
        .perf_event_paranoid = number_of(root, settings + "perf_event_paranoid"),
        .unprivileged_bpf_disabled = number_of(root, settings + "unprivileged_bpf_disabled"),
    };
    int ignored = 0;
    kernel.vmlinux_btf = is_plain_file(root.path("sys/kernel/btf/vmlinux"), ignored);
    kernel.amdgpu_btf = is_plain_file(root.path("sys/kernel/btf/amdgpu"), ignored);
    const std::string build = text_of(root, "proc/version").value.value_or("") + " " +
                              text_of(root, "proc/version_signature").value.value_or("");
    kernel.version = parse_kernel_version(kernel.release.value.value_or(""), build);
    return kernel;
}

// "render:x:104:ann,bob".
std::optional<std::uint32_t> render_group(const Tree& root) {
    const std::string groups = text_of(root, "etc/group", longest_group_file).value.value_or("");
    for (const std::string_view line : split(groups, '\n')) {
        const std::vector<std::string_view> fields = split(line, ':');
        if (fields.size() >= 3 && fields[0] == "render") {
            return parse_number<std::uint32_t>(fields[2]);
        }
    }
    return std::nullopt;
}

void add_devices(const Tree& root, Facts& facts) {
    const Tree sysfs(root.path("sys"));
    const Result<std::vector<kfd::TopologyNode>> nodes = kfd::read_topology(sysfs);
    if (!nodes) {
        facts.topology_failure = nodes.error().message();
        return;
    }
    for (const kfd::TopologyNode& node : *nodes) {
        if (node.gpu_id != 0) {
            const std::string device = "sys/class/drm/renderD" + std::to_string(node.render_minor);
            facts.devices.push_back(
                {.node = node,
                 .enforce_isolation = any_partition(root, device + "/device/enforce_isolation")});
        }
    }
    std::ranges::sort(facts.devices, {}, [](const DeviceFacts& d) { return d.node.number; });
}

}  // namespace

Facts gather(const Tree& root, std::optional<Caller> caller) {
    Facts facts{.module = module_facts(root),
                .file = device_file(root),
                .kernel = kernel_facts(root),
                .render_group = render_group(root),
                .caller = std::move(caller)};
    add_devices(root, facts);
    return facts;
}

Caller this_caller() {
    Caller caller{.uid = ::geteuid(), .groups = {::getegid()}};
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> groups(count > 0 ? static_cast<std::size_t>(count) : 0);
    const int got = ::getgroups(count > 0 ? count : 0, groups.data());
    groups.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    caller.groups.insert(caller.groups.end(), groups.begin(), groups.end());
    return caller;
}

}  // namespace penstock::doctor
