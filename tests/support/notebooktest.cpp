// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/notebooktest.h"

#include "core/tools/notebooktools.h"
#include "core/worker/notebookconverter.h"
#include "places.h"
#include "tests/support/processes.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

namespace lifeguard::test {

QByteArray notebook(const QList<QByteArray> &sources, const QJsonObject &metadata)
{
    const QJsonObject pythonMetadata{
        {s("kernelspec"), QJsonObject{{s("name"), s("python3")}, {s("language"), s("python")}}}};
    QJsonArray cells;
    for (const QByteArray &source : sources) {
        const bool isText = source.startsWith("# ");
        QJsonObject cell{{s("cell_type"), isText ? s("markdown") : s("code")},
                         {s("metadata"), QJsonObject()},
                         {s("source"), QString::fromUtf8(source)}};
        if (!isText) {
            cell.insert(s("outputs"), QJsonArray());
            cell.insert(s("execution_count"), QJsonValue());
        }
        cells.append(cell);
    }
    return QJsonDocument(QJsonObject{{s("nbformat"), 4},
                                     {s("nbformat_minor"), 4},
                                     {s("metadata"), metadata.isEmpty() ? pythonMetadata : metadata},
                                     {s("cells"), cells}})
        .toJson();
}

void NotebookTest::createConverter()
{
    use(std::make_unique<NotebookConverter>());
}

QByteArray notebookData(const QString &name)
{
    QFile file(s(LIFEGUARD_SOURCE_DIR "/tests/data/notebooks/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QList<QJsonObject> cellsOf(const QByteArray &ipynb)
{
    QList<QJsonObject> cells;
    const QJsonArray array = QJsonDocument::fromJson(ipynb).object().value(s("cells")).toArray();
    for (const QJsonValue &cell : array)
        cells.append(cell.toObject());
    return cells;
}

QString joined(const QJsonValue &lines)
{
    QString text = lines.toString();
    const QJsonArray array = lines.toArray();
    for (const QJsonValue &line : array)
        text += line.toString();
    return text;
}

QString printedBy(const QJsonObject &cell)
{
    QString text;
    const QJsonArray outputs = cell.value(s("outputs")).toArray();
    for (const QJsonValue &output : outputs)
        text += joined(output.toObject().value(s("text")));
    return text;
}

qint64 NotebookTest::pidIn(const char *name) const
{
    return ::pidIn(path(name), patience);
}

void NotebookTest::initTestCase()
{
    if (const QString missing = NotebookTools::find().missingMessage(); !missing.isEmpty())
        QFAIL(qPrintable(missing));
}

void NotebookTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    if (!m_converter) // one for all tests, kept open as in a worker
        createConverter();
}

void NotebookTest::cleanupTestCase()
{
    QVERIFY(!m_converter || close());
}

} // namespace lifeguard::test
