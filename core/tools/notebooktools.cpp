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

/// Returns whether the module is installed for this Python: in its own folders, in Debian's, or in the user's.
bool hasModule(const QString &python, const QString &module)
{
    // Do not resolve links: in a virtual environment, python is a link, and the modules are beside the link.
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
    // Do not fall back to another Python if the variable is wrong: that would hide the mistake.
    const QString named = qEnvironmentVariable("LIFEGUARD_PYTHON");
    if (!named.isEmpty()) {
        candidates.append(named);
    } else {
        const QStringList folders = qEnvironmentVariable("PATH").split(u':', Qt::SkipEmptyParts)
                                 << QStringLiteral("/usr/bin");
        for (const QString &folder : folders)
            candidates.append(folder + QStringLiteral("/python3"));
    }
    for (const QString &candidate : std::as_const(candidates)) {
        const QFileInfo info(candidate);
        if (!info.isFile() || !info.isExecutable())
            continue;
        const bool hasNbconvert = hasModule(candidate, QStringLiteral("nbconvert"));
        if (tools.python.isEmpty() || hasNbconvert)
            tools.python = candidate;
        if (hasNbconvert) {
            tools.hasNbconvert = true;
            tools.hasPythonKernel = hasModule(candidate, QStringLiteral("ipykernel"));
            break;
        }
    }
    return tools;
}

QString NotebookTools::missingMessage() const
{
    if (python.isEmpty()) {
        const QString named = qEnvironmentVariable("LIFEGUARD_PYTHON");
        if (!named.isEmpty())
            return tr("LIFEGUARD_PYTHON is %1, which is not an executable program.").arg(named);
        return tr(
            "Python 3 with nbconvert is not installed. Install it: apt install jupyter-nbconvert python3-ipykernel");
    }
    if (!hasNbconvert) {
        return tr("nbconvert, which converts notebooks, is not installed for %1. Install it: apt install "
                  "jupyter-nbconvert python3-ipykernel")
            .arg(python);
    }
    if (!hasPythonKernel)
        return tr(
            "ipykernel, which runs Python notebooks, is not installed. Install it: apt install python3-ipykernel");
    return {};
}

} // namespace lifeguard
