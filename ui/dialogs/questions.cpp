// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/questions.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QDir>
#include <QMessageBox>
#include <QPushButton>

#include <algorithm>

namespace lifeguard {

namespace {

/// Gives tr() a context without a QObject.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::questions)
};

QMessageBox *question(const QString &title, const QString &text, const QString &more, theme::Hue hue, QWidget *parent)
{
    auto *box = new QMessageBox(QMessageBox::Warning, title, text, QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(more);
    box->setIconPixmap(theme::shapePixmap(theme::Shape::Triangle, hue, box->palette().color(QPalette::Window), 32, box->devicePixelRatio()));
    box->setDefaultButton(QMessageBox::Cancel);
    box->setEscapeButton(QMessageBox::Cancel);
    return box;
}

/// Asks before all workers are stopped, and says what that interrupts.
QMessageBox *stopQuestion(const QString &title, const QString &text, const QString &button, const QString &name,
                          const QList<WorkerInfo> &workers, std::function<void()> stop, QWidget *parent)
{
    const auto own = [](const WorkerInfo &worker) { return worker.own && worker.isAlive(); };
    const auto alive = std::count_if(workers.cbegin(), workers.cend(), own);
    const auto busy = std::count_if(workers.cbegin(), workers.cend(),
                                    [&](const WorkerInfo &worker) { return own(worker) && worker.jobId != 0; });
    QMessageBox *box = question(
        title, text,
        busy > 0 ? Text::tr("Workers running: %1, of them at work on a job: %2. They may finish it for some seconds; what they do "
                            "not finish goes back into the queue.")
                       .arg(alive)
                       .arg(busy)
                 : Text::tr("Workers running: %1, none of them at work on a job.").arg(alive),
        theme::Hue::Warning, parent);
    box->setObjectName(name + QStringLiteral("Question"));
    QPushButton *made = box->addButton(button, QMessageBox::AcceptRole);
    made->setObjectName(name + QStringLiteral("AndStopButton"));
    QObject::connect(made, &QPushButton::clicked, parent, std::move(stop));
    return box;
}

} // namespace

QMessageBox *killQuestion(const QList<WorkerInfo> &workers, std::function<void()> kill, QWidget *parent)
{
    QStringList jobs;
    for (const WorkerInfo &worker : workers) {
        if (worker.jobId != 0) {
            const QString number = Text::tr("job %1").arg(worker.jobId);
            jobs.append(worker.jobName == number ? number : Text::tr("%1 (%2)").arg(number, worker.jobName));
        }
    }
    const QString interrupts = jobs.isEmpty()
        ? Text::tr("No job is interrupted.")
        : Text::tr("This interrupts %1. It goes back into the queue, and the attempt counts.").arg(jobs.join(QStringLiteral(", ")));
    QMessageBox *box = question(
        Text::tr("Kill"),
        workers.size() == 1 ? Text::tr("Kill %1?").arg(workers.first().name()) : Text::tr("Kill %1 workers?").arg(workers.size()),
        interrupts + QLatin1Char(' ') + Text::tr("The pool starts another worker in its place."), theme::Hue::Bad, parent);
    box->setObjectName(QStringLiteral("killQuestion"));
    QPushButton *button = box->addButton(Text::tr("Kill"), QMessageBox::DestructiveRole);
    button->setObjectName(QStringLiteral("killButton"));
    QObject::connect(button, &QPushButton::clicked, parent, std::move(kill));
    return box;
}

QMessageBox *quitQuestion(const QList<WorkerInfo> &workers, std::function<void()> quit, QWidget *parent)
{
    return stopQuestion(Text::tr("Quit"), Text::tr("Quit and stop the workers?"), Text::tr("Quit and stop"), QStringLiteral("quit"), workers,
                        std::move(quit), parent);
}

QMessageBox *switchQuestion(const QList<WorkerInfo> &workers, const QString &path, QWidget *parent)
{
    return stopQuestion(Text::tr("Open another database"),
                        Text::tr("Stop the workers and open %1?").arg(QDir::toNativeSeparators(path)), Text::tr("Stop and open"),
                        QStringLiteral("switch"), workers, [] {}, parent);
}

QMessageBox *cancelQuestion(qint64 jobs, qint64 running, std::function<void()> cancel, QWidget *parent)
{
    const QString interrupts = running == 0 ? Text::tr("None of them is being worked on.")
                                            : Text::tr("Being worked on: %1. That work is thrown away.").arg(format::count(running));
    QMessageBox *box = question(Text::tr("Cancel jobs"), Text::tr("Cancel %1 jobs?").arg(format::count(jobs)),
                                interrupts + QLatin1Char(' ') + Text::tr("Cancelled jobs can be put back with Retry."), theme::Hue::Warning, parent);
    box->setObjectName(QStringLiteral("cancelQuestion"));
    box->button(QMessageBox::Cancel)->setText(Text::tr("Keep them")); // "Cancel" would say both
    QPushButton *button = box->addButton(Text::tr("Cancel %1 jobs").arg(format::count(jobs)), QMessageBox::DestructiveRole);
    button->setObjectName(QStringLiteral("cancelJobsButton"));
    QObject::connect(button, &QPushButton::clicked, parent, std::move(cancel));
    return box;
}

} // namespace lifeguard
