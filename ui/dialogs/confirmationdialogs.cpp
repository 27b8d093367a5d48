// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/confirmationdialogs.h"

#include "ui/format.h"
#include "ui/theme/stateshapes.h"

#include <QCoreApplication>
#include <QDir>
#include <QMessageBox>
#include <QPushButton>

#include <algorithm>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::confirmationDialogs)
};

QMessageBox *createBox(const QString &title, const QString &question, const QString &details, theme::Hue hue,
                       QWidget *parent)
{
    auto *box = new QMessageBox(QMessageBox::Warning, title, question, QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(details);
    box->setIconPixmap(theme::shapePixmap(theme::Shape::Triangle, hue, box->palette().color(QPalette::Window), 32,
                                          box->devicePixelRatio()));
    box->setDefaultButton(QMessageBox::Cancel);
    box->setEscapeButton(QMessageBox::Cancel);
    return box;
}

/// Creates a question before all workers are stopped, with the number of jobs that this interrupts. name is the prefix
/// of object names.
QMessageBox *createStopBox(const QString &title, const QString &question, const QString &button, const QString &name,
                           const QList<WorkerInfo> &workers, std::function<void()> stop, QWidget *parent)
{
    const auto isOwn = [](const WorkerInfo &worker) { return worker.own && worker.isAlive(); };
    const auto alive = int(std::count_if(workers.cbegin(), workers.cend(), isOwn));
    const auto busy = int(std::count_if(workers.cbegin(), workers.cend(),
                                        [&](const WorkerInfo &worker) { return isOwn(worker) && worker.jobId != 0; }));
    QString details = Text::tr("%Ln worker(s) running. No job is interrupted.", nullptr, alive);
    if (busy > 0) {
        details = Text::tr("%Ln worker(s) running, %1 busy. Busy workers have a few seconds to finish their jobs; "
                           "unfinished jobs are returned to the queue.",
                           nullptr, alive)
                      .arg(format::count(busy));
    }
    QMessageBox *box = createBox(title, question, details, theme::Hue::Warning, parent);
    box->setObjectName(name + QStringLiteral("Confirmation"));
    QPushButton *accept = box->addButton(button, QMessageBox::AcceptRole);
    accept->setObjectName(name + QStringLiteral("AndStopButton"));
    QObject::connect(accept, &QPushButton::clicked, parent, std::move(stop));
    return box;
}

/// Returns the names of the pools for which the function returns true and that are not stopped.
QStringList poolNames(const QList<PoolInfo> &pools, const std::function<bool(const PoolInfo &)> &isWanted)
{
    QStringList names;
    for (const PoolInfo &pool : pools) {
        if (pool.state != PoolState::Stopped && pool.state != PoolState::Stopping && isWanted(pool)) {
            names.append(pool.key());
        }
    }
    return names;
}

/// Returns the first names, and how many there are besides.
QString shortList(const QStringList &names)
{
    constexpr qsizetype maxNames = 12;
    const QString list = names.mid(0, maxNames).join(QStringLiteral(", "));
    const int others = int(names.size() - maxNames);
    return others > 0 ? Text::tr("%1 and %Ln more", nullptr, others).arg(list) : list;
}

/// Adds the names of the pools that keep running when the workers of this window are stopped.
void nameOtherPools(QMessageBox &box, const QList<PoolInfo> &pools)
{
    const QStringList others = poolNames(pools, [](const PoolInfo &pool) { return !pool.isOwn(); });
    if (!others.isEmpty()) {
        //: %1 is a list of names
        box.setInformativeText(box.informativeText() + QLatin1Char(' ')
                               + Text::tr("Pools of other programs keep running: %1.").arg(shortList(others)));
    }
}

/// Returns the jobs of the workers: "job 12 (flow.puml), job 13".
QStringList jobNames(const QList<WorkerInfo> &workers)
{
    QStringList names;
    for (const WorkerInfo &worker : workers) {
        if (worker.jobId == 0) {
            continue;
        }
        const QString number = Text::tr("job %1").arg(worker.jobId);
        //: %1 is "job" and its number, %2 the name of its input file
        names.append(worker.jobName == number ? number : Text::tr("%1 (%2)").arg(number, worker.jobName));
    }
    return names;
}

} // namespace

QMessageBox *killConfirmation(const QList<WorkerInfo> &workers, std::function<void()> kill, QWidget *parent)
{
    const QStringList jobs = jobNames(workers);
    const auto count = int(workers.size());
    QString details = Text::tr("No job is interrupted. The pool starts %Ln replacement(s).", nullptr, count);
    if (jobs.size() == 1) {
        details = Text::tr("This interrupts %1. The job is returned to the queue, and the attempt counts. The pool "
                           "starts %Ln replacement(s).",
                           nullptr, count)
                      .arg(jobs.first());
    } else if (jobs.size() > 1) {
        details =
            Text::tr(
                "This interrupts %1. The jobs are returned to the queue, and the attempts count. The pool starts %Ln "
                "replacement(s).",
                nullptr, count)
                .arg(jobs.join(QStringLiteral(", ")));
    }
    QMessageBox *box = createBox(Text::tr("Kill workers"),
                                 count == 1 ? Text::tr("Kill %1?").arg(workers.first().name())
                                            : Text::tr("Kill %Ln worker(s)?", nullptr, count),
                                 details, theme::Hue::Bad, parent);
    box->setObjectName(QStringLiteral("killConfirmation"));
    QPushButton *button = box->addButton(Text::tr("Kill"), QMessageBox::DestructiveRole);
    button->setObjectName(QStringLiteral("killButton"));
    QObject::connect(button, &QPushButton::clicked, parent, std::move(kill));
    return box;
}

