// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/poolrow.h"

#include "core/base/future.h"
#include "core/config/jobtypes.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace lifeguard {

PoolRow::PoolRow(const WorkerConfig &config, QWidget *parent)
    : QFrame(parent)
    , m_type(new QComboBox(this))
    , m_count(new QSpinBox(this))
    , m_mode(new QComboBox(this))
    , m_memory(new QSpinBox(this))
    , m_maxJobTime(new QSpinBox(this))
    , m_command(new QLineEdit(this))
    , m_more(new QToolButton(this))
    , m_remove(new QToolButton(this))
    , m_details(new QWidget(this))
    , m_message(new QLabel(this))
{
    setObjectName(QStringLiteral("card"));
    m_type->setEditable(true);
    m_type->setMinimumWidth(130);
    for (const JobType &type : jobTypes()) {
        m_type->addItem(type.name);
    }
    m_type->setCurrentText(config.type);
    m_count->setRange(0, 1000);
    m_count->setValue(config.count);
    m_mode->addItem(tr("Automatic"), int(ExecutionMode::Auto));
    m_mode->addItem(tr("Direct"), int(ExecutionMode::Direct));
    m_mode->addItem(tr("Docker (not in this version yet)"), int(ExecutionMode::Docker));
    m_mode->setToolTip(tr("Direct: processes on this machine. Automatic: the best that there is; in this version, direct."));
    m_mode->setCurrentIndex(config.mode == ExecutionMode::Direct ? 1 : 0);
    if (auto *items = qobject_cast<QStandardItemModel *>(m_mode->model())) {
        items->item(2)->setEnabled(false);
        items->item(2)->setToolTip(tr("Docker is not in this version yet."));
    }
    m_memory->setRange(0, 1'000'000);
    m_memory->setSingleStep(128);
    m_memory->setSuffix(tr(" MB"));
    m_memory->setSpecialValueText(tr("no limit"));
    m_memory->setValue(int(config.memoryLimitMb));
    m_memory->setToolTip(tr("A worker that takes more than this, with all it started, is killed and replaced."));
    m_maxJobTime->setRange(1, 7 * 24 * 3600);
    m_maxJobTime->setSuffix(tr(" s"));
    m_maxJobTime->setValue(int(config.maxJobTime.count()));
    m_maxJobTime->setToolTip(tr("A job that takes longer fails, and its tool is ended."));
    QStringList command;
    for (const QString &part : config.command) {
        command.append(part.contains(QLatin1Char(' ')) ? QStringLiteral("\"%1\"").arg(part) : part);
    }
    m_command->setText(command.join(QLatin1Char(' ')));
    m_command->setPlaceholderText(tr("empty: Lifeguard's own worker"));
    build();
    connect(m_type, &QComboBox::currentTextChanged, this, &PoolRow::check);
    connect(m_count, &QSpinBox::valueChanged, this, &PoolRow::check);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &PoolRow::check);
    connect(m_memory, &QSpinBox::valueChanged, this, &PoolRow::check);
    connect(m_maxJobTime, &QSpinBox::valueChanged, this, &PoolRow::check);
    connect(m_command, &QLineEdit::textChanged, this, &PoolRow::check);
    connect(m_type, &QComboBox::currentTextChanged, this, &PoolRow::lookUpTools);
    connect(m_remove, &QToolButton::clicked, this, &PoolRow::removeRequested);
    connect(m_more, &QToolButton::toggled, m_details, &QWidget::setVisible);
    const bool unusual = !config.command.isEmpty() || config.maxJobTime != WorkerConfig().maxJobTime;
    m_more->setChecked(unusual);
    m_details->setVisible(unusual);
    lookUpTools();
    check();
}

