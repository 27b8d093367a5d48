// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/contractpeer.h"

#include <QMap>
#include <QObject>

namespace lifeguard::test {

/// Base class of tests of the contract of converters (docs/architecture/converters.md#the-contract-of-a-converter),
/// which every job type fulfils, with the real tools.
class ContractTest : public QObject
{
protected:
    /// Adds a row for each of contractCases().
    static void addCases();
    /// Adds a row for one format of each type.
    static void addTypes();
    /// Returns the path of a file of this row.
    [[nodiscard]] QString path(const QString &name) const { return m_folder + u'/' + name; }
    [[nodiscard]] QString writeInput(const QString &name, const QByteArray &content) const;
    /// Converts the input with the peer and sets bytes to the output; the test fails if the job fails.
    void convert(ContractPeer &peer, const ContractCase &kind, const QString &stem, QByteArray &bytes);
    /// Returns the temporary files of outputs in the folder of this row.
    [[nodiscard]] QStringList leftovers() const;
    void setVariable(const QByteArray &name, const QByteArray &value);
    void restoreEnvironment();

    std::unique_ptr<QueueTest> m_queue;
    QString m_folder; ///< of the files of this row, in the workspace

private:
    QMap<QByteArray, QByteArray> m_environment; ///< changed variables with their former values
};

} // namespace lifeguard::test
