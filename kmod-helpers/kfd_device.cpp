// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/kfd_device.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>

namespace penstock::kfd {

Result<KfdDevice> KfdDevice::open(const std::string& path) {
    Result<Fd> file = open_path(path, O_RDWR);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    struct stat status{};
    if (::fstat(file->get(), &status) != 0) {
        return fail(errno, "stat " + path);
    }
    KfdDevice device(std::move(*file), !S_ISCHR(status.st_mode));
    if (const Result<int> asked = device.call(Nr::get_version, device.version_, "ask its version");
        !asked) {
        return fail(asked.error(), path);
    }
    if (device.version_.major != abi_major) {
        return fail(path + ": speaks version " + std::to_string(device.version_.major) +
                    " of KFD's interface, expected " + std::to_string(abi_major));
    }
    return device;
}

Result<int> KfdDevice::call_raw(unsigned long request,
                                void* argument,
                                std::string_view doing) const {
    int answer = -1;
    while ((answer = ::ioctl(file_.get(), request, argument)) < 0) {
        if (errno != EINTR) {
            return fail(errno, std::string(doing));
        }
    }
    return answer;
}

}  // namespace penstock::kfd
