// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace lifeguard {

/// Finds out about one worker: its processes and the last lines of its log at once, what they use over the next two seconds, and then
/// its stack, which may take seconds more. Reads /proc and files on threads of its own, and waits for nothing; it may be deleted at
/// any time. On the thread that made it.
class Diagnoser : public QObject
{
    Q_OBJECT

public:
    explicit Diagnoser(DiagnosisRequest request, QObject *parent = nullptr);

    /// Once; changed() follows each time more is known, then finished().
    void start();
    [[nodiscard]] const Diagnosis &diagnosis() const { return m_diagnosis; }

    static constexpr int looks = 2; ///< at what it uses
    static constexpr seconds betweenLooks{1};
    static constexpr seconds factsLimit{5}; ///< /proc answers within milliseconds unless the kernel holds the process

Q_SIGNALS:
    void changed(const lifeguard::Diagnosis &diagnosis);
    void finished(const lifeguard::Diagnosis &diagnosis);

private:
    struct Facts
    {
        ProcessSight sight = ProcessSight::Gone;
        QList<ProcessFacts> processes;
        QStringList lastLines;
        QString logProblem;
        QString stackTool;
    };
    struct Look;

    static Facts gather(const DiagnosisRequest &request);
    void onFacts(const Facts &facts);
    void look();
    void onLook(const Look &look);
    void startStacks(const QString &tool);
    void nextStack();
    void tell();

    Diagnosis m_diagnosis;
    QTimer m_factsTimer;
    QTimer m_lookTimer;
    std::shared_ptr<const Look> m_before;
    QString m_stackTool;
    QList<ProcessFacts> m_stackOf;
    bool m_done = false;
};

} // namespace lifeguard
