// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/launchpooldialog.h"

#include "core/config/jobtypes.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

QLabel *colouredLabel(theme::Hue hue, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    QPalette palette = parent->palette();
    palette.setColor(QPalette::WindowText, hue == theme::Hue::Quiet
                                               ? theme::secondaryText(palette)
                                               : theme::readable(theme::color(hue), palette.color(QPalette::Window)));
    label->setPalette(palette);
    return label;
}

} // namespace

LaunchPoolDialog::LaunchPoolDialog(Launch launch, QWidget *parent)
    : QDialog(parent)
    , m_launch(std::move(launch))
    , m_type(new QComboBox(this))
    , m_count(new QSpinBox(this))
    , m_mode(new QComboBox(this))
    , m_memory(new QSpinBox(this))
    , m_maxJobTime(new QSpinBox(this))
    , m_command(new QLineEdit(this))
    , m_tools(colouredLabel(theme::Hue::Warning, this))
    , m_error(colouredLabel(theme::Hue::Bad, this))
{
    setObjectName(QStringLiteral("launchPoolDialog"));
    setWindowTitle(tr("Launch a pool"));
    setMinimumWidth(460);

    m_type->setEditable(true);
    for (const JobType &type : jobTypes()) {
        m_type->addItem(type.name);
    }
    m_count->setRange(0, 1000);
    m_count->setValue(2);
    m_mode->addItem(tr("Automatic"), int(ExecutionMode::Auto));
    m_mode->addItem(tr("Direct: processes on this machine"), int(ExecutionMode::Direct));
    m_mode->addItem(tr("Docker: not in this version yet"), int(ExecutionMode::Docker));
    if (auto *items = qobject_cast<QStandardItemModel *>(m_mode->model())) {
        items->item(2)->setEnabled(false);
        items->item(2)->setToolTip(tr("Docker is not in this version yet."));
    }
    m_memory->setRange(0, 1'000'000);
    m_memory->setSingleStep(128);
    m_memory->setSuffix(tr(" MB"));
    m_memory->setSpecialValueText(tr("no limit"));
    m_maxJobTime->setRange(1, 7 * 24 * 3600);
    m_maxJobTime->setValue(int(WorkerConfig().maxJobTime.count()));
    m_maxJobTime->setSuffix(tr(" s"));
    m_command->setPlaceholderText(tr("empty: Lifeguard's own worker"));

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(theme::between);
    form->setVerticalSpacing(theme::inside);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    addField(*form, QStringLiteral("type"), tr("&Type of jobs"), m_type);
    form->addRow(QString(), m_tools);
    addField(*form, QStringLiteral("count"), tr("&Workers"), m_count);
    addField(*form, QStringLiteral("mode"), tr("&Mode"), m_mode);
    auto *trust = colouredLabel(theme::Hue::Quiet, this);
    trust->setFont(theme::smallFont(font()));
    trust->setText(tr("Direct workers are not isolated from this machine: give them only input that you trust."));
    form->addRow(QString(), trust);
    addField(*form, QStringLiteral("memory"), tr("M&emory limit"), m_memory);
    addField(*form, QStringLiteral("max-job-time"), tr("&Longest job"), m_maxJobTime);
    addField(*form, QStringLiteral("command"), tr("&Command"), m_command);
    m_type->setObjectName(QStringLiteral("launchType"));
    m_count->setObjectName(QStringLiteral("launchCount"));
    m_mode->setObjectName(QStringLiteral("launchMode"));
    m_memory->setObjectName(QStringLiteral("launchMemory"));
    m_maxJobTime->setObjectName(QStringLiteral("launchMaxJobTime"));
    m_command->setObjectName(QStringLiteral("launchCommand"));
    m_tools->setObjectName(QStringLiteral("launchMissingTools"));
    m_error->setObjectName(QStringLiteral("launchError"));
    m_error->hide();

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Launch"));
    m_ok->setObjectName(QStringLiteral("launchButton"));
    m_ok->setAccessibleName(tr("Launch the pool"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addLayout(form);
    layout->addStretch();
    layout->addWidget(m_error);
    layout->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::accepted, this, &LaunchPoolDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_type, &QComboBox::currentTextChanged, this, &LaunchPoolDialog::showTools);
    connect(m_command, &QLineEdit::textChanged, this, &LaunchPoolDialog::showTools);
    showTools();
}

WorkerConfig LaunchPoolDialog::config() const
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

void LaunchPoolDialog::accept()
{
    const WorkerConfig wanted = config();
    const QList<ConfigError> errors = wanted.validate();
    showErrors(errors);
    if (!errors.isEmpty()) {
        return;
    }
    if (const Status launched = m_launch(wanted); !launched) {
        m_error->setText(launched.error().message);
        m_error->show();
        return;
    }
    QDialog::accept();
}

void LaunchPoolDialog::addField(QFormLayout &form, const QString &field, const QString &label, QWidget *widget)
{
    widget->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    form.addRow(label, widget);
    QLabel *error = colouredLabel(theme::Hue::Bad, this);
    error->setObjectName(QStringLiteral("error_") + field);
    error->hide();
    form.addRow(QString(), error);
    m_errors.insert(field, error);
}

void LaunchPoolDialog::showErrors(const QList<ConfigError> &errors)
{
    for (QLabel *label : std::as_const(m_errors)) {
        label->hide();
    }
    m_error->hide();
    QStringList elsewhere;
    for (const ConfigError &error : errors) {
        QLabel *label = m_errors.value(error.field, nullptr);
        if (label) {
            label->setText(error.message);
            label->show();
        } else {
            elsewhere.append(error.message);
        }
    }
    m_error->setText(elsewhere.join(QLatin1Char('\n')));
    m_error->setVisible(!elsewhere.isEmpty());
}

void LaunchPoolDialog::showTools()
{
    const QString type = m_type->currentText().trimmed();
    const bool own = m_command->text().trimmed().isEmpty();
    QString text;
    if (own && jobType(type)) {
        text = missingTools(type);
    } else if (own && !type.isEmpty()) {
        text = tr("Lifeguard's worker does not know this type: give the command of a worker that does.");
    }
    m_tools->setText(text);
    m_tools->setVisible(!text.isEmpty());
}

} // namespace lifeguard
