// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/yamlnode.h"

#include <QByteArray>
#include <QList>

namespace lifeguard {

/// The text of a YAML file: converts offsets to lines and columns, and finds what yaml-cpp does not report.
class YamlText
{
public:
    /// bytes: in UTF-8. It must outlive this object.
    explicit YamlText(const QByteArray &bytes);

    /// Returns the position of an offset in bytes, which may be beyond the end. Fast if offsets grow from call to call.
    [[nodiscard]] YamlPosition position(qsizetype offset) const;

    /// Returns whether the null value at the offset is written out, as "~" or "null".
    [[nodiscard]] bool hasNullAt(qsizetype offset) const;

    /// Returns whether the text in quotes at the offset, behind its anchor, has no closing quote. yaml-cpp accepts this
    /// at the end of a file.
    [[nodiscard]] bool isUnclosedAt(qsizetype offset) const;

    /// Returns whether the indentation of the line that contains the offset has a tab.
    [[nodiscard]] bool isIndentedWithTab(qsizetype offset) const;

    /// Returns the character at the offset; empty at the end.
    [[nodiscard]] QString characterAt(qsizetype offset) const;

private:
    const QByteArray &m_bytes;
    QList<qsizetype> m_lineStarts{0};
    mutable YamlPosition m_last; ///< the result of the last call of position()
};

} // namespace lifeguard
