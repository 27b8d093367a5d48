// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/hostpaths.h"

#include <QDir>

namespace lifeguard {
namespace {

/// Returns whether the path is the folder or lies below it: "/workspace" does not lie in "/work".
bool isIn(QStringView path, QStringView folder)
{
    return path.startsWith(folder)
        && (path.size() == folder.size() || folder.endsWith(u'/') || path.at(folder.size()) == u'/');
}

/// Returns whether the character can be part of a file name that is written without quotes.
bool isNameCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.' || c == u'~' || c == u'+' || c == u'@';
}

/// Returns whether an absolute path begins at this position: also within a URL, but not in the middle of another path.
bool beginsAt(QStringView text, qsizetype at)
{
    if (at == 0)
        return true;
    if (text.at(at - 1) == u'/')
        return at > 1 && text.at(at - 2) == u'/';
    return !isNameCharacter(text.at(at - 1));
}

/// Returns whether a name ends before this position. A full stop can be part of the name or end the sentence.
bool endsAt(QStringView text, qsizetype at)
{
    if (at >= text.size() || !isNameCharacter(text.at(at)))
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
    // If possible, replace only the beginning of the original path: cleaning "link/.." would ignore the target of the
    // link.
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
        const bool continues = end < text.size() && text.at(end) == u'/';
        mapped += QStringView(text).mid(done, at - done);
        mapped += continues && m_host == QLatin1String("/") ? QString() : m_host;
        done = end;
    }
    return mapped + QStringView(text).mid(done);
}

} // namespace lifeguard
