// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace lifeguard::test {

/// A type and a format for the tests of the contract of converters, with inputs that make the tool behave as the name
/// of the member says.
struct ContractCase
{
    QString type;
    QString format;
    QString inputSuffix; ///< with the dot
    QByteArray input;
    QByteArray hangingInput; ///< null: the tool is replaced by a script
    QByteArray crashingInput; ///< null: the tool is replaced by a script
    const char *toolVariable = nullptr; ///< the variable that names the tool, which a script replaces

    [[nodiscard]] QString name() const { return type + QLatin1String(" as ") + format; }
    /// Returns the name of an output file.
    [[nodiscard]] QString outputName(const QString &stem) const;
};

/// Returns all types that have a tool, in each kind of format. A new job type adds its formats here.
[[nodiscard]] QList<ContractCase> contractCases();

} // namespace lifeguard::test
