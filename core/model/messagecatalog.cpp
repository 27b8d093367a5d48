// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/messagecatalog.h"

#include <QCoreApplication>
#include <QHash>

namespace lifeguard {
namespace {

#define TEXT(text) QT_TRANSLATE_NOOP("lifeguard::messages", text)
#define COUNTED(text) QT_TRANSLATE_N_NOOP("lifeguard::messages", text)

// Codes are stored in databases: a code is never renamed or given another meaning, and its arguments keep their order.
constexpr MessageTemplate templates[] = {
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

} // namespace lifeguard
