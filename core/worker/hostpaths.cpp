// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/hostpaths.h"

#include <QDir>

namespace lifeguard {
namespace {

/// Whether the path is the folder, or goes on below it: "/work" is no prefix of "/workspace".
bool isIn(QStringView path, QStringView folder)
{
    return path.startsWith(folder) && (path.size() == folder.size() || folder.endsWith(u'/') || path.at(folder.size()) == u'/');
}

/// What may stand in a file's name without quotes: behind it another name begins, or goes on.
bool isOfAName(QChar c)
{
    return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.' || c == u'~' || c == u'+' || c == u'@';
}

/// Whether an absolute path begins there: in a URL it does, too, in the middle of another path it does not.
bool beginsAt(QStringView text, qsizetype at)
{
    if (at == 0)
        return true;
    if (text.at(at - 1) == u'/')
        return at > 1 && text.at(at - 2) == u'/';
    return !isOfAName(text.at(at - 1));
}

/// Whether a name that ends there is whole: a full stop may end the sentence as well.
bool endsAt(QStringView text, qsizetype at)
{
    if (at >= text.size() || !isOfAName(text.at(at)))
        return true;
    return text.at(at) == u'.' && (at + 1 >= text.size() || text.at(at + 1).isSpace());
}

} // namespace

HostPaths::HostPaths(const QString &hostWorkspace, const QString &workspace)
    : m_host(hostWorkspace.isEmpty() ? QString() : QDir::cleanPath(hostWorkspace))
    , m_local(QDir::cleanPath(workspace))
{
}

QString HostPaths::toLocal(const QString &path) const
{
    const QString clean = QDir::cleanPath(path);
    if (isIdentity() || path.isEmpty() || !isIn(clean, m_host))
        return path;
    // Where it can be, only the beginning is changed: "link/.." means what the link says.
    const QString &from = isIn(path, m_host) ? path : clean;
    const QString rest = from.mid(m_host.size());
    return m_local + (m_host.endsWith(u'/') ? QStringLiteral("/") : QString()) + rest;
}

QString HostPaths::textToHost(const QString &text) const
{
    if (isIdentity() || m_local == QLatin1String("/"))
        return text;
    QString mapped;
    qsizetype done = 0;
    qsizetype end = 0;
    for (qsizetype at = text.indexOf(m_local); at >= 0; at = text.indexOf(m_local, end)) {
        end = at + m_local.size();
        if (!beginsAt(text, at) || !endsAt(text, end))
            continue;
        const bool goesOn = end < text.size() && text.at(end) == u'/';
        mapped += QStringView(text).mid(done, at - done);
        mapped += goesOn && m_host == QLatin1String("/") ? QString() : m_host;
        done = end;
    }
    return mapped + QStringView(text).mid(done);
}

} // namespace lifeguard
