// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/message.h"
#include "core/model/messagecatalog.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QTranslator>

using namespace lifeguard;

namespace {

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

Message stored(const Message &message)
{
    return Message::fromStored(message.storedCode(), message.storedParameters(), message.englishText());
}

/// Translates the texts of the messages that the tests use into German.
class GermanTranslator : public QTranslator
{
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *, int n) const override
    {
        if (qstrcmp(context, messageContext) != 0)
            return {};
        if (qstrcmp(source, "no beat for %1") == 0)
            return s("kein Lebenszeichen seit %1");
        if (qstrcmp(source, "its process has ended") == 0)
            return s("sein Prozess ist beendet");
        if (qstrcmp(source, "%1: %2") == 0)
            return s("%2 (%1)");
        if (qstrcmp(source, "%n jobs of workers without a manager were returned to the queue") == 0)
            return n == 1 ? s("Ein Auftrag wurde zurückgenommen") : s("%n Aufträge wurden zurückgenommen");
        return {};
    }
};

} // namespace

class TestMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emptyMessage();
    void argumentsAreInserted();
    void percentSignsInArgumentsAreKept();
    void countSelectsSingularOrPlural();
    void messagesCanBeNested();
    void listsSkipEmptyMessages();
    void literalsAreStoredAsTextOnly();
    void roundTrip_data();
    void roundTrip();
    void invalidStoredMessagesShowTheStoredText_data();
    void invalidStoredMessagesShowTheStoredText();
    void translation();
    void templatesAreConsistent();
};

void TestMessage::emptyMessage()
{
    const Message message;
    QVERIFY(message.isEmpty());
    QVERIFY(message.englishText().isEmpty());
    QVERIFY(message.translatedText().isEmpty());
    QVERIFY(message.storedCode().isEmpty());
    QVERIFY(message.storedParameters().isEmpty());
    QCOMPARE(Message::literal({}), message);
    QCOMPARE(Message::list({}), message);
    QCOMPARE(Message::fromStored({}, {}, {}), message);
}

void TestMessage::argumentsAreInserted()
{
    QCOMPARE(Message("process_gone").englishText(), s("its process has ended"));
    QCOMPARE(Message("no_beat", {s("38 s")}).englishText(), s("no beat for 38 s"));
    QCOMPARE(Message("job_number", {12}).englishText(), s("job 12"));
    QCOMPARE(Message("job_number", {qint64(9007199254740993)}).englishText(), s("job 9007199254740993"));
    QCOMPARE(Message("no_beat", {s("38 s")}), Message("no_beat", {s("38 s")}));
    QVERIFY(Message("no_beat", {s("38 s")}) != Message("no_beat", {s("39 s")}));
}

void TestMessage::percentSignsInArgumentsAreKept()
{
    const Message message("worker_reason", {s("100 %1"), s("%2 %n %%")});
    QCOMPARE(message.englishText(), s("100 %1: %2 %n %%"));
    QCOMPARE(message.translatedText(), message.englishText());
    QCOMPARE(stored(message), message);
}

void TestMessage::countSelectsSingularOrPlural()
{
    QCOMPARE(Message("jobs_taken_back", 1, {}).englishText(),
             s("1 job of a worker without a manager was returned to the queue"));
    for (const qint64 count : {0, 2, 1000}) {
        const Message message("jobs_taken_back", count, {});
        QCOMPARE(message.englishText(),
                 s("%1 jobs of workers without a manager were returned to the queue").arg(count));
        QCOMPARE(message.translatedText(), message.englishText());
    }
    QCOMPARE(Message("jobs_taken_back", 1, {}).translatedText(), Message("jobs_taken_back", 1, {}).englishText());
    const qint64 large = 5'000'000'000; // more than the int of QCoreApplication::translate()
    QCOMPARE(Message("jobs_taken_back", large, {}).translatedText(),
             Message("jobs_taken_back", large, {}).englishText());
}

