// SPDX-License-Identifier: GPL-3.0-or-later
#include "converterinputs.h"

#include "tests/support/drawings.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QByteArray>
#include <QDir>
#include <QJsonObject>
#include <QList>

namespace lifeguard::bench {
namespace {

/// Returns a text with this line for each number from 1 to count. %1 in the line is the number, %2 the next number.
QByteArray repeated(int count, const QString &line)
{
    QString text;
    for (int i = 1; i <= count; ++i)
        text += QString(line)
                    .replace(QLatin1String("%1"), QString::number(i))
                    .replace(QLatin1String("%2"), QString::number(i + 1))
              + u'\n';
    return text.toUtf8();
}

QByteArray diagram(int index)
{
    const QList<QByteArray> bodies{
        repeated(7, QStringLiteral("class Shape%1 {\n  -size%1 : double\n  +area() : double\n}"))
            + repeated(6, QStringLiteral("Shape%1 <|-- Shape%2 : extends")),
        "actor Reader\nparticipant Desk\ndatabase Catalogue\n"
            + repeated(6, QStringLiteral("Reader -> Desk : question %1\nDesk -> Catalogue : find(%1)\n"
                                         "Catalogue --> Desk : record %1\nDesk --> Reader : answer %2")),
        "start\n"
            + repeated(5, QStringLiteral("if (step %1 needed?) then (yes)\n  :do step %1;\nelse (no)\n  :skip to %2;\n"
                                         "endif"))
            + "stop\n",
        "[*] --> S1\n"
            + repeated(9, QStringLiteral("state S%1 : waits for event %1\nS%1 --> S%2 : event %1\nS%2 --> S%1 : back")),
        repeated(9, QStringLiteral("component Part%1\ninterface Port%1\nPart%1 - Port%1"))
            + repeated(8, QStringLiteral("Part%1 ..> Port%2 : uses"))};
    return "@startuml\ntitle Diagram " + QByteArray::number(index) + '\n' + bodies.at(index % bodies.size())
         + "@enduml\n";
}

QByteArray notebookText(int index)
{
    return test::notebook(
        {"# Measurements, part " + QByteArray::number(index), "import math\nimport statistics\n",
         "values = [math.sin(i / 50) * " + QByteArray::number(index + 1) + " for i in range(20_000)]",
         "print(statistics.fmean(values), statistics.pstdev(values))",
         "for i in range(100):\n    print('row', i, round(values[i * 100], 6))", "# The largest value", "max(values)"},
        {{QStringLiteral("kernelspec"), QJsonObject{{QStringLiteral("name"), QStringLiteral("python3")},
                                                    {QStringLiteral("display_name"), QStringLiteral("Python 3")},
                                                    {QStringLiteral("language"), QStringLiteral("python")}}}});
}

QByteArray drawing(int index)
{
    constexpr int shapes = 30;
    constexpr int columns = 6;
    QByteArray cells;
    for (int i = 0; i < shapes; ++i)
        cells += drawioVertex(i, QByteArrayLiteral("rounded=1;whiteSpace=wrap;html=1;"),
                              "Box " + QByteArray::number(index * shapes + i), 140 * (i % columns),
                              100 * (i / columns));
    for (int i = 1; i < shapes; ++i)
        cells += "<mxCell id=\"e" + QByteArray::number(i) + "\" edge=\"1\" parent=\"1\" source=\"v"
               + QByteArray::number(i - 1) + "\" target=\"v" + QByteArray::number(i)
               + "\"><mxGeometry relative=\"1\" as=\"geometry\"/></mxCell>";
    return drawioFileWith(cells);
}

QStringList writeAll(const QString &folder, const QString &suffix, int count, QByteArray (*content)(int))
{
    QDir().mkpath(folder);
    QStringList paths;
    for (int i = 0; i < count; ++i) {
        paths.append(QStringLiteral("%1/input%2.%3").arg(folder).arg(i).arg(suffix));
        test::write(paths.constLast(), content(i));
    }
    return paths;
}

} // namespace

QStringList writeDiagrams(const QString &folder, int count)
{
    return writeAll(folder, QStringLiteral("puml"), count, diagram);
}

QStringList writeNotebooks(const QString &folder, int count)
{
    return writeAll(folder, QStringLiteral("ipynb"), count, notebookText);
}

QStringList writeDrawings(const QString &folder, int count)
{
    return writeAll(folder, QStringLiteral("drawio"), count, drawing);
}

} // namespace lifeguard::bench
