// SPDX-License-Identifier: GPL-3.0-or-later
// A library for LD_PRELOAD that replaces statfs(2). All file systems are of the type in the environment variable
// LIFEGUARD_TEST_FILE_SYSTEM, a hexadecimal magic number.
#include <cstdlib>

#include <dlfcn.h>
#include <sys/vfs.h>

namespace {

template<typename Buffer>
int callStatfs(const char *symbol, const char *path, Buffer *buffer)
{
    using Function = int (*)(const char *, Buffer *);
    const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, symbol));
    const int result = original(path, buffer);
    if (const char *magic = std::getenv("LIFEGUARD_TEST_FILE_SYSTEM"); magic && result == 0)
        buffer->f_type = static_cast<decltype(buffer->f_type)>(std::strtoul(magic, nullptr, 16));
    return result;
}

} // namespace

extern "C" int statfs(const char *path, struct statfs *buffer) noexcept
{
    return callStatfs("statfs", path, buffer);
}

extern "C" int statfs64(const char *path, struct statfs64 *buffer) noexcept
{
    return callStatfs("statfs64", path, buffer);
}
