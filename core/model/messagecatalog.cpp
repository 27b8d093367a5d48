// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/messagecatalog.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <iterator>

namespace lifeguard {
namespace {

#define TEXT(text) QT_TRANSLATE_NOOP("lifeguard::messages", text)
#define COUNTED(text) QT_TRANSLATE_N_NOOP("lifeguard::messages", text)

// Codes are stored in databases: a code is never renamed or given another meaning, and its arguments keep their order.
constexpr MessageTemplate templates[] = {
    // Jobs
    //: %1: a job's number, where its input has no name
    {"job_number", TEXT("job %1")},
    //: %1: the name of a job's input file, %2: a reason
    {"job_returned", TEXT("%1 is pending again, the attempt is not counted: %2")},
    //: %1: the name of a job's input file, %2: a reason
    {"job_given_up", TEXT("%1 was given up because its attempts are used up: %2")},
    //: The reason why a job was returned to the queue.
    {"job_not_begun", TEXT("its worker returned it before it began the job")},
    //: The reason why a job was returned to the queue.
    {"job_forgotten", TEXT("its worker is idle and did not finish the job within the job time limit")},
    //: The reason why a job was returned to the queue.
    {"job_worker_gone", TEXT("its worker is gone and had no manager")},
    {"jobs_taken_back", COUNTED("Jobs of workers without a manager were taken back: %n jobs"),
     "Jobs of workers without a manager were taken back: %n job"},
    //: %1: the name of a worker, %2: the reason of its end
    {"worker_reason", TEXT("%1: %2")},
    // Health
    {"process_gone", TEXT("its process is gone")},
    {"no_beat", TEXT("no beat for %1")},
};

#undef COUNTED
#undef TEXT

} // namespace

const MessageTemplate *messageTemplate(const QString &code)
{
    static const QHash<QString, const MessageTemplate *> byCode = [] {
        QHash<QString, const MessageTemplate *> map;
        for (const MessageTemplate &entry : templates)
            map.insert(QLatin1String(entry.code), &entry);
        return map;
    }();
    return byCode.value(code);
}

QList<MessageTemplate> messageTemplates()
{
    return QList<MessageTemplate>(std::begin(templates), std::end(templates));
}

int argumentCount(const MessageTemplate &entry)
{
    int count = 0;
    for (const char *c = entry.text; *c; ++c) {
        if (c[0] == '%' && c[1] >= '1' && c[1] <= '9')
            count = std::max(count, c[1] - '0');
    }
    return count;
}

} // namespace lifeguard
