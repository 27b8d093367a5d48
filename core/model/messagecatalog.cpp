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

    // Limits
    {"cpu_limit_ignored", TEXT("the CPU limit is not enforced, because this user cannot write to the cgroups that it needs")},

    // Worker end
    {"exit_code", TEXT("exit code %1")},
    {"exit_code_lost", TEXT("ended with an unknown exit code, because an earlier manager had started it")},
    //: %1: why a worker, that is a process or a container, cannot be started
    {"cannot_start", TEXT("cannot start: %1")},
    {"killed_before_start", TEXT("killed before it was started")},
    {"not_started", TEXT("it was not started yet")},
    {"machine_out_of_memory", TEXT("the machine had run out of memory")},
    //: %1: a reason such as "over its memory limit of 512 MB"
    {"killed_by_kernel", TEXT("killed by the kernel (SIGKILL): %1")},
    //: %1: "exit code 3"; %2: a reason such as "over its memory limit of 512 MB"
    {"ended_after_oom_kill", TEXT("%1; the kernel had killed one of its processes: %2")},

    // Worker end in a container
    {"killed_without_engine", TEXT("killed while the Docker engine did not respond")},
    {"engine_restarted", TEXT("its container ended when the Docker engine was restarted")},
    {"container_removed", TEXT("its container was removed by another program")},
    {"container_exit_unknown", TEXT("its container has ended, but the Docker engine does not report how")},
    //: %1: "exit code 3"; %2: an error message of the Docker engine
    {"ended_with_engine_error", TEXT("%1; the Docker engine reports: %2")},
    //: %1: "exit code 3"
    {"ended_and_removed", TEXT("%1; its container was removed by another program")},

    // Docker
    {"engine_not_answered", TEXT("the Docker engine has not responded yet")},
    {"image_pull", TEXT("pulling image %1")},
    //: %2 and %3: amounts of data, such as "12 MB"
    {"image_pull_bytes", TEXT("pulling image %1: %2 of %3")},
    //: %2: the current step, in the words of the Docker engine
    {"image_pull_step", TEXT("pulling image %1: %2")},

    // Durations, as arguments of other messages
    {"duration_seconds", TEXT("%1 s")},
    {"duration_minutes", TEXT("%1 min")},
    {"duration_hours", TEXT("%1 h")},
    {"duration_days", COUNTED("%n days"), "%n day"},

    // Health: the reason in "plantuml-0 is suspect: no beat for 38 s, process is stopped (T)."
    {"process_gone", TEXT("its process is gone")},
    {"no_beat", TEXT("no beat for %1")},
    //: The worker's mean CPU use in percent
    {"cpu_percent", TEXT("CPU %1 %")},
    {"no_output", TEXT("no output for %1")},
    {"process_stopped", TEXT("process is stopped (T)")},
    {"process_in_debugger", TEXT("process is stopped by a debugger (t)")},
    {"process_waits_for_io", TEXT("process is waiting for I/O (D)")},
    {"over_memory_limit", TEXT("over its memory limit of %1 MB")},
    {"not_registered", TEXT("has not registered within %1")},
    {"job_over_time_limit", TEXT("its job has been running for %1, over its limit of %2")},
    {"health_check_failed", TEXT("the health check of its container fails")},
    {"docker_not_connected", TEXT("there is no connection to the Docker engine yet")},

    // Diagnosis
    {"thread_count", COUNTED("%n threads"), "%n thread"},
    {"open_file_count", COUNTED("%n open files"), "%n open file"},
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
