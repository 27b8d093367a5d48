// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/addjobsdialog.h"

#include "core/base/future.h"
#include "core/config/jobtypes.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace lifeguard {

namespace {

constexpr qsizetype previewedAtMost = 500;

} // namespace

AddJobsDialog::AddJobsDialog(const QString &workspace, QWidget *parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_paths(new QListWidget(this))
    , m_remove(new QPushButton(theme::icon(QStringLiteral("list-remove"), palette()), tr("Remove"), this))
    , m_format(new QComboBox(this))
    , m_priority(new QSpinBox(this))
    , m_copyIn(new QCheckBox(tr("&Copy files from outside the workspace into it"), this))
    , m_summary(new QLabel(this))
    , m_preview(new QTreeWidget(this))
    , m_changed(new QTimer(this))
{
    setObjectName(QStringLiteral("addJobsDialog"));
    setWindowTitle(tr("Add jobs"));
    setAcceptDrops(true);
    resize(720, 600);

    m_paths->setObjectName(QStringLiteral("jobPaths"));
    m_paths->setAccessibleName(tr("Files and folders to convert"));
    m_paths->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_paths->setTextElideMode(Qt::ElideMiddle);
    m_paths->setMaximumHeight(120);
    auto *files = new QPushButton(theme::icon(QStringLiteral("document-new"), palette()), tr("&Files…"), this);
    files->setObjectName(QStringLiteral("chooseFilesButton"));
    files->setAccessibleName(tr("Choose files"));
    auto *folder = new QPushButton(theme::icon(QStringLiteral("document-open-folder"), palette()), tr("F&older…"), this);
    folder->setObjectName(QStringLiteral("chooseFolderButton"));
    folder->setAccessibleName(tr("Choose a folder"));
    m_remove->setObjectName(QStringLiteral("removePathButton"));
    m_remove->setAccessibleName(tr("Remove the selected files and folders"));
    m_remove->setEnabled(false);
    m_remove->setToolTip(tr("Select what to take off the list."));
    for (QPushButton *button : {files, folder, m_remove}) {
        button->setAutoDefault(false);
    }

    m_format->setObjectName(QStringLiteral("jobFormat"));
    m_format->setAccessibleName(tr("Format"));
    m_format->addItem(tr("Default of the type"), QString());
    QStringList formats;
    for (const JobType &type : jobTypes()) {
        for (const QString &format : type.formats) {
            if (!type.inputSuffixes.isEmpty() && !formats.contains(format)) {
                formats.append(format);
                m_format->addItem(format, format);
            }
        }
    }
    m_priority->setObjectName(QStringLiteral("jobPriority"));
    m_priority->setAccessibleName(tr("Priority"));
    m_priority->setRange(-1000, 1000);
    m_priority->setToolTip(tr("Jobs of higher priority are taken first."));
    m_copyIn->setObjectName(QStringLiteral("copyInCheck"));
    m_copyIn->setEnabled(false); // until something lies outside
    m_copyIn->setToolTip(tr("Workers read from the workspace, %1, only.").arg(QDir::toNativeSeparators(workspace)));

    m_summary->setObjectName(QStringLiteral("planSummary"));
    m_summary->setWordWrap(true);
    m_preview->setObjectName(QStringLiteral("planPreview"));
    m_preview->setAccessibleName(tr("What will be made"));
    m_preview->setHeaderLabels({tr("Input"), tr("Output")});
    m_preview->setRootIsDecorated(false);
    m_preview->setUniformRowHeights(true);
    m_preview->setTextElideMode(Qt::ElideMiddle);
    m_preview->header()->setSectionResizeMode(QHeaderView::Stretch);
    m_preview->setSelectionMode(QAbstractItemView::NoSelection);
    m_preview->setFocusPolicy(Qt::NoFocus);

    auto *side = new QVBoxLayout;
    side->setSpacing(theme::inside);
    side->addWidget(files);
    side->addWidget(folder);
    side->addWidget(m_remove);
    side->addStretch();
    auto *top = new QHBoxLayout;
    top->setSpacing(theme::inside);
    top->addWidget(m_paths, 1);
    top->addLayout(side);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(theme::between);
    form->setVerticalSpacing(theme::inside);
    form->addRow(tr("For&mat"), m_format);
    form->addRow(tr("&Priority"), m_priority);
    form->addRow(QString(), m_copyIn);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setObjectName(QStringLiteral("addButton"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addLayout(top);
    layout->addLayout(form);
    layout->addWidget(m_summary);
    layout->addWidget(m_preview, 1);
    layout->addWidget(buttons);

    m_changed->setSingleShot(true);
    m_changed->setInterval(100);
    connect(m_changed, &QTimer::timeout, this, &AddJobsDialog::replan);
    connect(files, &QPushButton::clicked, this, &AddJobsDialog::chooseFiles);
    connect(folder, &QPushButton::clicked, this, &AddJobsDialog::chooseFolder);
    connect(m_remove, &QPushButton::clicked, this, &AddJobsDialog::removeSelected);
    connect(m_paths, &QListWidget::itemSelectionChanged, this,
            [this] { m_remove->setEnabled(!m_paths->selectedItems().isEmpty()); });
    connect(m_format, &QComboBox::currentIndexChanged, m_changed, qOverload<>(&QTimer::start));
    connect(m_priority, &QSpinBox::valueChanged, m_changed, qOverload<>(&QTimer::start));
    connect(m_copyIn, &QCheckBox::toggled, m_changed, qOverload<>(&QTimer::start));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    showPlan(JobPlan());
}

void AddJobsDialog::addPaths(const QStringList &added)
{
    const QStringList known = paths();
    for (const QString &path : added) {
        if (!path.isEmpty() && !known.contains(path)) {
            m_paths->addItem(path);
        }
    }
    m_ok->setEnabled(false); // until the plan for these is there
    m_changed->start();
}

void AddJobsDialog::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void AddJobsDialog::dropEvent(QDropEvent *event)
{
    QStringList dropped;
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        dropped.append(url.toLocalFile());
    }
    addPaths(dropped);
}

PlanOptions AddJobsDialog::options() const
{
    PlanOptions options;
    options.workspace = m_workspace;
    options.format = m_format->currentData().toString();
    options.priority = m_priority->value();
    options.copyIn = m_copyIn->isChecked();
    return options;
}

QStringList AddJobsDialog::paths() const
{
    QStringList result;
    for (int row = 0; row < m_paths->count(); ++row) {
        result.append(m_paths->item(row)->text());
    }
    return result;
}

void AddJobsDialog::chooseFiles()
{
    QStringList patterns;
    for (const JobType &type : jobTypes()) {
        for (const QString &suffix : type.inputSuffixes) {
            patterns.append(QStringLiteral("*.") + suffix);
        }
    }
    auto *dialog = new QFileDialog(this, tr("Files to convert"), m_workspace);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters({tr("Files that can be converted (%1)").arg(patterns.join(QLatin1Char(' '))), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, &AddJobsDialog::addPaths);
    dialog->open();
}

void AddJobsDialog::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("A folder to search through"), m_workspace);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::filesSelected, this, &AddJobsDialog::addPaths);
    dialog->open();
}

