// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/inputscanner.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::InputScanner", text);
}

} // namespace

InputScanner::InputScanner(const PlanPaths &paths, Progress *progress, FileFound fileFound, PathSkipped pathSkipped)
    : m_paths(paths)
    , m_progress(progress)
    , m_fileFound(std::move(fileFound))
    , m_pathSkipped(std::move(pathSkipped))
{
}

void InputScanner::scan(const QString &path) const
{
    const QFileInfo info(path);
    const QString absolute = PlanPaths::absolutePath(path);
    if (!info.exists())
        m_pathSkipped(path, tr("the file or folder does not exist"));
    else if (info.isDir())
        scanFolder(absolute, absolute);
    else if (info.isFile())
        m_fileFound(absolute, absolute);
    else
        m_pathSkipped(path, tr("neither a file nor a folder"));
}

void InputScanner::scanFolder(const QString &folder, const QString &named) const
{
    // Outputs are not converted again unless the user names their folder.
    if (folder != named && m_paths.isOutputFolder(folder))
        return;
    if (QFileInfo(folder).fileName() == QLatin1String(".ipynb_checkpoints")) {
        m_pathSkipped(folder, tr("Jupyter keeps older versions of notebooks in this folder"));
        return;
    }
    if (!QFileInfo(folder).isReadable()) {
        m_pathSkipped(folder, tr("the folder cannot be read"));
        return;
    }
    // Without QDir::Hidden: folders such as .git contain no inputs.
    const QFileInfoList entries = QDir(folder).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot,
                                                             QDir::Name);
    for (const QFileInfo &entry : entries) {
        if (isCancelled())
            return;
        if (entry.isFile())
            m_fileFound(entry.absoluteFilePath(), named);
        else if (entry.isSymLink())
            m_pathSkipped(entry.absoluteFilePath(), tr("links to folders are not followed; add the folder itself"));
        else
            scanFolder(entry.absoluteFilePath(), named);
    }
}

} // namespace lifeguard
