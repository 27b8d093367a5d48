// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/sourcehashes.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qint64 largestFile = 64LL * 1024 * 1024; // bytes
constexpr qint64 readTogether = 256LL * 1024 * 1024; // bytes
const QString sizeAndTimePrefix = QStringLiteral("file:");

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

QString sourceHash(const QString &path, qint64 largest)
{
    const QFileInfo info(path);
    if (!info.exists())
        return QStringLiteral("missing");
    if (info.isDir())
        return folderHash(path);
    const QString sizeAndTime = QStringLiteral("%1:%2").arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
    if (!info.isFile() || info.size() > largest)
        return sizeAndTimePrefix + sizeAndTime; // reading a device or a pipe may block
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file))
        return QStringLiteral("unreadable:") + sizeAndTime;
    return hexHash(hash);
}

QMap<QString, QString> sourceHashes(const QStringList &paths, const QDateTime &readSince)
{
    QMap<QString, QString> hashes;
    qint64 remaining = readTogether;
    for (const QString &path : paths) {
        if (hashes.contains(path))
            continue;
        // Before the time is read: the file may change in between.
        const QString hash = sourceHash(path, std::min(largestFile, remaining));
        const QFileInfo info(path);
        if (!hash.startsWith(sizeAndTimePrefix) && info.isFile())
            remaining -= std::min(remaining, info.size());
        const bool isChanged = info.exists() && info.lastModified() >= readSince;
        hashes.insert(path, isChanged ? QStringLiteral("changed while it was used") : hash);
    }
    return hashes;
}

QString changedSource(const QMap<QString, QString> &hashes)
{
    for (auto source = hashes.cbegin(); source != hashes.cend(); ++source) {
        const qint64 largest = source->startsWith(sizeAndTimePrefix) ? -1 : largestFile;
        if (sourceHash(source.key(), largest) != source.value())
            return source.key();
    }
    return {};
}

} // namespace lifeguard
