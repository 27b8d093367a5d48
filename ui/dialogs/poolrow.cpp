// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/poolrow.h"

#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"
#include "ui/dialogs/dockerfields.h"
#include "ui/dialogs/poolpolicyfields.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/note.h"

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProcess>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <chrono>

namespace lifeguard {

namespace {

/// What only a look at the disk can tell.
struct Findings
{
    QString missing; ///< tools that the type needs, and how to install them
    QString program; ///< why the command cannot be run
};

Findings lookAround(const QString &type, const QStringList &command, const QString &workspace)
{
    Findings found;
    if (command.isEmpty()) {
        found.missing = missingTools(type);
        return found;
    }
    // As the executor will look for it.
    const QString &name = command.first();
    const bool isPath = name.contains(QLatin1Char('/'));
    const QString path = isPath ? QFileInfo(QDir(workspace), name).absoluteFilePath() : QStandardPaths::findExecutable(name);
    const QFileInfo info(path);
    if (!isPath && path.isEmpty()) {
        found.program = PoolRow::tr("There is no program '%1' in the folders of PATH.").arg(name);
    } else if (!info.exists()) {
        found.program = PoolRow::tr("There is no file %1.").arg(format::path(path));
    } else if (info.isDir()) {
        found.program = PoolRow::tr("%1 is a folder, not a program.").arg(format::path(path));
    } else if (!info.isExecutable()) {
        found.program = PoolRow::tr("%1 may not be run: it is not executable.").arg(format::path(path));
    }
    return found;
}

QString sentence(const QString &text)
{
    const QString made = text.left(1).toUpper() + text.mid(1);
    return made.isEmpty() || made.endsWith(QLatin1Char('.')) || made.endsWith(QStringLiteral("…")) ? made : made + QLatin1Char('.');
}

} // namespace

PoolRow::PoolRow(const LaunchContext &context, const QStringList &types, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_type(new QComboBox(this))
    , m_count(new QSpinBox(this))
    , m_mode(new QComboBox(this))
    , m_memory(new QSpinBox(this))
    , m_more(new QToolButton(this))
    , m_remove(new QToolButton(this))
    , m_details(new QWidget(this))
    , m_policy(new PoolPolicyFields(m_details))
    , m_docker(new DockerFields(this))
    , m_askAgain(new QToolButton(this))
    , m_command(new QLineEdit(m_details))
    , m_dockerNote(new Note(QStringLiteral("launchDocker"), this))
    , m_tools(new Note(QStringLiteral("launchMissingTools"), this))
    , m_hint(new Note(QStringLiteral("launchHint"), this))
    , m_refusal(new Note(QStringLiteral("launchError"), this))
{
    setObjectName(QStringLiteral("poolRow"));
    m_rest.mode = ExecutionMode::Auto;
    build(types);
    m_soon.setSingleShot(true);
    m_soon.setInterval(std::chrono::milliseconds(150));
    m_looking.setSingleShot(true);
    m_looking.setInterval(std::chrono::milliseconds(300));
    connect(&m_soon, &QTimer::timeout, this, &PoolRow::lookUp);
    connect(&m_looking, &QTimer::timeout, this,
            [this] { m_tools->say(theme::Hue::Quiet, tr("Looking whether everything needed is installed…")); });
    connect(m_type, &QComboBox::currentTextChanged, this, &PoolRow::onEdited);
    connect(m_command, &QLineEdit::textChanged, this, &PoolRow::onEdited);
    connect(m_count, &QSpinBox::valueChanged, this, &PoolRow::onEdited);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &PoolRow::onEdited);
    connect(m_memory, &QSpinBox::valueChanged, this, &PoolRow::onEdited);
    connect(m_policy, &PoolPolicyFields::changed, this, &PoolRow::onEdited);
    connect(m_docker, &DockerFields::changed, this, &PoolRow::onEdited);
    connect(m_askAgain, &QToolButton::clicked, this, &PoolRow::dockerWanted);
    // Once the type is typed, not while: an unknown one needs a command, which is folded away.
    connect(m_type->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        const WorkerConfig now = config();
        if (!now.type.isEmpty() && !jobType(now.type) && now.command.isEmpty()) {
            m_more->setChecked(true);
        }
    });
    connect(m_more, &QToolButton::toggled, this, &PoolRow::showMore);
    connect(m_remove, &QToolButton::clicked, this, &PoolRow::removeRequested);
    showMore(false);
    setNumber(1);
    onEdited();
}

