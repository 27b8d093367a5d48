// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sharedfile.h"

#include "core/base/privatefile.h"

#include <QByteArray>
#include <QFile>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr int maxTries = 10; ///< another program may delete the file before it is marked as used

/// Opens the file, marks it as used, and gives it its size. Returns -1 if that is not possible.
int openUsed(const QString &path, size_t size)
{
    for (int tries = 0; tries < maxTries; ++tries) {
        createPrivateFile(path);
        const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (file < 0)
            return -1;
        struct stat info = {};
        const bool isUsable = flock(file, LOCK_SH | LOCK_NB) == 0 && fstat(file, &info) == 0 && info.st_nlink > 0;
        // Written instead of only resized: on a full disk, a program that writes to a hole would be killed by SIGBUS.
        // If several programs write the zeros, those that wait make attempts too early at most.
        const QByteArray zeros(qsizetype(size), '\0');
        if (isUsable && (info.st_size >= qint64(size) || pwrite(file, zeros.constData(), size, 0) == ssize_t(size)))
            return file;
        ::close(file);
        if (isUsable)
            return -1;
    }
    return -1;
}

} // namespace

std::unique_ptr<SharedFile> SharedFile::open(const QString &path, size_t size)
{
    const int file = openUsed(path, size);
    if (file < 0)
        return nullptr;
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        ::close(file);
        return nullptr;
    }
    return std::unique_ptr<SharedFile>(new SharedFile(path, file, memory, size));
}

SharedFile::SharedFile(QString path, int file, void *memory, size_t size)
    : m_path(std::move(path))
    , m_file(file)
    , m_memory(memory)
    , m_size(size)
{
}

SharedFile::~SharedFile()
{
    munmap(m_memory, m_size);
    struct stat ours = {};
    struct stat found = {};
    const QByteArray name = QFile::encodeName(m_path);
    if (flock(m_file, LOCK_EX | LOCK_NB) == 0 && fstat(m_file, &ours) == 0 && lstat(name.constData(), &found) == 0
        && ours.st_dev == found.st_dev && ours.st_ino == found.st_ino)
        unlink(name.constData());
    ::close(m_file);
}

} // namespace lifeguard
