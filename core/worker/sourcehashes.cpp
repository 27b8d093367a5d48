// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/sourcehashes.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace lifeguard {
namespace {

constexpr qint64 largestHashed = 64LL * 1024 * 1024; // bytes

QString hexHash(const QCryptographicHash &hash)
{
    return QString::fromLatin1(hash.result().toHex());
}

QString folderHash(const QString &path)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const QStringList names = QDir(path).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    for (const QString &name : names) {
        const QByteArray line = name.toUtf8() + '\0';
        hash.addData(line);
    }
    return QStringLiteral("folder:") + hexHash(hash);
}

} // namespace

QString sourceHash(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists())
        return QStringLiteral("missing");
    if (info.isDir())
        return folderHash(path);
    const QString sizeAndTime = QStringLiteral("%1:%2").arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
    if (!info.isFile() || info.size() > largestHashed)
        return QStringLiteral("file:") + sizeAndTime; // reading a device or a pipe may block
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file))
        return QStringLiteral("unreadable:") + sizeAndTime;
    return hexHash(hash);
}

QMap<QString, QString> sourceHashes(const QStringList &paths, const QDateTime &readSince)
{
    QMap<QString, QString> hashes;
    for (const QString &path : paths) {
        if (hashes.contains(path))
            continue;
        const QString hash = sourceHash(path); // before the time is read: the file may change in between
        const QFileInfo info(path);
        const bool isChanged = info.exists() && info.lastModified() >= readSince;
        hashes.insert(path, isChanged ? QStringLiteral("changed while it was used") : hash);
    }
    return hashes;
}

QString changedSource(const QMap<QString, QString> &hashes)
{
    for (auto source = hashes.cbegin(); source != hashes.cend(); ++source) {
        if (sourceHash(source.key()) != source.value())
            return source.key();
    }
    return {};
}

} // namespace lifeguard
