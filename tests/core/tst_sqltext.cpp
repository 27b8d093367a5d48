// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the statements in the resources, and the schema that selects their optional lines.
#include "core/store/fileschema.h"
#include "core/store/schemamigrator.h"
#include "core/store/sqltext.h"
#include "places.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QSqlDatabase>
#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

class TestSqlText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void missingStatementIsReported();
    void columnMarksFollowTheSchema();
    void optionMarksFollowTheOptions();
    void commentsAreRemoved();
    void scriptsAreSplit();
    void schemaIsReadFromTheFile();

private:
    /// Returns the schema of a new file of Lifeguard, or of the file that the script creates.
    static FileSchema schemaOf(const QString &script = {});
};

FileSchema TestSqlText::schemaOf(const QString &script)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(s("q.db"));
    if (script.isEmpty())
        (void)Database::open(path, OpenMode::Create);
    else
        RawSql(path).script(script);
    Result<FileSchema> schema;
    {
        QSqlDatabase connection = QSqlDatabase::addDatabase(s("QSQLITE"), s("schema"));
        connection.setDatabaseName(path);
        if (!connection.open())
            qFatal("cannot open the file");
        schema = FileSchema::read(s("schema"), path);
    }
    QSqlDatabase::removeDatabase(s("schema"));
    if (!schema)
        qFatal("%s", qPrintable(schema.error().message));
    return *schema;
}

void TestSqlText::missingStatementIsReported()
{
    const auto text = sqlText(s("no_such_statement"), {});
    QCOMPARE(text.error().code, ErrorCode::Internal);
    QVERIFY(text.error().message.contains(s("no_such_statement")));
    QVERIFY(!sqlScript(s("no_such_script"), {}));
}

void TestSqlText::columnMarksFollowTheSchema()
{
    const QString withCode = sqlText(s("event_add"), schemaOf()).value();
    QVERIFY(withCode.contains(s(":parameters")));
    const QString without = sqlText(s("event_add"), schemaOf(clxVersion1())).value();
    QVERIFY(!without.contains(s(":parameters")));
    QVERIFY(without.contains(s(":message")));
    QVERIFY(sqlText(s("events_list"), schemaOf()).value().contains(s("parameters"))); // in an included file
}

void TestSqlText::optionMarksFollowTheOptions()
{
    const FileSchema schema = schemaOf();
    const QString plain = sqlText(s("jobs_counts_matching"), schema).value();
    QVERIFY(!plain.contains(s("GROUP BY")));
    const QString filtered = sqlText(s("jobs_counts_matching"), schema, {s("status"), s("no_text")}).value();
    QVERIFY(filtered.contains(s("status = :status")));
    QVERIFY(!filtered.contains(s("LIKE")));
    QVERIFY(filtered.endsWith(s("GROUP BY status")));
}

void TestSqlText::commentsAreRemoved()
{
    const FileSchema schema = schemaOf();
    const QDir folder(s(LIFEGUARD_SOURCE_DIR "/resources/sql/sqlite"));
    const QStringList files = folder.entryList({s("*.sql")});
    QVERIFY(files.size() > 50);
    for (const QString &file : files) {
        const auto text = sqlText(file.chopped(4), schema);
        QVERIFY2(text, qPrintable(file)); // every file is part of the resources
        QVERIFY2(!text->contains(s("--")), qPrintable(*text));
    }
}

void TestSqlText::scriptsAreSplit()
{
    const QStringList statements = sqlScript(s("lifeguard_0003"), {}).value();
    QCOMPARE(statements.size(), 6);
    QCOMPARE(statements.first(), s("ALTER TABLE lifeguard_events ADD COLUMN code TEXT"));
    QVERIFY(statements.last().startsWith(s("INSERT INTO lifeguard_migrations")));
    const QStringList derived = sqlScript(s("derived"), schemaOf()).value();
    QVERIFY(derived.last().startsWith(s("CREATE TRIGGER lifeguard_result_removed")));
    const auto creates = [](const QStringList &script, const char *name) {
        return std::any_of(script.cbegin(), script.cend(), [name](const QString &statement) {
            return statement.startsWith(s("CREATE INDEX ") + QLatin1String(name) + u' ');
        });
    };
    QVERIFY(creates(derived, "lifeguard_jobs_claimable_by_mode"));
    QVERIFY(!creates(derived, "lifeguard_jobs_claimable"));
    const QStringList ofOldFile = sqlScript(s("derived"), schemaOf(clxVersion1())).value();
    QVERIFY(!creates(ofOldFile, "lifeguard_jobs_claimable_by_mode"));
    QVERIFY(creates(ofOldFile, "lifeguard_jobs_claimable"));
    for (const QString &statement : derived)
        QCOMPARE(statement.contains(u';'), statement.endsWith(s("END"))); // the body of a trigger is not split
}

void TestSqlText::schemaIsReadFromTheFile()
{
    const FileSchema ours = schemaOf();
    QVERIFY(ours.hasTable(s("lifeguard_workers")));
    QVERIFY(ours.hasColumn(s("jobs"), s("cancelled_by")));
    QVERIFY(!ours.hasColumn(s("jobs"), s("no_such_column")));
    QVERIFY(!ours.hasColumn(s("no_such_table"), s("id")));
    QVERIFY(ours.acceptsCancelled());
    QVERIFY(SchemaMigrator::missingMigrations(ours).isEmpty());

    const FileSchema clx = schemaOf(clxVersion1());
    QVERIFY(!clx.acceptsCancelled());
    QVERIFY(!schemaOf(clxMigratedTo11()).acceptsCancelled()); // the CHECK of the version that created the table
    QCOMPARE(SchemaMigrator::missingMigrations(clx),
             (QStringList{s("lifeguard_0001"), s("lifeguard_0002"), s("lifeguard_0003"), s("lifeguard_0004"),
                          s("lifeguard_0005"), s("lifeguard_0006")}));
    QCOMPARE(SchemaMigrator::missingMigrations({}).constFirst(), s("clx_0011"));
}

QTEST_GUILESS_MAIN(TestSqlText)
#include "tst_sqltext.moc"
