// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/containerprotections.h"
#include "core/config/poolfields.h"
#include "core/config/poolspec.h"
#include "tests/support/testhelpers.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPoolFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keysAreUniqueAndSpelledAlike();
    void everyMemberHasAKey();
    void validationNamesKeys();
    void rangesAreThoseOfTheValidation();
    void schedulesAsText();
    void roundTrip_data();
    void roundTrip();
    void rejects_data();
    void rejects();
    void listsAndTexts();
    void choicesAreListed();
};

namespace {

/// Returns a configuration in which no member has its default.
WorkerConfig unusualConfig()
{
    WorkerConfig config;
    config.type = s("mine");
    config.count = 7;
    config.mode = ExecutionMode::Direct;
    config.image = s("mine:1");
    config.network = s("none");
    config.pidsLimit = 64;
    config.containerRoot = true;
    config.writableRoot = true;
    config.keepCapabilities = true;
    config.newPrivileges = true;
    config.command = QStringList{s("worker"), s("a b"), s("\"")};
    config.memoryLimitMb = 1536;
    config.cpuLimit = 1.25;
    config.openFilesLimit = 256;
    config.maxJobTime = seconds(5400);
    config.registrationTimeout = seconds(61);
    config.stopGrace = seconds(0);
    config.staleAfter = seconds(120);
    config.hungAfter = seconds(86400);
    config.restartHung = false;
    config.restart = RestartMode::Never;
    config.recycleAfterJobs = 100;
    config.recycleAboveMb = 1024;
    config.outputRoots = QStringList{s("/srv/a:b"), s("/srv/c,d")};
    config.converter = {true, {s("/srv/a:b"), s("/srv/c,d")}, s("clx"), {s("*.csv")}};
    config.detach = true;
    config.environment = {{s("A"), s("1, 2%,")}, {s("B_2"), QString()}};
    config.passEnvironment = QStringList{s("LANG"), s("TZ")};
    config.envFile = s("/srv/a,b.env");
    config.workingDir = s("/srv/work");
    config.nice = -5;
    config.ioPriority = IoPriority::Idle;
    config.scaling = ScalingConfig{2, 9, 7, seconds(30), seconds(600), ExecutionMode::Docker, {}};
    config.scaling->schedule = {
        ScalingPeriod{{Qt::Monday, Qt::Sunday}, std::chrono::minutes(450), std::chrono::minutes(1080), 3, 5},
        ScalingPeriod{{}, std::chrono::minutes(0), std::chrono::minutes(1440), {}, 0}};
    return config;
}

} // namespace

void TestPoolFields::keysAreUniqueAndSpelledAlike()
{
    static const QRegularExpression spelling(s("\\A[a-z]+(_[a-z]+)*\\z"));
    QSet<QString> keys;
    for (const PoolField &field : poolFields()) {
        QVERIFY2(spelling.match(field.key).hasMatch(), qPrintable(field.key));
        QVERIFY2(!keys.contains(field.key), qPrintable(field.key));
        keys.insert(field.key);
        QVERIFY2(!field.description.isEmpty() && !field.description.endsWith(u'.'), qPrintable(field.key));
        QVERIFY(poolField(field.key) == &field);
        QVERIFY(poolFieldOfAnySpelling(QString(field.key).replace(u'_', u'-')) == &field);
        const bool isMap = field.kind == FieldInfo::Kind::Map;
        QCOMPARE(bool(field.parse), !isMap);
        QCOMPARE(bool(field.format), !isMap);
        QCOMPARE(bool(field.setEntry), isMap);
        QCOMPARE(bool(field.entries), isMap);
        QCOMPARE(bool(field.parseList), field.isList());
        QCOMPARE(bool(field.list), field.isList());
        QCOMPARE(bool(field.size), field.hasFields());
        QCOMPARE(bool(field.begin), field.hasFields());
        QCOMPARE(field.members.empty(), !field.hasFields());
        QCOMPARE(field.fields.size(), field.members.size());
    }
    QVERIFY(!poolField(s("max-job-time")));
    QVERIFY(!poolFieldOfAnySpelling(s("cuont")));
    for (const ContainerProtection &protection : containerProtections)
        QVERIFY(keys.contains(s(protection.key)));
    for (const QString &key : poolSpecKeys())
        QVERIFY2(keys.contains(key.section(u'.', 0, 0)), qPrintable(key));
}

/// Copies a configuration key by key. A member of WorkerConfig that has no key would be lost.
void TestPoolFields::everyMemberHasAKey()
{
    const WorkerConfig original = unusualConfig();
    for (const Spelling spelling : {Spelling::Current, Spelling::Old}) {
        WorkerConfig copy;
        for (const PoolField &field : flatPoolFields()) {
            if (field.kind == FieldInfo::Kind::Map) {
                const QMap<QString, QString> entries = field.entries(original);
                QVERIFY2(!entries.isEmpty(), qPrintable(field.key));
                for (auto entry = entries.cbegin(); entry != entries.cend(); ++entry)
                    field.setEntry(copy, entry.key(), entry.value());
                continue;
            }
            QVERIFY2(field.format(original, spelling) != field.format(WorkerConfig(), spelling), qPrintable(field.key));
            const Status parsed = field.parse(copy, field.format(original, spelling), spelling);
            QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().message));
        }
        QVERIFY(copy == original);
    }
}

