// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/planpreview.h"

#include "ui/delegates/celldelegate.h"
#include "ui/dialogs/addjobscontext.h"
#include "ui/format.h"
#include "ui/models/planmodel.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"
#include "ui/views/inlinemessage.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QProgressBar>
#include <QSignalBlocker>
#include <QTableView>
#include <QThreadPool>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

/// Destroys a plan, which may be large, on another thread.
void destroyInBackground(std::shared_ptr<const JobPlan> plan)
{
    QThreadPool::globalInstance()->start([plan = std::move(plan)] {});
}

} // namespace

PlanPreview::PlanPreview(const AddJobsContext &context, QWidget *parent)
    : QWidget(parent)
    , m_servedTypes(context.servedTypes)
    , m_model(new PlanModel(context.workspace, this))
    , m_summary(new InlineMessage(QStringLiteral("planSummary"), this))
    , m_unservedMessage(new InlineMessage(QStringLiteral("planUnservedTypes"), this))
    , m_progress(new QProgressBar(this))
    , m_filter(new QComboBox(this))
    , m_table(new QTableView(this))
{
    build();
    connect(m_filter, &QComboBox::currentIndexChanged, this,
            [this] { m_model->setFilter(PlanModel::Filter(m_filter->currentData().toInt())); });
    clear();
}

PlanPreview::~PlanPreview()
{
    destroyInBackground(m_model->plan());
}

void PlanPreview::build()
{
    buildTable();
    m_progress->setObjectName(QStringLiteral("searchBar"));
    m_progress->setAccessibleName(tr("Searching folders"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(120);
    QSizePolicy policy = m_progress->sizePolicy();
    policy.setRetainSizeWhenHidden(true); // so that the layout does not change
    m_progress->setSizePolicy(policy);
    m_progress->hide();
    m_filter->setObjectName(QStringLiteral("planFilter"));
    m_filter->setAccessibleName(tr("Filter the preview"));
    m_filter->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *status = new QHBoxLayout;
    status->setSpacing(theme::inside);
    status->addWidget(m_summary, 1, Qt::AlignVCenter);
    status->addWidget(m_progress);
    status->addWidget(m_filter);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(status);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_unservedMessage);
}

void PlanPreview::buildTable()
{
    m_table->setObjectName(QStringLiteral("planPreview"));
    m_table->setAccessibleName(tr("Preview of the jobs"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Path, this));
    m_table->setItemDelegateForColumn(PlanModel::NoteColumn, new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(
        std::max(theme::rowHeight, fontMetrics().height() + theme::inside));
    QHeaderView *header = m_table->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    const int characterWidth = fontMetrics().averageCharWidth();
    m_table->setColumnWidth(PlanModel::InputColumn, 30 * characterWidth);
    m_table->setColumnWidth(PlanModel::TypeColumn,
                            fontMetrics().horizontalAdvance(QStringLiteral("plantuml")) + 3 * theme::inside);
    m_table->setColumnWidth(PlanModel::OutputColumn, 32 * characterWidth);
}

const std::shared_ptr<const JobPlan> &PlanPreview::plan() const
{
    return m_model->plan();
}

void PlanPreview::setPlan(std::shared_ptr<const JobPlan> plan)
{
    replacePlan(std::move(plan));
    const JobPlan &current = *m_model->plan();
    const bool isWarning = current.jobs.isEmpty() || current.replaced > 0 || current.outside > 0;
    m_summary->setMessage(isWarning ? theme::Hue::Warning : theme::Hue::Good, summaryText());
    QStringList unservedTypes;
    for (const QString &type : current.types) {
        if (!m_servedTypes.contains(type)) {
            unservedTypes.append(type);
        }
    }
    if (!unservedTypes.isEmpty()) {
        m_unservedMessage->setMessage(theme::Hue::Warning,
                                      tr("No pool for %1 is running. The jobs will wait until you launch one.")
                                          .arg(unservedTypes.join(QStringLiteral(", "))));
    }
}

void PlanPreview::clear()
{
    replacePlan(std::make_shared<const JobPlan>());
    m_summary->setMessage(theme::Hue::Neutral, tr("A preview of the jobs will be shown here."));
}

void PlanPreview::setError(const QString &message)
{
    replacePlan(std::make_shared<const JobPlan>());
    m_summary->setMessage(theme::Hue::Bad, message);
}

void PlanPreview::showSearchProgress(qint64 filesFound)
{
    m_progress->show();
    m_summary->setMessage(theme::Hue::Neutral, tr("Searching folders… %Ln file(s) found", nullptr, int(filesFound)));
}

void PlanPreview::replacePlan(std::shared_ptr<const JobPlan> plan)
{
    m_progress->hide();
    destroyInBackground(m_model->plan());
    m_model->setPlan(std::move(plan));
    m_unservedMessage->clear();
    updateFilter();
}

QString PlanPreview::summaryText() const
{
    const JobPlan &plan = *m_model->plan();
    QStringList facts{tr("%Ln job(s)", nullptr, int(plan.jobs.size()))};
    if (plan.replaced > 0) {
        facts.append(tr("%Ln existing output(s) will be replaced", nullptr, int(plan.replaced)));
    }
    if (plan.copied > 0) {
        facts.append(tr("%Ln input(s) will be copied into the workspace", nullptr, int(plan.copied)));
    }
    if (!plan.companions.isEmpty()) {
        facts.append(tr("%Ln related file(s) will be copied too", nullptr, int(plan.companions.size())));
    }
    if (!plan.undrawnPages.isEmpty()) {
        facts.append(tr("only one page of %Ln drawing(s)", nullptr, int(plan.undrawnPages.size())));
    }
    if (!plan.skipped.isEmpty()) {
        const int skipped = int(plan.skipped.size());
        //: %1 of the skipped files are outside the workspace
        facts.append(plan.outside == 0
                         ? tr("%Ln file(s) skipped", nullptr, skipped)
                         : tr("%Ln file(s) skipped (%1 outside the workspace)", nullptr, skipped).arg(plan.outside));
    }
    return facts.join(QStringLiteral(", "));
}

void PlanPreview::updateFilter()
{
    using Filter = PlanModel::Filter;
    const QSignalBlocker blocker(m_filter);
    const Filter previous = Filter(m_filter->currentData().toInt());
    m_filter->clear();
    m_filter->addItem(tr("Show all"), int(Filter::All));
    const auto add = [this](const QString &text, Filter filter) {
        if (m_model->count(filter) > 0) {
            m_filter->addItem(text.arg(format::count(m_model->count(filter))), int(filter));
        }
    };
    //: In these items of a filter, %1 is a number of rows
    add(tr("Jobs (%1)"), Filter::Jobs);
    add(tr("Replacing outputs (%1)"), Filter::Replacing);
    add(tr("Copied inputs (%1)"), Filter::Copied);
    add(tr("Skipped (%1)"), Filter::Skipped);
    const int index = m_filter->findData(int(previous));
    m_filter->setCurrentIndex(std::max(0, index));
    m_filter->setEnabled(m_filter->count() > 1);
    m_filter->setToolTip(m_filter->isEnabled() ? QString() : tr("There is nothing to filter yet."));
    if (index < 0) {
        m_model->setFilter(Filter::All);
    }
}

} // namespace lifeguard
