// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumljar.h"

#include "core/base/fileversion.h"
#include "core/formats/inflate.h"

#include <QByteArray>
#include <QFile>
#include <QHash>
#include <QtEndian>

namespace lifeguard {
namespace {

// The format of zip archives: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7 and 4.3.12.
constexpr qsizetype directoryHeader = 46; // bytes
constexpr qsizetype localHeader = 30; // bytes
constexpr int deflated = 8;

template<typename Number>
Number numberAt(const QByteArray &bytes, qsizetype at)
{
    return at >= 0 && at + qsizetype(sizeof(Number)) <= bytes.size() ? qFromLittleEndian<Number>(bytes.constData() + at)
                                                                     : Number(0);
}

/// Returns the content of a file in the archive, or nothing if there is none.
QByteArray contentOf(const QByteArray &archive, const QByteArray &name)
{
    // The directory is at the end, and the name of a file is followed by its other data.
    qsizetype entry = archive.lastIndexOf(name) - directoryHeader;
    while (entry >= 0 && (archive.mid(entry, 4) != "PK\1\2" || numberAt<quint16>(archive, entry + 28) != name.size()))
        entry = archive.lastIndexOf(name, entry + directoryHeader - 1) - directoryHeader;
    if (entry < 0)
        return {};
    const auto size = numberAt<quint32>(archive, entry + 20);
    const auto local = static_cast<qsizetype>(numberAt<quint32>(archive, entry + 42));
    const qsizetype data = local + localHeader + numberAt<quint16>(archive, local + 26)
                         + numberAt<quint16>(archive, local + 28);
    const QByteArray content = archive.mid(data, size);
    return numberAt<quint16>(archive, entry + 10) == deflated ? inflate(content).value_or(QByteArray()) : content;
}

bool readAllowlist(const QString &jar)
{
    QFile file(jar);
    return file.open(QIODevice::ReadOnly)
        && contentOf(file.readAll(), "net/sourceforge/plantuml/security/SecurityProfile.class").contains("ALLOWLIST");
}

} // namespace

bool jarHasAllowlist(const QString &jar)
{
    static QHash<QString, bool> known;
    const QString version = fileVersion(jar);
    const auto found = known.constFind(version);
    return found != known.cend() ? *found : *known.insert(version, readAllowlist(jar));
}

} // namespace lifeguard
