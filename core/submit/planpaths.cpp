// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/planpaths.h"

#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString withSlash(const QString &folder)
{
    return folder.endsWith(u'/') ? folder : folder + u'/';
}

} // namespace

PlanPaths::PlanPaths(const PlanOptions &options)
    : m_workspace(absolutePath(options.workspace))
    , m_canonicalWorkspace(QFileInfo(m_workspace).canonicalFilePath())
    , m_outputFolder(options.outputFolder.isEmpty() ? m_workspace + QStringLiteral("/output")
                                                    : absolutePath(options.outputFolder))
    , m_canonicalOutputFolder(CanonicalPaths::resolve(m_outputFolder))
{
}

QString PlanPaths::copyFolder() const
{
    return QDir::cleanPath(m_workspace + QStringLiteral("/input"));
}

bool PlanPaths::isOutputFolderInWorkspace() const
{
    return m_canonicalOutputFolder == m_canonicalWorkspace || isBelow(m_canonicalOutputFolder, m_canonicalWorkspace);
}

bool PlanPaths::isOutputFolder(const QString &folder) const
{
    const QString canonical = CanonicalPaths::resolve(folder);
    return canonical == m_canonicalOutputFolder
        || canonical == withSlash(m_canonicalWorkspace) + QStringLiteral("output");
}

bool PlanPaths::isInWorkspace(const QString &path) const
{
    return isBelow(canonicalPath(path), m_canonicalWorkspace);
}

QString PlanPaths::relativePath(const QString &path) const
{
    Q_ASSERT(isInWorkspace(path));
    return canonicalPath(path).mid(withSlash(m_canonicalWorkspace).size());
}

QString PlanPaths::absolutePath(const QString &path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

bool PlanPaths::isBelow(const QString &path, const QString &folder)
{
    return path.startsWith(withSlash(folder));
}

} // namespace lifeguard
