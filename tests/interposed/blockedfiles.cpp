// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/interposed/blockedfiles.h"

#include <QByteArray>
#include <QFile>

#include <atomic>
#include <condition_variable>
#include <cstdarg>
#include <cstring>
#include <mutex>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace {

// Never destroyed: detached threads may use them until the program has ended.
std::mutex &mutex()
{
    static auto *const object = new std::mutex;
    return *object;
}

std::condition_variable &changed()
{
    static auto *const object = new std::condition_variable;
    return *object;
}

std::atomic<bool> g_isActive = false;
std::atomic<int> g_blocked = 0;
std::atomic<int> g_removals = 0;
QByteArray *g_text = new QByteArray; // guarded by mutex()

void waitIfBlocked(const char *path)
{
    if (!g_isActive || !path)
        return;
    std::unique_lock lock(mutex());
    if (!g_isActive || !std::strstr(path, g_text->constData()))
        return;
    ++g_blocked;
    changed().wait(lock, [] { return !g_isActive; });
    --g_blocked;
}

template<typename Function>
Function next(const char *name)
{
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

using Open = int (*)(const char *, int, ...);

int openNext(Open function, const char *path, int flags, va_list arguments)
{
    waitIfBlocked(path);
    const bool hasMode = (flags & (O_CREAT | O_TMPFILE)) != 0;
    return hasMode ? function(path, flags, va_arg(arguments, unsigned)) : function(path, flags);
}

} // namespace

extern "C" {

int open(const char *path, int flags, ...)
{
    static const auto function = next<Open>("open");
    va_list arguments;
    va_start(arguments, flags);
    const int result = openNext(function, path, flags, arguments);
    va_end(arguments);
    return result;
}

int open64(const char *path, int flags, ...)
{
    static const auto function = next<Open>("open64");
    va_list arguments;
    va_start(arguments, flags);
    const int result = openNext(function, path, flags, arguments);
    va_end(arguments);
    return result;
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *result) noexcept
{
    static const auto function = next<int (*)(int, const char *, int, unsigned, struct statx *)>("statx");
    waitIfBlocked(path);
    return function(folder, path, flags, mask, result);
}

int rename(const char *from, const char *to) noexcept
{
    static const auto function = next<int (*)(const char *, const char *)>("rename");
    waitIfBlocked(to);
    return function(from, to);
}

int mkdir(const char *path, mode_t mode) noexcept
{
    static const auto function = next<int (*)(const char *, mode_t)>("mkdir");
    waitIfBlocked(path);
    return function(path, mode);
}

int statvfs(const char *path, struct statvfs *info) noexcept
{
    static const auto function = next<int (*)(const char *, struct statvfs *)>("statvfs");
    waitIfBlocked(path);
    return function(path, info);
}

int unlink(const char *path) noexcept
{
    static const auto function = next<int (*)(const char *)>("unlink");
    const std::size_t length = std::strlen(path);
    const int result = function(path);
    if (length > 4 && std::strcmp(path + length - 4, ".tmp") == 0)
        ++g_removals;
    return result;
}
}

namespace lifeguard::test {

BlockedFiles::BlockedFiles(const QString &text)
{
    const std::lock_guard lock(mutex());
    *g_text = QFile::encodeName(text);
    g_isActive = true;
}

BlockedFiles::~BlockedFiles()
{
    const std::lock_guard lock(mutex());
    g_isActive = false;
    changed().notify_all();
}

bool BlockedFiles::hasBlocked() const
{
    return g_blocked > 0;
}

int BlockedFiles::removals()
{
    return g_removals;
}

} // namespace lifeguard::test
