// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tools/notebooktools.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Notebook", text);
}

/// Whether that Python finds the module: in its own folders, Debian's, those of all users and those of this one.
bool hasModule(const QString &python, const QString &module)
{
    // Not resolved: an environment's python is a link, and its modules lie beside the link.
    const QString prefix = QDir::cleanPath(QFileInfo(python).path() + QStringLiteral("/.."));
    QStringList roots{prefix + QStringLiteral("/lib"), QDir::homePath() + QStringLiteral("/.local/lib")};
    if (prefix == QLatin1String("/usr") || prefix == QLatin1String("/"))
        roots += {QStringLiteral("/usr/lib"), QStringLiteral("/usr/local/lib")};
    for (const QString &root : std::as_const(roots)) {
        const QStringList versions = QDir(root).entryList({QStringLiteral("python3*")}, QDir::Dirs);
        for (const QString &version : versions) {
            for (const char *kind : {"dist-packages", "site-packages"}) {
                if (QFileInfo(root + u'/' + version + u'/' + QLatin1String(kind) + u'/' + module).isDir())
                    return true;
            }
        }
    }
    return false;
}

} // namespace

NotebookTools NotebookTools::find()
{
    NotebookTools tools;
    QStringList candidates;
    // One that is named is meant: falling back to another would hide the mistake.
    const QString named = qEnvironmentVariable("LIFEGUARD_PYTHON");
    if (!named.isEmpty()) {
        candidates.append(named);
    } else {
        const QStringList folders = qEnvironmentVariable("PATH").split(u':', Qt::SkipEmptyParts) << QStringLiteral("/usr/bin");
        for (const QString &folder : folders)
            candidates.append(folder + QStringLiteral("/python3"));
    }
    for (const QString &candidate : std::as_const(candidates)) {
        const QFileInfo info(candidate);
        if (!info.isFile() || !info.isExecutable())
            continue;
        const bool has = hasModule(candidate, QStringLiteral("nbconvert"));
        if (tools.python.isEmpty() || has)
            tools.python = candidate;
        if (has) {
            tools.hasNbconvert = true;
            tools.hasPythonKernel = hasModule(candidate, QStringLiteral("ipykernel"));
            break;
        }
    }
    return tools;
}

QString NotebookTools::missing() const
{
    const QString named = qEnvironmentVariable("LIFEGUARD_PYTHON");
    const QString how = tr("apt install jupyter-nbconvert python3-ipykernel");
    if (python.isEmpty()) {
        return named.isEmpty() ? tr("Python 3 with nbconvert is not installed: %1").arg(how)
                               : tr("LIFEGUARD_PYTHON names %1, which is no program that can be started.").arg(named);
    }
    if (!hasNbconvert)
        return tr("nbconvert, which converts notebooks, is not installed (looked in %1): %2").arg(python, how);
    if (!hasPythonKernel)
        return tr("ipykernel, which runs notebooks of Python, is not installed: apt install python3-ipykernel");
    return {};
}

} // namespace lifeguard