void PoolRow::build()
{
    m_type->setObjectName(QStringLiteral("launchType"));
    m_count->setObjectName(QStringLiteral("launchCount"));
    m_mode->setObjectName(QStringLiteral("launchMode"));
    m_memory->setObjectName(QStringLiteral("launchMemory"));
    m_maxJobTime->setObjectName(QStringLiteral("launchMaxJobTime"));
    m_command->setObjectName(QStringLiteral("launchCommand"));
    m_message->setObjectName(QStringLiteral("launchMessage"));
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_more->setObjectName(QStringLiteral("launchMoreButton"));
    m_more->setText(tr("More"));
    m_more->setToolTip(tr("Longest job, and a command of your own in place of Lifeguard's worker"));
    m_more->setCheckable(true);
    m_more->setFocusPolicy(Qt::StrongFocus);
    m_remove->setObjectName(QStringLiteral("launchRemoveButton"));
    m_remove->setIcon(theme::icon(QStringLiteral("list-remove"), palette()));
    m_remove->setFocusPolicy(Qt::StrongFocus);

    const auto field = [this](const QString &title, QWidget *widget) {
        auto *label = new QLabel(title, this);
        label->setFont(theme::smallFont(font()));
        label->setBuddy(widget);
        auto *layout = new QVBoxLayout;
        layout->setSpacing(2);
        layout->addWidget(label);
        layout->addWidget(widget);
        return layout;
    };
    auto *fields = new QHBoxLayout;
    fields->setSpacing(theme::inside);
    fields->addLayout(field(tr("Type of jobs"), m_type), 3);
    fields->addLayout(field(tr("Workers"), m_count), 1);
    fields->addLayout(field(tr("Mode"), m_mode), 2);
    fields->addLayout(field(tr("Memory limit"), m_memory), 2);
    fields->addWidget(m_more, 0, Qt::AlignBottom);
    fields->addWidget(m_remove, 0, Qt::AlignBottom);
    auto *form = new QHBoxLayout(m_details);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(theme::inside);
    form->addLayout(field(tr("Longest job"), m_maxJobTime), 1);
    form->addLayout(field(tr("Command"), m_command), 4);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::inside + theme::unit, theme::inside, theme::inside + theme::unit, theme::inside + theme::unit);
    layout->setSpacing(theme::inside);
    layout->addLayout(fields);
    layout->addWidget(m_details);
    layout->addWidget(m_message);
}

WorkerConfig PoolRow::config() const
{
    WorkerConfig config;
    config.type = m_type->currentText().trimmed();
    config.count = m_count->value();
    config.mode = ExecutionMode(m_mode->currentData().toInt());
    config.memoryLimitMb = m_memory->value();
    config.maxJobTime = seconds(m_maxJobTime->value());
    config.command = QProcess::splitCommand(m_command->text().trimmed());
    return config;
}

void PoolRow::setRefused(const QString &reason)
{
    m_refused = reason;
    showMessage();
}

void PoolRow::setNumber(int number, bool removable)
{
    const auto name = [number](QWidget *widget, const QString &what) { widget->setAccessibleName(tr("%1 of pool %2").arg(what).arg(number)); };
    name(m_type, tr("Type of jobs"));
    name(m_count, tr("Number of workers"));
    name(m_mode, tr("Mode"));
    name(m_memory, tr("Memory limit"));
    name(m_maxJobTime, tr("Longest job"));
    name(m_command, tr("Command"));
    name(m_more, tr("More settings"));
    m_remove->setAccessibleName(tr("Take pool %1 off the list").arg(number));
    m_remove->setEnabled(removable);
    m_remove->setToolTip(removable ? tr("Take it off the list") : tr("It is the only one in the list."));
}

void PoolRow::focusType()
{
    m_type->setFocus(Qt::OtherFocusReason);
    m_type->lineEdit()->selectAll();
}

void PoolRow::check()
{
    m_refused.clear();
    const WorkerConfig now = config();
    m_errors = now.validate();
    const QString program = now.command.value(0);
    if (!program.isEmpty() && QStandardPaths::findExecutable(program).isEmpty() && !QFileInfo(program).isExecutable()) {
        m_errors.append({QStringLiteral("command"), tr("There is no program '%1' that can be started.").arg(program)});
    }
    showMessage();
    Q_EMIT changed();
}

void PoolRow::lookUpTools()
{
    const quint64 asked = ++m_asked;
    const QString type = m_type->currentText().trimmed();
    m_missing.clear();
    if (!jobType(type)) {
        showMessage();
        return;
    }
    whenAnswered(QtConcurrent::run([type] { return missingTools(type); }), this, [this, asked](const QString &missing) {
        if (asked == m_asked) {
            m_missing = missing;
            showMessage();
        }
    });
}

void PoolRow::showMessage()
{
    const WorkerConfig now = config();
    QStringList wrong;
    for (const ConfigError &error : std::as_const(m_errors)) {
        wrong.append(error.message);
    }
    if (!m_refused.isEmpty()) {
        wrong.append(m_refused);
    }
    QString lacking;
    if (now.command.isEmpty() && !now.type.isEmpty() && jobType(now.type)) {
        lacking = m_missing;
    }
    m_message->setText(wrong.isEmpty() ? lacking : wrong.join(QLatin1Char('\n')));
    m_message->setVisible(!m_message->text().isEmpty());
    QPalette inks = palette();
    const theme::Hue hue = wrong.isEmpty() ? theme::Hue::Warning : theme::Hue::Bad;
    inks.setColor(QPalette::WindowText, theme::readable(theme::color(hue), inks.color(QPalette::Base)));
    m_message->setPalette(inks);
}

} // namespace lifeguard