QMessageBox *quitConfirmation(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools,
                              std::function<void()> quit, QWidget *parent)
{
    QMessageBox *box = createStopBox(Text::tr("Quit"), Text::tr("Quit and stop the workers?"),
                                     Text::tr("Stop and quit"), QStringLiteral("quit"), workers, std::move(quit),
                                     parent);
    nameOtherPools(*box, pools);
    return box;
}

QMessageBox *stopAllConfirmation(const QList<PoolInfo> &pools, std::function<void()> stop, QWidget *parent)
{
    const QStringList own = poolNames(pools, [](const PoolInfo &pool) { return pool.isOwn(); });
    const QStringList others = poolNames(pools, [](const PoolInfo &pool) { return !pool.isOwn(); });
    QStringList details;
    if (!own.isEmpty()) {
        details.append(Text::tr("Of this window: %1.").arg(shortList(own)));
    }
    details.append(Text::tr("Of other programs: %1.").arg(shortList(others)));
    details.append(Text::tr("Busy workers have a few seconds to finish their jobs; unfinished jobs are returned to the "
                            "queue. The pools stay in the list and can be started again."));
    QMessageBox *box = createBox(Text::tr("Stop all pools"),
                                 Text::tr("Stop %Ln pool(s), also those of other programs?", nullptr,
                                          int(own.size() + others.size())),
                                 details.join(QLatin1Char('\n')), theme::Hue::Warning, parent);
    box->setObjectName(QStringLiteral("stopAllConfirmation"));
    QPushButton *button = box->addButton(Text::tr("Stop all"), QMessageBox::DestructiveRole);
    button->setObjectName(QStringLiteral("stopAllPoolsButton"));
    QObject::connect(button, &QPushButton::clicked, parent, std::move(stop));
    return box;
}

QMessageBox *keepHistoryHint(std::function<void()> edit, QWidget *parent)
{
    auto *box = new QMessageBox(QMessageBox::Information, Text::tr("Keep history"),
                                Text::tr(
                                    "To keep history, set its retention times in the configuration file, for example:"),
                                QMessageBox::Close, parent);
    box->setObjectName(QStringLiteral("keepHistoryHint"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->setIconPixmap(theme::shapePixmap(theme::Shape::Disc, theme::Hue::Busy, box->palette().color(QPalette::Window),
                                          32, box->devicePixelRatio()));
    box->setInformativeText(
        QStringLiteral("retention:\n    completed: forever\n    failed: forever\n    events: forever\n"
                       "    workers: forever\n    results: forever\n\n")
        + Text::tr(
            "The database remembers these times: they also apply to programs without retention times of their own. "
            "A window that runs no configuration file reads a new file when it is started again; until then, do "
            "not agree to the deletion. The page 'Submissions and history' of the guide has the details."));
    QPushButton *button = box->addButton(Text::tr("Configuration file…"), QMessageBox::ActionRole);
    button->setObjectName(QStringLiteral("editConfigurationButton"));
    QObject::connect(button, &QPushButton::clicked, parent, std::move(edit));
    return box;
}

QMessageBox *switchConfirmation(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools, const QString &path,
                                QWidget *parent)
{
    QMessageBox *box = createStopBox(
        Text::tr("Open another database"),
        Text::tr("Stop the workers and open %1?").arg(QDir::toNativeSeparators(path)), Text::tr("Stop and open"),
        QStringLiteral("switch"), workers, [] {}, parent);
    nameOtherPools(*box, pools);
    return box;
}

QMessageBox *cancelConfirmation(qint64 jobs, qint64 running, std::function<void()> cancel, QWidget *parent)
{
    const auto count = int(jobs);
    const QString details =
        running == 0
            ? Text::tr("None of them is running. Cancelled jobs can be returned to the queue with Retry.")
            : Text::tr("This interrupts %Ln running job(s). Cancelled jobs can be returned to the queue with Retry.",
                       nullptr, int(running));
    QMessageBox *box = createBox(Text::tr("Cancel jobs"), Text::tr("Cancel %Ln job(s)?", nullptr, count), details,
                                 theme::Hue::Warning, parent);
    box->setObjectName(QStringLiteral("cancelConfirmation"));
    box->button(QMessageBox::Cancel)->setText(Text::tr("Keep jobs")); // "Cancel" would be ambiguous
    QPushButton *button = box->addButton(Text::tr("Cancel %Ln job(s)", nullptr, count), QMessageBox::DestructiveRole);
    button->setObjectName(QStringLiteral("cancelJobsButton"));
    QObject::connect(button, &QPushButton::clicked, parent, std::move(cancel));
    return box;
}

} // namespace lifeguard
