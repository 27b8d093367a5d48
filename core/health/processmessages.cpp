// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/processmessages.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ProcessWords", text);
}

struct Channel
{
    const char *part; ///< of the function's name
    const char *words;
};

// Names of functions of the kernel (Linux 5.10 to 6.x), the more particular first.
constexpr Channel channels[] = {
    {"do_signal_stop", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "to be let go on (it is stopped)")},
    {"ptrace_stop", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a debugger")},
    {"posix_lock_inode_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file lock")},
    {"flock_lock_inode_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file lock")},
    {"locks_lock_inode_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file lock")},
    {"do_lock_file_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file lock")},
    {"fcntl_setlk", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file lock")},
    {"futex", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for another thread")},
    {"do_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a child to end")},
    {"do_exit", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "to end")},
    {"zap_pid_ns", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "to end")},
    {"pipe_read", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for input from a pipe")},
    {"pipe_write", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for somebody to read its output")},
    {"wait_for_partner", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for the other end of a named pipe")},
    {"pipe_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a pipe")},
    {"n_tty_read", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for input from a terminal")},
    {"ep_poll", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for something to happen")},
    {"poll_schedule", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for something to happen")},
    {"epoll", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for something to happen")},
    {"do_poll", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for something to happen")},
    {"do_sys_poll", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for something to happen")},
    {"do_select", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for something to happen")},
    {"hrtimer_nanosleep", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a time of its own choice")},
    {"nanosleep", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a time of its own choice")},
    {"sigtimedwait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a signal")},
    {"sigsuspend", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a signal")},
    {"unix_stream", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for another program (socket)")},
    {"accept", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for somebody to connect")},
    {"inet_", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for the network")},
    {"tcp_", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for the network")},
    {"sk_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for the network")},
    {"wait_for_packet", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for the network")},
    {"rpc_", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a network drive (NFS)")},
    {"nfs", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a network drive (NFS)")},
    {"cifs", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a network drive (SMB)")},
    {"smb", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a network drive (SMB)")},
    {"fuse", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file system that is a program (FUSE)")},
    {"request_wait_answer", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a file system that is a program (FUSE)")},
    {"balance_dirty", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk that is slower than what is written")},
    {"jbd2", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk")},
    {"folio_wait", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk")},
    {"wait_on_page", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk")},
    {"io_schedule", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk")},
    {"blk_", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk")},
    {"io_cqring", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a disk or the network")},
    {"rwsem", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a lock in the kernel")},
    {"mutex", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a lock in the kernel")},
    {"freezer", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "to be thawed (its control group is frozen)")},
    {"refrigerator", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "to be thawed (its control group is frozen)")},
    {"vfork", QT_TRANSLATE_NOOP("lifeguard::ProcessWords", "for a child to begin")},
};

} // namespace

QString stateInWords(char state)
{
    switch (state) {
    case 'R':
        return tr("R (runs)");
    case 'S':
        return tr("S (waits)");
    case 'D':
        return tr("D (waits for a device)");
    case 'T':
        return tr("T (stopped by a signal)");
    case 't':
        return tr("t (held by a debugger)");
    case 'Z':
        return tr("Z (has ended, is not collected)");
    case 'X':
    case 'x':
        return tr("X (has ended)");
    case 'I':
        return tr("I (idle)");
    default:
        return tr("%1 (unknown)").arg(QLatin1Char(state));
    }
}

QString waitInWords(const QString &waitChannel)
{
    for (const Channel &channel : channels) {
        if (waitChannel.contains(QLatin1String(channel.part)))
            return tr(channel.words);
    }
    return {};
}

} // namespace lifeguard
