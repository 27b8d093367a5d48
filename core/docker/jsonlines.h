// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>

namespace lifeguard {

/// Splits a stream of JSON objects. They may be separated by white space or by nothing, and arrive in pieces of any size.
class JsonLines
{
public:
    /// sizeLimit: in bytes; a larger object is an error.
    explicit JsonLines(qsizetype sizeLimit = 16 * 1024 * 1024) : m_sizeLimit(sizeLimit) {}

    /// Returns the objects that are completed by these bytes, up to the first error.
    [[nodiscard]] QList<QJsonObject> feed(const QByteArray &bytes);
    /// Returns whether something other than an object was received, or an object that is too large. Nothing more is read then.
    [[nodiscard]] bool isBroken() const { return m_isBroken; }
    /// Returns whether an object has begun and is not complete.
    [[nodiscard]] bool isMidObject() const { return m_depth > 0; }

private:
    void parseObject(QList<QJsonObject> &objects);

    qsizetype m_sizeLimit;
    QByteArray m_object; ///< the received part of the current object
    int m_depth = 0; ///< of braces; 0: between objects
    bool m_isInString = false;
    bool m_isEscaped = false; ///< the last byte was a backslash in a string
    bool m_isBroken = false;
};

} // namespace lifeguard
