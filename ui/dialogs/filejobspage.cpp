// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/filejobspage.h"

#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"
#include "ui/delegates/celldelegate.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/format.h"
#include "ui/models/planmodel.h"
#include "ui/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/note.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSet>
#include <QTableView>
#include <QThreadPool>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <chrono>

namespace lifeguard {

namespace {

constexpr int tickMs = 100;
constexpr int quietTicks = 5; ///< a search is not mentioned before half a second

} // namespace

FileJobsPage::FileJobsPage(const AddJobsContext &context, QWidget *parent)
    : QWidget(parent)
    , m_workspace(context.workspace)
    , m_served(context.served)
    , m_paths(new QListWidget(this))
    , m_remove(new QPushButton(theme::icon(QStringLiteral("list-remove"), palette()), tr("&Remove"), this))
    , m_formats(new QWidget(this))
    , m_formatsLayout(new QHBoxLayout(m_formats))
    , m_copyIn(new QCheckBox(this))
    , m_summary(new Note(QStringLiteral("planSummary"), this))
    , m_waitNote(new Note(QStringLiteral("planServed"), this))
    , m_bar(new QProgressBar(this))
    , m_filter(new QComboBox(this))
    , m_model(new PlanModel(context.workspace, this))
    , m_preview(new QTableView(this))
{
    setObjectName(QStringLiteral("fileJobsPage"));
    build();
    setFocusProxy(m_paths);
    m_soon.setSingleShot(true);
    m_soon.setInterval(std::chrono::milliseconds(100));
    connect(&m_soon, &QTimer::timeout, this, &FileJobsPage::replan);
    m_tick.setInterval(std::chrono::milliseconds(tickMs));
    connect(&m_tick, &QTimer::timeout, this, &FileJobsPage::showSearch);
    connect(m_remove, &QPushButton::clicked, this, &FileJobsPage::removeSelected);
    connect(m_paths, &QListWidget::itemSelectionChanged, this, [this] {
        const bool any = !m_paths->selectedItems().isEmpty();
        m_remove->setEnabled(any);
        m_remove->setToolTip(any ? tr("Take the selected off the list (Del)") : tr("Select what to take off the list."));
    });
    connect(m_copyIn, &QCheckBox::toggled, this, &FileJobsPage::replanSoon);
    connect(m_filter, &QComboBox::currentIndexChanged, this,
            [this] { m_model->setShown(PlanModel::Show(m_filter->currentData().toInt())); });
    showPlan(std::make_shared<const JobPlan>());
}

FileJobsPage::~FileJobsPage()
{
    if (m_search) {
        m_search->cancelled = true;
    }
    QThreadPool::globalInstance()->start([plan = m_model->plan()] {}); // freed there, should it be large
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
    m_empty = new EmptyState(m_paths, tr("Nothing chosen yet"), tr("Choose files or folders, or drop them here. Folders are searched through."));

    const auto button = [this](const QString &icon, const QString &text, const char *name, const QString &spoken, auto slot) {
        auto *made = new QPushButton(theme::icon(icon, palette()), text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAccessibleName(spoken);
        made->setAutoDefault(false);
        connect(made, &QPushButton::clicked, this, slot);
        return made;
    };
    m_remove->setObjectName(QStringLiteral("removePathButton"));
    m_remove->setAccessibleName(tr("Remove the selected files and folders"));
    m_remove->setAutoDefault(false);
    m_remove->setEnabled(false);
    m_remove->setToolTip(tr("Select what to take off the list."));
    auto *side = new QVBoxLayout;
    side->setSpacing(theme::inside);
    side->addWidget(button(QStringLiteral("document-new"), tr("Ch&oose files…"), "chooseFilesButton", tr("Choose files"), &FileJobsPage::chooseFiles));
    side->addWidget(button(QStringLiteral("document-open-folder"), tr("Choose fol&der…"), "chooseFolderButton", tr("Choose a folder"),
                           &FileJobsPage::chooseFolder));
    side->addWidget(m_remove);
    side->addStretch();
    auto *top = new QHBoxLayout;
    top->setSpacing(theme::inside);
    top->addWidget(m_paths, 1);
    top->addLayout(side);

    m_preview->setObjectName(QStringLiteral("planPreview"));
    m_preview->setAccessibleName(tr("What will be made"));
    m_preview->setModel(m_model);
    m_preview->setItemDelegate(new CellDelegate(CellDelegate::Kind::Path, this));
    m_preview->setItemDelegateForColumn(PlanModel::NoteColumn, new CellDelegate(CellDelegate::Kind::Text, this));
    m_preview->setShowGrid(false);
    m_preview->setWordWrap(false);
    m_preview->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_preview->setTabKeyNavigation(false);
    m_preview->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_preview->verticalHeader()->hide();
    m_preview->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_preview->verticalHeader()->setDefaultSectionSize(std::max(theme::rowHeight, fontMetrics().height() + theme::inside));
    QHeaderView *header = m_preview->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    const int letter = fontMetrics().averageCharWidth();
    m_preview->setColumnWidth(PlanModel::InputColumn, 30 * letter);
    m_preview->setColumnWidth(PlanModel::TypeColumn, fontMetrics().horizontalAdvance(QStringLiteral("plantuml")) + 3 * theme::inside);
    m_preview->setColumnWidth(PlanModel::OutputColumn, 32 * letter);

    m_bar->setObjectName(QStringLiteral("searchBar"));
    m_bar->setAccessibleName(tr("Looking through the folders"));
    m_bar->setRange(0, 0);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(120);
    QSizePolicy keepsPlace = m_bar->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true); // nothing moves when it comes
    m_bar->setSizePolicy(keepsPlace);
    m_bar->hide();
    m_filter->setObjectName(QStringLiteral("planFilter"));
    m_filter->setAccessibleName(tr("Which of them to show"));
    m_filter->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *status = new QHBoxLayout;
    status->setSpacing(theme::inside);
    status->addWidget(m_summary, 1, Qt::AlignVCenter);
    status->addWidget(m_bar);
    status->addWidget(m_filter);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::between, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(top);
    layout->addWidget(buildOptions());
    layout->addSpacing(theme::inside);
    layout->addLayout(status);
    layout->addWidget(m_preview, 1);
    layout->addWidget(m_waitNote);
}

QWidget *FileJobsPage::buildOptions()
{
    m_copyIn->setObjectName(QStringLiteral("copyInCheck"));
    m_formatsLayout->setContentsMargins(0, 0, 0, 0);
    m_formatsLayout->setSpacing(theme::inside);
    auto *options = new QWidget(this);
    auto *layout = new QHBoxLayout(options);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2 * theme::between);
    layout->addWidget(m_formats);
    layout->addWidget(m_copyIn);
    layout->addStretch();
    return options;
}

