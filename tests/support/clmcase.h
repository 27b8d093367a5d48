// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace lifeguard::test {

/// A deck in tests/data/clm-notebooks, and what CLX ("seed") or CLM ("clm") make of it.
struct ClmCase
{
    explicit ClmCase(const QString &name, const QString &program);

    /// Returns the expected result, which can be that of another key.
    [[nodiscard]] QJsonObject result(const QString &key) const;
    [[nodiscard]] QString deckName() const;
    [[nodiscard]] QByteArray deck() const;
    /// Returns the payload of a job. key: kind, language and format.
    [[nodiscard]] QJsonObject payload(const QStringList &key) const;

    QString folder;
    bool isOfClm;
    QJsonObject description;
    QJsonObject expected;
    QJsonObject right; ///< our results, where theirs are defects
};

/// Returns the folder of the cases, with a slash at its end.
[[nodiscard]] QString clmCasesFolder();
/// Returns the object in a file; an empty one if the file does not exist.
[[nodiscard]] QJsonObject readObject(const QString &path);
/// Returns the cells of a notebook in the form of the expected results: without ids and outputs.
[[nodiscard]] QJsonArray cellsIn(const QByteArray &notebook);
/// Returns a value as JSON, to compare it.
[[nodiscard]] QByteArray toText(const QJsonValue &value);

} // namespace lifeguard::test
