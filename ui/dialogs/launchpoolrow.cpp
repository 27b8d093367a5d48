// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/launchpoolrow.h"

#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"
#include "core/config/outputroots.h"
#include "ui/dialogs/commandcheck.h"
#include "ui/dialogs/dockerfields.h"
#include "ui/dialogs/dockerhint.h"
#include "ui/dialogs/jobtypebox.h"
#include "ui/dialogs/poolpolicyfields.h"
#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"
#include "ui/views/inlinemessage.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <chrono>

namespace lifeguard {

LaunchPoolRow::LaunchPoolRow(const LaunchContext &context, const QStringList &types, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_type(new JobTypeBox(types, this))
    , m_count(new QSpinBox(this))
    , m_mode(new QComboBox(this))
    , m_memory(new QSpinBox(this))
    , m_more(new QToolButton(this))
    , m_remove(new QToolButton(this))
    , m_details(new QWidget(this))
    , m_policy(new PoolPolicyFields(m_details))
    , m_docker(new DockerFields(this))
    , m_checkDocker(new QToolButton(this))
    , m_command(new QLineEdit(m_details))
    , m_outputRoots(new QLineEdit(m_details))
    , m_dockerHint(new InlineMessage(QStringLiteral("launchDocker"), this))
    , m_missingToolsMessage(new InlineMessage(QStringLiteral("launchMissingTools"), this))
    , m_hint(new InlineMessage(QStringLiteral("launchHint"), this))
    , m_launchError(new InlineMessage(QStringLiteral("launchError"), this))
{
    setObjectName(QStringLiteral("launchPoolRow"));
    m_config.mode = ExecutionMode::Auto;
    build();
    m_checkDelay.setSingleShot(true);
    m_checkDelay.setInterval(std::chrono::milliseconds(150));
    m_checkingTimer.setSingleShot(true);
    m_checkingTimer.setInterval(std::chrono::milliseconds(300));
    connect(&m_checkDelay, &QTimer::timeout, this, &LaunchPoolRow::startCommandCheck);
    connect(&m_checkingTimer, &QTimer::timeout, this, [this] {
        m_missingToolsMessage->setMessage(theme::Hue::Neutral,
                                          tr("Checking whether all required programs are installed…"));
    });
    connect(m_type, &QComboBox::currentTextChanged, this, &LaunchPoolRow::onEdited);
    connect(m_command, &QLineEdit::textChanged, this, &LaunchPoolRow::onEdited);
    connect(m_outputRoots, &QLineEdit::textChanged, this, &LaunchPoolRow::onEdited);
    connect(m_count, &QSpinBox::valueChanged, this, &LaunchPoolRow::onEdited);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &LaunchPoolRow::onEdited);
    connect(m_memory, &QSpinBox::valueChanged, this, &LaunchPoolRow::onEdited);
    connect(m_policy, &PoolPolicyFields::changed, this, &LaunchPoolRow::onEdited);
    connect(m_docker, &DockerFields::changed, this, &LaunchPoolRow::onEdited);
    connect(m_checkDocker, &QToolButton::clicked, this, &LaunchPoolRow::dockerInspectionRequested);
    // An unknown type needs a command, whose field is hidden at first. Show it when the type is complete, not while it
    // is typed.
    connect(m_type->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        const WorkerConfig now = config();
        if (!now.type.isEmpty() && !jobType(now.type) && now.command.isEmpty()) {
            m_more->setChecked(true);
        }
    });
    connect(m_more, &QToolButton::toggled, this, &LaunchPoolRow::setDetailsVisible);
    connect(m_remove, &QToolButton::clicked, this, &LaunchPoolRow::removeRequested);
    setDetailsVisible(false);
    setRowNumber(1);
    onEdited();
}

std::array<int, LaunchPoolRow::ColumnCount> LaunchPoolRow::columnWidths(const QWidget &widget)
{
    const QFontMetrics metrics = widget.fontMetrics();
    constexpr int decoration = 44; // frame, arrows and padding of a field
    return {0,
            metrics.horizontalAdvance(QStringLiteral("1000")) + decoration,
            metrics.horizontalAdvance(tr("Automatic")) + decoration,
            std::max(metrics.horizontalAdvance(tr("no limit")), metrics.horizontalAdvance(QStringLiteral("100,000 MB")))
                + decoration,
            metrics.horizontalAdvance(tr("More")) + decoration,
            metrics.height() + theme::between};
}

