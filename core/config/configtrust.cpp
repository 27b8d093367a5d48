// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configtrust.h"

#include "core/base/paths.h"
#include "core/base/trustedfile.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QLockFile>
#include <QSaveFile>
#include <QStandardPaths>

namespace lifeguard {
namespace {

constexpr qint64 maxListSize = 1 << 20;
constexpr int lockTimeoutMs = 5000;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigTrust", text);
}

/// Returns the name under which the file is remembered. A folder that is reached through a link is the same folder.
QString nameOf(const QString &path)
{
    const QString canonical = canonicalPath(path);
    return canonical.isEmpty() ? QDir::cleanPath(QFileInfo(path).absoluteFilePath()) : canonical;
}

QString hexHash(const QByteArray &data)
{
    return QString::fromLatin1(QCryptographicHash::hash(data, QCryptographicHash::Sha256).toHex());
}

/// Returns the line of a file in the list: the hash of its name, and the hash of name and content. Names are hashed
/// because they may contain line breaks.
QString entryFor(const QString &name, const QByteArray &content)
{
    const QByteArray path = name.toUtf8();
    // The length separates path and content.
    return hexHash(path) + u' ' + hexHash(QByteArray::number(path.size()) + ':' + path + content);
}

} // namespace

ConfigTrust::ConfigTrust(QString file) : m_file(std::move(file)) {}

QString ConfigTrust::defaultFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
         + QStringLiteral("/lifeguard/trusted-configs");
}

QStringList ConfigTrust::lines() const
{
    const Result<QByteArray> content = readTrustedFile(m_file, maxListSize);
    return content ? QString::fromLatin1(*content).split(u'\n', Qt::SkipEmptyParts) : QStringList();
}

bool ConfigTrust::isTrusted(const QString &path, const QByteArray &content) const
{
    return lines().contains(entryFor(nameOf(path), content));
}

Status ConfigTrust::trust(const QString &path, const QByteArray &content)
{
    const Result<bool> changed = change(path, entryFor(nameOf(path), content));
    return changed ? Status() : Status(failure(changed.error()));
}

Result<bool> ConfigTrust::untrust(const QString &path)
{
    return change(path, {});
}

/// Removes the entries of the path, and adds one unless it is empty. Returns whether entries were removed.
Result<bool> ConfigTrust::change(const QString &path, const QString &added)
{
    const auto cannotWrite = [this](const QString &reason) {
        return failure(ErrorCode::Io, tr("The list of trusted files %1 cannot be written: %2").arg(m_file, reason));
    };
    if (const Status made = makeFolder(QFileInfo(m_file).absolutePath()); !made)
        return failure(made.error());
    QLockFile lock(m_file + QStringLiteral(".lock"));
    if (!lock.tryLock(lockTimeoutMs))
        return cannotWrite(tr("another program is changing it."));
    QStringList kept = lines();
    const QString prefix = hexHash(nameOf(path).toUtf8()) + u' ';
    const qsizetype removed = kept.removeIf([&prefix](const QString &line) { return line.startsWith(prefix); });
    if (!added.isEmpty())
        kept.append(added);
    else if (removed == 0)
        return false;
    QSaveFile file(m_file);
    if (!file.open(QIODevice::WriteOnly))
        return cannotWrite(file.errorString());
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    for (const QString &line : std::as_const(kept))
        file.write(line.toLatin1() + '\n');
    if (!file.commit())
        return cannotWrite(file.errorString());
    return removed > 0;
}

} // namespace lifeguard
