// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>

#include <sys/types.h>

/// Returns whether a process exists and is not a zombie.
[[nodiscard]] bool isAlive(qint64 pid);
/// Waits for a script to write its pid and a newline to a file. Returns the pid; 0 after the timeout.
[[nodiscard]] qint64 pidIn(const QString &path, int timeoutMs);
/// Forks a child that runs body and exits. Returns its pid.
pid_t forkChild(const std::function<void()> &body);
/// Hides all processes from this process, like /proc with hidepid or a service with ProtectProc: it gets an empty
/// /proc. To be called in a forked child. Returns false if the system does not permit it.
[[nodiscard]] bool hideProcesses();
/// Hides one process from this process and from the programs that it executes. To be called in a forked child. Returns
/// false if the system does not permit it.
[[nodiscard]] bool hideProcess(qint64 pid);
/// Writes an executable file. Returns its path.
QString writeScript(const QString &path, const QByteArray &text);

/// The exit code of a child of a test whose hideProcesses() has failed.
inline constexpr int hidingNotPermitted = 99;

/// Verifies that a child process ends with code 0. Skips the test function if the code is hidingNotPermitted.
#define VERIFY_CHILD(child) \
    do { \
        int status = 0; \
        QCOMPARE(waitpid(child, &status, 0), child); \
        QVERIFY(WIFEXITED(status)); \
        if (WEXITSTATUS(status) == hidingNotPermitted) \
            QSKIP("the system does not permit to hide processes"); \
        QCOMPARE(WEXITSTATUS(status), 0); \
    } while (false)