std::array<int, PoolRow::ColumnCount> PoolRow::columnWidths(const QWidget &widget)
{
    const QFontMetrics metrics = widget.fontMetrics();
    constexpr int field = 44; // frame, arrows and padding of a field
    return {0,
            metrics.horizontalAdvance(QStringLiteral("1000")) + field,
            metrics.horizontalAdvance(tr("Automatic")) + field,
            std::max(metrics.horizontalAdvance(tr("no limit")), metrics.horizontalAdvance(QStringLiteral("100,000 MB"))) + field,
            metrics.horizontalAdvance(tr("More")) + field,
            metrics.height() + theme::between};
}

void PoolRow::build(const QStringList &types)
{
    m_type->setObjectName(QStringLiteral("launchType"));
    m_type->setEditable(true);
    m_type->addItems(types);
    m_type->setMinimumContentsLength(10);
    markTypes();
    m_count->setObjectName(QStringLiteral("launchCount"));
    m_count->setRange(0, 1000);
    m_mode->setObjectName(QStringLiteral("launchMode"));
    m_mode->addItem(tr("Automatic"), int(ExecutionMode::Auto));
    m_mode->addItem(tr("Direct"), int(ExecutionMode::Direct));
    m_mode->addItem(tr("Docker"), int(ExecutionMode::Docker));
    m_mode->setItemData(0, tr("In Docker where its engine answers and has the image, else direct."), Qt::ToolTipRole);
    m_mode->setItemData(1, tr("Processes on this machine."), Qt::ToolTipRole);
    m_mode->setItemData(2, tr("Containers; an image that is missing is pulled."), Qt::ToolTipRole);
    m_mode->setToolTip(tr("Whether workers are processes of this machine or containers. Automatic: containers where Docker's engine "
                          "answers and has the image."));
    m_mode->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_memory->setObjectName(QStringLiteral("launchMemory"));
    m_memory->setRange(0, 10'000'000);
    m_memory->setSingleStep(128);
    m_memory->setGroupSeparatorShown(true);
    m_memory->setSuffix(tr(" MB"));
    m_memory->setSpecialValueText(tr("no limit"));
    m_memory->setToolTip(tr("A worker that holds more memory, with all it started, is stopped and replaced."));
    m_more->setObjectName(QStringLiteral("launchMore"));
    m_more->setText(tr("More"));
    m_more->setCheckable(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setArrowType(Qt::RightArrow);
    m_more->setFocusPolicy(Qt::StrongFocus);
    m_more->setToolTip(tr("Command, limits, and when workers are replaced"));
    m_remove->setObjectName(QStringLiteral("launchRemove"));
    m_remove->setIcon(theme::icon(QStringLiteral("list-remove"), palette()));
    m_remove->setFocusPolicy(Qt::StrongFocus);
    m_command->setObjectName(QStringLiteral("launchCommand"));
    m_command->setPlaceholderText(tr("empty: Lifeguard's own worker"));
    m_command->setToolTip(tr("A program of your own that works as a worker, with its arguments. Quotes keep words together."));

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
    m_askAgain->setObjectName(QStringLiteral("launchAskDocker"));
    m_askAgain->setText(tr("Ask again"));
    m_askAgain->setToolTip(tr("Ask Docker once more, after what is wrong was put right"));
    m_askAgain->setFocusPolicy(Qt::StrongFocus);
    auto *docker = new QHBoxLayout;
    docker->setSpacing(theme::inside);
    docker->setContentsMargins(theme::between, 0, 0, 0);
    docker->addWidget(m_docker, 1);
    docker->addWidget(m_askAgain);
    auto *details = new QFormLayout(m_details);
    details->setContentsMargins(theme::between, 0, 0, 0);
    details->setHorizontalSpacing(theme::between);
    details->setVerticalSpacing(theme::inside);
    details->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    details->addRow(tr("Co&mmand"), m_command);
    details->addRow(m_policy);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::unit, 0, theme::unit);
    layout->setSpacing(theme::unit);
    layout->addLayout(line);
    layout->addLayout(docker);
    layout->addWidget(m_details);
    for (const char *field : {"type", "count", "mode", "memory", "image", "network", "pids", "max-job-time", "recycle-memory", "command", "other"}) {
        const QString name = QString::fromLatin1(field);
        auto *note = new Note(QStringLiteral("error_") + name, this);
        m_errors.insert(name, note);
        layout->addWidget(note);
    }
    layout->addWidget(m_dockerNote);
    layout->addWidget(m_tools);
    layout->addWidget(m_hint);
    layout->addWidget(m_refusal);
}