void LaunchPoolRow::build()
{
    m_type->setObjectName(QStringLiteral("launchType"));
    m_count->setObjectName(QStringLiteral("launchCount"));
    m_count->setRange(0, 1000);
    m_mode->setObjectName(QStringLiteral("launchMode"));
    m_mode->addItem(tr("Automatic"), int(ExecutionMode::Auto));
    m_mode->addItem(tr("Direct"), int(ExecutionMode::Direct));
    m_mode->addItem(tr("Docker"), int(ExecutionMode::Docker));
    m_mode->setItemData(0, tr("Containers if Docker is available and has the image, otherwise direct."),
                        Qt::ToolTipRole);
    m_mode->setItemData(1, tr("Processes on this machine."), Qt::ToolTipRole);
    m_mode->setItemData(2, tr("Containers. A missing image is pulled."), Qt::ToolTipRole);
    m_mode->setToolTip(tr(
        "Whether the workers run as processes on this machine or in containers. Automatic selects containers if Docker "
        "is available and has the image."));
    m_mode->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_memory->setObjectName(QStringLiteral("launchMemory"));
    m_memory->setRange(0, 10'000'000);
    m_memory->setSingleStep(128);
    m_memory->setGroupSeparatorShown(true);
    m_memory->setSuffix(tr(" MB"));
    m_memory->setSpecialValueText(tr("no limit"));
    m_memory->setToolTip(tr("A worker that uses more memory, including its child processes, is stopped and replaced."));
    m_more->setObjectName(QStringLiteral("launchMore"));
    m_more->setText(tr("More"));
    m_more->setCheckable(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setArrowType(Qt::RightArrow);
    m_more->setFocusPolicy(Qt::StrongFocus);
    m_more->setToolTip(tr("Command, output folders, limits, and when workers are replaced"));
    m_remove->setObjectName(QStringLiteral("launchRemove"));
    m_remove->setIcon(theme::icon(QStringLiteral("list-remove"), palette()));
    m_remove->setFocusPolicy(Qt::StrongFocus);
    m_command->setObjectName(QStringLiteral("launchCommand"));
    m_command->setPlaceholderText(tr("Leave empty for Lifeguard's own worker"));
    m_command->setToolTip(tr("A worker program of your own with its arguments. Put arguments with spaces in quotes."));
    m_outputRoots->setObjectName(QStringLiteral("launchOutputRoots"));
    m_outputRoots->setPlaceholderText(tr("Only in the workspace"));
    m_outputRoots->setToolTip(tr("Folders outside the workspace that outputs may be written to, separated by colons. "
                                 "In a path, write %3A for a colon."));

    const std::array<int, ColumnCount> widths = columnWidths(*this);
    auto *line = new QHBoxLayout;
    line->setSpacing(theme::inside);
    const std::array<QWidget *, ColumnCount> fields{m_type, m_count, m_mode, m_memory, m_more, m_remove};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (widths[i] > 0) {
            fields[i]->setFixedWidth(widths[i]);
        }
        line->addWidget(fields[i], widths[i] > 0 ? 0 : 1);
    }
    m_checkDocker->setObjectName(QStringLiteral("launchCheckDocker"));
    m_checkDocker->setText(tr("Check Docker again"));
    m_checkDocker->setToolTip(tr("Click here after you have fixed the problem."));
    m_checkDocker->setFocusPolicy(Qt::StrongFocus);
    auto *docker = new QHBoxLayout;
    docker->setSpacing(theme::inside);
    docker->setContentsMargins(theme::between, 0, 0, 0);
    docker->addWidget(m_docker, 1);
    docker->addWidget(m_checkDocker);
    docker->addStretch();
    auto *details = new QFormLayout(m_details);
    details->setContentsMargins(theme::between, 0, 0, 0);
    details->setHorizontalSpacing(theme::between);
    details->setVerticalSpacing(theme::inside);
    details->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *commandLine = new QHBoxLayout; // a row for each field would make the dialog too tall for several pools
    commandLine->setSpacing(theme::inside);
    commandLine->addWidget(m_command, 2);
    auto *outputsLabel = new QLabel(tr("&Outputs"), m_details);
    outputsLabel->setBuddy(m_outputRoots);
    commandLine->addWidget(outputsLabel);
    commandLine->addWidget(m_outputRoots, 1);
    auto *commandLabel = new QLabel(tr("Co&mmand"), m_details);
    commandLabel->setBuddy(m_command);
    details->addRow(commandLabel, commandLine);
    details->addRow(m_policy);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::unit, 0, theme::unit);
    layout->setSpacing(theme::unit);
    layout->addLayout(line);
    layout->addLayout(docker);
    layout->addWidget(m_details);
    for (const char *field : {"type", "count", "mode", "memory", "image", "network", "pids", "max_job_time",
                              "recycle_memory", "command", "output_roots", "other"}) {
        const QString name = QString::fromLatin1(field);
        auto *message = new InlineMessage(QStringLiteral("error_") + name, this);
        m_errors.insert(name, message);
        layout->addWidget(message);
    }
    layout->addWidget(m_dockerHint);
    layout->addWidget(m_missingToolsMessage);
    layout->addWidget(m_hint);
    layout->addWidget(m_launchError);
}