void FileJobsPage::addPaths(const QStringList &added)
{
    const QStringList before = paths();
    QSet<QString> known(before.cbegin(), before.cend());
    for (const QString &path : added) {
        if (path.isEmpty() || known.contains(path)) {
            continue;
        }
        known.insert(path);
        auto *item = new QListWidgetItem(format::path(path), m_paths);
        item->setData(Qt::UserRole, path); // as it is: what is shown may differ
        item->setToolTip(format::path(path));
    }
    replanSoon();
}

std::shared_ptr<const JobPlan> FileJobsPage::plan() const
{
    return m_model->plan();
}

qsizetype FileJobsPage::count() const
{
    return m_model->plan()->jobs.size();
}

QString FileJobsPage::whyNot() const
{
    if (m_soon.isActive() || m_search) {
        return tr("The folders are being looked through.");
    }
    if (!m_error.isEmpty()) {
        return m_error;
    }
    if (m_paths->count() == 0) {
        return tr("Choose files or folders first.");
    }
    return count() == 0 ? tr("None of them makes a job; the list says why.") : QString();
}

bool FileJobsPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_paths && event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Delete)) {
        removeSelected();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

PlanOptions FileJobsPage::options() const
{
    PlanOptions options;
    options.workspace = m_workspace;
    options.formats = m_format;
    options.copyIn = m_copyIn->isChecked();
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
        for (const QString &suffix : type.inputSuffixes) {
            patterns.append(QStringLiteral("*.") + suffix);
        }
    }
    auto *dialog = new QFileDialog(this, tr("Files to convert"), m_workspace);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setLabelText(QFileDialog::Accept, tr("Choose"));
    dialog->setNameFilters({tr("Files that can be converted (%1)").arg(patterns.join(QLatin1Char(' '))), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, &FileJobsPage::addPaths);
    dialog->open();
}

void FileJobsPage::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("A folder to search through"), m_workspace);
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
        replanSoon();
    }
}

void FileJobsPage::replanSoon()
{
    if (m_search) {
        m_search->cancelled = true; // of no use any more
        m_search.reset();
    }
    m_soon.start();
    Q_EMIT changed();
}

void FileJobsPage::replan()
{
    const QStringList chosen = paths();
    if (chosen.isEmpty()) {
        showPlan(std::make_shared<const JobPlan>());
        return;
    }
    m_search = std::make_shared<Progress>();
    m_searchTicks = 0;
    m_tick.start();
    using Shared = Result<std::shared_ptr<const JobPlan>>;
    const auto work = [chosen, options = options(), search = m_search]() -> Shared {
        Result<JobPlan> plan = planJobs(chosen, options, search.get());
        if (!plan) {
            return failure(plan.error());
        }
        return std::make_shared<const JobPlan>(std::move(*plan));
    };
    whenFinished(QtConcurrent::run(work), this, [this, search = m_search](const Shared &plan) {
        if (search == m_search) { // else: asked anew since
            showPlan(plan);
        }
    });
    Q_EMIT changed();
}

void FileJobsPage::showSearch()
{
    if (!m_search || ++m_searchTicks < quietTicks) {
        return;
    }
    m_bar->show();
    m_summary->say(theme::Hue::Quiet, tr("Looking through the folders… %1 found").arg(format::count(m_search->done)));
}

void FileJobsPage::showPlan(const Result<std::shared_ptr<const JobPlan>> &plan)
{
    m_search.reset();
    m_tick.stop();
    m_bar->hide();
    m_error = plan ? QString() : plan.error().message;
    QThreadPool::globalInstance()->start([old = m_model->plan()] {}); // freed there: it may be large
    m_model->setPlan(plan ? *plan : std::make_shared<const JobPlan>());
    showFormats(m_model->plan()->types);
    showCopyIn();
    showFilter();
    showSummary();
    Q_EMIT changed();
}

} // namespace lifeguard
