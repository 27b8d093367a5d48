// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/outputroots.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

/// Folders of images. A mount would hide their content from the program in the container.
constexpr std::array foldersOfImages{"/app", "/bin",  "/boot", "/etc",  "/lib", "/lib32", "/lib64", "/libx32",
                                     "/opt", "/root", "/run",  "/sbin", "/tmp", "/usr",   "/var"};
/// Folders below which nothing can be mounted either: those of the kernel, and the mounts of Lifeguard.
constexpr std::array reservedFolders{"/db", "/dev", "/proc", "/sys", "/workspace"};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::OutputRoots", text);
}

} // namespace

QString joinOutputRoots(const QStringList &roots)
{
    QStringList encoded;
    for (QString root : roots) {
        root.replace(u'%', QLatin1String("%25"));
        root.replace(u':', QLatin1String("%3A"));
        root.replace(u',', QLatin1String("%2C"));
        encoded.append(root);
    }
    return encoded.join(u':');
}

QStringList splitOutputRoots(const QString &text)
{
    QStringList roots;
    for (QString root : text.split(u':', Qt::SkipEmptyParts)) {
        root.replace(QLatin1String("%3A"), QLatin1String(":"), Qt::CaseInsensitive);
        root.replace(QLatin1String("%2C"), QLatin1String(","), Qt::CaseInsensitive);
        root.replace(QLatin1String("%25"), QLatin1String("%"));
        roots.append(QDir::cleanPath(root));
    }
    roots.removeDuplicates();
    return roots;
}

Result<QStringList> outputRootsFromOptions(const QStringList &paths)
{
    QStringList roots;
    for (const QString &path : paths) {
        if (path.isEmpty() || !QFileInfo(path).isDir())
            return failure(ErrorCode::InvalidArgument, tr("The output root '%1' is not an existing folder.").arg(path));
        roots.append(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    }
    roots.removeDuplicates();
    return roots;
}

QString outputRootProblem(const QString &root, bool inContainers)
{
    if (!QDir::isAbsolutePath(root))
        return tr("The output root '%1' must be an absolute path.").arg(root);
    if (root == QLatin1String("/"))
        return tr("The whole file system cannot be an output root. Name the folder of the outputs.");
    const bool isOfImage = std::any_of(foldersOfImages.begin(), foldersOfImages.end(),
                                       [&root](const char *folder) { return root == QLatin1String(folder); });
    const bool isReserved = std::any_of(reservedFolders.begin(), reservedFolders.end(), [&root](const char *folder) {
        return root == QLatin1String(folder) || root.startsWith(QLatin1String(folder) + u'/');
    });
    if (inContainers && (isOfImage || isReserved))
        return tr("The output root %1 cannot be mounted in a container, which has its own folder there. Name a folder "
                  "at another place, or use mode=direct.")
            .arg(root);
    return {};
}

} // namespace lifeguard