void TestPoolFields::validationNamesKeys()
{
    WorkerConfig config;
    config.type = s("a b");
    config.count = -1;
    config.image = s("-");
    config.network = s("-");
    config.pidsLimit = 0;
    config.command = QStringList{QString()};
    config.memoryLimitMb = -1;
    config.cpuLimit = -1;
    config.openFilesLimit = 1;
    config.maxJobTime = seconds(0);
    config.registrationTimeout = seconds(0);
    config.stopGrace = seconds(-1);
    config.staleAfter = seconds(1);
    config.hungAfter = seconds(0);
    config.recycleAfterJobs = -1;
    config.recycleAboveMb = -1;
    config.outputRoots = QStringList{s("x")};
    config.environment = {{s("A=B"), s("x")}};
    config.passEnvironment = QStringList{s("DB_PATH")};
    config.envFile = s("a\n");
    config.workingDir = s("x");
    config.nice = 20;
    config.ioPriority = IoPriority::Low;
    config.scaling = ScalingConfig{};
    config.scaling->max = 0;
    const QList<ConfigError> errors = config.validate();
    QVERIFY(errors.size() >= 24);
    for (const ConfigError &error : errors) {
        const PoolField *field = poolField(error.field.section(u'.', 0, 0));
        QVERIFY2(field, qPrintable(error.field));
        if (field->kind == FieldInfo::Kind::Section)
            QVERIFY2(poolFieldOfAnySpelling(error.field.section(u'[', 0, 0)), qPrintable(error.field));
    }
}

/// The ranges in the table are those of the validation.
void TestPoolFields::rangesAreThoseOfTheValidation()
{
    WorkerConfig valid;
    valid.type = s("noop");
    valid.mode = ExecutionMode::Direct;
    valid.scaling = ScalingConfig{};
    valid.scaling->max = 1000;
    valid.hungAfter = poollimits::maxDuration;
    QVERIFY(valid.validate().isEmpty());
    const auto errorOf = [](const WorkerConfig &config, const QString &key) {
        const QList<ConfigError> errors = config.validate();
        const auto found = std::find_if(errors.begin(), errors.end(),
                                        [&key](const ConfigError &error) { return error.field == key; });
        return found == errors.end() ? QString() : found->message;
    };
    int checked = 0;
    for (const PoolField &field : flatPoolFields()) {
        using Kind = FieldInfo::Kind;
        const bool isNumber = field.kind == Kind::Number || field.kind == Kind::Decimal || field.kind == Kind::Duration
                           || field.kind == Kind::Size;
        QCOMPARE(field.minimum.has_value(), isNumber);
        QCOMPARE(field.maximum.has_value(), isNumber);
        if (!isNumber)
            continue;
        const bool isSize = field.kind == Kind::Size;
        const double step = field.kind == Kind::Decimal ? 0.01 : isSize ? 1 << 20 : 1;
        const auto problem = [&](double number) {
            WorkerConfig config = valid;
            const QString text = isSize ? QString::number(qint64(number) >> 20) : QString::number(number, 'f', 2);
            const QString whole = field.kind == Kind::Decimal ? text : text.section(u'.', 0, 0);
            const Status parsed = field.parse(config, whole, Spelling::Old);
            return parsed ? errorOf(config, field.key) : parsed.error().message;
        };
        if (field.key != s("hung_after")) // it depends on stale_after
            QCOMPARE(problem(*field.minimum), QString());
        QCOMPARE(problem(*field.maximum), QString());
        QVERIFY2(!problem(*field.minimum - step).isEmpty() || (field.allowsZero && *field.minimum - step == 0),
                 qPrintable(field.key));
        QVERIFY2(!problem(*field.maximum + step).isEmpty(), qPrintable(field.key));
        QCOMPARE(problem(0).isEmpty(), field.allowsZero || *field.minimum <= 0);
        ++checked;
    }
    QVERIFY(checked >= 18);
}

void TestPoolFields::schedulesAsText()
{
    const PoolField *field = poolFieldOfAnySpelling(s("scaling.schedule"));
    QVERIFY(field);
    WorkerConfig config;
    QVERIFY(field->parse(config, s(" 8:00-18:00  mon+fri max:3;min:1 ;"), Spelling::Current));
    QCOMPARE(field->format(config, Spelling::Current), s("mon+fri 08:00-18:00 max:3; 00:00-24:00 min:1"));
    for (const QString &text : {s("mon tuesday"), s("8-9"), s("min:x"), s("25:00-26:00"), s("mon,tue")}) {
        const WorkerConfig before = config;
        const Status parsed = field->parse(config, text, Spelling::Current);
        QVERIFY2(!parsed, qPrintable(text));
        QVERIFY2(parsed.error().message.contains(s("mon+tue 08:00-18:00")), qPrintable(parsed.error().message));
        QVERIFY(config == before);
    }
}

