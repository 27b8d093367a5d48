// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/workerrow.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

namespace lifeguard::ctl {

void printText(const QString &text); ///< to stdout, with an end of line; flushed
void printError(const QString &text); ///< to stderr, behind the program's name
void printJson(const QJsonArray &rows);
void printJson(const QJsonObject &object);

/// Says an error, its detail below it, and answers the exit code for it.
int report(const Error &error);
/// As report(), for errors of the database's own operations: never ExitUsage.
int reportDatabase(const Error &error);

/// Columns side by side, as wide as their widest value; the last one is left as long as it is.
[[nodiscard]] QString table(const QStringList &headers, const QList<QStringList> &rows);

// Rows under the names of their tables' columns; NULL where there is no value.
[[nodiscard]] QJsonObject toJson(const Job &job);
[[nodiscard]] QJsonObject toJson(const WorkerRow &worker);
[[nodiscard]] QJsonObject toJson(const Event &event);

/// What users call the worker's state, as far as the database tells it.
[[nodiscard]] QString shownState(const WorkerRow &worker);
/// "plantuml-0", or the executor id of a worker that did not come from us.
[[nodiscard]] QString shownName(const WorkerRow &worker);
/// "components.puml", or "job 12" for a job without an input file.
[[nodiscard]] QString shownName(const Job &job);
[[nodiscard]] QString localTime(const QDateTime &time); ///< to the second; "–" if there is none
/// The first line of an error; of CLM's JSON the message's, its category and what to do.
[[nodiscard]] QString errorLine(const QString &error);

} // namespace lifeguard::ctl
