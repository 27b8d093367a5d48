// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/canonicalpaths.h"

#include <QDir>
#include <QFileInfo>

namespace lifeguard {

QString CanonicalPaths::of(const QString &path) const
{
    const QFileInfo info(path);
    const QString name = info.fileName();
    const bool isPlainName = !name.isEmpty() && name != QLatin1String(".") && name != QLatin1String("..");
    if (!isPlainName || info.isSymLink())
        return resolve(path);
    const QString folder = ofFolder(info.path());
    const QLatin1String separator(folder.endsWith(u'/') ? "" : "/");
    return folder + separator + name;
}

QString CanonicalPaths::ofFolder(const QString &path) const
{
    if (const auto found = m_folders.constFind(path); found != m_folders.cend())
        return *found;
    if (!QFileInfo::exists(path))
        return of(path); // it may be created later, also as a link
    return *m_folders.insert(path, resolve(path));
}

QString CanonicalPaths::resolve(const QString &path)
{
    QString missing;
    for (QString existing = path;; existing = QFileInfo(existing).path()) {
        const QFileInfo info(existing);
        if (info.exists())
            return missing.isEmpty() ? info.canonicalFilePath()
                                     : QDir::cleanPath(info.canonicalFilePath() + u'/' + missing);
        if (existing == QLatin1String("/") || existing.isEmpty())
            return path;
        missing = missing.isEmpty() ? info.fileName() : info.fileName() + u'/' + missing;
    }
}

} // namespace lifeguard
