// SPDX-License-Identifier: GPL-3.0-or-later
// Tests editing a configuration file as the forms of the window do.
#include "core/config/configdraft.h"
#include "core/config/poolfields.h"
#include "tests/support/asnobody.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr const char *courses = "# The pools of the courses.\n"
                                "database: jobs.db\n"
                                "pools:\n"
                                "  plantuml: {mode: direct, count: 4}   # diagrams\n"
                                "\n"
                                "  # The slow ones:\n"
                                "  notebook:\n"
                                "    mode: direct\n"
                                "    max_job_time: 20m  # cells that train a model\n"
                                "    output_roots: [/srv/out, \"/mnt/a:b\"]\n";

const PoolField &field(const char *key)
{
    const PoolField *found = poolField(s(key));
    if (!found)
        qFatal("there is no key %s", key);
    return *found;
}

} // namespace

class TestConfigDraft : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void valuesAreShown();
    void onlyChangedValuesDiffer();
    void poolsAreAddedAndRemoved();
    void errorsAreThoseOfTheFile();
    void savedFileKeepsItsMode();
    void newFileIsPrivate();
    void fileThatChangedMeanwhileIsKept();
    void linkIsFollowed();
    void brokenFileIsRefused();
    void fileThatOthersCanWriteIsRefused();
    void failedSaveKeepsTheFile();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(s("lifeguard.yaml")); }
    void write(const QByteArray &text) const
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    [[nodiscard]] QByteArray content() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestConfigDraft::init()
{
    m_folder = folderForNobody();
    write(courses);
}

void TestConfigDraft::valuesAreShown()
{
    const auto draft = ConfigDraft::open(path());
    QVERIFY(draft);
    QCOMPARE(draft->poolNames(), (QStringList{s("plantuml"), s("notebook")}));
    QCOMPARE(draft->value({s("pools"), s("plantuml"), s("count")}, field("count")), s("4"));
    QCOMPARE(draft->value({s("pools"), s("notebook"), s("output_roots")}, field("output_roots")),
             s("/srv/out:/mnt/a%3Ab"));
    QCOMPARE(draft->value({s("pools"), s("notebook"), s("memory")}, field("memory")), QString());
    QVERIFY(!draft->isChanged());
    QVERIFY(draft->errors().isEmpty());
}

void TestConfigDraft::onlyChangedValuesDiffer()
{
    auto draft = ConfigDraft::open(path());
    QVERIFY(draft->setValue({s("pools"), s("plantuml"), s("count")}, field("count"), s("8")));
    QVERIFY(draft->setValue({s("pools"), s("notebook"), s("max_job_time")}, field("max_job_time"), s("30m")));
    QVERIFY(draft->setValue({s("pools"), s("notebook"), s("output_roots")}, field("output_roots"), QString()));
    QVERIFY(draft->setValue({s("pools"), s("notebook"), s("memory")}, field("memory"), s("2G")));
    QVERIFY(draft->setValue({s("pools"), s("notebook"), s("mode")}, field("mode"), s("direct"))); // as it is
    QVERIFY(draft->isChanged());
    QVERIFY(draft->save());
    QVERIFY(!draft->isChanged());
    QCOMPARE(content(), QByteArray(courses)
                            .replace("count: 4", "count: 8")
                            .replace("20m", "30m")
                            .replace("    output_roots: [/srv/out, \"/mnt/a:b\"]\n", "    memory: 2G\n"));
}

void TestConfigDraft::poolsAreAddedAndRemoved()
{
    auto draft = ConfigDraft::open(path());
    QVERIFY(!draft->addPool(s("notebook"), s("notebook")));
    QVERIFY(!draft->addPool(s(" "), s("notebook")));
    QVERIFY(draft->addPool(s("quick"), s("noop")));
    QVERIFY(draft->setValue({s("pools"), s("quick"), s("mode")}, field("mode"), s("direct")));
    QVERIFY(draft->removePool(s("plantuml")));
    QVERIFY(draft->errors().isEmpty());
    QCOMPARE(draft->text(), QByteArray(courses).replace("  plantuml: {mode: direct, count: 4}   # diagrams\n", "")
                                + "  quick:\n    type: noop\n    mode: direct\n");
    QVERIFY(draft->removePool(s("quick")));
    QVERIFY(draft->removePool(s("notebook")));
    QVERIFY(draft->errors().isEmpty());
    QCOMPARE(draft->poolNames(), QStringList());
}

void TestConfigDraft::errorsAreThoseOfTheFile()
{
    auto draft = ConfigDraft::open(path());
    QVERIFY(draft->setValue({s("pools"), s("notebook"), s("max_job_time")}, field("max_job_time"), s("soon")));
    const QList<ConfigFileError> errors = draft->errors();
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors.constFirst().key, s("pools.notebook.max_job_time"));
    QCOMPARE(errors.constFirst().line, 9);
}

void TestConfigDraft::savedFileKeepsItsMode()
{
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
    auto draft = ConfigDraft::open(path());
    QVERIFY(draft->setValue({s("database")}, configurationFields().constFirst(), s("other.db")));
    QVERIFY(draft->save());
    QCOMPARE(QFile::permissions(path()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions(QFile::ReadGroup));
    QVERIFY(content().contains("database: other.db\n"));
}

void TestConfigDraft::newFileIsPrivate()
{
    QVERIFY(QFile::remove(path()));
    auto draft = ConfigDraft::open(path());
    QVERIFY(draft);
    QVERIFY(draft->addPool(s("noop"), s("noop")));
    QVERIFY(draft->save());
    QCOMPARE(content(), QByteArray("pools:\n  noop:\n    type: noop\n"));
    QVERIFY(!(QFile::permissions(path()) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup)));
}

void TestConfigDraft::fileThatChangedMeanwhileIsKept()
{
    auto draft = ConfigDraft::open(path());
    QVERIFY(draft->removePool(s("plantuml")));
    write("database: mine.db\n");
    const Status saved = draft->save();
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Busy);
    QCOMPARE(content(), QByteArray("database: mine.db\n"));
}

void TestConfigDraft::linkIsFollowed()
{
    const QString link = m_folder->filePath(s("link.yaml"));
    QVERIFY(QFile::link(path(), link));
    auto draft = ConfigDraft::open(link);
    QVERIFY(draft->removePool(s("plantuml")));
    QVERIFY(draft->save());
    QVERIFY(QFileInfo(link).isSymLink());
    QVERIFY(!content().contains("plantuml"));
}

void TestConfigDraft::brokenFileIsRefused()
{
    write("pools: [\n");
    const auto draft = ConfigDraft::open(path());
    QVERIFY(!draft);
    QVERIFY2(draft.error().message.contains(s("text editor")), qPrintable(draft.error().message));
}

void TestConfigDraft::fileThatOthersCanWriteIsRefused()
{
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner | QFile::WriteOther));
    const auto draft = ConfigDraft::open(path());
    QVERIFY(!draft);
    QCOMPARE(draft.error().code, ErrorCode::PermissionDenied);
}

void TestConfigDraft::failedSaveKeepsTheFile()
{
    auto draft = ConfigDraft::open(path());
    QVERIFY(draft->removePool(s("plantuml")));
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther));
    {
        const AsNobody nobody; // can neither write the file nor create one in its folder
        const Status saved = draft->save();
        if (geteuid() == 65534)
            QVERIFY(!saved);
    }
    QCOMPARE(content(), QByteArray(courses));
}

QTEST_GUILESS_MAIN(TestConfigDraft)
#include "tst_configdraft.moc"
