// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/filejobspage.h"

#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"
#include "ui/dialogs/addjobscontext.h"
#include "ui/dialogs/outputformatfields.h"
#include "ui/dialogs/planpreview.h"
#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/emptystate.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListWidget>
#include <QPushButton>
#include <QSet>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <chrono>

namespace lifeguard {

namespace {

constexpr int hiddenTicks = 5; ///< A search shows its progress after half a second.

} // namespace

FileJobsPage::FileJobsPage(const AddJobsContext &context, QWidget *parent)
    : QWidget(parent)
    , m_workspace(context.workspace)
    , m_paths(new QListWidget(this))
    , m_formats(new OutputFormatFields(this))
    , m_copyIn(new QCheckBox(this))
    , m_allPages(new QCheckBox(this))
    , m_preview(new PlanPreview(context, this))
{
    setObjectName(QStringLiteral("fileJobsPage"));
    build();
    setFocusProxy(m_paths);
    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(std::chrono::milliseconds(100));
    connect(&m_searchDelay, &QTimer::timeout, this, &FileJobsPage::startSearch);
    m_progressTimer.setInterval(std::chrono::milliseconds(100));
    connect(&m_progressTimer, &QTimer::timeout, this, [this] {
        if (m_search && ++m_progressTicks >= hiddenTicks) {
            m_preview->showSearchProgress(m_search->done);
        }
    });
    connect(m_remove, &QPushButton::clicked, this, &FileJobsPage::removeSelected);
    connect(m_paths, &QListWidget::itemSelectionChanged, this, &FileJobsPage::updateRemoveButton);
    connect(m_copyIn, &QCheckBox::toggled, this, &FileJobsPage::scheduleSearch);
    connect(m_allPages, &QCheckBox::toggled, this, &FileJobsPage::scheduleSearch);
    connect(m_formats, &OutputFormatFields::changed, this, &FileJobsPage::scheduleSearch);
    updateRemoveButton();
    updateOptions();
}

FileJobsPage::~FileJobsPage()
{
    if (m_search) {
        m_search->cancelled = true;
    }
}

void FileJobsPage::build()
{
    m_paths->setObjectName(QStringLiteral("jobPaths"));
    m_paths->setAccessibleName(tr("Files and folders to convert"));
    m_paths->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_paths->setTextElideMode(Qt::ElideMiddle);
    m_paths->setSpacing(theme::unit / 2);
    m_paths->setFixedHeight(6 * fontMetrics().lineSpacing() + 2 * theme::inside);
    m_paths->installEventFilter(this);
    m_empty = new EmptyState(m_paths, tr("No files selected"),
                             tr("Choose files or folders, or drop them here. Folders are searched."));
    auto *top = new QHBoxLayout;
    top->setSpacing(theme::inside);
    top->addWidget(m_paths, 1);
    top->addWidget(buildSideButtons());

    m_copyIn->setObjectName(QStringLiteral("copyInCheck"));
    m_allPages->setObjectName(QStringLiteral("allPagesCheck"));
    m_allPages->setText(tr("Al&l pages of drawings"));
    m_allPages->setAccessibleName(tr("All pages of drawings"));
    m_allPages->setToolTip(tr("Each page becomes a picture that is named after it. A PDF contains all pages."));
    auto *options = new QHBoxLayout;
    options->setSpacing(2 * theme::between);
    options->addWidget(m_formats);
    options->addWidget(m_copyIn);
    options->addWidget(m_allPages);
    options->addStretch();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::between, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(top);
    layout->addLayout(options);
    layout->addSpacing(theme::inside);
    layout->addWidget(m_preview, 1);
}

QPushButton *FileJobsPage::createButton(const char *name, const char *icon, const QString &text,
                                        const QString &accessibleName)
{
    auto *button = new QPushButton(theme::icon(QString::fromLatin1(icon), palette()), text, this);
    button->setObjectName(QString::fromLatin1(name));
    button->setAccessibleName(accessibleName);
    button->setAutoDefault(false);
    return button;
}

QWidget *FileJobsPage::buildSideButtons()
{
    QPushButton *files = createButton("chooseFilesButton", "document-new", tr("Ch&oose files…"), tr("Choose files"));
    QPushButton *folder = createButton("chooseFolderButton", "document-open-folder", tr("Choose fol&der…"),
                                       tr("Choose folder"));
    m_remove = createButton("removePathButton", "list-remove", tr("&Remove"),
                            tr("Remove the selected files and folders"));
    connect(files, &QPushButton::clicked, this, &FileJobsPage::chooseFiles);
    connect(folder, &QPushButton::clicked, this, &FileJobsPage::chooseFolder);
    auto *side = new QWidget(this);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(files);
    layout->addWidget(folder);
    layout->addWidget(m_remove);
    layout->addStretch();
    return side;
}

void FileJobsPage::updateRemoveButton()
{
    const bool hasSelection = !m_paths->selectedItems().isEmpty();
    m_remove->setEnabled(hasSelection);
    m_remove->setToolTip(hasSelection ? tr("Remove the selected files and folders from the list (Del)")
                                      : tr("Select the files and folders to remove from the list."));
}

void FileJobsPage::updateOptions()
{
    const JobPlan &plan = *m_preview->plan();
    m_formats->setTypes(plan.types);
    m_allPages->setVisible(m_allPages->isChecked() || !plan.undrawnPages.isEmpty());
    const QString target = format::displayPath(QDir(m_workspace).dirName() + QStringLiteral("/input"));
    const auto outside = int(plan.outside + plan.copied);
    m_copyIn->setText(outside == 0
                          ? tr("&Copy files from outside the workspace to %1").arg(target)
                          : tr("&Copy %Ln file(s) from outside the workspace to %1", nullptr, outside).arg(target));
    m_copyIn->setAccessibleName(m_copyIn->text().remove(QLatin1Char('&')));
    m_copyIn->setEnabled(outside > 0 || m_copyIn->isChecked());
    const QString reason = tr("Workers can read files in the workspace only: %1").arg(format::displayPath(m_workspace));
    m_copyIn->setToolTip(
        m_copyIn->isEnabled() ? reason : tr("All selected files are in the workspace.") + QLatin1Char('\n') + reason);
}

void FileJobsPage::addPaths(const QStringList &added)
{
    const QStringList existing = paths();
    QSet<QString> known(existing.cbegin(), existing.cend());
    for (const QString &path : added) {
        if (path.isEmpty() || known.contains(path)) {
            continue;
        }
        known.insert(path);
        auto *item = new QListWidgetItem(format::displayPath(path), m_paths);
        item->setData(Qt::UserRole, path); // the displayed text may differ
        item->setToolTip(format::displayPath(path));
    }
    scheduleSearch();
}

std::shared_ptr<const JobPlan> FileJobsPage::plan() const
{
    return m_preview->plan();
}

qsizetype FileJobsPage::count() const
{
    return m_preview->plan()->jobs.size();
}

QString FileJobsPage::disabledReason() const
{
    if (m_searchDelay.isActive() || m_search) {
        return tr("The folders are being searched.");
    }
    if (!m_error.isEmpty()) {
        return m_error;
    }
    if (m_paths->count() == 0) {
        return tr("Choose files or folders first.");
    }
    return count() == 0 ? tr("No file can be converted. The list shows why.") : QString();
}

bool FileJobsPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_paths && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Delete)) {
        removeSelected();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

PlanOptions FileJobsPage::options() const
{
    PlanOptions options;
    options.workspace = m_workspace;
    options.formats = m_formats->formats();
    options.copyIn = m_copyIn->isChecked();
    options.allPages = m_allPages->isChecked();
    return options;
}

QStringList FileJobsPage::paths() const
{
    QStringList result;
    for (int row = 0; row < m_paths->count(); ++row) {
        result.append(m_paths->item(row)->data(Qt::UserRole).toString());
    }
    return result;
}

void FileJobsPage::chooseFiles()
{
    QStringList patterns;
    for (const JobType &type : jobTypes()) {
        const QStringList suffixes = type.inputSuffixes + type.containerSuffixes;
        for (const QString &suffix : suffixes) {
            patterns.append(QStringLiteral("*.") + suffix);
        }
    }
    auto *dialog = new QFileDialog(this, tr("Choose files to convert"), m_workspace);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setLabelText(QFileDialog::Accept, tr("Choose"));
    dialog->setNameFilters({tr("Supported files (%1)").arg(patterns.join(QLatin1Char(' '))), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, &FileJobsPage::addPaths);
    dialog->open();
}

void FileJobsPage::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Choose folder to search"), m_workspace);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->setLabelText(QFileDialog::Accept, tr("Choose"));
    connect(dialog, &QFileDialog::filesSelected, this, &FileJobsPage::addPaths);
    dialog->open();
}

void FileJobsPage::removeSelected()
{
    const QList<QListWidgetItem *> selected = m_paths->selectedItems();
    if (!selected.isEmpty()) {
        qDeleteAll(selected);
        scheduleSearch();
    }
}

void FileJobsPage::scheduleSearch()
{
    if (m_search) {
        m_search->cancelled = true; // its result is outdated
        m_search.reset();
    }
    m_searchDelay.start();
    Q_EMIT changed();
}

void FileJobsPage::startSearch()
{
    using SharedPlan = std::shared_ptr<const JobPlan>;
    const QStringList selected = paths();
    if (selected.isEmpty()) {
        finishSearch(SharedPlan());
        return;
    }
    m_search = std::make_shared<Progress>();
    m_progressTicks = 0;
    m_progressTimer.start();
    const auto search = [selected, options = options(), progress = m_search]() -> Result<SharedPlan> {
        Result<JobPlan> plan = planJobs(selected, options, progress.get());
        if (!plan) {
            return failure(plan.error());
        }
        return std::make_shared<const JobPlan>(std::move(*plan));
    };
    whenFinished(QtConcurrent::run(search), this, [this, progress = m_search](const Result<SharedPlan> &plan) {
        if (progress == m_search) { // otherwise another search has been started
            finishSearch(plan);
        }
    });
    Q_EMIT changed();
}

/// Shows the result of a search; a null plan means that no paths are selected.
void FileJobsPage::finishSearch(const Result<std::shared_ptr<const JobPlan>> &plan)
{
    m_search.reset();
    m_progressTimer.stop();
    m_error = plan ? QString() : plan.error().message;
    if (!plan) {
        m_preview->setError(m_error);
    } else if (!*plan) {
        m_preview->clear();
    } else {
        m_preview->setPlan(*plan);
    }
    updateOptions();
    Q_EMIT changed();
}

} // namespace lifeguard