void AddJobsDialog::removeSelected()
{
    qDeleteAll(m_paths->selectedItems());
    m_changed->start();
}

void AddJobsDialog::replan()
{
    const quint64 generation = ++m_generation;
    const QStringList chosen = paths();
    const bool anyOutside = std::any_of(chosen.cbegin(), chosen.cend(), [this](const QString &path) {
        return QDir(m_workspace).relativeFilePath(path).startsWith(QLatin1String(".."));
    });
    m_copyIn->setEnabled(anyOutside);
    if (chosen.isEmpty()) {
        showPlan(JobPlan());
        return;
    }
    m_ok->setEnabled(false);
    m_summary->setText(tr("Looking through the folders…"));
    whenAnswered(QtConcurrent::run([paths = chosen, options = options()] { return planJobs(paths, options); }), this, [this, generation](const Result<JobPlan> &plan) {
            if (generation == m_generation) {
                showPlan(plan);
            }
        });
}

void AddJobsDialog::showPlan(const Result<JobPlan> &plan)
{
    m_preview->clear();
    m_plan = plan ? *plan : JobPlan();
    const qsizetype count = m_plan.jobs.size();
    m_ok->setEnabled(count > 0);
    m_ok->setText(count > 0 ? tr("Add %1 jobs").arg(format::count(count)) : tr("Add jobs"));
    if (count == 1) {
        m_ok->setText(tr("Add 1 job"));
    }
    if (!plan) {
        m_summary->setText(plan.error().message);
        return;
    }
    if (m_paths->count() == 0) {
        m_summary->setText(tr("Choose files or folders, or drop them here. Folders are searched through."));
        return;
    }
    QString summary = tr("%1 to be made").arg(format::count(count));
    if (!m_plan.skipped.isEmpty()) {
        summary += tr(", %1 skipped").arg(format::count(m_plan.skipped.size()));
    }
    m_summary->setText(summary);
    const QDir workspace(m_workspace);
    const auto below = [&workspace](const QString &path) {
        const QString relative = workspace.relativeFilePath(path);
        return relative.startsWith(QLatin1String("..")) ? path : relative;
    };
    const auto add = [this](const QString &input, const QString &inputPath, const QString &output, const QString &outputPath) {
        auto *item = new QTreeWidgetItem(m_preview, {input, output});
        item->setToolTip(0, inputPath);
        item->setToolTip(1, outputPath);
        return item;
    };
    for (const PlannedJob &planned : m_plan.jobs.first(std::min(count, previewedAtMost))) {
        add(below(planned.source), planned.source, below(planned.job.outputFile), planned.job.outputFile);
    }
    if (count > previewedAtMost) {
        add(tr("and %1 more").arg(format::count(count - previewedAtMost)), {}, {}, {});
    }
    const QColor ink = theme::readable(theme::color(theme::Hue::Warning), palette().color(QPalette::Base));
    for (const SkippedPath &skipped : m_plan.skipped.first(std::min(m_plan.skipped.size(), previewedAtMost))) {
        QTreeWidgetItem *item = add(below(skipped.path), skipped.path, tr("skipped: %1").arg(skipped.reason), skipped.reason);
        item->setForeground(1, ink);
    }
}

} // namespace lifeguard
