// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/poolpolicyfields.h"

#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>

namespace lifeguard {

namespace {

constexpr int maxCount = 1'000'000;
constexpr int maxMegabytes = 10'000'000;
constexpr int week = 7 * 24 * 3600; ///< seconds

template<typename Field>
Field *createField(QWidget *parent, const char *name, const QString &toolTip)
{
    auto *field = new Field(parent);
    field->setObjectName(QString::fromLatin1(name));
    field->setToolTip(toolTip);
    return field;
}

} // namespace

PoolPolicyFields::PoolPolicyFields(QWidget *parent)
    : QWidget(parent)
    , m_maxJobTime(createField<QSpinBox>(this, "launchMaxJobTime", tr("A job that takes longer is stopped and fails.")))
    , m_hungAfter(createField<QSpinBox>(
          this, "launchHungAfter",
          tr("A worker is considered hung when its heartbeat, CPU use and output have all stopped for this long.")))
    , m_restartHung(createField<QCheckBox>(
          this, "launchRestartHung",
          tr("Kill and replace a hung worker. Otherwise it is only shown as hung and keeps its job.")))
    , m_restart(createField<QComboBox>(this, "launchRestart", tr("Which workers are replaced when they end")))
    , m_recycleJobs(createField<QSpinBox>(this, "launchRecycleJobs",
                                          tr("A worker ends after this many jobs and is replaced by a new one.")))
    , m_recycleMemory(createField<QSpinBox>(
          this, "launchRecycleMemory",
          tr("A worker that uses more memory than this ends after its job and is replaced by a new one.")))
    , m_cpu(createField<QDoubleSpinBox>(this, "launchCpu",
                                        tr("CPU cores that a worker and its child processes may use. Direct workers "
                                           "need writable cgroups for this.")))
    , m_openFiles(createField<QSpinBox>(this, "launchOpenFiles",
                                        tr("Maximum number of open files of each process of a worker")))
    , m_detach(createField<QCheckBox>(this, "launchDetach",
                                      tr("If Lifeguard crashes, the workers keep running, and Lifeguard takes them "
                                         "over when it is started again. Otherwise they end after their job.")))
{
    m_maxJobTime->setRange(1, week);
    m_hungAfter->setRange(3, week);
    for (QSpinBox *field : {m_maxJobTime, m_hungAfter}) {
        field->setSuffix(tr(" s"));
        field->setGroupSeparatorShown(true);
    }
    m_restartHung->setText(tr("Replace hung workers"));
    m_detach->setText(tr("Keep workers running if Lifeguard crashes"));
    m_restart->addItem(tr("Failed workers"), int(RestartMode::OnFailure));
    m_restart->addItem(tr("All workers"), int(RestartMode::Always));
    m_restart->addItem(tr("None"), int(RestartMode::Never));
    m_restart->setItemData(0,
                           tr("Workers that failed, or that ended by themselves after at least one job, are replaced."),
                           Qt::ToolTipRole);
    m_restart->setItemData(1,
                           tr("Workers that ended by themselves without having processed a job are replaced as well."),
                           Qt::ToolTipRole);
    m_restart->setItemData(2, tr("No worker is replaced. The pool stops when the last worker ends."), Qt::ToolTipRole);
    m_recycleJobs->setRange(0, maxCount);
    m_recycleMemory->setRange(0, maxMegabytes);
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
    m_openFiles->setRange(0, maxCount);
    m_openFiles->setSingleStep(256);
    m_openFiles->setGroupSeparatorShown(true);
    m_openFiles->setSpecialValueText(tr("same as Lifeguard"));

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
    add(0, 0, tr("Job &time limit"), m_maxJobTime);
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
    const auto updateSuffix = [this](int jobs) {
        //: The number is shown before this text, which begins with a space.
        m_recycleJobs->setSuffix(tr(" job(s)", nullptr, jobs));
    };
    connect(m_recycleJobs, &QSpinBox::valueChanged, this, updateSuffix);
    updateSuffix(m_recycleJobs->value());
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
    config.staleAfter = std::min(config.staleAfter, config.hungAfter); // a worker is suspect before it is hung
    config.restartHung = m_restartHung->isChecked();
    config.restart = RestartMode(m_restart->currentData().toInt());
    config.recycleAfterJobs = m_recycleJobs->value();
    config.recycleAboveMb = m_recycleMemory->value();
    config.cpuLimit = m_cpu->value();
    config.openFilesLimit = m_openFiles->value();
    config.detach = m_detach->isChecked();
}

void PoolPolicyFields::setRowNumber(int number)
{
    const auto name = [number](QWidget *field, const QString &title) {
        //: %1 is the title of a field, %2 the number of the row in the list of pools
        field->setAccessibleName(tr("%1, pool %2").arg(title).arg(number));
    };
    name(m_maxJobTime, tr("Job time limit"));
    name(m_hungAfter, tr("Hung after"));
    name(m_restartHung, tr("Replace hung workers"));
    name(m_restart, tr("Replaced workers"));
    name(m_recycleJobs, tr("Recycle after a number of jobs"));
    name(m_recycleMemory, tr("Recycle above an amount of memory"));
    name(m_cpu, tr("CPU limit per worker"));
    name(m_openFiles, tr("Open files per process"));
    name(m_detach, tr("Keep workers running if Lifeguard crashes"));
}

bool PoolPolicyFields::differsFromDefaults(const WorkerConfig &config)
{
    const WorkerConfig defaults;
    return config.maxJobTime != defaults.maxJobTime || config.hungAfter != defaults.hungAfter
        || config.restartHung != defaults.restartHung || config.restart != defaults.restart
        || config.recycleAfterJobs != defaults.recycleAfterJobs || config.recycleAboveMb != defaults.recycleAboveMb
        || config.cpuLimit != defaults.cpuLimit || config.openFilesLimit != defaults.openFilesLimit
        || config.detach != defaults.detach;
}

} // namespace lifeguard
