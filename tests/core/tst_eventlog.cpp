// SPDX-License-Identifier: GPL-3.0-or-later
// Tests recording and reading events.
#include "core/store/eventlog.h"
#include "tests/support/queuetestcase.h"
#include "tests/support/testhelpers.h"

#include <QSet>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestEventLog : public QueueTestCase
{
    Q_OBJECT

private Q_SLOTS:
    void eventsAreReadAsRecorded();
    void searchFindsTextAndNumbers();
    void messagesAreStoredAsCodesWithText();
    void unknownKindsAndCodesKeepTheirText();
    void kindNamesAreUnique();
};

void TestEventLog::eventsAreReadAsRecorded()
{
    EventLog log(*t->db, t->clock);
    Event known;
    known.kind = EventKind::WorkerFailed;
    known.pool = known.workerType = noop;
    known.executorId = s("direct-noop-0-aaaaaaaa");
    known.workerId = 3;
    known.message = Message::literal(s("SIGKILL"));
    Event own = known;
    own.kind = EventKind::WorkerHung;
    own.jobId = 9;
    Event bare;
    bare.kind = EventKind::PoolStarted;
    QVERIFY(log.add(known));
    t->clock.advance(1s);
    QVERIFY(log.add(own));
    QVERIFY(log.add(bare));
    const auto all = *log.list(10);
    QCOMPARE(all.size(), 3);
    QCOMPARE(all.at(0).kind, bare.kind); // newest first
    known.id = all.at(2).id;
    known.at = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
    QCOMPARE(all.at(2), known);
    QCOMPARE(log.list(1)->size(), 1);
    QCOMPARE(log.list(10, known.executorId)->size(), 2);
    QCOMPARE(log.ofJob(9)->size(), 1);
    // CLM's table contains only the kinds of events that CLM defines.
    RawSql raw(t->path());
    QCOMPARE(raw.column(s("SELECT event_type || ' ' || coalesce(worker_id, '-') || ' ' || worker_type FROM "
                          "worker_events ORDER BY id")),
             (QStringList{s("worker_failed 3 noop"), s("pool_started - ")}));
}

void TestEventLog::searchFindsTextAndNumbers()
{
    EventLog log(*t->db, t->clock);
    Event event;
    event.kind = EventKind::WorkerHung;
    event.pool = s("plantuml-2");
    event.jobId = 812;
    event.message = Message("no_beat", {s("38 s")});
    QVERIFY(log.add(event));
    Event other;
    other.kind = EventKind::MachineSlept;
    QVERIFY(log.add(other));
    for (const char *text : {"No Beat", "38", "plantUML-2", "worker hung", "812"})
        QVERIFY2(log.list(10, {}, s(text))->size() == 1, text);
    QCOMPARE(log.list(10, {}, s("39 s"))->size(), 0);
}

void TestEventLog::messagesAreStoredAsCodesWithText()
{
    EventLog log(*t->db, t->clock);
    Event event;
    event.kind = EventKind::JobReturned;
    event.message = Message("job_returned", {s("50%.puml"), Message("no_beat", {s("38 s")}).asArgument()});
    QVERIFY(log.add(event));
    QCOMPARE(log.list(1)->first().message, event.message);
    RawSql raw(t->path());
    QCOMPARE(raw.value(s("SELECT code FROM lifeguard_events")).toString(), s("job_returned"));
    QCOMPARE(raw.value(s("SELECT json_extract(parameters, '$.arguments[1].code') FROM lifeguard_events")).toString(),
             s("no_beat"));
    QCOMPARE(raw.value(s("SELECT message FROM lifeguard_events")).toString(), event.message.englishText());
    Event bare;
    bare.kind = EventKind::MachineSlept;
    QVERIFY(log.add(bare));
    QCOMPARE(raw.column(s("SELECT coalesce(code, 'NULL') || message FROM lifeguard_events WHERE id = 2")),
             QStringList{s("NULL")});
}

void TestEventLog::unknownKindsAndCodesKeepTheirText()
{
    RawSql raw(t->path());
    QVERIFY(raw.exec(s("INSERT INTO lifeguard_events (at, kind, message, code, parameters) "
                       "VALUES ('2026-01-01 00:00:00.000', 'moon_landed', 'the eagle has landed', 'eagle_landed', "
                       "'{\"arguments\":[1]}')")));
    const Event event = EventLog(*t->db, t->clock).list(1)->first();
    QCOMPARE(event.kind, EventKind::Unknown);
    QCOMPARE(event.kindName(), s("moon_landed"));
    QCOMPARE(event.message.translatedText(), s("the eagle has landed"));
}

void TestEventLog::kindNamesAreUnique()
{
    QSet<QString> names;
    for (int number = static_cast<int>(EventKind::PoolStarting); number <= static_cast<int>(EventKind::Command);
         ++number) {
        const auto kind = static_cast<EventKind>(number);
        const QString name = toString(kind);
        QVERIFY2(!name.isEmpty() && !names.contains(name), qPrintable(QString::number(number)));
        names.insert(name);
        QCOMPARE(eventKindFromString(name), kind);
        QCOMPARE(isPoolEvent(kind), name.startsWith(s("pool_")));
        QCOMPARE(isWorkerEvent(kind), name.startsWith(s("worker_")));
    }
    QVERIFY(toString(EventKind::Unknown).isEmpty());
    QCOMPARE(eventKindFromString(QString()), EventKind::Unknown);
}

QTEST_GUILESS_MAIN(TestEventLog)
#include "tst_eventlog.moc"