void TestMessage::messagesCanBeNested()
{
    const Message inner("no_beat", {s("38 s")});
    const Message middle("worker_reason", {s("noop-0"), inner.asArgument()});
    const Message outer("job_returned", {Message("job_number", {7}).asArgument(), middle.asArgument()});
    QVERIFY2(outer.englishText().endsWith(s("noop-0: no beat for 38 s")), qPrintable(outer.englishText()));
    QVERIFY2(outer.englishText().startsWith(s("job 7 ")), qPrintable(outer.englishText()));
    QCOMPARE(Message("worker_reason", {s("noop-0"), Message().asArgument()}).englishText(), s("noop-0: "));
}

void TestMessage::listsSkipEmptyMessages()
{
    const Message list = Message::list({Message("process_gone"), Message(), Message::literal(s("SIGKILL"))});
    QCOMPARE(list.englishText(), s("its process has ended, SIGKILL"));
    QCOMPARE(stored(list), list);
    QVERIFY(Message::list({Message(), Message()}).isEmpty());
}

void TestMessage::literalsAreStoredAsTextOnly()
{
    const Message message = Message::literal(s("exit code 3: %1 %n"));
    QVERIFY(message.isLiteral());
    QCOMPARE(message.englishText(), s("exit code 3: %1 %n"));
    QVERIFY(message.storedCode().isEmpty());
    QVERIFY(message.storedParameters().isEmpty());
    QCOMPARE(stored(message), message);
}

void TestMessage::roundTrip_data()
{
    QTest::addColumn<Message>("message");
    QTest::newRow("empty") << Message();
    QTest::newRow("without arguments") << Message("process_gone");
    QTest::newRow("text") << Message("no_beat", {s("38 s")});
    QTest::newRow("special characters") << Message("no_beat", {s("„ü“ \"\\ \n\t😀")});
    QTest::newRow("number") << Message("job_number", {qint64(9007199254740993)});
    QTest::newRow("count") << Message("jobs_taken_back", 3, {});
    QTest::newRow("nested") << Message("worker_reason", {s("noop-0"), Message("no_beat", {s("1 s")}).asArgument()});
    QTest::newRow("nested count") << Message("worker_reason", {s("x"), Message("jobs_taken_back", 1, {}).asArgument()});
    QTest::newRow("nested literal") << Message("worker_reason", {s("x"), Message::literal(s("SIGKILL")).asArgument()});
    QTest::newRow("nested empty") << Message("worker_reason", {s("x"), Message().asArgument()});
    QTest::newRow("list") << Message::list({Message("process_gone"), Message("job_number", {1})});
}

void TestMessage::roundTrip()
{
    QFETCH(Message, message);
    QCOMPARE(stored(message), message);
    QCOMPARE(stored(message).englishText(), message.englishText());
    QVERIFY(!message.storedParameters().contains(u'\n'));
}

void TestMessage::invalidStoredMessagesShowTheStoredText_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("parameters");
    QTest::newRow("no code") << QString() << QString();
    QTest::newRow("unknown code") << s("moon_landed") << QString();
    QTest::newRow("invalid JSON") << s("no_beat") << s("{\"arguments\":");
    QTest::newRow("JSON, but not an object") << s("no_beat") << s("[\"38 s\"]");
    QTest::newRow("no parameters") << s("no_beat") << QString();
    QTest::newRow("too few arguments") << s("worker_reason") << s(R"({"arguments":["noop-0"]})");
    QTest::newRow("too many arguments") << s("no_beat") << s(R"({"arguments":["1 s","2 s"]})");
    QTest::newRow("argument of another type") << s("no_beat") << s(R"({"arguments":[["38 s"]]})");
    QTest::newRow("null as argument") << s("no_beat") << s(R"({"arguments":[null]})");
    QTest::newRow("count is missing") << s("jobs_taken_back") << QString();
    QTest::newRow("count is not expected") << s("process_gone") << s(R"({"count":1})");
    QTest::newRow("unknown nested code") << s("worker_reason")
                                         << s(R"({"arguments":["noop-0",{"code":"moon_landed"}]})");
    QTest::newRow("invalid nested message")
        << s("worker_reason") << s(R"({"arguments":["noop-0",{"code":"no_beat"}]})");
    QTest::newRow("empty list") << s("list") << QString();
    QTest::newRow("literal without text") << s("literal") << QString();
}

