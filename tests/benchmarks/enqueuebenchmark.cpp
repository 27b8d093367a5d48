// SPDX-License-Identifier: GPL-3.0-or-later
#include "enqueuebenchmark.h"

#include "measuring.h"
#include "queuefile.h"
#include "requirement.h"

#include "core/base/systemclock.h"
#include "core/base/timestamp.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "tests/support/ctlprogram.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QUuid>

namespace lifeguard::bench {
namespace {

constexpr int payloadBytes = 700; ///< of a small diagram
constexpr double insertTarget = 0.8;
constexpr double submitTarget = 2.0; ///< submit takes at most this multiple of reading, hashing and inserting

/// Returns jobs like those that submit adds for small diagrams.
QList<NewJob> diagrams(int count)
{
    QList<NewJob> jobs;
    for (int i = 0; i < count; ++i) {
        NewJob job;
        job.type = QStringLiteral("plantuml");
        job.inputFile = QStringLiteral("/home/anna/course/slides/diagrams/diagram-%1.puml").arg(i);
        job.outputFile = QStringLiteral("/home/anna/course/output/slides/diagrams/diagram-%1.svg").arg(i);
        job.payload = "{\"data\":\"" + QByteArray::number(i).repeated(payloadBytes).left(payloadBytes) + "\"}";
        job.contentHash = QString::fromLatin1(
            QCryptographicHash::hash(job.payload, QCryptographicHash::Sha256).toHex());
        job.correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        jobs.append(job);
    }
    return jobs;
}

/// Adds jobs with the statements of Lifeguard through the C interface of SQLite.
class BareQueue
{
public:
    explicit BareQueue(const QueueFile &queue)
        : m_connection(queue.path())
        , m_job(m_connection.handle(), queue.statement(QStringLiteral("job_add")))
        , m_ours(m_connection.handle(), queue.statement(QStringLiteral("submitted_job_add")))
        , m_id(m_connection.handle(), QStringLiteral("SELECT last_insert_rowid()"))
        , m_begin(m_connection.handle(), QStringLiteral("BEGIN IMMEDIATE"))
        , m_commit(m_connection.handle(), QStringLiteral("COMMIT"))
    {
    }

