// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/launchpoolsdialog.h"

#include "core/base/systemmemory.h"
#include "core/config/jobtypes.h"
#include "core/pool/modechoice.h"
#include "ui/dialogs/lastlaunch.h"
#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"
#include "ui/views/inlinemessage.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

constexpr qsizetype maxRows = 50;

WorkerConfig defaultConfig(const QString &type)
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
    , m_lastLaunch(readLastLaunch().mid(0, maxRows))
    , m_scroll(new QScrollArea(this))
    , m_list(new QWidget(m_scroll))
    , m_listLayout(new QVBoxLayout(m_list))
    , m_add(new QPushButton(theme::icon(QStringLiteral("list-add"), palette()), tr("A&dd pool"), this))
    , m_repeat(new QPushButton(this))
    , m_trustMessage(new InlineMessage(QStringLiteral("launchTrust"), this))
    , m_memoryMessage(new InlineMessage(QStringLiteral("launchMemoryHint"), this))
{
    setObjectName(QStringLiteral("launchPoolsDialog"));
    setWindowTitle(tr("Launch pools"));
    for (const JobType &type : jobTypes()) {
        m_types.append(type.name);
    }
    QStringList otherTypes = m_context.pendingJobs.keys() // clazy:exclude=container-anti-pattern
                           + m_context.servedTypes;
    for (const WorkerConfig &config : std::as_const(m_lastLaunch)) {
        otherTypes.append(config.type);
    }
    otherTypes.sort();
    for (const QString &type : std::as_const(otherTypes)) {
        if (!m_types.contains(type)) {
            m_types.append(type);
        }
    }
    m_fitTimer.setSingleShot(true);
    m_fitTimer.setInterval(0); // once for all changes of an event
    connect(&m_fitTimer, &QTimer::timeout, this, &LaunchPoolsDialog::fitSize);
    build();
    addInitialRows();
}

