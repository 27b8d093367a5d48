// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/launchpoolsdialog.h"

#include "ui/dialogs/poolrow.h"
#include "ui/theme.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace lifeguard {

namespace {

const QLatin1String arrayKey("launched");

WorkerConfig standard()
{
    WorkerConfig config;
    config.type = QStringLiteral("plantuml");
    config.count = 2;
    config.mode = ExecutionMode::Auto;
    return config;
}

} // namespace

QList<WorkerConfig> lastLaunched()
{
    QList<WorkerConfig> configs;
    QSettings settings;
    const int count = settings.beginReadArray(arrayKey);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        WorkerConfig config = standard();
        config.type = settings.value(QStringLiteral("type")).toString();
        config.count = settings.value(QStringLiteral("count"), 1).toInt();
        config.mode = executionModeFromString(settings.value(QStringLiteral("mode")).toString()).value_or(ExecutionMode::Auto);
        config.memoryLimitMb = settings.value(QStringLiteral("memory"), 0).toLongLong();
        config.maxJobTime = seconds(settings.value(QStringLiteral("maxJobTime"), 600).toInt());
        config.command = settings.value(QStringLiteral("command")).toStringList();
        if (config.validate().isEmpty()) {
            configs.append(config);
        }
    }
    settings.endArray();
    return configs;
}

void rememberLaunched(const QList<WorkerConfig> &configs)
{
    QSettings settings;
    settings.remove(arrayKey);
    settings.beginWriteArray(arrayKey, int(configs.size()));
    for (int i = 0; i < configs.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("type"), configs.at(i).type);
        settings.setValue(QStringLiteral("count"), configs.at(i).count);
        settings.setValue(QStringLiteral("mode"), toString(configs.at(i).mode));
        settings.setValue(QStringLiteral("memory"), configs.at(i).memoryLimitMb);
        settings.setValue(QStringLiteral("maxJobTime"), qlonglong(configs.at(i).maxJobTime.count()));
        settings.setValue(QStringLiteral("command"), configs.at(i).command);
    }
    settings.endArray();
}

LaunchPoolsDialog::LaunchPoolsDialog(QList<WorkerConfig> offered, Launch launch, QWidget *parent)
    : QDialog(parent)
    , m_launch(std::move(launch))
    , m_list(new QVBoxLayout)
    , m_scroll(new QScrollArea(this))
{
    setObjectName(QStringLiteral("launchPoolDialog"));
    setWindowTitle(tr("Launch pools"));
    resize(680, 320);

    auto *content = new QWidget(this);
    auto *contentLayout = new QVBoxLayout(content);
    contentLayout->setContentsMargins(0, 0, 0, 0);
    contentLayout->setSpacing(theme::inside);
    m_list->setSpacing(theme::inside);
    contentLayout->addLayout(m_list);
    auto *another = new QPushButton(theme::icon(QStringLiteral("list-add"), palette()), tr("&Another pool"), this);
    another->setObjectName(QStringLiteral("launchAnotherButton"));
    another->setAccessibleName(tr("Add another pool to the list"));
    another->setAutoDefault(false);
    contentLayout->addWidget(another, 0, Qt::AlignLeft);
    contentLayout->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    auto *trust = new QLabel(tr("Direct workers are not isolated from this machine: give them only input that you trust."), this);
    trust->setObjectName(QStringLiteral("launchTrustNote"));
    trust->setWordWrap(true);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme::secondaryText(quiet));
    trust->setPalette(quiet);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setObjectName(QStringLiteral("launchButton"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(trust);
    layout->addWidget(buttons);

    connect(another, &QPushButton::clicked, this, [this] {
        WorkerConfig config = standard();
        config.type.clear();
        config.count = 1;
        addRow(config)->focusType();
        // Once it has its place.
        QTimer::singleShot(0, m_scroll, [this] { m_scroll->verticalScrollBar()->setValue(m_scroll->verticalScrollBar()->maximum()); });
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &LaunchPoolsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    if (offered.isEmpty()) {
        offered = lastLaunched();
    }
    if (offered.isEmpty()) {
        offered = {standard()};
    }
    for (const WorkerConfig &config : std::as_const(offered)) {
        addRow(config);
    }
    m_rows.first()->focusType();
}

QList<WorkerConfig> LaunchPoolsDialog::configs() const
{
    QList<WorkerConfig> configs;
    for (const PoolRow *row : m_rows) {
        configs.append(row->config());
    }
    return configs;
}

PoolRow *LaunchPoolsDialog::addRow(const WorkerConfig &config)
{
    auto *row = new PoolRow(config, this);
    QWidget *last = m_rows.isEmpty() ? nullptr : m_rows.last();
    m_rows.append(row);
    m_list->addWidget(row);
    if (last) {
        setTabOrder(last, row);
    }
    connect(row, &PoolRow::changed, this, &LaunchPoolsDialog::onChanged);
    connect(row, &PoolRow::removeRequested, this, [this, row] { removeRow(row); });
    onChanged();
    return row;
}

void LaunchPoolsDialog::removeRow(PoolRow *row)
{
    m_rows.removeOne(row);
    row->hide();
    row->deleteLater(); // it is telling
    onChanged();
    if (!m_rows.isEmpty()) {
        m_rows.last()->focusType();
    }
}

void LaunchPoolsDialog::onChanged()
{
    for (int i = 0; i < m_rows.size(); ++i) {
        m_rows.at(i)->setNumber(i + 1, m_rows.size() > 1);
    }
    const bool valid = std::all_of(m_rows.cbegin(), m_rows.cend(), [](const PoolRow *row) { return row->isValid(); });
    m_ok->setText(m_rows.size() == 1 ? tr("Launch") : tr("Launch %1 pools").arg(m_rows.size()));
    m_ok->setAccessibleName(m_ok->text());
    m_ok->setEnabled(valid && !m_rows.isEmpty());
    m_ok->setToolTip(valid ? QString() : tr("Something is not right yet: it stands in red below its fields."));
}

void LaunchPoolsDialog::accept()
{
    QList<WorkerConfig> launched;
    const QList<PoolRow *> rows = m_rows;
    for (PoolRow *row : rows) {
        const WorkerConfig config = row->config();
        if (const Status done = m_launch(config); !done) {
            row->setRefused(done.error().message);
        } else {
            launched.append(config);
            m_rows.removeOne(row);
            row->deleteLater();
        }
    }
    if (!launched.isEmpty()) {
        rememberLaunched(launched);
    }
    if (m_rows.isEmpty()) {
        QDialog::accept();
        return;
    }
    onChanged();
}

} // namespace lifeguard
