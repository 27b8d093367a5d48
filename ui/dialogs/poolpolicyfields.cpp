// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/poolpolicyfields.h"

#include "ui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>

namespace lifeguard {

namespace {

constexpr int mostJobs = 1'000'000;
constexpr int mostMegabytes = 10'000'000;
constexpr int week = 7 * 24 * 3600; ///< seconds

template<typename Field>
Field *made(QWidget *parent, const char *name, const QString &tip)
{
    auto *field = new Field(parent);
    field->setObjectName(QString::fromLatin1(name));
    field->setToolTip(tip);
    return field;
}

} // namespace

PoolPolicyFields::PoolPolicyFields(QWidget *parent)
    : QWidget(parent)
    , m_maxJobTime(made<QSpinBox>(this, "launchMaxJobTime", tr("A job that takes longer is stopped, and fails.")))
    , m_hungAfter(made<QSpinBox>(this, "launchHungAfter",
                                 tr("A worker is hung when its heartbeat, its CPU and its output have all stood still for so long.")))
    , m_restartHung(made<QCheckBox>(this, "launchRestartHung", tr("Otherwise it is only shown as hung, and keeps its job.")))
    , m_restart(made<QComboBox>(this, "launchRestart", tr("When an ended worker is replaced")))
    , m_recycleJobs(made<QSpinBox>(this, "launchRecycleJobs", tr("After so many jobs a worker ends, and a fresh one takes its place.")))
    , m_recycleMemory(made<QSpinBox>(this, "launchRecycleMemory",
                                     tr("A worker that holds more memory than this finishes its job and ends; a fresh one takes its place.")))
    , m_cpu(made<QDoubleSpinBox>(this, "launchCpu", tr("How many cores a worker may use, with all it started. Needs cgroups that you may write.")))
    , m_openFiles(made<QSpinBox>(this, "launchOpenFiles", tr("How many files each process of a worker may have open")))
    , m_detach(made<QCheckBox>(this, "launchDetach",
                               tr("Should Lifeguard crash, its workers go on and the next start takes them over. Otherwise they finish their job and end.")))
{
    m_maxJobTime->setRange(1, week);
    m_hungAfter->setRange(3, week);
    for (QSpinBox *field : {m_maxJobTime, m_hungAfter}) {
        field->setSuffix(tr(" s"));
        field->setGroupSeparatorShown(true);
    }
    m_restartHung->setText(tr("Replace hung workers"));
    m_detach->setText(tr("Workers outlive a crash of Lifeguard"));
    m_restart->addItem(tr("those that died"), int(RestartMode::OnFailure));
    m_restart->addItem(tr("all that ended"), int(RestartMode::Always));
    m_restart->addItem(tr("none"), int(RestartMode::Never));
    m_restart->setItemData(0, tr("What died is replaced, and what ended by itself after finishing a job."), Qt::ToolTipRole);
    m_restart->setItemData(1, tr("What ended by itself without a job, too."), Qt::ToolTipRole);
    m_restart->setItemData(2, tr("Whatever ends is gone; the pool stops with the last one."), Qt::ToolTipRole);
    m_recycleJobs->setRange(0, mostJobs);
    m_recycleJobs->setSuffix(tr(" jobs"));
    m_recycleMemory->setRange(0, mostMegabytes);
    m_recycleMemory->setSingleStep(128);
    m_recycleMemory->setSuffix(tr(" MB"));
    for (QSpinBox *field : {m_recycleJobs, m_recycleMemory}) {
        field->setSpecialValueText(tr("never"));
        field->setGroupSeparatorShown(true);
    }
    m_cpu->setRange(0, 1024);
    m_cpu->setDecimals(2);
    m_cpu->setSingleStep(0.5);
    m_cpu->setSuffix(tr(" cores"));
    m_cpu->setSpecialValueText(tr("no limit"));
    m_openFiles->setRange(0, mostJobs);
    m_openFiles->setSingleStep(256);
    m_openFiles->setGroupSeparatorShown(true);
    m_openFiles->setSpecialValueText(tr("as Lifeguard"));

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme::between);
    grid->setVerticalSpacing(theme::inside);
    const auto add = [&](int row, int column, const QString &text, QWidget *field) {
        auto *label = new QLabel(text, this);
        label->setBuddy(field);
        grid->addWidget(label, row, 2 * column);
        grid->addWidget(field, row, 2 * column + 1);
    };
    add(0, 0, tr("Lon&gest job"), m_maxJobTime);
    add(0, 1, tr("&Hung after"), m_hungAfter);
    add(1, 0, tr("&Replace"), m_restart);
    add(1, 1, tr("CP&U limit"), m_cpu);
    add(2, 0, tr("Rec&ycle after"), m_recycleJobs);
    add(2, 1, tr("Recycle abo&ve"), m_recycleMemory);
    add(3, 0, tr("Open &files"), m_openFiles);
    grid->addWidget(m_restartHung, 3, 2, 1, 2);
    grid->addWidget(m_detach, 4, 0, 1, 4);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);

    for (QSpinBox *field : {m_maxJobTime, m_hungAfter, m_recycleJobs, m_recycleMemory, m_openFiles}) {
        connect(field, &QSpinBox::valueChanged, this, &PoolPolicyFields::changed);
    }
    connect(m_cpu, &QDoubleSpinBox::valueChanged, this, &PoolPolicyFields::changed);
    connect(m_restart, &QComboBox::currentIndexChanged, this, &PoolPolicyFields::changed);
    for (QCheckBox *field : {m_restartHung, m_detach}) {
        connect(field, &QCheckBox::toggled, this, &PoolPolicyFields::changed);
    }
    setConfig({});
}

