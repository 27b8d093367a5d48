// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>

namespace lifeguard {

/// Cuts a stream of JSON objects into them: separated by lines or blanks, or by nothing, and split across feeds anywhere.
class JsonLines
{
public:
    /// sizeLimit: bytes of one object; a larger one is an error.
    explicit JsonLines(qsizetype sizeLimit = 16 * 1024 * 1024) : m_sizeLimit(sizeLimit) {}

    /// The objects that end in these bytes; up to what is not JSON, if anything is not.
    [[nodiscard]] QList<QJsonObject> feed(const QByteArray &bytes);
    /// Something else than objects came, or too large a one: nothing more will be read.
    [[nodiscard]] bool isBroken() const { return m_broken; }
    /// Within an object: if it ends here, something is missing.
    [[nodiscard]] bool isMidObject() const { return m_depth > 0; }

private:
    void take(QList<QJsonObject> &objects);

    qsizetype m_sizeLimit;
    QByteArray m_object; ///< as much of it as has come
    int m_depth = 0; ///< of braces; 0: between objects
    bool m_inText = false;
    bool m_escaped = false; ///< a backslash came last
    bool m_broken = false;
};

} // namespace lifeguard
