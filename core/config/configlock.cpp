// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configlock.h"

#include "core/base/paths.h"
#include "core/base/processidentity.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr mode_t privateMode = 0600;
constexpr int maxTries = 100;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigLock", text);
}

/// Returns the path of the lock file. The boot id keeps machines apart that share a home folder.
QString lockPath(const QString &configFile, const QString &folder)
{
    QString name = canonicalPath(configFile);
    if (name.isEmpty())
        name = QFileInfo(configFile).absoluteFilePath();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray(ProcessIdentity::self().bootId.toUtf8() + '\n' + name.toUtf8()));
    return folder + QStringLiteral("/config-") + QString::fromLatin1(hash.result().toHex()) + QStringLiteral(".lock");
}

/// Returns whether the path still leads to the open file: the process that had the lock removes the file.
bool isCurrent(int descriptor, const QByteArray &path)
{
    struct stat open = {};
    struct stat named = {};
    return fstat(descriptor, &open) == 0 && stat(path.constData(), &named) == 0 && open.st_ino == named.st_ino
        && open.st_dev == named.st_dev;
}

QString holderOf(int descriptor)
{
    std::array<char, 32> text{};
    const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
    return size > 0 ? QString::fromLatin1(text.data(), size).trimmed() : QString();
}

} // namespace

Result<std::unique_ptr<ConfigLock>> ConfigLock::acquire(const QString &configFile, const QString &folder)
{
    const QString place = folder.isEmpty() ? stateFolder() + QStringLiteral("/run") : folder;
    if (const Status made = makeFolder(place); !made)
        return failure(made.error());
    const QString path = lockPath(configFile, place);
    const QByteArray encoded = QFile::encodeName(path);
    for (int tries = 0; tries < maxTries; ++tries) {
        const int descriptor = ::open(encoded.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, privateMode);
        if (descriptor < 0)
            return failure(ErrorCode::Io,
                           tr("The lock file %1 cannot be created: %2").arg(path, qt_error_string(errno)));
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            const QString holder = holderOf(descriptor);
            ::close(descriptor);
            const QString process = holder.isEmpty() ? tr("Another process") : tr("Process %1").arg(holder);
            return failure(ErrorCode::Busy,
                           tr("%1 already runs the configuration file %2. Stop it first, or use another file.")
                               .arg(process, configFile));
        }
        if (!isCurrent(descriptor, encoded)) {
            ::close(descriptor);
            continue;
        }
        const QByteArray pid = QByteArray::number(getpid()) + '\n';
        if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, pid.constData(), size_t(pid.size()), 0) != pid.size()) {
            // The number only makes the message of another process more helpful.
        }
        return std::unique_ptr<ConfigLock>(new ConfigLock(descriptor, path));
    }
    return failure(ErrorCode::Busy, tr("The lock file %1 is removed again and again.").arg(path));
}

ConfigLock::~ConfigLock()
{
    QFile::remove(m_path);
    ::close(m_descriptor);
}

} // namespace lifeguard
