// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/contracttest.h"

#include <QDir>
#include <QFile>
#include <QTest>

namespace lifeguard::test {

void ContractTest::addCases()
{
    QTest::addColumn<int>("index");
    const QList<ContractCase> all = contractCases();
    for (int i = 0; i < all.size(); ++i)
        QTest::newRow(qPrintable(all.at(i).name())) << i;
}

void ContractTest::addTypes()
{
    QTest::addColumn<int>("index");
    const QList<ContractCase> all = contractCases();
    for (int i = 0; i < all.size(); ++i) {
        if (i == 0 || all.at(i).type != all.at(i - 1).type)
            QTest::newRow(qPrintable(all.at(i).name())) << i;
    }
}

QString ContractTest::writeInput(const QString &name, const QByteArray &content) const
{
    write(path(name), content);
    return path(name);
}

void ContractTest::convert(ContractPeer &peer, const ContractCase &kind, const QString &stem, QByteArray &bytes)
{
    const QString input = writeInput(stem + kind.inputSuffix, kind.input);
    const QString output = path(kind.outputName(s("out-") + stem));
    const JobOutcome outcome = peer.run(kind, input, output);
    QVERIFY2(outcome.kind == JobOutcome::Kind::Converted, qPrintable(outcome.error.message));
    bytes = contentOf(output);
    QVERIFY(!bytes.isEmpty());
    QVERIFY(QFile::remove(output)); // the next one must be new
}

QStringList ContractTest::leftovers() const
{
    return QDir(m_folder).entryList({s(".lifeguard*")}, QDir::Files | QDir::Hidden);
}

void ContractTest::setVariable(const QByteArray &name, const QByteArray &value)
{
    if (!m_environment.contains(name))
        m_environment.insert(name,
                             qEnvironmentVariableIsSet(name.constData()) ? qgetenv(name.constData()) : QByteArray());
    qputenv(name.constData(), value);
}

void ContractTest::restoreEnvironment()
{
    for (auto variable = m_environment.cbegin(); variable != m_environment.cend(); ++variable) {
        if (variable.value().isNull())
            qunsetenv(variable.key().constData());
        else
            qputenv(variable.key().constData(), variable.value());
    }
    m_environment.clear();
}

} // namespace lifeguard::test
