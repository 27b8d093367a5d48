// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/launchpoolsdialog.h"

#include "core/base/systemmemory.h"
#include "core/config/jobtypes.h"
#include "core/config/poolspec.h"
#include "core/pool/modechoice.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/note.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

constexpr qsizetype rowsAtMost = 50;

QString lastKey()
{
    return QStringLiteral("launch/last");
}

QList<WorkerConfig> readLast()
{
    QList<WorkerConfig> configs;
    QSettings settings;
    const int size = std::min(settings.beginReadArray(lastKey()), int(rowsAtMost));
    for (int i = 0; i < size; ++i) {
        settings.setArrayIndex(i);
        // Of another version, or edited by hand: left out.
        if (const Result<WorkerConfig> config = parsePoolSpec(settings.value(QStringLiteral("pool")).toString())) {
            configs.append(*config);
        }
    }
    settings.endArray();
    return configs;
}

void writeLast(const QList<WorkerConfig> &configs)
{
    QSettings settings;
    settings.remove(lastKey());
    settings.beginWriteArray(lastKey(), int(configs.size()));
    for (int i = 0; i < configs.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("pool"), toPoolSpec(configs.at(i)));
    }
    settings.endArray();
}

WorkerConfig proposal(const QString &type)
{
    WorkerConfig config;
    config.type = type;
    config.count = 2;
    config.mode = ExecutionMode::Auto;
    return config;
}

} // namespace