void TestPoolFields::roundTrip_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("formatted");
    QTest::newRow("text") << s("image") << s("a:1") << s("a:1");
    QTest::newRow("number") << s("count") << s("4") << s("4");
    QTest::newRow("decimal") << s("cpu") << s("1.50") << s("1.5");
    QTest::newRow("duration") << s("max_job_time") << s("600") << s("10m");
    QTest::newRow("size") << s("memory") << s("2048M") << s("2G");
    QTest::newRow("no limit") << s("memory") << s("0") << s("0");
    QTest::newRow("yes") << s("detach") << s("true") << s("yes");
    QTest::newRow("no") << s("restart_hung") << s("false") << s("no");
    QTest::newRow("choice") << s("restart") << s("on-failure") << s("on-failure");
    QTest::newRow("patterns") << s("notebook_files") << s("./*.csv:b/../c") << s("*.csv:c");
    QTest::newRow("paths") << s("output_roots") << s("/a/:/a:/b") << s("/a:/b");
    QTest::newRow("arguments") << s("command") << s("a 'b c' \"d e\"") << s("\"a\" \"'b\" \"c'\" \"d e\"");
}

void TestPoolFields::roundTrip()
{
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(QString, formatted);
    const PoolField *field = poolField(key);
    QVERIFY(field);
    WorkerConfig config;
    QVERIFY(field->parse(config, text, Spelling::Current));
    QCOMPARE(field->format(config, Spelling::Current), formatted);
    WorkerConfig again;
    QVERIFY(field->parse(again, formatted, Spelling::Current));
    QVERIFY(again == config);
}

void TestPoolFields::rejects_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("number") << s("count") << s("two")
                            << s("'two' is not a number. Allowed are whole numbers, for example 4.");
    QTest::newRow("fraction") << s("count") << s("1.5")
                              << s("'1.5' is not a number. Allowed are whole numbers, for example 4.");
    QTest::newRow("number beyond 32 bits")
        << s("count") << s("4294967297")
        << s("'4294967297' is not a number. Allowed are whole numbers, for example 4.");
    QTest::newRow("decimal") << s("cpu") << s("nan")
                             << s("'nan' is not a number. Allowed are numbers such as 2 or 0.5.");
    QTest::newRow("yes or no") << s("detach") << s("1")
                               << s("'1' is neither yes nor no. Allowed are yes, no, true and false.");
    QTest::newRow("size in MB, as in older versions")
        << s("memory") << s("512")
        << s("The size '512' has no unit. Allowed are whole numbers with the unit B, K, M, G or T, for example 512M.");
    QTest::newRow("part of a megabyte") << s(
        "memory") << s("64K") << s("'64K' is not a whole number of megabytes. Allowed are sizes such as 512M or 2G.");
    QTest::newRow("choice") << s("mode") << s("podman")
                            << s("'podman' is not one of the allowed values. Allowed are auto, direct, docker.");
    QTest::newRow("command") << s("command") << s(" ")
                             << s("The command is empty. Allowed is a program with its arguments.");
}

void TestPoolFields::rejects()
{
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(QString, message);
    const WorkerConfig before = unusualConfig();
    WorkerConfig config = before;
    const Status parsed = poolField(key)->parse(config, text, Spelling::Current);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::InvalidArgument);
    QCOMPARE(parsed.error().message, message);
    QVERIFY2(config == before, "a value that is rejected changes nothing");
}

void TestPoolFields::listsAndTexts()
{
    WorkerConfig config;
    const PoolField *roots = poolField(s("output_roots"));
    QVERIFY(roots->parseList(config, {s("/a/../b/"), s("/b"), s("/c:d")}));
    QCOMPARE(roots->list(config), (QStringList{s("/b"), s("/c:d")}));
    const PoolField *command = poolField(s("command"));
    QVERIFY(command->parseList(config, {s("a b"), QString(), s("c")}));
    QCOMPARE(command->list(config), (QStringList{s("a b"), QString(), s("c")}));
    QVERIFY(!command->parseList(config, {}));
}

void TestPoolFields::choicesAreListed()
{
    QCOMPARE(poolField(s("mode"))->choices, (QStringList{s("auto"), s("direct"), s("docker")}));
    QCOMPARE(poolField(s("restart"))->choices, (QStringList{s("never"), s("on-failure"), s("always")}));
    QVERIFY(poolField(s("mode"))->kind == FieldInfo::Kind::Choice);
    QVERIFY(poolField(s("memory"))->kind == FieldInfo::Kind::Size);
    QVERIFY(poolField(s("grace"))->kind == FieldInfo::Kind::Duration);
}

QTEST_GUILESS_MAIN(TestPoolFields)
#include "tst_poolfields.moc"
