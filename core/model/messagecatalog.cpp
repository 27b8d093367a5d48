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

// Codes are stored in databases, so a code must never be renamed or given another meaning, and its arguments must keep
// their order.
constexpr MessageTemplate templates[] = {
    // Jobs
    //: %1: a job's number, where its input has no name
    {"job_number", TEXT("job %1")},
    //: %1: the name of a job's input file, %2: a reason
    {"job_returned", TEXT("%1 is pending again, and the attempt does not count: %2")},
    //: %1: the name of a job's input file, %2: a reason
    {"job_given_up", TEXT("%1 was given up because its attempts are used up: %2")},
    //: The reason why a job was returned to the queue.
    {"job_not_begun", TEXT("its worker returned the job before beginning it")},
    //: The reason why a job was returned to the queue.
    {"job_forgotten", TEXT("its worker is idle and did not finish the job within the job time limit")},
    //: The reason why a job was returned to the queue.
    {"job_worker_gone", TEXT("its worker has ended and had no manager")},
    //: %1: a reason such as "over its memory limit of 512 MB", where "its" is the worker
    {"tool_out_of_memory", TEXT("its worker's tool was killed by the kernel (SIGKILL): %1")},
    //: The reason why a worker converts no jobs. %1: an error, as a sentence; %2: a duration; %3: the number of the
    //: next attempt
    {"worker_blocked", TEXT("No jobs can be converted: %1 Attempt %3 starts in %2.")},
    {"jobs_taken_back", COUNTED("%n jobs of workers without a manager were returned to the queue"),
     "%n job of a worker without a manager was returned to the queue"},
    //: %1: the name of a worker, %2: the reason for its end
    {"worker_reason", TEXT("%1: %2")},

    // Limits
    {"cpu_limit_ignored",
     TEXT("the CPU limit is not enforced, because this user cannot write to the required cgroups")},

    //: %1 and %2: nice values, from -20 to 19
    {"nice_ignored", TEXT("the nice value %1 is not set, because this user must not raise priorities; the workers run "
                          "with %2")},

    // Worker end
    {"exit_code", TEXT("exit code %1")},
    {"exit_code_lost", TEXT("ended with an unknown exit code, because an earlier manager had started it")},
    //: %1: why a worker, that is a process or a container, cannot be started
    {"cannot_start", TEXT("cannot start: %1")},
    //: %1: an exit code
    {"clm_needs_rest", TEXT("%1, because this program needs CLM's REST interface, which Lifeguard does not offer. Run "
                            "CLM's workers as the command of a pool with mode=direct instead.")},
    {"killed_before_start", TEXT("killed before it was started")},
    {"not_started", TEXT("it had not been started yet")},
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

    //: %1: a list of protections. The words before =yes are keys of a configuration and are not translated.
    {"container_advice", TEXT("The image may not work with the protections of its container: %1. The keys in "
                              "parentheses give them up; see 'Images that need root' in the help on containers.")},
    //: %1: the numbers of a user and a group, "1000:1000"
    {"container_ran_as_user", TEXT("user %1 instead of root (container_root=yes)")},
    {"container_had_no_capabilities", TEXT("no capabilities (keep_capabilities=yes)")},
    {"container_had_read_only_root", TEXT("a read-only root file system (writable_root=yes)")},
    {"container_had_no_new_privileges",
     TEXT("programs cannot gain privileges, which sudo requires (new_privileges=yes)")},

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
    {"process_gone", TEXT("its process has ended")},
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

    // Pools: events
    //: %1: the name of a pool; %2: its execution mode, "auto", "direct" or "docker"
    {"pool_starting", COUNTED("Pool %1 was launched with %n workers (%2)."),
     "Pool %1 was launched with %n worker (%2)."},
    {"pool_starting_again", COUNTED("Pool %1 was launched again with %n workers."),
     "Pool %1 was launched again with %n worker."},
    //: %1: the name of a pool; %2 and %3: the least and the greatest number of workers; %4: its execution mode
    {"pool_starting_scaled", TEXT("Pool %1 was launched with %2 to %3 workers (%4).")},
    //: %1: the name of a pool; %2 and %3: the least and the greatest number of workers
    {"pool_starting_scaled_again", TEXT("Pool %1 was launched again with %2 to %3 workers.")},
    {"pool_follows_queue", TEXT("The number of workers of pool %1 follows the pending jobs again.")},
    {"pool_does_not_scale", TEXT("Pool %1 has no scaling.")},
    {"pool_started", TEXT("Pool %1 is running.")},
    {"pool_stopping", TEXT("Pool %1 is being stopped.")},
    {"pool_stopped", TEXT("Pool %1 has stopped.")},
    {"pool_stopped_reason", TEXT("Pool %1 has stopped: %2")},
    {"pool_paused", TEXT("Pool %1 was paused. Its workers claim no more jobs; busy workers finish their job.")},
    {"pool_resumed", TEXT("Pool %1 was resumed.")},
    {"pool_reconfigured",
     TEXT("The configuration of pool %1 was changed. Each of its workers is replaced after its job.")},
    //: %1: a time, "14:30" or "Mon 14:30"
    {"paused_until", TEXT("paused until %1")},
    //: %2: a reason, as a sentence
    {"pool_blocked", TEXT("Pool %1 was paused. %2")},
    {"pool_unblocked", TEXT("Pool %1 was resumed, because jobs can be converted again.")},
    {"pool_crash_looping", TEXT("Pool %1 is crash-looping and starts no more workers: %2")},
    {"pool_cannot_start", TEXT("Pool %1 cannot start: %2")},
    //: %2: an execution mode and its reason, such as "direct: Docker is not installed"
    {"pool_mode", TEXT("Pool %1 runs in mode %2")},

    // Pools: reasons
    //: %1: a setting of the pool, such as "never"; %2: why a worker ended
    {"replacement_declined", COUNTED("%n ended workers are not replaced (restart=%1); the last one: %2"),
     "%n ended worker is not replaced (restart=%1): %2"},
    //: %1: why a worker ended
    {"crash_loop", COUNTED("%n workers died in a row before one of them finished a job; the last one: %1"),
     "%n worker died before it finished a job: %1"},
    //: %1: what the user can do, as sentences; %2: why a worker ended
    {"crash_loop_advice",
     COUNTED("%n workers died in a row before one of them finished a job. %1 Cause of the last death: %2"),
     "%n worker died before it finished a job. %1 Cause: %2"},
    //: %1: a duration; %2: why a worker ended
    //: %1: a limit: "limited by max_total_workers"
    {"pool_held_back", COUNTED("%n workers are not started: %1"), "%n worker is not started: %1"},
    {"back_off", COUNTED("the next worker is started in %1, because %n workers died in a row; the last one: %2"),
     "the next worker is started in %1, because %n worker died: %2"},
    {"image_check", TEXT("checking whether Docker has the image %1")},

    // Pools: scaling, such as "4 → 6: 41 pending, 8 per worker"
    //: %1: the name of a pool; %2: a decision, such as "4 → 6: 41 pending, 8 per worker"
    {"pool_scaled", TEXT("Pool %1 was scaled %2.")},
    //: %1 and %2: numbers of workers; %3: the reasons
    {"scaling_changed", TEXT("%1 → %2: %3")},
    //: %1: the reasons why the number of workers does not change
    {"scaling_kept", COUNTED("%n workers: %1"), "%n worker: %1"},
    //: The number of pending jobs
    {"scaling_pending", TEXT("%1 pending")},
    //: The number of jobs that are being processed
    {"scaling_running", TEXT("%1 running")},
    //: The number of jobs for which there is one worker
    {"scaling_target", TEXT("%1 per worker")},
    {"scaling_others", COUNTED("%n workers of other pools"), "%n worker of another pool"},
    //: %1: a duration
    {"scaling_recent_need", COUNTED("%n workers were needed within the last %1"),
     "%n worker was needed within the last %1"},
    //: %1: a duration. The reason why no workers are started yet.
    {"scaling_up_delayed", TEXT("more workers are started after %1")},
    //: %1: the smallest number of workers. The word min is a setting and is not translated.
    {"scaling_at_min", TEXT("min is %1")},
    //: %1: the greatest number of workers. The word max is a setting and is not translated.
    {"scaling_at_max", TEXT("max is %1")},
    {"scaling_at_cpus", COUNTED("limited by the %n CPUs of this machine"), "limited by the %n CPU of this machine"},
    {"scaling_at_memory", TEXT("limited by free memory: %1 MB, and a worker needs %2 MB")},
    //: max_total_workers is a setting and is not translated.
    {"scaling_at_total", TEXT("limited by max_total_workers")},
    //: max_machine_workers is a setting and is not translated.
    {"scaling_at_machine", TEXT("limited by max_machine_workers")},

    // Pools: execution modes. The words before the colon are values of a setting and are not translated.
    {"mode_direct", TEXT("direct: %1")},
    {"mode_direct_command", TEXT("direct: a command without an image runs on this machine")},
    {"mode_docker", TEXT("docker: the engine has the image %1")},
    {"image_missing", TEXT("Docker does not have the image %1")},
    //: %1: a job type; %2: why Docker cannot be used
    {"type_needs_image", TEXT("lifeguard-worker cannot convert '%1' without its image: %2")},

    // Workers: events. %1 is the name of a worker, such as plantuml-0.
    {"worker_starting", TEXT("%1 was started (pid %2).")},
    {"worker_registered", TEXT("%1 is ready.")},
    {"worker_adopted", TEXT("%1 (pid %2) was adopted, because its manager had ended.")},
    {"worker_draining", TEXT("%1 is draining and ends after its job: %2")},
    {"worker_stopping", TEXT("%1 is being stopped and will be killed in %2 s: %3")},
    {"worker_stopped", TEXT("%1 stopped: %2")},
    {"worker_failed", TEXT("%1 died: %2")},
    {"worker_failed_earlier", TEXT("%1 of an earlier run died: %2")},
    {"worker_suspect", TEXT("%1 is suspect: %2")},
    {"worker_hung", TEXT("%1 is hung: %2")},
    {"worker_recovered", TEXT("%1 has recovered.")},
    {"worker_limit_ignored", TEXT("%1: %2")},

    // Commands from other programs, and the answers to commands
    //: %1: the name of a user; %2: a command, "scale plantuml 4"; %3: "done"; %4: the answer, a sentence
    {"command_event", TEXT("%1 sent the command '%2': %3. %4")},
    //: Two sentences, one after the other
    {"two_sentences", TEXT("%1 %2")},
    {"command_done", TEXT("done")},
    {"command_failed", TEXT("failed")},
    {"command_refused", TEXT("refused")},
    {"command_expired", TEXT("expired")},
    {"no_such_pool", TEXT("There is no pool %1.")},
    {"no_such_worker", TEXT("There is no worker %1, or it has ended.")},
    {"pool_is_stopped", TEXT("Pool %1 is stopped.")},
    {"pool_is_stopping", TEXT("Pool %1 is being stopped.")},
    {"pool_is_crash_looping", TEXT("Pool %1 is crash-looping.")},
    {"pool_is_paused", TEXT("Pool %1 is paused.")},
    {"pool_is_running", TEXT("Pool %1 is running.")},
    {"pool_is_starting", TEXT("Pool %1 is starting.")},
    //: %2: a time, "14:30" or "Mon 14:30"
    {"pool_paused_until", TEXT("Pool %1 was paused until %2. Its workers claim no more jobs; busy workers finish their "
                               "job.")},
    {"pool_removing", TEXT("Pool %1 is removed when its workers have ended.")},
    {"pool_was_removed", TEXT("Pool %1 was removed.")},
    //: %1: the name of a pool; %2 and %3: numbers of workers
    {"pool_count_set", TEXT("Pool %1: %2 → %3 workers.")},
    //: %1: the name of a pool; %2 and %3: numbers of workers
    {"pool_count_set_stopped", TEXT("Pool %1: %2 → %3 workers when it is started again.")},
    {"pool_has_count", COUNTED("Pool %1 already has %n workers."), "Pool %1 already has %n worker."},
    {"pool_workers_killed", COUNTED("%n workers of pool %1 were killed. The pool replaces them."),
     "%n worker of pool %1 was killed. The pool replaces it."},
    {"pool_workers_restarting", COUNTED("%n workers of pool %1 are being stopped and replaced."),
     "%n worker of pool %1 is being stopped and replaced."},
    {"pool_workers_draining", COUNTED("Pool %1 stops when its %n workers have finished their jobs."),
     "Pool %1 stops when its %n worker has finished its job."},
    {"pool_workers_recycling", COUNTED("%n workers of pool %1 are drained and replaced, one after another."),
     "%n worker of pool %1 is drained and replaced."},
    {"pool_is_recycling", TEXT("The workers of pool %1 are already being recycled.")},
    {"worker_is_stopping", TEXT("Worker %1 is being stopped.")},
    {"worker_is_draining", TEXT("Worker %1 ends after its job.")},
    {"worker_was_killed", TEXT("Worker %1 was killed. Its pool replaces it.")},
    {"worker_is_restarting", TEXT("Worker %1 is being stopped and replaced.")},
    {"worker_is_recycling", TEXT("Worker %1 is replaced. It ends after its job.")},
    {"manager_has_no_pools", TEXT("The manager has no pools.")},
    {"manager_is_ending", TEXT("The manager is ending.")},
    {"manager_is_starting", TEXT("The manager has not started yet.")},
    {"command_not_understood", TEXT("The manager does not know the command '%1'. Its version of Lifeguard is older.")},
    {"command_too_late", TEXT("The command expired before the manager could carry it out.")},
    {"command_withdrawn", TEXT("The command was withdrawn, because the manager did not answer in time.")},
    {"command_before_start", TEXT("The command was sent before the manager started.")},
    {"command_from_elsewhere", TEXT("The command was sent from another machine or container. The manager cannot verify "
                                    "its user there. Send it from where the manager runs.")},
    {"command_issuer_gone", TEXT("The program that sent the command has ended, so its user could not be verified.")},
    {"command_issuer_hidden", TEXT("The manager cannot see who sent the command: processes of other users are hidden "
                                   "from it.")},

    // Workers: why their end was requested
    {"restarted_by_user", TEXT("restarted by the user")},
    {"recycled_by_user", TEXT("recycled by the user")},
    {"stopped_by_user", TEXT("stopped by the user")},
    {"drained_by_user", TEXT("drained by the user")},
    {"killed_by_user", TEXT("killed by the user")},
    {"scaled_down", TEXT("its pool was scaled down")},
    {"pool_was_stopped", TEXT("its pool was stopped")},
    {"pool_was_paused", TEXT("its pool was paused")},
    {"pool_was_reconfigured", TEXT("the configuration of its pool was changed")},
    {"all_pools_were_stopped", TEXT("all pools were stopped")},
    {"recycle_after_jobs", COUNTED("recycled after %n jobs"), "recycled after %n job"},
    {"recycle_above_memory", TEXT("recycled at %1 MB, above %2 MB")},

    // Workers: how they ended. %1 is why the end was requested, or how the worker ended, such as "exit code 3".
    {"ended_by_itself", TEXT("ended by itself (exit code 0)")},
    //: %1: why the worker was stopped; %2: a signal, such as "SIGKILL"
    {"killed_after_grace", TEXT("%1; killed (%2) after the grace period")},
    //: %1: why the worker was stopped; %2: how it ended, such as "SIGKILL"
    {"ended_by_monitor", TEXT("%1; %2")},
    //: %2: the name of a job
    {"ended_during_job", TEXT("%1 while it worked on %2")},
    {"ended_with_output", TEXT("%1. Last output: %2")},
    //: %1: the name of an input file; %2: the number of a job
    {"job_with_number", TEXT("%1 (job %2)")},

    // Workers: what will happen next. %1 is the reason.
    {"hung_in", TEXT("%1; counts as hung in %2 unless it becomes active")},
    {"draining_busy", TEXT("%1; ends when its job is done")},
    {"kill_in", TEXT("%1; will be killed in %2 s")},

    // Other managers and their workers
    {"workers_had_ended", COUNTED("%n workers had ended"), "%n worker had ended"},
    {"jobs_were_returned", COUNTED("%n jobs were returned to the queue"), "%n job was returned to the queue"},
    //: %1: "2 workers had ended"; %2: "1 job was returned to the queue"
    {"cleaned_up", TEXT("Cleaned up after an earlier run: %1, %2.")},
    {"rescued", TEXT("Cleaned up after another manager: %1, %2.")},
    //: %1: the title of a submission; %2: "12 of 40 done, 2 failed"
    {"submission_ended", TEXT("The submission '%1' has ended: %2.")},
    //: %1: the number of completed jobs, %n: of all jobs
    {"submission_done", COUNTED("%1 of %n jobs done"), "%1 of %n job done"},
    {"submission_failed", COUNTED("%n failed"), "%n failed"},
    {"submission_cancelled", COUNTED("%n cancelled"), "%n cancelled"},
    //: %1: a date and time
    {"pruning_announced",
     TEXT("History that is older than the retention times will be deleted for the first time from %1 on. Outputs are "
          "kept. To begin now: lifeguardctl prune --consent. To keep it: retention times of 'forever' in the "
          "configuration.")},
    //: %1: such as "12 jobs, 3 events"
    {"pruned", TEXT("Old history was deleted: %1.")},
    {"pruned_jobs", COUNTED("%n jobs"), "%n job"},
    {"pruned_events", COUNTED("%n events"), "%n event"},
    {"pruned_other_rows", COUNTED("%n other rows"), "%n other row"},
    // Configuration files. %1: a path
    {"config_started", TEXT("The configuration file %1 applies.")},
    {"config_changed", TEXT("The changed configuration file %1 applies.")},
    //: %2: what has changed: "Added pools: a, b." or two of these, with a space between them
    {"config_changed_how", TEXT("The changed configuration file %1 applies. %2")},
    {"config_added", TEXT("Added pools: %1.")},
    {"config_removed", TEXT("Removed pools: %1.")},
    {"config_changed_pools", TEXT("Changed pools: %1.")},
    //: %1: names of keys
    {"config_next_start", TEXT("Changes of these keys take effect at the next start: %1.")},
    //: Two sentences
    {"config_two_changes", TEXT("%1 %2")},
    //: %2: the reasons, as sentences
    {"config_refused", TEXT("The changed configuration file %1 is not applied; the pools stay as they are. %2")},
    {"registered_again", TEXT("Another program had removed this manager from the database; it is registered again.")},
    {"orphan_gone", TEXT("its manager ended, and so did the worker")},
    //: %1: why the worker was killed
    {"orphan_killed", TEXT("its manager ended, and the worker was killed: %1")},
    {"orphan_of_silent_manager", TEXT("the worker has ended, and its manager does not respond")},
    {"orphan_stopped", TEXT("its process has been stopped (T) for %1")},

    // The machine
    {"machine_slept", TEXT("The machine was suspended for %1. The timeouts of all workers start again.")},
    {"clock_set_forward", TEXT("The clock was set forward by %1. The timeouts of all workers start again.")},
    {"clock_set_back", TEXT("The clock was set back by %1. The timeouts of all workers start again.")},
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
