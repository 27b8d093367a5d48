// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/foldercheck.h"

#include "core/store/networkfilesystem.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QTemporaryFile>

#include <sys/statvfs.h>

namespace lifeguard {
namespace {

using Level = Finding::Level;

constexpr qint64 mebibyte = 1024 * 1024;
constexpr qint64 littleSpace = 1024 * mebibyte;
constexpr qint64 noSpace = 64 * mebibyte; ///< what the write-ahead log may need
constexpr qint64 fewFiles = 1000;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Doctor", text);
}

QString nearestExisting(QString path)
{
    while (!QFileInfo::exists(path)) {
        const QString parent = QFileInfo(path).absolutePath();
        if (parent == path)
            break;
        path = parent;
    }
    return path;
}

} // namespace

FolderFacts readFolderFacts(const QString &path)
{
    FolderFacts facts;
    facts.path = path;
    const QFileInfo info(path);
    facts.exists = info.exists();
    facts.isFolder = info.isDir();
    if (facts.exists && !facts.isFolder)
        return facts;
    const QString existing = nearestExisting(path);
    QTemporaryFile file(existing + QStringLiteral("/.lifeguard-doctor-XXXXXX"));
    facts.isWritable = file.open();
    facts.networkFileSystem = networkFileSystemOf(existing);
    struct statvfs space = {};
    if (statvfs(QFile::encodeName(existing).constData(), &space) == 0) {
        facts.freeBytes = qint64(space.f_bavail) * qint64(space.f_frsize);
        if (space.f_files > 0) // file systems without a fixed number of inodes report 0
            facts.freeFiles = qint64(space.f_favail);
    }
    return facts;
}

QList<Finding> folderFindings(const QString &name, const FolderFacts &facts)
{
    QList<Finding> findings;
    const auto add = [&findings](Level level, const QString &text, const QString &advice = {}) {
        findings.append({Finding::Area::Folders, level, text, advice});
    };
    //: %1 is "the workspace", for example, and %2 a path.
    const QString described = tr("%1 (%2)").arg(name, QDir::toNativeSeparators(facts.path));
    if (facts.exists && !facts.isFolder) {
        add(Level::Problem, tr("%1 is not a folder.").arg(described), tr("Choose another path, or remove the file."));
        return findings;
    }
    if (!facts.isWritable) {
        add(Level::Problem, tr("This user cannot write to %1.").arg(described),
            tr("Change its owner or its mode, or choose another folder."));
        return findings;
    }
    const qsizetype before = findings.size();
    if (facts.freeBytes >= 0 && facts.freeBytes < littleSpace) {
        add(facts.freeBytes < noSpace ? Level::Problem : Level::Note,
            tr("Only %1 are free in %2.").arg(QLocale::c().formattedDataSize(facts.freeBytes), described),
            tr("Free some space: pools pause while the disk is full."));
    }
    if (facts.freeFiles >= 0 && facts.freeFiles < fewFiles) {
        add(Level::Problem,
            tr("The file system of %1 has room for %2 more files only.").arg(described).arg(facts.freeFiles),
            tr("Remove files, or use a file system with more inodes."));
    }
    if (!facts.networkFileSystem.isEmpty()) {
        add(Level::Note, tr("%1 is on a network file system (%2).").arg(described, facts.networkFileSystem),
            tr("Outputs may be slower there, and a database on it can be used by one machine only."));
    }
    if (findings.size() == before)
        add(Level::Ok, tr("%1 is writable.").arg(described));
    return findings;
}

} // namespace lifeguard
