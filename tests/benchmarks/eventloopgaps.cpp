// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventloopgaps.h"

#include <QCoreApplication>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace lifeguard::bench {
namespace {

constexpr double longestWait = 120; // seconds
/// The time between two turns of an idle loop. A loop that turned without a pause would take the processor from the
/// threads whose work it waits for, and would itself wait longer for the processor than one that has slept.
constexpr std::chrono::milliseconds turn(1);

/// Runs the event loop until the condition holds. Wakes up in each turn to check it.
void run(const std::function<bool()> &isDone)
{
    QTimer wake;
    wake.setTimerType(Qt::PreciseTimer);
    wake.start(turn);
    while (!isDone())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

/// Returns the processor time of this thread.
double processorMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

} // namespace

EventLoopGaps::EventLoopGaps()
{
    startTimer(turn, Qt::PreciseTimer);
}

void EventLoopGaps::restart()
{
    m_all.clear();
    m_longestProcessorMs = 0;
    m_processorMs = processorMs();
    m_since.restart();
}

double EventLoopGaps::wait99Ms() const
{
    constexpr double share = 0.01;
    constexpr int steps = 40;
    // A click in a gap waits between 0 and the length of the gap, depending on when it comes.
    const auto timeAbove = [this](double wait) {
        double sum = 0;
        for (const double gap : m_all)
            sum += std::max(0.0, gap - wait);
        return sum;
    };
    const double allowed = timeAbove(0) * share;
    double low = 0;
    double high = longestMs();
    for (int step = 0; step < steps; ++step) {
        const double middle = (low + high) / 2;
        (timeAbove(middle) > allowed ? low : high) = middle;
    }
    return high;
}

void EventLoopGaps::timerEvent(QTimerEvent *event)
{
    Q_UNUSED(event)
    m_all.append(m_since.milliseconds());
    const double now = processorMs();
    m_longestProcessorMs = std::max(m_longestProcessorMs, now - m_processorMs);
    m_processorMs = now;
    m_since.restart();
}

void spinUntil(const std::function<bool()> &condition, const char *what)
{
    const Stopwatch watch;
    run([&] {
        if (watch.seconds() > longestWait) {
            std::fprintf(stderr, "waited too long: %s\n", what);
            std::exit(1);
        }
        return condition();
    });
}

void spinFor(double seconds)
{
    const Stopwatch watch;
    run([&] { return watch.seconds() >= seconds; });
}

} // namespace lifeguard::bench
