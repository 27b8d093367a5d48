// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/commandrecord.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/managercommand.h"
#include "core/model/publishedpool.h"
#include "core/model/submission.h"
#include "core/model/workerrow.h"

#include <QJsonObject>

namespace lifeguard::ctl {

// Rows of the database as JSON objects: the keys are the names of the columns, and null represents NULL.
[[nodiscard]] QJsonObject toJson(const Job &job);
[[nodiscard]] QJsonObject toJson(const WorkerRow &worker);
[[nodiscard]] QJsonObject toJson(const Submission &submission);
[[nodiscard]] QJsonObject toJson(const Event &event);
[[nodiscard]] QJsonObject toJson(const PublishedPool &pool);
[[nodiscard]] QJsonObject toJson(const CommandRecord &command);
/// Of a command that is not in the database yet.
[[nodiscard]] QJsonObject toJson(const ManagerCommand &command);

} // namespace lifeguard::ctl