LaunchPoolsDialog::LaunchPoolsDialog(const LaunchContext &context, Launch launch, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_launch(std::move(launch))
    , m_last(readLast())
    , m_scroll(new QScrollArea(this))
    , m_list(new QWidget(m_scroll))
    , m_listLayout(new QVBoxLayout(m_list))
    , m_add(new QPushButton(theme::icon(QStringLiteral("list-add"), palette()), tr("A&nother pool"), this))
    , m_again(new QPushButton(this))
    , m_trust(new Note(QStringLiteral("launchTrust"), this))
    , m_memory(new Note(QStringLiteral("launchMemoryHint"), this))
{
    setObjectName(QStringLiteral("launchPoolsDialog"));
    setWindowTitle(tr("Launch pools"));
    for (const JobType &type : jobTypes()) {
        m_types.append(type.name);
    }
    QStringList others = m_context.waiting.keys() + m_context.served;
    for (const WorkerConfig &config : std::as_const(m_last)) {
        others.append(config.type);
    }
    others.sort();
    for (const QString &type : std::as_const(others)) {
        if (!m_types.contains(type)) {
            m_types.append(type);
        }
    }
    m_fit.setSingleShot(true);
    m_fit.setInterval(0); // once for all that changed
    connect(&m_fit, &QTimer::timeout, this, &LaunchPoolsDialog::fitSize);
    build();
    fillIn();
}

void LaunchPoolsDialog::build()
{
    m_listLayout->setContentsMargins(0, 0, 0, 0);
    m_listLayout->setSpacing(theme::inside);
    m_listLayout->addWidget(buildHeading()); // in the list, so that it stands above its columns whatever scrolls
    m_scroll->setObjectName(QStringLiteral("launchScroll"));
    m_scroll->setWidget(m_list);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setAccessibleName(tr("Pools to launch"));
    m_scroll->viewport()->setAutoFillBackground(false);
    m_list->setAutoFillBackground(false);

    m_add->setObjectName(QStringLiteral("addPoolRowButton"));
    m_add->setAccessibleName(tr("Another pool"));
    m_add->setAutoDefault(false);
    m_again->setObjectName(QStringLiteral("launchAgainButton"));
    m_again->setAutoDefault(false);
    auto *extras = new QHBoxLayout;
    extras->setSpacing(theme::inside);
    extras->addWidget(m_add);
    extras->addWidget(m_again);
    extras->addStretch();
    m_listLayout->addLayout(extras);
    m_listLayout->addStretch();

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setObjectName(QStringLiteral("launchButton"));
    m_ok->setDefault(true);
    buttons->button(QDialogButtonBox::Cancel)->setObjectName(QStringLiteral("cancelLaunchButton"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_memory);
    layout->addWidget(m_trust);
    layout->addSpacing(theme::inside);
    layout->addWidget(buttons);
    m_trust->say(theme::Hue::Warning, tr("Direct workers are not isolated from this machine: they run as you and reach your files. Give them "
                                         "only input that you trust."));

    connect(m_add, &QPushButton::clicked, this, [this] {
        WorkerConfig config = proposal({});
        for (const QString &type : std::as_const(m_types)) { // the first that has none yet
            const auto has = [&type](const WorkerConfig &there) { return there.type == type; };
            const QList<WorkerConfig> there = configs();
            if (config.type.isEmpty() && !m_context.served.contains(type) && std::none_of(there.cbegin(), there.cend(), has)) {
                config.type = type;
            }
        }
        addRow(config)->focusType();
        fitSize();
    });
    connect(m_again, &QPushButton::clicked, this, [this] {
        clearRows();
        for (const WorkerConfig &config : std::as_const(m_last)) {
            addRow(config);
        }
        fitSize();
        m_ok->setFocus();
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &LaunchPoolsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

QWidget *LaunchPoolsDialog::buildHeading()
{
    auto *heading = new QWidget(m_list);
    auto *layout = new QHBoxLayout(heading);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    const std::array<int, PoolRow::ColumnCount> widths = PoolRow::columnWidths(*this);
    const std::array<QString, PoolRow::ColumnCount> titles{tr("Type of jobs"), tr("Workers"), tr("Mode"), tr("Memory limit"), {}, {}};
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme::secondaryText(quiet));
    for (std::size_t i = 0; i < widths.size(); ++i) {
        auto *title = new QLabel(titles[i], heading);
        title->setPalette(quiet);
        if (widths[i] > 0) {
            title->setFixedWidth(widths[i]);
        }
        layout->addWidget(title, widths[i] > 0 ? 0 : 1);
    }
    return heading;
}

QList<WorkerConfig> LaunchPoolsDialog::configs() const
{
    QList<WorkerConfig> result;
    for (const PoolRow *row : m_rows) {
        result.append(row->config());
    }
    return result;
}

void LaunchPoolsDialog::fillIn()
{
    QStringList wanted;
    for (auto type = m_context.waiting.cbegin(); type != m_context.waiting.cend(); ++type) {
        if (type.value() > 0 && !m_context.served.contains(type.key())) {
            wanted.append(type.key());
        }
    }
    wanted.sort();
    if (wanted.isEmpty()) {
        wanted.append(m_types.first());
    }
    wanted = wanted.first(std::min(wanted.size(), rowsAtMost));
    for (const QString &type : std::as_const(wanted)) {
        // As it was launched the last time, where it was.
        const auto like = std::find_if(m_last.cbegin(), m_last.cend(), [&type](const WorkerConfig &config) { return config.type == type; });
        addRow(like == m_last.cend() ? proposal(type) : *like);
    }
    m_rows.first()->focusType();
    offerLast();
    fitSize();
}

PoolRow *LaunchPoolsDialog::addRow(const WorkerConfig &config)
{
    auto *row = new PoolRow(m_context, m_types, m_list);
    row->setConfig(config);
    // Each row's fields follow those of the row before it.
    m_listLayout->insertWidget(1 + int(m_rows.size()), row);
    m_rows.append(row);
    connect(row, &PoolRow::changed, this, &LaunchPoolsDialog::showState);
    connect(row, &PoolRow::changed, &m_fit, qOverload<>(&QTimer::start));
    connect(row, &PoolRow::folded, &m_fit, qOverload<>(&QTimer::start));
    connect(row, &PoolRow::dockerWanted, this, &LaunchPoolsDialog::askDocker);
    row->setDocker(m_docker);
    connect(row, &PoolRow::removeRequested, this, [this, row] {
        removeRow(row);
        m_rows.last()->focusType();
    });
    row->show();
    showState();
    return row;
}

void LaunchPoolsDialog::removeRow(PoolRow *row)
{
    m_rows.removeOne(row);
    m_listLayout->removeWidget(row);
    row->hide();
    row->deleteLater(); // it may be one of its signals
    showState();
}

void LaunchPoolsDialog::clearRows()
{
    while (!m_rows.isEmpty()) {
        removeRow(m_rows.last());
    }
}

void LaunchPoolsDialog::offerLast()
{
    QStringList names;
    for (const WorkerConfig &config : std::as_const(m_last)) {
        names.append(tr("%1 × %2").arg(config.type).arg(config.count));
    }
    const QString text = names.size() > 3 ? tr("%1 and %2 more").arg(names.first(3).join(QStringLiteral(", "))).arg(names.size() - 3)
                                          : names.join(QStringLiteral(", "));
    m_again->setText(tr("As &last time: %1").arg(fontMetrics().elidedText(text, Qt::ElideRight, 40 * fontMetrics().averageCharWidth())));
    m_again->setAccessibleName(tr("Fill in what was launched last: %1").arg(names.join(QStringLiteral(", "))));
    m_again->setToolTip(names.join(QLatin1Char('\n')));
    m_again->setVisible(!m_last.isEmpty() && m_last != configs());
}

/// Asks Docker, the first time that a pool might want it.
void LaunchPoolsDialog::askDocker()
{
    m_dockerAsked = true;
    m_docker.reset();
    for (PoolRow *row : std::as_const(m_rows)) {
        row->setDocker(m_docker);
    }
    const auto tell = [this](const DockerOverview &view) {
        m_docker = view;
        for (PoolRow *row : std::as_const(m_rows)) {
            row->setDocker(m_docker);
        }
    };
    if (m_context.askDocker) {
        m_context.askDocker(this, tell);
    } else {
        tell({Error{ErrorCode::Io, tr("Docker cannot be asked here"), {}}, {}});
    }
}

void LaunchPoolsDialog::showState()
{
    const bool mightNeedDocker = std::any_of(m_rows.cbegin(), m_rows.cend(), [](const PoolRow *row) { return needsDocker(row->config()); });
    if (mightNeedDocker && !m_dockerAsked) {
        askDocker();
    }
    int number = 0;
    bool valid = !m_rows.isEmpty();
    qint64 workers = 0;
    qint64 limited = 0;
    for (PoolRow *row : std::as_const(m_rows)) {
        const WorkerConfig config = row->config();
        row->setNumber(++number);
        row->setRemovable(m_rows.size() > 1);
        valid = valid && row->isValid();
        workers += config.count;
        limited += config.count * config.memoryLimitMb * 1024 * 1024;
    }
    m_trust->setVisible(std::any_of(m_rows.cbegin(), m_rows.cend(), [](const PoolRow *row) { return row->runsHere(); }));
    m_ok->setEnabled(valid);
    m_ok->setToolTip(valid ? QString() : tr("Something is wrong above; it is said below each pool."));
    m_ok->setText(number == 1 ? tr("Launch") : tr("Launch %1 pools").arg(number));
    m_ok->setAccessibleName(number == 1 ? tr("Launch the pool") : tr("Launch %1 pools").arg(number));
    m_add->setEnabled(m_rows.size() < rowsAtMost);
    m_add->setToolTip(m_add->isEnabled() ? QString() : tr("%1 pools at once are the most.").arg(rowsAtMost));
    const qint64 machine = systemMemory();
    const bool tooMuch = machine > 0 && limited > machine;
    m_memory->say(theme::Hue::Warning, !tooMuch ? QString()
                                                : tr("The limits of all %1 workers together are %2; this machine has %3.")
                                                      .arg(format::count(workers), format::bytes(limited), format::bytes(machine)));
    if (m_again->isVisible() && m_last == configs()) {
        m_again->hide();
    }
}

void LaunchPoolsDialog::fitSize()
{
    // Room for all of it, as far as the screen allows; it only grows by itself.
    for (const PoolRow *row : std::as_const(m_rows)) {
        row->layout()->activate(); // what was just shown or hidden counts at once
    }
    m_listLayout->activate();
    const QSize screenful = screen()->availableSize() - QSize(64, 96);
    const int scrollBar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this);
    m_scroll->setMinimumWidth(std::min(screenful.width(), m_list->minimumSizeHint().width() + scrollBar));
    const int width = std::min(screenful.width(), std::max(m_scroll->minimumWidth() + 16 * fontMetrics().averageCharWidth(), this->width()));
    const int inner = width - 2 * theme::between - scrollBar; // fits also beside a scroll bar
    const int listHeight = m_listLayout->hasHeightForWidth() ? m_listLayout->totalHeightForWidth(inner) : m_listLayout->totalSizeHint().height();
    m_scroll->setMinimumHeight(std::min(listHeight, 6 * fontMetrics().lineSpacing()));
    int around = 2 * theme::between; // what stands below the list
    for (int i = 1; i < layout()->count(); ++i) {
        QLayoutItem *item = layout()->itemAt(i);
        if (!item->isEmpty() || item->spacerItem() != nullptr) {
            around += (item->hasHeightForWidth() ? item->heightForWidth(inner) : item->sizeHint().height()) + layout()->spacing();
        }
    }
    const int height = std::min(screenful.height(), listHeight + around + theme::between);
    const bool grows = !isVisible() || height > this->height() || width > this->width();
    if (grows) {
        resize(width, isVisible() ? std::max(height, this->height()) : height);
    }
}

void LaunchPoolsDialog::accept()
{
    const QList<PoolRow *> rows = m_rows;
    if (!std::all_of(rows.cbegin(), rows.cend(), [](const PoolRow *row) { return row->isValid(); })) {
        return;
    }
    PoolRow *refused = nullptr;
    for (PoolRow *row : rows) {
        const WorkerConfig config = row->config();
        if (const Status launched = m_launch(config); launched) {
            m_launched.append(config);
            removeRow(row);
        } else {
            row->setRefusal(launched.error().message);
            refused = refused ? refused : row;
        }
    }
    if (!m_launched.isEmpty()) {
        writeLast(m_launched);
    }
    if (!refused) {
        QDialog::accept();
        return;
    }
    refused->focusType();
    m_scroll->ensureWidgetVisible(refused);
}

} // namespace lifeguard