void LaunchPoolRow::setConfig(const WorkerConfig &config)
{
    m_config = config;
    m_type->setCurrentText(config.type);
    m_count->setValue(config.count);
    m_mode->setCurrentIndex(std::max(0, m_mode->findData(int(config.mode))));
    m_memory->setValue(int(config.memoryLimitMb));
    m_policy->setConfig(config);
    m_docker->setConfig(config);
    m_commandText = quotedCommand(config.command);
    m_command->setText(m_commandText);
    m_outputRoots->setText(joinOutputRoots(config.outputRoots));
    const bool needsCommand = !config.type.isEmpty() && !jobType(config.type);
    if (needsCommand || !config.command.isEmpty() || !config.outputRoots.isEmpty()
        || PoolPolicyFields::differsFromDefaults(config)
        || (config.mode == ExecutionMode::Auto && DockerFields::differsFromDefaults(config))) {
        m_more->setChecked(true);
    }
}

WorkerConfig LaunchPoolRow::config() const
{
    WorkerConfig config = m_config;
    config.type = m_type->type();
    config.count = m_count->value();
    config.mode = ExecutionMode(m_mode->currentData().toInt());
    config.memoryLimitMb = m_memory->value();
    m_policy->writeTo(config);
    m_docker->writeTo(config);
    config.outputRoots = splitOutputRoots(m_outputRoots->text().trimmed());
    if (m_command->text() != m_commandText) { // otherwise keep the original, because splitting drops empty words
        config.command = QProcess::splitCommand(m_command->text().trimmed());
    }
    return config;
}

void LaunchPoolRow::setLaunchError(const QString &text)
{
    m_launchError->setMessage(theme::Hue::Bad, text);
}

void LaunchPoolRow::setRowNumber(int number)
{
    const auto name = [number](QWidget *widget, const QString &title) {
        //: %1 is the title of a field, %2 the number of the row in the list of pools
        widget->setAccessibleName(tr("%1, pool %2").arg(title).arg(number));
    };
    name(m_type, tr("Job type"));
    name(m_count, tr("Workers"));
    name(m_mode, tr("Mode"));
    name(m_memory, tr("Memory limit per worker"));
    name(m_more, tr("Command, output folders, limits, and when workers are replaced"));
    name(m_remove, tr("Remove from list"));
    name(m_checkDocker, tr("Check Docker again"));
    m_policy->setRowNumber(number);
    m_docker->setRowNumber(number);
    name(m_command, tr("Command"));
    name(m_outputRoots, tr("Folders for outputs"));
}

void LaunchPoolRow::setRemovable(bool removable)
{
    m_remove->setEnabled(removable);
    m_remove->setToolTip(removable ? tr("Remove this pool from the list")
                                   : tr("The list must have at least one pool."));
}

void LaunchPoolRow::focusType()
{
    m_type->setFocus(Qt::TabFocusReason);
}

void LaunchPoolRow::setDetailsVisible(bool visible)
{
    m_details->setVisible(visible);
    m_more->setArrowType(visible ? Qt::DownArrow : Qt::RightArrow);
    updateDockerFields();
    Q_EMIT detailsToggled();
}

void LaunchPoolRow::setDocker(const std::optional<DockerOverview> &overview)
{
    m_dockerOverview = overview;
    m_docker->setImages(overview ? overview->images : QList<DockerImage>());
    validate();
}

/// Shows the fields for Docker in the mode Docker. In the automatic mode, where they are rarely changed, shows them
/// with the details.
void LaunchPoolRow::updateDockerFields()
{
    const auto mode = ExecutionMode(m_mode->currentData().toInt());
    m_docker->setMode(mode);
    m_docker->setVisible(mode == ExecutionMode::Docker || (mode == ExecutionMode::Auto && m_more->isChecked()));
    m_checkDocker->setVisible(mode != ExecutionMode::Direct && m_dockerOverview && m_dockerOverview->problem);
}

