// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tools/notebooktools.h"

#include "core/base/fileversion.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Notebook", text);
}

/// Returns the folder above that of the program, which is that of a virtual environment.
QString prefixOf(const QString &python)
{
    // Do not resolve links: in a virtual environment, python is a link, and the modules are beside the link.
    return QDir::cleanPath(QFileInfo(python).path() + QStringLiteral("/.."));
}

/// Returns the folder of a module that is installed for this Python: in its own folders, in Debian's, or in the user's.
/// Returns an empty string if there is none.
QString moduleFolder(const QString &python, const QString &module)
{
    const QString prefix = prefixOf(python);
    QStringList roots{prefix + QStringLiteral("/lib"), QDir::homePath() + QStringLiteral("/.local/lib")};
    if (prefix == QLatin1String("/usr") || prefix == QLatin1String("/"))
        roots += {QStringLiteral("/usr/lib"), QStringLiteral("/usr/local/lib")};
    for (const QString &root : std::as_const(roots)) {
        const QStringList versions = QDir(root).entryList({QStringLiteral("python3*")}, QDir::Dirs);
        for (const QString &version : versions) {
            for (const char *kind : {"dist-packages", "site-packages"}) {
                const QString folder = root + u'/' + version + u'/' + QLatin1String(kind) + u'/' + module;
                if (QFileInfo(folder).isDir())
                    return folder;
            }
        }
    }
    return {};
}

/// Returns the file of a module that every version changes.
QString versionFile(const QString &folder)
{
    for (const char *name : {"/_version.py", "/core/release.py", "/__init__.py"}) {
        if (const QString path = folder + QLatin1String(name); QFileInfo(path).isFile())
            return path;
    }
    return folder;
}

/// Returns the folders in which Jupyter looks for kernels.
QStringList kernelFolders(const QString &python)
{
    QStringList roots = qEnvironmentVariable("JUPYTER_PATH").split(u':', Qt::SkipEmptyParts);
    const QString dataHome = qEnvironmentVariable("XDG_DATA_HOME", QDir::homePath() + QStringLiteral("/.local/share"));
    roots += {qEnvironmentVariable("JUPYTER_DATA_DIR", dataHome + QStringLiteral("/jupyter")),
              prefixOf(python) + QStringLiteral("/share/jupyter"), QStringLiteral("/usr/local/share/jupyter"),
              QStringLiteral("/usr/share/jupyter")};
    roots.removeDuplicates();
    for (QString &root : roots)
        root += QStringLiteral("/kernels");
    return roots;
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
        const bool hasNbconvert = !moduleFolder(candidate, QStringLiteral("nbconvert")).isEmpty();
        if (tools.python.isEmpty() || hasNbconvert)
            tools.python = candidate;
        if (hasNbconvert) {
            tools.hasNbconvert = true;
            tools.hasPythonKernel = !moduleFolder(candidate, QStringLiteral("ipykernel")).isEmpty();
            break;
        }
    }
    return tools;
}

QString NotebookTools::versions() const
{
    QStringList files{QFileInfo(python).canonicalFilePath()};
    for (const char *module : {"nbconvert", "nbclient", "nbformat", "jupyter_client", "ipykernel", "IPython"})
        files.append(versionFile(moduleFolder(python, QLatin1String(module))));
    const QStringList folders = kernelFolders(python);
    for (const QString &folder : folders) {
        const QStringList kernels = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
        for (const QString &kernel : kernels)
            files.append(folder + u'/' + kernel + QStringLiteral("/kernel.json"));
    }
    QStringList versions;
    for (const QString &file : std::as_const(files))
        versions.append(fileVersion(file));
    return versions.join(u'\n');
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
