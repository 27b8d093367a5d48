// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that decks of CLX and CLM are converted as their own programs do: the cases in tests/data/clm-notebooks.
#include "tests/support/clmcase.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QStringList studentKinds{s("completed"), s("code-along"), s("partial")};

/// Returns why the text does not fit the words in the expected result ("…contains" and "…lacks"); empty if it does.
QString wordError(const QString &text, const QJsonObject &expected, const QString &prefix)
{
    const QJsonArray contained = expected.value(prefix + s("_contains")).toArray();
    for (const QJsonValue &word : contained) {
        if (!text.contains(word.toString()))
            return s("lacks ") + word.toString();
    }
    const QJsonArray lacking = expected.value(prefix + s("_lacks")).toArray();
    for (const QJsonValue &word : lacking) {
        if (text.contains(word.toString()))
            return s("contains ") + word.toString();
    }
    return {};
}

/// Returns why a cell differs from the expected one; empty if it does not.
QByteArray cellError(QJsonObject cell, QJsonObject expected)
{
    if (const QString error = wordError(joined(cell.value(s("source"))), expected, s("source")); !error.isEmpty())
        return error.toUtf8();
    expected.remove(s("source_contains"));
    expected.remove(s("source_lacks"));
    if (!expected.contains(s("source")))
        cell.remove(s("source"));
    return cell == expected ? QByteArray() : toText(cell) + "is not\n" + toText(expected);
}

bool isPrivate(const QJsonValue &cell)
{
    return cell.toObject().value(s("metadata")).toObject().value(s("tags")).toArray().contains(s("private"));
}

/// Returns the expected cells. Kinds for participants lack private cells, which CLX and CLM show.
QJsonArray expectedCells(const QJsonObject &expected, const QString &kind)
{
    QJsonArray cells;
    const QJsonArray theirs = expected.value(s("cells")).toArray();
    for (const QJsonValue &cell : theirs) {
        if (!studentKinds.contains(kind) || !isPrivate(cell))
            cells.append(cell);
    }
    return cells;
}

/// Returns CLM's own warnings without the fields that the expected results leave out.
QJsonArray shortened(const QJsonArray &warnings)
{
    QJsonArray result;
    for (const QJsonValue &value : warnings) {
        const QJsonObject warning = value.toObject();
        if (warning.value(s("category")) == s("lifeguard"))
            continue;
        result.append(QJsonObject{{s("category"), warning.value(s("category"))},
                                  {s("severity"), warning.value(s("severity"))},
                                  {s("message"), warning.value(s("message"))}});
    }
    return result;
}

} // namespace

class TestClmNotebooks : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void cases_data();
    void cases();
};

void TestClmNotebooks::cases_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("key");
    const QStringList names = QDir(clmCasesFolder()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(names.size(), 15);
    for (const QString &name : names) {
        if (name.startsWith(s("14"))) // see pages()
            continue;
        for (const QString &program : {s("clm"), s("seed")}) {
            const QStringList keys = ClmCase(name, program).expected.keys();
            QVERIFY(!keys.isEmpty());
            for (const QString &key : keys)
                QTest::newRow(qPrintable(QStringList({name, program, key}).join(u' '))) << name << program << key;
        }
    }
}

void TestClmNotebooks::cases()
{
    QFETCH(QString, name);
    QFETCH(QString, program);
    QFETCH(QString, key);
    const ClmCase data(name, program);
    const QJsonObject expected = data.result(key);
    const QStringList parts = key.split(u'/');
    const auto result = convert(data.deck(), "notebook", data.payload(parts),
                                path(data.deckName().toLatin1().constData()));
    if (const QString error = expected.value(s("error")).toString(); !error.isEmpty()) {
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(error), qPrintable(result.error().message));
        return;
    }
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    if (data.isOfClm)
        QCOMPARE(toText(shortened(result->warnings.value_or(QJsonArray()))),
                 toText(expected.value(s("warnings")).toArray()));
    if (expected.contains(s("text"))) {
        QString text = QString::fromUtf8(output());
        QString wanted = expected.value(s("text")).toString();
        if (wanted.startsWith(s("<HEADER CELL>"))) {
            wanted.remove(0, 13);
            QVERIFY2(text.endsWith(wanted), qPrintable(text));
            QCOMPARE(wordError(text.chopped(wanted.size()), expected, s("header")), QString());
            return;
        }
        if (const qsizetype helper = wanted.indexOf(s("<DISPLAY HELPER>")); helper >= 0) {
            const qsizetype helperEnd = text.indexOf(wanted.mid(helper + 16));
            QVERIFY2(helperEnd > helper, qPrintable(text));
            text.replace(helper, helperEnd - helper, s("<DISPLAY HELPER>"));
        }
        QCOMPARE(text, wanted);
        return;
    }
    const QJsonArray cells = cellsIn(output());
    const QJsonArray wanted = expectedCells(expected, parts.constFirst());
    QVERIFY(!wanted.isEmpty());
    QCOMPARE(cells.size(), wanted.size());
    for (qsizetype at = 0; at < cells.size(); ++at)
        QCOMPARE(cellError(cells.at(at).toObject(), wanted.at(at).toObject()), QByteArray());
    const QJsonObject notebook = QJsonDocument::fromJson(output()).object();
    QCOMPARE(notebook.value(s("nbformat")).toInt() * 10 + notebook.value(s("nbformat_minor")).toInt(), 45);
    if (expected.contains(s("notebook_metadata")))
        QCOMPARE(toText(notebook.value(s("metadata"))), toText(expected.value(s("notebook_metadata"))));
}

QTEST_GUILESS_MAIN(TestClmNotebooks)
#include "tst_clmnotebooks.moc"
