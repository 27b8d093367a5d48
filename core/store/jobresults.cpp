// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobresults.h"

#include "core/base/secretmasking.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {
namespace {

const QString resultKind = QStringLiteral("result");
const QString cacheKind = QStringLiteral("cache");

/// Returns the value of jobs.result.
QByteArray warningsJson(const Job &job, const QJsonArray &warnings)
{
    QJsonArray complete;
    for (const QJsonValue &value : warnings) {
        QJsonObject warning = value.toObject();
        warning.insert(QStringLiteral("file_path"), job.inputFile);
        warning.insert(QStringLiteral("message"), maskSecrets(warning.value(QLatin1String("message")).toString()));
        complete.append(warning);
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("warnings"), complete}}).toJson(QJsonDocument::Compact);
}

} // namespace

Status JobResults::store(const Job &job, const JobResult &result)
{
    const Values id{{QStringLiteral("job_id"), job.id}};
    QStringList notes;
    for (const QString &note : result.notes)
        notes.append(maskSecrets(note)); // contains output of the tool
    return m_db.transaction([&]() -> Status {
        for (const char *statement : {"job_notes_delete", "job_outputs_delete"}) {
            if (const Status deleted = m_db.run(statement, id); !deleted)
                return deleted;
        }
        for (qsizetype i = 0; i < result.outputs.size(); ++i) {
            const Status added = m_db.run("job_output_add", {{QStringLiteral("job_id"), job.id},
                                                             {QStringLiteral("position"), i},
                                                             {QStringLiteral("output_file"), result.outputs.at(i)}});
            if (!added)
                return added;
        }
        if (const Status added = addNotes(job, notes, result.cacheNote); !added)
            return added;
        return setWarnings(job, result.warnings.value_or(warningsOf(notes)));
    });
}

Status JobResults::addNotes(const Job &job, const QStringList &notes, const QString &cacheNote)
{
    const auto add = [&](const QString &kind, const QString &note) {
        return m_db.run("job_note_add", {{QStringLiteral("job_id"), job.id},
                                         {QStringLiteral("kind"), kind},
                                         {QStringLiteral("note"), note}});
    };
    for (const QString &note : notes) {
        if (const Status added = add(resultKind, note); !added)
            return added;
    }
    if (!cacheNote.isEmpty()) {
        if (const Status added = add(cacheKind, cacheNote); !added)
            return added;
    }
    return {};
}

Status JobResults::setWarnings(const Job &job, const QJsonArray &warnings)
{
    if (warnings.isEmpty() || !m_db.hasColumn(QStringLiteral("jobs"), QStringLiteral("result")))
        return {};
    return m_db.run("job_set_result", {{QStringLiteral("id"), job.id},
                                       {QStringLiteral("result"), QString::fromUtf8(warningsJson(job, warnings))}});
}

Result<JobResult> JobResults::of(qint64 jobId)
{
    JobResult result;
    if (!m_db.hasTable(QStringLiteral("lifeguard_job_notes")))
        return result;
    const Values job{{QStringLiteral("job_id"), jobId}};
    const Status readOutputs = m_db.run("job_outputs", job, [&result](const QSqlQuery &row) {
        result.outputs.append(row.value(0).toString());
    });
    if (!readOutputs)
        return failure(readOutputs.error());
    const Status readNotes = m_db.run("job_notes", job, [&result](const QSqlQuery &row) {
        if (row.value(0).toString() == cacheKind)
            result.cacheNote = row.value(1).toString();
        else
            result.notes.append(row.value(1).toString());
    });
    if (!readNotes)
        return failure(readNotes.error());
    return result;
}

Result<QList<JobNote>> JobResults::notesAfter(qint64 id, int limit)
{
    QList<JobNote> notes;
    const Status read = m_db.run("job_notes_after", {{QStringLiteral("id"), id}, {QStringLiteral("limit"), limit}},
                                 [&notes](const QSqlQuery &row) {
                                     notes.append({row.value(0).toLongLong(), row.value(1).toString() == cacheKind,
                                                   row.value(2).toString(), row.value(3).toLongLong(),
                                                   row.value(4).toString(), row.value(5).toString()});
                                 });
    if (!read)
        return failure(read.error());
    return notes;
}

Result<qint64> JobResults::latestNote()
{
    qint64 id = 0;
    const Status read = m_db.run("job_notes_latest", {},
                                 [&id](const QSqlQuery &row) { id = row.value(0).toLongLong(); });
    if (!read)
        return failure(read.error());
    return id;
}

} // namespace lifeguard