    void begin() { m_begin.run(); }
    void commit() { m_commit.run(); }
    void add(const NewJob &job)
    {
        m_job.bind(":type", job.type.toUtf8());
        m_job.bind(":priority", qint64(job.priority));
        m_job.bind(":input_file", job.inputFile.toUtf8());
        m_job.bind(":output_file", job.outputFile.toUtf8());
        m_job.bind(":content_hash", job.contentHash.toUtf8());
        m_job.bind(":payload", job.payload);
        m_job.bind(":now", toSqlTime(QDateTime::currentDateTimeUtc()).toUtf8());
        m_job.bind(":max_attempts", qint64(job.maxAttempts));
        m_job.bind(":correlation_id", job.correlationId.toUtf8());
        m_job.run();
        m_ours.bind(":job_id", m_id.run());
        m_ours.bind(":is_forced", qint64(0));
        m_ours.run();
    }

private:
    BareConnection m_connection;
    BareStatement m_job;
    BareStatement m_ours;
    BareStatement m_id;
    BareStatement m_begin;
    BareStatement m_commit;
};

double bareSingle(const QList<NewJob> &jobs)
{
    const QueueFile file;
    BareQueue queue(file);
    const Stopwatch watch;
    for (const NewJob &job : jobs) {
        queue.begin();
        queue.add(job);
        queue.commit();
    }
    return double(jobs.size()) / watch.seconds();
}

double bareBulk(const QList<NewJob> &jobs)
{
    const QueueFile file;
    BareQueue queue(file);
    const Stopwatch watch;
    queue.begin();
    for (const NewJob &job : jobs)
        queue.add(job);
    queue.commit();
    return double(jobs.size()) / watch.seconds();
}

double single(const QList<NewJob> &jobs)
{
    const QueueFile file;
    const std::unique_ptr<Database> database = valueOf(Database::open(file.path(), OpenMode::ReadWrite));
    const SystemClock clock;
    JobQueue queue(*database, clock);
    const Stopwatch watch;
    for (const NewJob &job : jobs)
        (void)valueOf(queue.add(job));
    return double(jobs.size()) / watch.seconds();
}

double bulk(const QList<NewJob> &jobs)
{
    const QueueFile file;
    const std::unique_ptr<Database> database = valueOf(Database::open(file.path(), OpenMode::ReadWrite));
    const SystemClock clock;
    JobQueue queue(*database, clock);
    const Stopwatch watch;
    (void)valueOf(queue.addMany(jobs));
    return double(jobs.size()) / watch.seconds();
}

/// Writes diagrams into the folder "diagrams" of the workspace, 100 in each folder.
void writeDiagrams(const CtlProgram &ctl, int count)
{
    constexpr int perFolder = 100;
    constexpr int linesPerDiagram = 24;
    for (int i = 0; i < count; ++i) {
        const QString folder = QStringLiteral("diagrams/%1").arg(i / perFolder);
        if (i % perFolder == 0)
            QDir(ctl.folder()).mkpath(folder);
        const QByteArray line = "Client" + QByteArray::number(i) + " -> Server : request\n";
        const QByteArray text = "@startuml\n" + line.repeated(linesPerDiagram) + "@enduml\n";
        ctl.write(QStringLiteral("%1/diagram-%2.puml").arg(folder).arg(i), text);
    }
}

/// Returns the time in ms for finding, reading and hashing all diagrams.
double reading(const CtlProgram &ctl)
{
    const Stopwatch watch;
    qsizetype length = 0;
    QDirIterator files(ctl.filePath(QStringLiteral("diagrams")), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        require(file.open(QIODevice::ReadOnly), file.errorString());
        length += QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).size();
    }
    require(length > 0, QStringLiteral("There are no diagrams."));
    return watch.milliseconds();
}

void measureSubmit(Report &report, int count, const QList<NewJob> &jobs)
{
    const CtlProgram ctl;
    writeDiagrams(ctl, count);
    (void)reading(ctl); // fills the cache of files
    const double files = reading(ctl);
    const double insertion = double(count) / bareBulk(jobs) * 1000;
    // Without files, for the start of the program and the creation of the database.
    (void)ctl.call({QStringLiteral("status")});
    const Stopwatch watch;
    const Outcome outcome = ctl.call({QStringLiteral("submit"), ctl.filePath(QStringLiteral("diagrams"))}, 600000);
    const double submitted = watch.milliseconds();
    require(outcome.code == 0 && ctl.jobs(QStringLiteral("pending")) == count, QString::fromUtf8(outcome.all()));
    report.add({QStringLiteral("submit %1 files, next to reading them").arg(count),
                submitted,
                QStringLiteral("ms"),
                Limit{QStringLiteral("read, SHA-256"), files},
                {},
                {}});
    report.add({QStringLiteral("submit %1 files").arg(count), submitted, QStringLiteral("ms"),
                Limit{QStringLiteral("read, SHA-256, bare insert"), files + insertion},
                Target::ratioAtMost(submitTarget),
                QStringLiteral("The plan reads each file once before the submission, to find its diagrams.")});
}

} // namespace

void measureEnqueue(Report &report, const Sizes &sizes)
{
    const int count = sizes.choose(20000, 100);
    const QList<NewJob> jobs = diagrams(count);
    report.setting(QStringLiteral("jobs"), QString::number(count));
    report.setting(QStringLiteral("payload"), QStringLiteral("%1 bytes").arg(payloadBytes));
    report.setting(QStringLiteral("synchronous"), QStringLiteral("NORMAL"));
    const QString unit = QStringLiteral("jobs/s");
    const QString bare = QStringLiteral("bare inserts");
    report.add({QStringLiteral("one by one"),
                single(jobs),
                unit,
                Limit{bare, bareSingle(jobs)},
                Target::ratioAtLeast(insertTarget),
                {}});
    report.add({QStringLiteral("%1 at once").arg(count),
                bulk(jobs),
                unit,
                Limit{bare, bareBulk(jobs)},
                Target::ratioAtLeast(insertTarget),
                {}});
    const int files = sizes.choose(10000, 100);
    measureSubmit(report, files, jobs.first(files));
}

} // namespace lifeguard::bench