void LaunchPoolsDialog::build()
{
    m_listLayout->setContentsMargins(0, 0, 0, 0);
    m_listLayout->setSpacing(theme::inside);
    m_listLayout->addWidget(buildHeading()); // in the list, so that it stays aligned with the columns
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
    m_add->setAccessibleName(tr("Add pool"));
    m_add->setAutoDefault(false);
    m_repeat->setObjectName(QStringLiteral("launchAgainButton"));
    m_repeat->setAutoDefault(false);
    auto *extras = new QHBoxLayout;
    extras->setSpacing(theme::inside);
    extras->addWidget(m_add);
    extras->addWidget(m_repeat);
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
    layout->addWidget(m_memoryMessage);
    layout->addWidget(m_trustMessage);
    layout->addSpacing(theme::inside);
    layout->addWidget(buttons);
    m_trustMessage->setMessage(
        theme::Hue::Warning,
        tr("Direct workers are not isolated from this machine: they run with your permissions and can access your "
           "files. Use them only for input that you trust."));

    connect(m_add, &QPushButton::clicked, this, [this] {
        WorkerConfig config = defaultConfig({});
        const QList<WorkerConfig> existing = configs();
        for (const QString &type : std::as_const(m_types)) { // the first type without a pool
            const auto hasType = [&type](const WorkerConfig &other) { return other.type == type; };
            if (config.type.isEmpty() && !m_context.servedTypes.contains(type)
                && std::none_of(existing.cbegin(), existing.cend(), hasType)) {
                config.type = type;
            }
        }
        addRow(config)->focusType();
        fitSize();
    });
    connect(m_repeat, &QPushButton::clicked, this, [this] {
        clearRows();
        for (const WorkerConfig &config : std::as_const(m_lastLaunch)) {
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
    const std::array<int, LaunchPoolRow::ColumnCount> widths = LaunchPoolRow::columnWidths(*this);
    const std::array<QString, LaunchPoolRow::ColumnCount> titles{
        tr("Job type"), tr("Workers"), tr("Mode"), tr("Memory limit"), {}, {}};
    QPalette secondary = palette();
    secondary.setColor(QPalette::WindowText, theme::secondaryText(secondary));
    for (std::size_t i = 0; i < widths.size(); ++i) {
        auto *title = new QLabel(titles[i], heading);
        title->setPalette(secondary);
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
    for (const LaunchPoolRow *row : m_rows) {
        result.append(row->config());
    }
    return result;
}

void LaunchPoolsDialog::addInitialRows()
{
    QStringList unserved;
    for (auto type = m_context.pendingJobs.cbegin(); type != m_context.pendingJobs.cend(); ++type) {
        if (type.value() > 0 && !m_context.servedTypes.contains(type.key())) {
            unserved.append(type.key());
        }
    }
    unserved.sort();
    if (unserved.isEmpty()) {
        unserved.append(m_types.first());
    }
    unserved = unserved.first(std::min(unserved.size(), maxRows));
    for (const QString &type : std::as_const(unserved)) {
        // Use the configuration of the last launch if it included the type.
        const auto last = std::find_if(m_lastLaunch.cbegin(), m_lastLaunch.cend(),
                                       [&type](const WorkerConfig &config) { return config.type == type; });
        addRow(last == m_lastLaunch.cend() ? defaultConfig(type) : *last);
    }
    m_rows.first()->focusType();
    updateRepeatButton();
    fitSize();
}

LaunchPoolRow *LaunchPoolsDialog::addRow(const WorkerConfig &config)
{
    auto *row = new LaunchPoolRow(m_context, m_types, m_list);
    row->setConfig(config);
    m_listLayout->insertWidget(1 + int(m_rows.size()), row);
    m_rows.append(row);
    connect(row, &LaunchPoolRow::changed, this, &LaunchPoolsDialog::updateState);
    connect(row, &LaunchPoolRow::changed, &m_fitTimer, qOverload<>(&QTimer::start));
    connect(row, &LaunchPoolRow::detailsToggled, &m_fitTimer, qOverload<>(&QTimer::start));
    connect(row, &LaunchPoolRow::dockerInspectionRequested, this, &LaunchPoolsDialog::inspectDocker);
    row->setDocker(m_docker);
    connect(row, &LaunchPoolRow::removeRequested, this, [this, row] {
        removeRow(row);
        m_rows.last()->focusType();
    });
    row->show();
    updateState();
    return row;
}

void LaunchPoolsDialog::removeRow(LaunchPoolRow *row)
{
    m_rows.removeOne(row);
    m_listLayout->removeWidget(row);
    row->hide();
    row->deleteLater(); // the caller may be a slot of one of its signals
    updateState();
}

void LaunchPoolsDialog::clearRows()
{
    while (!m_rows.isEmpty()) {
        removeRow(m_rows.last());
    }
}

void LaunchPoolsDialog::updateRepeatButton()
{
    QStringList names;
    for (const WorkerConfig &config : std::as_const(m_lastLaunch)) {
        //: %1 is a job type, %2 a number of workers
        names.append(tr("%1 × %2").arg(config.type).arg(config.count));
    }
    const QString text = names.size() > 3 ? tr("%1 and %Ln more", nullptr, int(names.size() - 3))
                                                .arg(names.first(3).join(QStringLiteral(", ")))
                                          : names.join(QStringLiteral(", "));
    m_repeat->setText(tr("&Last launch: %1")
                          .arg(fontMetrics().elidedText(text, Qt::ElideRight, 40 * fontMetrics().averageCharWidth())));
    m_repeat->setAccessibleName(tr("Use the pools of the last launch: %1").arg(names.join(QStringLiteral(", "))));
    m_repeat->setToolTip(names.join(QLatin1Char('\n')));
    m_repeat->setVisible(!m_lastLaunch.isEmpty() && m_lastLaunch != configs());
}

void LaunchPoolsDialog::inspectDocker()
{
    m_dockerInspected = true;
    m_docker.reset();
    for (LaunchPoolRow *row : std::as_const(m_rows)) {
        row->setDocker(m_docker);
    }
    const auto apply = [this](const DockerOverview &overview) {
        m_docker = overview;
        for (LaunchPoolRow *row : std::as_const(m_rows)) {
            row->setDocker(m_docker);
        }
    };
    if (m_context.inspectDocker) {
        m_context.inspectDocker(this, apply);
    } else {
        apply({Error{ErrorCode::Io, tr("Docker cannot be checked"), {}}, {}});
    }
}

void LaunchPoolsDialog::updateState()
{
    const bool mayNeedDocker = std::any_of(m_rows.cbegin(), m_rows.cend(),
                                           [](const LaunchPoolRow *row) { return needsDocker(row->config()); });
    if (mayNeedDocker && !m_dockerInspected) {
        inspectDocker();
    }
    int number = 0;
    bool valid = !m_rows.isEmpty();
    qint64 limited = 0;
    for (LaunchPoolRow *row : std::as_const(m_rows)) {
        const WorkerConfig config = row->config();
        row->setRowNumber(++number);
        row->setRemovable(m_rows.size() > 1);
        valid = valid && row->isValid();
        limited += config.count * config.memoryLimitMb * 1024 * 1024;
    }
    m_trustMessage->setVisible(
        std::any_of(m_rows.cbegin(), m_rows.cend(), [](const LaunchPoolRow *row) { return row->mayRunDirect(); }));
    m_ok->setEnabled(valid);
    m_ok->setToolTip(valid ? QString() : tr("Fix the errors shown below the pools before launching."));
    m_ok->setText(tr("Launch %Ln pool(s)", nullptr, number));
    m_ok->setAccessibleName(m_ok->text());
    m_add->setEnabled(m_rows.size() < maxRows);
    m_add->setToolTip(m_add->isEnabled() ? QString()
                                         : tr("At most %Ln pool(s) can be launched at once.", nullptr, int(maxRows)));
    const qint64 machine = systemMemory();
    const bool exceedsMemory = machine > 0 && limited > machine;
    m_memoryMessage->setMessage(theme::Hue::Warning,
                                !exceedsMemory
                                    ? QString()
                                    : tr("The memory limits of all workers add up to %1, but this machine has %2.")
                                          .arg(format::bytes(limited), format::bytes(machine)));
    if (m_repeat->isVisible() && m_lastLaunch == configs()) {
        m_repeat->hide();
    }
}

void LaunchPoolsDialog::fitSize()
{
    // The dialog grows to fit its content, as far as the screen allows, but never shrinks by itself.
    for (const LaunchPoolRow *row : std::as_const(m_rows)) {
        row->layout()->activate(); // so that widgets that were just shown or hidden are considered
    }
    m_listLayout->activate();
    const QSize available = screen()->availableSize() - QSize(64, 96);
    const int scrollBar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this);
    m_scroll->setMinimumWidth(std::min(available.width(), m_list->minimumSizeHint().width() + scrollBar));
    const int width = std::min(available.width(),
                               std::max(m_scroll->minimumWidth() + 16 * fontMetrics().averageCharWidth(),
                                        this->width()));
    const int inner = width - 2 * theme::between - scrollBar; // leaves room for a scroll bar
    const int listHeight = m_listLayout->hasHeightForWidth() ? m_listLayout->totalHeightForWidth(inner)
                                                             : m_listLayout->totalSizeHint().height();
    m_scroll->setMinimumHeight(std::min(listHeight, 6 * fontMetrics().lineSpacing()));
    int below = 2 * theme::between; // height of the items below the list
    for (int i = 1; i < layout()->count(); ++i) {
        QLayoutItem *item = layout()->itemAt(i);
        if (!item->isEmpty() || item->spacerItem() != nullptr) {
            below += (item->hasHeightForWidth() ? item->heightForWidth(inner) : item->sizeHint().height())
                   + layout()->spacing();
        }
    }
    const int height = std::min(available.height(), listHeight + below + theme::between);
    const bool mustGrow = !isVisible() || height > this->height() || width > this->width();
    if (mustGrow) {
        resize(width, isVisible() ? std::max(height, this->height()) : height);
    }
}

void LaunchPoolsDialog::accept()
{
    const QList<LaunchPoolRow *> rows = m_rows;
    if (!std::all_of(rows.cbegin(), rows.cend(), [](const LaunchPoolRow *row) { return row->isValid(); })) {
        return;
    }
    LaunchPoolRow *firstFailed = nullptr;
    for (LaunchPoolRow *row : rows) {
        const WorkerConfig config = row->config();
        if (const Status launched = m_launch(config); launched) {
            m_launched.append(config);
            removeRow(row);
        } else {
            row->setLaunchError(launched.error().message);
            firstFailed = firstFailed ? firstFailed : row;
        }
    }
    if (!m_launched.isEmpty()) {
        writeLastLaunch(m_launched);
    }
    if (!firstFailed) {
        QDialog::accept();
        return;
    }
    firstFailed->focusType();
    m_scroll->ensureWidgetVisible(firstFailed);
}

} // namespace lifeguard