void PoolRow::setConfig(const WorkerConfig &config)
{
    m_rest = config;
    m_type->setCurrentText(config.type);
    m_count->setValue(config.count);
    m_mode->setCurrentIndex(std::max(0, m_mode->findData(int(config.mode))));
    m_memory->setValue(int(config.memoryLimitMb));
    m_policy->setConfig(config);
    m_docker->setConfig(config);
    QStringList words;
    for (const QString &word : config.command) {
        const bool plain = !word.isEmpty() && !word.contains(QLatin1Char(' ')) && !word.contains(QLatin1Char('"'));
        words.append(plain ? word : QLatin1Char('"') + QString(word).replace(QLatin1Char('"'), QStringLiteral("\"\"\"")) + QLatin1Char('"'));
    }
    m_commandText = words.join(QLatin1Char(' '));
    m_command->setText(m_commandText);
    const bool needsCommand = !config.type.isEmpty() && !jobType(config.type);
    if (needsCommand || !config.command.isEmpty() || PoolPolicyFields::isUnusual(config)
        || (config.mode == ExecutionMode::Auto && DockerFields::isUnusual(config))) {
        m_more->setChecked(true);
    }
}

WorkerConfig PoolRow::config() const
{
    WorkerConfig config = m_rest;
    config.type = m_type->currentText().trimmed();
    config.count = m_count->value();
    config.mode = ExecutionMode(m_mode->currentData().toInt());
    config.memoryLimitMb = m_memory->value();
    m_policy->writeTo(config);
    m_docker->writeTo(config);
    if (m_command->text() != m_commandText) { // else as it was given: splitting loses empty words
        config.command = QProcess::splitCommand(m_command->text().trimmed());
    }
    return config;
}

void PoolRow::setRefusal(const QString &text)
{
    m_refusal->say(theme::Hue::Bad, text);
}

void PoolRow::setNumber(int number)
{
    const auto name = [number](QWidget *widget, const QString &what) {
        widget->setAccessibleName(tr("%1, pool %2").arg(what).arg(number));
    };
    name(m_type, tr("Type of jobs"));
    name(m_count, tr("Workers"));
    name(m_mode, tr("Mode"));
    name(m_memory, tr("Memory limit of a worker"));
    name(m_more, tr("Command, limits, and when workers are replaced"));
    name(m_remove, tr("Remove from the list"));
    name(m_askAgain, tr("Ask Docker again"));
    m_policy->setNumber(number);
    m_docker->setNumber(number);
    name(m_command, tr("Command"));
}

void PoolRow::setRemovable(bool removable)
{
    m_remove->setEnabled(removable);
    m_remove->setToolTip(removable ? tr("Take this pool off the list") : tr("It is the only one in the list."));
}

void PoolRow::focusType()
{
    m_type->setFocus(Qt::TabFocusReason);
}

void PoolRow::showMore(bool more)
{
    m_details->setVisible(more);
    m_more->setArrowType(more ? Qt::DownArrow : Qt::RightArrow);
    showDocker();
    Q_EMIT folded();
}

void PoolRow::setDocker(const std::optional<DockerOverview> &view)
{
    m_view = view;
    m_docker->setImages(view ? view->images : QList<DockerImage>());
    check();
}

/// With Docker its fields are needed; with Automatic they are seldom changed; a direct pool has no use for them.
void PoolRow::showDocker()
{
    const auto mode = ExecutionMode(m_mode->currentData().toInt());
    m_docker->setVisible(mode == ExecutionMode::Docker || (mode == ExecutionMode::Auto && m_more->isChecked()));
    m_askAgain->setVisible(mode != ExecutionMode::Direct && m_view && m_view->problem);
}

void PoolRow::onEdited()
{
    m_refusal->clear();
    m_docker->setType(m_type->currentText().trimmed());
    const WorkerConfig now = config();
    const QString key = now.type + QLatin1Char('\n') + now.command.value(0) + QLatin1Char('\n') + (now.mode == ExecutionMode::Docker ? QStringLiteral("docker") : QString());
    if (property("lookedUp").toString() != key) {
        setProperty("lookedUp", key);
        m_programProblem.clear();
        m_missingTools.clear();
        m_tools->clear();
        ++m_generation;
        m_soon.start();
    }
    check();
}

