// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/addjobsdialog.h"

#include "core/base/future.h"
#include "core/config/jobtypes.h"
#include "ui/dialogs/payloadform.h"
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
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
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
    , m_kinds(new QTabWidget(this))
    , m_payload(new PayloadForm(this))
    , m_busy(new QProgressBar(this))
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
    m_preview->setHeaderLabels({tr("Input"), tr("Type"), tr("Output")});
    m_preview->setRootIsDecorated(false);
    m_preview->setUniformRowHeights(true);
    m_preview->setTextElideMode(Qt::ElideMiddle);
    m_preview->header()->setSectionResizeMode(QHeaderView::Stretch);
    m_preview->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_busy->setObjectName(QStringLiteral("planBusy"));
    m_busy->setAccessibleName(tr("Looking through the folders"));
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setMaximumHeight(6);
    m_busy->hide();
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
    form->addRow(QString(), m_copyIn);
    auto *filesPage = new QWidget(this);
    auto *filesLayout = new QVBoxLayout(filesPage);
    filesLayout->setContentsMargins(0, theme::between, 0, 0);
    filesLayout->setSpacing(theme::between);
    filesLayout->addLayout(top);
    filesLayout->addLayout(form);
    filesLayout->addWidget(m_summary);
    filesLayout->addWidget(m_busy);
    filesLayout->addWidget(m_preview, 1);
    m_kinds->setObjectName(QStringLiteral("jobKinds"));
    m_kinds->setAccessibleName(tr("What the jobs are made from"));
    m_kinds->setDocumentMode(true);
    m_kinds->addTab(filesPage, tr("Files and folders"));
    m_kinds->addTab(m_payload, tr("Without files"));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setObjectName(QStringLiteral("addButton"));
    auto *priorityLabel = new QLabel(tr("&Priority"), this);
    priorityLabel->setBuddy(m_priority);
    auto *bottom = new QHBoxLayout;
    bottom->setSpacing(theme::inside);
    bottom->addWidget(priorityLabel);
    bottom->addWidget(m_priority);
    bottom->addStretch(1);
    bottom->addWidget(buttons);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addWidget(m_kinds, 1);
    layout->addLayout(bottom);

    connect(m_kinds, &QTabWidget::currentChanged, this, &AddJobsDialog::showButton);
    connect(m_payload, &PayloadForm::changed, this, &AddJobsDialog::showButton);
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
    m_kinds->setCurrentIndex(0);
    m_planning = true; // until the plan for these is there
    showButton();
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
    m_planning = true;
    showButton();
    // Said only when it takes longer than one notices.
    QTimer::singleShot(500, this, [this, generation] {
        if (generation == m_generation && m_planning) {
            m_summary->setText(tr("Looking through the folders…"));
            m_busy->show();
        }
    });
    whenAnswered(QtConcurrent::run([paths = chosen, options = options()] { return planJobs(paths, options); }), this, [this, generation](const Result<JobPlan> &plan) {
            if (generation == m_generation) {
                showPlan(plan);
            }
        });
}

void AddJobsDialog::showPlan(const Result<JobPlan> &plan)
{
    m_preview->clear();
    m_busy->hide();
    m_planning = false;
    m_plan = plan ? *plan : JobPlan();
    const qsizetype count = m_plan.jobs.size();
    showButton();
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
    const auto replaced = std::count_if(m_plan.jobs.cbegin(), m_plan.jobs.cend(), [](const PlannedJob &planned) { return planned.outputExists; });
    if (replaced > 0) {
        summary += tr(", %1 of them in place of a file that is there").arg(format::count(replaced));
    }
    const auto copied = std::count_if(m_plan.jobs.cbegin(), m_plan.jobs.cend(), [](const PlannedJob &planned) { return !planned.copyTo.isEmpty(); });
    if (copied > 0) {
        summary += tr(", %1 copied to %2 first").arg(format::count(copied), QDir::toNativeSeparators(m_workspace + QStringLiteral("/input")));
    }
    m_summary->setText(summary);
    const QDir workspace(m_workspace);
    const auto below = [&workspace](const QString &path) {
        const QString relative = workspace.relativeFilePath(path);
        return relative.startsWith(QLatin1String("..")) ? path : relative;
    };
    const auto add = [this](const QString &input, const QString &inputPath, const QString &type, const QString &output, const QString &outputPath) {
        auto *item = new QTreeWidgetItem(m_preview, {input, type, output});
        item->setToolTip(0, inputPath);
        item->setToolTip(2, outputPath);
        return item;
    };
    const QColor ink = theme::readable(theme::color(theme::Hue::Warning), palette().color(QPalette::Base));
    for (const PlannedJob &planned : m_plan.jobs.first(std::min(count, previewedAtMost))) {
        const QString output = below(planned.job.outputFile);
        QTreeWidgetItem *item = add(below(planned.source), planned.source, planned.job.type, planned.outputExists ? tr("%1 (replaced)").arg(output) : output,
                                    planned.outputExists ? tr("%1\nis there already and will be replaced").arg(planned.job.outputFile) : planned.job.outputFile);
        if (planned.outputExists) {
            item->setForeground(2, ink);
        }
    }
    if (count > previewedAtMost) {
        add(tr("and %1 more").arg(format::count(count - previewedAtMost)), {}, {}, {}, {});
    }
    for (const SkippedPath &skipped : m_plan.skipped.first(std::min(m_plan.skipped.size(), previewedAtMost))) {
        QTreeWidgetItem *item = add(below(skipped.path), skipped.path, {}, tr("skipped: %1").arg(skipped.reason), skipped.reason);
        item->setForeground(2, ink);
    }
}

JobPlan AddJobsDialog::plan() const
{
    return m_kinds->currentWidget() == m_payload ? JobPlan() : m_plan;
}

QList<NewJob> AddJobsDialog::payloadJobs() const
{
    return m_kinds->currentWidget() == m_payload ? m_payload->jobs(m_priority->value()).value_or(QList<NewJob>()) : QList<NewJob>();
}

void AddJobsDialog::showButton()
{
    const bool withoutFiles = m_kinds->currentWidget() == m_payload;
    const bool valid = withoutFiles ? m_payload->isValid() : !m_planning && !m_plan.jobs.isEmpty();
    const qint64 count = withoutFiles ? m_payload->count() : m_plan.jobs.size();
    m_ok->setEnabled(valid);
    m_ok->setText(!valid ? tr("Add jobs") : count == 1 ? tr("Add 1 job") : tr("Add %1 jobs").arg(format::count(count)));
    m_ok->setAccessibleName(m_ok->text());
    m_ok->setToolTip(valid          ? QString()
                     : withoutFiles ? tr("Something is not right yet: it stands below the fields.")
                     : m_planning   ? tr("The files are being looked at.")
                                    : tr("There is nothing to be made yet."));
}

} // namespace lifeguard