void LaunchPoolRow::onEdited()
{
    m_launchError->clear();
    m_docker->setType(m_type->type());
    const WorkerConfig now = config();
    const QString key = now.type + QLatin1Char('\n') + now.command.value(0) + QLatin1Char('\n')
                      + (now.mode == ExecutionMode::Docker ? QStringLiteral("docker") : QString());
    if (m_checkedCommand != key) {
        m_checkedCommand = key;
        m_commandProblem.clear();
        m_missingTools.clear();
        m_missingToolsMessage->clear();
        ++m_generation;
        m_checkDelay.start();
    }
    validate();
}

void LaunchPoolRow::startCommandCheck()
{
    const WorkerConfig now = config();
    const bool isInContainer = now.mode == ExecutionMode::Docker; // needs no programs on this machine
    if (now.type.isEmpty() || isInContainer || (now.command.isEmpty() && !jobType(now.type))) {
        return; // nothing to check, or the missing command is reported already
    }
    const quint64 generation = ++m_generation;
    m_checkingTimer.start();
    const auto checkInBackground = [type = now.type, command = now.command, workspace = m_context.workspace] {
        return checkCommand(type, command, workspace);
    };
    whenFinished(QtConcurrent::run(checkInBackground), this, [this, generation](const CommandCheck &result) {
        if (generation != m_generation) {
            return; // the type or the command has changed since
        }
        m_checkingTimer.stop();
        m_commandProblem = result.commandProblem;
        m_missingTools = result.missingTools;
        m_missingToolsMessage->clear();
        validate();
    });
}

bool LaunchPoolRow::mayRunDirect() const
{
    return config().mode != ExecutionMode::Docker && !m_runsInContainers;
}

void LaunchPoolRow::validate()
{
    const WorkerConfig now = config();
    using Severity = DockerHint::Severity;
    QHash<QString, QStringList> errors;
    for (const ConfigError &error : now.validate()) {
        errors[m_errors.contains(error.field) ? error.field : QStringLiteral("other")].append(
            format::sentence(error.message));
    }
    // Without a valid type and image, a hint about Docker would be misleading.
    const bool isCheckable = !errors.contains(QStringLiteral("type")) && !errors.contains(QStringLiteral("image"));
    const DockerHint hint = isCheckable ? dockerHint(now, m_dockerOverview) : DockerHint();
    m_runsInContainers = hint.runsInContainers;
    if (!m_commandProblem.isEmpty() && !hint.runsInContainers) {
        errors[QStringLiteral("command")].append(m_commandProblem);
    }
    if (!m_checkingTimer.isActive()) {
        m_missingToolsMessage->setMessage(
            theme::Hue::Warning, hint.runsInContainers || m_missingTools.isEmpty()
                                     ? QString()
                                     : tr("%1 Until then, the jobs will fail.").arg(format::sentence(m_missingTools)));
    }
    for (auto message = m_errors.cbegin(); message != m_errors.cend(); ++message) {
        message.value()->setMessage(theme::Hue::Bad, errors.value(message.key()).join(QLatin1Char(' ')));
    }
    m_dockerHint->setMessage(hint.severity == Severity::Error     ? theme::Hue::Bad
                             : hint.severity == Severity::Warning ? theme::Hue::Warning
                                                                  : theme::Hue::Neutral,
                             format::sentence(hint.text));
    m_valid = errors.isEmpty() && hint.severity != Severity::Error;
    updateDockerFields();

    QStringList hints;
    const bool isServed = m_context.servedTypes.contains(now.type);
    if (isServed) {
        hints.append(tr("A pool of this type is already running. Another one will be launched."));
    } else if (const qint64 pending = m_context.pendingJobs.value(now.type); pending > 0) {
        hints.append(tr("%Ln job(s) of this type waiting.", nullptr, int(pending)));
    }
    if (!isServed && m_context.stoppedTypes.contains(now.type)) {
        hints.append(tr("A stopped pool of this type exists. You can start it again in the list of pools."));
    }
    if (now.count == 0) {
        hints.append(tr("A pool without workers processes no jobs until you add workers."));
    }
    m_hint->setMessage(theme::Hue::Neutral, hints.join(QLatin1Char(' ')));
    Q_EMIT changed();
}

} // namespace lifeguard