void PoolPolicyFields::setConfig(const WorkerConfig &config)
{
    m_maxJobTime->setValue(int(config.maxJobTime.count()));
    m_hungAfter->setValue(int(config.hungAfter.count()));
    m_restartHung->setChecked(config.restartHung);
    m_restart->setCurrentIndex(m_restart->findData(int(config.restart)));
    m_recycleJobs->setValue(config.recycleAfterJobs);
    m_recycleMemory->setValue(int(config.recycleAboveMb));
    m_cpu->setValue(config.cpuLimit);
    m_openFiles->setValue(config.openFilesLimit);
    m_detach->setChecked(config.detach);
}

void PoolPolicyFields::writeTo(WorkerConfig &config) const
{
    config.maxJobTime = seconds(m_maxJobTime->value());
    config.hungAfter = seconds(m_hungAfter->value());
    config.staleAfter = std::min(config.staleAfter, config.hungAfter); // suspect before it is hung
    config.restartHung = m_restartHung->isChecked();
    config.restart = RestartMode(m_restart->currentData().toInt());
    config.recycleAfterJobs = m_recycleJobs->value();
    config.recycleAboveMb = m_recycleMemory->value();
    config.cpuLimit = m_cpu->value();
    config.openFilesLimit = m_openFiles->value();
    config.detach = m_detach->isChecked();
}

void PoolPolicyFields::setNumber(int number)
{
    const auto name = [number](QWidget *field, const QString &what) { field->setAccessibleName(tr("%1, pool %2").arg(what).arg(number)); };
    name(m_maxJobTime, tr("Longest job"));
    name(m_hungAfter, tr("Hung after"));
    name(m_restartHung, tr("Replace hung workers"));
    name(m_restart, tr("Which ended workers are replaced"));
    name(m_recycleJobs, tr("Recycle after so many jobs"));
    name(m_recycleMemory, tr("Recycle above so much memory"));
    name(m_cpu, tr("CPU limit of a worker"));
    name(m_openFiles, tr("Open files of a process"));
    name(m_detach, tr("Workers outlive a crash of Lifeguard"));
}

bool PoolPolicyFields::isUnusual(const WorkerConfig &config)
{
    const WorkerConfig usual;
    return config.maxJobTime != usual.maxJobTime || config.hungAfter != usual.hungAfter || config.restartHung != usual.restartHung
        || config.restart != usual.restart || config.recycleAfterJobs != usual.recycleAfterJobs || config.recycleAboveMb != usual.recycleAboveMb
        || config.cpuLimit != usual.cpuLimit || config.openFilesLimit != usual.openFilesLimit || config.detach != usual.detach;
}

} // namespace lifeguard
