// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/workerstatus.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeguard {
namespace {

constexpr std::array<std::pair<WorkerStatus, const char *>, 5> statusNames{{{WorkerStatus::Created, "created"},
                                                                            {WorkerStatus::Idle, "idle"},
                                                                            {WorkerStatus::Busy, "busy"},
                                                                            {WorkerStatus::Hung, "hung"},
                                                                            {WorkerStatus::Dead, "dead"}}};

} // namespace

QString toString(WorkerStatus status)
{
    const auto *found = std::find_if(statusNames.cbegin(), statusNames.cend(),
                                     [status](const auto &entry) { return entry.first == status; });
    return found == statusNames.cend() ? QString() : QString::fromLatin1(found->second);
}

WorkerStatus workerStatusFromString(const QString &text)
{
    const auto *found = std::find_if(statusNames.cbegin(), statusNames.cend(),
                                     [&text](const auto &entry) { return text == QLatin1String(entry.second); });
    return found == statusNames.cend() ? WorkerStatus::None : found->first;
}

} // namespace lifeguard
