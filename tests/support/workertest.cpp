// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/workertest.h"

#include "core/model/job.h"
#include "core/model/workerrow.h"
#include "core/submit/contenthash.h"
#include "places.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard::test {

std::unique_ptr<QProcess> startProgram(const QString &name, const QStringList &arguments,
                                       const QProcessEnvironment &environment, const QString &folder)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(environment);
    process->setWorkingDirectory(folder);
    process->start(s(LIFEGUARD_BIN_DIR "/") + name, arguments);
    return process;
}

WorkerOptions noopWorkerOptions()
{
    WorkerOptions options;
    options.type = s("noop");
    options.executorId = s("w0");
    options.executionMode = s("direct");
    options.workspace = s("/ws");
    return options;
}

QProcessEnvironment workerEnvironment(const QString &type, const QString &name, const QString &database,
                                      const QString &workspace)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("WORKER_TYPE"), type);
    environment.insert(s("WORKER_ID"), name);
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), name);
    environment.insert(s("DB_PATH"), database);
    environment.insert(s("WORKSPACE_PATH"), workspace);
    return environment;
}

void WorkerTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto database = Database::open(path("jobs.db"), OpenMode::Create);
    QVERIFY2(database, database ? "" : qPrintable(database.error().message));
    m_db = std::move(*database);
    m_queue = std::make_unique<JobQueue>(*m_db, m_clock);
    m_registry = std::make_unique<WorkerRegistry>(*m_db, m_clock);
    m_workers = 0;
}

void WorkerTest::cleanup()
{
    m_queue.reset();
    m_registry.reset();
    m_db.reset();
    m_folder.reset();
}

std::unique_ptr<QProcess> WorkerTest::start(const QString &type, const Environment &more, const QStringList &arguments)
{
    QProcessEnvironment environment = workerEnvironment(type, QStringLiteral("w%1").arg(m_workers++), path("jobs.db"),
                                                        m_folder->path());
    for (const auto &[variable, value] : more)
        environment.insert(s(variable), value);
    return startProgram(s("lifeguard-worker"), arguments, environment);
}

void WorkerTest::recordWorkers(const QStringList &names)
{
    QList<OwnedWorker> rows;
    for (const QString &name : names) {
        OwnedWorker row;
        row.executorId = name;
        row.managerId = s("manager");
        row.pool = row.type = s("noop");
        row.mode = s("direct");
        rows.append(row);
    }
    const Status added = m_registry->addOwned(rows);
    QVERIFY2(added, added ? "" : qPrintable(added.error().message));
}

qint64 WorkerTest::addNoop(int sleepMs, const QString &outputFile, int priority, const QString &hash)
{
    NewJob job;
    job.type = s("noop");
    job.outputFile = outputFile;
    job.contentHash = hash;
    job.priority = priority;
    job.payload = "{\"sleep_ms\": " + QByteArray::number(sleepMs) + "}";
    return m_queue->add(job).value_or(0);
}

qint64 WorkerTest::addDiagram(const QByteArray &text, const QString &outputFile)
{
    NewJob job;
    job.type = s("plantuml");
    job.inputFile = path("in.puml");
    job.outputFile = outputFile;
    job.contentHash = contentHash(text);
    job.payload = QJsonDocument(QJsonObject{{s("data"), QString::fromUtf8(text)}}).toJson();
    return m_queue->add(job).value_or(0);
}

QString WorkerTest::workerStatus(const QString &name)
{
    const auto rows = m_registry->list(QDateTime::currentDateTimeUtc().addDays(-1));
    for (const WorkerRow &row : rows.value_or(QList<WorkerRow>())) {
        if (row.executorId == name)
            return toString(row.status);
    }
    return {};
}

} // namespace lifeguard::test