void TestMessage::invalidStoredMessagesShowTheStoredText()
{
    QFETCH(QString, code);
    QFETCH(QString, parameters);
    const Message message = Message::fromStored(code, parameters, s("noop-0 died: SIGKILL"));
    QCOMPARE(message, Message::literal(s("noop-0 died: SIGKILL")));
    QCOMPARE(message.translatedText(), s("noop-0 died: SIGKILL"));
}

void TestMessage::translation()
{
    GermanTranslator german;
    QVERIFY(QCoreApplication::installTranslator(&german));
    const Message inner("no_beat", {s("38 s")});
    QCOMPARE(inner.translatedText(), s("kein Lebenszeichen seit 38 s"));
    QCOMPARE(inner.englishText(), s("no beat for 38 s"));
    QCOMPARE(Message("worker_reason", {s("noop-0"), inner.asArgument()}).translatedText(),
             s("kein Lebenszeichen seit 38 s (noop-0)"));
    QCOMPARE(Message::list({inner, Message("process_gone")}).translatedText(),
             s("kein Lebenszeichen seit 38 s, sein Prozess ist beendet"));
    QCOMPARE(Message("jobs_taken_back", 1, {}).translatedText(), s("Ein Auftrag wurde zurückgenommen"));
    QCOMPARE(Message("jobs_taken_back", 7, {}).translatedText(), s("7 Aufträge wurden zurückgenommen"));
    QCOMPARE(Message::literal(s("no beat for %1")).translatedText(), s("no beat for %1"));
    QCOMPARE(Message("job_number", {3}).translatedText(), s("job 3")); // without a translation
    QVERIFY(QCoreApplication::removeTranslator(&german));
}

/// The placeholders of each text are %1, %2, … without gaps, the singular has the same ones as the plural, and codes
/// are unique.
void TestMessage::templatesAreConsistent()
{
    static const QRegularExpression placeholder(s("%(\\d+|n)"));
    const auto placeholdersOf = [](const char *text) {
        QSet<QString> found;
        auto match = placeholder.globalMatch(QString::fromUtf8(text));
        while (match.hasNext())
            found.insert(match.next().captured(1));
        return found;
    };
    static const QRegularExpression codePattern(s("^[a-z][a-z0-9_]*$"));
    QSet<QString> codes;
    for (const MessageTemplate &entry : messageTemplates()) {
        const QString code = QString::fromLatin1(entry.code);
        QVERIFY2(codePattern.match(code).hasMatch(), entry.code);
        QVERIFY2(code != s("literal") && code != s("list"), entry.code);
        QVERIFY2(!codes.contains(code), entry.code);
        codes.insert(code);
        const QSet<QString> found = placeholdersOf(entry.text);
        const int count = argumentCount(entry);
        for (int number = 1; number <= count; ++number)
            QVERIFY2(found.contains(QString::number(number)), entry.code);
        QCOMPARE(found.size(), count + (found.contains(s("n")) ? 1 : 0)); // no %10, no %0
        QVERIFY2(found.contains(s("n")) == (entry.singular != nullptr), entry.code);
        if (entry.singular) {
            QSet<QString> singular = placeholdersOf(entry.singular);
            singular.insert(s("n")); // "one job" needs no number
            QVERIFY2(singular == found, entry.code);
        }
        QCOMPARE(messageTemplate(code)->text, entry.text);
    }
    QVERIFY(!messageTemplate(s("moon_landed")));
}

QTEST_GUILESS_MAIN(TestMessage)
#include "tst_message.moc"
