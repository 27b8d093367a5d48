// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/plantumltest.h"

#include "core/base/processtable.h"
#include "core/worker/plantumlconverter.h"
#include "places.h"

#include <QFile>
#include <QJsonObject>
#include <QTest>

namespace lifeguard::test {

void PlantUmlTest::useOwnConverter()
{
    QVERIFY(close());
    use(std::make_unique<PlantUmlConverter>());
    m_ownsConverter = true;
}

Result<Conversion> PlantUmlTest::convert(const QByteArray &data, const char *format, const QString &inputFile,
                                         int diagram)
{
    return ConverterTest::convert(data, format,
                                  diagram > 0 ? QJsonObject{{s("diagram_index"), diagram}} : QJsonObject(), inputFile);
}

Result<Conversion> PlantUmlTest::convertAllPages(const QByteArray &data, const char *format, const QString &inputFile,
                                                 int diagram)
{
    QJsonObject payload{{s("pages"), s("all")}};
    if (diagram > 0)
        payload.insert(s("diagram_index"), diagram);
    return ConverterTest::convert(data, format, payload, inputFile);
}

QString PlantUmlTest::dataPath(const char *name)
{
    return s(LIFEGUARD_SOURCE_DIR "/tests/data/plantuml/") + s(name);
}

int PlantUmlTest::javaProcesses()
{
    int count = 0;
    for (const qint64 child : ProcessTable::read().childrenOf(QCoreApplication::applicationPid())) {
        QFile name(s("/proc/%1/comm").arg(child));
        count += name.open(QIODevice::ReadOnly) && name.readAll().trimmed() == "java" ? 1 : 0;
    }
    return count;
}

void PlantUmlTest::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void PlantUmlTest::init()
{
    removeFiles();
    if (!m_converter)
        use(std::make_unique<PlantUmlConverter>());
}

void PlantUmlTest::cleanup()
{
    if (std::exchange(m_ownsConverter, false))
        QVERIFY(close());
}

void PlantUmlTest::cleanupTestCase()
{
    QVERIFY(!m_converter || close());
}

QString messageOf(const Result<Conversion> &result)
{
    return result ? QString() : result.error().message;
}

} // namespace lifeguard::test
