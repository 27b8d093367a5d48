// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clxfiles.h"

#include "tests/support/queuetest.h"

#include <QFile>
#include <QMap>
#include <QVariant>

#include <algorithm>
#include <array>

namespace lifeguard::test {
namespace {

constexpr int newestVersion = 11;

/// A column and the version that introduced it. CLX's migrations do not add the columns with onlyWhenNew to older
/// files.
struct Column
{
    const char *table;
    const char *name;
    int since;
    const char *type; ///< with constraints; %1 stands for the values of the CHECK
    bool onlyWhenNew = false;
};

constexpr std::array columns{
    Column{"jobs", "id", 1, "INTEGER PRIMARY KEY AUTOINCREMENT"},
    Column{"jobs", "job_type", 1, "TEXT NOT NULL"},
    Column{"jobs", "status", 1, "TEXT NOT NULL CHECK (status IN (%1))"},
    Column{"jobs", "priority", 1, "INTEGER DEFAULT 0"},
    Column{"jobs", "input_file", 1, "TEXT NOT NULL"},
    Column{"jobs", "output_file", 1, "TEXT NOT NULL"},
    Column{"jobs", "content_hash", 1, "TEXT NOT NULL"},
    Column{"jobs", "payload", 1, "TEXT NOT NULL"},
    Column{"jobs", "correlation_id", 2, "TEXT"},
    Column{"jobs", "created_at", 1, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
    Column{"jobs", "started_at", 1, "TIMESTAMP"},
    Column{"jobs", "completed_at", 1, "TIMESTAMP"},
    Column{"jobs", "cancelled_at", 4, "TIMESTAMP"},
    Column{"jobs", "cancelled_by", 4, "TEXT"},
    Column{"jobs", "worker_id", 1, "INTEGER REFERENCES workers(id)"},
    Column{"jobs", "attempts", 1, "INTEGER DEFAULT 0"},
    Column{"jobs", "max_attempts", 1, "INTEGER DEFAULT 3"},
    Column{"jobs", "error", 1, "TEXT"},
    Column{"jobs", "traceback", 2, "TEXT", true},
    Column{"jobs", "result", 6, "TEXT"},
    Column{"jobs", "execution_mode", 10, "TEXT"},
    Column{"jobs", "session_id", 11, "TEXT"},

    Column{"results_cache", "id", 1, "INTEGER PRIMARY KEY AUTOINCREMENT"},
    Column{"results_cache", "output_file", 1, "TEXT NOT NULL"},
    Column{"results_cache", "content_hash", 1, "TEXT NOT NULL"},
    Column{"results_cache", "result_metadata", 1, "TEXT"},
    Column{"results_cache", "created_at", 1, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
    Column{"results_cache", "last_accessed", 1, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
    Column{"results_cache", "access_count", 1, "INTEGER DEFAULT 0"},

    Column{"workers", "id", 1, "INTEGER PRIMARY KEY AUTOINCREMENT"},
    Column{"workers", "worker_type", 1, "TEXT NOT NULL"},
    Column{"workers", "execution_mode", 3, "TEXT"},
    Column{"workers", "container_id", 1, "TEXT NOT NULL UNIQUE"},
    Column{"workers", "status", 1, "TEXT NOT NULL CHECK (status IN (%1))"},
    Column{"workers", "config", 3, "TEXT"},
    Column{"workers", "session_id", 3, "TEXT"},
    Column{"workers", "managed_by", 3, "TEXT"},
    Column{"workers", "parent_pid", 5, "INTEGER"},
    Column{"workers", "started_at", 1, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
    Column{"workers", "last_heartbeat", 1, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
    Column{"workers", "cpu_usage", 1, "REAL"},
    Column{"workers", "memory_usage", 1, "REAL"},
    Column{"workers", "jobs_processed", 1, "INTEGER DEFAULT 0"},
    Column{"workers", "jobs_failed", 1, "INTEGER DEFAULT 0"},
    Column{"workers", "avg_processing_time", 1, "REAL"},

    Column{"worker_events", "id", 3, "INTEGER PRIMARY KEY AUTOINCREMENT"},
    Column{"worker_events", "event_type", 3, "TEXT NOT NULL CHECK (event_type IN (%1))"},
    Column{"worker_events", "worker_id", 3, "INTEGER"},
    Column{"worker_events", "worker_type", 3, "TEXT NOT NULL"},
    Column{"worker_events", "execution_mode", 3, "TEXT"},
    Column{"worker_events", "message", 3, "TEXT"},
    Column{"worker_events", "metadata", 3, "TEXT"},
    Column{"worker_events", "created_at", 3, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
    Column{"worker_events", "session_id", 3, "TEXT"},

    Column{"worker_heartbeats", "worker_id", 8, "INTEGER PRIMARY KEY"},
    Column{"worker_heartbeats", "job_id", 8, "INTEGER"},
    Column{"worker_heartbeats", "current_cell_index", 8, "INTEGER"},
    Column{"worker_heartbeats", "total_cells", 8, "INTEGER"},
    Column{"worker_heartbeats", "current_cell_started_at", 8, "TIMESTAMP"},
    Column{"worker_heartbeats", "last_output_excerpt", 8, "TEXT"},
    Column{"worker_heartbeats", "last_output_at", 8, "TIMESTAMP"},
    Column{"worker_heartbeats", "heartbeat_at", 8, "TIMESTAMP"},

    Column{"schema_version", "version", 1, "INTEGER PRIMARY KEY"},
    Column{"schema_version", "applied_at", 1, "TIMESTAMP DEFAULT CURRENT_TIMESTAMP"},
};

/// A value that a CHECK accepts, and the version that introduced it.
struct CheckValue
{
    const char *table;
    const char *text;
    int since;
};

constexpr std::array checkValues{
    CheckValue{"jobs", "pending", 1},
    CheckValue{"jobs", "processing", 1},
    CheckValue{"jobs", "completed", 1},
    CheckValue{"jobs", "failed", 1},
    CheckValue{"jobs", "cancelled", 4},
    CheckValue{"workers", "idle", 1},
    CheckValue{"workers", "busy", 1},
    CheckValue{"workers", "hung", 1},
    CheckValue{"workers", "dead", 1},
    CheckValue{"workers", "created", 7},
    CheckValue{"worker_events", "worker_starting", 3},
    CheckValue{"worker_events", "worker_registered", 3},
    CheckValue{"worker_events", "worker_ready", 3},
    CheckValue{"worker_events", "worker_stopping", 3},
    CheckValue{"worker_events", "worker_stopped", 3},
    CheckValue{"worker_events", "worker_failed", 3},
    CheckValue{"worker_events", "pool_starting", 3},
    CheckValue{"worker_events", "pool_started", 3},
    CheckValue{"worker_events", "pool_stopping", 3},
    CheckValue{"worker_events", "pool_stopped", 3},
    CheckValue{"worker_events", "parent_died", 5},
};

struct Index
{
    const char *name;
    const char *on;
};

constexpr std::array indexes{
    Index{"idx_jobs_status", "jobs(status, job_type)"},
    Index{"idx_jobs_content_hash", "jobs(content_hash)"},
    Index{"idx_jobs_status_completed", "jobs(status, completed_at)"},
    Index{"idx_jobs_completed_at", "jobs(completed_at)"},
    Index{"idx_cache_lookup", "results_cache(output_file, content_hash)"},
    Index{"idx_workers_status", "workers(worker_type, status)"},
};

/// Returns the version with which the table was created: that of the new file, or that of the migration that added the
/// table.
int creationVersionOf(const ClxFile &file, const QString &table)
{
    int first = newestVersion;
    for (const Column &column : columns) {
        if (table == QLatin1String(column.table))
            first = std::min(first, column.since);
    }
    return std::max(first, file.createdVersion);
}

QStringList checkValuesOf(const ClxFile &file, const QString &table)
{
    QStringList known;
    for (const CheckValue &value : checkValues) {
        if (table == QLatin1String(value.table) && value.since <= creationVersionOf(file, table))
            known.append(QString::fromLatin1(value.text));
    }
    return known;
}

/// Inserts a row, without the columns that the file lacks.
void insert(RawSql &raw, const ClxFile &file, const char *table, const QMap<QString, QVariant> &values)
{
    const QStringList known = columnsOf(file, QString::fromLatin1(table));
    QStringList names;
    QStringList marks;
    QVariantList bound;
    for (auto value = values.cbegin(); value != values.cend(); ++value) {
        if (!known.contains(value.key()))
            continue;
        names.append(value.key());
        // A text that begins with '=' is an SQL expression, for times relative to now.
        const QString text = value->toString();
        if (text.startsWith(u'=')) {
            marks.append(text.mid(1));
        } else {
            marks.append(QStringLiteral("?"));
            bound.append(value.value());
        }
    }
    if (!raw.exec(QStringLiteral("INSERT INTO %1 (%2) VALUES (%3)")
                      .arg(QString::fromLatin1(table), names.join(u','), marks.join(u',')),
                  bound))
        qFatal("%s: %s", table, qPrintable(raw.error()));
}

QString text(const char *latin)
{
    return QString::fromLatin1(latin);
}

} // namespace

QString nameOf(const ClxFile &file)
{
    return file.createdVersion == file.version
             ? QStringLiteral("version %1").arg(file.version)
             : QStringLiteral("version %1, migrated to %2").arg(file.createdVersion).arg(file.version);
}

QList<ClxFile> usualClxFiles()
{
    QList<ClxFile> files;
    for (const ClxFile &file : allClxFiles()) {
        if (file.createdVersion == file.version || file.createdVersion == 1)
            files.append(file);
    }
    return files;
}

QList<ClxFile> allClxFiles()
{
    QList<ClxFile> files;
    for (int createdVersion = 1; createdVersion <= newestVersion; ++createdVersion) {
        for (int version = createdVersion; version <= newestVersion; ++version)
            files.append({createdVersion, version});
    }
    return files;
}

QStringList columnsOf(const ClxFile &file, const QString &table)
{
    QStringList whole;
    QMap<int, QStringList> added; // by version
    const int createdVersion = creationVersionOf(file, table);
    for (const Column &column : columns) {
        if (table != QLatin1String(column.table) || column.since > file.version)
            continue;
        if (column.since <= createdVersion)
            whole.append(text(column.name));
        else if (!column.onlyWhenNew)
            added[column.since].append(text(column.name));
    }
    for (const QStringList &names : std::as_const(added))
        whole.append(names);
    return whole;
}

QStringList jobStatusesOf(const ClxFile &file)
{
    return checkValuesOf(file, QStringLiteral("jobs"));
}

QStringList workerStatusesOf(const ClxFile &file)
{
    return checkValuesOf(file, QStringLiteral("workers"));
}

QString clxScript(const ClxFile &file)
{
    QString script;
    for (const char *table :
         {"schema_version", "jobs", "results_cache", "workers", "worker_events", "worker_heartbeats"}) {
        const QStringList present = columnsOf(file, text(table));
        const int createdVersion = creationVersionOf(file, text(table));
        const QStringList known = checkValuesOf(file, text(table));
        QStringList whole;
        QMap<int, QStringList> added;
        for (const Column &column : columns) {
            if (text(table) != QLatin1String(column.table) || !present.contains(text(column.name)))
                continue;
            QString definition = text(column.name) + u' ' + text(column.type);
            if (definition.contains(QStringLiteral("%1")))
                definition = definition.arg(QStringLiteral("'%1'").arg(known.join(QStringLiteral("', '"))));
            (column.since <= createdVersion ? whole : added[column.since]).append(definition);
        }
        if (whole.isEmpty())
            continue;
        if (text(table) == QStringLiteral("results_cache"))
            whole.append(QStringLiteral("UNIQUE (output_file, content_hash)"));
        script += QStringLiteral("CREATE TABLE %1 (%2);\n").arg(text(table), whole.join(QStringLiteral(", ")));
        for (const QStringList &definitions : std::as_const(added)) {
            for (const QString &definition : definitions)
                script += QStringLiteral("ALTER TABLE %1 ADD COLUMN %2;\n").arg(text(table), definition);
        }
    }
    for (const Index &index : indexes)
        script += QStringLiteral("CREATE INDEX %1 ON %2;\n").arg(text(index.name), text(index.on));
    for (int version = file.createdVersion; version <= file.version; ++version)
        script += QStringLiteral("INSERT INTO schema_version (version) VALUES (%1);\n").arg(version);
    return script;
}

void makeClxFile(const QString &path, const ClxFile &file, bool wal)
{
    using Values = QMap<QString, QVariant>;
    const QString now = QStringLiteral("=datetime('now')");
    const QString longAgo = QStringLiteral("=datetime('now', '-2 hours')");
    {
        RawSql raw(path);
        raw.value(wal ? QStringLiteral("PRAGMA journal_mode = WAL") : QStringLiteral("PRAGMA journal_mode = DELETE"));
        raw.script(QStringLiteral("PRAGMA synchronous = OFF; BEGIN")); // hundreds of files would take long otherwise
        raw.script(clxScript(file));

        const auto worker = [&](int id, const char *name, const char *status, const QString &beat) {
            insert(raw, file, "workers",
                   Values{{text("id"), id},
                          {text("worker_type"), text("notebook")},
                          {text("container_id"), text(name)},
                          {text("status"), text(status)},
                          {text("started_at"), longAgo},
                          {text("last_heartbeat"), beat},
                          {text("cpu_usage"), 12.5},
                          {text("memory_usage"), 140.0},
                          {text("jobs_processed"), 7},
                          {text("jobs_failed"), 2},
                          {text("avg_processing_time"), 1.5},
                          {text("execution_mode"), text("docker")},
                          {text("session_id"), text("s1")},
                          {text("managed_by"), text("clx")},
                          {text("parent_pid"), 1}});
        };
        worker(1, sample::busyWorker, "busy", now);
        worker(2, "clx-worker-idle", "idle", now);
        worker(3, "clx-worker-hung", "hung", now);
        worker(4, sample::deadWorker, "dead", now);
        if (workerStatusesOf(file).contains(text("created")))
            worker(5, "clx-worker-created", "created", now);

        const auto job = [&](const char *type, const char *status, Values more = {}) {
            more.insert(text("job_type"), text(type));
            more.insert(text("status"), text(status));
            for (const char *column : {"input_file", "output_file", "content_hash"}) {
                if (!more.contains(text(column)))
                    more.insert(text(column), QString::fromLatin1("")); // not null
            }
            more.insert(text("payload"), text(R"({"data": "# Title", "correlation_id": "c1"})"));
            more.insert(text("correlation_id"), text("c1"));
            more.insert(text("created_at"), longAgo);
            more.insert(text("session_id"), text("s1"));
            insert(raw, file, "jobs", more);
        };
        for (int i = 0; i < sample::pendingNoops; ++i)
            job("noop", "pending", {{text("priority"), i}});
        job("notebook", "processing",
            {{text("input_file"), text("/course/busy.py")},
             {text("worker_id"), 1},
             {text("attempts"), 1},
             {text("started_at"), now}});
        job("notebook", "processing",
            {{text("input_file"), text("/course/left.py")},
             {text("worker_id"), 4},
             {text("attempts"), 1},
             {text("started_at"), longAgo}});
        job("notebook", "completed",
            {{text("input_file"), text("/course/done.py")},
             {text("worker_id"), 2},
             {text("attempts"), 1},
             {text("started_at"), now},
             {text("completed_at"), now},
             {text("result"), text("{}")}});
        // CLX's failed jobs have no completed_at.
        job("notebook", "failed",
            {{text("input_file"), text("/course/cell.py")},
             {text("worker_id"), 2},
             {text("attempts"), 1},
             {text("started_at"), now},
             {text("error"), text(sample::cellError)}});
        job("plantuml", "failed",
            {{text("input_file"), text("/course/plain.pu")},
             {text("worker_id"), 2},
             {text("attempts"), 1},
             {text("started_at"), now},
             {text("error"), text(sample::plainError)},
             {text("traceback"), text("Traceback: line 1")}});
        job("drawio", "failed",
            {{text("input_file"), text("/course/old.drawio")},
             {text("worker_id"), 2},
             {text("attempts"), 1},
             {text("started_at"), longAgo},
             {text("completed_at"), longAgo},
             {text("error"), text("old")}});
        if (jobStatusesOf(file).contains(text("cancelled")))
            job("drawio", "cancelled", {{text("cancelled_at"), now}, {text("cancelled_by"), text("anna")}});

        insert(raw, file, "results_cache",
               {{text("output_file"), text("/out/done.html")},
                {text("content_hash"), text("abc")},
                {text("result_metadata"), text("{}")}});
        if (file.version >= 3)
            insert(raw, file, "worker_events",
                   {{text("event_type"), text("worker_ready")},
                    {text("worker_id"), 1},
                    {text("worker_type"), text("notebook")}});
        if (file.version >= 8)
            insert(raw, file, "worker_heartbeats",
                   {{text("worker_id"), 1},
                    {text("job_id"), 5},
                    {text("current_cell_index"), 3},
                    {text("total_cells"), 9},
                    {text("heartbeat_at"), now}});
        raw.script(QStringLiteral("COMMIT"));
    }
    if (QFile::exists(path + QStringLiteral("-wal")))
        qFatal("%s is not closed", qPrintable(path));
}

QString migrateLikeClm(const QString &path)
{
    RawSql raw(path);
    for (const char *statement :
         {"PRAGMA foreign_keys = ON", "BEGIN",
          "CREATE TABLE workers_new (id INTEGER PRIMARY KEY AUTOINCREMENT, "
          "worker_type TEXT NOT NULL, container_id TEXT NOT NULL UNIQUE, status TEXT NOT NULL CHECK (status IN "
          "('created', 'idle', 'busy', 'hung', 'dead')))",
          "INSERT INTO workers_new SELECT id, worker_type, container_id, status FROM workers", "DROP TABLE workers",
          "ALTER TABLE workers_new RENAME TO workers", "COMMIT"}) {
        if (!raw.exec(text(statement)))
            return raw.error();
    }
    return {};
}

} // namespace lifeguard::test
