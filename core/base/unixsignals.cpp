// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/unixsignals.h"

#include "core/base/logging.h"

#include <QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

// A global variable, because the signal handler writes to the pipe.
int g_pipe[2] = {-1, -1};
std::atomic<int> g_exitAfter{0}; ///< 0: never
std::atomic<int> g_endRequests{0}; ///< number of SIGINT and SIGTERM

void onSignal(int signalNumber)
{
    const int before = errno;
    const bool isEndRequest = signalNumber == SIGINT || signalNumber == SIGTERM;
    if (isEndRequest && ++g_endRequests == g_exitAfter)
        _exit(128 + signalNumber);
    const auto byte = static_cast<unsigned char>(signalNumber);
    // If the pipe is full, thousands of signals are pending already, and losing one more does no harm.
    [[maybe_unused]] const ssize_t written = write(g_pipe[1], &byte, 1);
    errno = before;
}

} // namespace

UnixSignals::UnixSignals(std::initializer_list<int> signalNumbers, QObject *parent) : QObject(parent)
{
    if (g_pipe[0] < 0 && pipe2(g_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        qCWarning(lcBase, "cannot create the pipe for Unix signals: %s", std::strerror(errno));
        return;
    }
    m_notifier = new QSocketNotifier(g_pipe[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        unsigned char bytes[64];
        const ssize_t n = read(g_pipe[0], bytes, sizeof bytes);
        for (ssize_t i = 0; i < n; ++i)
            Q_EMIT received(bytes[i]);
    });
    for (const int signalNumber : signalNumbers) {
        struct sigaction action = {};
        if (sigaction(signalNumber, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
            continue;
        action = {};
        action.sa_handler = onSignal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(signalNumber, &action, nullptr);
    }
}

void UnixSignals::exitAfter(int count)
{
    g_exitAfter = count;
}

UnixSignals::~UnixSignals() = default; // the handlers and the pipe remain for signals that arrive later

QString signalName(int signalNumber)
{
    const char *abbreviation = sigabbrev_np(signalNumber);
    return abbreviation ? QStringLiteral("SIG") + QLatin1String(abbreviation)
                        : QStringLiteral("signal %1").arg(signalNumber);
}

} // namespace lifeguard
