// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/processmessages.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ProcessMessages", text);
}

struct Channel
{
    const char *part; ///< of the name of the kernel function
    const char *reason;
};

//: The object of "The process is waiting for".
#define WAIT(text) QT_TRANSLATE_NOOP("lifeguard::ProcessMessages", text)

// Functions of the kernel (Linux 5.10 to 6.x). The first match applies, so more specific names come first.
constexpr Channel channels[] = {
    {"do_signal_stop", WAIT("a signal to continue")},
    {"ptrace_stop", WAIT("a debugger")},
    {"posix_lock_inode_wait", WAIT("a file lock")},
    {"flock_lock_inode_wait", WAIT("a file lock")},
    {"locks_lock_inode_wait", WAIT("a file lock")},
    {"do_lock_file_wait", WAIT("a file lock")},
    {"fcntl_setlk", WAIT("a file lock")},
    {"futex", WAIT("another thread")},
    {"do_wait", WAIT("a child process to end")},
    {"do_exit", WAIT("its own end")},
    {"zap_pid_ns", WAIT("its own end")},
    {"pipe_read", WAIT("input from a pipe")},
    {"pipe_write", WAIT("another process to read its output")},
    {"wait_for_partner", WAIT("the other end of a named pipe")},
    {"pipe_wait", WAIT("a pipe")},
    {"n_tty_read", WAIT("input from a terminal")},
    {"ep_poll", WAIT("an event")},
    {"poll_schedule", WAIT("an event")},
    {"epoll", WAIT("an event")},
    {"do_poll", WAIT("an event")},
    {"do_sys_poll", WAIT("an event")},
    {"do_select", WAIT("an event")},
    {"hrtimer_nanosleep", WAIT("a timer")},
    {"nanosleep", WAIT("a timer")},
    {"sigtimedwait", WAIT("a signal")},
    {"sigsuspend", WAIT("a signal")},
    {"unix_stream", WAIT("another program (local socket)")},
    {"accept", WAIT("an incoming connection")},
    {"inet_", WAIT("the network")},
    {"tcp_", WAIT("the network")},
    {"sk_wait", WAIT("the network")},
    {"wait_for_packet", WAIT("the network")},
    {"rpc_", WAIT("a network drive (NFS)")},
    {"nfs", WAIT("a network drive (NFS)")},
    {"cifs", WAIT("a network drive (SMB)")},
    {"smb", WAIT("a network drive (SMB)")},
    {"fuse", WAIT("a file system in user space (FUSE)")},
    {"request_wait_answer", WAIT("a file system in user space (FUSE)")},
    {"balance_dirty", WAIT("a disk that is too slow for the data written to it")},
    {"jbd2", WAIT("a disk")},
    {"folio_wait", WAIT("a disk")},
    {"wait_on_page", WAIT("a disk")},
    {"io_schedule", WAIT("a disk")},
    {"blk_", WAIT("a disk")},
    {"io_cqring", WAIT("a disk or the network")},
    {"rwsem", WAIT("a lock in the kernel")},
    {"mutex", WAIT("a lock in the kernel")},
    {"freezer", WAIT("its control group to be thawed")},
    {"refrigerator", WAIT("its control group to be thawed")},
    {"vfork", WAIT("a child process to start")},
};

#undef WAIT

const char *waitReason(const QString &waitChannel)
{
    for (const Channel &channel : channels) {
        if (waitChannel.contains(QLatin1String(channel.part)))
            return channel.reason;
    }
    return nullptr;
}

} // namespace

QString processStateText(char state)
{
    switch (state) {
    case 'R':
        return tr("R (running)");
    case 'S':
        return tr("S (sleeping)");
    case 'D':
        return tr("D (waiting for I/O)");
    case 'T':
        return tr("T (stopped by a signal)");
    case 't':
        return tr("t (stopped by a debugger)");
    case 'Z':
        return tr("Z (ended, not yet collected by its parent)");
    case 'X':
    case 'x':
        return tr("X (ended)");
    case 'I':
        return tr("I (idle)");
    default:
        return tr("%1 (unknown)").arg(QLatin1Char(state));
    }
}

QString waitReasonText(const QString &waitChannel)
{
    const char *reason = waitReason(waitChannel);
    return reason ? tr(reason) : QString();
}

bool isFileLockWait(const QString &waitChannel)
{
    const char *reason = waitReason(waitChannel);
    return reason && qstrcmp(reason, "a file lock") == 0;
}

bool isFrozen(const QString &waitChannel)
{
    return waitChannel.contains(QLatin1String("freezer")) || waitChannel.contains(QLatin1String("refrigerator"));
}

} // namespace lifeguard
