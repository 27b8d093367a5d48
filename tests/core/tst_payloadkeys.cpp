// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that each key of the payloads of CLX and CLM is honoured or refused, and from which program a job comes.
#include "core/worker/notebookrules.h"
#include "core/worker/payloadkeys.h"
#include "places.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPayloadKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void realPayloadsAreAccepted();
    void valuesAreChecked_data();
    void valuesAreChecked();
    void rulesAreDerived_data();
    void rulesAreDerived();
    void rulesTextChangesWithTheOutput_data();
    void rulesTextChangesWithTheOutput();
};

/// All keys that the programs themselves have written are known.
void TestPayloadKeys::realPayloadsAreAccepted()
{
    const QJsonObject programs =
        QJsonDocument::fromJson(contentOf(s(LIFEGUARD_SOURCE_DIR "/tests/data/clm-notebooks/hashes.json"))).object();
    int count = 0;
    for (const char *program : {"clm", "seed"}) {
        const QJsonArray examples = programs.value(s(program)).toArray();
        for (const QJsonValue &example : examples) {
            const auto notes = checkPayload(example.toObject().value(s("job_type")).toString(),
                                            example.toObject().value(s("payload")).toObject());
            QVERIFY2(notes, notes ? "" : qPrintable(notes.error().message));
            QCOMPARE(*notes, QStringList());
            ++count;
        }
    }
    QCOMPARE(count, 6);
}

void TestPayloadKeys::valuesAreChecked_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("error");
    QTest::addColumn<QStringList>("notes");
    const QStringList none;
    QTest::newRow("no keys") << s("notebook") << QJsonObject() << QString() << none;
    QTest::newRow("null") << s("notebook") << QJsonObject{{s("http_replay_mode"), QJsonValue()}} << QString() << none;
    QTest::newRow("text") << s("notebook") << QJsonObject{{s("kind"), 1}} << s("The payload key 'kind' must be a text.")
                          << none;
    QTest::newRow("truth value") << s("notebook") << QJsonObject{{s("skip_evaluation"), s("true")}}
                                 << s("The payload key 'skip_evaluation' must be true or false.") << none;
    QTest::newRow("list") << s("notebook") << QJsonObject{{s("svg_available_stems"), s("a")}}
                          << s("The payload key 'svg_available_stems' must be a list.") << none;
    QTest::newRow("object") << s("notebook") << QJsonObject{{s("other_files"), QJsonArray()}}
                            << s("The payload key 'other_files' must be an object.") << none;
    QTest::newRow("number") << s("drawio") << QJsonObject{{s("page_index"), s("1")}}
                            << s("The payload key 'page_index' must be a number.") << none;
    QTest::newRow("unknown") << s("plantuml") << QJsonObject{{s("theme"), s("dark")}, {s("output_format"), s("png")}}
                             << QString() << QStringList{s("The payload key 'theme' is not known and has no effect.")};
    QTest::newRow("unknown in a notebook")
        << s("notebook") << QJsonObject{{s("kind"), s("completed")}, {s("future"), 1}} << QString()
        << QStringList{s("The payload key 'future' is not known and has no effect.")};
    QTest::newRow("jupyterlite")
        << s("jupyterlite") << QJsonObject{{s("notebook_trees"), QJsonObject()}}
        << s("Lifeguard does not support the payload key 'notebook_trees'. A pool can run CLM's "
             "own worker instead: set its command to 'python3 -m clm.workers.jupyterlite'.")
        << none;
    QTest::newRow("type of the user") << s("video") << QJsonObject{{s("anything"), 1}} << QString() << none;
}

void TestPayloadKeys::valuesAreChecked()
{
    QFETCH(QString, type);
    QFETCH(QJsonObject, payload);
    QFETCH(QString, error);
    QFETCH(QStringList, notes);
    const auto checked = checkPayload(type, payload);
    QCOMPARE(checked ? QString() : checked.error().message, error);
    if (error.isEmpty())
        QCOMPARE(*checked, notes);
}

void TestPayloadKeys::rulesAreDerived_data()
{
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("ofPool");
    QTest::addColumn<QString>("rules");
    const QJsonObject clx{{s("correlation_id"), s("c")}, {s("kind"), s("completed")},
                          {s("prog_lang"), s("python")}, {s("language"), s("en")},
                          {s("format"), s("notebook")},  {s("other_files"), QJsonObject()}};
    QJsonObject clm = clx;
    clm.insert(s("template_fingerprint"), s(""));
    QJsonObject own = clx;
    own.remove(s("other_files"));
    own.insert(s("output_file_name"), s("a.html"));
    QTest::newRow("CLX") << clx << QString() << s("clx");
    QTest::newRow("CLM") << clm << QString() << s("clm");
    QTest::newRow("ours") << own << QString() << s("lifeguard");
    QTest::newRow("files only") << QJsonObject{{s("other_files"), QJsonObject()}} << QString() << s("lifeguard");
    QTest::newRow("nothing") << QJsonObject() << QString() << s("lifeguard");
    QTest::newRow("pool") << own << s("clm") << s("clm");
    QTest::newRow("pool, against the job") << clm << s("lifeguard") << s("lifeguard");
}

void TestPayloadKeys::rulesAreDerived()
{
    QFETCH(QJsonObject, payload);
    QFETCH(QString, ofPool);
    ConverterSettings settings;
    settings.notebookRules = ofPool;
    QTEST(notebookRules(payload, settings), "rules");
}

void TestPayloadKeys::rulesTextChangesWithTheOutput_data()
{
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("ofPool");
    QTest::addColumn<bool>("changes");
    QTest::newRow("the same") << QJsonObject{{s("author"), s("A")}} << QString() << false;
    QTest::newRow("identity") << QJsonObject{{s("author"), s("A")}, {s("correlation_id"), s("c")}} << QString()
                              << false;
    QTest::newRow("author") << QJsonObject{{s("author"), s("B")}} << QString() << true;
    QTest::newRow("links") << QJsonObject{{s("author"), s("A")}, {s("cross_references"), QJsonObject{{s("a"), s("b")}}}}
                           << QString() << true;
    QTest::newRow("files") << QJsonObject{{s("author"), s("A")}, {s("other_files"), QJsonObject{{s("a"), s("b")}}}}
                           << QString() << true;
    QTest::newRow("rules of the pool") << QJsonObject{{s("author"), s("A")}} << s("clm") << true;
}

void TestPayloadKeys::rulesTextChangesWithTheOutput()
{
    QFETCH(QJsonObject, payload);
    QFETCH(QString, ofPool);
    QFETCH(bool, changes);
    ConverterSettings settings;
    const QString before = notebookRulesText({{s("author"), s("A")}}, settings);
    settings.notebookRules = ofPool;
    QCOMPARE(notebookRulesText(payload, settings) != before, changes);
}

QTEST_APPLESS_MAIN(TestPayloadKeys)
#include "tst_payloadkeys.moc"
