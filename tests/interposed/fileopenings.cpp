// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/interposed/fileopenings.h"

#include <QByteArray>
#include <QFile>

#include <atomic>
#include <cstdarg>
#include <cstring>
#include <utility>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>

namespace {

using lifeguard::test::FileOpenings;
using Open = int (*)(const char *, int, ...);

// Null while no object exists: libraries open files before this program's main().
const QByteArray *g_path = nullptr;
const FileOpenings::Function *g_function = nullptr;
int g_count = 0;
std::atomic<int> g_total{0};

int openNext(const char *name, const char *path, int flags, va_list arguments)
{
    ++g_total;
    const auto function = reinterpret_cast<Open>(dlsym(RTLD_NEXT, name));
    const bool isWatched = path && g_path && *g_path == path;
    const int number = isWatched ? ++g_count : 0;
    if (isWatched)
        (*g_function)(FileOpenings::Moment::Before, number);
    const bool hasMode = (flags & (O_CREAT | O_TMPFILE)) != 0;
    const int file = hasMode ? function(path, flags, va_arg(arguments, unsigned)) : function(path, flags);
    if (isWatched)
        (*g_function)(FileOpenings::Moment::After, number);
    return file;
}

} // namespace

extern "C" {

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const int result = openNext("open", path, flags, arguments);
    va_end(arguments);
    return result;
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const int result = openNext("open64", path, flags, arguments);
    va_end(arguments);
    return result;
}

DIR *opendir(const char *path)
{
    ++g_total;
    return reinterpret_cast<DIR *(*)(const char *)>(dlsym(RTLD_NEXT, "opendir"))(path);
}
}

namespace lifeguard::test {

FileOpenings::FileOpenings(const QString &path, const Function &function)
{
    g_count = 0;
    g_function = new FileOpenings::Function(function);
    g_path = new QByteArray(QFile::encodeName(path));
}

FileOpenings::~FileOpenings()
{
    delete std::exchange(g_path, nullptr);
    delete std::exchange(g_function, nullptr);
}

int FileOpenings::total()
{
    return g_total;
}

int FileOpenings::count()
{
    return g_count;
}

} // namespace lifeguard::test