/// Which converters are there: a look at the disk, so not on this thread.
void PoolRow::markTypes()
{
    for (int i = 0; i < m_type->count(); ++i) {
        const QString type = m_type->itemText(i);
        if (!jobType(type)) {
            continue; // a program of the user's own
        }
        whenFinished(QtConcurrent::run([type] { return missingTools(type); }), this, [this, i](const QString &missing) {
            const bool isThere = missing.isEmpty();
            const QSignalBlocker quiet(m_type->model()); // else the box writes its current item over what was typed
            m_type->setItemIcon(i, theme::shapePixmap(isThere ? theme::Shape::Check : theme::Shape::Triangle, isThere ? theme::Hue::Well : theme::Hue::Warning,
                                                      palette().color(QPalette::Base), theme::shapeSize, devicePixelRatio()));
            m_type->setItemData(i, isThere ? tr("Its converter is installed.") : sentence(missing), Qt::ToolTipRole);
        });
    }
}

void PoolRow::lookUp()
{
    const WorkerConfig now = config();
    const bool isInContainer = now.mode == ExecutionMode::Docker; // nothing of this machine is needed
    if (now.type.isEmpty() || isInContainer || (now.command.isEmpty() && !jobType(now.type))) {
        return; // or that is said already
    }
    const quint64 generation = ++m_generation;
    m_looking.start();
    const auto work = [type = now.type, command = now.command, workspace = m_context.workspace] { return lookAround(type, command, workspace); };
    whenFinished(QtConcurrent::run(work), this, [this, generation](const Findings &found) {
        if (generation != m_generation) {
            return; // of what stood there before
        }
        m_looking.stop();
        m_programProblem = found.program;
        m_missingTools = found.missing.isEmpty() ? QString() : tr("%1. Until then its jobs fail.").arg(found.missing);
        m_tools->clear();
        check();
    });
}

bool PoolRow::runsHere() const
{
    return config().mode != ExecutionMode::Docker && !m_runsInContainers;
}

void PoolRow::check()
{
    const WorkerConfig now = config();
    QHash<QString, QStringList> errors;
    for (const ConfigError &error : now.validate()) {
        errors[m_errors.contains(error.field) ? error.field : QStringLiteral("other")].append(sentence(error.message));
    }
    // Of what cannot be launched anyway, Docker has nothing to say.
    const bool makesSense = !errors.contains(QStringLiteral("type")) && !errors.contains(QStringLiteral("image"));
    const DockerRemark remark = makesSense ? dockerRemark(now, m_view) : DockerRemark();
    m_runsInContainers = remark.runsInContainers;
    if (!m_programProblem.isEmpty() && !remark.runsInContainers) {
        errors[QStringLiteral("command")].append(m_programProblem);
    }
    if (!m_looking.isActive()) {
        m_tools->say(theme::Hue::Warning, remark.runsInContainers ? QString() : m_missingTools);
    }
    for (auto note = m_errors.cbegin(); note != m_errors.cend(); ++note) {
        note.value()->say(theme::Hue::Bad, errors.value(note.key()).join(QLatin1Char(' ')));
    }
    m_dockerNote->say(remark.isError ? theme::Hue::Bad : remark.isWarning ? theme::Hue::Warning : theme::Hue::Quiet, sentence(remark.text));
    m_valid = errors.isEmpty() && !remark.isError;
    showDocker();

    QStringList hints;
    const qint64 waiting = m_context.waiting.value(now.type);
    if (m_context.served.contains(now.type)) {
        hints.append(tr("A pool of this type is there already: this will be another one."));
    } else if (waiting > 0) {
        hints.append(waiting == 1 ? tr("1 job waits for this type.") : tr("%1 jobs wait for this type.").arg(format::count(waiting)));
    }
    if (m_context.resting.contains(now.type) && !m_context.served.contains(now.type)) {
        hints.append(tr("A pool of this type is there and does not run: it can be started again in the list of pools."));
    }
    if (now.count == 0) {
        hints.append(tr("With no workers the pool only stands in the list."));
    }
    m_hint->say(theme::Hue::Quiet, hints.join(QLatin1Char(' ')));
    Q_EMIT changed();
}

} // namespace lifeguard
